//! Vouchers on screen: selling one, looking at what is left on one, paying with one that is scanned.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::command::Command;
use crate::domain::customer::Received;
use crate::domain::ids::CustomerId;
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::takes_money;
use crate::domain::tender::{Reference, Tender};
use crate::domain::till::Till;
use crate::domain::voucher::{self, Voucher, masked};
use crate::ui::lists::Row;
use crate::ui::screen::{Text, Tone};
use crate::ui::state::{Then, Ui};
use crate::ui::{Request, split};

/// What money is taken for without a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MoneyFor {
    /// A customer's account.
    Account(CustomerId),
    /// A voucher.
    Voucher,
    /// A deposit on the order on screen.
    Deposit,
}

/// What is asked about a voucher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VoucherAsk {
    /// What a new one is to be worth.
    Sell,
    /// Which one is looked at.
    Look,
    /// Which one is paid out.
    PayOut,
}

/// The ways in which money can be taken without a sale.
pub(super) fn tender_rows(till: &Till, what: MoneyFor, amount: Money) -> Vec<Row> {
    let tenders = till.settings.tenders.iter().filter(|tender| takes_money(tender));
    let command = |tender: &Tender| match what {
        MoneyFor::Account(customer) => {
            Command::PayAccount { customer, tender: tender.code.clone(), amount, confirmed: false }
        }
        MoneyFor::Deposit => Command::TakeDeposit { tender: tender.code.clone(), amount },
        MoneyFor::Voucher => Command::SellVoucher { tender: tender.code.clone(), amount },
    };
    let row = |(at, tender): (usize, &Tender)| Row {
        key: (at + 1).to_string(),
        label: tender.name.clone(),
        value: Text::from(till.settings.currency.show(amount)),
        then: Then::Do(command(tender)),
    };
    tenders.enumerate().map(row).collect()
}

/// How a voucher stands on a day, in words, and whether it is taken.
fn words(till: &Till, voucher: &Voucher, today: NaiveDate) -> (Tone, String) {
    let show = |amount| till.settings.currency.show(amount);
    let (code, left) = (masked(&voucher.code), format!("{} left of {}", show(voucher.left), show(voucher.worth)));
    match voucher.expires {
        Some(expires) if expires < today => {
            (Tone::Warn, format!("Voucher {code} was valid only until {expires}: {left}"))
        }
        Some(expires) => (Tone::Good, format!("Voucher {code}: {left}, until {expires}")),
        None => (Tone::Good, format!("Voucher {code}: {left}")),
    }
}

/// The voucher of a code that was typed or scanned.
pub(super) fn known<'a>(till: &'a Till, text: &str) -> Result<&'a Voucher, String> {
    let code = voucher::parse(text).ok_or_else(|| Refusal::NotAVoucher.to_string())?;
    till.vouchers.get(&code).ok_or_else(|| Refusal::NoVoucher.to_string())
}

/// A code that was typed or scanned to see what is left on it.
pub(super) fn look(ui: &mut Ui, till: &Till, text: &str) {
    let today = ui.now.business_date(till.settings.cut_off);
    match known(till, text) {
        Ok(found) => {
            let (tone, words) = words(till, found, today);
            ui.say(tone, words);
        }
        Err(why) => ui.say(Tone::Bad, why),
    }
}

/// A voucher was scanned: it pays what is on screen, or says what is left on it.
pub(super) fn scanned(ui: &mut Ui, till: &Till, scan: &str) -> Vec<Request> {
    let tender = till.settings.tenders.iter().find(|t| t.voucher);
    match (tender, split::payable(ui, till)) {
        (Some(tender), Some(order)) if order.live_lines().next().is_some() => {
            let reference = Reference { text: Some(scan.to_owned()), last_four: None };
            let (tender, tip) = (tender.code.clone(), ui.kept.tip);
            let pay = Command::Pay { tender, tendered: None, tip, reference, confirmed: false };
            vec![Request::Command(split::paying(ui, pay))]
        }
        _ => {
            look(ui, till, scan);
            Vec::new()
        }
    }
}

pub(super) fn told(till: &Till, voucher: &Voucher, received: &Received) -> String {
    let paid = till.settings.currency.show(received.payment.amount.abs());
    match received.payment.amount.is_positive() {
        true => format!("A voucher of {paid} is printing"),
        false => format!("Voucher {}: give {paid} back", masked(&voucher.code)),
    }
}
