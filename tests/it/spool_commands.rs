//! The print spool by its commands: serving printers without a till, deciding, test pages, `doctor`,
//! and a spooler that is killed.

use std::net::TcpListener;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::printer::{Emulator, Script, nowhere};
use crate::shop::{ADA, OWNER, Shop, words};

/// A café whose receipts go to a network printer at this port.
fn shop_with(printers: &str) -> Shop {
    let shop = Shop::new();
    shop.configure("printers.toml", |_| printers.to_owned());
    shop
}

fn counter(address: impl std::fmt::Display) -> String {
    format!(
        "[[printer]]\nname = \"counter\"\nport = \"tcp:{address}\"\nprofile = \"epson-tm-t88\"\ntimeout_ms = 2000\n"
    )
}

fn run(mut command: Command, code: i32) -> Output {
    let output = command.env("COUNTERFLOW_PIN", ADA).output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{}", words(&output));
    output
}

fn jobs(shop: &Shop) -> Vec<Value> {
    let output = run(shop.command(&["--json", "spool", "list"]), 0);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What a program said, wherever its lines were broken.
fn on_one_line(said: &[u8]) -> String {
    String::from_utf8_lossy(said).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A sale whose receipt finds no printer.
fn sale(shop: &Shop) {
    shop.rings(OWNER, ":open-shift 0\n");
    shop.rings(ADA, "1\n:cash\n");
}

fn force(shop: &Shop, sql: &str) {
    let store = rusqlite::Connection::open(shop.data().join(counterflow::store::FILE_NAME)).unwrap();
    store.execute_batch(sql).unwrap();
}

#[test]
fn what_waits_is_printed_without_a_till() {
    let address = nowhere();
    let shop = shop_with(&counter(address));
    sale(&shop);
    assert_eq!(jobs(&shop).last().unwrap()["state"], "failed");
    let (emulator, _) = Emulator::tcp(Script::default());
    emulator.listen(TcpListener::bind(address).unwrap());
    run(shop.command(&["spool", "run", "--until-empty"]), 0);
    assert_eq!(jobs(&shop).last().unwrap()["state"], "confirmed");
    let lines = emulator.lines();
    assert!(lines.iter().any(|l| l.contains("Flat white")), "{lines:#?}");
    assert!(!lines.iter().any(|l| l.contains("REPRINT")), "{lines:#?}");
    shop.verifies();
}

#[test]
fn people_decide_by_command_as_on_the_screen() {
    let (bar, at_bar) = Emulator::tcp(Script::default());
    let bar_toml = counter(at_bar).replace("counter", "bar") + "receipts_for = []\n";
    let shop = shop_with(&(counter(nowhere()) + &bar_toml));
    sale(&shop);
    let job = jobs(&shop).last().unwrap()["job"].as_i64().unwrap();
    let number = job.to_string();
    let spool = |args: &[&str]| shop.command(&[&["spool"], args].concat());
    let refused = run(spool(&["retry", "999", "--as", "Ada"]), 1);
    assert!(words(&refused).contains("there is no print job 999"), "{}", words(&refused));
    let refused = run(spool(&["retry", &number, "--as", "Ben"]), 1);
    assert!(words(&refused).contains("not the PIN of Ben"), "{}", words(&refused));
    let refused = run(spool(&["send-elsewhere", &number, "--to", "grill", "--as", "Ada"]), 1);
    assert!(words(&refused).contains("no printer grill"), "{}", words(&refused));

    run(spool(&["send-elsewhere", &number, "--to", "bar", "--as", "Ada"]), 0);
    run(spool(&["run", "--until-empty"]), 0);
    assert!(bar.lines().iter().any(|l| l.contains("Flat white")), "{:#?}", bar.lines());

    force(&shop, "UPDATE jobs SET state = 'unknown', attempts = 1 WHERE printer = 'bar' AND kind = 'receipt'");
    let unknown = jobs(&shop).into_iter().find(|j| j["state"] == "unknown").unwrap()["job"].to_string();
    run(spool(&["retry", &unknown, "--as", "Ada"]), 0);
    run(spool(&["run", "--until-empty"]), 0);
    assert!(bar.lines().contains(&"REPRINT 1 - POSSIBLE DUPLICATE".to_owned()), "{:#?}", bar.lines());

    force(&shop, &format!("UPDATE jobs SET state = 'unknown' WHERE id = {unknown}"));
    run(spool(&["skip", &unknown, "--why", "It came out", "--as", "Ada"]), 0);
    let given_up = jobs(&shop).into_iter().find(|j| j["job"].as_i64() == unknown.parse().ok()).unwrap();
    assert_eq!(
        (given_up["state"].as_str(), given_up["detail"].as_str()),
        (Some("cancelled"), Some("given up: It came out"))
    );
    shop.verifies();
}

#[test]
fn a_trainee_decides_nothing() {
    let shop = shop_with(&counter(nowhere()));
    sale(&shop);
    shop.hire_as("Tim", "trainee", "3333");
    let job = jobs(&shop).last().unwrap()["job"].to_string();
    let mut command = shop.command(&["spool", "retry", &job, "--as", "Tim"]);
    let refused = command.env("COUNTERFLOW_PIN", "3333").output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(words(&refused).contains("may not decide over print jobs"), "{}", words(&refused));
}

#[test]
fn a_test_page_shows_columns_and_characters() {
    let (emulator, address) = Emulator::tcp(Script::default());
    let shop = shop_with(&counter(address));
    run(shop.command(&["spool", "test", "counter"]), 0);
    let lines = emulator.lines();
    assert!(lines.contains(&"COUNTER".to_owned()), "{lines:#?}");
    assert!(lines.contains(&"123456789012345678901234567890123456789012".to_owned()), "{lines:#?}");
    assert!(lines.iter().any(|l| l.contains("Борщ")) && lines.iter().any(|l| l.contains("ΣΟΥΒΛΑΚΙ")), "{lines:#?}");
    let wrong = run(shop.command(&["spool", "test", "grill"]), 2);
    assert!(words(&wrong).contains("printers.toml has counter"), "{}", words(&wrong));
    emulator.set(|s| s.paper = false);
    let out = run(shop.command(&["spool", "test", "counter"]), 1);
    assert!(words(&out).contains("put in a new roll"), "{}", words(&out));
    assert!(jobs(&shop).iter().all(|j| j["state"] != "failed"), "it does not come out later");
}

#[test]
fn the_doctor_says_what_is_wrong_and_how_to_mend_it() {
    let (emulator, address) = Emulator::tcp(Script::default());
    let shop = shop_with(&counter(address));
    let well = run(shop.command(&["doctor"]), 0);
    let said = String::from_utf8_lossy(&well.stdout).into_owned();
    assert!(said.contains("ok    printer counter") && said.contains("ready"), "{said}");

    emulator.set(|s| s.cover_open = true);
    let ill = run(shop.command(&["--json", "doctor"]), 1);
    let checks: Vec<Value> = serde_json::from_slice(&ill.stdout).unwrap();
    let printer = checks.iter().find(|c| c["what"] == "printer counter").unwrap();
    assert_eq!((printer["ok"].as_bool(), printer["says"].as_str()), (Some(false), Some("the cover is open: close it")));

    emulator.set(|s| s.cover_open = false);
    shop.configure("counterflow.toml", |text| {
        format!(
            "{text}\n[[route]]\nitems = [\"47\", \"porrige\"]\ncategories = [\"brekfast\"]\nstations = [\"kitchen\"]\n"
        )
    });
    let ill = run(shop.command(&["doctor"]), 1);
    let said = on_one_line(&ill.stdout);
    assert!(said.contains("WRONG counterflow.toml line") && said.contains("the menu has no item `porrige`"), "{said}");
    assert!(said.contains("route 1: the menu has no category `brekfast`; did you mean `breakfast`?"), "{said}");
    assert!(said.contains("look station kitchen") && said.contains("counterflow kitchen --station kitchen"), "{said}");
    assert!(!said.contains("`47`"), "{said}");

    shop.configure("printers.toml", |_| {
        "[[printer]]\nname = \"a\"\nport = \"/dev/usb/lp77\"\nreceipts_for = [9]\n".into()
    });
    let ill = run(shop.command(&["doctor"]), 1);
    let said = on_one_line(&ill.stdout);
    assert!(said.contains("WRONG printer a") && said.contains("is it plugged in and on?"), "{said}");
    assert!(said.contains("WRONG register 1") && said.contains("no printer prints its receipts"), "{said}");

    shop.configure("printers.toml", |_| "[[printer]]\nname = \"a\"\n".into());
    let ill = run(shop.command(&["doctor"]), 1);
    let said = on_one_line(&ill.stdout);
    assert!(said.contains("WRONG configuration") && said.contains("missing field `port`"), "{said}");
}

#[test]
fn a_jam_is_cleared_by_somebody_who_says_so() {
    let (emulator, address) = Emulator::tcp(Script { cutter_jam: true, ..Script::default() });
    let shop = shop_with(&counter(address));
    sale(&shop);
    let id = jobs(&shop).last().unwrap()["job"].to_string();
    assert_eq!(jobs(&shop).last().unwrap()["state"], "failed");
    let lets = |who: &str, pin: &str, code: i32| {
        let mut command = shop.command(&["spool", "recover", &id, "--as", who]);
        let output = command.env("COUNTERFLOW_PIN", pin).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{}", words(&output));
    };
    lets("Ada", ADA, 0);
    run(shop.command(&["spool", "run", "--until-empty"]), 0);
    assert_eq!((jobs(&shop).last().unwrap()["state"].as_str(), emulator.recovered()), (Some("confirmed"), 1));
    assert!(!emulator.lines().iter().any(|l| l.contains("DUPLICATE")), "{:#?}", emulator.lines());
    // What came out needs no printer to go on.
    lets("Ada", ADA, 1);
    shop.verifies();
}

#[test]
fn a_drawer_on_a_port_of_its_own_is_opened_there_and_once() {
    let shop = Shop::new();
    let (paper, drawer) = (shop.beside("paper"), shop.beside("drawer"));
    shop.configure("printers.toml", |_| {
        format!(
            "[[printer]]\nname = \"counter\"\nport = \"file:{}\"\nprofile = \"text\"\n\
             [[printer]]\nname = \"drawer\"\nport = \"file:{}\"\nprofile = \"serial-drawer\"\n",
            paper.display(),
            drawer.display()
        )
    });
    shop.rings(OWNER, ":open-shift 0\n");
    shop.rings(ADA, "1\n:cash\n1\n:pay card\n:bill\n");
    assert_eq!(std::fs::read(&drawer).unwrap(), [7], "cash opens it, a card does not");
    let paper = std::fs::read_to_string(&paper).unwrap();
    assert!(paper.contains("Flat white") && !paper.contains("drawer opens"), "{paper}");
    let pulses: Vec<Value> = jobs(&shop).into_iter().filter(|j| j["printer"] == "drawer").collect();
    assert_eq!((pulses.len(), pulses[0]["state"].as_str()), (1, Some("confirmed")));
    run(shop.command(&["spool", "test", "drawer"]), 0);
    assert_eq!(std::fs::read(&drawer).unwrap(), [7, 7]);
    // Nobody opens it a second time by asking for the job again.
    let again = shop.command(&["spool", "retry", &pulses[0]["job"].to_string(), "--as", "Ada"]);
    run(again, 0);
    run(shop.command(&["spool", "run", "--until-empty"]), 0);
    assert_eq!(std::fs::read(&drawer).unwrap(), [7, 7]);
    shop.verifies();
}

/// Kills the spooler at every few bytes of its tickets: each comes out whole, unmarked at most once.
#[cfg(unix)]
#[test]
fn a_spooler_killed_while_it_prints_loses_and_doubles_nothing() {
    let (emulator, address) = Emulator::tcp(Script { slow_ms: 1, ..Script::default() });
    let grill = counter(address).replace("counter", "grill") + "stations = [\"kitchen\"]\nfailover = \"none\"\n";
    let shop = shop_with(&grill);
    let (config, printers, _) = counterflow::session::read_config(&shop.config()).unwrap();
    let printer = printers.get("grill").unwrap();
    drop(shop.store());
    let mut queue = counterflow::store::SpoolQueue::open(&shop.data(), "test", config.settings.cut_off).unwrap();
    let mut add = |n: usize| {
        use counterflow::documents::{Block, Document, DocumentKind};
        use counterflow::session::clock::{Clock, SystemClock};
        let title = format!("KIT-{n:04}");
        let blocks = vec![Block::text(&title), Block::text("end")];
        let document = Document { kind: DocumentKind::Kitchen, title, blocks, opens_drawer: false, cut: true };
        let job = counterflow::devices::job(&document, printer, Some("kitchen"));
        queue.add(counterflow::domain::ids::RegisterId(1), &job, SystemClock.now()).unwrap();
        job.bytes.len()
    };
    let length = add(1);
    let mut number = 1;
    for at in (1..length + 40).step_by(11) {
        let mut spooler = shop.command(&["spool", "run"]).spawn().unwrap();
        let (from, deadline) = (emulator.received(), Instant::now() + Duration::from_secs(30));
        while emulator.received() < from + at && Instant::now() < deadline {
            std::thread::sleep(Duration::from_micros(300));
        }
        // SIGKILL.
        spooler.kill().unwrap();
        spooler.wait().unwrap();
        number += 1;
        add(number);
    }
    emulator.set(|s| s.slow_ms = 0);
    run(shop.command(&["spool", "run", "--until-empty"]), 0);
    let lines = emulator.lines();
    let waits: Vec<Value> = jobs(&shop).into_iter().filter(|j| j["state"] == "unknown").collect();
    let mut last = 0;
    for n in 1..=number {
        let title = format!("KIT-{n:04}");
        let places: Vec<usize> =
            lines.iter().enumerate().filter(|(_, l)| l.contains(&title)).map(|(at, _)| at).collect();
        // Three times by itself; then it is listed for a person.
        let listed = waits.iter().any(|j| j["title"] == title.as_str());
        let whole = places.iter().filter(|at| lines.get(*at + 1).is_some_and(|l| l == "end")).count();
        assert!(whole > 0 || listed, "{title} is lost: {lines:#?}");
        let marked = |at: &&usize| lines[..**at].iter().rev().take(2).any(|l| l.contains("POSSIBLE DUPLICATE"));
        let unmarked: Vec<&usize> = places.iter().filter(|at| !marked(at)).collect();
        assert!(unmarked.len() <= 1, "{title} came twice unmarked: {lines:#?}");
        if let Some(first) = places.first() {
            assert!(*first >= last, "{title} came before an older one: {lines:#?}");
            last = *first;
        }
    }
    shop.verifies();
}

#[test]
fn a_port_where_no_printer_is_heard_is_asked_nothing() {
    let shop = Shop::new();
    let file = shop.beside("paper.bin");
    let port =
        format!("[[printer]]\nname = \"counter\"\nport = \"file:{}\"\nprofile = \"epson-tm-t88\"\n", file.display());
    shop.configure("printers.toml", |_| port);
    run(shop.command(&["spool", "test", "counter"]), 0);
    run(shop.command(&["printers"]), 0);
    let store = rusqlite::Connection::open(shop.data().join(counterflow::store::FILE_NAME)).unwrap();
    let job: Vec<u8> = store.query_row("SELECT bytes FROM job_bytes", [], |row| row.get(0)).unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), job);
}
