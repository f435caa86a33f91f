//! What was begun about the order on screen, and is let go when another one stands there: numbers of
//! lines mean nothing in another order, and an amount was meant for one customer.

use crate::domain::command::Command;
use crate::domain::event::Event;
use crate::domain::ids::OrderId;
use crate::domain::money::Money;
use crate::domain::order::{Holder, Order};
use crate::domain::till::Till;
use crate::ui::customers::CustomerFor;
use crate::ui::state::{Ask, Dialog, From, Show, TableFor, Ui, Why};
use crate::ui::vouchers::MoneyFor;

impl Ui {
    /// Notices that another order is on screen than before, or none: the order was settled, put
    /// aside, or has gone to another register. Returns whether a dialog was closed for it.
    pub fn follow_order(&mut self, till: &Till) -> bool {
        // While nobody is signed in, everything stays as it is for whom it belongs to.
        till.signed_in.is_some() && self.turn_to_order(till.current().map(|o| o.id))
    }

    /// The same for what is about to be recorded; `till` has not evolved yet.
    pub(super) fn follow_events(&mut self, till: &Till, events: &[Event]) {
        let here = |h: &Holder| h.register == till.register;
        let (mut staff, mut on_screen) = (till.signed_in, till.current().map(|o| o.id));
        for event in events {
            match event {
                Event::SignedIn { staff: who } => {
                    let held = |o: &&Order| o.holder.is_some_and(|h| here(&h) && h.staff == *who);
                    (staff, on_screen) = (Some(*who), till.orders.values().find(held).map(|o| o.id));
                }
                Event::SignedOut { .. } => staff = None,
                Event::OrderOpened { order } if order.holder.as_ref().is_some_and(here) => on_screen = Some(order.id),
                Event::OrderHanded { order, holder, .. } if holder.as_ref().is_some_and(here) => {
                    on_screen = Some(*order);
                }
                Event::OrderHanded { order, .. } | Event::OrderAbandoned { order, .. } => {
                    on_screen = on_screen.filter(|id| id != order);
                }
                Event::SaleCompleted { sale, .. } => on_screen = on_screen.filter(|id| *id != sale.order),
                Event::Refunded { refund, .. } => on_screen = on_screen.filter(|id| Some(*id) != refund.order),
                Event::StoreMade { .. }
                | Event::Started { .. }
                | Event::OrderOpened { .. }
                | Event::LinesMoved { .. }
                | Event::OrderMerged { .. }
                | Event::Stopped
                | Event::Upgraded { .. }
                | Event::ClockJumped { .. }
                | Event::Degraded { .. }
                | Event::StaffChanged { .. }
                | Event::PinSet { .. }
                | Event::BadgeBound { .. }
                | Event::BadgesRevoked { .. }
                | Event::WorkChanged { .. }
                | Event::SignInFailed { .. }
                | Event::OverrideFailed { .. }
                | Event::Overridden { .. }
                | Event::ShiftOpened { .. }
                | Event::CashMoved { .. }
                | Event::DrawerLocked { .. }
                | Event::DrawerShut { .. }
                | Event::XPrinted
                | Event::ShiftClosed { .. }
                | Event::KeyMade { .. }
                | Event::ShiftSealed { .. }
                | Event::CorrectionSealed { .. }
                | Event::LineChanged { .. }
                | Event::FaceChanged { .. }
                | Event::Sent { .. }
                | Event::PaymentTaken { .. }
                | Event::PaymentReversed { .. }
                | Event::BillPrinted { .. }
                | Event::Reprinted { .. }
                | Event::NoSale { .. }
                | Event::MenuChanged { .. }
                | Event::BarcodeBound { .. }
                | Event::TicketBumped { .. }
                | Event::TicketRecalled { .. }
                | Event::AvailabilitySet { .. }
                | Event::PromotionSwitched { .. }
                | Event::CustomerChanged { .. }
                | Event::MoneyReceived { .. }
                | Event::TipAdjusted { .. }
                | Event::StockMoved { .. }
                | Event::Printed { .. }
                | Event::JobDecided { .. }
                | Event::ReportPrinted { .. }
                | Event::Verified { .. }
                | Event::Backend { .. } => {}
            }
        }
        if staff.is_some() {
            self.turn_to_order(on_screen);
        }
    }

