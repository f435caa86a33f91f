//! The accountant's journal: one entry for each Z, in double entry, that sums to nothing. Written as plain-text
//! accounting (hledger, ledger, beancount's importers) and as the CSV that bookkeeping programs take in.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::money::{Currency, Money};
use crate::domain::shift::{CashKind, Count, TaxSum, Z};
use crate::reports::table::csv_text;

/// What the books call things. Names of taxes are added to `sales` and `tax` behind a colon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Accounts {
    /// Where a tender's money goes, by its code; the rest to `tender`, with the code behind a colon.
    pub tenders: BTreeMap<String, String>,
    /// Tenders that are not named.
    pub tender: String,
    /// Sales without tax.
    pub sales: String,
    /// Sales given back, without tax.
    pub refunds: String,
    /// Taxes owed.
    pub tax: String,
    /// Tips owed to staff.
    pub tips: String,
    /// What cash rounding made.
    pub rounding: String,
    /// Over or short at the count.
    pub over_short: String,
    /// Cash paid in.
    pub paid_in: String,
    /// Cash paid out.
    pub paid_out: String,
    /// Cash dropped to the safe.
    pub safe: String,
    /// Cash on its way from one drawer to another: nothing once both Zs are in the books.
    pub loans: String,
    /// What was paid of orders that are still open, and settled later.
    pub prepaid: String,
    /// What a Z that does not balance lacks.
    pub unbalanced: String,
    /// What an importer calls "without tax", since taxes are postings of their own; its usual word when empty.
    pub no_tax: String,
}

impl Default for Accounts {
    fn default() -> Self {
        let name = |text: &str| text.to_owned();
        Self {
            tenders: BTreeMap::from([
                (name("cash"), name("assets:cash:drawer")),
                (name("card"), name("assets:card terminal")),
                (name("account"), name("assets:house accounts")),
                (name("voucher"), name("liabilities:vouchers")),
                (name("deposit"), name("liabilities:deposits")),
            ]),
            tender: name("assets:tender"),
            sales: name("income:sales"),
            refunds: name("income:refunds"),
            tax: name("liabilities:tax"),
            tips: name("liabilities:tips"),
            rounding: name("income:rounding"),
            over_short: name("expenses:over and short"),
            paid_in: name("income:paid in"),
            paid_out: name("expenses:paid out"),
            safe: name("assets:safe"),
            loans: name("assets:cash:between drawers"),
            prepaid: name("liabilities:prepaid"),
            unbalanced: name("equity:unbalanced"),
            no_tax: String::new(),
        }
    }
}

/// One entry: what a Z did to each account, debits above nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The business date.
    pub date: NaiveDate,
    /// `Z 12, register 1`
    pub title: String,
    /// Accounts in the order in which they were touched; none twice, none with nothing.
    pub postings: Vec<(String, Money)>,
    /// The currency of every amount.
    pub currency: Currency,
}

impl Entry {
    fn post(&mut self, account: &str, amount: Money) {
        // Two blanks and a semicolon mean something in plain-text accounting.
        let account = account.replace(';', ",").split_whitespace().collect::<Vec<_>>().join(" ");
        match self.postings.iter_mut().find(|(name, _)| *name == account) {
            Some((_, sum)) => *sum += amount,
            None => self.postings.push((account, amount)),
        }
    }
}

/// The entry of a Z. `drawer` is the code of the tender that lies in the drawer.
pub fn entry(z: &Z, drawer: &str, accounts: &Accounts) -> Entry {
    let (shift, sums) = (&z.shift, &z.shift.sums);
    let title = format!("Z {}, register {}", z.number, z.register);
    let mut entry = Entry { date: shift.business_date, title, postings: Vec::new(), currency: z.currency };
    let tender = |code: &str| match accounts.tenders.get(code) {
        Some(account) => account.clone(),
        None => format!("{}:{code}", accounts.tender),
    };
    for (code, sum) in &sums.tenders {
        let change = if code == drawer { -shift.change_for_others(drawer) } else { sum.change };
        entry.post(&tender(code), sum.amount + sum.tips + change - sum.refunded.amount);
        entry.post(&accounts.tips, -sum.tips);
    }
    // What was paid on house accounts is owed no more; what vouchers were sold for is.
    for (code, received) in &sums.received {
        entry.post(&tender(code), -received.tally.amount);
    }
    if !sums.tenders.contains_key(drawer) {
        entry.post(&tender(drawer), -shift.change_for_others(drawer));
    }
    for (kind, account) in [
        (CashKind::PaidIn, &accounts.paid_in),
        (CashKind::PaidOut, &accounts.paid_out),
        (CashKind::Drop, &accounts.safe),
        (CashKind::TipOut, &accounts.tips),
        (CashKind::Lent, &accounts.loans),
        (CashKind::Borrowed, &accounts.loans),
    ] {
        let moved: Money = shift.moves.iter().filter(|m| m.kind == kind).map(|m| m.effect()).sum();
        entry.post(&tender(drawer), moved);
        entry.post(account, -moved);
    }
    for count in &z.counts {
        entry.post(&tender(&count.tender), Count::difference(count));
        entry.post(&accounts.over_short, -Count::difference(count));
    }
    let back = &sums.refunds;
    sold(&mut entry, accounts, &accounts.sales, (sums.net, &sums.taxes), |amount| -amount);
    sold(&mut entry, accounts, &accounts.refunds, (back.net, &back.taxes), |amount| amount);
    let taken: Money = sums.tenders.values().map(|t| t.amount).sum();
    entry.post(&accounts.prepaid, sums.paid + sums.taken_in() - taken);
    entry.post(&accounts.rounding, back.rounding - sums.rounding);
    let left: Money = entry.postings.iter().map(|(_, amount)| *amount).sum();
    entry.post(&accounts.unbalanced, -left);
    entry.postings.retain(|(_, amount)| !amount.is_zero());
    entry
}

