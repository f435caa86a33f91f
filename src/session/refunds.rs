//! Finding the sale that money is to be given back for.

use crate::domain::receipt_code;
use crate::domain::refusal::Refusal;
use crate::domain::sale::Sale;
use crate::session::{Outcome, Session};
use crate::store::StoreError;
use crate::ui::refund::Wanted;
use crate::ui::screen::Tone;

impl Session {
    pub(super) fn find_sale(&mut self, wanted: Wanted) {
        match self.sales(&wanted) {
            Ok(sales) => match sales.as_slice() {
                [] => self.refuse(not_found(&wanted)),
                [only] => match self.store.found(only.register, only.receipt) {
                    Ok(Some(found)) if found.left().iter().all(|(_, left)| left.is_zero()) => {
                        self.refuse(Refusal::NothingLeftToRefund(only.receipt));
                    }
                    Ok(Some(found)) => self.ui.refund_found(&found),
                    Ok(None) => self.refuse(Refusal::NoReceipt(only.receipt)),
                    Err(error) => self.cannot_read(&error),
                },
                several => self.ui.sales_found(&self.till, several),
            },
            Err(error) => self.cannot_read(&error),
        }
    }

    fn sales(&self, wanted: &Wanted) -> Result<Vec<Sale>, StoreError> {
        let of_receipt = |register, receipt| {
            let sale = self.store.sale_by_receipt(register, receipt)?;
            Ok::<Vec<Sale>, StoreError>(sale.into_iter().collect())
        };
        match wanted {
            Wanted::Receipt(register, receipt) => of_receipt(*register, *receipt),
            Wanted::Code(code) => {
                let Some((register, receipt)) = receipt_code::parse(code) else { return Ok(Vec::new()) };
                let mut sales = of_receipt(register, receipt)?;
                sales.retain(|sale| receipt_code::fits(code, sale));
                Ok(sales)
            }
            Wanted::Amount(paid, on) => self.store.sales_of_amount(*paid, *on),
            Wanted::Card(last_four) => self.store.sales_of_card(last_four),
        }
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.ui.say(Tone::Bad, refusal.to_string());
        self.outcomes.push(Outcome::Refused(refusal));
    }

    fn cannot_read(&mut self, error: &StoreError) {
        self.ui.say(Tone::Bad, format!("The sale cannot be read: {error}"));
        self.outcomes.push(Outcome::Failed(error.to_string()));
    }
}

fn not_found(wanted: &Wanted) -> Refusal {
    match wanted {
        Wanted::Receipt(_, receipt) => Refusal::NoReceipt(*receipt),
        Wanted::Code(code) => Refusal::NotOurReceipt(code.clone()),
        Wanted::Amount(..) | Wanted::Card(_) => Refusal::NoSuchSale,
    }
}
