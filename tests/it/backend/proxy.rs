//! A bad line between till and backend.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the line does to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Pass,
    /// The server has done it, and nobody hears.
    DropReply,
    /// Half of the answer arrives.
    Truncate,
    Delay,
    Close,
    Answer500,
    Answer429,
    Html,
}

/// Seven of ten requests go through.
const FAULTS: [Fault; 20] = [
    Fault::Pass,
    Fault::Pass,
    Fault::DropReply,
    Fault::Pass,
    Fault::Pass,
    Fault::Truncate,
    Fault::Pass,
    Fault::Pass,
    Fault::Delay,
    Fault::Pass,
    Fault::Pass,
    Fault::Close,
    Fault::Pass,
    Fault::Answer500,
    Fault::Pass,
    Fault::Pass,
    Fault::Answer429,
    Fault::Pass,
    Fault::Html,
    Fault::Pass,
];

/// The line.
pub struct Proxy {
    pub address: String,
    server: Arc<Mutex<String>>,
    /// How often an answer was lost that the server had given.
    pub lost: Arc<AtomicU64>,
}

impl Proxy {
    /// A line to a server, with a seed for its moods.
    pub fn new(server: &str, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            server: Arc::new(Mutex::new(server.to_owned())),
            lost: Arc::default(),
        };
        let (server, lost) = (Arc::clone(&proxy.server), Arc::clone(&proxy.lost));
        std::thread::spawn(move || {
            let mut random = seed;
            for stream in listener.incoming().map_while(Result::ok) {
                // Numerical Recipes' generator: the same seed, the same moods.
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let fault = FAULTS[(random >> 33) as usize % FAULTS.len()];
                let (server, lost) = (server.lock().unwrap().clone(), Arc::clone(&lost));
                std::thread::spawn(move || {
                    let _ = carry(stream, &server, fault, &lost);
                });
            }
        });
        proxy
    }

    /// The server is somewhere else now.
    pub fn lead_to(&self, server: &str) {
        *self.server.lock().unwrap() = server.to_owned();
    }
}

fn carry(mut till: TcpStream, server: &str, fault: Fault, lost: &AtomicU64) -> std::io::Result<()> {
    let request = request(&till)?;
    match fault {
        Fault::Close => return Ok(()),
        Fault::Answer500 => return till.write_all(b"HTTP/1.1 500 X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
        Fault::Answer429 => {
            let answer = b"HTTP/1.1 429 X\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            return till.write_all(answer);
        }
        Fault::Html => {
            let page = "<html>Please log in to Hotel WiFi</html>";
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length:";
            return write!(till, "{head} {}\r\n\r\n{page}", page.len());
        }
        Fault::Delay => std::thread::sleep(Duration::from_millis(300)),
        Fault::Pass | Fault::DropReply | Fault::Truncate => {}
    }
    let mut up = TcpStream::connect(server.trim_start_matches("http://"))?;
    up.write_all(&request)?;
    let mut answer = Vec::new();
    up.read_to_end(&mut answer)?;
    match fault {
        Fault::DropReply => {
            lost.fetch_add(1, Ordering::Relaxed);
            Ok(())
        }
        Fault::Truncate => till.write_all(&answer[..answer.len() * 2 / 3]),
        _ => till.write_all(&answer),
    }
}

/// A whole request, asking for the connection to be closed after it.
fn request(till: &TcpStream) -> std::io::Result<Vec<u8>> {
    let mut reader = BufReader::new(till);
    let (mut bytes, mut length, mut line) = (Vec::new(), 0_usize, String::new());
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        if line.trim_end().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if !line.to_ascii_lowercase().starts_with("connection:") {
            bytes.extend_from_slice(line.as_bytes());
        }
    }
    bytes.extend_from_slice(b"connection: close\r\n\r\n");
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    bytes.extend(body);
    Ok(bytes)
}