    fn turn_to_order(&mut self, now: Option<OrderId>) -> bool {
        let before = std::mem::replace(&mut self.kept.order, now);
        if before.is_none() || before == now {
            return false;
        }
        self.kept.selected = None;
        self.kept.marks.clear();
        self.kept.tip = Money::ZERO;
        let open = self.kept.dialogs.len();
        self.kept.dialogs.retain(|dialog| !is_about_order(dialog));
        self.kept.dialogs.len() < open
    }
}

fn is_about_order(dialog: &Dialog) -> bool {
    match dialog {
        Dialog::Prompt { ask, .. } => match ask {
            Ask::HoldName
            | Ask::OrderName
            | Ask::Covers
            | Ask::Phone
            | Ask::Address
            | Ask::PickUp
            | Ask::Limit
            | Ask::Asked(..)
            | Ask::Seat(_)
            | Ask::SplitEvenly
            | Ask::SplitAmount
            | Ask::SplitLine(_)
            | Ask::KitchenNote(_)
            | Ask::CustomerNote(_)
            | Ask::Price(_)
            | Ask::LineDiscount(_)
            | Ask::OrderDiscount
            | Ask::Coupon
            | Ask::Deposit
            | Ask::Allergies
            | Ask::Tip => true,
            Ask::Float
            | Ask::CashAmount(_)
            | Ask::CashReason(..)
            | Ask::CashNumber
            | Ask::LendTo
            | Ask::LendAmount(_)
            | Ask::LendReason(..)
            | Ask::HandOver(_)
            | Ask::RefundOf
            | Ask::Receipt
            | Ask::Left(_)
            | Ask::OpenPrice(_)
            | Ask::Weight(_)
            | Ask::Barcode
            | Ask::Period(_)
            | Ask::CashTips
            | Ask::WorkTimes(_)
            | Ask::WorkReason(..)
            | Ask::Account(..)
            | Ask::Points(..)
            | Ask::Voucher(_)
            | Ask::Stock(..)
            | Ask::StaffName => false,
        },
        Dialog::Choose { from, .. } => match from {
            From::Reasons(why) => !matches!(
                why,
                Why::NoSale | Why::ThrowAway(..) | Why::Skip(_) | Why::Refund { .. } | Why::TakeBackReceived(..)
            ),
            From::MoneyTenders(what, _) => *what == MoneyFor::Deposit,
            From::OrderTypes
            | From::Schemes(_)
            | From::Payments
            | From::Splits
            | From::Merge
            | From::MoveLines
            | From::Servers => true,
            From::Tables(what) => *what != TableFor::Go,
            From::Customers(what) => *what == CustomerFor::Order,
            From::Orders
            | From::Tabs
            | From::Promotions
            | From::ToAccount
            | From::AccountActs(_)
            | From::Received(..)
            | From::Goods(_)
            | From::AtTable(_)
            | From::ItemsToBind(_)
            | From::ItemsToMark
            | From::Jobs
            | From::JobActs(_)
            | From::Reports
            | From::Sales(_)
            | From::MenuBefore
            | From::Works
            | From::Staff
            | From::StaffActs(_)
            | From::Roles(_) => false,
        },
        Dialog::Modifiers(m) => m.line.is_some(),
        Dialog::Pay { .. } | Dialog::PayForm(_) => true,
        Dialog::Confirm { yes: command, .. } | Dialog::Override { command, .. } => changes_order(command),
        Dialog::Show { what: Show::Explain(_), .. } => true,
        Dialog::Count(_)
        | Dialog::Customer(_)
        | Dialog::Stock(_)
        | Dialog::Tips(_)
        | Dialog::Refund(_)
        | Dialog::Report(_)
        | Dialog::Secret { .. }
        | Dialog::Unknown { .. }
        | Dialog::Help { .. } => false,
    }
}

