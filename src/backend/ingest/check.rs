//! Counting again what a till has counted, with the same code. What does not agree is told and stored;
//! a sale that happened is never refused for it.

use std::collections::{BTreeMap, VecDeque};

use crate::domain::event::{Event, Recorded};
use crate::domain::money::Money;
use crate::domain::rounding::Rounding;
use crate::domain::sale::Sale;
use crate::domain::shift::{Shift, Z};
use crate::domain::tax::TaxRounding;
use crate::domain::text::clean;
use crate::domain::totals;
use crate::wire::Hash;
use crate::wire::bundle::Head;
use crate::wire::chain::z_message;
use crate::wire::enrolment::verified;
use crate::wire::hex::hex;

/// The most warnings that are kept; more of them say no more.
const MOST: usize = 50;
/// The journal's hashes that are remembered, for the anchor of the Z.
const REMEMBERED: usize = 16;

/// The rules by which a till may have rounded. Which one it was is in its configuration; every sale of
/// a shift must agree with the same one.
const RULES: [(TaxRounding, Rounding); 8] = [
    (TaxRounding::PerDocument, Rounding::HalfUp),
    (TaxRounding::PerLine, Rounding::HalfUp),
    (TaxRounding::PerDocument, Rounding::HalfEven),
    (TaxRounding::PerLine, Rounding::HalfEven),
    (TaxRounding::PerDocument, Rounding::Up),
    (TaxRounding::PerLine, Rounding::Up),
    (TaxRounding::PerDocument, Rounding::Down),
    (TaxRounding::PerLine, Rounding::Down),
];

/// What is counted while a bundle is read.
pub(super) struct Check {
    /// What did not agree.
    pub(super) warnings: Vec<String>,
    head: Head,
    public_key: String,
    /// The rules that all sales so far agree with.
    rules: Vec<(TaxRounding, Rounding)>,
    /// The shift as it is folded here; none when it was opened in an earlier bundle.
    shift: Option<Shift>,
    before: Option<Z>,
    z: Option<Box<Z>>,
    receipt: Option<u64>,
    hashes: VecDeque<(u64, Hash)>,
    /// How many entries there are of kinds that are not known here.
    unknown: BTreeMap<String, u32>,
}

impl Check {
    /// A check of a bundle, with the Z of the one before.
    pub(super) fn new(head: &Head, before: Option<Z>, public_key: String) -> Self {
        Self {
            warnings: Vec::new(),
            head: head.clone(),
            public_key,
            rules: RULES.to_vec(),
            shift: None,
            receipt: before.as_ref().and_then(|z| z.shift.sums.last_receipt),
            before,
            z: None,
            hashes: VecDeque::from([(head.journal.first - 1, head.journal.prev)]),
            unknown: BTreeMap::new(),
        }
    }

    /// Notes what did not agree.
    pub(super) fn warn(&mut self, what: String) {
        if self.warnings.len() < MOST {
            self.warnings.push(what);
        }
    }

    /// The shift's document, once it was read.
    pub(super) fn z(&self) -> Option<&Z> {
        self.z.as_deref()
    }

    /// The number of the first entry.
    pub(super) fn first(&self) -> u64 {
        self.head.journal.first
    }

    /// Remembers where the journal stood.
    pub(super) fn stands(&mut self, seq: u64, hash: Hash) {
        if self.hashes.len() == REMEMBERED {
            self.hashes.pop_front();
        }
        self.hashes.push_back((seq, hash));
    }

    /// Notes an entry that cannot be read: whatever it does to its shift cannot be counted again.
    pub(super) fn unknown(&mut self, kind: &str) {
        self.shift = None;
        let kind = clean(kind, 40);
        if self.unknown.len() < MOST || self.unknown.contains_key(&kind) {
            *self.unknown.entry(kind).or_default() += 1;
        }
    }

