//! The dialog that says what comes back of a sale.

use crate::domain::till::Till;
use crate::ui::refund::RefundForm;
use crate::ui::screen::{Dialog as Shown, Field, Text, Tone};

/// Each line with what was sold of it, and a field for what comes back.
pub(super) fn shown(till: &Till, form: &RefundForm) -> Shown {
    let show = |amount| till.settings.currency.show(amount);
    let field = |(at, row): (usize, &crate::ui::refund::RefundRow)| {
        let left = match row.before.is_zero() {
            true => String::new(),
            false => format!(", {} left", row.left()),
        };
        Field {
            label: match row.dish_of {
                None => format!("{}  {} {} {}{left}", row.key, row.sold, row.name, show(row.total)),
                Some(whole) if whole == row.line => {
                    format!("  {}  only the {} itself {}{left}", row.key, row.name, show(row.total))
                }
                Some(_) => format!("  {}  of it {} {} {}{left}", row.key, row.sold, row.name, show(row.total)),
            },
            text: row.back.text().to_owned(),
            cursor: (at == form.at).then(|| row.back.cursor()),
        }
    };
    let way = match form.tender.as_deref().and_then(|code| till.settings.tender(code)) {
        Some(tender) => format!("given back as {}", tender.name),
        None => "given back as it was paid".to_owned(),
    };
    let marked = form.marked();
    let message = match &marked {
        Err(why) => Text::new(Tone::Bad, why.clone()),
        Ok(back) if back.lines.is_empty() => {
            Text::new(Tone::Dim, format!("All that is left, {way}. Type how many come back, ←→ the way"))
        }
        Ok(_) => Text::new(Tone::Dim, format!("What is marked, {way}. Space marks all of a line")),
    };
    Shown {
        title: format!("Give back: receipt {}", form.receipt),
        value: Text::new(Tone::Accent, form.comes_to().map(show).unwrap_or_default()),
        fields: form.rows.iter().enumerate().map(field).collect(),
        message,
        tall: true,
        ..Shown::default()
    }
}
