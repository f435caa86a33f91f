//! A store to practise in: the menu, the people and the PINs of the real one, and nothing real in it.

use std::fs;

use crate::shop::{ADA, OWNER, Shop, words};

#[test]
fn practice_has_menu_people_and_pins_and_touches_nothing_real() {
    let shop = Shop::new();
    shop.configure("printers.toml", |_| {
        let paper = shop.beside("real.txt");
        format!("[[printer]]\nname = \"real\"\nport = \"file:{}\"\nprofile = \"text\"\n", paper.display())
    });
    let before = shop.command(&["export", "journal", "--format", "jsonl"]).output().unwrap().stdout;
    let made = shop.command(&["training"]).output().unwrap();
    assert!(made.status.success(), "{}", words(&made));
    let folder = shop.data().join("training");

    let practice = |args: &[&str], pin: &str, typed: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_counterflow"));
        command.arg("--data").arg(&folder).args(args).env("COUNTERFLOW_PIN", pin).env_remove("COUNTERFLOW_DATA");
        let output = assert_cmd::Command::from_std(command).write_stdin(typed).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", words(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    practice(&["shift", "open", "--as", "Olive", "--float", "100.00"], OWNER, "");
    let rung = practice(&["ring", "--as", "Ada"], ADA, "1\n:cash\n:drill\n");
    assert!(rung.contains("Paid 3.20"), "{rung}");
    assert!(rung.contains("Drill 1"), "{rung}");
    practice(&["shift", "close", "--as", "Olive", "--counted", "cash=103.20"], OWNER, "");
    let journal = practice(&["export", "journal", "--format", "jsonl"], "", "");
    assert!(journal.contains("\"training\":true"));
    let jobs = practice(&["spool", "list"], "", "");
    assert!(jobs.contains("paper") && !jobs.contains("real"), "{jobs}");
    practice(&["verify"], "", "");
    // Nor does anything of it go to a backend.
    for command in [&["enrol", "CODE", "--server", "http://127.0.0.1:9"][..], &["upload"], &["pull"]] {
        let mut refused = std::process::Command::new(env!("CARGO_BIN_EXE_counterflow"));
        let refused = refused.arg("--data").arg(&folder).args(command).output().unwrap();
        assert_eq!(refused.status.code(), Some(78), "{command:?}: {}", words(&refused));
        assert!(words(&refused).contains("for practice"), "{command:?}: {}", words(&refused));
    }

    // The real store knows nothing of it, and its printer has printed nothing.
    assert_eq!(shop.command(&["export", "journal", "--format", "jsonl"]).output().unwrap().stdout, before);
    assert!(!shop.beside("real.txt").exists());
    assert!(fs::read_to_string(folder.join("config/counterflow.toml")).unwrap().starts_with("training = true"));

    // Whoever is taken on, and a new PIN, hold there too; what was practised stays unless it is thrown away.
    shop.hire_as("Cleo", "cashier", "3333");
    assert!(shop.command(&["training"]).output().unwrap().status.success());
    assert!(practice(&["ring", "--as", "Cleo"], "3333", "").is_empty());
    assert!(practice(&["report", "items"], "", "").contains("Flat white"));
    assert!(shop.command(&["training", "--fresh"]).output().unwrap().status.success());
    assert!(!practice(&["report", "items"], "", "").contains("Flat white"));
    let mut again = std::process::Command::new(env!("CARGO_BIN_EXE_counterflow"));
    let again = again.arg("--data").arg(&folder).arg("training").output().unwrap();
    assert!(words(&again).contains("for practice already"), "{}", words(&again));
    shop.verifies();
}
