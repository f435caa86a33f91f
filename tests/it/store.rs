//! The store: commits, refusals, projections, loading, PINs, several sessions.

use std::sync::Arc;

use counterflow::domain::catalogue::{Availability, Catalogue, Menu, PageLayout};
use counterflow::domain::event::{Event, LineAct};
use counterflow::domain::ids::{BoxId, RegisterId, StaffId};
use counterflow::domain::menu_change::MenuChange;
use counterflow::domain::money::Currency;
use counterflow::domain::order::Void;
use counterflow::domain::quantity::Quantity;
use counterflow::domain::rounding::Rounding;
use counterflow::domain::settings::{Business, Guards, Reasons, Settings};
use counterflow::domain::tax::{TaxRounding, TaxTable};
use counterflow::domain::till::Till;
use counterflow::domain::time::{CutOff, Stamp};
use counterflow::store::{
    CommitError, FILE_NAME, NewStore, PinError, SCHEMA, Store, StoreError, hash, may_use_reserve,
};
use uuid::Uuid;

use crate::store_shop::{PROGRAM, Shop, item, menu_of, of_the_second_schema};

fn settings() -> Arc<Settings> {
    let money = counterflow::domain::money::Money::from_minor;
    Arc::new(Settings {
        business: Business::default(),
        currency: eur(),
        cut_off: CutOff::default(),
        taxes: TaxTable::default(),
        tax_rounding: TaxRounding::PerDocument,
        rounding: Rounding::HalfUp,
        cash_rounding: None,
        halves: Default::default(),
        levels: vec!["base".to_owned()],
        order_types: Vec::new(),
        rooms: Vec::new(),
        stations: Vec::new(),
        routes: vec![],
        kitchen: Default::default(),
        tenders: Vec::new(),
        roles: Vec::new(),
        reasons: Reasons::default(),
        guards: Guards {
            quantity: Quantity::pieces(99),
            line: money(100_000),
            price_low: money(10),
            tender_factor: 10,
        },
        count: Default::default(),
        hours: Default::default(),
        tips: Default::default(),
        lock_after_sale: false,
        goods: Vec::new(),
        training: false,
        scale: false,
        offers: Default::default(),
    })
}

fn eur() -> Currency {
    Currency::from_code("EUR").unwrap()
}

/// The till of a register as it is loaded.
pub fn load(shop: &Shop, register: u16) -> (Till, i64) {
    let catalogue = Arc::new(Catalogue::new(Menu::empty(eur())));
    shop.store.load_till(RegisterId(register), settings(), catalogue).unwrap()
}

#[test]
fn a_store_is_made_once_and_closed_to_others() {
    let shop = Shop::new();
    let new = NewStore {
        box_id: BoxId(Uuid::nil()),
        name: "Other",
        now: Stamp::new(0, 0),
        cut_off: CutOff::default(),
        program: PROGRAM,
    };
    assert!(matches!(Store::create(shop.path(), &new), Err(StoreError::Exists(_))));
    assert_eq!(shop.store.box_id(), BoxId(Uuid::from_u128(0xB0C5)));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(shop.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(Store::open(empty.path(), PROGRAM), Err(StoreError::NoStore(_))));
}

#[test]
fn making_a_store_can_be_tried_again_after_it_was_killed() {
    let dir = tempfile::tempdir().unwrap();
    // All that a killed try can leave: a file with nothing in it, and a pepper.
    let raw = rusqlite::Connection::open(dir.path().join(FILE_NAME)).unwrap();
    raw.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).unwrap();
    drop(raw);
    std::fs::write(dir.path().join("pepper"), [7; 32]).unwrap();
    assert!(matches!(Store::open(dir.path(), PROGRAM), Err(StoreError::NoStore(_))));
    let new = NewStore {
        box_id: BoxId(Uuid::nil()),
        name: "Again",
        now: Stamp::new(0, 0),
        cut_off: CutOff::default(),
        program: PROGRAM,
    };
    assert_eq!(Store::create(dir.path(), &new).unwrap().last_entry().unwrap(), 1);
}

#[test]
fn a_newer_store_is_refused_naming_both_versions() {
    let shop = Shop::new();
    let raw = shop.raw();
    raw.pragma_update(None, "user_version", SCHEMA + 1).unwrap();
    raw.execute("UPDATE box SET program = '7.7.7'", []).unwrap();
    let Err(refused) = Store::open(shop.path(), PROGRAM) else { panic!("it was opened") };
    let refused = refused.to_string();
    assert!(refused.contains("7.7.7") && refused.contains(PROGRAM), "{refused}");
}

