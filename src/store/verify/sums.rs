//! A sale must add up by itself, a refund to the sale it is of.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};

use crate::domain::event::Event;
use crate::domain::ids::LineId;
use crate::domain::money::Money;
use crate::domain::quantity::Quantity;
use crate::domain::refund::Refund;
use crate::domain::sale::Sale;
use crate::store::error::StoreError;
use crate::store::load::event_at;

/// What does not add up, in words. Sales of an earlier till are as they are.
pub(super) fn wrong(sale: &Sale) -> Vec<String> {
    if sale.imported {
        return Vec::new();
    }
    let show = |amount: Money| sale.currency.show(amount);
    let totals = &sale.totals;
    let taxes: Money = totals.taxes.iter().map(|t| t.amount).sum();
    let lines: Money = totals.lines.iter().map(|l| l.total).sum();
    let paid: Money = sale.payments.iter().map(|p| p.amount).sum();
    let due = totals.total + sale.rounding;
    let mut wrong = Vec::new();
    if totals.net + taxes != totals.total {
        let (net, taxes, total) = (show(totals.net), show(taxes), show(totals.total));
        wrong.push(format!("{net} net and {taxes} of taxes are not its total of {total}"));
    }
    if lines != totals.total {
        wrong.push(format!("its lines come to {}, its total is {}", show(lines), show(totals.total)));
    }
    if paid != due {
        wrong.push(format!("{} was paid, {} was due", show(paid), show(due)));
    }
    wrong
}

/// What is wrong with a refund, in words: its sums, its turn, and whether what comes back was sold and
/// is left. The tables of the store itself are asked, which are compared with the journal by others.
pub(super) fn wrong_refund(conn: &Connection, entry: i64, refund: &Refund) -> Result<Vec<String>, StoreError> {
    let show = |amount: Money| refund.currency.show(amount);
    let totals = &refund.totals;
    let taxes: Money = totals.taxes.iter().map(|t| t.amount).sum();
    let lines: Money = totals.lines.iter().map(|l| l.total).sum();
    let paid: Money = refund.payments.iter().map(|p| p.amount).sum();
    let mut wrong = Vec::new();
    if totals.net + taxes != totals.total || lines != totals.total {
        wrong.push(format!("its lines, net and taxes are not its total of {}", show(totals.total)));
    }
    if paid != totals.total + refund.rounding {
        wrong.push(format!("{} was given back, {} was due", show(paid), show(totals.total + refund.rounding)));
    }
    let Some(of) = &refund.of else { return Ok(wrong) };
    let sale = of.sale.0.as_bytes();
    let mut statement = conn.prepare_cached("SELECT entry FROM main.refunds WHERE sale = ?1 AND entry < ?2")?;
    let earlier: Vec<i64> = statement.query_map((sale, entry), |row| row.get(0))?.collect::<Result<_, _>>()?;
    if earlier.len() != of.earlier as usize {
        wrong.push(format!("it is refund {} of receipt {}, not {}", earlier.len() + 1, of.receipt, of.earlier + 1));
    }
    let mut back: BTreeMap<LineId, Quantity> = refund.lines.iter().map(|l| (l.id, l.quantity)).collect();
    for entry in earlier {
        if let Event::Refunded { refund: before, .. } = event_at(conn, entry)? {
            for line in &before.lines {
                back.entry(line.id).and_modify(|back| *back = *back + line.quantity);
            }
        }
    }
    let mut sold = conn.prepare_cached(
        "SELECT quantity FROM main.sale_lines WHERE line = ?2 AND void = 0 \
         AND sale = (SELECT entry FROM main.sales WHERE id = ?1)",
    )?;
    for (line, back) in back {
        let sold: Option<i64> = sold.query_row((sale, line.0), |row| row.get(0)).optional()?;
        if sold.is_none_or(|sold| back.thousandths() > sold) {
            wrong.push(format!("more of line {} of receipt {} came back than was sold", line.0, of.receipt));
        }
    }
    Ok(wrong)
}
