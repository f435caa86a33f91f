//! The program for Windows under Wine: its print spooler, and the locking of secrets. The cases are made where
//! `COUNTERFLOW_EXE` names the program and `COUNTERFLOW_WINE` what runs it (packaging/windows/README.md says how), and
//! say otherwise that they are not.

use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use counterflow::store::FILE_NAME;

use crate::printer_emulator::print;
use crate::shop::{ADA, OWNER, Shop, words};

/// How long one program may take under Wine, which sets itself up with the first.
const PATIENCE: Duration = Duration::from_secs(60);

/// `PRINTER_ATTRIBUTE_WORK_OFFLINE`.
const WORK_OFFLINE: u32 = 0x400;

/// What runs programs of Windows here.
struct Wine {
    runs: PathBuf,
    exe: PathBuf,
}

impl Wine {
    fn here() -> Option<Self> {
        let named = |name: &str| std::env::var_os(name).map(PathBuf::from);
        let found = named("COUNTERFLOW_WINE").zip(named("COUNTERFLOW_EXE")).map(|(runs, exe)| Self { runs, exe });
        if found.is_none() {
            println!("not tested: COUNTERFLOW_WINE and COUNTERFLOW_EXE name no Wine and no program for Windows");
        }
        found
    }

    fn run(&self, program: &Path, args: &[&str], pin: &str) -> Output {
        // Into files: services that Wine starts with the first program would keep a pipe open for minutes after it.
        let said = [tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap()];
        let [stdout, stderr] = said.each_ref().map(|file| file.try_clone().unwrap());
        let mut command = Command::new(&self.runs);
        command.arg(program).args(args).env("COUNTERFLOW_PIN", pin).stdin(Stdio::null()).stdout(stdout).stderr(stderr);
        let (mut child, until) = (command.spawn().unwrap(), Instant::now() + PATIENCE);
        let status = loop {
            match child.try_wait().unwrap() {
                Some(status) => break status,
                None if Instant::now() < until => std::thread::sleep(Duration::from_millis(10)),
                None => {
                    let _ = child.kill();
                    panic!("Wine did not end {} {args:?} within {PATIENCE:?}", program.display());
                }
            }
        };
        let [stdout, stderr] = said.map(|mut file| {
            let mut bytes = Vec::new();
            file.rewind().unwrap();
            file.read_to_end(&mut bytes).unwrap();
            bytes
        });
        Output { status, stdout, stderr }
    }

    fn counterflow(&self, shop: &Shop, pin: &str, args: &[&str]) -> Output {
        let data = shop.data().display().to_string();
        self.run(&self.exe, &[&["--data", &data], args].concat(), pin)
    }

    fn registry(&self, key: &str, value: &str, kind: &str, data: &str) {
        let args = ["add", key, "/v", value, "/t", kind, "/d", data, "/f"];
        let said = self.run(Path::new("reg"), &args, "");
        assert!(said.status.success(), "{}", words(&said));
    }

    /// A printer of Windows that prints into a file, and its attributes.
    fn has_printer(&self, name: &str, paper: &Path, attributes: u32) {
        let printer = format!("HKLM\\System\\CurrentControlSet\\Control\\Print\\Printers\\{name}");
        let paper = paper.display().to_string();
        for (value, data) in [
            ("Name", name),
            ("Port", &paper),
            ("Printer Driver", "Generic"),
            ("Print Processor", "winprint"),
            ("Datatype", "RAW"),
        ] {
            self.registry(&printer, value, "REG_SZ", data);
        }
        self.registry(&printer, "Attributes", "REG_DWORD", &attributes.to_string());
    }
}

/// The bytes of the newest job of a printer, as the store has them.
fn job_bytes(shop: &Shop, printer: &str) -> Vec<u8> {
    let store = rusqlite::Connection::open(shop.data().join(FILE_NAME)).unwrap();
    let sql = "SELECT bytes FROM jobs JOIN job_bytes ON job_bytes.job = jobs.id WHERE printer = ?1 ORDER BY id DESC";
    store.query_row(sql, [printer], |row| row.get(0)).unwrap()
}

