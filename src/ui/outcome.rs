//! What became of a command, for the dialogs: those that led to it are closed, and what a refusal needs is asked.

use crate::domain::command::Command;
use crate::domain::event::{Event, LineAct};
use crate::domain::refusal::Refusal;
use crate::domain::staff::Permission;
use crate::domain::till::{Failures, Till};
use crate::ui::action::Action;
use crate::ui::customers::{self, CustomerFor};
use crate::ui::edit::Edit;
use crate::ui::screen::Tone;
use crate::ui::state::{Ask, Dialog, From, Ui};
use crate::ui::{Context, count, key_name, modifiers, party, pay, tips};

impl Ui {
    /// What is kept once these events are recorded: the dialogs that led to them closed, the input
    /// taken. Called before they are, so that both can be made durable as one; `till` has not
    /// evolved yet.
    pub fn settle(&mut self, till: &Till, command: &Command, events: &[Event]) {
        let done = matches!(self.kept.dialogs.last(), Some(Dialog::Modifiers(_) | Dialog::PayForm(_)));
        let ends_it = matches!(
            command,
            Command::Ring(_) | Command::SetModifiers { .. } | Command::Pay { .. } | Command::PayLines { .. }
        );
        if done && ends_it {
            self.close();
        }
        if let Command::Pay { .. } | Command::PayLines { .. } | Command::SettleFree = command {
            self.kept.input.clear();
            self.kept.marks.clear();
            self.kept.tip = Default::default();
        }
        if let Command::Split { .. }
        | Command::Unsplit
        | Command::MoveLines { .. }
        | Command::MoveLinesToTable { .. }
        | Command::ShareLine { .. } = command
        {
            self.kept.marks.clear();
        }
        for event in events {
            self.settle_event(till, event);
            customers::settle(self, event);
        }
        self.follow_events(till, events);
    }

    fn settle_event(&mut self, till: &Till, event: &Event) {
        match event {
            Event::SignedIn { staff } => {
                self.belongs_to(*staff);
                if till.shift.is_none() && self.kept.dialogs.is_empty() {
                    count::ask_float(self, till);
                }
            }
            Event::SignedOut { locked, .. } => {
                self.clock_jumped = None;
                match locked {
                    true => self.close_help(),
                    false => self.kept = Default::default(),
                }
            }
            Event::SaleCompleted { .. } => {
                self.kept.sale_shown = true;
                (self.kept.paper_peek, self.kept.paper_scroll) = (true, 0);
                self.kept.selected = None;
            }
            Event::LineChanged { act: LineAct::Added | LineAct::Again, after: Some(_), .. }
            | Event::LineChanged { act: LineAct::Voided, .. }
            | Event::OrderHanded { .. } => self.kept.selected = None,
            Event::ShiftOpened { .. } => {
                self.kept.dialogs.retain(|d| !matches!(d, Dialog::Prompt { ask: Ask::Float, .. } | Dialog::Count(_)));
            }
            Event::ShiftClosed { .. } => {
                self.kept.dialogs.clear();
                self.kept.sale_shown = false;
            }
            Event::Refunded { .. } => {
                self.kept.dialogs.retain(|d| !matches!(d, Dialog::Refund(_)));
                self.kept.selected = None;
            }
            Event::TipAdjusted { change } => tips::settled(self, change),
            Event::CashMoved { .. }
            | Event::DrawerLocked { .. }
            | Event::DrawerShut { .. }
            | Event::XPrinted
            | Event::LineChanged { .. }
            | Event::FaceChanged { .. }
            | Event::Sent { .. }
            | Event::PaymentTaken { .. }
            | Event::PaymentReversed { .. }
            | Event::BillPrinted { .. }
            | Event::Reprinted { .. }
            | Event::NoSale { .. }
            | Event::BarcodeBound { .. }
            | Event::TicketBumped { .. }
            | Event::TicketRecalled { .. }
            | Event::AvailabilitySet { .. }
            | Event::PromotionSwitched { .. }
            | Event::CustomerChanged { .. }
            | Event::MoneyReceived { .. }
            | Event::StockMoved { .. }
            | Event::SignInFailed { .. }
            | Event::OverrideFailed { .. }
            | Event::Overridden { .. }
            | Event::OrderOpened { .. }
            | Event::LinesMoved { .. }
            | Event::OrderMerged { .. }
            | Event::OrderAbandoned { .. }
            | Event::StoreMade { .. }
            | Event::Started { .. }
            | Event::Stopped
            | Event::Upgraded { .. }
            | Event::ClockJumped { .. }
            | Event::Degraded { .. }
            | Event::StaffChanged { .. }
            | Event::PinSet { .. }
            | Event::BadgeBound { .. }
            | Event::BadgesRevoked { .. }
            | Event::WorkChanged { .. }
            | Event::ReportPrinted { .. }
            | Event::MenuChanged { .. }
            | Event::Printed { .. }
            | Event::KeyMade { .. }
            | Event::ShiftSealed { .. }
            | Event::CorrectionSealed { .. }
            | Event::JobDecided { .. }
            | Event::Backend { .. }
            | Event::Verified { .. } => {}
        }
    }

