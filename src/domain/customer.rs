//! Who buys here. What is known of a person is kept apart from the journal, which names a customer by an id and
//! nothing else: so a person can be forgotten, and the books stay as they are.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::event::Event;
use crate::domain::ids::{CustomerId, OrderId, PaymentId};
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::tender::Payment;
use crate::domain::text::{clean, fold, holds_card_number};
use crate::domain::voucher::Voucher;

/// So many digits of a telephone number find somebody.
const LEAST_DIGITS: usize = 3;

/// What is kept of a person. It is in no event, and goes away when they are forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// What they are called.
    pub name: String,
    /// Their telephone number, as it was typed.
    pub phone: String,
    /// What they must not eat.
    pub allergies: String,
    /// What else to know of them.
    pub notes: String,
    /// The group that promotions name: `students`.
    pub group: String,
}

impl Person {
    /// How long allergies and notes may be: as much as can be typed, so that nothing is cut off in silence.
    pub const MAX_WORDS_CHARS: usize = 120;

    /// As it is kept: cleaned, cut, and without card numbers.
    ///
    /// # Errors
    /// Where there is no name, or a card number stands somewhere.
    pub fn checked(&self) -> Result<Self, Refusal> {
        let text = |text: &str, most| match holds_card_number(text) {
            true => Err(Refusal::CardNumber),
            false => Ok(clean(text, most)),
        };
        let name = text(&self.name, 40)?;
        if name.is_empty() {
            return Err(Refusal::EmptyText("A customer's name"));
        }
        Ok(Self {
            name,
            phone: text(&self.phone, 24)?,
            allergies: text(&self.allergies, Self::MAX_WORDS_CHARS)?,
            notes: text(&self.notes, Self::MAX_WORDS_CHARS)?,
            group: text(&self.group, 20)?.to_lowercase(),
        })
    }

    /// Whether letters mean this person: each word begins a word of the name; or three digits and more stand in
    /// the telephone number, however that is written.
    pub fn fits(&self, letters: &str) -> bool {
        let wanted = fold(letters);
        let name = fold(&self.name);
        let begins = |word: &str| name.split(|c: char| !c.is_alphanumeric()).any(|part| part.starts_with(word));
        let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
        let typed = digits(letters);
        match is_number(letters) {
            // A number at home is written with a nought, and abroad with the country's.
            true => typed.len() >= LEAST_DIGITS && digits(&self.phone).contains(typed.trim_start_matches('0')),
            false => wanted.split_whitespace().all(begins),
        }
    }
}

/// Whether what was typed can only be a telephone number, or some digits of one.
pub fn is_number(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || " +-/()".contains(c))
}

/// What the books know of a customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The short number that people say, and that paper shows.
    pub number: u32,
    /// How much may be owed; none where nothing may be charged.
    pub limit: Option<Money>,
    /// What is owed; less than nothing where more was paid than charged.
    pub owes: Money,
    /// Whether nobody knows any more who it was.
    pub forgotten: bool,
}

impl Account {
    /// How much can still be charged; none where nothing may be.
    pub fn left(&self) -> Option<Money> {
        self.limit.map(|limit| (limit - self.owes).max(Money::ZERO))
    }
}

/// The house account that a payment was charged to, or went back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charged {
    /// Whose it is.
    pub customer: CustomerId,
    /// Its number, as the receipt shows it.
    pub number: u32,
}

/// One movement of a house account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Move {
    /// The business date.
    pub date: NaiveDate,
    /// What it was: `Order 12`, `Paid, Cash`.
    pub what: String,
    /// What it added to what is owed; less than nothing where it took off.
    pub amount: Money,
}

/// What was done about a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CustomerAct {
    /// They are known, or known otherwise: who they are is kept apart.
    Saved {
        /// Their number.
        number: u32,
    },
    /// Nobody knows any more who they were.
    Forgotten,
    /// So much may be owed from now on; none: nothing may be charged.
    Limit {
        /// In the till's currency.
        limit: Option<Money>,
    },
    /// What they owe was printed.
    Statement,
    /// Their points of a scheme were corrected by hand.
    Points {
        /// The scheme's code.
        scheme: String,
        /// How many more; less than nothing where some were taken.
        points: i64,
        /// Why, in the words of whoever did it.
        reason: String,
    },
}

/// A payment on an account that was taken by mistake, and goes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBack {
    /// Which.
    pub payment: PaymentId,
    /// Why.
    pub reason: String,
}

/// The order that a deposit is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposit {
    /// Which.
    pub order: OrderId,
    /// The version of the order that this makes.
    pub version: u64,
    /// What paper calls it: `Order 12, table 4`.
    pub about: String,
    /// Why it is given back without a sale; empty when it is not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Money that was taken without a sale, or given back: no revenue, and no tax.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// The house account that it is paid on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Charged>,
    /// The voucher that it buys; or that it is given back for, as it is then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voucher: Option<Box<Voucher>>,
    /// The order that it is a deposit on, or what is given back of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit: Option<Deposit>,
    /// The code of the tender that stands for what it settles: house accounts, vouchers, deposits.
    pub against: String,
    /// That tender's name.
    pub name: String,
    /// What is still owed on the account after it.
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub owes: Money,
    /// The payment on the account that it takes back: then it is less than nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes_back: Option<TakenBack>,
    /// How it was paid.
    pub payment: Payment,
}

/// What an event adds to house accounts; less than nothing where it takes off.
pub fn charged(event: &Event) -> Vec<(Charged, Money)> {
    match event {
        Event::PaymentTaken { payment, .. } => payment.charged.map(|c| (c, payment.tendered)).into_iter().collect(),
        Event::PaymentReversed { payment, .. } => payment.charged.map(|c| (c, -payment.tendered)).into_iter().collect(),
        Event::Refunded { refund, .. } => {
            refund.payments.iter().filter_map(|p| Some((p.charged?, -p.tendered))).collect()
        }
        Event::MoneyReceived { received } => {
            received.account.map(|account| (account, -received.payment.amount)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_letters_or_digits_find_a_person() {
        let anna = Person { name: "Anna Bérg-Meier".into(), phone: "+43 170 12 345 67".into(), ..Person::default() };
        for (letters, fits) in [
            ("", true),
            ("an", true),
            ("berg", true),
            ("ber ann", true),
            ("mei", true),
            ("nna", false),
            ("anna x", false),
            ("345", true),
            ("0170 123", true),
            ("34", false),
            ("999", false),
        ] {
            assert_eq!(anna.fits(letters), fits, "{letters}");
        }
    }

    #[test]
    fn what_is_kept_is_clean_and_holds_no_card() {
        let person = |name: &str, notes: &str| Person { name: name.into(), notes: notes.into(), ..Person::default() };
        assert_eq!(person(" Anna\u{202E} ", "").checked().unwrap().name, "Anna\u{FFFD}");
        assert_eq!(person(" ", "").checked(), Err(Refusal::EmptyText("A customer's name")));
        assert_eq!(person("Anna", "4242 4242 4242 4242").checked(), Err(Refusal::CardNumber));
    }
}
