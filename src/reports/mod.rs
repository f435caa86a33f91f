//! Reports: what the store sums and lists → a table; one file each, one list of all, and the ways to
//! write a table down. Pure.

pub mod accounts;
mod acts;
mod cash;
mod categories;
mod comps;
mod days;
mod departments;
mod deposits;
mod discounts;
mod drawers;
mod exceptions;
mod goods;
mod hours;
mod house_accounts;
mod items;
mod kitchen;
mod mix;
mod open_orders;
mod order_types;
mod overrides;
pub mod period;
mod points;
mod registers;
mod servers;
mod shifts;
mod speed;
mod staff;
mod stock;
mod sums;
pub mod table;
mod tables;
mod taxes;
mod tenders;
mod tips;
mod voids;
mod vouchers;
mod weekdays;
mod work_hours;

use std::collections::BTreeMap;

use crate::domain::act::Act;
use crate::domain::board::Served;
use crate::domain::customer::Account;
use crate::domain::day_sum::{By, DaySum};
use crate::domain::ids::{RegisterId, StaffId};
use crate::domain::order::Order;
use crate::domain::quantity::Quantity;
use crate::domain::settings::Settings;
use crate::domain::shift::{Shift, Z};
use crate::domain::span::Span;
use crate::domain::stock::StockKind;
use crate::domain::time::Stamp;
use crate::domain::voucher::Voucher;
use crate::domain::work::Work;
use crate::reports::table::Table;

/// What a report is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Sums of sales.
    Sums(By),
    /// Acts that cost money or trust.
    Acts,
    /// Shifts, with the Zs of closed ones.
    Shifts,
    /// Time at work, from the beginning of the first day's week on.
    Work,
    /// Orders that are open now.
    Orders,
    /// Items that are sold out or counted now.
    Stock,
    /// Every register's drawer, as it stands now.
    Drawers,
    /// How long stations took for their tickets.
    Served,
    /// Goods in stock now, and what happened to them.
    Goods,
    /// Vouchers as they stand now.
    Vouchers,
    /// House accounts as they stand now.
    Accounts,
    /// Points of customers as they stand now.
    Points,
}

/// What was found: only what the report is [`Of`] is filled.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Sums of sales.
    pub sums: Vec<DaySum>,
    /// Acts, in the order in which they were recorded.
    pub acts: Vec<Act>,
    /// Shifts, oldest first, each with its register and, once it is closed, its Z.
    pub shifts: Vec<(RegisterId, Shift, Option<Box<Z>>)>,
    /// Time at work, oldest first.
    pub work: Vec<Work>,
    /// Open orders.
    pub orders: Vec<Order>,
    /// Item code, name, and what is left; none when sold out.
    pub stock: Vec<(String, String, Option<Quantity>)>,
    /// Every register with its open shift and who is at its till.
    pub drawers: Vec<(RegisterId, Option<Shift>, Option<StaffId>)>,
    /// How long stations took for their tickets.
    pub served: Vec<Served>,
    /// How much there is of each good, by the books.
    pub goods: BTreeMap<String, Quantity>,
    /// What happened to goods.
    pub stock_moves: Vec<(String, StockKind, Quantity)>,
    /// Vouchers, by code.
    pub vouchers: Vec<Voucher>,
    /// House accounts, each with what its owner is called.
    pub accounts: Vec<(String, Account)>,
    /// Points of customers: what they are called, the scheme's code, how many.
    pub points: Vec<(String, String, i64)>,
    /// Everybody's name.
    pub names: BTreeMap<StaffId, String>,
    /// Everybody's role, by its code.
    pub roles: BTreeMap<StaffId, String>,
}

/// What a report is asked about.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// Which days, and of what.
    pub span: Span,
    /// The time.
    pub now: Stamp,
    /// What was found there.
    pub facts: &'a Facts,
    /// The settings.
    pub settings: &'a Settings,
}

impl Question<'_> {
    /// Somebody's name.
    fn name(&self, staff: Option<StaffId>) -> String {
        staff.map_or_else(|| "–".to_owned(), |id| self.facts.names.get(&id).cloned().unwrap_or_else(|| "–".to_owned()))
    }

    /// The sums of one kind.
    fn sums(&self, by: By) -> impl Iterator<Item = &DaySum> {
        self.facts.sums.iter().filter(move |sum| sum.by == by)
    }
}

/// A report.
pub struct Report {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it tells, in a sentence.
    pub about: &'static str,
    /// What it is made of.
    pub of: &'static [Of],
    /// How it is made.
    pub make: fn(&Question) -> Table,
}

impl Report {
    /// Whether it tells how things stand now, whatever days are asked about.
    pub fn is_of_now(&self) -> bool {
        let of_now = |of| matches!(of, Of::Orders | Of::Stock | Of::Drawers | Of::Vouchers | Of::Accounts | Of::Points);
        self.of.iter().copied().all(of_now)
    }
}

/// All reports.
pub const REPORTS: &[Report] = &[
    days::REPORT,
    weekdays::REPORT,
    hours::REPORT,
    items::REPORT,
    mix::REPORT,
    categories::REPORT,
    departments::REPORT,
    staff::REPORT,
    servers::REPORT,
    registers::REPORT,
    order_types::REPORT,
    tables::REPORT,
    speed::REPORT,
    kitchen::REPORT,
    tenders::REPORT,
    taxes::REPORT,
    tips::REPORT,
    work_hours::REPORT,
    discounts::REPORT,
    comps::REPORT,
    voids::REPORT,
    overrides::REPORT,
    exceptions::REPORT,
    cash::REPORT,
    shifts::REPORT,
    drawers::REPORT,
    open_orders::REPORT,
    deposits::REPORT,
    stock::REPORT,
    goods::REPORT,
    vouchers::REPORT,
    points::REPORT,
    house_accounts::REPORT,
];

/// The report with this name.
pub fn find(name: &str) -> Option<&'static Report> {
    REPORTS.iter().find(|r| r.name == name)
}
