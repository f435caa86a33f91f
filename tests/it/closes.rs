//! A close proves itself: its Z is signed by the register's key, and both verifiers check it.

use counterflow::domain::command::Command;
use counterflow::domain::event::{Event, Recorded};
use counterflow::domain::ids::RegisterId;
use counterflow::domain::money::Money;
use counterflow::domain::shift::Z;
use counterflow::domain::tender::Reference;
use counterflow::store::FILE_NAME;
use rusqlite::Connection;

use crate::shop::{ADA, OWNER, Shop, words};

/// A shift with one sale, opened and closed.
fn day(shop: &Shop) {
    shop.rings(OWNER, ":open-shift 100.00\n1\n:cash\n");
    let counted = shop.command(&["shift", "close", "--as", "Olive", "--comment", "a test"]);
    close(counted);
}

fn close(mut command: std::process::Command) {
    let closed = command.env("COUNTERFLOW_PIN", OWNER).output().unwrap();
    assert!(closed.status.success(), "{}", words(&closed));
}

/// The events of register 1.
fn events(shop: &Shop) -> Vec<Event> {
    let mut events = Vec::new();
    let each = &mut |entry: counterflow::store::Entry| {
        if entry.register == RegisterId(1) {
            let recorded: Recorded = serde_json::from_slice(&entry.body).unwrap();
            events.push(recorded.event);
        }
        Ok(())
    };
    shop.store().journal(each).unwrap();
    events
}

fn kinds(shop: &Shop) -> Vec<&'static str> {
    let kind = |event: &Event| match event {
        Event::KeyMade { .. } => Some("key"),
        Event::ShiftClosed { .. } => Some("Z"),
        Event::ShiftSealed { .. } => Some("seal"),
        _ => None,
    };
    events(shop).iter().filter_map(kind).collect()
}

#[test]
fn every_z_is_signed_by_a_key_that_the_journal_names_before() {
    let shop = Shop::new();
    day(&shop);
    day(&shop);
    assert_eq!(kinds(&shop), ["key", "Z", "seal", "Z", "seal"]);
    shop.verifies();
    // A key that is lost is made anew, and what the old one has signed stays signed.
    std::fs::remove_file(shop.data().join("register-1.key")).unwrap();
    day(&shop);
    assert_eq!(kinds(&shop), ["key", "Z", "seal", "Z", "seal", "key", "Z", "seal"]);
    shop.verifies();
}

#[test]
fn a_z_that_another_key_has_signed_is_found() {
    let shop = Shop::new();
    day(&shop);
    let Some(Event::ShiftSealed { signature, .. }) =
        events(&shop).into_iter().rev().find(|e| matches!(e, Event::ShiftSealed { .. }))
    else {
        panic!("the Z is not signed")
    };
    let other = if signature.starts_with('0') { "1" } else { "0" };
    let conn = Connection::open(shop.data().join(FILE_NAME)).unwrap();
    conn.execute_batch("DROP TRIGGER journal_is_never_updated").unwrap();
    conn.execute(
        "UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), ?1, ?2) AS BLOB)",
        (&signature, format!("{other}{}", &signature[1..])),
    )
    .unwrap();
    let found = shop.store().verify(&mut |_, _| {}).findings;
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(found.iter().any(|f| f.ends_with("the signature of Z 1 is not the register's")), "{found:#?}");
    if let Some(said) = shop.second_opinion() {
        assert!(said.contains("the signature of the Z is not the register's"), "{said}");
    }
}

