//! The command line with wrong input and damaged stores: the exit code, and what is said where.

use std::path::Path;

use counterflow::domain::event::{Event, Recorded};
use counterflow::domain::ids::RegisterId;
use counterflow::domain::time::CutOff;
use counterflow::session::PROGRAM;
use counterflow::store::SCHEMA;
use rusqlite::Connection;

use crate::shop::{ADA, OWNER, Shop, words};
use crate::store_shop::of_the_second_schema;

/// Configuration that is wrong: no till starts, and the place and what is allowed are named.
#[track_caller]
fn refused(shop: &Shop, file: &str, text: &str, told: &[&str]) {
    let path = shop.config().join(file);
    let before = std::fs::read(&path).ok();
    std::fs::write(&path, text).unwrap();
    for args in [&[][..], &["ring", "--as", "Ada"]] {
        let output = shop.command(args).env("COUNTERFLOW_PIN", ADA).output().unwrap();
        assert_eq!(output.status.code(), Some(78), "{}", words(&output));
        let said = String::from_utf8_lossy(&output.stderr);
        for told in told {
            assert!(said.contains(told), "{told:?} is not in: {said}");
        }
        assert_eq!(
            said.matches(".toml, line").count(),
            told.iter().filter(|t| t.contains(".toml, line")).count(),
            "{said}"
        );
    }
    match before {
        Some(before) => std::fs::write(path, before).unwrap(),
        None => std::fs::remove_file(path).unwrap(),
    }
}

#[test]
fn a_wrong_configuration_starts_no_till() {
    let shop = Shop::new();
    let entries = shop.store().last_entry().unwrap();
    refused(
        &shop,
        "counterflow.toml",
        "currency = \"GBP\"\n[business\nname = 1\n",
        &["counterflow.toml, line 2, column 10: unclosed table"],
    );
    let twice = "[order]\n\"F5\" = \"cash\"\n\"f5\" = \"card\"\n\"F6\" = \"cash\"\n\"Ctrl-G\" = \"cash\"\n\"Ctrl-g\" = \"card\"\n";
    refused(
        &shop,
        "keys.toml",
        twice,
        &["keys.toml, line 6, column 1", "bound twice", "keys.toml, line 3, column 1", "`f5`"],
    );
    let tender = "[[tender]]\ncode = \"cash\"\nname = \"Cash\"\ngive_change = true\n";
    refused(&shop, "tenders.toml", tender, &["tenders.toml, line 4, column 1", "give_change", "gives_change"]);
    assert_eq!(shop.store().last_entry().unwrap(), entries, "nothing was started half-configured");
    shop.rings(OWNER, ":open-shift 0\n");
}

