//! What a cashier notices of an upload: keys to the screen, alone and while closed shifts are sent.

use std::process::Stdio;
use std::time::Duration;

use crate::cluster::Cluster;
use crate::figures::{Times, head};
use crate::floors::Commits;
use crate::shop::{OWNER, Shop};
use crate::terminal::{Terminal, order_shows};
use crate::tills::{Tenant, enrol, sell_shifts};
use crate::{Sizes, start};

/// Rings an item of the café, and takes it back; each with what the order then says.
const RING: (&str, &str) = ("22\r", "1 item");
const UNDO: (&str, &str) = ("\x1a", "No lines yet");

pub fn measure(cluster: &Cluster, sizes: &Sizes) {
    // On a disk, as a till is.
    let shop = Shop::new();
    sell_shifts(&shop, sizes.sent, sizes.orders);
    let server = start(cluster);
    enrol(&shop, cluster, &Tenant::new(cluster, "Beans & Co"), &server.address);
    let mut till = signed_in(&shop);
    let mut cat = Terminal::start("cat", &[]).unwrap();
    let mut commits = Commits::new(&shop.data()).unwrap();
    let (mut echo, mut commit, mut alone, mut during) = <(Times, Times, Times, Times)>::default();
    for at in 0..sizes.keys / 2 {
        echo.push(cat.press("x", |screen| screen.contents().matches('x').count() > at % 1500).unwrap().took);
        commits.commit(&mut commit).unwrap();
        ring_and_undo(&mut till, &mut alone);
    }
    let mut upload = shop.command(&["upload", "--quiet"]).stderr(Stdio::inherit()).spawn().unwrap();
    let mut pairs = 0;
    let status = loop {
        ring_and_undo(&mut till, &mut during);
        pairs += 1;
        if let Some(status) = upload.try_wait().unwrap() {
            break status;
        }
    };
    assert!(status.success(), "{status}");
    let both = echo.median() + commit.median();
    head(&format!("a key to the screen, while {} shifts are sent", sizes.sent));
    echo.row("floor: echo of the terminal (cat)", None);
    commit.row("floor: one durable SQLite commit", None);
    alone.row(&format!("alone, {} keys", sizes.keys / 2 * 2), Some(both));
    during.row(&format!("during the upload, {} keys", pairs * 2), Some(both));
    cat.end("\x03").unwrap();
    till.end("\x18").unwrap();
    std::thread::sleep(Duration::from_millis(10));
}

fn signed_in(shop: &Shop) -> Terminal {
    shop.rings(OWNER, ":open-shift 100.00\n");
    let folder = shop.data();
    let mut till = Terminal::start(env!("CARGO_BIN_EXE_counterflow"), &["--data", folder.to_str().unwrap()]).unwrap();
    till.ready(|screen| screen.contents().contains("Type your PIN")).unwrap();
    till.press(&format!("{OWNER}\r"), |screen| screen.contents().contains("Olive")).unwrap();
    till
}

/// A key that rings, and one that takes it back: each a durable act.
fn ring_and_undo(till: &mut Terminal, times: &mut Times) {
    for (key, shown) in [RING, UNDO] {
        times.push(till.press(key, |screen| order_shows(screen, shown)).unwrap().took);
    }
}