#[test]
fn the_print_spooler_of_windows_gets_the_bytes_as_they_are() {
    let Some(wine) = Wine::here() else { return };
    let shop = Shop::new();
    let (paper, file) = (shop.beside("paper.bin"), shop.beside("file.bin"));
    wine.has_printer("CounterFlow Test", &paper, 0);
    wine.has_printer("CounterFlow Off", &shop.beside("off.bin"), WORK_OFFLINE);
    let printers = format!(
        "[[printer]]\nname = \"spooled\"\nport = \"windows:CounterFlow Test\"\nprofile = \"epson-tm-t20\"\n\
         [[printer]]\nname = \"file\"\nport = \"file:{}\"\nprofile = \"epson-tm-t20\"\nreceipts_for = []\n\
         [[printer]]\nname = \"off\"\nport = \"windows:CounterFlow Off\"\nreceipts_for = []\n\
         [[printer]]\nname = \"gone\"\nport = \"windows:Nobody\"\nreceipts_for = []\n",
        file.display()
    );
    shop.configure("printers.toml", |_| printers);
    for printer in ["spooled", "file"] {
        let said = wine.counterflow(&shop, ADA, &["spool", "test", printer]);
        assert!(said.status.success(), "{}", words(&said));
    }
    let (spooled, filed) = (std::fs::read(&paper).unwrap(), std::fs::read(&file).unwrap());
    assert_eq!((spooled == job_bytes(&shop, "spooled"), filed == job_bytes(&shop, "file")), (true, true));
    // The pages differ in the address that stands on them, and in nothing else.
    let lines = |bytes: &[u8]| {
        let out = print(bytes);
        assert_eq!((&out.unknown[..], out.left_over.len()), (&[][..], 0));
        out.text().into_iter().filter(|line| !line.contains("epson-tm-t20")).collect::<Vec<_>>()
    };
    assert_eq!(lines(&spooled).len(), lines(&filed).len());

    for (printer, why) in [("gone", "write its name as Windows has it"), ("off", "Windows reports it offline")] {
        let said = wine.counterflow(&shop, ADA, &["spool", "test", printer]);
        assert!(!said.status.success() && words(&said).contains(why), "{}", words(&said));
    }
    assert!(!shop.beside("off.bin").exists(), "nothing is sent to a printer that is offline");
    let said = words(&wine.counterflow(&shop, ADA, &["printers"]));
    assert!(said.contains("windows:CounterFlow Test"), "{said}");
}

#[test]
fn secrets_of_before_are_read_and_locked() {
    let Some(wine) = Wine::here() else { return };
    let shop = Shop::new();
    let closes = ["shift", "close", "--as", "Olive", "--comment", "a test"];
    shop.rings(OWNER, ":open-shift 100.00\n1\n:cash\n");
    let closed = shop.command(&closes).env("COUNTERFLOW_PIN", OWNER).output().unwrap();
    assert!(closed.status.success(), "{}", words(&closed));
    let kept = |name: &str| std::fs::read(shop.data().join(name)).unwrap();
    let secrets = ["pepper", "register-1.key"];
    let before = secrets.map(kept);
    assert_eq!(before.each_ref().map(Vec::len), [32, 32]);

    // Each day is sealed with the same key, whether it was locked before or not.
    let lines = shop.beside("lines");
    std::fs::write(&lines, ":open-shift 100.00\n1\n:cash\n").unwrap();
    for _ in 0..2 {
        let said = wine.counterflow(&shop, OWNER, &["ring", "--as", "Olive", &lines.display().to_string()]);
        assert!(said.status.success(), "{}", words(&said));
        let said = wine.counterflow(&shop, OWNER, &closes);
        assert!(said.status.success(), "{}", words(&said));
    }
    for (name, before) in secrets.into_iter().zip(&before) {
        let now = kept(name);
        assert!(now.starts_with(b"counterflow-dpapi-v1\n"), "{name}: {now:02x?}");
        assert!(!now.windows(32).any(|part| part == before), "{name}");
    }
    let copy = shop.beside("pepper");
    let said = wine.counterflow(&shop, OWNER, &["staff", "pepper", &copy.display().to_string(), "--as", "Olive"]);
    assert!(said.status.success(), "{}", words(&said));
    assert_eq!(std::fs::read(&copy).unwrap(), before[0]);
    // Put back as it is, it serves the program of another system, too.
    for (name, before) in secrets.into_iter().zip(&before) {
        std::fs::write(shop.data().join(name), before).unwrap();
    }
    shop.verifies();
}
