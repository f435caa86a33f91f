//! What stands on the counter besides the printer: the customer's display, the scale; and a USB
//! printer that comes back elsewhere.
#![cfg(unix)]

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serialport::{SerialPort, TTYPort};

use crate::shop::{ADA, OWNER, Shop};

/// A serial device whose other end the test holds.
fn line() -> (TTYPort, TTYPort, String) {
    let (mut master, slave) = TTYPort::pair().unwrap();
    master.set_timeout(Duration::from_millis(20)).unwrap();
    let name = slave.name().unwrap();
    (master, slave, name)
}

/// A scale by NCI that says what the test wants, one answer after the other.
fn scale(mut master: TTYPort, answers: &'static [&'static str]) {
    thread::spawn(move || {
        let mut buffer = [0; 16];
        for answer in answers {
            let asked = loop {
                match master.read(&mut buffer) {
                    Ok(n) => break buffer[..n].contains(&b'\r'),
                    Err(e) if e.kind() == std::io::ErrorKind::TimedOut => {}
                    Err(_) => return,
                }
            };
            if asked {
                master.write_all(answer.as_bytes()).unwrap();
            }
        }
        thread::sleep(Duration::from_secs(10));
    });
}

fn shop_with(devices: &str) -> Shop {
    let shop = Shop::of("shop");
    shop.configure("printers.toml", |_| devices.to_owned());
    shop.rings(OWNER, ":open-shift 0\n");
    shop
}

#[test]
fn a_weight_counts_when_the_scale_has_come_to_rest() {
    let (master, _slave, name) = line();
    let shop = shop_with(&format!("[[scale]]\nport = \"serial:{name}\"\n"));
    scale(master, &["\n00.200KG\r\nS10\r\x03", "\n00.350KG\r\nS00\r\x03"]);
    let said = shop.rings(ADA, "4011\n:cash\n");
    assert_eq!(said[0]["order"]["lines"][0]["quantity"], "0.350", "{said:#?}");
    assert_eq!(said[1]["sale"]["total"], "0.42", "{said:#?}");
    shop.verifies();
}

#[test]
fn a_scale_whose_cable_was_pulled_asks_for_the_weight_and_for_somebody_who_may() {
    // A place where no device is. Not a line that was given up: the next test that asks for one gets its name.
    let shop = shop_with("[[scale]]\nport = \"serial:/dev/serial/by-id/pulled\"\n");
    let (_, said) = shop.ring(ADA, "4011\n0.350\n9999\n");
    let words = said[0]["said"].as_str().unwrap();
    assert!(words.contains("is it plugged in and on?") && words.contains("type the weight"), "{words}");
    assert_eq!(said[1]["dialog"], "Somebody else's PIN", "{said:#?}");
    assert_eq!(said[2]["order"]["lines"][0]["quantity"], "0.350", "{said:#?}");
    // Nor is it got round by what was weighed before.
    let (_, said) = shop.ring(ADA, "*0.500\n<Esc>\n");
    assert_eq!(said[0]["dialog"], "Somebody else's PIN", "{said:#?}");
    // Where no scale is, nobody is asked.
    shop.configure("printers.toml", |_| String::new());
    let said = shop.rings(ADA, "0.500*4011\n:cash\n");
    assert_eq!(said[0]["order"]["lines"].as_array().unwrap().last().unwrap()["quantity"], "0.500");
}

#[test]
fn a_scale_that_answers_with_nonsense_or_never_rests_says_so() {
    for (answers, told) in [
        (&["\u{7f}\u{7f}\x03"][..], "check `baud`, `frame` and `protocol`"),
        (&["\n00.000KG\r\nS00\r\x03"], "nothing lies on the scale"),
        (&["\n00.000KG\r\nS02\r\x03"], "below zero, or overloaded"),
    ] {
        let (master, _slave, name) = line();
        let shop = shop_with(&format!("[[scale]]\nport = \"serial:{name}\"\n"));
        scale(master, answers);
        let (_, said) = shop.ring(ADA, "4011\n");
        assert!(said[0]["said"].as_str().unwrap().contains(told), "{said:#?}");
    }
}

