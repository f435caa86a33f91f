//! Promotions on screen: how each stands, and what a coupon does.

use crate::domain::command::Command;
use crate::domain::money::Money;
use crate::domain::promotion::Promotion;
use crate::domain::refusal::Refusal;
use crate::domain::till::Till;
use crate::ui::lists::Row;
use crate::ui::screen::{Text, Tone};
use crate::ui::state::{Then, Ui};

/// Every promotion, and how it stands; choosing one switches it off, or on again.
pub(super) fn rows(ui: &Ui, till: &Till) -> Vec<Row> {
    let show = |amount| till.settings.currency.show(amount);
    let row = |(at, promotion): (usize, &Promotion)| {
        let standing = till.promotions.get(&promotion.code).copied().unwrap_or_default();
        let used = match promotion.budget {
            Some(budget) => format!("{} of {}", show(standing.used), show(budget)),
            None => show(standing.used),
        };
        let value = match (standing.off, rests(ui, till, promotion)) {
            (true, _) => Text::new(Tone::Bad, format!("OFF · {used}")),
            (false, Some(why)) => Text::new(Tone::Dim, format!("{why} · {used}")),
            (false, None) => Text::new(Tone::Good, format!("on · {used}")),
        };
        Row {
            key: (at + 1).to_string(),
            label: promotion.name.clone(),
            value,
            then: Then::Do(Command::SwitchPromotion { code: promotion.code.clone(), on: standing.off }),
        }
    };
    till.settings.offers.promotions.iter().enumerate().map(row).collect()
}

/// Why nobody is given a promotion now, in a word or two.
fn rests(ui: &Ui, till: &Till, promotion: &Promotion) -> Option<String> {
    let standing = till.promotions.get(&promotion.code).copied().unwrap_or_default();
    let today = ui.now.business_date(till.settings.cut_off);
    let when = &promotion.when;
    if standing.off {
        return Some("switched off".to_owned());
    }
    if let Some(last) = when.last.filter(|last| *last < today) {
        return Some(format!("ended {last}"));
    }
    if let Some(first) = when.first.filter(|first| *first > today) {
        return Some(format!("from {first}"));
    }
    if promotion.budget.is_some_and(|budget| standing.used >= budget) {
        return Some("used up".to_owned());
    }
    let anyhow = crate::domain::schedule::When { order_types: Vec::new(), ..when.clone() };
    (!anyhow.holds("", ui.now, &till.settings)).then(|| "not now".to_owned())
}

/// A command was committed: says of a coupon what it takes off, also when the order has it already.
pub(super) fn told(ui: &mut Ui, till: &Till, command: &Command) {
    if let Command::AddCoupon { code } = command
        && !code.is_empty()
    {
        let (tone, words) = coupon_words(ui, till, &code.to_uppercase());
        ui.say(tone, words);
    }
}

/// What a coupon takes off, or why it takes nothing off yet.
fn coupon_words(ui: &Ui, till: &Till, code: &str) -> (Tone, String) {
    let Some(order) = till.current() else { return (Tone::Good, format!("Coupon {code}")) };
    let asked = till.settings.offers.promotions.iter().filter(|p| p.coupon.as_deref() == Some(code));
    let mut why = None;
    for promotion in asked {
        let applied = order.live_lines().flat_map(|line| &line.promotions);
        let off: Money = applied.filter(|a| a.code == promotion.code).map(|a| a.amount).sum();
        if off.is_positive() {
            let off = till.settings.currency.show(off);
            return (Tone::Good, format!("Coupon {code}: {} -{off}", promotion.name));
        }
        why = rests(ui, till, promotion);
    }
    let why = why.unwrap_or_else(|| "nothing on the order is in it".to_owned());
    (Tone::Warn, format!("Coupon {code} takes nothing off yet: {why}"))
}

/// A coupon that was typed, if some promotion has it; nothing gives all back.
pub(super) fn coupon(till: &Till, text: &str) -> Result<Command, String> {
    let wanted = text.to_uppercase();
    let known = till.settings.offers.promotions.iter().any(|p| p.coupon.as_ref() == Some(&wanted));
    match text.is_empty() || known {
        true => Ok(Command::AddCoupon { code: text.to_owned() }),
        false => Err(Refusal::NoCoupon(wanted).to_string()),
    }
}