    /// Counts an entry.
    pub(super) fn entry(&mut self, recorded: &Recorded) {
        if let Some(shift) = &mut self.shift {
            shift.apply(recorded);
        }
        match &recorded.event {
            Event::ShiftOpened { shift } => self.shift = Some((**shift).clone()),
            Event::SaleCompleted { sale, .. } => self.sale(sale),
            Event::ShiftClosed { z } => self.close(z),
            Event::ShiftSealed { seq, signature, .. } => self.seal(*seq, signature),
            // Nothing else is counted.
            _ => {}
        }
    }

    fn sale(&mut self, sale: &Sale) {
        let receipt = sale.receipt;
        if !sale.imported {
            if self.receipt.is_some_and(|last| receipt != last + 1) {
                self.warn(format!("receipt {receipt} does not follow receipt {}", self.receipt.unwrap_or_default()));
            }
            self.receipt = Some(receipt);
            let agrees = |rule: &(TaxRounding, Rounding)| {
                totals::document(&sale.lines, &sale.discounts, rule.0, rule.1) == sale.totals
            };
            let rules: Vec<_> = self.rules.iter().copied().filter(agrees).collect();
            if rules.is_empty() {
                let again = totals::document(&sale.lines, &sale.discounts, self.rules[0].0, self.rules[0].1);
                let (is, due) = (sale.totals.total.minor(), again.total.minor());
                self.warn(format!("receipt {receipt}: it came to {is}, counted again to {due} (minor units)"));
            } else {
                self.rules = rules;
            }
        }
        let paid: Money = sale.payments.iter().map(|p| p.amount).sum();
        if paid != sale.totals.total + sale.rounding {
            let due = (sale.totals.total + sale.rounding).minor();
            self.warn(format!("receipt {receipt}: {} was paid for {due} (minor units)", paid.minor()));
        }
    }

    fn close(&mut self, z: &Z) {
        if let Some(shift) = self.shift.take()
            // Moves from other registers of the box stand in their journals.
            && (shift.sums != z.shift.sums || !shift.moves.iter().all(|m| z.shift.moves.contains(m)))
        {
            let (is, due) = (z.shift.sums.total.minor(), shift.sums.total.minor());
            self.warn(format!(
                "Z {}: its sums are not those of its sales: {is}, counted again {due} (minor units)",
                z.number
            ));
        }
        if !z.unbalanced.is_empty() {
            self.warn(format!("Z {} is not balanced: {}", z.number, z.unbalanced));
        }
        if let Some(before) = self.before.take() {
            if z.number != before.number + 1 {
                self.warn(format!("Z {} does not follow Z {}", z.number, before.number));
            }
            let due = before.grand.total + z.shift.sums.total;
            if z.grand.total != due {
                self.warn(format!(
                    "Z {}: the register's life came to {}, due is {}",
                    z.number,
                    z.grand.total.minor(),
                    due.minor()
                ));
            }
        }
        let anchored = self.hashes.iter().any(|(seq, hash)| *seq == z.anchor.entries && hex(hash) == z.anchor.head);
        if !anchored {
            self.warn(format!("Z {}: its anchor is not where the journal stood", z.number));
        }
        self.before = Some(z.clone());
        self.z = Some(Box::new(z.clone()));
    }

    fn seal(&mut self, seq: u64, signature: &str) {
        let hash = self.hashes.iter().find(|(at, _)| *at == seq).map(|(_, hash)| *hash);
        let signed = hash.is_some_and(|hash| {
            let message = z_message(self.head.box_id, self.head.register, seq, &hash);
            verified(&self.public_key, &message, signature)
        });
        if !signed {
            self.warn("the signature of the Z is not of the register's key".to_owned());
        }
    }

    /// Says what is missing at the end.
    pub(super) fn finish(&mut self) {
        let shift = self.z.as_ref().map(|z| z.shift.id.0);
        for (kind, count) in std::mem::take(&mut self.unknown) {
            self.warn(format!("kept, and not counted: {count} of `{kind}`, which this server does not know"));
        }
        if self.head.kind == crate::wire::bundle::Kind::Shift && shift != Some(self.head.id) {
            self.warn("its last Z is not of the shift that it is named after".to_owned());
        }
    }
}
