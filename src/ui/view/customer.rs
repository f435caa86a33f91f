//! What the customer sees: two lines, laid out for a display of so many columns.

use crate::domain::components::with_components;
use crate::domain::till::Till;
use crate::domain::totals;
use crate::ui::state::Ui;

/// The line that was sold last and the total; after a sale, what was paid and the change; nothing
/// while nothing is sold.
pub fn customer(ui: &Ui, till: &Till, columns: usize) -> Option<[String; 2]> {
    let show = |amount| till.settings.currency.show(amount);
    till.signed_in?;
    if let Some(order) = till.current().filter(|order| !order.is_empty()) {
        let totals = totals::of(order, &till.settings);
        let selected = ui.kept.selected.and_then(|id| order.line(id)).filter(|line| line.is_live());
        let line = selected.or_else(|| order.rung_lines().next_back())?;
        let place = order.lines.iter().position(|l| l.id == line.id)?;
        let gross = with_components(&order.lines, &totals.lines, place).gross;
        let name = format!("{} {}", line.quantity, line.name);
        let due = order.due(totals.total);
        let word = if order.paid().is_zero() && order.deposit_left().is_zero() { "Total" } else { "Due" };
        return Some([spread(&name, &show(gross), columns), spread(word, &show(due), columns)]);
    }
    let sale = till.last_sale.as_ref().filter(|_| ui.kept.sale_shown)?;
    let total = sale.totals.total + sale.rounding;
    Some([spread("Total", &show(total), columns), spread("Change", &show(sale.change), columns)])
}

/// One text at the left, cut where it must be, and one at the right.
fn spread(left: &str, right: &str, columns: usize) -> String {
    let room = columns.saturating_sub(right.chars().count() + 1);
    let left: String = left.chars().take(room).collect();
    format!("{left:<room$} {right}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_their_place() {
        assert_eq!(spread("2 Flat white", "6.40", 20), "2 Flat white    6.40");
        assert_eq!(spread("2 Toasted sandwich", "112.40", 20), "2 Toasted san 112.40");
        assert_eq!(spread("x", "1234567.00", 8), " 1234567.00");
    }
}
