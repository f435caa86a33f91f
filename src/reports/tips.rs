//! Tips: who was given them, who declared which in hand, what was paid out of the drawer; and, where all are shared, who
//! has how much of them, to the cent.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::act::ActKind;
use crate::domain::day_sum::{By, DaySum};
use crate::domain::ids::StaffId;
use crate::domain::money::Money;
use crate::domain::tip::{TipShare, shared};
use crate::domain::work::Work;
use crate::reports::sums::percent;
use crate::reports::table::{Cell, Column, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report = Report {
    name: "tips",
    about: "Tips by whose order it was, declared, shared, and paid out",
    of: &[Of::Sums(By::Server), Of::Acts, Of::Work],
    make,
};

/// One person's.
#[derive(Clone, Copy, Default)]
struct Tips {
    sales: i64,
    total: Money,
    taken: Money,
    declared: Money,
    worked_min: i64,
    share: Money,
}

impl Tips {
    fn add(&mut self, other: &Self) {
        self.sales += other.sales;
        self.total += other.total;
        self.taken += other.taken;
        self.declared += other.declared;
        self.worked_min += other.worked_min;
        self.share += other.share;
    }
}

fn make(question: &Question) -> Table {
    // Time at work is of no register and of no shift: only the tips of whole days can be shared by it.
    let span = &question.span;
    let whole_days = span.shift.is_none() && span.register.is_none();
    let share = if whole_days { question.settings.tips.share } else { TipShare::Kept };
    let work = || question.facts.work.iter().filter(move |w| whole_days && (span.from..=span.to).contains(&w.date));
    let mut people: BTreeMap<StaffId, Tips> = BTreeMap::new();
    for sum in question.sums(By::Server) {
        let tips = people.entry(server(sum)).or_default();
        tips.sales += sum.count;
        tips.total += sum.total;
        tips.taken += sum.tips;
    }
    for work in work().filter(|work| !work.tips.is_zero()) {
        people.entry(work.staff).or_default().declared += work.tips;
    }
    if share != TipShare::Kept {
        for (staff, worked_min, share) in shares(question, share, &work().collect::<Vec<_>>()) {
            people.entry(staff).or_default().add(&Tips { worked_min, share, ..Tips::default() });
        }
    }
    let mut rows: Vec<(String, Tips)> = people.into_iter().map(|(id, tips)| (question.name(Some(id)), tips)).collect();
    rows.sort_by(|(a_name, a), (b_name, b)| {
        let rank = |tips: &Tips| std::cmp::Reverse((tips.share, tips.taken + tips.declared, tips.total));
        rank(a).cmp(&rank(b)).then_with(|| a_name.cmp(b_name))
    });
    written(question, share != TipShare::Kept, &rows)
}

/// What each has of the tips of each day, what was declared in hand among them; and how long they were at work.
fn shares(question: &Question, share: TipShare, work: &[&Work]) -> Vec<(StaffId, i64, Money)> {
    let roles = &question.settings.tips.roles;
    let has_part = |staff: &StaffId| {
        let role = question.facts.roles.get(staff);
        roles.is_empty() || role.is_some_and(|role| roles.contains(role))
    };
    let served = question.sums(By::Server).filter(|sum| !sum.tips.is_zero());
    let served: Vec<(NaiveDate, StaffId, Money)> = served
        .map(|sum| (sum.date, server(sum), sum.tips))
        .chain(work.iter().filter(|w| !w.tips.is_zero()).map(|w| (w.date, w.staff, w.tips)))
        .collect();
    let days: BTreeSet<NaiveDate> = served.iter().map(|(date, ..)| *date).chain(work.iter().map(|w| w.date)).collect();
    let mut all = Vec::new();
    for day in days {
        let mut taken: BTreeMap<StaffId, Money> = BTreeMap::new();
        for (_, staff, tips) in served.iter().filter(|(date, ..)| *date == day) {
            *taken.entry(*staff).or_default() += *tips;
        }
        let mut worked_min: BTreeMap<StaffId, i64> = BTreeMap::new();
        for one in work.iter().filter(|one| one.date == day && has_part(&one.staff)) {
            *worked_min.entry(one.staff).or_default() += one.worked_min(question.now, &question.settings.hours);
        }
        all.extend(shared(share, &taken, &worked_min).into_iter().map(|(staff, share)| (staff, 0, share)));
        all.extend(worked_min.into_iter().map(|(staff, minutes)| (staff, minutes, Money::ZERO)));
    }
    all
}

/// Whose orders a sum is of; nobody, where an earlier till had no ids.
fn server(sum: &DaySum) -> StaffId {
    StaffId(sum.key.parse().unwrap_or_default())
}

fn written(question: &Question, shared: bool, rows: &[(String, Tips)]) -> Table {
    let column = |name, kind| Column { name, kind };
    let mut table = Table::new(question, "Tips");
    table.columns = vec![
        column("Person", Kind::Text),
        column("Sales", Kind::Count),
        column("Total", Kind::Money),
        column("Tips", Kind::Money),
        column("Tips %", Kind::Percent),
        column("Declared", Kind::Money),
    ];
    if shared {
        table.columns.extend([
            column("Worked", Kind::Minutes),
            column("Share", Kind::Money),
            column("Still gets", Kind::Money),
        ]);
    }
    let line = |name: &str, tips: &Tips| {
        let mut cells = vec![
            Cell::Text(name.to_owned()),
            Cell::Count(tips.sales),
            Cell::Money(tips.total),
            Cell::Money(tips.taken),
            Cell::Percent(percent(tips.taken, tips.total)),
            Cell::Money(tips.declared),
        ];
        if shared {
            // What somebody has declared is in their hands already.
            let gets = Cell::Money(tips.share - tips.declared);
            cells.extend([Cell::Minutes(tips.worked_min), Cell::Money(tips.share), gets]);
        }
        cells
    };
    let mut all = Tips::default();
    for (name, tips) in rows {
        all.add(tips);
        table.rows.push(line(name, tips));
    }
    let paid: Money = question.facts.acts.iter().filter(|a| a.kind == ActKind::TipOut).map(|a| a.amount).sum();
    let less = |cells: &mut Vec<Cell>| {
        cells[3] = Cell::Money(all.taken - paid);
        if shared {
            cells[8] = Cell::Money(all.share - all.declared - paid);
        }
    };
    if !paid.is_zero() {
        let mut row = line("Paid out of the drawer", &Tips::default());
        row[3] = Cell::Money(-paid);
        if shared {
            row[8] = Cell::Money(-paid);
        }
        table.rows.push(row);
    }
    if !table.rows.is_empty() {
        let mut sums = line("All", &all);
        less(&mut sums);
        table.sums = Some(sums);
    }
    table.bars = Some(if shared { 7 } else { 3 });
    table
}
