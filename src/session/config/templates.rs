//! Configurations to start from, built into the program: the demo's, one for each kind of business,
//! and the commented samples that hold where a file is missing.

/// A configuration to start from.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// Its name for `setup --template`.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// File names and texts.
    pub files: &'static [(&'static str, &'static str)],
    /// A menu to start from, as `import menu` takes it.
    pub menu: Option<&'static str>,
}

/// The files of a template's folder, and the samples that all of them share.
macro_rules! files {
    ($folder:literal) => {
        files!($folder, include_str!("../../../config/printers.toml"))
    };
    ($folder:literal, $printers:expr) => {
        &[
            ("printers.toml", $printers),
            ("counterflow.toml", include_str!(concat!("../../../config/", $folder, "/counterflow.toml"))),
            ("taxes.toml", include_str!(concat!("../../../config/", $folder, "/taxes.toml"))),
            ("tenders.toml", include_str!(concat!("../../../config/", $folder, "/tenders.toml"))),
            ("roles.toml", include_str!("../../../config/roles.toml")),
            ("prices.toml", include_str!("../../../config/prices.toml")),
            ("promotions.toml", include_str!("../../../config/promotions.toml")),
            ("points.toml", include_str!("../../../config/points.toml")),
            ("stock.toml", include_str!("../../../config/stock.toml")),
            ("keys.toml", include_str!("../../../config/keys.toml")),
            ("accounting.toml", include_str!("../../../config/accounting.toml")),
        ]
    };
}

/// The café that `demo` opens.
pub const DEMO: Template = Template {
    name: "demo",
    about: "a throw-away café",
    files: files!("demo", include_str!("../../../config/demo/printers.toml")),
    menu: Some(include_str!("../../../config/demo/menu.json")),
};

/// What a real business can start from.
pub const TEMPLATES: [Template; 3] = [
    Template {
        name: "cafe",
        about: "a café with a counter: eat in and take away, kitchen and bar",
        files: files!("templates/cafe"),
        menu: Some(include_str!("../../../config/templates/cafe/menu.json")),
    },
    Template {
        name: "restaurant",
        about: "a restaurant with tables: courses, tips, several stations",
        files: files!("templates/restaurant"),
        menu: Some(include_str!("../../../config/templates/restaurant/menu.json")),
    },
    Template {
        name: "shop",
        about: "a shop with a scanner and a scale",
        files: files!("templates/shop"),
        menu: Some(include_str!("../../../config/templates/shop/menu.json")),
    },
];

/// The commented samples.
pub const SAMPLES: Template = Template {
    name: "samples",
    about: "every setting with its default",
    files: &[
        ("counterflow.toml", include_str!("../../../config/counterflow.toml")),
        ("taxes.toml", include_str!("../../../config/taxes.toml")),
        ("tenders.toml", include_str!("../../../config/tenders.toml")),
        ("roles.toml", include_str!("../../../config/roles.toml")),
        ("prices.toml", include_str!("../../../config/prices.toml")),
        ("promotions.toml", include_str!("../../../config/promotions.toml")),
        ("points.toml", include_str!("../../../config/points.toml")),
        ("stock.toml", include_str!("../../../config/stock.toml")),
        ("keys.toml", include_str!("../../../config/keys.toml")),
    ],
    menu: None,
};

/// The template with this name.
pub fn find(name: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|template| template.name == name)
}

/// The commented sample of a file; nothing for a file that has none.
pub(super) fn sample(name: &str) -> &'static str {
    SAMPLES.files.iter().find(|(file, _)| *file == name).map_or("", |(_, text)| text)
}
