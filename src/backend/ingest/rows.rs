//! A bundle's entries as rows: orders, lines, payments, what happened to the drawer, sums by day.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use deadpool_postgres::Transaction;
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::super::auth::Terminal;
use super::super::db::{all, run};
use super::super::failure::Result;
use super::columns::{Column, Row, insert, table};
use crate::domain::day_sum::{By, DaySum, of_refund, of_sale, of_tip};
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::ShiftId;
use crate::domain::money::Money;
use crate::domain::sale::{LineTotals, Sale};
use crate::domain::shift::Z;
use crate::domain::time::Stamp;
use crate::wire::bundle::Head;

table! {
    OrderRow "orders" {
        tenant_id: Uuid => "uuid",
        business_date: NaiveDate => "date",
        sale_id: Uuid => "uuid",
        bundle_id: Uuid => "uuid",
        store_id: Uuid => "uuid",
        box_id: Uuid => "uuid",
        register: i32 => "integer",
        shift_id: Uuid => "uuid",
        receipt: i64 => "bigint",
        completed: DateTime<Utc> => "timestamptz",
        staff_id: Uuid => "uuid",
        order_type: String => "text",
        covers: Option<i32> => "integer",
        currency: String => "text",
        gross: Money => "bigint",
        discount: Money => "bigint",
        net: Money => "bigint",
        tax: Money => "bigint",
        total: Money => "bigint",
        rounding: Money => "bigint",
        tips: Money => "bigint",
        training: bool => "boolean",
        imported: bool => "boolean",
        document: Json<Box<Sale>> => "jsonb",
    }
}

table! {
    LineRow "order_lines" {
        tenant_id: Uuid => "uuid",
        business_date: NaiveDate => "date",
        sale_id: Uuid => "uuid",
        line: i32 => "integer",
        item: String => "text",
        name: String => "text",
        category: String => "text",
        quantity_thousandths: i64 => "bigint",
        gross: Money => "bigint",
        discount: Money => "bigint",
        net: Money => "bigint",
        tax: Money => "bigint",
        total: Money => "bigint",
        void: bool => "boolean",
    }
}

table! {
    PaymentRow "payments" {
        tenant_id: Uuid => "uuid",
        business_date: NaiveDate => "date",
        sale_id: Uuid => "uuid",
        place: i32 => "integer",
        tender: String => "text",
        amount: Money => "bigint",
        tendered: Money => "bigint",
        change: Money => "bigint",
        tip: Money => "bigint",
    }
}

table! {
    DrawerRow "drawer_events" {
        tenant_id: Uuid => "uuid",
        business_date: NaiveDate => "date",
        box_id: Uuid => "uuid",
        register: i32 => "integer",
        entry: i64 => "bigint",
        place: i32 => "integer",
        bundle_id: Uuid => "uuid",
        shift_id: Option<Uuid> => "uuid",
        kind: &'static str => "text",
        tender: String => "text",
        amount: Money => "bigint",
        expected: Option<Money> => "bigint",
        reason: String => "text",
        staff_id: Option<Uuid> => "uuid",
        at: DateTime<Utc> => "timestamptz",
    }
}

table! {
    SumRow "day_sums" {
        tenant_id: Uuid => "uuid",
        business_date: NaiveDate => "date",
        store_id: Uuid => "uuid",
        box_id: Uuid => "uuid",
        register: i32 => "integer",
        kind: &'static str => "text",
        key: String => "text",
        name: String => "text",
        count: i64 => "bigint",
        quantity_thousandths: i64 => "bigint",
        gross: Money => "bigint",
        discount: Money => "bigint",
        net: Money => "bigint",
        tax: Money => "bigint",
        total: Money => "bigint",
        tips: Money => "bigint",
    }
}

/// An entry, with its number.
type Journalled<'a> = (u64, &'a Recorded);

table! {
    /// Something that was added to a closed shift, as it was journalled.
    CorrectionRow "corrections" {
        tenant_id: Uuid => "uuid",
        box_id: Uuid => "uuid",
        register: i32 => "integer",
        entry: i64 => "bigint",
        business_date: NaiveDate => "date",
        shift_id: Option<Uuid> => "uuid",
        bundle_id: Uuid => "uuid",
        posted: NaiveDate => "date",
        staff_id: Option<Uuid> => "uuid",
        at: DateTime<Utc> => "timestamptz",
        event: Json<Event> => "jsonb",
    }
}

/// The rows of a bundle that are not written yet, and its sums.
pub(super) struct Rows {
    tenant: Uuid,
    store: Uuid,
    bundle: Uuid,
    /// The shift that the whole bundle corrects.
    corrects: Option<ShiftId>,
    box_id: Uuid,
    register: i32,
    orders: Vec<OrderRow>,
    lines: Vec<LineRow>,
    payments: Vec<PaymentRow>,
    drawer: Vec<DrawerRow>,
    corrections: Vec<CorrectionRow>,
    sums: BTreeMap<(NaiveDate, By, String), DaySum>,
    months: BTreeSet<String>,
    written: usize,
}

