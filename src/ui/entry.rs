//! The grammar of the input line. One buffer without modes: digits accumulate, and what follows
//! gives them meaning.
//!
//! ```text
//! entry   = [ number "*" ] [ amount "@" ] target      2*4011   3.50@900   0.350*77   2*/latte
//!         | "*" number                                set the selected line's quantity
//!         | "@" amount                                set the selected line's price
//!         | ":" action [ answers ]                    an action by name
//! target  = code | barcode | "/" letters
//! ```

use crate::domain::money::{Currency, Money};
use crate::domain::quantity::Quantity;

/// What a line of input means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Nothing was typed.
    Empty,
    /// Sell something.
    Sell {
        /// How many, if it was said.
        quantity: Option<Quantity>,
        /// At which price, if it was said.
        price: Option<Money>,
        /// What.
        target: Target,
    },
    /// A quantity or a price without what it is for.
    Unfinished {
        /// How many, if it was said.
        quantity: Option<Quantity>,
        /// At which price, if it was said.
        price: Option<Money>,
    },
    /// Set the selected line's quantity.
    SetQuantity(Quantity),
    /// Set the selected line's price.
    SetPrice(Money),
    /// An action by name, with the rest of the line.
    Action {
        /// The name, as far as it was typed.
        name: String,
        /// What follows it.
        answers: String,
    },
    /// None of these, and why.
    Wrong(String),
}

/// What is to be sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A code or a barcode.
    Code(String),
    /// A few letters to search for.
    Letters(String),
}

/// How amounts are read.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// The currency.
    pub currency: Currency,
    /// Whether digits without a point are minor units: `350` is 3.50.
    pub bare_is_minor: bool,
}

impl Reading {
    /// An amount as it was typed.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn amount(&self, text: &str) -> Result<Money, String> {
        self.currency.parse(text, self.bare_is_minor)
    }
}

/// What a line of input means. Never fails: what cannot be read is [`Entry::Wrong`].
pub fn parse(line: &str, reading: Reading) -> Entry {
    let line = line.trim();
    if line.is_empty() {
        return Entry::Empty;
    }
    if let Some(rest) = line.strip_prefix(':') {
        let (name, answers) = rest.trim_start().split_once(' ').unwrap_or((rest.trim_start(), ""));
        return Entry::Action { name: name.to_owned(), answers: answers.trim().to_owned() };
    }
    if let Some(rest) = line.strip_prefix('*') {
        return Quantity::parse(rest).map_or_else(Entry::Wrong, Entry::SetQuantity);
    }
    if let Some(rest) = line.strip_prefix('@') {
        return reading.amount(rest).map_or_else(Entry::Wrong, Entry::SetPrice);
    }
    sell(line, reading).unwrap_or_else(Entry::Wrong)
}

fn sell(line: &str, reading: Reading) -> Result<Entry, String> {
    let (mut quantity, mut price, mut rest) = (None, None, line);
    while let Some(at) = rest.find(['*', '@', '/']) {
        let (before, sign) = (&rest[..at], rest.as_bytes()[at]);
        match sign {
            b'*' if quantity.is_none() => quantity = Some(Quantity::parse(before)?),
            b'@' if price.is_none() => price = Some(reading.amount(before)?),
            b'/' if before.is_empty() => break,
            _ => return Err(format!("`{line}` is not an entry: write 2*CODE, PRICE@CODE or /letters")),
        }
        rest = &rest[at + 1..];
    }
    let target = match rest.strip_prefix('/') {
        Some(letters) => Target::Letters(letters.trim().to_owned()),
        None if rest.is_empty() => return Ok(Entry::Unfinished { quantity, price }),
        None => Target::Code(rest.trim().to_owned()),
    };
    Ok(Entry::Sell { quantity, price, target })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Entry) {
        let reading = Reading { currency: Currency::from_code("GBP").unwrap(), bare_is_minor: true };
        assert_eq!(parse(line, reading), expected, "{line:?}");
    }

    fn sells(quantity: Option<i64>, price: Option<i64>, target: Target) -> Entry {
        let quantity = quantity.map(Quantity::from_thousandths);
        Entry::Sell { quantity, price: price.map(Money::from_minor), target }
    }

    #[test]
    fn the_grammar() {
        let code = |c: &str| Target::Code(c.to_owned());
        check("", Entry::Empty);
        check("4011", sells(None, None, code("4011")));
        check("2*4011", sells(Some(2000), None, code("4011")));
        check("0.350*77", sells(Some(350), None, code("77")));
        check("350@900", sells(None, Some(350), code("900")));
        check("2*3.50@900", sells(Some(2000), Some(350), code("900")));
        check("3.50@2*900", sells(Some(2000), Some(350), code("900")));
        check("2*bbq_ckn_s", sells(Some(2000), None, code("bbq_ckn_s")));
        check("/flat wh", sells(None, None, Target::Letters("flat wh".into())));
        check("2*/la", sells(Some(2000), None, Target::Letters("la".into())));
        check("2*", Entry::Unfinished { quantity: Some(Quantity::pieces(2)), price: None });
        check("*5", Entry::SetQuantity(Quantity::pieces(5)));
        check("@250", Entry::SetPrice(Money::from_minor(250)));
        check(":hold Anna B", Entry::Action { name: "hold".into(), answers: "Anna B".into() });
        check(":", Entry::Action { name: String::new(), answers: String::new() });
    }

    #[test]
    fn mistakes_are_said() {
        let reading = Reading { currency: Currency::from_code("GBP").unwrap(), bare_is_minor: true };
        for line in ["2*3*4", "x*4", "*x", "@", "@1.234", "1/2", "**", "99999999*1"] {
            assert!(matches!(parse(line, reading), Entry::Wrong(_)), "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_typed_can_panic(line in "\\PC{0,40}", other in "[0-9*@/:. ]{0,20}") {
            let reading = Reading { currency: Currency::from_code("KWD").unwrap(), bare_is_minor: false };
            let _ = (parse(&line, reading), parse(&other, reading));
        }
    }
}
