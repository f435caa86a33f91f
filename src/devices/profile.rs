//! What a printer can do, as data. A new model is a new row here.

use crate::devices::code_page::CodePage;

/// What a printer understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Lines of UTF-8: a file, a screen.
    Text,
    /// ESC/POS.
    EscPos,
}

/// A kind of printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name in the configuration.
    pub name: &'static str,
    /// What it is, for lists.
    pub about: &'static str,
    /// What it understands.
    pub language: Language,
    /// Columns of its ordinary font.
    pub columns: u8,
    /// Dots across the paper, for pictures.
    pub dots: u16,
    /// Its code pages, the preferred ones first.
    pub code_pages: &'static [CodePage],
    /// Whether it cuts.
    pub cuts: bool,
    /// Whether it draws QR codes itself; else they are sent as a picture.
    pub draws_qr: bool,
    /// Whether it prints pictures.
    pub draws_pictures: bool,
    /// Whether it may be asked how it is. Whether it answers is found out by asking.
    pub may_be_asked: bool,
    /// Whether it may be asked to name a job that it printed (`GS ( H`), which others would print as
    /// text. Whether it answers is found out by asking.
    pub may_name_jobs: bool,
    /// Whether it may start up expecting Chinese, where two bytes make one sign.
    pub may_expect_chinese: bool,
}

/// The pages and numbers on which Epson's models and nearly all others agree. CP858 first: it has
/// what Western Europe needs, with the euro.
const COMMON_PAGES: &[CodePage] = &[
    CodePage { page: 858, number: 19 },
    CodePage { page: 437, number: 0 },
    CodePage { page: 852, number: 18 },
    CodePage { page: 866, number: 17 },
    CodePage { page: 1252, number: 16 },
    CodePage { page: 860, number: 3 },
    CodePage { page: 863, number: 4 },
    CodePage { page: 865, number: 5 },
];

/// Epson's models have more.
const EPSON_PAGES: &[CodePage] = &[
    CodePage { page: 858, number: 19 },
    CodePage { page: 437, number: 0 },
    CodePage { page: 852, number: 18 },
    CodePage { page: 866, number: 17 },
    CodePage { page: 1252, number: 16 },
    CodePage { page: 737, number: 14 },
    CodePage { page: 857, number: 13 },
    CodePage { page: 775, number: 33 },
    CodePage { page: 861, number: 35 },
    CodePage { page: 855, number: 34 },
    CodePage { page: 860, number: 3 },
    CodePage { page: 863, number: 4 },
    CodePage { page: 865, number: 5 },
];

const GENERIC_80: Profile = Profile {
    name: "generic-80",
    about: "80 mm thermal printer, ESC/POS",
    language: Language::EscPos,
    columns: 48,
    dots: 576,
    code_pages: COMMON_PAGES,
    cuts: true,
    draws_qr: true,
    draws_pictures: true,
    may_be_asked: true,
    may_name_jobs: false,
    may_expect_chinese: true,
};

const EPSON_T20: Profile = Profile {
    name: "epson-tm-t20",
    about: "Epson TM-T20, 80 mm",
    code_pages: EPSON_PAGES,
    may_name_jobs: true,
    may_expect_chinese: false,
    ..GENERIC_80
};

/// Every profile.
pub const PROFILES: &[Profile] = &[
    Profile {
        name: "generic-58",
        about: "58 mm thermal printer, ESC/POS, without a cutter",
        columns: 32,
        dots: 384,
        cuts: false,
        ..GENERIC_80
    },
    GENERIC_80,
    EPSON_T20,
    Profile { name: "epson-tm-t88", about: "Epson TM-T88, 80 mm", columns: 42, dots: 512, ..EPSON_T20 },
    Profile {
        name: "text",
        about: "plain text, for a file or the screen",
        language: Language::Text,
        columns: 42,
        dots: 0,
        code_pages: &[],
        cuts: true,
        draws_qr: false,
        draws_pictures: false,
        may_be_asked: false,
        may_name_jobs: false,
        may_expect_chinese: false,
    },
];

impl Profile {
    /// The profile of this name.
    pub fn by_name(name: &str) -> Option<&'static Self> {
        PROFILES.iter().find(|p| p.name == name)
    }

    /// All names, for messages.
    pub fn names() -> String {
        let names: Vec<&str> = PROFILES.iter().map(|p| p.name).collect();
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_can_be_used() {
        for profile in PROFILES {
            assert_eq!(Profile::by_name(profile.name), Some(profile));
            assert!(profile.code_pages.iter().all(CodePage::is_known), "{}", profile.name);
            assert!(profile.columns >= 20, "{}", profile.name);
            assert_eq!(profile.dots % 8, 0, "{}", profile.name);
        }
        assert!(Profile::names().contains("generic-58, generic-80"));
    }
}
