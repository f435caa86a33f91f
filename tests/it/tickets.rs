//! How a kitchen ticket looks: decoded from what a printer gets, and as its owner's template has it.

use counterflow::devices::encode;
use counterflow::devices::printer::Printer;
use counterflow::documents::template::Template;
use counterflow::documents::{Document, kitchen, ticket_sample};
use counterflow::domain::settings::Station;
use counterflow::domain::time::Stamp;

use crate::printer_emulator::{Cell, Output, print};
use crate::shop::{ADA, OWNER, Shop, words};

const NOW: Stamp = Stamp { utc_ms: 1_795_480_200_000, offset_min: 60 };

fn samples(template: &Template, practice: bool) -> Vec<Document> {
    let tickets = ticket_sample::tickets(&Station::plain("grill", "Grill"));
    tickets.iter().map(|(head, ticket)| kitchen::ticket(template, head, ticket, NOW, practice)).collect()
}

/// What comes out of a printer of this profile.
fn printed(template: &Template, at: usize, profile: &str) -> Output {
    let printer = Printer::new("grill", "tcp:10.0.0.5", profile).unwrap();
    let out = print(&encode(&samples(template, false)[at], &printer));
    assert_eq!((&out.unknown, &out.left_over), (&vec![], &vec![]), "{profile}");
    assert!(out.columns() <= printer.columns(), "{profile}");
    out
}

/// The cells of a word.
fn cells(out: &Output, word: &str) -> Vec<Cell> {
    let wanted: Vec<char> = word.chars().collect();
    let mut found = out.lines.iter().flat_map(|line| line.windows(wanted.len()).map(<[Cell]>::to_vec));
    let found = found.find(|cells| cells.iter().map(|c| c.c).eq(wanted.iter().copied()));
    found.unwrap_or_else(|| panic!("{word} is not on {:#?}", out.text()))
}

fn all(out: &Output, word: &str, is: impl Fn(&Cell) -> bool) {
    assert!(cells(out, word).iter().all(is), "{word}");
}

#[test]
fn a_ticket_is_read_at_arms_length() {
    let out = printed(&Template::default(), 0, "epson-tm-t88");
    let large = |c: &Cell| (c.width, c.height, c.bold) == (2, 2, true);
    let tall = |c: &Cell| (c.width, c.height) == (1, 2);
    all(&out, "Table 12", large);
    all(&out, "GRI-0001", tall);
    assert!(large(&cells(&out, "2 Cheeseburger")[0]));
    all(&out, "Cheeseburger", tall);
    all(&out, "Medium", |c| c.bold && !c.reverse);
    all(&out, "NO Onions", |c| c.reverse);
    all(&out, "EXTRA Bacon", |c| c.reverse);
    all(&out, "Nut allergy: clean pan", tall);
    all(&out, "ALSO AT: BAR", |c| c.bold);
    let text = out.text();
    for line in ["Eat in · Order 42 · 4 covers · Ada", "2 Cheeseburger  seat 3", "    NO Onions"] {
        assert!(text.iter().any(|l| l == line), "{line} is not on {text:#?}");
    }
    let box_at = text.iter().position(|l| l.starts_with("+--")).unwrap();
    assert!(text[box_at + 1].starts_with("| Nut allergy") && text[box_at + 2].starts_with("+--"), "{text:#?}");
    let needles = printed(&Template::default(), 0, "epson-tm-u220");
    all(&needles, "NO Onions", |c| c.red);
    all(&needles, "Table 12", large);
}

#[test]
fn what_is_taken_back_moved_and_changed_is_told_apart() {
    let out = printed(&Template::default(), 1, "generic-80");
    for word in ["VOID", "CHANGE", "MOVED"] {
        all(&out, word, |c| c.reverse && c.width == 2);
    }
    let text = out.text();
    let at = |what: &str| text.iter().position(|l| l.contains(what)).unwrap_or_else(|| panic!("{what}: {text:#?}"));
    assert_eq!(at(" VOID") + 1, at("1 Soup of the day"));
    assert_eq!((at("it was") + 1, at("it is") + 1), (at("2 Cheeseburger"), at("1 Cheeseburger")));
    assert!(at("    note: Nut allergy") < at("it is"), "{text:#?}");
    assert_eq!(at("Table 7 -> Table 12") + 1, at("1 Chips"));
    let pass = printed(&Template::default(), 2, "generic-80").text();
    for line in ["-- Grill + Cold kitchen", " NOW", "Eat in -> Take away", "Mrs Okafor", "Take away · Ada"] {
        assert!(pass.iter().any(|l| l == line), "{line} is not on {pass:#?}");
    }
}

