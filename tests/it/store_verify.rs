//! Verification: good stores are clean, damaged ones are found and the damage is named; a second
//! verifier in another language agrees.

use std::path::Path;
use std::process::Command;

use counterflow::domain::event::Event;
use counterflow::domain::ids::RegisterId;
use counterflow::store::{FILE_NAME, Store};

use crate::store_shop::{PROGRAM, Shop, item, menu_of};

/// Two registers with some sales, an open order and a menu.
fn busy_shop() -> Shop {
    let mut shop = Shop::new();
    shop.open_shift(RegisterId(2));
    shop.commit(0, vec![menu_of(vec![item("10", &["4006381333931"]), item("11", &[])])]).unwrap();
    for n in 1..=5 {
        shop.sell(1, "10", n, 320);
        shop.sell(2, "11", 1, 6_070 + n);
    }
    let mut order = shop.ring(1, "10", 1, 320).unwrap();
    shop.ring_more(&mut order, "11", 2, 100).unwrap();
    shop
}

fn findings(store: &Store) -> Vec<String> {
    store.verify(&mut |_, _| {}).findings.iter().map(ToString::to_string).collect()
}

/// What the verifier in Python says; `None` where there is no Python.
fn second_opinion(dir: &Path) -> Option<(bool, String)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verify.py");
    let Ok(output) = Command::new("python3").arg(script).arg(dir.join(FILE_NAME)).output() else {
        println!("skipped: no python3 for the second verifier");
        return None;
    };
    let said = String::from_utf8(output.stdout).unwrap();
    match output.status.code() {
        Some(0) => Some((true, said)),
        Some(1) => Some((false, said)),
        _ => panic!("verify.py broke: {}", String::from_utf8_lossy(&output.stderr)),
    }
}

/// Damages a store, and demands that both verifiers find it, and that each names it.
fn check(sql: &str, named: &str, second: &str) {
    let shop = busy_shop();
    shop.tamper(sql);
    let found = findings(&shop.store);
    assert!(found.iter().any(|f| f.contains(named)), "{sql}\n{found:#?}");
    if let Some((clean, said)) = second_opinion(shop.path()) {
        assert!(!clean && said.contains(second), "{sql}\n{said}");
    }
}

/// Changes the first entry that holds `from`.
fn in_body(from: &str, to: &str) -> String {
    format!(
        "UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), '{from}', '{to}') AS BLOB) \
         WHERE id = (SELECT min(id) FROM journal WHERE instr(CAST(body AS TEXT), '{from}'))"
    )
}

#[test]
fn a_good_store_is_clean() {
    let shop = busy_shop();
    let mut told = Vec::new();
    let report = shop.store.verify(&mut |done, total| told.push((done, total)));
    assert_eq!(report.findings, []);
    assert_eq!(report.entries, shop.store.last_entry().unwrap() as u64);
    assert_eq!(report.sales, 10);
    assert_eq!(report.heads.len(), 3);
    assert_eq!(told.last(), Some(&(report.entries, report.entries)));
    if let Some((clean, said)) = second_opinion(shop.path()) {
        assert!(clean, "{said}");
    }
}

#[test]
fn a_flipped_bit_in_the_file_is_found_and_named() {
    let mut shop = busy_shop();
    shop.store.checkpoint().unwrap();
    let Shop { dir, store, .. } = shop;
    drop(store);
    let path = dir.path().join(FILE_NAME);
    let mut bytes = std::fs::read(&path).unwrap();
    // The amount 6071 of register 2's first sale, in its payment's document: 6071 becomes 6070.
    let needle = b"\"amount\":6071";
    let at = bytes.windows(needle.len()).position(|w| w == needle).unwrap() + needle.len() - 1;
    bytes[at] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let store = Store::open(dir.path(), PROGRAM).unwrap();
    let found = findings(&store);
    assert!(found.iter().any(|f| f.starts_with("register 2, entry") && f.contains("hash does not fit")), "{found:#?}");
    if let Some((clean, said)) = second_opinion(dir.path()) {
        assert!(!clean && said.contains("its hash does not fit"), "{said}");
    }
}

#[test]
fn changed_entries_are_found() {
    check(&in_body("sale-completed", "sale-cOmpleted"), "entry", "hash does not fit");
    check(&in_body("Ada", "Eve"), "register 0, entry 2", "hash does not fit");
    check(&in_body("Café", "Cafe"), "register 0, entry 1: its hash does not fit", "register 0, entry 1");
    check("UPDATE journal SET body = x'00ff' WHERE id = 7", "it cannot be read", "it cannot be read");
    check("UPDATE journal SET hash = zeroblob(32) WHERE id = 7", "its hash does not fit", "its hash does not fit");
}

#[test]
fn missing_entries_are_found() {
    check(
        "DELETE FROM journal WHERE register = 1 AND seq = 4",
        "register 1, entry 5: entry 4 before it is missing",
        "register 1, entry 5: it follows entry 3",
    );
    check(
        "DELETE FROM journal WHERE register = 1 AND seq < 4",
        "register 1, entry 4: 3 entries before it are missing, from 1 on",
        "register 1, entry 4: it follows entry 0",
    );
    // The end of a stream: what the projections have seen gives it away.
    check(
        "DELETE FROM journal WHERE register = 2 AND seq > 10",
        "registers, register 2 (receipt 5): seq is 21, but the journal says 10",
        "register 2, entry 10",
    );
    check(
        "DELETE FROM journal WHERE register = 2",
        "registers, register 2 (receipt 5): it is there, but nothing in the journal says so",
        "register 2, entry 0",
    );
}