#[test]
fn a_store_that_kept_orders_whole_is_taken_up_to_lines() {
    let mut shop = Shop::new();
    let mut order = shop.ring(1, "10", 1, 320).unwrap();
    for item in ["11", "12", "13 \u{201c}ü\u{201d}"] {
        shop.ring_more(&mut order, item, 2, 450).unwrap();
    }
    shop.ring(1, "14", 1, 100).unwrap();
    let before = load(&shop, 1).0.orders;
    // As the second schema had it: the whole order in its row.
    let old = tempfile::tempdir().unwrap();
    let raw = of_the_second_schema(&old.path().join(FILE_NAME), &shop.path().join(FILE_NAME));
    for order in before.values() {
        let body = serde_json::to_string(order).unwrap();
        let row = (order.id.0.as_bytes(), order.register.0, order.number, order.version as i64, body);
        raw.execute("INSERT INTO open_orders VALUES (?1, ?2, ?3, ?4, ?5)", row).unwrap();
    }
    drop(raw);
    Store::open(old.path(), PROGRAM).unwrap();
    // The very rows that are written today.
    let rows = |dir: &std::path::Path| {
        let raw = rusqlite::Connection::open(dir.join(FILE_NAME)).unwrap();
        let mut rows: Vec<String> = Vec::new();
        for sql in [
            "SELECT hex(id) || number || version || body FROM open_orders ORDER BY 1",
            "SELECT hex(order_id) || line || body FROM open_order_lines ORDER BY 1",
            "SELECT hex(order_id) || version || body FROM open_order_undo ORDER BY 1",
            "SELECT series || last FROM box_numbers",
        ] {
            let mut statement = raw.prepare(sql).unwrap();
            rows.extend(statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap));
        }
        rows
    };
    assert_eq!(rows(old.path()), rows(shop.path()));
}

#[test]
fn a_key_on_a_long_order_writes_no_more_than_on_a_short_one() {
    let mut shop = Shop::new();
    let mut order = shop.ring(1, "0", 1, 320).unwrap();
    let mut written = |shop: &mut Shop, lines: usize| {
        while order.lines.len() < lines {
            let item = order.lines.len().to_string();
            shop.ring_more(&mut order, &item, 1, 320).unwrap();
        }
        // The log begins anew, so that it grows by what the key writes.
        shop.store.checkpoint().unwrap();
        let log = shop.path().join(format!("{FILE_NAME}-wal"));
        shop.raw().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        shop.ring_more(&mut order, "again", 1, 320).unwrap();
        std::fs::metadata(log).unwrap().len()
    };
    let short = written(&mut shop, 15);
    let long = written(&mut shop, 400);
    assert!(long < short + 3 * 4_096 + 100, "{short} bytes at 15 lines, {long} at 400");
}

#[test]
fn entries_are_chained_stream_by_stream() {
    let mut shop = Shop::new();
    shop.open_shift(RegisterId(2));
    shop.sell(1, "10", 1, 320);
    shop.sell(2, "11", 2, 250);
    let mut last = (RegisterId(0), 0, [0; 32]);
    let mut count = 0;
    shop.store
        .journal(&mut |entry| {
            if entry.register != last.0 {
                last = (entry.register, 0, [0; 32]);
            }
            assert_eq!((entry.seq, entry.prev), (last.1 + 1, last.2));
            let due = hash(BoxId(Uuid::from_u128(0xB0C5)), entry.register, entry.seq, &entry.prev, &entry.body);
            assert_eq!(entry.hash, due);
            last = (entry.register, entry.seq, entry.hash);
            count += 1;
            Ok(())
        })
        .unwrap();
    assert_eq!(count, 2 + 2 + 4 + 4);
    assert_eq!(shop.store.last_entry().unwrap(), count);
}

#[test]
fn the_journal_cannot_be_changed() {
    let mut shop = Shop::new();
    shop.sell(1, "10", 1, 320);
    let raw = shop.raw();
    for sql in [
        "UPDATE journal SET body = x'00' WHERE id = 2",
        "DELETE FROM journal WHERE id = 2",
        "DELETE FROM journal",
        "INSERT OR REPLACE INTO journal SELECT id, register, seq, hash, x'00' FROM journal WHERE id = 2",
        "INSERT INTO journal SELECT 99, register, seq + 10, hash, body FROM journal WHERE id = 2",
    ] {
        let refused = raw.execute(sql, []).unwrap_err().to_string();
        assert!(refused.contains("the journal is"), "{sql}: {refused}");
    }
}

