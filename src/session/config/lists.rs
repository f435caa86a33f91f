//! `taxes.toml`, `tenders.toml`, `roles.toml` and `keys.toml`: lists of things that are data.

use rust_decimal::Decimal;

use super::Keys;
use super::finding::{Located, allowed};
use super::reader::{File, Table};
use crate::domain::money::Currency;
use crate::domain::order_type::OrderType;
use crate::domain::staff::{DiscountLimit, Permission, Role};
use crate::domain::tax::{Tax, TaxBasis, TaxClass, TaxRule, TaxTable};
use crate::domain::tender::{Foreign, ReferenceRule, Tender};
use crate::domain::totals::MAX_PERCENT;

/// Digits after the point that a rate can have.
const MAX_RATE_DIGITS: u32 = 6;
/// The most taxes of a class, and order types of a rule.
const MAX_LISTED: usize = 20;

/// The taxes and their classes.
pub(super) fn taxes(root: Table, currency: Option<Currency>, order_types: &[OrderType]) -> TaxTable {
    let mut taxes: Vec<(Located<String>, Tax)> = Vec::new();
    for table in root.tables("tax").unwrap_or_default() {
        taxes.extend(tax(&table, currency));
        table.done();
    }
    root.file.refuse_twins("tax", taxes.iter().map(|(code, _)| code));
    let taxes: Vec<Tax> = taxes.into_iter().map(|(_, tax)| tax).collect();
    let mut classes: Vec<(Located<String>, TaxClass)> = Vec::new();
    for table in root.needed("class", root.tables("class")).unwrap_or_default() {
        classes.extend(class(&table, &taxes, order_types));
        table.done();
    }
    root.file.refuse_twins("class", classes.iter().map(|(code, _)| code));
    root.done();
    TaxTable { taxes, classes: classes.into_iter().map(|(_, class)| class).collect() }
}

fn tax(table: &Table, currency: Option<Currency>) -> Option<(Located<String>, Tax)> {
    let code = table.needed("code", table.code("code"));
    let name = table.needed("name", table.name("name"));
    let included = table.needed("included", table.flag("included"));
    let compound = table.flag("compound").unwrap_or(false);
    let percent = table.decimal("percent").filter(|rate| is_rate(table.file, rate));
    let per_unit = table.money("per_unit", currency);
    if let Some(amount) = per_unit.as_ref().filter(|a| a.value.is_negative()) {
        table.file.find_at(&amount.place, "a tax must not be less than nothing");
    }
    let basis = match (percent, per_unit) {
        (Some(percent), None) => TaxBasis::Percent(percent.value.normalize()),
        (None, Some(amount)) => {
            if compound {
                table.file.find_at(&amount.place, "a fixed amount builds on nothing: take `compound` away");
            }
            TaxBasis::PerUnit(amount.value)
        }
        (Some(_), Some(amount)) => {
            table.file.find_at(&amount.place, "a tax has either `percent` or `per_unit`, not both");
            return None;
        }
        (None, None) => {
            if !table.has("percent") && !table.has("per_unit") {
                table.file.find_at(&table.place(), "`percent` or `per_unit` is missing here");
            }
            return None;
        }
    };
    let code = code?;
    Some((code.clone(), Tax { code: code.value, name: name?.value, basis, included: included?, compound }))
}

pub(super) fn is_rate(file: &File, rate: &Located<Decimal>) -> bool {
    let fits = rate.value >= Decimal::ZERO
        && rate.value <= Decimal::from(MAX_PERCENT)
        && rate.value.normalize().scale() <= MAX_RATE_DIGITS;
    if !fits {
        let message = format!(
            "{} is no rate: 0 to {MAX_PERCENT} per cent, with at most {MAX_RATE_DIGITS} digits after the point",
            rate.value
        );
        file.find_at(&rate.place, message);
    }
    fits
}