#[test]
fn swapped_entries_are_found() {
    check(
        "UPDATE journal SET seq = -1 WHERE register = 1 AND seq = 4; UPDATE journal SET seq = 4 WHERE register = 1 AND seq = 5; \
         UPDATE journal SET seq = 5 WHERE seq = -1",
        "register 1, entry 5: ",
        "register 1, entry 4: its hash does not fit",
    );
}

#[test]
fn changed_projections_are_found() {
    check(
        "UPDATE sales SET total = total + 100 WHERE register = 1 AND receipt = 2",
        "(register 1, receipt 2, number 3): total is 740, but the journal says 640",
        "sales says",
    );
    check(
        "UPDATE sale_lines SET quantity = 1 WHERE sale = (SELECT entry FROM sales WHERE receipt = 3 AND register = 1)",
        "quantity is 1, but the journal says 3000",
        "sale_lines come to",
    );
    check(
        "DELETE FROM sale_payments WHERE sale = (SELECT entry FROM sales WHERE receipt = 3 AND register = 1)",
        "it is missing",
        "sale_payments come to",
    );
    check("DELETE FROM sales WHERE receipt = 5", "it is missing", "sales says None");
    check(
        "INSERT INTO sale_lines SELECT 1, line, item, name, category, quantity, gross, discount, net, tax, total, void FROM sale_lines LIMIT 1; \
           INSERT INTO sale_payments SELECT 1, place, tender, amount, tendered, change, tip, rounding FROM sale_payments LIMIT 1",
        "nothing in the journal says so",
        "sale_lines has rows of 11 sales",
    );
    check(
        "UPDATE registers SET receipt = 9 WHERE register = 1; UPDATE registers SET head = zeroblob(32) WHERE register = 1",
        "receipt is 9, but the journal says 5",
        "does not end where",
    );
}

/// What only the first verifier looks at.
#[test]
fn changed_tables_beside_the_sales_are_found() {
    let check = |sql: &str, named: &str| {
        let shop = busy_shop();
        shop.tamper(sql);
        let found = findings(&shop.store);
        assert!(found.iter().any(|f| f.contains(named)), "{sql}\n{found:#?}");
    };
    check("UPDATE open_order_lines SET body = replace(body, 'Item 10', 'Item 99')", "Item 99");
    check("DELETE FROM open_order_undo", "open_order_undo, order_id");
    check("DELETE FROM open_orders", "open_orders, id");
    check("UPDATE items SET position = 9 WHERE code = '10'", "items, code 10: position is 9, but the journal says 0");
    check("UPDATE staff SET role = 'owner'", "role is owner, but the journal says cashier");
    check("INSERT INTO availability VALUES ('10', 5)", "availability, item 10: it is there");
    check("DELETE FROM barcodes", "barcodes, barcode 4006381333931 (item 10): it is missing");
    check(
        "CREATE TRIGGER evil AFTER INSERT ON journal BEGIN SELECT 1; END",
        "`evil` in the database is not CounterFlow's",
    );
    check("DROP INDEX sales_by_receipt", "`sales_by_receipt` is missing");
    let shop = busy_shop();
    shop.raw().execute_batch("DROP TRIGGER journal_is_never_deleted").unwrap();
    assert_eq!(findings(&shop.store), ["`journal_is_never_deleted` is missing from the database"]);
}

#[test]
fn a_sale_that_does_not_add_up_is_found() {
    let mut shop = busy_shop();
    let order = shop.ring(1, "10", 1, 320).unwrap();
    let mut events = shop.settle(&order, 1);
    if let Event::SaleCompleted { sale, .. } = &mut events[1] {
        sale.payments.clear();
    }
    shop.commit(1, events).unwrap();
    let found = findings(&shop.store);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].ends_with("receipt 6: 0.00 was paid, 3.20 was due"), "{found:#?}");
    if let Some((clean, said)) = second_opinion(shop.path()) {
        assert!(!clean && said.contains("what was paid is not what was due"), "{said}");
    }
}

#[test]
fn verifying_sees_one_moment_while_others_sell() {
    let mut shop = busy_shop();
    let other = Store::open(shop.path(), PROGRAM).unwrap();
    let mut sold = false;
    let report = other.verify(&mut |_, _| {
        if !sold {
            shop.sell(1, "10", 1, 320);
            sold = true;
        }
    });
    assert!(sold && report.is_clean(), "{:?}", report.findings);
}

#[test]
fn projections_are_rebuilt_to_the_same_rows() {
    let mut shop = busy_shop();
    let before = shop.dump();
    shop.tamper("DELETE FROM sales; UPDATE registers SET receipt = 77; DELETE FROM items; UPDATE staff SET name = 'X'");
    assert_ne!(shop.dump(), before);
    let entries = shop.store.rebuild(&mut |_, _| {}).unwrap();
    assert_eq!(entries, shop.store.last_entry().unwrap() as u64);
    assert_eq!(shop.dump(), before);
    shop.sell(1, "10", 1, 320);
    assert_eq!(findings(&shop.store), [""; 0]);
}

#[test]
fn an_entry_that_cannot_be_read_stops_a_rebuild_and_changes_nothing() {
    let mut shop = busy_shop();
    shop.tamper("UPDATE journal SET body = x'7b' WHERE register = 2 AND seq = 5");
    let before = shop.dump();
    let refused = shop.store.rebuild(&mut |_, _| {}).unwrap_err().to_string();
    assert!(refused.starts_with("the store is damaged: register 2, entry 5: "), "{refused}");
    assert_eq!(shop.dump(), before);
}
