//! Goods in stock: delivered, thrown away, counted.

use std::collections::BTreeMap;

use crate::domain::decide::{Deciding, free_text};
use crate::domain::event::Event;
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Refusal;
use crate::domain::staff::Permission;
use crate::domain::stock::{Good, StockKind, StockMove};

impl<'a> Deciding<'a, '_> {
    fn good(&self, code: &str) -> Result<&'a Good, Refusal> {
        let till: &'a crate::domain::till::Till = self.till;
        till.settings.goods.iter().find(|good| good.code == code).ok_or_else(|| Refusal::NoGood(code.to_owned()))
    }

    /// Takes a delivery in, or writes off what was thrown away.
    pub(super) fn move_stock(
        &mut self,
        code: &str,
        wasted: bool,
        quantity: Quantity,
        reason: &str,
    ) -> Result<(), Refusal> {
        self.require(if wasted { Permission::Waste } else { Permission::Stock })?;
        let good = self.good(code)?;
        // A delivery that was typed wrong, or goes back, is taken off again.
        if quantity.is_zero() || (wasted && quantity < Quantity::ZERO) {
            return Err(Refusal::ZeroAmount);
        }
        let (kind, quantity, reason) = match wasted {
            true => (StockKind::Wasted, -quantity, self.reason(reason, &self.till.settings.reasons.waste)?),
            false => (StockKind::Delivered, quantity, free_text(reason, 60)?),
        };
        let one = self.stock_move(good, kind, quantity, reason);
        self.events.push(Event::StockMoved { moves: vec![one] });
        Ok(())
    }

    /// Sets goods to what was counted; the differences are recorded, right counts too.
    pub(super) fn take_stock(&mut self, counted: &BTreeMap<String, Quantity>) -> Result<(), Refusal> {
        self.require(Permission::Stock)?;
        let mut moves = Vec::new();
        for (code, counted) in counted {
            let good = self.good(code)?;
            let books = self.till.stock.get(code).copied().unwrap_or_default();
            moves.push(self.stock_move(good, StockKind::Counted, *counted - books, String::new()));
        }
        if moves.is_empty() {
            return Err(Refusal::NothingCounted);
        }
        self.events.push(Event::StockMoved { moves });
        Ok(())
    }

    fn stock_move(&self, good: &Good, kind: StockKind, quantity: Quantity, reason: String) -> StockMove {
        let before = self.till.stock.get(&good.code).copied().unwrap_or_default();
        StockMove { good: good.code.clone(), name: good.name.clone(), kind, quantity, before, reason }
    }
}
