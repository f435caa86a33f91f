//! A kitchen ticket whose spooler is killed at each system call by which it is written: to the store and to the
//! printer. Whatever moment that is, the ticket is on paper once, or marked where it is there again, or listed.

use std::net::TcpListener;

use crate::faults::{can_trace, copy, faulty};
use crate::printer::{Emulator, Script, nowhere};
use crate::shop::{ADA, OWNER, Shop, words};

/// What a cook sees of one ticket.
#[derive(Debug, PartialEq, Eq)]
struct Paper {
    /// How often the dish stands there.
    whole: usize,
    /// How often it is headed as a possible duplicate.
    marked: usize,
}

struct Kitchen {
    shop: Shop,
    emulator: Emulator,
}

impl Kitchen {
    /// A ticket that waits for its printer, of which copies are made.
    fn new() -> Self {
        let address = nowhere();
        let shop = Shop::new();
        shop.configure("printers.toml", |_| {
            format!(
                "[[printer]]\nname = \"grill\"\nport = \"tcp:{address}\"\nprofile = \"epson-tm-t88\"\n\
                 stations = [\"kitchen\"]\nreceipts_for = []\nfailover = \"none\"\n"
            )
        });
        shop.rings(OWNER, ":open-shift 0\n");
        shop.rings(ADA, "2*47\n:send\n");
        copy(&shop.data(), &shop.beside("as-it-was"));
        let (emulator, _) = Emulator::tcp(Script::default());
        emulator.listen(TcpListener::bind(address).unwrap());
        Self { shop, emulator }
    }

    /// Kills the spooler of a fresh copy at a call, and lets another one go on. Says what came out, and whether it was
    /// killed at all.
    fn killed(&self, call: &str, number: u32) -> (Paper, bool) {
        std::fs::remove_dir_all(self.shop.data()).unwrap();
        copy(&self.shop.beside("as-it-was"), &self.shop.data());
        let before = self.emulator.paper().lines.len();
        let spooler = self.shop.command(&["spool", "run", "--until-empty"]);
        let first = faulty(&spooler, call, &format!("signal=KILL:when={number}")).output().unwrap();
        let killed = !first.status.success();
        if killed {
            let next = self.shop.command(&["spool", "run", "--until-empty"]).output().unwrap();
            assert!(next.status.success(), "{call} {number}: {}", words(&next));
        }
        let lines = self.emulator.paper().text().split_off(before);
        let count = |what: &str| lines.iter().filter(|line| line.contains(what)).count();
        (Paper { whole: count("2 Porridge"), marked: count("POSSIBLE DUPLICATE") }, killed)
    }
}

#[test]
fn killed_at_each_write_of_a_ticket_it_comes_out_once_or_marked() {
    if !can_trace() {
        return;
    }
    let kitchen = Kitchen::new();
    let (mut kills, mut again) = (0, 0);
    for call in ["connect", "sendto", "pwrite64", "fdatasync"] {
        for number in 1.. {
            let (paper, killed) = kitchen.killed(call, number);
            let when = format!("killed at {call} {number}: {paper:?}");
            if !killed {
                assert_eq!(paper, Paper { whole: 1, marked: 0 }, "{when}");
                break;
            }
            kills += 1;
            assert!(paper.whole >= 1, "the ticket is lost, {when}");
            assert!(paper.whole <= 1 + paper.marked, "the ticket is there twice and unmarked, {when}");
            again += usize::from(paper.whole > 1);
            kitchen.shop.verifies();
        }
    }
    println!("{kills} kills, {again} with a marked second ticket");
    assert!(kills > 20 && again > 0);
}
