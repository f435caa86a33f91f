//! What somebody who looks for losses should look at first: patterns over acts. Each row says what, who, how
//! often, how much, and where to begin; none of them proves anything.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::domain::act::{Act, ActKind};
use crate::domain::day_sum::By;
use crate::domain::ids::{OrderId, StaffId};
use crate::domain::money::Money;
use crate::reports::sums::percent;
use crate::reports::table::{Cell, Column, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report = Report {
    name: "exceptions",
    about: "What to look at for losses: voids, no-sales, refunds, shorts, reprints",
    of: &[Of::Acts, Of::Sums(By::Staff)],
    make,
};

/// The drawer opened so soon after a void by the same person is told.
const SOON_MS: i64 = 10 * 60_000;
/// A drawer is told that stood open for more seconds: it takes less to give change.
const LONG_OPEN_S: i64 = 60;
/// So many closes make a habit.
const CLOSES: usize = 3;
/// Voids of a person are told when they are so many times the house's share of sales.
const TIMES_THE_HOUSE: i64 = 2;

/// What was found about one person.
struct Found {
    what: &'static str,
    who: Option<StaffId>,
    times: i64,
    amount: Money,
    note: String,
}

fn make(question: &Question) -> Table {
    let acts = &question.facts.acts;
    let mut found = no_sale_after_void(acts);
    found.extend(voids_after_bill(acts));
    found.extend(many_voids(question));
    found.extend(steady_shorts(acts));
    found.extend(counted(acts, ActKind::RefundFreely, "Refunds without a receipt"));
    found.extend(counted(acts, ActKind::Refund, "Refunds"));
    found.extend(counted(acts, ActKind::TakenBack, "Payments taken back"));
    found.extend(counted(acts, ActKind::TipChanged, "Tips changed after the sale"));
    found.extend(counted(acts, ActKind::VoidSent, "Voids after sending"));
    found.extend(counted(acts, ActKind::Waived, "Service charge taken off"));
    found.extend(counted(acts, ActKind::Points, "Points corrected by hand"));
    found.extend(counted(acts, ActKind::Reprint, "Receipts printed again"));
    found.extend(counted(acts, ActKind::NoSale, "Drawer opened without a sale"));
    found.extend(stood_open(acts));
    found.extend(counted(acts, ActKind::Override, "Overrides asked for"));
    found.extend(counted(acts, ActKind::WrongPin, "Wrong PINs"));
    let mut table = Table::new(question, "Exceptions");
    table.columns = vec![
        Column { name: "What", kind: Kind::Text },
        Column { name: "Who", kind: Kind::Text },
        Column { name: "Times", kind: Kind::Count },
        Column { name: "Amount", kind: Kind::Money },
        Column { name: "Note", kind: Kind::Text },
    ];
    table.rows = found
        .into_iter()
        .map(|f| {
            vec![
                Cell::Text(f.what.to_owned()),
                Cell::Text(question.name(f.who)),
                Cell::Count(f.times),
                Cell::Money(f.amount),
                Cell::Text(f.note),
            ]
        })
        .collect();
    table
}

fn is_void(act: &Act) -> bool {
    matches!(act.kind, ActKind::Void | ActKind::VoidSent | ActKind::Wasted | ActKind::Abandoned)
}

/// Acts by who did them, each list in order.
fn by_person<'a>(acts: impl Iterator<Item = &'a Act>) -> BTreeMap<Option<StaffId>, Vec<&'a Act>> {
    let mut people: BTreeMap<Option<StaffId>, Vec<&Act>> = BTreeMap::new();
    for act in acts {
        people.entry(act.staff).or_default().push(act);
    }
    people
}

fn last_time(acts: &[&Act]) -> String {
    acts.last().map_or_else(String::new, |act| format!("last {}, register {}", act.at.show(), act.register))
}

/// How often each person did something.
fn counted(acts: &[Act], kind: ActKind, what: &'static str) -> Vec<Found> {
    let people = by_person(acts.iter().filter(|act| act.kind == kind));
    let mut found: Vec<Found> = people
        .into_iter()
        .map(|(who, acts)| Found {
            what,
            who,
            times: acts.iter().map(|act| act.count).sum(),
            amount: acts.iter().map(|act| act.amount).sum(),
            note: last_time(&acts),
        })
        .filter(|f| f.times > 0)
        .collect();
    found.sort_by_key(|f| std::cmp::Reverse(f.times));
    found
}

