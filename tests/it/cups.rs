//! Queues of CUPS: with programs that stand for its own, and with a real one where it is installed.

use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::printer::nowhere;
use crate::shop::{Shop, words};

/// `spool test` with other programs in the path, or another CUPS; what it says.
fn test_page(shop: &Shop, name: &str, value: &str, code: i32) -> String {
    let said = shop.command(&["spool", "test", "counter"]).env(name, value).output().unwrap();
    assert_eq!(said.status.code(), Some(code), "{}", words(&said));
    words(&said).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shop_with(queue: &str) -> Shop {
    let shop = Shop::new();
    shop.configure("printers.toml", |_| {
        format!("[[printer]]\nname = \"counter\"\nport = \"cups:{queue}\"\ntimeout_ms = 1500\n")
    });
    shop
}

/// Puts a program into a folder of the path.
fn put(bin: &Path, name: &str, script: &str) {
    std::fs::create_dir_all(bin).unwrap();
    let program = bin.join(name);
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn what_may_have_begun_to_print_while_it_was_taken_back_is_not_called_unprinted() {
    let other = "printer front now printing other-1.  enabled since today\nfront-7  root  3072  today";
    let away = "printer front now printing front-7.  enabled since today\n\tThe printer is not responding.\nfront-7  root  3072  today";
    let (off, (_, on)) = (nowhere().to_string(), printer());
    let on = on.to_string();
    for (now, over, address, may_be_on_paper) in [
        (other, "", &off, 0),
        // Its turn came between the look and the word to let it be.
        (other, "\tStatus:", &off, 1),
        (other, "\tStatus: Connected to printer.", &on, 1),
        (away, "\tStatus: The printer is not responding.", &off, 0),
        // It was switched on between the two.
        (away, "\tStatus: The printer is not responding.", &on, 1),
    ] {
        let shop = shop_with("front");
        let bin = shop.beside("bin");
        let over =
            format!("front-6  root  9  today\n\tStatus: Done.\nfront-7  root  3072  today\n{over}\n\tqueued for front");
        let handed = bin.join("handed");
        let handed = handed.display();
        put(&bin, "lp", &format!("cat > {handed}\necho 'request id is front-7 (1 file(s))'"));
        put(&bin, "cancel", "exit 0");
        let says = |words: &str| format!("printf '%b\\n' '{words}'");
        let idle = says("printer front is idle.  enabled since today");
        let (over, now_says) = (says(&over), says(now));
        let device = says(&format!("device for front: socket://{address}"));
        let now_says = format!("if [ -e {handed} ]; then {now_says}; else {idle}; fi");
        put(&bin, "lpstat", &format!("case \"$*\" in *-W*) {over};; *-v*) {device};; *) {now_says};; esac"));
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let _ = shop.command(&["spool", "test", "counter"]).env("PATH", path).output().unwrap();
        let store = rusqlite::Connection::open(shop.data().join(counterflow::store::FILE_NAME)).unwrap();
        // What comes again after an attempt that counts is marked.
        let sql = "SELECT attempts FROM jobs ORDER BY id DESC LIMIT 1";
        let attempts: i64 = store.query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(attempts, may_be_on_paper, "{now} / {over} / {address}");
    }
}

#[test]
fn a_queue_of_cups_gets_the_bytes_without_a_shell() {
    let shop = shop_with("Front;rm");
    let bin = shop.beside("bin");
    let paper = shop.beside("paper");
    let put = |name: &str, script: &str| put(&bin, name, script);
    put("lpstat", "echo 'printer Front;rm is idle.  enabled since today'");
    put("lp", &format!("printf '%s|' \"$@\" > {0}.args\ncat > {0}", paper.display()));
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let test = |code| test_page(&shop, "PATH", &path, code);
    assert!(test(0).contains("does not say whether it printed"));
    let args = std::fs::read_to_string(format!("{}.args", paper.display())).unwrap();
    assert_eq!(args, "-d|Front;rm|-o|raw|-t|CounterFlow|-|");
    let out = crate::printer_emulator::print(&std::fs::read(&paper).unwrap());
    assert!(out.text().iter().any(|l| l.trim() == "COUNTER"), "{:?}", out.text());
    put("lp", "echo 'lp: The printer or class does not exist.' >&2\nexit 1");
    assert!(test(1).contains("CUPS refused it: lp: The printer or class does not exist."));
    put("lp", "kill -9 $$");
    assert!(test(1).contains("CUPS refused it"));
    // One that hangs holds up nobody for longer than its time-out.
    put("lp", "exec sleep 60");
    let began = Instant::now();
    test(1);
    assert!(began.elapsed() < Duration::from_secs(50), "{:?}", began.elapsed());
}

/// A CUPS of the test's own, with its files in a folder.
struct Cups {
    daemon: Child,
    folder: tempfile::TempDir,
}

impl Drop for Cups {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

impl Cups {
    fn start() -> Option<Self> {
        let daemon = ["/usr/sbin/cupsd", "/usr/local/sbin/cupsd"].iter().find(|path| Path::new(path).exists());
        let (Some(daemon), true) = (daemon, Path::new("/usr/bin/lpstat").exists()) else {
            println!("not tested: CUPS is not installed here (packages cups and cups-client)");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        // What prints is another user, where the test is root.
        let open = |path: &Path| std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
        open(root);
        for name in ["etc", "spool", "spool/tmp", "cache", "run"] {
            std::fs::create_dir(root.join(name)).unwrap();
            open(&root.join(name));
        }
        let at = root.display();
        let policy = "<Location />\nOrder allow,deny\nAllow all\n</Location>\n<Policy default>\n<Limit All>\n\
                      Order deny,allow\n</Limit>\n</Policy>\n";
        let daemon_says =
            format!("Listen {at}/run/sock\nBrowsing Off\nDefaultAuthType None\nWebInterface No\n{policy}");
        let files = format!(
            "ServerRoot {at}/etc\nRequestRoot {at}/spool\nTempDir {at}/spool/tmp\nCacheDir {at}/cache\n\
             StateDir {at}/run\nAccessLog {at}/access\nErrorLog {at}/error\nPageLog {at}/page\nUser nobody\n\
             Group nogroup\nSystemGroup root\n"
        );
        std::fs::write(root.join("cupsd.conf"), daemon_says).unwrap();
        std::fs::write(root.join("files.conf"), files).unwrap();
        let [conf, files] = ["cupsd.conf", "files.conf"].map(|name| root.join(name));
        let mut command = Command::new(daemon);
        command.arg("-f").arg("-c").arg(conf).arg("-s").arg(files).stdout(Stdio::null()).stderr(Stdio::null());
        let cups = Self { daemon: command.spawn().unwrap(), folder };
        let until = Instant::now() + Duration::from_secs(20);
        while !cups.says("lpstat", &["-r"]).contains("is running") {
            assert!(Instant::now() < until, "CUPS does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(cups)
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("run/sock")
    }

    fn says(&self, program: &str, args: &[&str]) -> String {
        let path = format!("/usr/sbin:{}", std::env::var("PATH").unwrap());
        let mut command = Command::new(program);
        let said = command.args(args).env("PATH", path).env("CUPS_SERVER", self.socket()).env("LC_ALL", "C");
        words(&said.output().unwrap())
    }

    fn queue(&self, address: impl std::fmt::Display) {
        self.says("lpadmin", &["-p", "front", "-E", "-v", &format!("socket://{address}"), "-m", "raw"]);
    }
}

/// A printer that never says anything, and the bytes that it got.
fn printer() -> (Arc<Mutex<Vec<u8>>>, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let paper = Arc::new(Mutex::new(Vec::new()));
    let got = Arc::clone(&paper);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut bytes = Vec::new();
            let _ = stream.read_to_end(&mut bytes);
            got.lock().unwrap().extend(bytes);
        }
    });
    (paper, address)
}

#[test]
fn a_real_cups_passes_on_what_was_rendered_and_keeps_nothing_for_the_morning() {
    let Some(cups) = Cups::start() else { return };
    let shop = shop_with("front");
    let socket = cups.socket().display().to_string();
    let test = |code| test_page(&shop, "CUPS_SERVER", &socket, code);
    assert!(test(1).contains("CUPS has no queue front"));

    let (paper, address) = printer();
    cups.queue(address);
    assert!(test(0).contains("does not say whether it printed"));
    let store = rusqlite::Connection::open(shop.data().join(counterflow::store::FILE_NAME)).unwrap();
    let sql = "SELECT bytes FROM jobs JOIN job_bytes ON job_bytes.job = jobs.id ORDER BY id DESC LIMIT 1";
    let rendered: Vec<u8> = store.query_row(sql, [], |row| row.get(0)).unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while paper.lock().unwrap().len() < rendered.len() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(*paper.lock().unwrap() == rendered, "CUPS changed what was rendered");

    cups.says("cupsdisable", &["front"]);
    assert!(test(1).contains("is paused in CUPS: `cupsenable front`"));
    cups.says("cupsenable", &["front"]);
    cups.says("cupsreject", &["front"]);
    assert!(test(1).contains("takes no jobs in CUPS: `cupsaccept front`"));
    cups.says("cupsaccept", &["front"]);
    // Its printer is off: the job is taken back, and waits here, where somebody sees it.
    cups.queue(nowhere());
    assert!(test(1).contains("CUPS cannot reach the printer"));
    let kept = cups.says("lpstat", &["-o", "front"]);
    assert!(!kept.contains("front-"), "CUPS keeps a job for later: {kept}");
    assert_eq!(paper.lock().unwrap().len(), rendered.len());
    let said = shop.command(&["printers"]).env("CUPS_SERVER", &socket).output().unwrap();
    assert!(words(&said).contains("cups:front"), "{}", words(&said));
    shop.verifies();
}
