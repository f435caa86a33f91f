//! What a printer can do, as data. A new model is a new table in `profiles.toml`, or in an owner's
//! `printers.toml`.

use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use crate::devices::code_page::CodePage;
use crate::devices::drawn;

/// The narrowest paper that documents are laid out for.
const MIN_COLUMNS: u8 = 20;

/// What a printer understands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// Lines of UTF-8: a file, a screen.
    Text,
    /// ESC/POS.
    #[default]
    EscPos,
    /// ESC/POS as printers with needles have it: pictures in strips, and red where others have reverse.
    Impact,
    /// Star's line mode.
    Star,
    /// A drawer on a port of its own, which takes nothing but the bytes that open it.
    Drawer,
}

/// How printers of a language draw.
pub(super) struct Drawing {
    /// Places for drawn letters in each dot across.
    pub places: usize,
    /// Dots of a drawn line's height.
    pub line: usize,
    /// Whether what is reversed elsewhere comes in a second colour.
    pub second_colour: bool,
    /// How high the place of a dot is, in percent of its width.
    pub height_percent: usize,
    /// The largest module of a QR code, in dots.
    pub largest_module: usize,
}

impl Language {
    pub(super) const fn drawing(self) -> Drawing {
        match self {
            // Needles strike between two dots, too, which makes letters legible. They are 1/72 inch apart, and the dots
            // 1/80. A larger QR code takes them too long.
            Self::Impact => Drawing {
                places: 2,
                line: drawn::LINE / 2,
                second_colour: true,
                height_percent: 111,
                largest_module: 3,
            },
            Self::EscPos | Self::Star | Self::Text | Self::Drawer => {
                Drawing { places: 1, line: drawn::LINE, second_colour: false, height_percent: 100, largest_module: 6 }
            }
        }
    }
}

/// How a printer cuts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// All but a bridge.
    #[default]
    Partial,
    /// Through.
    Full,
    /// Not at all: paper is fed, to be torn off.
    None,
}

/// A kind of printer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Its name in the configuration.
    pub name: String,
    /// What it is, for lists.
    pub about: String,
    /// What it understands.
    pub language: Language,
    /// Columns of its ordinary font.
    pub columns: u8,
    /// Columns of its narrow font, where it has one.
    pub narrow: Option<u8>,
    /// Dots across the paper, for pictures; of needles those that may stand side by side.
    pub dots: u16,
    /// Its code pages, the preferred ones first.
    pub code_pages: Vec<CodePage>,
    /// How it cuts.
    pub cut: Cut,
    /// Whether it draws QR codes itself; else they are sent as a picture.
    pub draws_qr: bool,
    /// Whether it draws barcodes.
    pub draws_barcodes: bool,
    /// Whether it prints pictures.
    pub draws_pictures: bool,
    /// Whether it may be asked how it is. Whether it answers is found out by asking.
    pub may_be_asked: bool,
    /// Whether it may be asked to name a job that it printed (`GS ( H`), which others would print as
    /// text. Whether it answers is found out by asking.
    pub may_name_jobs: bool,
    /// Whether it may be told to say what changes (`GS a`).
    pub may_tell: bool,
    /// Whether it can keep a logo (`GS ( L`).
    pub may_store_logo: bool,
    /// Whether it may start up expecting Chinese, where two bytes make one sign.
    pub may_expect_chinese: bool,
    /// The bytes that open a drawer on a port of its own.
    pub opens_with: Vec<u8>,
}

/// A `[[profile]]` table as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileConfig {
    name: String,
    about: Option<String>,
    like: Option<String>,
    language: Option<Language>,
    columns: Option<u8>,
    narrow: Option<u8>,
    dots: Option<u16>,
    code_pages: Option<Vec<(u16, u8)>>,
    cut: Option<Cut>,
    qr: Option<bool>,
    barcodes: Option<bool>,
    pictures: Option<bool>,
    status: Option<bool>,
    names_jobs: Option<bool>,
    tells: Option<bool>,
    stores_logo: Option<bool>,
    chinese: Option<bool>,
    opens_with: Option<Vec<u8>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfilesFile {
    profile: Vec<ProfileConfig>,
}

/// The profiles that the program brings. A test sees to it that they can be read.
static BUILT_IN: LazyLock<Profiles> = LazyLock::new(|| {
    let file = toml::from_str::<ProfilesFile>(include_str!("profiles.toml"));
    let mut profiles = Profiles(Vec::new());
    for config in file.map(|file| file.profile).unwrap_or_default() {
        let _ = profiles.add(config);
    }
    profiles
});

/// Profiles by name: those of the program, and those of an owner.
#[derive(Clone, Debug)]
pub struct Profiles(Vec<Arc<Profile>>);

impl Default for Profiles {
    fn default() -> Self {
        BUILT_IN.clone()
    }
}

impl Profiles {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Profile>> {
        self.0.iter()
    }

