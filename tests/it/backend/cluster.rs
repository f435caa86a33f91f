//! A PostgreSQL and a backend of a test's own, in a folder that goes away with them.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A database that is running.
pub struct Cluster {
    dir: tempfile::TempDir,
    bin: PathBuf,
    /// Its port, where it is not the usual one: the name of its socket has it too.
    port: Option<u16>,
}

/// Where PostgreSQL's programs are.
fn find() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|v| v.path().join("bin")).collect();
    folders.sort();
    folders.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    let found = folders.into_iter().rev().find(|f| f.join("initdb").is_file() && f.join("pg_ctl").is_file());
    found.expect("PostgreSQL is not here: `tests/run` installs it")
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A command, as somebody that PostgreSQL lets run it.
fn as_somebody(program: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/tmp");
    command
}

fn done(mut command: Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", crate::shop::words(&output));
}

/// Gives a file to whoever PostgreSQL runs as.
fn own(path: &Path) {
    if is_root() {
        let mut command = Command::new("chown");
        command.args(["nobody:nogroup"]).arg(path);
        done(command);
    }
}

/// An authority (`ca.pem`) and a server's certificate of it, for `localhost`.
pub fn certificates(dir: &Path) {
    let openssl = |args: &str| {
        let mut command = Command::new("openssl");
        command.args(args.split(' ')).current_dir(dir);
        done(command);
    };
    let key = "-newkey rsa:2048 -nodes";
    // No two authorities have one name.
    let name = dir.file_name().unwrap_or_default().display();
    openssl(&format!("req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=authority{name}"));
    openssl(&format!("req {key} -keyout server.key -out server.csr -subj /CN=localhost"));
    std::fs::write(dir.join("names"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n").unwrap();
    openssl("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile names");
    own(&dir.join("server.key"));
    own(&dir.join("server.pem"));
}

impl Cluster {
    pub fn new() -> Self {
        Self::with(|_| "-c listen_addresses=''".to_owned(), |_| {})
    }

    /// One that also listens on a port of this machine, encrypted or not at all, with a certificate for `localhost` of
    /// an authority of its own. Gives how a program finds it there, and the authority's file.
    pub fn encrypted() -> (Self, String, PathBuf) {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let options = |dir: &Path| {
            let (certificate, key) = (dir.join("server.pem").display().to_string(), dir.join("server.key"));
            let ssl = format!("-c ssl=on -c ssl_cert_file={certificate} -c ssl_key_file={}", key.display());
            format!("-c listen_addresses=127.0.0.1 -c port={port} {ssl}")
        };
        let mut cluster = Self::with(options, |dir| {
            certificates(dir);
            let rules = "local all all trust\nhostssl all all 127.0.0.1/32 trust\n";
            std::fs::write(dir.join("data/pg_hba.conf"), rules).unwrap();
        });
        let address = format!("host=localhost port={port} user=counterflow dbname=postgres");
        let authority = cluster.dir.path().join("ca.pem");
        cluster.port = Some(port);
        (cluster, address, authority)
    }

    /// With options of the server, which know its folder, and something done before it starts.
    fn with(options: impl FnOnce(&Path) -> String, before: impl FnOnce(&Path)) -> Self {
        let (dir, bin) = (tempfile::tempdir_in("/tmp").unwrap(), find());
        own(dir.path());
        let cluster = Self { dir, bin, port: None };
        let mut initdb = as_somebody(&cluster.bin.join("initdb"));
        initdb.args(["-U", "counterflow", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-D"]);
        initdb.arg(cluster.data());
        done(initdb);
        before(cluster.dir.path());
        let mut start = as_somebody(&cluster.bin.join("pg_ctl"));
        let dir = cluster.dir.path();
        let options = format!("{} -c unix_socket_directories='{}'", options(dir), dir.display());
        start.args(["-w", "-o", &options, "-l"]).arg(dir.join("log")).arg("-D").arg(cluster.data());
        // Its children keep what they inherit: the log is theirs, not ours.
        start.arg("start").stdout(Stdio::null()).stderr(Stdio::null());
        assert!(start.status().unwrap().success(), "{}", cluster.log());
        cluster
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    /// How a program finds it.
    pub fn address(&self) -> String {
        let port = self.port.unwrap_or(5432);
        format!("host={} port={port} user=counterflow dbname=postgres", self.dir.path().display())
    }

    /// Runs SQL, and gives what it says: a line for each row, `|` between columns. An error is text too.
    pub fn try_sql(&self, sql: &str) -> Result<String, String> {
        let own = self.bin.join("psql");
        // Some systems keep the server's programs in one place and the clients' in another.
        let mut psql = Command::new(if own.is_file() { own } else { PathBuf::from("psql") });
        psql.args(["-AtqX", "-v", "ON_ERROR_STOP=1", "-c", sql]).arg(self.address());
        let output = psql.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    #[track_caller]
    pub fn sql(&self, sql: &str) -> String {
        self.try_sql(sql).unwrap()
    }

    /// The backend's program on this database.
    pub fn backend(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_counterflow-backend"));
        command.args(args).env("COUNTERFLOW_BACKEND_DATABASE", self.address());
        command.env("COUNTERFLOW_BACKEND_KEYS", self.dir.path().join("keys"));
        command.env("COUNTERFLOW_BACKEND_LISTEN", "127.0.0.1:0");
        command
    }

    /// What a command of the backend prints.
    #[track_caller]
    pub fn tell(&self, args: &[&str]) -> String {
        let output = self.backend(args).output().unwrap();
        assert!(output.status.success(), "{}", crate::shop::words(&output));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// A file for the configuration.
    pub fn configure(&self, text: &str) -> PathBuf {
        let path = self.dir.path().join("backend.toml");
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = as_somebody(&self.bin.join("pg_ctl"));
        stop.args(["-m", "immediate", "-D"]).arg(self.data()).arg("stop");
        let _ = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

/// A backend that is running.
pub struct Server {
    pub child: Child,
    pub address: String,
    log: Arc<Mutex<String>>,
}

impl Server {
    /// Starts it on a database that was migrated.
    pub fn start(cluster: &Cluster, config: Option<&Path>) -> Self {
        let mut command = cluster.backend(&["serve"]);
        if let Some(config) = config {
            command.arg("--config").arg(config);
        }
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (mut lines, kept) = (BufReader::new(child.stderr.take().unwrap()).lines(), Arc::clone(&log));
        let mut address = String::new();
        for line in lines.by_ref().map_while(Result::ok) {
            kept.lock().unwrap().push_str(&format!("{line}\n"));
            if let Ok(told) = serde_json::from_str::<serde_json::Value>(&line)
                && told["message"] == "listening"
            {
                address = format!("http://{}", told["address"].as_str().unwrap());
                break;
            }
        }
        assert!(!address.is_empty(), "it did not start: {}", log.lock().unwrap());
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().unwrap().push_str(&format!("{line}\n"));
            }
        });
        Self { child, address, log }
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Waits until the log says something.
    #[track_caller]
    pub fn logs(&self, what: &str) {
        let until = Instant::now() + Duration::from_secs(10);
        while !self.log().contains(what) {
            assert!(Instant::now() < until, "{what} is not in the log: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to end, and waits until it has. Says whether it ended in order.
    pub fn end(&mut self) -> bool {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        self.child.wait().unwrap().success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