/// Whether a command is about the order on screen, as it stands there.
fn changes_order(command: &Command) -> bool {
    match command {
        Command::SetQuantity { .. }
        | Command::SetPrice { .. }
        | Command::SetKitchenNote { .. }
        | Command::SetCustomerNote { .. }
        | Command::SetModifiers { .. }
        | Command::DiscountLine { .. }
        | Command::DiscountOrder { .. }
        | Command::VoidLine { .. }
        | Command::WasteLine { .. }
        | Command::Comp { .. }
        | Command::SetService { .. }
        | Command::AddCoupon { .. }
        | Command::SetCustomer { .. }
        | Command::SetAllergies { .. }
        | Command::RepeatRound
        | Command::AsLastTime { .. }
        | Command::Undo
        | Command::Send
        | Command::Hold { .. }
        | Command::Name { .. }
        | Command::SetOrderType { .. }
        | Command::MoveTable { .. }
        | Command::JoinTable { .. }
        | Command::SetCovers { .. }
        | Command::SetSeat { .. }
        | Command::SetContact { .. }
        | Command::SetDue { .. }
        | Command::SetOrderLimit { .. }
        | Command::SetCourse { .. }
        | Command::Fire { .. }
        | Command::HoldCourse { .. }
        | Command::GiveTo { .. }
        | Command::Split { .. }
        | Command::PayLines { .. }
        | Command::Unsplit
        | Command::MoveLines { .. }
        | Command::MoveLinesToTable { .. }
        | Command::ShareLine { .. }
        | Command::Merge { .. }
        | Command::Abandon { .. }
        | Command::Pay { .. }
        | Command::ReversePayment { .. }
        | Command::SettleFree
        | Command::TakeDeposit { .. }
        | Command::Redeem { .. }
        | Command::GiveDepositBack { .. }
        | Command::PrintBill
        | Command::RefundOrder { .. } => true,
        Command::SignIn { .. }
        | Command::FailSignIn
        | Command::FailOverride { .. }
        | Command::Quit
        | Command::SignOut { .. }
        | Command::OpenShift { .. }
        | Command::MoveCash { .. }
        | Command::UndoCash { .. }
        | Command::PrintX
        | Command::CloseShift { .. }
        | Command::Lend { .. }
        | Command::AcceptHistory
        | Command::Refund { .. }
        | Command::Ring(_)
        | Command::RingWeighed(_)
        | Command::Recall { .. }
        | Command::OpenTable { .. }
        | Command::OpenTab { .. }
        | Command::Reprint { .. }
        | Command::DecideJob { .. }
        | Command::NoSale { .. }
        | Command::ClockIn
        | Command::Break
        | Command::ClockOut { .. }
        | Command::TakeMenuBack { .. }
        | Command::CorrectWork { .. }
        | Command::Hire { .. }
        | Command::ChangeStaff { .. }
        | Command::SetPin { .. }
        | Command::BindBadge { .. }
        | Command::RevokeBadges { .. }
        | Command::ViewReport { .. }
        | Command::PrintReport { .. }
        | Command::BindBarcode { .. }
        | Command::SwitchPromotion { .. }
        | Command::SaveCustomer { .. }
        | Command::ForgetCustomer { .. }
        | Command::ChargeAccount { .. }
        | Command::SetLimit { .. }
        | Command::PayAccount { .. }
        | Command::TakeBackReceived { .. }
        | Command::PrintStockSheet
        | Command::AdjustTip { .. }
        | Command::PrintStatement { .. }
        | Command::MoveStock { .. }
        | Command::TakeStock { .. }
        | Command::LockDrawer { .. }
        | Command::CorrectPoints { .. }
        | Command::SellVoucher { .. }
        | Command::PayOutVoucher { .. }
        | Command::SetAvailability { .. } => false,
    }
}
