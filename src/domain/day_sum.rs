//! What sales come to by day and by one thing or another: item, hour, tender. Summed as each sale is
//! settled, so that a month of reports is a short query.

use chrono::{NaiveDate, Timelike};
use serde::{Deserialize, Serialize};

use crate::domain::ids::RegisterId;
use crate::domain::money::Money;
use crate::domain::quantity::Quantity;
use crate::domain::refund::Refund;
use crate::domain::sale::{LineTotals, Sale};
use crate::domain::tip::TipChange;

/// By what sales are summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// All sales of the day.
    Day,
    /// By item: `quantity` pieces or kilograms. What its components bear wholly is no part of it, nor of categories
    /// and departments: they count by themselves.
    Item,
    /// By item of which components bear all: menus, combos, halves. How often it was sold, and `quantity`.
    Menu,
    /// By category.
    Category,
    /// By the department of the category, as it was when the line was rung.
    Department,
    /// By the hour on the wall in which a sale was settled.
    Hour,
    /// By who settled it.
    Staff,
    /// By whose order it was.
    Server,
    /// By table, of those that were sold at one.
    Table,
    /// By order type.
    OrderType,
    /// By tender: `total` is what payments settled, `gross` what was handed over.
    Tender,
    /// By tax: `net` is what it was counted on.
    Tax,
    /// Refunds by their reason; `total` is less than nothing.
    Refund,
}

impl By {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Day,
        Self::Item,
        Self::Menu,
        Self::Category,
        Self::Department,
        Self::Hour,
        Self::Staff,
        Self::Server,
        Self::Table,
        Self::OrderType,
        Self::Tender,
        Self::Tax,
        Self::Refund,
    ];

    /// Its word in the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Item => "item",
            Self::Menu => "menu",
            Self::Category => "category",
            Self::Department => "department",
            Self::Hour => "hour",
            Self::Staff => "staff",
            Self::Server => "server",
            Self::Table => "table",
            Self::OrderType => "order-type",
            Self::Tender => "tender",
            Self::Tax => "tax",
            Self::Refund => "refund",
        }
    }
}

/// One sum of one day on one register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaySum {
    /// The business date.
    pub date: NaiveDate,
    /// The register.
    pub register: RegisterId,
    /// By what.
    pub by: By,
    /// The code, hour or id it is about.
    pub key: String,
    /// Its name when it was last sold.
    pub name: String,
    /// How many sales, or payments.
    pub count: i64,
    /// How much was sold.
    pub quantity: Quantity,
    /// Before discounts.
    pub gross: Money,
    /// All discounts.
    pub discount: Money,
    /// Without taxes.
    pub net: Money,
    /// Taxes.
    pub tax: Money,
    /// What was paid for it.
    pub total: Money,
    /// Tips.
    pub tips: Money,
    /// What it cost the house, where that is known.
    pub cost: Money,
    /// The part of `net` whose cost is known.
    pub net_with_cost: Money,
    /// Guests, where they were counted.
    pub covers: i64,
    /// How long the orders were open in all, in milliseconds.
    pub open_ms: i64,
}

impl DaySum {
    fn of(sale: &Sale, by: By, key: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            date: sale.business_date,
            register: sale.register,
            by,
            key: key.into(),
            name: name.into(),
            count: 1,
            ..Self::nothing()
        }
    }

    fn nothing() -> Self {
        Self {
            date: NaiveDate::default(),
            register: RegisterId::OFFICE,
            by: By::Day,
            key: String::new(),
            name: String::new(),
            count: 0,
            quantity: Quantity::ZERO,
            gross: Money::ZERO,
            discount: Money::ZERO,
            net: Money::ZERO,
            tax: Money::ZERO,
            total: Money::ZERO,
            tips: Money::ZERO,
            cost: Money::ZERO,
            net_with_cost: Money::ZERO,
            covers: 0,
            open_ms: 0,
        }
    }

    /// The other way round: given back.
    fn turned(self) -> Self {
        Self {
            quantity: -self.quantity,
            gross: -self.gross,
            discount: -self.discount,
            net: -self.net,
            tax: -self.tax,
            total: -self.total,
            cost: -self.cost,
            net_with_cost: -self.net_with_cost,
            ..self
        }
    }

    fn whole(mut self, sale: &Sale) -> Self {
        self.gross = sale.totals.gross;
        self.discount = sale.totals.discount;
        self.net = sale.totals.net;
        self.tax = sale.totals.taxes.iter().map(|t| t.amount).sum();
        self.total = sale.totals.total;
        self.tips = sale.tips;
        self.covers = sale.covers.unwrap_or(0).into();
        // A clock that went back took no time.
        self.open_ms = sale.completed.since_ms(sale.opened).max(0);
        self
    }

    fn part(mut self, line: &crate::domain::order::Line, totals: &LineTotals) -> Self {
        self.quantity = line.quantity;
        self.gross = totals.gross;
        self.discount = totals.discount + totals.order_discount;
        self.net = totals.net;
        self.tax = totals.taxes.iter().sum();
        self.total = totals.total;
        if let Some(cost) = line.cost {
            self.cost = line.quantity.times(cost);
            self.net_with_cost = totals.net;
        }
        self
    }

    /// Adds another sum of the same thing.
    pub fn add(&mut self, other: &Self) {
        self.name.clone_from(&other.name);
        self.count += other.count;
        self.quantity = self.quantity + other.quantity;
        self.gross += other.gross;
        self.discount += other.discount;
        self.net += other.net;
        self.tax += other.tax;
        self.total += other.total;
        self.tips += other.tips;
        self.cost += other.cost;
        self.net_with_cost += other.net_with_cost;
        self.covers += other.covers;
        self.open_ms += other.open_ms;
    }
}