#[test]
fn a_stale_command_is_refused_whole() {
    let mut shop = Shop::new();
    let mut order = shop.ring(1, "10", 1, 320).unwrap();
    let mut other = order.clone();
    shop.ring_more(&mut order, "11", 1, 200).unwrap();
    let before = (shop.dump(), shop.store.last_entry().unwrap());
    // From the same version as the first: nobody has shown this session what changed.
    let stale = shop.ring_more(&mut other, "12", 1, 100);
    assert_eq!(stale, Err(CommitError::Stale { order: order.id }));
    // The good half of a commit goes with the bad one.
    let good = shop.settle(&order, 1);
    let bad = Event::BillPrinted { order: order.id, version: 1 };
    assert_eq!(shop.commit(1, [good, vec![bad]].concat()), Err(CommitError::Stale { order: order.id }));
    assert_eq!((shop.dump(), shop.store.last_entry().unwrap()), before);
}

#[test]
fn an_order_cannot_be_opened_twice_or_changed_after_it_was_settled() {
    let mut shop = Shop::new();
    let order = shop.ring(1, "10", 1, 320).unwrap();
    let stale = Err(CommitError::Stale { order: order.id });
    let opened = Event::OrderOpened { order: Box::new(order.clone()) };
    assert_eq!(shop.commit(1, vec![opened]), stale);
    let events = shop.settle(&order, 1);
    shop.commit(1, events).unwrap();
    let bill = Event::BillPrinted { order: order.id, version: order.version + 1 };
    assert_eq!(shop.commit(1, vec![bill]), stale);
}

#[test]
fn counted_stock_cannot_be_sold_twice() {
    let mut shop = Shop::new();
    let count =
        Event::AvailabilitySet { item: "10".to_owned(), availability: Some(Availability::Left(Quantity::pieces(3))) };
    shop.commit(1, vec![count]).unwrap();
    let mut order = shop.ring(1, "10", 2, 320).unwrap();
    let refused = shop.ring(1, "10", 2, 320);
    assert_eq!(refused, Err(CommitError::OutOfStock { item: "10".to_owned() }));
    assert_eq!(refused.unwrap_err().to_string(), "not enough is left of 10: nothing was recorded");
    // A void before the kitchen had it puts back.
    let line = order.lines[0].clone();
    let mut voided = line.clone();
    voided.void =
        Some(Void { reason: "x".to_owned(), by: shop.staff, at: shop.now(), after_sending: false, wasted: false });
    let event = Event::LineChanged {
        order: order.id,
        version: order.version + 1,
        act: LineAct::Voided,
        before: Some(Box::new(line)),
        after: Some(Box::new(voided)),
    };
    shop.commit(1, vec![event.clone()]).unwrap();
    order.apply(&shop.record(RegisterId(1), event));
    shop.ring(1, "10", 3, 320).unwrap();
    assert_eq!(load(&shop, 1).0.availability["10"], Availability::Left(Quantity::ZERO));
}

#[test]
fn receipts_and_shifts_are_numbered_without_gaps() {
    let mut shop = Shop::new();
    shop.sell(1, "10", 1, 320);
    let order = shop.ring(1, "10", 1, 320).unwrap();
    let mut events = shop.settle(&order, 1);
    if let Event::SaleCompleted { sale, .. } = &mut events[1] {
        sale.receipt = 3;
    }
    let refused = shop.commit(1, events).unwrap_err().to_string();
    assert_eq!(refused, "nothing was recorded: the next receipt of register 1 is 2, not 3");
    let shift = load(&shop, 1).0.shift.unwrap();
    let refused = shop.commit(1, vec![Event::ShiftOpened { shift: Box::new(shift) }]).unwrap_err().to_string();
    assert_eq!(refused, "nothing was recorded: the next shift of register 1 is 2, not 1");
}

/// What is loaded is what a till that saw every event would be, but for who is signed in.
#[test]
fn a_loaded_till_is_the_till_that_saw_everything() {
    let mut shop = Shop::new();
    shop.open_shift(RegisterId(2));
    shop.commit(1, vec![menu_of(vec![item("10", &[]), item("11", &[])])]).unwrap();
    let sold_out = Event::AvailabilitySet { item: "11".to_owned(), availability: Some(Availability::SoldOut) };
    let staff = shop.staff;
    shop.commit(2, vec![sold_out, Event::SignedIn { staff }, Event::SignInFailed { failures: 2 }]).unwrap();
    shop.sell(1, "10", 2, 320);
    shop.sell(2, "10", 1, 320);
    let mut order = shop.ring(2, "10", 1, 320).unwrap();
    shop.ring_more(&mut order, "10", 4, 100).unwrap();
    shop.hold(&mut order, 1).unwrap();

    for register in [1, 2, 3] {
        let (till, seen) = load(&shop, register);
        let mut folded = Till::new(till.box_id, till.register, Arc::clone(&till.settings), Arc::clone(&till.catalogue));
        let entries = shop.store.entries_after(0).unwrap();
        assert_eq!(entries.last().unwrap().0, seen);
        for (_, recorded) in &entries {
            folded.evolve(recorded);
        }
        folded.signed_in = None;
        assert_eq!(till.orders, folded.orders);
        assert_eq!(till.counters, folded.counters, "register {register}");
        assert_eq!(till.availability, folded.availability);
        assert_eq!((till.shift, till.failures), (folded.shift, folded.failures));
        assert_eq!((till.last_sale, till.staff), (folded.last_sale, folded.staff));
        assert_eq!(till.signed_in, None);
    }
    assert_eq!(load(&shop, 1).0.orders[&order.id], order);
}

