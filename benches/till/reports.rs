//! Reports over all those sales, and the till that sells next to them.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use chrono::{Months, NaiveDate};
use counterflow::domain::settings::Settings;
use counterflow::domain::span::Span;
use counterflow::reports::{REPORTS, Report};
use counterflow::session::clock::{Clock, SystemClock};
use counterflow::session::{config_folder, read_config, reporting};
use counterflow::store::{FILE_NAME, Reader};
use rusqlite::Connection;

use crate::figures::{Times, head};
use crate::shop::Shop;
use crate::terminal::Terminal;
use crate::{Keys, LINES, signed_in};

/// How often each report is made.
const TIMES: usize = 5;
/// Orders of the till, each with some lines.
const ORDERS: usize = 60;

/// Every report of the last whole month of sales; then a till without and with reports made beside it all the while.
pub fn measure(shop: &Shop) -> Result<()> {
    let (config, _, _) = read_config(&config_folder(&shop.dir))?;
    let span = last_month(shop)?;
    head(&format!("reports of {}", span.words()));
    for report in REPORTS {
        let mut failed = None;
        let times = Times::of(TIMES, || {
            failed = make(shop, report, span, &config.settings).err();
        });
        if let Some(error) = failed {
            return Err(error);
        }
        times.row(report.name, None);
    }
    let mut till = signed_in(shop)?;
    let alone = sold(&mut till)?;
    let stop = AtomicBool::new(false);
    let (beside, made) = std::thread::scope(|scope| {
        let making = scope.spawn(|| {
            let mut made = 0;
            for report in REPORTS.iter().cycle() {
                if stop.load(Ordering::Relaxed) || make(shop, report, span, &config.settings).is_err() {
                    break;
                }
                made += 1;
            }
            made
        });
        let beside = sold(&mut till);
        stop.store(true, Ordering::Relaxed);
        beside.map(|beside| (beside, making.join().unwrap_or(0)))
    })?;
    head(&format!("the till while {made} reports are made next to it"));
    for (what, alone, beside) in [("item key", &alone.item, &beside.item), ("cash key", &alone.cash, &beside.cash)] {
        alone.row(&format!("{what}, alone"), None);
        beside.row(&format!("{what}, beside reports"), Some(alone.median()));
    }
    on_screen(&mut till)?;
    till.end("\x18")
}

/// The month before the one of the last sale.
fn last_month(shop: &Shop) -> Result<Span> {
    let conn = Connection::open(shop.dir.join(FILE_NAME))?;
    let last: String = conn.query_row("SELECT max(business_date) FROM sales", [], |row| row.get(0))?;
    let last: NaiveDate = last.parse()?;
    let first = NaiveDate::parse_from_str(&last.format("%Y-%m-01").to_string(), "%Y-%m-%d")?;
    let from = first.checked_sub_months(Months::new(1)).context("no month before")?;
    let to = first.pred_opt().context("no day before")?;
    Ok(Span { from, to, register: None, shift: None })
}

fn make(shop: &Shop, report: &Report, span: Span, settings: &Settings) -> Result<()> {
    reporting::make(&Reader::open(&shop.dir)?, report, span, settings, SystemClock.now())?;
    Ok(())
}

/// Orders that are rung and paid in cash.
fn sold(till: &mut Terminal) -> Result<Keys> {
    let mut keys = Keys::default();
    for _ in 0..ORDERS {
        (0..LINES).try_for_each(|_| keys.item(till))?;
        keys.pay(till)?;
    }
    Ok(keys)
}

/// The same on the till's own screen: a year is asked for, and the keys go on before it is there.
fn on_screen(till: &mut Terminal) -> Result<()> {
    let shows = |screen: &vt100::Screen| {
        let text = screen.contents();
        text.contains("is being made") || text.contains("Exceptions,")
    };
    let (mut asked, mut left) = (Times::default(), Times::default());
    for _ in 0..TIMES {
        asked.push(till.press(":reports exceptions 2020 to today\r", shows)?.took);
        left.push(till.press("\x1b", |screen| !shows(screen))?.took);
    }
    asked.row("years of exceptions asked for on screen, told", None);
    left.row("and left by Esc", None);
    Ok(())
}