#[test]
fn a_menu_row_that_cannot_be_sold_is_refused_with_all_others() {
    let shop = Shop::new();
    let before = shop.store().load_menu().unwrap();
    let file = shop.beside("menu.csv");
    std::fs::write(&file, "code,name,category,tax_class,price\n900,Scone,Cakes,standard,2.50\n901,,Cakes,nonsense,x\n")
        .unwrap();
    let output = shop.command(&["import", "menu"]).arg(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(65), "{}", words(&output));
    let said = words(&output);
    assert!(said.contains("menu.csv") && said.contains(":3"), "{said}");
    assert_eq!(shop.store().load_menu().unwrap(), before);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// A damaged copy of a store: `verify` ends with 1 and names what is wrong.
#[track_caller]
fn damaged(shop: &Shop, name: &str, damage: impl FnOnce(&Path), told: &str) {
    let data = shop.beside(name);
    copy(&shop.data(), &data);
    damage(&data.join(counterflow::store::FILE_NAME));
    let mut verify = std::process::Command::new(env!("CARGO_BIN_EXE_counterflow"));
    let output = verify.arg("--data").arg(&data).arg("verify").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{name}: {}", words(&output));
    assert!(words(&output).contains(told), "{name}: {}", words(&output));
    let output = verify.arg("--json").output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(!report["findings"].as_array().unwrap().is_empty(), "{name}");
}

fn sql(path: &Path, sql: &str) {
    let conn = Connection::open(path).unwrap();
    conn.execute_batch(sql).unwrap();
}

#[test]
fn verify_names_what_is_damaged() {
    let shop = Shop::new();
    shop.rings(OWNER, ":open-shift 100.00\n22\n:cash\n22\n:cash\n");
    shop.verifies();
    // Everything is carried over into one file.
    sql(&shop.data().join(counterflow::store::FILE_NAME), "PRAGMA wal_checkpoint(TRUNCATE)");
    let triggers = |path: &Path| {
        let conn = Connection::open(path).unwrap();
        let mut list = conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").unwrap();
        let names: Vec<String> = list.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        names.iter().map(|name| format!("DROP TRIGGER {name};")).collect::<String>()
    };
    let sale = "(SELECT id FROM journal WHERE body LIKE '%\"kind\":\"sale-completed\"%' LIMIT 1)";
    let conn = Connection::open(shop.data().join(counterflow::store::FILE_NAME)).unwrap();
    let seq: i64 = conn.query_row(&format!("SELECT seq FROM journal WHERE id = {sale}"), [], |r| r.get(0)).unwrap();
    drop(conn);
    let named = format!("register 1, entry {seq}");
    damaged(
        &shop,
        "changed",
        |path| {
            let change = format!(
                "{} UPDATE journal SET body = CAST(CAST(body AS TEXT) || ' ' AS BLOB) \
                 WHERE id = {sale};",
                triggers(path)
            );
            sql(path, &change);
        },
        &named,
    );
    damaged(
        &shop,
        "missing",
        |path| sql(path, &format!("{} DELETE FROM journal WHERE id = {sale};", triggers(path))),
        &format!("register 1, entry {}", seq + 1),
    );
    damaged(
        &shop,
        "sums",
        |path| sql(path, "UPDATE sales SET total = total + 1 WHERE entry = (SELECT min(entry) FROM sales)"),
        "sales",
    );
    damaged(
        &shop,
        "page",
        |path| {
            let mut bytes = std::fs::read(path).unwrap();
            let at = bytes.len() - 3 * 4096;
            bytes[at..at + 4096].fill(0xA5);
            std::fs::write(path, bytes).unwrap();
        },
        "damaged",
    );
    shop.verifies();
}

#[test]
fn people_are_added_and_let_go_by_whoever_may() {
    let shop = Shop::new();
    let staff = |args: &[&str], pin: &str, new_pin: &str| {
        let mut command = shop.command(&["staff"]);
        command.args(args).env("COUNTERFLOW_PIN", pin).env("COUNTERFLOW_NEW_PIN", new_pin).output().unwrap()
    };
    assert_eq!(staff(&["add", "Zoe", "--as", "Ada"], ADA, "4444").status.code(), Some(1), "a cashier may not");
    assert_eq!(staff(&["add", "Zoe", "--as", "Olive"], ADA, "4444").status.code(), Some(1), "not her PIN");
    let taken = staff(&["add", "Zoe", "--as", "Olive"], OWNER, ADA);
    assert_eq!(taken.status.code(), Some(2), "{}", words(&taken));
    assert_eq!(staff(&["list"], OWNER, "").stdout.iter().filter(|b| **b == b'\n').count(), 3, "nobody half added");
    assert!(staff(&["add", "Zoe", "--as", "Olive"], OWNER, "4444").status.success());
    assert!(staff(&["pin", "zoe", "--as", "Olive"], OWNER, "5555").status.success());
    let ring = |pin: &str| shop.command(&["ring", "--as", "Zoe", "/dev/null"]).env("COUNTERFLOW_PIN", pin).output();
    assert_eq!(ring("4444").unwrap().status.code(), Some(1), "the old PIN is gone");
    assert!(ring("5555").unwrap().status.success());
    assert!(staff(&["leave", "Zoe", "--as", "Olive"], OWNER, "").status.success());
    assert!(!ring("5555").unwrap().status.success(), "she cannot sign in any more");
    assert!(shop.command(&["verify"]).output().unwrap().status.success());
}

#[test]
fn a_shift_is_opened_reported_and_closed_without_a_screen() {
    let shop = Shop::new();
    let run = |args: &[&str]| shop.command(args).env("COUNTERFLOW_PIN", OWNER).output().unwrap();
    assert_eq!(run(&["shift", "close", "--as", "Olive"]).status.code(), Some(1), "none is open");
    assert!(run(&["shift", "open", "--as", "Olive", "--float", "100"]).status.success());
    shop.rings(OWNER, "2*5\n:cash\n");
    let short = run(&["shift", "close", "--as", "Olive", "--counted", "cash=90.00"]);
    assert!(words(&short).contains("14.40 short: say why"), "{}", words(&short));
    let closed = run(&["shift", "close", "--as", "Olive", "--counted", "cash=104.40", "--json"]);
    let z: serde_json::Value = serde_json::from_slice(&closed.stdout).unwrap();
    assert_eq!((z["number"].as_u64(), z["shift"]["sums"]["total"].as_i64()), (Some(1), Some(440)));
    let report = run(&["report", "items", "--format", "csv"]);
    let text = String::from_utf8(report.stdout).unwrap();
    assert!(text.starts_with("Item,On sales,Quantity,Gross") && text.contains("Espresso,1,2,4.40"), "{text}");
    assert!(shop.command(&["verify"]).output().unwrap().status.success());
}

#[test]
fn a_business_can_be_set_up_from_each_template() {
    for template in ["cafe", "restaurant", "shop"] {
        let data = tempfile::tempdir().unwrap();
        let mut setup = std::process::Command::new(assert_cmd::cargo::cargo_bin("counterflow"));
        setup.arg("--data").arg(data.path()).args(["setup", "--template", template, "--owner", "Olive", "--yes"]);
        let output = setup.env("COUNTERFLOW_PIN", OWNER).output().unwrap();
        assert!(output.status.success(), "{template}: {}", words(&output));
    }
}

#[test]
fn a_shift_is_closed_from_the_office_while_its_till_is_not_running() {
    let shop = Shop::new();
    shop.configure("counterflow.toml", |text| {
        text.replace("[\"Counter\"]", "[\"Counter\", \"Bar\"]").replace("[count]", "[count]\none_person = true")
    });
    shop.prints();
    let run = |pin: &str, args: &[&str]| shop.command(args).env("COUNTERFLOW_PIN", pin).output().unwrap();
    let bar = |pin, args: &[&str]| run(pin, &[&["--register", "2"], args].concat());
    // Ben opens the bar, sells, leaves an order behind and goes home.
    let lines = shop.beside("lines");
    std::fs::write(&lines, ":open-shift 50.00\n1\n:cash\n2*1\n").unwrap();
    let rung = bar(crate::shop::BEN, &["ring", "--as", "Ben", lines.to_str().unwrap()]);
    assert!(rung.status.success(), "{}", words(&rung));
    let status = |json: bool| {
        let args: &[&str] = if json { &["shift", "status", "--json"] } else { &["shift", "status"] };
        String::from_utf8(run(OWNER, args).stdout).unwrap()
    };
    let said = status(false);
    assert!(said.contains("Register 1: drawer closed"), "{said}");
    assert!(said.contains("Register 2: drawer open; shift 1") && said.contains("Ben's alone"), "{said}");
    assert!(said.contains(": 1 sale, 3.20, cash 53.20") && said.contains("1 order is open"), "{said}");
    let said: serde_json::Value = serde_json::from_str(&status(true)).unwrap();
    assert_eq!(
        (said["drawers"][1]["state"].as_str(), said["drawers"][1]["locked_to"].as_str()),
        (Some("open"), Some("Ben"))
    );
    // A cashier may not take from another's drawer, an owner may, once they have said what is with the order.
    let close =
        |pin, who, note: &str| bar(pin, &["shift", "close", "--as", who, "--counted", "cash=53.20", "--note", note]);
    assert!(words(&close(ADA, "Ada", "Ben's, pays tomorrow")).contains("This drawer is Ben's alone"));
    assert!(words(&close(OWNER, "Olive", "")).contains("still open"));
    let closed = close(OWNER, "Olive", "Ben's, pays tomorrow");
    assert!(words(&closed).contains("Shift 1 is closed, Z 1 BALANCED, total 3.20"), "{}", words(&closed));
    let paper = std::fs::read_to_string(shop.beside("paper.txt")).unwrap();
    assert!(paper.contains("Ben's, pays tomorrow") && paper.contains("Olive"), "{paper}");
    assert!(status(false).contains("Register 2: drawer closed"), "{}", status(false));
    // While its till runs, it is told to do it there.
    let options = counterflow::session::Options {
        data: shop.data(),
        config: shop.config(),
        register: RegisterId(2),
        clock: Box::new(counterflow::session::clock::SystemClock),
        greeting: Vec::new(),
        watermark: None,
    };
    let session = counterflow::session::Session::open(options).unwrap();
    let held = close(OWNER, "Olive", "");
    assert_eq!(held.status.code(), Some(75), "{}", words(&held));
    assert!(words(&held).contains("its till is running; do it there, or leave that till first"), "{}", words(&held));
    session.close();
    shop.verifies();
}

#[test]
fn a_store_of_an_older_program_is_brought_up_before_anything_else_and_that_is_told() {
    let shop = Shop::new();
    shop.rings(OWNER, ":open-shift 100.00\n22\n:cash\n");
    let by = |schema| {
        let now = counterflow::domain::time::Stamp::new(1_790_000_000_000, 0);
        let opened = Event::NoSale { reason: "Change".to_owned() };
        Recorded::by_program(opened, RegisterId(1), now, CutOff::default(), (PROGRAM, schema))
    };
    shop.store().commit(&[by(SCHEMA - 1)], &[]).unwrap();
    // As the second schema had it.
    let file = shop.data().join(counterflow::store::FILE_NAME);
    let newest = shop.beside("newest.db");
    std::fs::rename(&file, &newest).unwrap();
    drop(of_the_second_schema(&file, &newest));
    let told = "entries are brought up to this version";
    let first = shop.command(&["verify"]).output().unwrap();
    assert!(first.status.success() && words(&first).contains(told), "{}", words(&first));
    let second = shop.command(&["verify"]).output().unwrap();
    assert!(second.status.success() && !words(&second).contains(told), "{}", words(&second));
    // The register's own stream says from where on another program wrote it, and says it once.
    let upgrades = || {
        let journal = shop.command(&["export", "journal"]).output().unwrap();
        String::from_utf8_lossy(&journal.stdout).matches("\"upgraded\"").count()
    };
    assert_eq!(upgrades(), 0);
    for _ in 0..2 {
        shop.rings(OWNER, "22\n:cash\n");
        assert_eq!(upgrades(), 1);
    }
    shop.verifies();
}

#[test]
fn a_store_that_cannot_be_brought_up_is_tried_once_and_stays_as_it_was() {
    let shop = Shop::new();
    shop.rings(OWNER, ":open-shift 100.00\n22\n:cash\n");
    let file = shop.data().join(counterflow::store::FILE_NAME);
    let newest = shop.beside("newest.db");
    std::fs::rename(&file, &newest).unwrap();
    let old = of_the_second_schema(&file, &newest);
    // The last entry cannot be read, which is met when all others are dealt with.
    let triggers = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'journal'";
    let triggers: Vec<String> =
        old.prepare(triggers).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    triggers.iter().for_each(|name| old.execute_batch(&format!("DROP TRIGGER {name}")).unwrap());
    let spoil = "UPDATE journal SET body = CAST('{}' AS BLOB) WHERE rowid = (SELECT max(rowid) FROM journal)";
    assert_eq!(old.execute(spoil, []).unwrap(), 1);
    drop(old);
    for args in [&["report", "items"][..], &["verify"], &["doctor"]] {
        let failed = shop.command(args).output().unwrap();
        let said = words(&failed);
        assert_eq!(failed.status.code(), Some(74), "{args:?}: {said}");
        assert_eq!(said.matches("entries are brought up").count(), 1, "{args:?}: {said}");
        assert_eq!(said.matches("counterflow: ").count(), 1, "{args:?}: {said}");
    }
    let schema: u32 = Connection::open(&file).unwrap().pragma_query_value(None, "user_version", |r| r.get(0)).unwrap();
    assert_eq!(schema, 2);
    // What needs no store is not kept from its work.
    assert!(shop.command(&["keys"]).output().unwrap().status.success());
}

#[test]
fn an_owner_keeps_a_copy_of_the_pepper() {
    let shop = Shop::new();
    let copy = shop.beside("copy");
    let keeps = |who: &str, pin: &str| {
        let mut command = shop.command(&["staff", "pepper", &copy.display().to_string(), "--as", who]);
        command.env("COUNTERFLOW_PIN", pin).output().unwrap()
    };
    assert!(!keeps("Ada", ADA).status.success() && !copy.exists(), "a cashier may not");
    assert!(keeps("Olive", OWNER).status.success());
    let pepper = shop.data().join("pepper");
    assert_eq!(std::fs::read(&copy).unwrap(), std::fs::read(&pepper).unwrap());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = keeps("Olive", OWNER);
    assert!(!again.status.success(), "nothing is written over: {}", words(&again));
    // Without it nobody signs in, and with the copy everybody does again.
    std::fs::remove_file(&pepper).unwrap();
    let (refused, _) = shop.ring(OWNER, ":open-shift 0\n");
    assert!(words(&refused).contains("no PIN can be checked"), "{}", words(&refused));
    std::fs::copy(&copy, &pepper).unwrap();
    shop.rings(OWNER, ":open-shift 0\n");
}

/// A folder without a store: each command says once what makes one, and leaves nothing behind.
#[test]
fn a_folder_without_a_store_is_told_once_how_it_gets_one() {
    let dir = tempfile::tempdir().unwrap();
    let nothing = dir.path().join("nothing");
    for args in [&[][..], &["report", "items"], &["verify"], &["spool"]] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_counterflow"));
        let output = command.arg("--data").arg(&nothing).args(args).env("COUNTERFLOW_PIN", ADA).output().unwrap();
        assert_eq!(output.status.code(), Some(78), "{args:?}: {}", words(&output));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("there is no "), "{args:?}: {said}");
        assert_eq!(said.matches("counterflow setup").count(), 1, "{args:?}: {said}");
    }
    assert!(!nothing.exists());
}
