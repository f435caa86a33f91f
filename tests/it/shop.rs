//! A café made by the real program, for tests that sell in it through the real program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use counterflow::domain::command::Command as DomainCommand;
use counterflow::domain::event::Event;
use counterflow::domain::ids::{IdSource, RegisterId, StaffId};
use counterflow::domain::staff::Staff;
use counterflow::domain::till::{Ctx, Till};
use counterflow::session::clock::{Clock, Ids, SystemClock};
use counterflow::session::{PROGRAM, read_config};
use counterflow::store::{SCHEMA, Store};

/// Olive, the owner.
pub const OWNER: &str = "9999";
/// Ada, a cashier.
pub const ADA: &str = "1111";
/// Ben, another one.
pub const BEN: &str = "2222";

/// A café in a folder that goes away with it.
pub struct Shop {
    dir: tempfile::TempDir,
}

impl Shop {
    /// Made by `counterflow setup`; Ada and Ben work in it.
    pub fn new() -> Self {
        Self::within(tempfile::tempdir().unwrap())
    }

    /// The same, in a folder of one's choice.
    pub fn within(dir: tempfile::TempDir) -> Self {
        Self::made(dir, "cafe")
    }

    /// The same from another template.
    pub fn of(template: &str) -> Self {
        Self::made(tempfile::tempdir().unwrap(), template)
    }

    fn made(dir: tempfile::TempDir, template: &str) -> Self {
        let shop = Self { dir };
        let made = shop
            .command(&["setup", "--template", template, "--owner", "Olive", "--yes"])
            .env("COUNTERFLOW_PIN", OWNER)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", words(&made));
        shop.hire("Ada", ADA);
        shop.hire("Ben", BEN);
        shop
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("shop")
    }

    pub fn config(&self) -> PathBuf {
        self.data().join("config")
    }

    /// A place for files beside the store.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn hire(&self, name: &str, pin: &str) {
        self.hire_as(name, "cashier", pin);
    }

    /// Takes on somebody with a role.
    pub fn hire_as(&self, name: &str, role: &str, pin: &str) {
        let (config, _, _) = read_config(&self.config()).unwrap();
        let mut store = self.store();
        let till = Till::new(
            store.box_id(),
            RegisterId::OFFICE,
            config.settings.into(),
            counterflow::domain::catalogue::Catalogue::new(store.load_menu().unwrap().unwrap()).into(),
        );
        let id = StaffId(Ids.next());
        let staff = Staff { id, name: name.to_owned(), role: role.to_owned(), active: true };
        let events = vec![Event::StaffChanged { staff }, Event::PinSet { staff: id }];
        store.set_pin(id, pin, &till.record(events, SystemClock.now(), PROGRAM, SCHEMA)).unwrap();
    }

    /// The store, opened beside whatever runs.
    pub fn store(&self) -> Store {
        Store::open(&self.data(), PROGRAM).unwrap()
    }

    /// The program on this café.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_counterflow"));
        command.arg("--data").arg(self.data()).args(args);
        command.env_remove("COUNTERFLOW_PIN").env_remove("COUNTERFLOW_DATA");
        command
    }

    /// Rings lines as somebody, and gives what it said: a JSON object for each line.
    pub fn ring(&self, pin: &str, lines: &str) -> (Output, Vec<serde_json::Value>) {
        let file = self.beside(&format!("lines-{}", Ids.next()));
        std::fs::write(&file, lines).unwrap();
        let mut command = self.command(&["ring", "--as", name_of(pin)]);
        let output = command.arg(&file).env("COUNTERFLOW_PIN", pin).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let said = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (output, said)
    }

    /// Rings lines that must all be right.
    #[track_caller]
    pub fn rings(&self, pin: &str, lines: &str) -> Vec<serde_json::Value> {
        let (output, said) = self.ring(pin, lines);
        assert!(output.status.success(), "{} {said:#?}", words(&output));
        said
    }

    /// The till of register 1 as the store has it, with the owner at it.
    pub fn till(&self) -> Till {
        let (config, _, _) = read_config(&self.config()).unwrap();
        let store = self.store();
        let catalogue = counterflow::domain::catalogue::Catalogue::new(store.load_menu().unwrap().unwrap());
        let (mut till, _) = store.load_till(RegisterId(1), config.settings.into(), catalogue.into()).unwrap();
        till.signed_in = till.staff.values().find(|s| s.name == "Olive").map(|s| s.id);
        till
    }

    /// Records what a command makes happen, changed by somebody who writes into the store as the program does:
    /// every hash fits.
    pub fn forges(&self, command: &DomainCommand, change: impl FnOnce(&mut [Event])) {
        let (till, now) = (self.till(), SystemClock.now());
        let mut events = till.decide(command, &mut Ctx { now, ids: &mut Ids, approver: None }).unwrap();
        change(&mut events);
        self.store().commit(&till.record(events, now, PROGRAM, SCHEMA), &[]).unwrap();
    }

    /// Everything prints into one text file.
    pub fn prints(&self) {
        let port = self.beside("paper.txt").display().to_string();
        let printer =
            format!("[[printer]]\nname = \"paper\"\nport = \"file:{port}\"\nprofile = \"text\"\ncolumns = 42\n");
        self.configure("printers.toml", |_| printer);
    }

    /// A file of the configuration is changed.
    pub fn configure(&self, file: &str, change: impl FnOnce(String) -> String) {
        let path = self.config().join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(path, change(text)).unwrap();
    }

    /// A menu of the scenarios takes the place of the template's.
    pub fn takes_menu(&self, file: &str) -> Result<(), String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/menus").join(file);
        let taken = self.command(&["import", "menu"]).arg(path).output().map_err(|e| e.to_string())?;
        if taken.status.success() { Ok(()) } else { Err(words(&taken)) }
    }

    /// `counterflow verify` finds nothing.
    #[track_caller]
    pub fn verifies(&self) {
        let verified = self.command(&["verify"]).output().unwrap();
        assert!(verified.status.success(), "{}", words(&verified));
        if let Some(said) = self.second_opinion() {
            assert_eq!(said, "nothing found\n", "the second verifier");
        }
    }

    /// What the verifier in Python says; `None` where there is no Python.
    pub fn second_opinion(&self) -> Option<String> {
        second_opinion(&self.data())
    }
}

/// What the verifier in Python says of the store in a folder; `None` where there is no Python.
pub fn second_opinion(data: &Path) -> Option<String> {
    match Command::new("python3").arg(verifier()).arg(data.join(counterflow::store::FILE_NAME)).output() {
        Ok(second) if second.stderr.is_empty() => Some(String::from_utf8_lossy(&second.stdout).into_owned()),
        Ok(second) => panic!("the second verifier broke: {}", words(&second)),
        Err(error) => {
            println!("skipped: the second verifier cannot be started: {error}");
            None
        }
    }
}

fn verifier() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verify.py")
}

pub fn name_of(pin: &str) -> &'static str {
    match pin {
        OWNER => "Olive",
        ADA => "Ada",
        _ => "Ben",
    }
}

/// All that a program said.
pub fn words(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}: {}{}", output.status, text(&output.stdout), text(&output.stderr))
}
