//! Reasons, where the house wants one.

use crate::domain::command::Command;
use crate::domain::spool::JobAct;
use crate::domain::till::Till;
use crate::ui::refund;
use crate::ui::state::Why;

/// The house's reasons for something.
pub(super) fn reasons<'t>(till: &'t Till, why: &Why) -> &'t [String] {
    let reasons = &till.settings.reasons;
    match why {
        Why::Void(_) | Why::TakeBack(_) | Why::TakeBackReceived(..) | Why::DepositBack => &reasons.void,
        Why::Price(..) => &reasons.price,
        Why::LineDiscount(..) | Why::OrderDiscount(_) => &reasons.discount,
        Why::Comp(_) => &reasons.comp,
        Why::Waste(_) | Why::ThrowAway(..) => &reasons.waste,
        Why::Waive => &reasons.waive,
        Why::NoSale => &reasons.no_sale,
        Why::Abandon => &reasons.abandon,
        Why::Skip(_) => &reasons.skip,
        Why::Refund { .. } | Why::RefundOrder => &reasons.refund,
    }
}

/// The command that was waiting for its reason.
pub(super) fn with_reason(why: Why, reason: String) -> Command {
    match why {
        Why::Void(line) => Command::VoidLine { line, reason },
        Why::Price(line, price) => Command::SetPrice { line, price, reason, confirmed: false },
        Why::LineDiscount(line, kind) => Command::DiscountLine { line, discount: Some((kind, reason)) },
        Why::OrderDiscount(kind) => Command::DiscountOrder { discount: Some((kind, reason)) },
        Why::Comp(line) => Command::Comp { line, reason },
        Why::Waste(line) => Command::WasteLine { line, reason },
        Why::ThrowAway(good, quantity) => Command::MoveStock { good, wasted: true, quantity, reason },
        Why::Waive => Command::SetService { on: false, reason },
        Why::NoSale => Command::NoSale { reason },
        Why::Abandon => Command::Abandon { reason },
        Why::Skip(job) => Command::DecideJob { job, act: JobAct::Skip, reason },
        Why::TakeBackReceived(customer, payment) => {
            Command::TakeBackReceived { customer, payment, reason, found: None }
        }
        Why::DepositBack => Command::GiveDepositBack { reason },
        Why::TakeBack(payment) => Command::ReversePayment { payment, reason },
        Why::Refund { register, receipt, back, tender } => refund::command(register, receipt, back, tender, reason),
        Why::RefundOrder => Command::RefundOrder { reason, tender: None },
    }
}
