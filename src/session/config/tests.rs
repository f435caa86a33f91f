use proptest::prelude::*;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::templates::{DEMO, SAMPLES, TEMPLATES, Template};
use super::*;
use crate::devices::frame::Frame;
use crate::domain::money::Money;
use crate::domain::staff::Permission;
use crate::domain::tax::TaxBasis;

/// The least that the two files must say.
const MAIN: &str = "currency = \"GBP\"\n[business]\nname = \"My Business\"\n";
const TAXES: &str = "[[class]]\ncode = \"none\"\nname = \"None\"\ntaxes = []\n";

fn files(texts: &[(&str, &str)]) -> Files {
    texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// A configuration that is right but for one file's text.
fn with(name: &str, text: &str) -> Result<Config, ConfigError> {
    let mut texts = files(&[("counterflow.toml", MAIN), ("taxes.toml", TAXES)]);
    texts.insert(name.to_owned(), text.to_owned());
    Config::parse(&texts)
}

fn of(template: &Template) -> Files {
    files(template.files)
}

#[test]
fn the_samples_say_what_holds_without_them() {
    let sample = Config::parse(&of(&SAMPLES)).unwrap();
    let least = Config::parse(&files(&[("counterflow.toml", MAIN), ("taxes.toml", TAXES)])).unwrap();
    let but = Config {
        settings: Settings { taxes: sample.settings.taxes.clone(), ..least.settings },
        digest: sample.digest.clone(),
        ..least
    };
    assert_eq!(sample, but);
}

#[test]
fn every_setting_stands_in_its_sample_and_in_the_manual() {
    let manual = include_str!("../../../docs/configuration.md");
    for (file, text) in SAMPLES.files {
        // What is commented out must be right as well.
        let said: String = text.lines().map(uncommented).fold(String::new(), |all, line| all + line + "\n");
        let mut texts = of(&SAMPLES);
        texts.insert((*file).to_owned(), said);
        Config::parse(&texts).unwrap_or_else(|error| panic!("{error}"));
        assert!(manual.contains(&format!("`{file}`")), "docs/configuration.md says nothing of {file}");
    }
    for permission in Permission::ALL {
        let word = serde_json::to_value(permission).unwrap();
        assert!(templates::sample("roles.toml").contains(word.as_str().unwrap()), "roles.toml lacks {word}");
    }
}

/// `# key = value` and `# [table]` without their `# `; other comments as they are.
fn uncommented(line: &str) -> &str {
    let Some(rest) = line.strip_prefix("# ") else { return line };
    let key = rest.split(" = ").next().unwrap_or_default();
    let is_key = rest.contains(" = ") && !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if is_key || (rest.starts_with('[') && rest.ends_with(']')) { rest } else { line }
}

#[test]
fn rooms_are_drawn_and_each_mistake_is_told() {
    let room = |rows: &str| format!("{MAIN}[[room]]\nname = \"Inside\"\ntables = {rows}\n");
    let config = with("counterflow.toml", &room("[\"1:2 . T4\", \"12:6\"]")).unwrap();
    let spot = |name: &str| config.settings.spot(name).map(|s| (s.name.clone(), s.seats));
    assert_eq!(spot("t4"), Some(("T4".into(), None)));
    assert_eq!((spot("12"), spot(".")), (Some(("12".into(), Some(6))), None));
    assert_eq!(config.settings.rooms[0].rows.iter().map(Vec::len).collect::<Vec<_>>(), [3, 1]);
    for (rows, wrong) in [
        ("[\"1 2 1\"]", "table `1` stands twice"),
        ("[\"1:0\"]", "`1:0` is no table"),
        ("[\"1:x\"]", "`1:x` is no table"),
        ("[\"terrace\"]", "`terrace` is no table"),
        ("[]", "1 to 20 are allowed"),
    ] {
        let error = with("counterflow.toml", &room(rows)).unwrap_err().to_string();
        assert!(error.contains(wrong), "{rows}: {error}");
    }
}

#[test]
fn every_template_is_right() {
    for template in TEMPLATES.iter().chain([&DEMO]) {
        let config = Config::parse(&of(template)).unwrap_or_else(|error| panic!("{}:\n{error}", template.name));
        let classes: Vec<&str> = config.settings.taxes.classes.iter().map(|c| c.code.as_str()).collect();
        for class in ["standard", "reduced", "zero", "none"] {
            assert!(classes.contains(&class), "{} lacks {class}", template.name);
        }
        let on = "2026-11-23".parse().unwrap();
        for order_type in &config.settings.order_types {
            let taxes = config.settings.taxes.resolve("standard", &order_type.code, on).unwrap();
            assert_eq!(taxes.len(), 1, "{}: {}", template.name, order_type.code);
        }
    }
    let cafe = Config::parse(&of(&TEMPLATES[0])).unwrap();
    let rate = |order_type: &str| {
        let taxes = cafe.settings.taxes.resolve("food", order_type, "2026-11-23".parse().unwrap()).unwrap();
        taxes[0].code.clone()
    };
    assert_eq!((rate("eat-in").as_str(), rate("take-away").as_str()), ("vat20", "vat0"));
    assert!(templates::find("cafe").is_some() && templates::find("demo").is_none());
}

#[test]
fn rates_are_read_from_their_text() {
    for (text, rate) in [("20", "20"), ("8.875", "8.875"), ("\"8.875\"", "8.875"), ("0.1", "0.1"), ("1_000.0", "1000")]
    {
        let tax = format!("[[tax]]\ncode = \"t\"\nname = \"T\"\npercent = {text}\nincluded = false\n{TAXES}");
        let config = with("taxes.toml", &tax).unwrap();
        assert_eq!(config.settings.taxes.taxes[0].basis, TaxBasis::Percent(rate.parse::<Decimal>().unwrap()), "{text}");
    }
}

#[test]
fn what_is_said_holds() {
    let main = "currency = \"CHF\"\ncut_off = \"23:59\"\nregisters = [\"A\", \"B\"]\nlock_after_s = 60\n\
        tax_rounding = \"per-line\"\nrounding = \"half-even\"\n\
        [business]\nname = \"Zur Post\"\n[cash_rounding]\nstep = \"0.05\"\nrounding = \"down\"\n\
        [guards]\nline = \"12.5\"\n[entry]\nletters = \"search\"\ncolours = \"16\"\n\
        [scanner.serial]\nport = \"COM3\"\nframe = \"7E1\"\nsuffix = \"tab\"\n[scanner.keyboard]\nprefix = \"F12\"\nburst_ms = 0\n\
        [[label]]\npattern = \"21.....{NNDDD}\"\nkind = \"weight\"\n";
    let mut config = with("counterflow.toml", main).unwrap();
    assert_eq!(config.settings.cash_rounding.unwrap().step, Money::from_minor(5));
    assert_eq!(config.settings.guards.line, Money::from_minor(1250));
    assert_eq!((config.registers.len(), config.registers[1].id), (2, RegisterId(2)));
    assert_eq!((config.lock_after_s, config.entry.letters), (Some(60), Letters::Search));
    assert_eq!(config.entry.colours, Colours::Sixteen);
    let (port, frame) = ("COM3".to_owned(), Frame::try_from("7E1".to_owned()).unwrap());
    let serial = SerialScanner { port, baud: 9600, frame, prefix: String::new(), suffix: ScanEnd::Tab };
    let keyboard = KeyboardScanner { prefix: Some("F12".to_owned()), suffix: None, burst_ms: None };
    assert_eq!(config.scanner, ScannerConfig { serial: Some(serial), badge_prefix: None, keyboard: Some(keyboard) });
    let label = config.labels.remove(0);
    assert_eq!((label.kind, label.pattern.value.as_str()), (LabelKind::Weight, "21.....{NNDDD}"));
    assert_eq!((label.pattern.place.line, label.pattern.place.column), (25, 11));
}

#[test]
fn keys_keep_their_places() {
    let config = with("keys.toml", "[order]\n\"F5\" = \"hold\"\nq = \"quit\"\n[menu]\n").unwrap();
    let order = &config.keys.bindings()["order"];
    assert_eq!(order.get("F5").map(String::as_str), Some("hold"));
    assert_eq!(config.keys.place("order", "q").map(|p| (p.line, p.column)), Some((3, 1)));
    let finding = config.keys.finding("order", "q", "`quit` is no action").to_string();
    assert!(finding.starts_with("keys.toml, line 3, column 1: `quit` is no action"), "{finding}");
}

/// A text for one file, and how the only finding begins.
#[track_caller]
fn check(name: &str, text: &str, expected: &str) {
    let error = with(name, text).expect_err("a finding");
    let all = error.to_string();
    assert_eq!(error.findings.len(), 1, "{all}");
    assert!(all.starts_with(expected), "{all}\nis not\n{expected}");
}

#[track_caller]
fn check_main(text: &str, expected: &str) {
    // Settings of the file's own come before its tables.
    let main = if text.starts_with('[') { format!("{MAIN}{text}") } else { format!("{text}\n{MAIN}") };
    check("counterflow.toml", &main, &format!("counterflow.toml, {expected}"));
}

#[test]
fn mistakes_in_the_main_file_are_told() {
    check(
        "counterflow.toml",
        "[business]\nname = \"A\"",
        "counterflow.toml, line 1, column 1: `currency` is missing here",
    );
    check("counterflow.toml", "currency = \"GBP\"", "counterflow.toml, line 1, column 1: `business` is missing here");
    check(
        "counterflow.toml",
        "currency = \"XYZ\"\n[business]\nname = \"A\"",
        "counterflow.toml, line 1, column 12: `XYZ` is not an ISO",
    );
    check("counterflow.toml", "currency = GBP\n", "counterflow.toml, line 1, column 12: ");
    check_main("cut_off = \"25:00\"", "line 1, column 11: `25:00` is not a time of day such as 04:00");
    check_main("roundin = \"up\"", "line 1, column 1: `roundin` is not known here; did you mean `rounding`? Allowed: ");
    check_main(
        "rounding = \"halfup\"",
        "line 1, column 12: `halfup` is not known here; did you mean `half-up`? Allowed: half-up, half-even, up, down",
    );
    check_main("rounding = 5", "line 1, column 12: the number 5 is not one of half-up, half-even, up, down");
    check_main("training = \"yes\"", "line 1, column 12: `yes` is not true or false");
    check_main("lock_after_s = -1", "line 1, column 16: the number -1 is not a whole number from 0 to 86400");
    check_main("levels = []", "line 1, column 10: `levels` lists 0; 1 to 20 are allowed");
    check_main("levels = [\"base\", \"base\"]", "line 1, column 19: level `base` stands twice: first on line 1");
    check_main("levels = \"base\"", "line 1, column 10: `base` is not a list in square brackets");
    check_main("registers = [\"A\u{202e}\"]", "line 1, column 14: a text must not hold control characters");
    check_main(
        "[[order_type]]\ncode = \"a\"\nname = \"A\"\nlevel = \"bse\"",
        "line 7, column 9: `bse` is no price level; did you mean `base`? Allowed: base",
    );
    check_main("[[order_type]]\ncode = \"a b\"\nname = \"A\"", "line 5, column 8: `a b` is not a code");
    check_main("[[station]]\ncode = \"a\"", "line 4, column 1: `name` is missing here");
    check_main(
        "[cash_rounding]\nstep = 0.05",
        "line 5, column 8: the number 0.05 is not an amount in quotes such as \"0.05\"",
    );
    check_main("[cash_rounding]\nstep = \"0.01\"", "line 5, column 8: the smallest coin must be more");
    check_main("[cash_rounding]\nstep = \"0.055\"", "line 5, column 8: GBP has 2 digits after the point");
    check_main("[guards]\nline = \"-1\"", "line 5, column 8: `line` must not be less than nothing");
    check_main("[reasons]\nvoid = []", "line 5, column 8: `void` lists 0; 1 to 9 are allowed");
    check_main(
        "[entry]\ncolors = \"mono\"",
        "line 5, column 1: `colors` is not known here; did you mean `colours`? Allowed: letters, amounts, colours, coaching, notes",
    );
    check_main(
        "[scanner]\nport = \"COM3\"",
        "line 5, column 1: `port` is not known here; allowed: badge_prefix, serial, keyboard",
    );
    check_main("[[label]]\npattern = \"21\"", "line 4, column 1: `kind` is missing here");
}

#[test]
fn mistakes_in_taxes_are_told() {
    let tax = |rest: &str| format!("{TAXES}[[tax]]\ncode = \"v\"\nname = \"V\"\nincluded = true\n{rest}");
    for (rest, expected) in [
        ("percent = -1", "line 9, column 11: -1 is no rate: 0 to 1000 per cent"),
        ("percent = 1000.5", "line 9, column 11: 1000.5 is no rate"),
        ("percent = \"twenty\"", "line 9, column 11: `twenty` is not a decimal number"),
        ("percent = nan", "line 9, column 11: the number nan is not a decimal number"),
        ("percent = 1e2", "line 9, column 11: the number 1e2 is not a decimal number"),
        ("percent = 5\nper_unit = \"0.10\"", "line 10, column 12: a tax has either `percent` or `per_unit`"),
        ("compound = true\nper_unit = \"0.10\"", "line 10, column 12: a fixed amount builds on nothing"),
        ("per_unit = \"-0.10\"", "line 9, column 12: a tax must not be less than nothing"),
        ("", "line 5, column 1: `percent` or `per_unit` is missing here"),
    ] {
        check("taxes.toml", &tax(rest), &format!("taxes.toml, {expected}"));
    }
    let class = |rest: &str| format!("{}\n[[class]]\ncode = \"c\"\nname = \"C\"\n{rest}", tax("percent = 5"));
    for (rest, expected) in [
        ("taxes = [\"w\"]", "line 13, column 10: `w` is no tax; did you mean `v`? Allowed: v"),
        ("taxes = [\"v\", \"v\"]", "line 13, column 15: tax `v` stands twice"),
        ("", "line 10, column 1: `taxes` is missing here: write taxes = [] for none"),
        (
            "[[class.rule]]\ntaxes = []\norder_types = [\"eatin\"]",
            "line 15, column 16: `eatin` is no order type; did you mean `eat-in`? Allowed: eat-in, take-away",
        ),
        (
            "[[class.rule]]\ntaxes = []\nfrom = 2026-02-01\nuntil = 2026-01-01",
            "line 16, column 9: `until` lies before `from`",
        ),
        ("[[class.rule]]\ntaxes = []\nfrom = \"soon\"", "line 15, column 8: `soon` is not a date such as 2026-01-31"),
        ("[[class.rule]]\norder_types = []", "line 13, column 1: `taxes` is missing here"),
    ] {
        check("taxes.toml", &class(rest), &format!("taxes.toml, {expected}"));
    }
    check("taxes.toml", "", "taxes.toml, line 1, column 1: `class` is missing here");
    check(
        "taxes.toml",
        &format!("{TAXES}{TAXES}"),
        "taxes.toml, line 6, column 8: class `none` stands twice: first on line 2",
    );
}

#[test]
fn mistakes_in_prices_are_told() {
    let charge = |rest: &str| format!("[service_charge]\n{rest}");
    for (rest, expected) in [
        ("name = \"S\"", "line 1, column 1: `percent` is missing here"),
        ("percent = -1", "line 2, column 11: -1 is no rate"),
        ("percent = 10\ntaxes = [\"v\"]", "line 3, column 10: `v` is no tax; there is none yet"),
        (
            "percent = 10\norder_types = [\"eatin\"]",
            "line 3, column 16: `eatin` is no order type; did you mean `eat-in`?",
        ),
        ("percent = 10\nfrom_covers = 1000", "line 3, column 15: the number 1000 is not a whole number from 0 to 999"),
    ] {
        check("prices.toml", &charge(rest), &format!("prices.toml, {expected}"));
    }
    assert_eq!(with("prices.toml", &charge("percent = 0")).unwrap().settings.offers.service, None);
    assert!(with("prices.toml", &charge("percent = 10")).unwrap().settings.offers.service.is_some());
}

#[test]
fn mistakes_in_tenders_and_roles_are_told() {
    let cash = "[[tender]]\ncode = \"cash\"\nname = \"Cash\"\ngives_change = true\n";
    let foreign = "[[tender]]\ncode = \"euro\"\nname = \"Euro\"\ngives_change = true\nforeign = { currency = \"EUR\", rate = 0.85 }\n";
    for (text, expected) in [
        (format!("{cash}{cash}"), ", line 6, column 8: tender `cash` stands twice: first on line 2"),
        (cash.replace("true", "false"), ": no tender gives change"),
        (format!("{foreign}{cash}"), ", line 2, column 8: the first tender that gives change is the till's cash"),
        (format!("{cash}{}", foreign.replace("0.85", "0")), ", line 9, column 38: a rate is more than 0"),
        (format!("{cash}{}", foreign.replace("EUR", "GBP")), ", line 9, column 24: GBP is the till's own currency"),
        (
            format!("{cash}reference = \"maybe\""),
            ", line 5, column 13: `maybe` is not known here; allowed: none, optional, required",
        ),
        (format!("{cash}reference = \"required\""), ", line 1, column 1: `reference_name` is missing here"),
        (format!("{cash}reference_name = \"Account\""), ", line 5, column 18: `reference_name` needs `reference"),
        (String::new(), ", line 1, column 1: `tender` is missing here"),
    ] {
        check("tenders.toml", &text, &format!("tenders.toml{expected}"));
    }
    let role = "[[role]]\ncode = \"owner\"\nname = \"Owner\"\n";
    for (text, expected) in [
        (
            format!("{role}may = [\"sell\", \"refnd\", \"manage-staff\"]"),
            ", line 4, column 16: `refnd` is not known here; did you mean `refund`? Allowed: sell, void-line",
        ),
        (format!("{role}may = \"everything\""), ", line 4, column 7: `everything` is not a list"),
        (format!("{role}may = [\"sell\"]"), ": no role may `manage-staff`"),
        (
            format!("{role}may = \"all\"\nall = true"),
            ", line 5, column 1: `all` is not known here; allowed: code, name, may",
        ),
    ] {
        check("roles.toml", &text, &format!("roles.toml{expected}"));
    }
    check(
        "keys.toml",
        "F5 = \"hold\"",
        "keys.toml, line 1, column 6: `hold` is not a table: write the context as [name]",
    );
    check("keys.toml", "[order]\nF5 = 5", "keys.toml, line 2, column 6: the number 5 is not a text in quotes");
    check(
        "tender.toml",
        "",
        "tender.toml: this is no file of the configuration; did you mean `tenders.toml`? Allowed: accounting.toml, ",
    );
}

#[test]
fn everything_wrong_is_told_at_once() {
    let texts = files(&[
        ("counterflow.toml", "currency = \"XXL\"\nrounding = \"x\"\n"),
        ("taxes.toml", "[[tax]]\npercent = 2000\n[[class]]\n"),
        ("tenders.toml", "a = \nb = \n"),
    ]);
    let error = Config::parse(&texts).expect_err("findings");
    let count = |file: &str| error.findings.iter().filter(|f| f.file == file).count();
    assert_eq!((count("counterflow.toml"), count("taxes.toml"), count("tenders.toml")), (3, 7, 2), "{error}");
    let alone = Config::parse(&Files::new()).expect_err("findings").to_string();
    assert!(
        alone.contains("counterflow.toml: this file is missing") && alone.contains("taxes.toml: this file is missing")
    );
}

#[test]
fn a_folder_is_read_and_its_digest_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).unwrap();
    put("counterflow.toml", MAIN.as_bytes());
    put("taxes.toml", TAXES.as_bytes());
    put("notes.txt", b"anything");
    let first = Config::read(folder.path()).unwrap();
    assert_eq!(first.digest.len(), 64);
    put("printers.toml", b"anything, that is another room's");
    let second = Config::read(folder.path()).unwrap();
    assert_ne!(first.digest, second.digest);
    put("keys.toml", b"# caf\n# \xe9");
    let error = Config::read(folder.path()).expect_err("a finding").to_string();
    assert_eq!(error, "keys.toml: line 2 is not UTF-8: save the file as UTF-8 text");
    let error = Config::read(&folder.path().join("nowhere")).expect_err("a finding").to_string();
    assert!(
        error.ends_with("there is no such folder; `counterflow setup --template cafe` makes a configuration"),
        "{error}"
    );
}

