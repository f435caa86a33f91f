//! Tips of sales that are settled: the slip was signed later.

use crate::domain::decide::Deciding;
use crate::domain::event::Event;
use crate::domain::ids::PaymentId;
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::staff::Permission;
use crate::domain::tip::{TipChange, Tipped};

impl Deciding<'_, '_> {
    /// Changes the tip on a payment of a settled sale, until the shift that took it is closed. The sale stays as it is.
    pub(super) fn adjust_tip(&mut self, found: &Tipped, payment: PaymentId, tip: Money) -> Result<(), Refusal> {
        self.require(Permission::AdjustTips)?;
        let sale = &found.sale;
        let paid = sale.payments.iter().find(|paid| paid.id == payment).ok_or(Refusal::NoReceipt(sale.receipt))?;
        let open = self.till.shift.as_ref().map(|shift| shift.id);
        if open != Some(paid.shift) || open != Some(sale.shift) {
            return Err(Refusal::TipTooLate(sale.receipt));
        }
        let settings = &self.till.settings;
        if !settings.tender(&paid.tender).is_some_and(|tender| tender.over_as_tip) {
            return Err(Refusal::NoTips(paid.name.clone()));
        }
        if tip.is_negative() {
            return Err(Refusal::ZeroAmount);
        }
        if tip > Money::LIMIT {
            return Err(Refusal::TooMuch(self.show(tip)));
        }
        let before = found.tip(paid);
        if before == tip {
            return Err(Refusal::NothingChanges);
        }
        if tip > before && !settings.tips.allows(tip, paid.amount) {
            self.require(Permission::TipOverLimit)?;
        }
        let change = TipChange {
            sale: sale.id,
            receipt: sale.receipt,
            payment,
            tender: paid.tender.clone(),
            name: paid.name.clone(),
            before,
            after: tip,
            register: sale.register,
            business_date: sale.business_date,
            completed: sale.completed,
            staff: sale.staff,
            staff_name: sale.staff_name.clone(),
            server: sale.server,
            order_type: sale.order_type.clone(),
            table: sale.table.clone(),
            training: sale.training,
        };
        self.events.push(Event::TipAdjusted { change: Box::new(change) });
        Ok(())
    }
}