#[test]
fn a_receipt_is_known_by_its_code() {
    let shop = Shop::new();
    shop.rings(OWNER, ":open-shift 0\n2*1\n:cash\n");
    let sale = shop.store().sale_by_receipt(RegisterId(1), 1).unwrap().unwrap();
    let code = counterflow::domain::receipt_code::code(&sale);
    let says = |code: &str, wanted: &str, status: i32| {
        let said = shop.command(&["verify", "receipt", code]).output().unwrap();
        assert!(words(&said).contains(wanted), "{code}: {}", words(&said));
        assert_eq!(said.status.code(), Some(status), "{code}");
    };
    says(&code, "genuine: receipt 1 of register 1", 0);
    says(&format!("counterflow:{}", code.to_lowercase()), "GBP 6.40", 0);
    let other = if code.ends_with('A') { "B" } else { "A" };
    says(&format!("{}{other}", &code[..code.len() - 1]), "the paper is not this house's", 1);
    says(&code.replacen("1-1-", "1-2-", 1), "the paper is not this house's", 1);
    says("17", "is not the code of a receipt", 2);
    // The code on the paper finds the sale for a refund, too.
    let said = shop.rings(OWNER, &format!(":refund {code} . Brought back\n"));
    assert!(said[0]["said"].as_str().unwrap().contains("Refund 1"), "{said:#?}");
}

/// The files of the store, as a copy of it would have them.
fn copy(shop: &Shop) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let name = |suffix: &str| shop.data().join(format!("{FILE_NAME}{suffix}"));
    let files = ["", "-wal", "-shm"].map(name);
    files.into_iter().filter_map(|file| Some((file.clone(), std::fs::read(file).ok()?))).collect()
}

#[test]
fn an_old_copy_put_back_is_told_and_selling_needs_a_manager() {
    let shop = Shop::new();
    day(&shop);
    let old = copy(&shop);
    day(&shop);
    shop.verifies();
    let head = shop.store().anchor(RegisterId(1)).unwrap().previous_z.unwrap();
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(shop.data().join(format!("{FILE_NAME}{suffix}")));
    }
    for (file, bytes) in old {
        std::fs::write(file, bytes).unwrap();
    }
    let verified = shop.command(&["verify"]).output().unwrap();
    assert_eq!(verified.status.code(), Some(1));
    assert!(words(&verified).contains("history is shorter than its last anchor"), "{}", words(&verified));
    if let Some(said) = shop.second_opinion() {
        assert!(said.contains("register 1: Z 2 was entry"), "{said}");
    }
    let printed = shop.command(&["verify", "--anchor", &head[..16]]).output().unwrap();
    assert!(words(&printed).contains("this is not the history"), "{}", words(&printed));
    // A cashier cannot open a shift on it; the owner can, once they have said so.
    let (_, said) = shop.ring(ADA, ":open-shift 10.00\n");
    assert!(said[0]["said"].as_str().unwrap().contains("shorter than its last anchor"), "{said:#?}");
    let (_, said) = shop.ring(ADA, ":open-shift 10.00\n9999\n:open-shift 10.00\n1\n:cash\n");
    assert!(said.last().unwrap()["said"].as_str().unwrap().contains("Paid"), "{said:#?}");
    shop.verifies();
    let mut close_it = shop.command(&["shift", "close", "--as", "Olive", "--comment", "a test"]);
    close_it.args(["--counted", "cash=13.20"]);
    close(close_it);
    shop.verifies();
}

#[test]
fn what_a_power_cut_kept_from_the_second_file_is_added_later() {
    let shop = Shop::new();
    day(&shop);
    let file = shop.data().join("anchors");
    let whole = std::fs::read_to_string(&file).unwrap();
    assert_eq!(whole.lines().count(), 1);
    // Torn in the middle of the line.
    std::fs::write(&file, &whole[..40]).unwrap();
    day(&shop);
    let lines = std::fs::read_to_string(&file).unwrap();
    assert_eq!(lines.lines().filter(|line| line.split(' ').count() == 5).count(), 2, "{lines}");
    assert!(lines.contains(whole.trim_end()), "{lines}");
    shop.verifies();
    let head = shop.store().anchor(RegisterId(1)).unwrap().head;
    let anchored = shop.command(&["verify", "--anchor", &head[..16]]).output().unwrap();
    assert!(
        anchored.status.success() && words(&anchored).contains("anchor: register 1, entry"),
        "{}",
        words(&anchored)
    );
}