#[test]
fn files_of_other_rooms_are_told_of_in_the_same_way() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "kebab-case")]
    enum Cut {
        Full,
        Partial,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Printer {
        name: String,
        cut: Cut,
    }
    let check = |text: &str, expected: &str| {
        let error = parse_toml::<Printer>("printers.toml", text).expect_err("a finding").to_string();
        assert!(error.starts_with(expected), "{error}");
    };
    check(
        "name = \"a\"\ncutt = \"full\"",
        "printers.toml, line 2, column 1: `cutt` is not known here; did you mean `cut`? Allowed: name, cut",
    );
    check(
        "name = \"a\"\ncut = \"partal\"",
        "printers.toml, line 2, column 7: `partal` is not known here; did you mean `partial`? Allowed: full, partial",
    );
    check("name = \"a\"", "printers.toml, line 1, column 1: missing field `cut`");
    check("name = 5\ncut = \"full\"", "printers.toml, line 1, column 8: invalid type: integer `5`, expected a string");
    check("name = \n", "printers.toml, line 1, column 8: ");
    let printer = parse_toml::<Printer>("printers.toml", "name = \"a\"\ncut = \"full\"");
    assert_eq!(printer, Ok(Printer { name: "a".to_owned(), cut: Cut::Full }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(file in 0..FILES.len(), text in "\\PC{0,60}") {
        let _ = with(FILES[file], &text).map_err(|error| error.to_string());
    }

    #[test]
    fn no_damage_to_a_sample_panics(file in 0..SAMPLES.files.len(), at in any::<prop::sample::Index>(), with in "[\\[\\]{}=\".,\\n 0-9a-zö\u{202e}\\x00]{0,3}", cut in 0..30_usize) {
        let (name, text) = SAMPLES.files[file];
        let from = (0..=at.index(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap();
        let to = (from + cut).min(text.len());
        let to = (to..=text.len()).find(|i| text.is_char_boundary(*i)).unwrap();
        let mut texts = of(&SAMPLES);
        texts.insert(name.to_owned(), format!("{}{with}{}", &text[..from], &text[to..]));
        let _ = Config::parse(&texts).map_err(|error| error.to_string());
    }
}
