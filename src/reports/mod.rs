//! Reports: sums of days → a table; one list of all, and the ways to write a table down. Pure.

mod sales;
pub mod table;

use chrono::NaiveDate;

use crate::domain::day_sum::{By, DaySum};
use crate::domain::settings::Settings;
use crate::reports::table::Table;

/// What a report is asked about.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The first business date.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
    /// The sums of those days, of one kind.
    pub sums: &'a [DaySum],
    /// The settings.
    pub settings: &'a Settings,
}

/// A report.
pub struct Report {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it tells, in a sentence.
    pub about: &'static str,
    /// Which sums it is made of.
    pub by: By,
    /// How it is made.
    pub make: fn(&Question) -> Table,
}

/// All reports.
pub const REPORTS: &[Report] = &[
    Report { name: "days", about: "Sales by business date", by: By::Day, make: sales::days },
    Report { name: "weekdays", about: "Sales by day of the week", by: By::Day, make: sales::weekdays },
    Report { name: "hours", about: "Sales by hour of the day", by: By::Hour, make: sales::hours },
    Report {
        name: "items",
        about: "Sales by item, with margin where the cost is known",
        by: By::Item,
        make: sales::items,
    },
    Report { name: "categories", about: "Sales by category", by: By::Category, make: sales::categories },
    Report { name: "staff", about: "Sales by who settled them", by: By::Staff, make: sales::staff },
    Report { name: "order-types", about: "Sales by order type", by: By::OrderType, make: sales::order_types },
    Report { name: "tenders", about: "Payments by tender, with tips", by: By::Tender, make: sales::tenders },
    Report { name: "taxes", about: "Taxes by rate", by: By::Tax, make: sales::taxes },
];

/// The report with this name.
pub fn find(name: &str) -> Option<&'static Report> {
    REPORTS.iter().find(|r| r.name == name)
}
