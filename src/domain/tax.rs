//! Taxes as data: what a class of goods bears, by date and order type, and what was applied to a
//! line when it was sold.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::money::Money;

/// How one tax is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaxBasis {
    /// So many per cent of the net price.
    Percent(Decimal),
    /// A fixed amount for each piece (a deposit, a sugar levy), or for each kilogram of what is
    /// weighed. Discounts do not lessen it.
    PerUnit(Money),
}

/// One tax: VAT at 20 %, a city tax of 2.5 %, a levy of 0.10 a bottle. Taxes are sorted by code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tax {
    /// Its code in the books: `vat20`.
    pub code: String,
    /// Its name on paper: `VAT 20%`.
    pub name: String,
    /// How it is counted.
    pub basis: TaxBasis,
    /// Whether the shelf price holds it already.
    pub included: bool,
    /// Whether it is counted on the net price and the taxes before it in the list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub compound: bool,
}

/// Which taxes a class bears under which conditions. The first rule that fits is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRule {
    /// Only for these order types; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order_types: Vec<String>,
    /// First business date on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last business date on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// Codes of the taxes, in the order in which compound ones build on each other.
    pub taxes: Vec<String>,
}

/// A class of goods as the tax office sees it: `standard`, `food`, `zero`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxClass {
    /// Its code in menus.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its rules, most particular first.
    pub rules: Vec<TaxRule>,
}

/// Where taxes are rounded to a whole minor unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaxRounding {
    /// Each tax of each line.
    PerLine,
    /// Each tax once, over the whole document.
    #[default]
    PerDocument,
}

/// All taxes and classes of a store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxTable {
    /// The taxes.
    pub taxes: Vec<Tax>,
    /// The classes.
    pub classes: Vec<TaxClass>,
}

impl TaxTable {
    /// The taxes a class bears for an order type on a business date; none when no rule fits.
    /// `None` when there is no such class.
    pub fn resolve(&self, class: &str, order_type: &str, on: NaiveDate) -> Option<Vec<Tax>> {
        let class = self.classes.iter().find(|c| c.code == class)?;
        let rule = class.rules.iter().find(|r| {
            (r.order_types.is_empty() || r.order_types.iter().any(|t| t == order_type))
                && r.from.is_none_or(|d| d <= on)
                && r.until.is_none_or(|d| on <= d)
        });
        let codes = rule.map(|r| r.taxes.as_slice()).unwrap_or_default();
        Some(codes.iter().filter_map(|code| self.taxes.iter().find(|t| &t.code == code)).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> TaxTable {
        let tax = |code: &str, percent: i64| Tax {
            code: code.to_owned(),
            name: format!("VAT {percent}%"),
            basis: TaxBasis::Percent(Decimal::from(percent)),
            included: true,
            compound: false,
        };
        let date = |text: &str| text.parse().ok();
        let rule = |types: &[&str], from: &str, until: &str, code: &str| TaxRule {
            order_types: types.iter().map(|t| (*t).to_owned()).collect(),
            from: date(from),
            until: date(until),
            taxes: vec![code.to_owned()],
        };
        let rules = vec![
            rule(&["take-away"], "", "", "vat7"),
            rule(&[], "2020-07-01", "2020-12-31", "vat16"),
            rule(&[], "2007-01-01", "", "vat19"),
        ];
        TaxTable {
            taxes: vec![tax("vat7", 7), tax("vat16", 16), tax("vat19", 19)],
            classes: vec![TaxClass { code: "food".to_owned(), name: "Food".to_owned(), rules }],
        }
    }

    fn check(order_type: &str, on: &str, expected: &[&str]) {
        let taxes = table().resolve("food", order_type, on.parse().unwrap()).unwrap();
        assert_eq!(taxes.iter().map(|t| t.code.as_str()).collect::<Vec<_>>(), expected, "{order_type} on {on}");
    }

    #[test]
    fn the_first_rule_that_fits_is_used() {
        check("take-away", "2020-08-01", &["vat7"]);
        check("eat-in", "2020-06-30", &["vat19"]);
        check("eat-in", "2020-07-01", &["vat16"]);
        check("eat-in", "2020-12-31", &["vat16"]);
        check("eat-in", "2021-01-01", &["vat19"]);
        check("eat-in", "2006-12-31", &[]);
    }

    #[test]
    fn a_class_that_does_not_exist_is_told_from_one_without_taxes() {
        assert_eq!(table().resolve("drinks", "eat-in", "2026-01-01".parse().unwrap()), None);
    }
}