/// A template of an owner's.
const OWN: &str = "\
[head]
{right}{ticket large}
{?table Tisch {table large}}{!table Nr. {order large}}{?covers  ({covers} P.)}
{blank}
{allergies large}
[new]
{dish}
[void]
{\"STORNO\" large reverse}
{quantity large} {item large}
[moved]
{from} nach {to}
{dish}
[retyped]
{from} / {to}
{dish}
[allergies]
{allergies}
{dish}
[changed]
Jetzt:
{dish}
[dish]
{quantity large}x {item large}{>}{?seat P{seat}}
  {?amount * }{option underline}
{box}{note}
";

#[test]
fn an_owner_changes_the_layout() {
    let template = Template::parse(OWN).unwrap();
    let out = printed(&template, 0, "generic-80");
    all(&out, "Cheeseburger", |c| c.width == 2 && c.height == 2);
    all(&out, "Onions", |c| c.underline);
    let text = out.text();
    for line in ["Tisch 12 (4 P.)", "  Medium", "  * NO Onions"] {
        assert!(text.iter().any(|l| l == line), "{line} is not on {text:#?}");
    }
    assert!(text.iter().any(|l| l.starts_with("2x Cheeseburger") && l.ends_with("P3")), "{text:#?}");
    assert!(text[0].trim_start() == "GRI-0001" && text[0].starts_with("  "), "{text:#?}");
    assert!(printed(&template, 1, "generic-80").text().contains(&"1 Soup of the day with".to_owned()));
    assert!(samples(&Template::default(), true)[0].blocks.len() > samples(&Template::default(), false)[0].blocks.len());
}

#[test]
fn a_template_is_checked_at_the_start_and_previewed() {
    let shop = Shop::new();
    let preview = |args: &[&str]| {
        let all: Vec<&str> = ["spool", "preview"].iter().chain(args).copied().collect();
        let output = shop.command(&all).output().unwrap();
        (output.status.code(), words(&output) + &String::from_utf8_lossy(&output.stdout))
    };
    let (code, shown) = preview(&["--columns", "32", "--station", "kitchen"]);
    assert!(code == Some(0) && shown.contains("NO Onions") && shown.contains("KIT-0001"), "{shown}");
    let (_, sample) = preview(&["--template"]);
    assert!(sample.contains("\n[void]\n"), "{sample}");
    let own = shop.beside("own.txt");
    std::fs::write(&own, OWN).unwrap();
    let (code, shown) = preview(&[own.to_str().unwrap(), "--station", "bar"]);
    assert!(code == Some(0) && shown.contains("B A R - 0 0 0 1"), "{shown}");
    let wrong = OWN.replace("{?covers", "{?cover");
    std::fs::write(&own, &wrong).unwrap();
    let (code, shown) = preview(&[own.to_str().unwrap()]);
    assert_eq!(code, Some(78), "{shown}");
    for part in ["own.txt", "line 3, column", "did you mean `covers`", "Allowed: station"] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    // In force, it stops the till before anybody sells with it.
    let file = shop.config().join("kitchen-ticket.txt");
    std::fs::write(&file, &wrong).unwrap();
    let started = shop.command(&["ring", "--as", "Ada"]).env("COUNTERFLOW_PIN", ADA).output().unwrap();
    assert_eq!(started.status.code(), Some(78), "{}", words(&started));
    assert!(words(&started).contains("kitchen-ticket.txt, line 3, column"), "{}", words(&started));
    std::fs::write(&file, OWN).unwrap();
    let paper = shop.beside("paper.txt");
    shop.configure("printers.toml", |_| {
        format!("[[printer]]\nname = \"kitchen\"\nport = \"file:{}\"\nprofile = \"text\"\nstations = [\"kitchen\"]\nreceipts_for = []\n", paper.display())
    });
    shop.rings(OWNER, ":open-shift 0\n");
    shop.rings(ADA, "2*47\n:note no {item} \u{1b}p\n:send\n");
    let paper = std::fs::read_to_string(&paper).unwrap();
    assert!(paper.contains("N r .   1") || paper.contains("Nr."), "{paper}");
    // What people type is text, whatever a template would make of it.
    assert!(paper.contains("no {item}") && !paper.contains('\u{1b}'), "{paper}");
}