/// Sales, or what was given back, by the tax they bear, and the taxes. Where lines bear several, what each was counted on is more than was
/// sold: then sales are one sum.
fn sold(
    entry: &mut Entry,
    accounts: &Accounts,
    to: &str,
    (net, taxes): (Money, &BTreeMap<String, TaxSum>),
    signed: fn(Money) -> Money,
) {
    let bases: Money = taxes.values().map(|t| t.base).sum();
    let by_tax = bases <= net;
    for tax in taxes.values() {
        if by_tax {
            entry.post(&format!("{to}:{}", tax.name), signed(tax.base));
        }
        entry.post(&format!("{}:{}", accounts.tax, tax.name), signed(tax.amount));
    }
    entry.post(to, signed(if by_tax { net - bases } else { net }));
}

/// As plain-text accounting, with every account and the currency declared, so that strict checks pass.
pub fn ledger(entries: &[Entry], currency: Currency) -> String {
    let point = currency.show(Money::from_minor(currency.minor_per_unit() * 1000));
    let point = if point.contains('.') { point } else { format!("{point}.") };
    let mut out = format!("commodity {point} {currency}\n\n");
    let mut accounts: Vec<&str> = entries.iter().flat_map(|e| e.postings.iter().map(|(a, _)| a.as_str())).collect();
    accounts.sort_unstable();
    accounts.dedup();
    for account in accounts {
        out.push_str(&format!("account {account}\n"));
    }
    for entry in entries {
        out.push_str(&format!("\n{} {}\n", entry.date, entry.title));
        for (account, amount) in &entry.postings {
            out.push_str(&format!("    {account:<40}  {:>14} {}\n", entry.currency.show(*amount), entry.currency));
        }
    }
    out
}

/// As the CSV of a general journal, with the columns that QuickBooks Online reads: a row for each posting, debit or
/// credit.
pub fn csv(entries: &[Entry]) -> String {
    let mut out = "JournalNo,JournalDate,AccountName,Debits,Credits,Description,Currency\r\n".to_owned();
    for (number, entry) in (1..).zip(entries) {
        for (account, amount) in &entry.postings {
            let shown = entry.currency.show(amount.abs());
            let (debit, credit) = if amount.is_negative() { (String::new(), shown) } else { (shown, String::new()) };
            let (account, title) = (csv_text(account), csv_text(&entry.title));
            out.push_str(&format!("{number},{},{account},{debit},{credit},{title},{}\r\n", entry.date, entry.currency));
        }
    }
    out
}

/// As the CSV of Xero's manual journals: debits above nothing. A name in the settings is the code of an account there.
pub fn xero(entries: &[Entry], accounts: &Accounts) -> String {
    let mut out = "*Narration,*Date,Description,*AccountCode,*TaxRate,*Amount,TrackingName1,TrackingOption1,\
                   TrackingName2,TrackingOption2\r\n"
        .to_owned();
    let no_tax = csv_text(if accounts.no_tax.is_empty() { "Tax Exempt" } else { &accounts.no_tax });
    for entry in entries {
        let (title, date) = (csv_text(&entry.title), entry.date.format("%d/%m/%Y"));
        for (account, amount) in &entry.postings {
            let (account, shown) = (csv_text(account), entry.currency.show(*amount));
            out.push_str(&format!("{title},{date},{title},{account},{no_tax},{shown},,,,\r\n"));
        }
    }
    out
}

/// As the CSV that Sage 50 takes in as audit trail transactions: JD is a debit, JC a credit. A name in the settings is
/// the code of a nominal account there.
pub fn sage(entries: &[Entry], accounts: &Accounts) -> String {
    let mut out = "Type,Account Reference,Nominal A/C Ref,Department Code,Date,Reference,Details,Net Amount,Tax Code,\
                   Tax Amount\r\n"
        .to_owned();
    let no_tax = csv_text(if accounts.no_tax.is_empty() { "T9" } else { &accounts.no_tax });
    for (number, entry) in (1..).zip(entries) {
        let (title, date) = (csv_text(&entry.title), entry.date.format("%d/%m/%Y"));
        let nothing = entry.currency.show(Money::ZERO);
        for (account, amount) in &entry.postings {
            let (kind, shown) = (if amount.is_negative() { "JC" } else { "JD" }, entry.currency.show(amount.abs()));
            let account = csv_text(account);
            out.push_str(&format!("{kind},,{account},0,{date},{number},{title},{shown},{no_tax},{nothing}\r\n"));
        }
    }
    out
}