/// A number as PostgreSQL keeps it.
fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn time(stamp: Stamp) -> DateTime<Utc> {
    Utc.timestamp_millis_opt(stamp.utc_ms).single().unwrap_or_default()
}

impl Rows {
    pub(super) fn new(terminal: &Terminal, head: &Head) -> Self {
        Self {
            tenant: terminal.tenant,
            store: terminal.store,
            bundle: head.id,
            corrects: head.corrects,
            box_id: head.box_id.0,
            register: head.register.0.into(),
            orders: Vec::new(),
            lines: Vec::new(),
            payments: Vec::new(),
            drawer: Vec::new(),
            corrections: Vec::new(),
            sums: BTreeMap::new(),
            months: BTreeSet::new(),
            written: 0,
        }
    }

    /// Makes the rows of one entry.
    pub(super) fn entry(&mut self, seq: u64, recorded: Recorded) {
        let entry = (seq, &recorded);
        if let Some(date) = recorded.late() {
            self.correction(entry, date);
        }
        match &recorded.event {
            Event::TipAdjusted { change } if !change.training => self.add(of_tip(change)),
            Event::Refunded { refund, .. } if !refund.training => self.add(of_refund(refund)),
            Event::ShiftOpened { shift } => {
                let row = self.drawer_row(entry, "float", shift.float);
                self.drawer.push(row);
            }
            Event::CashMoved { cash, there } => {
                let kind = match cash.kind {
                    crate::domain::shift::CashKind::PaidIn => "paid-in",
                    crate::domain::shift::CashKind::PaidOut => "paid-out",
                    crate::domain::shift::CashKind::Drop => "drop",
                    crate::domain::shift::CashKind::TipOut => "tip-out",
                    crate::domain::shift::CashKind::Lent => "lent",
                    crate::domain::shift::CashKind::Borrowed => "borrowed",
                };
                let mut row = self.drawer_row(entry, kind, cash.effect());
                row.reason.clone_from(&cash.reason);
                // Another drawer of the box: the entry stays this register's, the move is of that shift.
                row.shift_id = there.map_or(row.shift_id, |(_, shift)| Some(shift.0));
                self.drawer.push(row);
            }
            Event::MoneyReceived { received } => {
                let mut row = self.drawer_row(entry, "received", received.payment.amount);
                row.tender.clone_from(&received.payment.tender);
                row.reason.clone_from(&received.name);
                self.drawer.push(row);
            }
            Event::NoSale { reason } => {
                let mut row = self.drawer_row(entry, "no-sale", Money::ZERO);
                row.reason.clone_from(reason);
                self.drawer.push(row);
            }
            Event::ShiftClosed { z } => self.counts(entry, z),
            // The bundle keeps everything; these have no row of their own.
            _ => {}
        }
        if let Event::SaleCompleted { sale, .. } = recorded.event {
            self.sale(sale);
        }
    }

    fn drawer_row(&mut self, (seq, recorded): Journalled<'_>, kind: &'static str, amount: Money) -> DrawerRow {
        let Recorded { at, business_date, shift, staff, .. } = recorded;
        self.months.insert(business_date.format("%Y-%m-01").to_string());
        DrawerRow {
            tenant_id: self.tenant,
            business_date: *business_date,
            box_id: self.box_id,
            register: self.register,
            entry: number(seq),
            place: 0,
            bundle_id: self.bundle,
            shift_id: shift.map(|s| s.0),
            kind,
            tender: String::new(),
            amount,
            expected: None,
            reason: String::new(),
            staff_id: staff.map(|s| s.0),
            at: time(*at),
        }
    }

    fn correction(&mut self, (seq, recorded): Journalled<'_>, date: NaiveDate) {
        self.corrections.push(CorrectionRow {
            tenant_id: self.tenant,
            box_id: self.box_id,
            register: self.register,
            entry: number(seq),
            business_date: date,
            shift_id: self.corrects.map(|shift| shift.0),
            bundle_id: self.bundle,
            posted: recorded.business_date,
            staff_id: recorded.staff.map(|s| s.0),
            at: time(recorded.at),
            event: Json(recorded.event.clone()),
        });
    }

    fn counts(&mut self, entry: Journalled<'_>, z: &Z) {
        for (place, count) in (0..).zip(&z.counts) {
            let mut row = self.drawer_row(entry, "count", count.counted);
            row.place = place;
            row.tender.clone_from(&count.tender);
            row.expected = Some(count.expected);
            row.reason.clone_from(&z.comment);
            self.drawer.push(row);
        }
    }