fn class(table: &Table, taxes: &[Tax], order_types: &[OrderType]) -> Option<(Located<String>, TaxClass)> {
    let code = table.needed("code", table.code("code"));
    let name = table.needed("name", table.name("name"));
    let mut rules = Vec::new();
    for rule in table.tables("rule").unwrap_or_default() {
        rules.push(TaxRule {
            order_types: known(&rule, "order_types", "order type", order_types, |t| &t.code).unwrap_or_default(),
            from: rule.date("from").map(|d| d.value),
            until: until(&rule),
            taxes: rule.needed("taxes", tax_list(&rule, taxes)).unwrap_or_default(),
        });
        rule.done();
    }
    match tax_list(table, taxes) {
        Some(taxes) => rules.push(TaxRule { order_types: Vec::new(), from: None, until: None, taxes }),
        None if rules.is_empty() => {
            table.file.find_at(&table.place(), "`taxes` is missing here: write taxes = [] for none");
        }
        None => {}
    }
    let code = code?;
    Some((code.clone(), TaxClass { code: code.value, name: name?.value, rules }))
}

fn until(rule: &Table) -> Option<chrono::NaiveDate> {
    let until = rule.date("until")?;
    if rule.date("from").is_some_and(|from| from.value > until.value) {
        rule.file.find_at(&until.place, "`until` lies before `from`: this rule would never hold");
    }
    Some(until.value)
}

fn tax_list(table: &Table, taxes: &[Tax]) -> Option<Vec<String>> {
    known(table, "taxes", "tax", taxes, |t| &t.code)
}

/// Codes that must be those of a list, each once.
pub(super) fn known<T>(
    table: &Table,
    key: &'static str,
    what: &str,
    list: &[T],
    code: impl Fn(&T) -> &String,
) -> Option<Vec<String>> {
    let codes = table.codes(key, 0..=MAX_LISTED)?;
    table.file.refuse_twins(what, &codes);
    for found in codes.iter().filter(|found| !list.iter().any(|t| *code(t) == found.value)) {
        let allowed = allowed(&found.value, list.iter().map(|t| code(t).as_str()));
        table.file.find_at(&found.place, format!("`{}` is no {what}{allowed}", found.value));
    }
    Some(codes.into_iter().map(|c| c.value).collect())
}

/// The ways to pay, in the order of the file.
pub(super) fn tenders(root: Table, currency: Option<Currency>) -> Vec<Tender> {
    let file = root.file;
    let mut tenders: Vec<(Located<String>, Tender)> = Vec::new();
    let tables = root.needed("tender", root.tables("tender"));
    let given = tables.is_some();
    for table in tables.unwrap_or_default() {
        tenders.extend(tender(&table, currency));
        table.done();
    }
    root.done();
    file.refuse_twins("tender", tenders.iter().map(|(code, _)| code));
    match tenders.iter().find(|(_, tender)| tender.gives_change) {
        Some((code, tender)) if tender.foreign.is_some() => {
            let message =
                "the first tender that gives change is the till's cash, and must not be foreign: put it below";
            file.find_at(&code.place, message);
        }
        None if given => file.find_whole("no tender gives change: give cash `gives_change = true`"),
        Some(_) | None => {}
    }
    tenders.into_iter().map(|(_, tender)| tender).collect()
}