#[test]
fn sales_are_found_again() {
    let mut shop = Shop::new();
    for price in [100, 200, 300] {
        shop.sell(1, "10", 1, price);
    }
    let sale = shop.store.sale_by_receipt(RegisterId(1), 2).unwrap().unwrap();
    assert_eq!((sale.receipt, sale.totals.total.minor()), (2, 200));
    assert_eq!(shop.store.sale_by_receipt(RegisterId(1), 9).unwrap(), None);
    assert_eq!(shop.store.sale_by_receipt(RegisterId(2), 2).unwrap(), None);
    let recent: Vec<u64> = shop.store.recent_sales(2).unwrap().iter().map(|s| s.receipt).collect();
    assert_eq!(recent, [3, 2]);
}

#[test]
fn the_menu_comes_back_in_its_own_order() {
    let mut shop = Shop::new();
    assert_eq!(shop.store.load_menu().unwrap(), None);
    shop.commit(1, vec![menu_of(vec![item("b", &["4006381333931"]), item("a", &[]), item("c", &[])])]).unwrap();
    let codes = |shop: &Shop| -> Vec<String> {
        shop.store.load_menu().unwrap().unwrap().items.into_iter().map(|i| i.code).collect()
    };
    assert_eq!(codes(&shop), ["b", "a", "c"]);
    // One goes, one comes, one changes; the barcode moves.
    let mut changed = item("a", &["4006381333931"]);
    changed.name = "Changed".to_owned();
    let page = PageLayout { name: "Top".to_owned(), keys: [('q', "a".to_owned())].into() };
    let change = MenuChange {
        currency: eur(),
        categories: Vec::new(),
        groups: Vec::new(),
        items: vec![item("d", &[]), changed.clone()],
        category_order: None,
        group_order: None,
        item_order: Some(["d", "c", "a"].map(str::to_owned).to_vec()),
        pages: Some(vec![page.clone()]),
        digest: "d2".to_owned(),
    };
    shop.commit(0, vec![Event::MenuChanged { change: Box::new(change), catalogue: None }]).unwrap();
    assert_eq!(codes(&shop), ["d", "c", "a"]);
    let bound = Event::BarcodeBound { barcode: "96385074".to_owned(), item: "c".to_owned() };
    shop.commit(1, vec![bound]).unwrap();
    let menu = shop.store.load_menu().unwrap().unwrap();
    assert_eq!(menu.items[1].barcodes, ["96385074"]);
    assert_eq!(menu.items[2], changed);
    assert_eq!(menu.pages, [page]);
    assert_eq!(menu.categories.len(), 1);
    let owner = |barcode: &str| -> String {
        shop.raw().query_row("SELECT item FROM barcodes WHERE barcode = ?1", [barcode], |row| row.get(0)).unwrap()
    };
    assert_eq!((owner("4006381333931"), owner("96385074")), ("a".to_owned(), "c".to_owned()));
}

#[test]
fn another_session_sees_what_was_committed() {
    let mut shop = Shop::new();
    let mut other = Store::open(shop.path(), PROGRAM).unwrap();
    let (version, seen) = (other.data_version().unwrap(), other.last_entry().unwrap());
    assert_eq!(other.data_version().unwrap(), version);
    let mut order = shop.ring(1, "10", 1, 320).unwrap();
    assert_ne!(other.data_version().unwrap(), version);
    let news = other.entries_after(seen).unwrap();
    assert_eq!(news.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [seen + 1, seen + 2]);
    // The other session changes the order; the first is told that it is stale.
    let line = shop.line(&order, "11", 1, 100);
    let added = shop.add_line(&order, line);
    let recorded = shop.record(RegisterId(2), added);
    assert_eq!(other.commit(&[recorded], &[]).unwrap().first, seen + 3);
    assert_eq!(shop.ring_more(&mut order, "12", 1, 100), Err(CommitError::Stale { order: order.id }));
}