    fn add(&mut self, sums: Vec<DaySum>) {
        for sum in sums {
            match self.sums.entry((sum.date, sum.by, sum.key.clone())) {
                Entry::Occupied(mut there) => there.get_mut().add(&sum),
                Entry::Vacant(free) => {
                    free.insert(sum);
                }
            }
        }
    }

    fn sale(&mut self, sale: Box<Sale>) {
        let (tenant_id, business_date, sale_id) = (self.tenant, sale.business_date, sale.id.0);
        self.months.insert(business_date.format("%Y-%m-01").to_string());
        let nothing = LineTotals::default();
        for (place, line) in sale.lines.iter().enumerate() {
            let totals = sale.totals.lines.get(place).unwrap_or(&nothing);
            self.lines.push(LineRow {
                tenant_id,
                business_date,
                sale_id,
                line: i32::try_from(line.id.0).unwrap_or(i32::MAX),
                item: line.item.clone(),
                name: line.name.clone(),
                category: line.category.clone(),
                quantity_thousandths: line.quantity.thousandths(),
                gross: totals.gross,
                discount: totals.discount + totals.order_discount,
                net: totals.net,
                tax: totals.taxes.iter().sum(),
                total: totals.total,
                void: !line.is_live(),
            });
        }
        for (place, payment) in (1..).zip(&sale.payments) {
            self.payments.push(PaymentRow {
                tenant_id,
                business_date,
                sale_id,
                place,
                tender: payment.tender.clone(),
                amount: payment.amount,
                tendered: payment.tendered,
                change: payment.change,
                tip: payment.tip,
            });
        }
        if !sale.training {
            self.add(of_sale(&sale));
        }
        self.orders.push(OrderRow {
            tenant_id,
            business_date,
            sale_id,
            bundle_id: self.bundle,
            store_id: self.store,
            box_id: self.box_id,
            register: self.register,
            shift_id: sale.shift.0,
            receipt: number(sale.receipt),
            completed: time(sale.completed),
            staff_id: sale.staff.0,
            order_type: sale.order_type.clone(),
            covers: sale.covers.map(i32::from),
            currency: sale.currency.code().to_owned(),
            gross: sale.totals.gross,
            discount: sale.totals.discount,
            net: sale.totals.net,
            tax: sale.totals.taxes.iter().map(|t| t.amount).sum(),
            total: sale.totals.total,
            rounding: sale.rounding,
            tips: sale.tips,
            training: sale.training,
            imported: sale.imported,
            document: Json(sale),
        });
    }

    /// Writes what there is so far.
    ///
    /// # Errors
    /// When the database refuses it.
    pub(super) async fn write(&mut self, tx: &Transaction<'_>) -> Result<()> {
        for month in take(&mut self.months) {
            run(tx, "SELECT make_month($1::text::date)", &[&month]).await?;
        }
        self.written += self.orders.len();
        let (orders, lines, payments) = (take(&mut self.orders), take(&mut self.lines), take(&mut self.payments));
        let (drawer, corrections) = (take(&mut self.drawer), take(&mut self.corrections));
        all(tokio::join!(
            insert(tx, orders, ""),
            insert(tx, lines, ""),
            insert(tx, payments, ""),
            insert(tx, drawer, ""),
            insert(tx, corrections, ""),
        )
        .into())
    }

    /// Writes the sums. Says how many orders there were.
    ///
    /// # Errors
    /// When the database refuses it.
    pub(super) async fn finish(mut self, tx: &Transaction<'_>) -> Result<usize> {
        self.write(tx).await?;
        let row = |sum: DaySum| SumRow {
            tenant_id: self.tenant,
            business_date: sum.date,
            store_id: self.store,
            box_id: self.box_id,
            register: self.register,
            kind: sum.by.word(),
            key: sum.key,
            name: sum.name,
            count: sum.count,
            quantity_thousandths: sum.quantity.thousandths(),
            gross: sum.gross,
            discount: sum.discount,
            net: sum.net,
            tax: sum.tax,
            total: sum.total,
            tips: sum.tips,
        };
        let sums: Vec<SumRow> = take(&mut self.sums).into_values().map(row).collect();
        let add = "ON CONFLICT (tenant_id, kind, business_date, store_id, box_id, register, key) DO UPDATE SET \
                   name = excluded.name, count = day_sums.count + excluded.count, \
                   quantity_thousandths = day_sums.quantity_thousandths + excluded.quantity_thousandths, \
                   gross = day_sums.gross + excluded.gross, discount = day_sums.discount + excluded.discount, \
                   net = day_sums.net + excluded.net, tax = day_sums.tax + excluded.tax, \
                   total = day_sums.total + excluded.total, tips = day_sums.tips + excluded.tips";
        insert(tx, sums, add).await?;
        Ok(self.written)
    }
}
