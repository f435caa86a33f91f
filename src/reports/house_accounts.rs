//! What customers owe.

use crate::domain::money::Money;
use crate::reports::table::{Cell, Column, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "house-accounts", about: "What customers owe now, whatever the dates", of: &[Of::Accounts], make };

fn make(question: &Question) -> Table {
    let mut table = Table::new(question, "House accounts");
    table.title = format!("House accounts, {}, {}", question.now.show(), question.settings.currency);
    table.columns = vec![
        Column { name: "Customer", kind: Kind::Text },
        Column { name: "Account", kind: Kind::Text },
        Column { name: "Limit", kind: Kind::Money },
        Column { name: "Owes", kind: Kind::Money },
    ];
    let kept = question.facts.accounts.iter().filter(|(_, a)| a.limit.is_some() || !a.owes.is_zero());
    let mut accounts: Vec<_> = kept.collect();
    accounts.sort_by_key(|(_, account)| account.number);
    let mut owed = Money::ZERO;
    for (name, account) in accounts {
        owed += account.owes;
        table.rows.push(vec![
            Cell::Text(name.clone()),
            Cell::Text(account.number.to_string()),
            Cell::Money(account.limit.unwrap_or_default()),
            Cell::Money(account.owes),
        ]);
    }
    let text = |text: &str| Cell::Text(text.to_owned());
    let all = vec![text("All"), text(""), Cell::Money(Money::ZERO), Cell::Money(owed)];
    table.sums = (!table.rows.is_empty()).then_some(all);
    table.bars = Some(3);
    table
}
