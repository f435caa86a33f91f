//! Sales by item.

use crate::domain::day_sum::By;
use crate::reports::sums::{DISCOUNT, GROSS, MARGIN, NET, ON_SALES, QUANTITY, TOTAL, largest_first, own_name, table};
use crate::reports::table::Table;
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report = Report {
    name: "items",
    about: "Sales by item, with margin where the cost is known",
    of: &[Of::Sums(By::Item), Of::Sums(By::Menu)],
    make,
};

fn make(question: &Question) -> Table {
    let rows = largest_first(question, By::Item, own_name);
    let parts = [ON_SALES, QUANTITY, GROSS, DISCOUNT, NET, TOTAL, MARGIN];
    let mut sales = table(question, "Sales by item", "Item", &rows, &parts);
    // Menus stand below, and are no part of the sums: their dishes are.
    let menus = largest_first(question, By::Menu, |sum| format!("{} (in its dishes)", own_name(sum)));
    let nothing = menus.iter().all(|(_, sum)| sum.quantity.is_zero());
    if !nothing {
        sales.rows.extend(table(question, "", "Item", &menus, &parts).rows);
    }
    sales
}
