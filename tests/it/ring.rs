//! The real `counterflow ring`: every act of selling can be said to it, and what it answers is
//! stable.

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

fn counterflow(data: &Path) -> Command {
    let mut command = Command::cargo_bin("counterflow").unwrap();
    command.arg("--data").arg(data).env_remove("COUNTERFLOW_DATA").env_remove("COUNTERFLOW_PIN");
    command
}

/// The demo's café: Ada and Ben are cashiers, Olive is the owner; a shift is open.
fn cafe() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("store");
    Command::cargo_bin("counterflow").unwrap().args(["demo", "--keep"]).arg(kept).assert().success();
    folder
}

/// Rings lines; what came out, line by line, and the exit code.
fn ring(cafe: &TempDir, who: &str, pin: &str, lines: &str) -> (Vec<Value>, i32) {
    let mut command = counterflow(&cafe.path().join("store"));
    let output = command.args(["ring", "--as", who]).env("COUNTERFLOW_PIN", pin).write_stdin(lines).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let answers = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (answers, output.status.code().unwrap())
}

/// Rings lines of `entry ⇒ what is said, or the dialog it opens, or the events`, as Ada.
pub(crate) fn check(lines: &str) {
    check_in(&cafe(), lines);
}

fn check_in(cafe: &TempDir, lines: &str) {
    let wanted: Vec<(&str, &str)> = lines
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .map(|l| l.split_once(" => ").unwrap_or((l, "")))
        .collect();
    let script: Vec<&str> = wanted.iter().map(|(entry, _)| *entry).collect();
    let (answers, _) = ring(cafe, "Ada", "1111", &script.join("\n"));
    assert_eq!(answers.len(), wanted.len());
    for ((entry, want), answer) in wanted.iter().zip(&answers) {
        let events: Vec<&str> = answer["events"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let got = format!(
            "{} | {} | {} | due {}",
            answer["said"].as_str().unwrap_or_default(),
            answer["dialog"].as_str().unwrap_or("-"),
            events.join(" "),
            answer["order"]["due"].as_str().unwrap_or("-"),
        );
        for part in want.split(" + ") {
            assert!(got.contains(part), "{entry}: expected {part:?} in {got:?}\n{answer:#}");
        }
    }
}

#[test]
fn selling_by_code_quantity_weight_letters_and_keys() {
    check(
        "2*1 => 2 × Flat white 3.20 = 6.40 + due 6.40
         *5 => 5 × Flat white 3.20 = 16.00
         2*/carrot => 2 × Carrot cake
         0.350*66 => 0.332 kg Salad bar 14.90 = 4.95
         5012345000374 => Cola
         3<a> => 3 × Americano
         f => No item has the code f
         <f> => 1 × Flat white
         <Up><+> => line-changed
         <-> => line-changed
         Kbb => No item
         0*1 => zero + - |
         1/2 => is not an entry",
    );
}

#[test]
fn options_are_chosen_by_digits_and_names() {
    check(
        "54 => BLT
         :modify => | BLT |
         2 => | BLT |
         . => line-changed
         :undo => Undone
         3 => Latte
         :modify Large => | Latte |
         Oat => | Latte |
         x1 => | Latte |
         . => Latte + line-changed",
    );
}

#[test]
fn lines_are_changed_and_undone() {
    check(
        "2*1 => 6.40
         :note no nuts please => Flat white: noted
         :customer-note happy birthday => Flat white: noted
         :more => 3 ×
         :less => 2 ×
         *12 => due 38.40
         :undo => due 6.40
         :void Rung by mistake => Flat white voided + due 0.00
         :undo => due 6.40
         :order-type take-away => Take away + face-changed
         :name Anna => Order 1 · Anna
         :bill => bill-printed
         :abandon Guest left => Somebody else's PIN
         9999 => thrown away
         :repeat => | - |",
    );
}

#[test]
fn what_was_weighed_is_weighed_once_when_it_is_rung_again() {
    check(
        "0.350*66 => 0.332 kg Salad bar 14.90 = 4.95
         :repeat => 0.332 kg Salad bar 14.90 = 4.95
         :cash => Paid 9.90
         :repeat => 0.332 kg Salad bar 14.90 = 4.95",
    );
}

#[test]
fn a_refused_act_is_lifted_by_a_second_pin_and_the_pin_is_not_told() {
    let cafe = cafe();
    check_in(
        &cafe,
        "1 => 3.20
         @250 => | Flat white at 2.50: why?
         Damaged => Somebody else's PIN
         1111 => may not
         9999 => Flat white at 2.50 instead of 3.20 + overridden
         :discount 10% Staff => Somebody else's PIN
         9999 => discount given + due 2.25
         :order-discount 1.00 Complaint => Somebody else's PIN
         9999 => Discount given + due 1.25
         :no-sale Correction => Somebody else's PIN
         9999 => overridden no-sale",
    );
    let (answers, _) = ring(&cafe, "Ada", "1111", ":no-sale Correction\n9999\n:lock\n2222<Enter>");
    let inputs: Vec<&str> = answers.iter().filter_map(|a| a["input"].as_str()).collect();
    assert_eq!(inputs, [":no-sale Correction", "***", ":lock", "***"]);
}

#[test]
fn orders_are_held_recalled_and_follow_their_person() {
    let cafe = cafe();
    check_in(
        &cafe,
        "1 => 3.20
         :hold Anna => put aside + order-handed
         2 => 3.30
         :hold => | Put the order aside
         <Enter> => Order 2 is put aside
         :orders anna => Order 1 · Anna
         :cash => choose how it is paid + Pay order 1 · Anna
         :lock => signed-out
         2222<Enter> => Hello Ben
         :orders => Open orders
         <Esc>5 => Espresso + due 2.20
         :sign-out => signed-out
         1111<Enter> => Order 1 · Anna + due 3.20",
    );
    // The next session finds it as it was left.
    check_in(&cafe, ":pay cash => Paid 3.20 · receipt 1");
}

#[test]
fn every_way_to_pay_split_tipped_taken_back_and_printed_again() {
    check(
        "4*1 => 12.80
         :pay cash 5.00 => Cash 5.00 · 7.80 still due
         :pay voucher 1.00 V77 => no voucher's code + due 7.80
         <Esc> => due 7.80
         :tip 1.00 => Tip with the next payment: 1.00
         :pay card 3.00 A1234 4242 => Card 2.00 · 5.80 still due
         :take-back card 1 => Somebody else's PIN
         9999 => Payment taken back + due 7.80
         :pay account 0.80 => House account: whose? + due 7.80
         Smith => A new customer
         <Enter><Enter><Enter><Enter> => For Smith
         :account smith 3 50.00 => Somebody else's PIN
         9999 => Smith may owe up to 50.00
         :pay account 0.80 => 7.00 still due
         :pay euro 10.00 => Paid 12.80 · receipt 1 · change 1.50 + sale-completed
         :reprint 1 => copy of receipt 1
         :reprint 99 => 99
         1 => 3.20
         2000<F12> => change 16.80
         1 => 3.20
         <F12> => Paid 3.20 · receipt 3
         2*1 => 6.40
         <F6> => change 3.60
         1 => 3.20
         :pay card 3.20 4111111111111111 => | Card |
         <Enter> => card number + due 3.20
         <Esc><Esc>:card => Paid 3.20 · receipt 5",
    );
}

#[test]
fn items_are_sold_out_counted_and_barcodes_bound() {
    check(
        ":sold-out 71 2 => 2 of Victoria sponge left
         3*71 => Only 2
         2*71 => 0 left
         71 => sold out
         :sold-out 71 free => can be had
         4006381333931 => Unknown barcode
         b => Which item has 4006381333931?
         carrot => Somebody else's PIN
         9999 => barcode-bound
         4006381333931 => 1 × Carrot cake",
    );
}

#[test]
fn the_answer_is_a_stable_object() {
    let cafe = cafe();
    let script = "# a comment is no line\n2*1\n:note hot\n:pay card 5.00 A1 4242\n:pay cash 5.00\n:bogus\n";
    let (answers, code) = ring(&cafe, "Ada", "1111", script);
    assert_eq!(code, 1, "something was refused");
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for answer in &answers {
        assert_eq!(keys(answer), ["dialog", "events", "input", "line", "ok", "order", "said", "sale"]);
    }
    assert_eq!(answers.iter().map(|a| a["line"].as_u64().unwrap()).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
    assert_eq!(answers.iter().map(|a| a["ok"].as_bool().unwrap()).collect::<Vec<_>>(), [true, true, true, true, false]);
    let order = &answers[2]["order"];
    assert_eq!(
        keys(order),
        ["covers", "due", "lines", "name", "number", "paid", "payments", "server", "table", "total", "type"]
    );
    let line = &order["lines"][0];
    let fields = [
        "components",
        "customer_note",
        "discount",
        "gross",
        "item",
        "kitchen_note",
        "line",
        "modifiers",
        "name",
        "price",
        "quantity",
        "seat",
        "sent",
    ];
    assert_eq!(keys(line), fields);
    assert_eq!((line["kitchen_note"].as_str(), line["modifiers"][0].as_str()), (Some("hot"), Some("Whole")));
    let payment = &order["payments"][0];
    assert_eq!(keys(payment), ["amount", "last_four", "reference", "tender", "tendered"]);
    let sale = &answers[3]["sale"];
    assert_eq!(keys(sale), ["change", "payments", "receipt", "rounding", "tips", "total"]);
    assert_eq!((sale["total"].as_str(), sale["change"].as_str()), (Some("6.40"), Some("3.60")));
}

#[test]
fn exit_codes_say_what_went_wrong() {
    let cafe = cafe();
    let (answers, code) = ring(&cafe, "Ada", "1111", "1\n<F12>\n");
    assert_eq!((answers.len(), code), (2, 0));
    let (answers, code) = ring(&cafe, "Ada", "1111", "4011\n");
    assert_eq!((answers[0]["ok"].as_bool(), code), (Some(false), 1), "a refusal");
    assert_eq!(ring(&cafe, "Ada", "2222", "").1, 1, "somebody else's PIN");
    assert_eq!(ring(&cafe, "Nobody", "1111", "").1, 2, "nobody of that name");
    let store = cafe.path().join("store");
    counterflow(&store).args(["ring", "--as", "Ada"]).assert().code(2);
    counterflow(&store).args(["ring"]).assert().code(2);
    let pin = ("COUNTERFLOW_PIN", "1111");
    counterflow(&store).args(["ring", "--as", "Ada", "/no/such/file"]).env(pin.0, pin.1).assert().code(2);
    counterflow(&store).args(["--register", "9", "ring", "--as", "Ada"]).env(pin.0, pin.1).assert().code(78);
    counterflow(&cafe.path().join("empty")).args(["ring", "--as", "Ada"]).env(pin.0, pin.1).assert().code(78);
}

#[test]
fn only_a_practice_store_sets_its_clock() {
    let cafe = cafe();
    check_in(&cafe, "@2026-01-31T11:38:36 => The clock says 2026-01-31 11:38:36\n1 => 3.20\n:cash => Paid");
    let store = cafe.path().join("store");
    let journal = counterflow(&store).args(["export", "journal", "--format", "jsonl"]).output().unwrap();
    assert!(String::from_utf8(journal.stdout).unwrap().contains("2026-01-31"));
    let config = store.join("config/counterflow.toml");
    let text = std::fs::read_to_string(&config).unwrap().replace("training = true", "training = false");
    std::fs::write(&config, text).unwrap();
    let (answers, code) = ring(&cafe, "Ada", "1111", "@2026-01-31T11:38:36");
    assert_eq!((answers[0]["ok"].as_bool(), code), (Some(false), 1));
    counterflow(&store).arg("verify").assert().success();
}