#[test]
fn a_store_that_another_process_holds_is_busy() {
    let mut shop = Shop::new();
    let raw = shop.raw();
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();
    let seen = shop.store.last_entry().unwrap();
    assert_eq!(shop.ring(1, "10", 1, 320), Err(CommitError::Busy));
    raw.execute_batch("ROLLBACK").unwrap();
    assert_eq!(shop.store.last_entry().unwrap(), seen);
    shop.ring(1, "10", 1, 320).unwrap();
}

#[test]
fn a_store_can_be_reopened_and_goes_on_when_it_is_whole() {
    let mut shop = Shop::new();
    shop.sell(1, "10", 1, 320);
    let report = shop.store.reopen(&mut |_, _| {}).unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
    shop.sell(1, "10", 1, 320);

    shop.tamper("UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), 'Cash', 'Cush') AS BLOB) WHERE id = 6");
    assert!(!shop.store.reopen(&mut |_, _| {}).unwrap().is_clean());
    assert!(matches!(shop.ring(1, "10", 1, 320), Err(CommitError::Failing(_))));
    assert!(shop.store.failed().is_some());
}

#[test]
fn a_damaged_file_stops_selling() {
    let mut shop = Shop::new();
    shop.sell(1, "10", 1, 320);
    shop.store.checkpoint().unwrap();
    let Shop { dir, store, .. } = shop;
    drop(store);
    let path = dir.path().join(FILE_NAME);
    let mut bytes = std::fs::read(&path).unwrap();
    for page in bytes.chunks_mut(4096).skip(1) {
        page[..100].fill(0xEE);
    }
    std::fs::write(&path, bytes).unwrap();
    let opened = Store::open(dir.path(), PROGRAM);
    assert!(matches!(opened, Err(StoreError::Sqlite(_))), "{:?}", opened.err());
}

#[test]
fn pins_are_looked_up_and_unique() {
    let mut shop = Shop::new();
    let (ada, bob, eve) = (shop.staff, StaffId(Uuid::from_u128(2)), StaffId(Uuid::from_u128(3)));
    shop.hire(bob, "Bob", true);
    shop.hire(eve, "Eve", false);
    let mut set = |staff, pin: &str| {
        let act = shop.record(RegisterId::OFFICE, Event::PinSet { staff });
        let done = shop.store.set_pin(staff, pin, &[act]);
        (done, shop.store.pin_holder(pin).unwrap())
    };
    for bad in ["", "123", "123456789", "12 4", "12a4", "١٢٣٤"] {
        assert!(matches!(set(ada, bad).0, Err(PinError::Shape)), "{bad}");
    }
    assert!(matches!(set(eve, "1234"), (Ok(_), None)), "who does not work here cannot sign in");
    assert!(matches!(set(ada, "1234"), (Ok(_), Some(id)) if id == ada));
    assert!(matches!(set(bob, "1234"), (Err(PinError::Taken), Some(id)) if id == ada));
    assert!(matches!(set(bob, "87654321"), (Ok(_), Some(id)) if id == bob));
    assert!(matches!(set(ada, "0000"), (Ok(_), Some(id)) if id == ada));
    assert!(matches!(set(ada, "0000"), (Ok(_), Some(id)) if id == ada), "one's own PIN again");
    assert_eq!(shop.store.pin_holder("1234").unwrap(), None);

    let mut shop = shop.reopen();
    assert_eq!(shop.store.pin_holder("0000").unwrap(), Some(ada));
    shop.store.rebuild(&mut |_, _| {}).unwrap();
    assert_eq!(shop.store.pin_holder("0000").unwrap(), Some(ada), "PINs are no projection");
    let mut journal = Vec::new();
    shop.store
        .journal(&mut |entry| {
            journal.extend(entry.body);
            Ok(())
        })
        .unwrap();
    assert!(!String::from_utf8(journal).unwrap().contains("87654321"));
    std::fs::remove_file(shop.path().join("pepper")).unwrap();
    assert!(matches!(shop.store.pin_holder("0000"), Err(StoreError::NoPepper(_))));
}

#[test]
fn the_room_that_is_set_aside_is_for_leaving_and_for_no_sale() {
    let mut shop = Shop::new();
    let order = shop.ring(1, "10", 1, 320).unwrap();
    let locks = Event::SignedOut { staff: order.server, locked: true };
    assert!(may_use_reserve(std::slice::from_ref(&locks)));
    let mut events = shop.settle(&order, 1);
    events.push(locks);
    assert!(!may_use_reserve(&events), "a till that locks behind each sale");
}