/// Whose drawer stood open longer than change takes. The note says for how long in all their openings.
fn stood_open(acts: &[Act]) -> Vec<Found> {
    let people = by_person(acts.iter().filter(|act| act.kind == ActKind::StoodOpen));
    let mut found = Vec::new();
    for (who, acts) in people {
        let long = acts.iter().filter(|act| act.count > LONG_OPEN_S).count() as i64;
        let Some(longest) = acts.iter().max_by_key(|act| act.count).filter(|_| long > 0) else { continue };
        let all: i64 = acts.iter().map(|act| act.count).sum();
        let note =
            format!("longest {} s until {}; {all} s open, {} times", longest.count, longest.at.show(), acts.len());
        found.push((all, Found { what: "Drawer left open", who, times: long, amount: Money::ZERO, note }));
    }
    found.sort_by_key(|(seconds, _)| std::cmp::Reverse(*seconds));
    found.into_iter().map(|(_, found)| found).collect()
}

/// Sold, paid into the hand, voided, and the drawer opened to lay the rest right.
fn no_sale_after_void(acts: &[Act]) -> Vec<Found> {
    let mut found = Vec::new();
    for (who, acts) in by_person(acts.iter().filter(|act| is_void(act) || act.kind == ActKind::NoSale)) {
        let follows = |pair: &&[&Act]| {
            is_void(pair[0])
                && pair[0].count > 0
                && pair[1].kind == ActKind::NoSale
                && pair[0].register == pair[1].register
                && (0..=SOON_MS).contains(&pair[1].at.since_ms(pair[0].at))
        };
        let pairs: Vec<&[&Act]> = acts.windows(2).filter(follows).collect();
        if let Some(last) = pairs.last() {
            found.push(Found {
                what: "No sale soon after a void",
                who,
                times: pairs.len() as i64,
                amount: pairs.iter().map(|pair| pair[0].amount).sum(),
                note: format!("{}; {}", last[0].what, last_time(last)),
            });
        }
    }
    found
}

/// The guest saw the bill, and then it became smaller.
fn voids_after_bill(acts: &[Act]) -> Vec<Found> {
    let mut billed: Vec<OrderId> = Vec::new();
    let mut after = Vec::new();
    for act in acts {
        let makes_less = is_void(act) || act.kind == ActKind::Reduced;
        if act.kind == ActKind::Bill {
            billed.extend(act.order);
        } else if makes_less && act.order.is_some_and(|order| billed.contains(&order)) {
            after.push(act);
        }
    }
    let found = by_person(after.into_iter()).into_iter().map(|(who, acts)| Found {
        what: "Taken off after the bill was printed",
        who,
        times: acts.iter().map(|act| act.count).sum(),
        amount: acts.iter().map(|act| act.amount).sum(),
        note: last_time(&acts),
    });
    found.filter(|f| f.times > 0).collect()
}

/// People who void a much larger share of what they sell than the house does.
fn many_voids(question: &Question) -> Vec<Found> {
    let sold = |who: Option<StaffId>| -> Money {
        let id = who.map(|id| id.to_string()).unwrap_or_default();
        question.sums(By::Staff).filter(|sum| sum.key == id).map(|sum| sum.total).sum()
    };
    let voids = by_person(question.facts.acts.iter().filter(|act| is_void(act)));
    let all_sold: Money = question.sums(By::Staff).map(|sum| sum.total).sum();
    let all_voided: Money = voids.values().flatten().map(|act| act.amount).sum();
    let house = percent(all_voided, all_sold);
    let mut found = Vec::new();
    for (who, acts) in voids {
        let amount: Money = acts.iter().map(|act| act.amount).sum();
        let share = percent(amount, sold(who));
        let much = match (share, house) {
            (Some(share), Some(house)) => share > house * Decimal::from(TIMES_THE_HOUSE),
            (None, _) => amount.is_positive(),
            (Some(_), None) => false,
        };
        if much {
            let words = |share: Option<Decimal>| share.map_or_else(|| "–".to_owned(), |s| format!("{s:.1}%"));
            found.push(Found {
                what: "Voids far above the house's",
                who,
                times: acts.iter().map(|act| act.count).sum(),
                amount,
                note: format!("{} of their sales, the house {}", words(share), words(house)),
            });
        }
    }
    found
}

/// Closes that are a little short again and again: below what needs a comment, or nobody would have to hide it.
fn steady_shorts(acts: &[Act]) -> Vec<Found> {
    let mut found = Vec::new();
    for (who, counts) in by_person(acts.iter().filter(|act| act.kind == ActKind::Counted)) {
        let short: Vec<&Act> = counts.iter().copied().filter(|act| act.amount.is_negative()).collect();
        let mut closes: Vec<_> = counts.iter().map(|act| act.shift).collect();
        closes.dedup();
        let mut short_closes: Vec<_> = short.iter().map(|act| act.shift).collect();
        short_closes.dedup();
        if short_closes.len() >= CLOSES && short_closes.len() * 2 > closes.len() {
            found.push(Found {
                what: "Short again and again",
                who,
                times: short_closes.len() as i64,
                amount: short.iter().map(|act| act.amount).sum(),
                note: format!("{} of {} closes; {}", short_closes.len(), closes.len(), last_time(&short)),
            });
        }
    }
    found
}
