//! A sale must add up by itself.

use crate::domain::money::Money;
use crate::domain::sale::Sale;

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