#[test]
fn the_customer_sees_line_total_change_and_a_greeting() {
    let (mut master, _slave, name) = line();
    let display = "greeting = [\"Welcome\", \"to the farm shop\"]\n";
    let shop = shop_with(&format!("[[display]]\nport = \"serial:{name}\"\ncommands = \"cd5220\"\n{display}"));
    let seen = Arc::new(Mutex::new(String::new()));
    let theirs = Arc::clone(&seen);
    thread::spawn(move || {
        let mut buffer = [0; 256];
        loop {
            match master.read(&mut buffer) {
                Ok(n) => theirs.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..n])),
                Err(e) if e.kind() == std::io::ErrorKind::TimedOut => {}
                Err(_) => return,
            }
        }
    });
    shop.rings(ADA, "0.500*4011\n:cash 5.00\n");
    let until = Instant::now() + Duration::from_secs(30);
    for part in ["Welcome", "to the farm shop", "0.500 Bananas   0.60", "Total           0.60", "Change          4.40"]
    {
        while !seen.lock().unwrap().contains(part) {
            assert!(Instant::now() < until, "{part:?} was never shown: {:?}", seen.lock().unwrap());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

#[test]
fn a_usb_printer_is_found_again_where_it_comes_back() {
    use counterflow::devices::job;
    use counterflow::devices::printer::{Printer, Printers};
    use counterflow::devices::spooler::start;
    use counterflow::documents::{Block, Document, DocumentKind};
    use counterflow::domain::spool::JobState;

    use crate::paper_queue::{NOW, PaperQueue};

    let root = tempfile::tempdir().unwrap();
    let plug = |device: &str| {
        let class = root.path().join("sys/class/usbmisc").join(device).join("device");
        std::fs::create_dir_all(&class).unwrap();
        std::fs::create_dir_all(root.path().join("dev/usb")).unwrap();
        for (file, text) in [("idVendor", "04b8\n"), ("idProduct", "0e15\n"), ("serial", "4D5143\n")] {
            std::fs::write(class.join("..").join(file), text).unwrap();
        }
        let path = root.path().join("dev/usb").join(device);
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
        std::fs::OpenOptions::new().read(true).write(true).open(path).unwrap()
    };
    let unplug = |device: &str| {
        std::fs::remove_file(root.path().join("dev/usb").join(device)).unwrap();
        std::fs::remove_dir_all(root.path().join("sys/class/usbmisc").join(device)).unwrap();
    };
    let mut printer = Printer::new("grill", "usb:4D5143", "generic-80").unwrap();
    (printer.ask_status, printer.system_root) = (false, root.path().to_owned());
    let document = |title: &str| {
        let (kind, blocks) = (DocumentKind::Kitchen, vec![Block::text(title)]);
        job(
            &Document { kind, title: title.to_owned(), blocks, opens_drawer: false, cut: true },
            &printer,
            Some("grill"),
        )
    };
    let printers = Arc::new(Printers::new(vec![printer.clone()]).unwrap());
    let queue = PaperQueue::default();
    let mut first = plug("lp0");
    let spooler = start(printers, "grill", Box::new(queue.open()), Box::new(|| NOW), Box::new(drop)).unwrap();
    let mut buffer = [0; 256];
    let id = queue.add(document("KIT-0001"), NOW);
    queue.wait_for(id, JobState::Unconfirmed);
    let n = first.read(&mut buffer).unwrap();
    assert_eq!(crate::printer_emulator::print(&buffer[..n]).text(), ["KIT-0001"]);

    drop(first);
    unplug("lp0");
    let id = queue.add(document("KIT-0002"), NOW);
    assert!(queue.wait_for(id, JobState::Failed).detail.contains("is it plugged in"));
    let mut second = plug("lp3");
    spooler.wake();
    queue.wait_for(id, JobState::Unconfirmed);
    let n = second.read(&mut buffer).unwrap();
    assert_eq!(crate::printer_emulator::print(&buffer[..n]).text(), ["KIT-0002"], "unmarked: it was not begun");
}