    /// A command was refused: nothing has changed. What it needs is asked.
    pub fn refused(&mut self, till: &Till, command: &Command, refusal: &Refusal) {
        match refusal {
            Refusal::NeedsPermission(permission) => {
                let (permission, command) = (*permission, command.clone());
                self.open(Dialog::Override { permission, command, pin: Default::default() });
            }
            Refusal::HeldBy { .. } => {
                let permission = Permission::TakeOver;
                self.say(Tone::Bad, refusal.to_string());
                self.open(Dialog::Override { permission, command: command.clone(), pin: Default::default() });
            }
            Refusal::Confirm { question } => {
                let yes = confirmed(command.clone());
                self.open(Dialog::Confirm { question: question.clone(), yes, other: None });
            }
            Refusal::Asks { asked, .. } => {
                self.say(Tone::Warn, refusal.to_string());
                party::asks(self, *asked, command);
            }
            Refusal::NeedsDeposit { missing, .. } => {
                self.say(Tone::Warn, refusal.to_string());
                self.open(Dialog::Prompt { ask: Ask::Deposit, edit: Edit::new(missing) });
            }
            Refusal::TableTaken { .. } if matches!(command, Command::MoveTable { .. } | Command::OpenTable { .. }) => {
                let question = format!("{refusal}. Sit beside it?");
                self.open(Dialog::Confirm { question, yes: confirmed(command.clone()), other: None });
            }
            Refusal::NeedsCustomer(_) => {
                self.say(Tone::Warn, refusal.to_string());
                self.choose(From::Customers(CustomerFor::Order));
            }
            Refusal::NeedsChoice { .. } => self.needs_choice(till, command, refusal),
            Refusal::NeedsPrice { .. } => {
                if let Command::Ring(ring) = command {
                    self.prompt(Ask::OpenPrice(ring.clone()), "");
                }
            }
            Refusal::NeedsWeight(_) => {
                if let Command::Ring(ring) = command {
                    self.weigh = till.settings.scale.then(|| ring.clone());
                    self.prompt(Ask::Weight(ring.clone()), "");
                }
            }
            Refusal::NeedsComment { .. } => {
                if let Some(Dialog::Count(form)) = self.kept.dialogs.last_mut() {
                    form.at = form.fields.len().saturating_sub(1);
                }
                self.say(Tone::Warn, refusal.to_string());
            }
            Refusal::NoShift => {
                self.say(Tone::Warn, refusal.to_string());
                count::ask_float(self, till);
            }
            Refusal::NeedsSecond(_) | Refusal::DrawerOf(_) => {
                let second = matches!(refusal, Refusal::NeedsSecond(_));
                let permission = if second { Permission::MoveCash } else { Permission::UseAnyDrawer };
                self.say(Tone::Warn, refusal.to_string());
                self.open(Dialog::Override { permission, command: command.clone(), pin: Default::default() });
            }
            Refusal::OlderStore(_) => {
                self.say(Tone::Bad, refusal.to_string());
                let (permission, command) = (Permission::AcceptHistory, Command::AcceptHistory);
                self.open(Dialog::Override { permission, command, pin: Default::default() });
            }
            Refusal::OpenOrders(_) => {
                self.say(Tone::Warn, refusal.to_string());
                self.prompt(Ask::HandOver(Box::new(command.clone())), "");
            }
            Refusal::CourseWaits(_) => {
                self.say(Tone::Warn, format!("{refusal}: {} fires it", key_name(self, Context::Order, Action::Fire)));
            }
            Refusal::NothingToPay(_) => {
                self.say(Tone::Warn, format!("{refusal}: {} settles it", key_name(self, Context::Order, Action::Cash)));
            }
            _ => {
                self.effort.mistakes += 1;
                self.say(Tone::Bad, refusal.to_string());
                pay::refused(self, command);
            }
        }
    }

    fn needs_choice(&mut self, till: &Till, command: &Command, refusal: &Refusal) {
        let open = matches!(self.kept.dialogs.last(), Some(Dialog::Modifiers(_)));
        if let (false, Command::Ring(ring)) = (open, command)
            && let Some(item) = till.catalogue.item(&ring.item)
        {
            modifiers::open(self, till, item, Some(ring.clone()), None);
        }
        self.say(Tone::Warn, refusal.to_string());
    }

    /// The PIN that was asked for is somebody's: the dialog has done its work.
    pub fn pin_right(&mut self) {
        if matches!(self.kept.dialogs.last(), Some(Dialog::Override { .. })) {
            self.close();
        }
    }

    /// The PIN is nobody's, or not of somebody who may.
    pub fn pin_wrong(&mut self, failures: &Failures) {
        let wait_ms = failures.wait_ms(self.now);
        let next = if wait_ms > 0 { format!("wait {} s", wait_ms / 1000 + 1) } else { "type it again".to_owned() };
        self.say(Tone::Bad, format!("Wrong PIN: {next}"));
    }
}

/// The command again, with the assurance that it is meant.
fn confirmed(mut command: Command) -> Command {
    match &mut command {
        Command::Ring(ring) | Command::RingWeighed(ring) => ring.confirmed = true,
        Command::SetQuantity { confirmed, .. }
        | Command::SetPrice { confirmed, .. }
        | Command::ForgetCustomer { confirmed, .. }
        | Command::PayAccount { confirmed, .. }
        | Command::PayOutVoucher { confirmed, .. }
        | Command::Pay { confirmed, .. } => *confirmed = true,
        Command::PayLines { pay, .. } => **pay = confirmed((**pay).clone()),
        Command::OpenTable { beside, .. } | Command::MoveTable { beside, .. } => *beside = true,
        _ => {}
    }
    command
}