/// What a refund takes off the sums of its day; how many refunds there were is told by reason.
pub fn of_refund(refund: &Refund) -> Vec<DaySum> {
    let start = |by, key: &str, name: &str| DaySum {
        date: refund.business_date,
        register: refund.register,
        by,
        key: key.to_owned(),
        name: name.to_owned(),
        ..DaySum::nothing()
    };
    let hour = format!("{:02}", refund.at.local().hour());
    let totals = &refund.totals;
    let whole = |mut sum: DaySum| {
        sum.gross = -totals.gross;
        sum.discount = -totals.discount;
        sum.tax = -totals.taxes.iter().map(|t| t.amount).sum::<Money>();
        (sum.net, sum.total) = (-totals.net, -totals.total);
        sum
    };
    let mut sums = vec![
        whole(start(By::Day, "", "")),
        whole(start(By::Hour, &hour, &hour)),
        whole(start(By::Staff, &refund.staff.to_string(), &refund.staff_name)),
        whole(start(By::OrderType, &refund.order_type, &refund.order_type)),
    ];
    sums.push(DaySum { count: 1, ..whole(start(By::Refund, &refund.reason, &refund.reason)) });
    for (line, part) in refund.lines.iter().zip(&totals.lines) {
        if line.bears_nothing() {
            add_to(&mut sums, DaySum { quantity: -line.quantity, ..start(By::Menu, &line.item, &line.name) });
            continue;
        }
        for (by, key, name) in [(By::Item, &line.item, &line.name), (By::Category, &line.category, &line.category)] {
            add_to(&mut sums, start(by, key, name).part(line, part).turned());
        }
    }
    for payment in &refund.payments {
        let mut sum = start(By::Tender, &payment.tender, &payment.name);
        (sum.gross, sum.total) = (-payment.amount, -payment.amount);
        add_to(&mut sums, sum);
    }
    for tax in &totals.taxes {
        let mut sum = start(By::Tax, &tax.code, &tax.name);
        (sum.net, sum.tax, sum.total) = (-tax.base, -tax.amount, -(tax.base + tax.amount));
        add_to(&mut sums, sum);
    }
    sums
}

/// What a tip that was changed afterwards adds to the sums of its sale's day.
pub fn of_tip(change: &TipChange) -> Vec<DaySum> {
    let sum = |by, key: &str, name: &str| DaySum {
        date: change.business_date,
        register: change.register,
        by,
        key: key.to_owned(),
        name: name.to_owned(),
        tips: change.more(),
        ..DaySum::nothing()
    };
    let hour = format!("{:02}", change.completed.local().hour());
    let mut sums = vec![
        sum(By::Day, "", ""),
        sum(By::Hour, &hour, &hour),
        sum(By::Staff, &change.staff.to_string(), &change.staff_name),
        sum(By::Server, &change.server.to_string(), ""),
        sum(By::OrderType, &change.order_type, &change.order_type),
        DaySum { gross: change.more(), ..sum(By::Tender, &change.tender, &change.name) },
    ];
    sums.extend(change.table.iter().map(|table| sum(By::Table, table, table)));
    sums
}

/// What a sale adds to the sums of its day. Each key stands once for each kind of sum.
pub fn of_sale(sale: &Sale) -> Vec<DaySum> {
    let hour = format!("{:02}", sale.completed.local().hour());
    let mut sums = vec![
        DaySum::of(sale, By::Day, "", "").whole(sale),
        DaySum::of(sale, By::Hour, &hour, &hour).whole(sale),
        DaySum::of(sale, By::Staff, sale.staff.to_string(), &sale.staff_name).whole(sale),
        DaySum::of(sale, By::Server, sale.server.to_string(), "").whole(sale),
        DaySum::of(sale, By::OrderType, &sale.order_type, &sale.order_type).whole(sale),
    ];
    if let Some(table) = &sale.table {
        sums.push(DaySum::of(sale, By::Table, table, table).whole(sale));
    }
    for (line, totals) in sale.lines.iter().zip(&sale.totals.lines).filter(|(l, _)| l.is_live()) {
        if line.bears_nothing() {
            let sum = DaySum::of(sale, By::Menu, &line.item, &line.name);
            add_to(&mut sums, DaySum { quantity: line.quantity, ..sum });
            continue;
        }
        add_to(&mut sums, DaySum::of(sale, By::Item, &line.item, &line.name).part(line, totals));
        add_to(&mut sums, DaySum::of(sale, By::Category, &line.category, &line.category).part(line, totals));
        let department = line.department.as_deref().unwrap_or_default();
        add_to(&mut sums, DaySum::of(sale, By::Department, department, department).part(line, totals));
    }
    for payment in &sale.payments {
        let mut sum = DaySum::of(sale, By::Tender, &payment.tender, &payment.name);
        (sum.gross, sum.total, sum.tips) = (payment.tendered, payment.amount, payment.tip);
        add_to(&mut sums, sum);
    }
    for tax in &sale.totals.taxes {
        let mut sum = DaySum::of(sale, By::Tax, &tax.code, &tax.name);
        (sum.net, sum.tax, sum.total) = (tax.base, tax.amount, tax.base + tax.amount);
        add_to(&mut sums, sum);
    }
    sums
}

fn add_to(sums: &mut Vec<DaySum>, sum: DaySum) {
    match sums.iter_mut().find(|s| s.by == sum.by && s.key == sum.key) {
        Some(there) => {
            there.add(&sum);
            // One sale, however many of its lines are of the kind; payments are counted each.
            if sum.by != By::Tender {
                there.count -= sum.count;
            }
        }
        None => sums.push(sum),
    }
}
