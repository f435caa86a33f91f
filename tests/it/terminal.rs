//! The till on a terminal: the walking skeleton, screens of any size, hang-ups, panics, locks.

use crate::pty::Pty;
use crate::shop::{ADA, BEN, OWNER, Shop};

/// A peppermint tea, by its code: nothing is asked.
const PEPPERMINT: &str = "22<Enter>";

/// A café whose receipts go into a file; its shift is open.
fn open_shop() -> Shop {
    let shop = Shop::new();
    let paper = shop.beside("paper");
    let printer = format!("[[printer]]\nname = \"receipts\"\nport = {:?}\n", format!("file:{}", paper.display()));
    shop.configure("printers.toml", |_| printer);
    shop.rings(OWNER, ":open-shift 100.00\n");
    shop
}

fn till(shop: &Shop) -> Pty {
    Pty::start(&shop.command(&[]))
}

#[test]
fn one_item_one_key_one_sale_one_receipt() {
    let shop = open_shop();
    let mut till = till(&shop);
    till.sign_in(ADA);
    till.keys("e");
    till.sees("Order 1");
    till.keys("<F12>");
    till.sees("receipt 1");
    till.keys("<Ctrl-X>");
    let (status, _, _) = till.ends();
    assert!(status.success(), "{status:?}");
    let paper = std::fs::read(shop.beside("paper")).unwrap();
    let paper = String::from_utf8_lossy(&paper);
    assert!(paper.contains("Espresso") && paper.contains("Cash"), "{paper}");
    assert_eq!(shop.store().recent_sales(9).unwrap().len(), 1);
    shop.verifies();
}

#[test]
fn a_screen_of_any_size_loses_nothing_of_a_payment() {
    let shop = open_shop();
    let mut till = till(&shop);
    till.sign_in(ADA);
    till.keys(PEPPERMINT);
    till.sees("Order 1");
    till.keys("<F10>100");
    till.sees("Pay order 1");
    for (columns, rows) in [(20, 5), (1, 1), (2, 50), (300, 2), (300, 90)] {
        till.resize(columns, rows);
        till.keys("<Backspace>0");
    }
    till.resize(20, 5);
    till.sees("too small");
    till.resize(80, 24);
    till.sees("Pay order 1");
    till.keys("a");
    till.sees("Due");
    till.resize(1, 1);
    till.keys("<F12>");
    till.resize(80, 24);
    till.sees("receipt 1");
    let sale = shop.store().recent_sales(1).unwrap().remove(0);
    assert_eq!(sale.payments[0].amount.minor(), 100);
    assert_eq!(sale.payments.len(), 2);
}

#[test]
fn after_a_hang_up_the_next_sign_in_finds_everything() {
    let shop = open_shop();
    let mut first = till(&shop);
    first.sign_in(ADA);
    first.keys(PEPPERMINT);
    first.sees("Order 1");
    first.keys("<F3>not too h");
    first.sees("not too h");
    let status = first.hang_up();
    assert!(status.success(), "a hang-up ends the till in order: {status:?}");
    let mut second = till(&shop);
    second.sign_in(ADA);
    second.sees("not too h");
    second.keys("ot<Enter>");
    second.loses("Enter OK");
    second.sees("not too hot");
    second.keys("<F12>");
    second.sees("receipt 1");
    let sale = shop.store().recent_sales(1).unwrap().remove(0);
    assert_eq!(sale.lines[0].kitchen_note.as_deref(), Some("not too hot"));
    second.keys("<Ctrl-X>");
    second.ends();
    shop.verifies();
}

#[test]
fn after_a_kill_the_screen_is_as_it_was() {
    let shop = open_shop();
    let mut first = till(&shop);
    first.sign_in(ADA);
    first.keys(PEPPERMINT).keys("3*471");
    let before = first.sees("3*471");
    first.kill();
    let mut second = till(&shop);
    second.sign_in(ADA);
    second.sees("3*471");
    second.keys("1");
    let after = second.sees("3*4711");
    let order = |screen: &str| screen.lines().take(18).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(order(&before), order(&after));
}

#[test]
fn a_second_till_on_a_register_is_told_who_has_it() {
    let shop = open_shop();
    let mut first = till(&shop);
    first.sees("Type your PIN");
    let refused = shop.command(&["ring", "--as", "Ada"]).env("COUNTERFLOW_PIN", ADA).output().unwrap();
    let words = String::from_utf8_lossy(&refused.stderr);
    assert!(words.contains(&format!("register 1 is open in process {}", first.pid())), "{words}");
    assert_eq!(refused.status.code(), Some(75));
    let (status, screen, _) = till(&shop).ends();
    assert_eq!(status.exit_code(), 75, "{screen}");
    assert!(screen.contains("register 1 is open in process"), "{screen}");
    // And the first one sells on.
    first.sign_in(BEN);
    first.keys("e<F12>");
    first.sees("receipt 1");
}

#[cfg(feature = "fault-points")]
#[test]
fn while_a_report_is_made_the_till_sells() {
    let shop = open_shop();
    let held = shop.beside("held");
    std::fs::write(&held, "").unwrap();
    let mut command = shop.command(&[]);
    command.env("COUNTERFLOW_FAULT", format!("report@{}", held.display()));
    let mut till = Pty::start(&command);
    till.sign_in(OWNER);
    till.keys("e<F12>");
    till.sees("receipt 1");
    till.keys(":reports<Enter>");
    till.sees("Sales by item");
    till.keys("items<Enter>");
    till.sees("Days, or today");
    till.keys("<Enter>");
    till.sees("being made");
    // Whoever does not want to wait sells on, and what comes then disturbs nobody.
    till.keys("<Esc><Esc><Esc>e");
    till.sees("Order 2");
    std::fs::remove_file(&held).unwrap();
    till.keys("<F12>");
    till.sees("receipt 2");
    till.keys(":reports<Enter>");
    till.sees("Sales by item");
    till.keys("items<Enter>");
    till.sees("Days, or today");
    till.keys("<Enter>");
    // The receipt at the left has an Espresso too: once.
    till.wait("both", |screen| {
        screen.lines().any(|line| line.contains("Espresso") && line.split_whitespace().any(|word| word == "2"))
    });
}

#[cfg(feature = "fault-points")]
#[test]
fn a_panic_gives_the_terminal_back_and_loses_nothing() {
    let shop = open_shop();
    // Five keys to sign in, three to sell, and the second of those that follow.
    let mut first = Pty::start(shop.command(&[]).env("COUNTERFLOW_FAULT", "key:10").env("RUST_BACKTRACE", "0"));
    first.sign_in(ADA);
    first.keys(PEPPERMINT).keys("47");
    let (status, screen, bytes) = first.ends();
    assert!(!status.success());
    assert!(screen.contains("the fault point key was passed 10 times"), "{screen}");
    let bytes = String::from_utf8_lossy(&bytes);
    let left = bytes.rfind("\x1b[?1049l").expect("the alternate screen is left");
    assert!(bytes[left..].contains("fault point"), "only then is it said what happened");
    assert!(bytes.contains("\x1b[?25h"), "the cursor is shown");
    let mut second = till(&shop);
    second.sign_in(ADA);
    second.sees("Peppermint tea");
    second.sees("› 4");
    second.keys("<Esc><F12>");
    second.sees("receipt 1");
    second.keys("<Ctrl-X>");
    second.ends();
    shop.verifies();
}