/// Closes the shift as the till would, with a count that is right.
fn close_command(shop: &Shop) -> Command {
    let till = shop.till();
    let shift = till.shift.as_ref().unwrap();
    let counted = ["cash", "card", "voucher"].map(|code| (code.to_owned(), shift.expected(code, code == "cash")));
    Command::CloseShift {
        counted: counted.into_iter().collect(),
        pieces: Vec::new(),
        comment: "a test".to_owned(),
        note: String::new(),
        anchor: shop.store().anchor(RegisterId(1)).unwrap(),
    }
}

fn pay_in_cash() -> Command {
    let (tip, reference) = (Money::ZERO, Reference::default());
    Command::Pay { tender: "cash".to_owned(), tendered: None, tip, reference, confirmed: false }
}

/// Two sales, of which the second says that less was paid than was due, and a third.
fn odd_sale(shop: &Shop) {
    shop.rings(OWNER, ":open-shift 100.00\n1\n:cash\n1\n");
    shop.forges(&pay_in_cash(), |events| {
        let sale =
            events.iter_mut().find_map(|e| if let Event::SaleCompleted { sale, .. } = e { Some(sale) } else { None });
        sale.unwrap().payments[0].amount = Money::from_minor(120);
    });
    shop.rings(OWNER, "1\n:cash\n");
}

#[test]
fn an_unbalanced_z_names_the_first_record_that_does_not_add_up() {
    let shop = Shop::new();
    shop.prints();
    odd_sale(&shop);
    let close = ["shift", "close", "--as", "Olive", "--counted", "cash=109.60", "--comment", "a test", "--json"];
    let closed = shop.command(&close).env("COUNTERFLOW_PIN", OWNER).output().unwrap();
    let z: serde_json::Value = serde_json::from_slice(&closed.stdout).unwrap();
    let odd = "receipt 2: was paid 1.20, due was 3.20";
    assert_eq!(z["unbalanced"], odd);
    let paper = std::fs::read_to_string(shop.beside("paper.txt")).unwrap();
    assert!(paper.contains("N O T   B A L A N C E D") && paper.contains(odd), "{paper}");
    // Both verifiers name the sale; the Z told it, and is no finding.
    let found: Vec<String> = shop.store().verify(&mut |_, _| {}).findings.iter().map(ToString::to_string).collect();
    assert!(found.len() == 1 && found[0].ends_with("receipt 2: 1.20 was paid, 3.20 was due"), "{found:#?}");
    if let Some(said) = shop.second_opinion() {
        assert!(said.contains("what was paid is not what was due") && !said.contains("Z 1"), "{said}");
    }
}

#[test]
fn a_z_that_hides_what_does_not_fit_is_told_by_both_verifiers() {
    let told = |change: fn(&mut Z), odd: bool, first: &str, second: &str| {
        let shop = Shop::new();
        match odd {
            true => odd_sale(&shop),
            false => drop(shop.rings(OWNER, ":open-shift 100.00\n1\n:cash\n")),
        }
        shop.forges(&close_command(&shop), |events| {
            let z = events.iter_mut().find_map(|e| if let Event::ShiftClosed { z } = e { Some(z) } else { None });
            change(z.unwrap());
        });
        let found: Vec<String> = shop.store().verify(&mut |_, _| {}).findings.iter().map(ToString::to_string).collect();
        assert!(found.iter().any(|f| f.contains(first)), "{first}: {found:#?}");
        if let Some(said) = shop.second_opinion() {
            assert!(said.contains(second), "{second}: {said}");
        }
    };
    told(
        |z| z.unbalanced.clear(),
        true,
        "Z 1: it does not balance: receipt 2: was paid 1.20",
        "Z 1 says BALANCED, but receipt 2 does not add up",
    );
    told(
        |z| z.shift.sums.total -= Money::from_minor(320),
        false,
        "Z 1: its sums are not those of the shift's entries",
        "Z 1 says",
    );
    told(
        |z| z.grand.total = Money::from_minor(1),
        false,
        "Z 1: its grand totals do not follow",
        "the grand totals of Z 1 do not follow",
    );
}
