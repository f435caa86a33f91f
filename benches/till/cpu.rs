//! What the pure rooms cost, without a terminal and without a disk; and a commit on long orders.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use counterflow::domain::command::Command;
use counterflow::domain::search::Index;
use counterflow::domain::till::Ctx;
use counterflow::domain::totals;
use counterflow::session::clock::{Clock, Ids, SystemClock};
use counterflow::session::{PROGRAM, config_folder, read_config};
use counterflow::store::Store;
use counterflow::tui::{self, Colours, Glyphs, Look};
use counterflow::ui::key::Key;
use counterflow::ui::state::Ui;
use counterflow::ui::{Input, update, view};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::figures::{Times, head};
use crate::shop::{Seller, Shop, ring, seller};
use crate::terminal::{COLUMNS, ROWS};

const TIMES: usize = 300;
const COLD: usize = 60;
/// More than fits into the caches of a cheap machine.
const OTHER_BYTES: usize = 32 << 20;

/// Measures on the till of a store.
pub fn measure(shop: &Shop) -> Result<()> {
    let store = Store::open(&shop.dir, PROGRAM)?;
    let now = SystemClock.now();
    let mut seller = seller(&shop.dir, &store, now)?;
    let catalogue = std::sync::Arc::clone(&seller.till.catalogue);
    let index = Index::new(&catalogue);
    head("a start");
    Times::of(10, || drop(black_box(store.load_menu()))).row("load the menu", None);
    Times::of(10, || drop(black_box(Index::new(&catalogue)))).row("index the menu", None);
    let (settings, register) = (std::sync::Arc::clone(&seller.till.settings), seller.till.register);
    let load = || drop(black_box(store.load_till(register, settings.clone(), catalogue.clone())));
    Times::of(100, load).row("load the till", None);
    Times::of(100, || drop(black_box(store.last_time()))).row("the time of the last entry", None);
    Times::of(20, || drop(black_box(Store::open(&shop.dir, PROGRAM)))).row("open the store", None);
    let (_, _, setup) = read_config(&config_folder(&shop.dir))?;
    let folder = config_folder(&shop.dir);
    Times::of(100, || drop(black_box(read_config(&folder)))).row("read the configuration", None);
    let mut ui = Ui::new(setup, index, now);
    let mut lines = 0;
    for length in [5, 50, 200] {
        while lines < length {
            seller.ring(lines % shop.items)?;
            lines += 1;
        }
        pure(&seller, &mut ui, length)?;
    }
    Ok(())
}

/// Measures an act again and again; and as somebody at the keys meets it, after a pause, with other things in the
/// processor's caches.
fn both(what: &str, mut act: impl FnMut()) {
    Times::of(TIMES, &mut act).row(what, None);
    let mut other = vec![1_u8; OTHER_BYTES];
    let mut cold = Times::default();
    for _ in 0..COLD {
        other.iter_mut().step_by(64).for_each(|byte| *byte = byte.wrapping_add(1));
        black_box(&other);
        std::thread::sleep(Duration::from_millis(20));
        let began = Instant::now();
        act();
        cold.push(began.elapsed());
    }
    cold.row(&format!("{what}, after a pause"), None);
}

fn pure(seller: &Seller, ui: &mut Ui, length: usize) -> Result<()> {
    let (till, now) = (&seller.till, seller.now);
    head(&format!("an order of {length} lines"));
    let order = till.current().context("no order")?;
    both("totals", || drop(black_box(totals::of(order, &till.settings))));
    let command = Command::Ring(ring(length + 1));
    let mut ids = Ids;
    let decide = || drop(black_box(till.decide(&command, &mut Ctx { now, ids: &mut ids, approver: None })));
    both("decide", decide);
    both("update", || drop(black_box(update(ui, till, Input::Key(Key::Char('a')), now))));
    both("view", || drop(black_box(view(ui, till))));
    let screen = view(ui, till);
    let mut cells = Buffer::empty(Rect::new(0, 0, COLUMNS, ROWS));
    let look = Look { colours: Colours::Ansi16, glyphs: Glyphs::Box };
    let draw = || {
        cells.reset();
        black_box(tui::draw(&mut cells, &screen, &look));
    };
    both("draw", draw);
    both("write down what is typed", || drop(black_box(serde_json::to_vec(&ui.kept))));
    Times::of(TIMES, || drop(black_box(serde_json::to_string(order)))).row("write down the order", None);
    let text = serde_json::to_string(order)?;
    println!("{:<52}{:>10}", "the order's bytes", text.len());
    let read = || drop(black_box(serde_json::from_str::<counterflow::domain::order::Order>(&text)));
    Times::of(TIMES, read).row("read the order", None);
    Ok(())
}