    /// The profile of this name.
    ///
    /// # Errors
    /// In words, with the names there are.
    pub fn get(&self, name: &str) -> Result<&Arc<Profile>, String> {
        let found = self.0.iter().find(|p| p.name == name);
        found.ok_or_else(|| {
            let names: Vec<&str> = self.0.iter().map(|p| p.name.as_str()).collect();
            format!("there is no printer profile `{name}`: there are {}", names.join(", "))
        })
    }

    /// Adds a profile; one of the same name is replaced.
    ///
    /// # Errors
    /// In words: what of it cannot be.
    pub(super) fn add(&mut self, config: ProfileConfig) -> Result<(), String> {
        let like = match &config.like {
            Some(name) => Profile::clone(self.get(name)?),
            None => Profile::default(),
        };
        let profile = config.over(like)?;
        self.0.retain(|p| p.name != profile.name);
        self.0.push(Arc::new(profile));
        Ok(())
    }
}

impl ProfileConfig {
    fn over(self, like: Profile) -> Result<Profile, String> {
        let name = self.name;
        let pages = self.code_pages.map(|pages| {
            let page = |(page, number): (u16, u8)| CodePage { page, number };
            pages.into_iter().map(page).collect()
        });
        let profile = Profile {
            about: self.about.unwrap_or_else(|| name.clone()),
            language: self.language.unwrap_or(like.language),
            columns: self.columns.unwrap_or(like.columns),
            narrow: self.narrow.or(like.narrow),
            dots: self.dots.unwrap_or(like.dots),
            code_pages: pages.unwrap_or(like.code_pages),
            cut: self.cut.unwrap_or(like.cut),
            draws_qr: self.qr.unwrap_or(like.draws_qr),
            draws_barcodes: self.barcodes.unwrap_or(like.draws_barcodes),
            draws_pictures: self.pictures.unwrap_or(like.draws_pictures),
            may_be_asked: self.status.unwrap_or(like.may_be_asked),
            may_name_jobs: self.names_jobs.unwrap_or(like.may_name_jobs),
            may_tell: self.tells.unwrap_or(like.may_tell),
            may_store_logo: self.stores_logo.unwrap_or(like.may_store_logo),
            may_expect_chinese: self.chinese.unwrap_or(like.may_expect_chinese),
            opens_with: self.opens_with.unwrap_or(like.opens_with),
            name,
        };
        let wrong = |what: String| Err(format!("printer profile `{}`: {what}", profile.name));
        if profile.columns < MIN_COLUMNS {
            return wrong(format!("`columns` is missing or below {MIN_COLUMNS}"));
        }
        if !profile.dots.is_multiple_of(8) {
            return wrong(format!("{} dots: they come in eights", profile.dots));
        }
        if (profile.language == Language::Drawer) == profile.opens_with.is_empty() {
            return wrong(
                "a drawer needs the bytes that open it (`opens_with = [7]`), and a printer has none".to_owned(),
            );
        }
        if let Some(page) = profile.code_pages.iter().find(|p| !p.is_known()) {
            return wrong(format!("there is no table for code page {}", page.page));
        }
        Ok(profile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_can_be_read() {
        let file = toml::from_str::<ProfilesFile>(include_str!("profiles.toml")).unwrap();
        let mut profiles = Profiles(Vec::new());
        for config in file.profile.clone() {
            profiles.add(config).unwrap();
        }
        assert_eq!(profiles.iter().count(), file.profile.len(), "two have one name");
        assert_eq!(BUILT_IN.iter().count(), file.profile.len());
        let t88 = profiles.get("epson-tm-t88").unwrap();
        assert_eq!((t88.columns, t88.cut, t88.draws_qr, t88.may_expect_chinese), (42, Cut::Partial, true, false));
    }

    fn check(toml: &str, expected: Result<u8, &str>) {
        let mut profiles = Profiles::default();
        let config = toml::from_str(toml).unwrap();
        match (profiles.add(config), expected) {
            (Ok(()), Ok(columns)) => assert_eq!(profiles.get("mine").unwrap().columns, columns),
            (Err(words), Err(part)) => assert!(words.contains(part), "{words}"),
            (got, expected) => panic!("{got:?}, not {expected:?}"),
        }
    }

    #[test]
    fn an_owner_adds_a_profile() {
        check("name = \"mine\"\nlike = \"generic-58\"", Ok(32));
        check("name = \"mine\"\nlike = \"generic-58\"\ncolumns = 30", Ok(30));
        check("name = \"mine\"\nlike = \"generic\"", Err("there are generic-80"));
        check("name = \"mine\"", Err("`columns` is missing"));
        check("name = \"mine\"\ncolumns = 40\ndots = 300", Err("eights"));
        check("name = \"mine\"\nlike = \"serial-drawer\"\nopens_with = [27, 112, 0, 25, 250]", Ok(20));
        check("name = \"mine\"\nlike = \"serial-drawer\"\nopens_with = []", Err("`opens_with = [7]`"));
        check("name = \"mine\"\nlike = \"generic-80\"\nopens_with = [7]", Err("a printer has none"));
        check("name = \"mine\"\ncolumns = 40\ncode_pages = [[9999, 1]]", Err("code page 9999"));
    }
}