fn tender(table: &Table, currency: Option<Currency>) -> Option<(Located<String>, Tender)> {
    let code = table.needed("code", table.code("code"));
    let name = table.needed("name", table.name("name"));
    let flag = |key: &'static str| table.flag(key).unwrap_or(false);
    let rules = [ReferenceRule::None, ReferenceRule::Optional, ReferenceRule::Required];
    let voucher = flag("voucher");
    let reference = table.word("reference", &rules).unwrap_or(match voucher {
        true => ReferenceRule::Required,
        false => ReferenceRule::None,
    });
    let reference_name = table.name("reference_name");
    match (&reference_name, reference) {
        (Some(name), ReferenceRule::None) => {
            let message = "`reference_name` needs `reference = \"optional\"` or \"required\"";
            table.file.find_at(&name.place, message);
        }
        (None, ReferenceRule::Required) if !voucher && !table.has("reference_name") => {
            table
                .file
                .find_at(&table.place(), "`reference_name` is missing here: what is asked for, such as \"Account\"");
        }
        (Some(_) | None, _) => {}
    }
    let tender = Tender {
        code: String::new(),
        name: String::new(),
        gives_change: flag("gives_change"),
        over_as_tip: flag("over_as_tip"),
        refundable: flag("refundable"),
        opens_drawer: flag("opens_drawer"),
        counted: flag("counted"),
        rounds: flag("rounds"),
        reference,
        reference_name: reference_name.map(|n| n.value).or_else(|| voucher.then(|| "Code".to_owned())),
        last_four: flag("last_four"),
        on_account: flag("on_account"),
        voucher,
        deposit: flag("deposit"),
        voucher_months: table.whole("voucher_months", 0..=1200).and_then(|m| u32::try_from(m).ok()).unwrap_or(0),
        foreign: foreign(table, currency),
    };
    let code = code?;
    Some((code.clone(), Tender { code: code.value, name: name?.value, ..tender }))
}

fn foreign(table: &Table, home: Option<Currency>) -> Option<Foreign> {
    let table = table.table("foreign")?;
    let code = table.needed("currency", table.name("currency"));
    let rate = table.needed("rate", table.decimal("rate"));
    let file = table.file;
    table.done();
    let (code, rate) = (code?, rate?);
    if rate.value <= Decimal::ZERO || rate.value > Decimal::from(1_000_000) {
        file.find_at(&rate.place, "a rate is more than 0 and at most 1000000");
    }
    match Currency::from_code(&code.value) {
        Ok(currency) if Some(currency) == home => {
            file.find_at(&code.place, format!("{currency} is the till's own currency, and needs no rate"));
            None
        }
        Ok(currency) => Some(Foreign { currency, rate: rate.value.normalize() }),
        Err(problem) => {
            file.find_at(&code.place, problem.to_string());
            None
        }
    }
}

/// The roles.
pub(super) fn roles(root: Table, currency: Option<Currency>) -> Vec<Role> {
    let file = root.file;
    let mut roles: Vec<(Located<String>, Role)> = Vec::new();
    let tables = root.needed("role", root.tables("role"));
    let given = tables.is_some();
    for table in tables.unwrap_or_default() {
        let code = table.needed("code", table.code("code"));
        let name = table.needed("name", table.name("name"));
        let may = if table.says("may", "all") {
            Some(Permission::ALL.to_vec())
        } else {
            table.needed("may", table.words("may", Permission::ALL))
        };
        let amount = table.money("max_discount", currency).filter(|m| {
            if m.value.is_negative() {
                file.find_at(&m.place, "a limit must not be less than nothing");
            }
            !m.value.is_negative()
        });
        let percent = table.decimal("max_discount_percent").filter(|rate| is_rate(file, rate));
        let limit = DiscountLimit { percent: percent.map(|p| p.value.normalize()), amount: amount.map(|m| m.value) };
        table.done();
        if let (Some(code), Some(name), Some(may)) = (code, name, may) {
            let role = Role { code: code.value.clone(), name: name.value, may: may.into_iter().collect(), limit };
            roles.push((code, role));
        }
    }
    root.done();
    file.refuse_twins("role", roles.iter().map(|(code, _)| code));
    if given && !roles.iter().any(|(_, role)| role.may.contains(&Permission::ManageStaff)) {
        file.find_whole("no role may `manage-staff`: nobody could be added or get a new PIN");
    }
    roles.into_iter().map(|(_, role)| role).collect()
}

/// The keys, as written. The screen knows which contexts and actions there are.
pub(super) fn keys(root: &Table) -> Keys {
    let mut keys = Keys::default();
    for (context, table) in root.all_tables() {
        for (key, action) in table.all_texts() {
            keys.put(&context, &key, action.value);
        }
    }
    keys
}
