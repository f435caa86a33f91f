//! What is said of an act that was committed.

use crate::domain::command::Command;
use crate::domain::event::{Event, FaceAct, HandAct, LineAct};
use crate::domain::kitchen::Ticket;
use crate::domain::menu_change::CatalogueAct;
use crate::domain::money::Money;
use crate::domain::order::{Discount, Face};
use crate::domain::points::Spent;
use crate::domain::sale::Sale;
use crate::domain::stock::SHEET;
use crate::domain::till::Till;
use crate::domain::totals;
use crate::ui::action::Action;
use crate::ui::screen::Tone;
use crate::ui::state::Ui;
use crate::ui::{
    Context, coach, customers, key_name, people, points, promotions, sell, split, spool, stock, tables, tips, view,
};

/// What came with a tip, for whoever types it into a card terminal: ` · Card 24.00 with tip 2.00`.
fn tip_words(till: &Till, sale: &Sale) -> String {
    let show = |amount| till.settings.currency.show(amount);
    let tipped = sale.payments.iter().filter(|payment| !payment.tip.is_zero());
    tipped.map(|p| format!(" · {} {} with tip {}", p.name, show(p.tendered), show(p.tip))).collect()
}

impl Ui {
    /// A command was committed, and the till has evolved: says so.
    pub fn committed(&mut self, till: &Till, command: &Command, events: &[Event]) {
        let mut sent = None;
        for event in events {
            match event {
                Event::Sent { tickets, .. } => sent = Some(sent_words(tickets)),
                event => self.tell(till, command, event),
            }
        }
        promotions::told(self, till, command);
        if let Command::AsLastTime { found: Some(sale) } = command {
            self.say(Tone::Good, customers::last_time_words(sale, events));
        }
        // What the act itself came to is said first; that the kitchen knows of it, behind.
        match (sent, &mut self.message) {
            (Some(sent), Some((_, words))) => words.push_str(&format!(" · {sent}")),
            (Some(sent), None) => self.say(Tone::Good, sent),
            (None, _) => {}
        }
    }

    fn tell(&mut self, till: &Till, command: &Command, event: &Event) {
        let show = |amount| till.settings.currency.show(amount);
        match event {
            Event::SignedIn { staff } => {
                let hello = format!("Hello {}", till.name_of(*staff));
                match view::notices(self, till).join(" · ") {
                    words if words.is_empty() => self.say(Tone::Good, hello),
                    words => self.say(Tone::Warn, format!("{hello}: {words}")),
                }
            }
            // Whoever is taken on gets a PIN with it: as what they work here says more.
            Event::PinSet { .. } if matches!(command, Command::Hire { .. }) => {}
            Event::StaffChanged { .. }
            | Event::PinSet { .. }
            | Event::BadgeBound { .. }
            | Event::BadgesRevoked { .. }
            | Event::WorkChanged { .. } => {
                if let Some(words) = people::told(till, event) {
                    self.say(Tone::Good, words);
                }
            }
            Event::ShiftOpened { shift } => {
                self.say(Tone::Good, format!("Shift {} is open, float {}", shift.number, show(shift.float)));
            }
            Event::CashMoved { there: Some(_), .. } => {}
            Event::Refunded { refund, .. } => {
                let ways: Vec<String> =
                    refund.payments.iter().map(|p| format!("{} {}", p.name, show(p.amount))).collect();
                self.say(Tone::Good, format!("Refund {}: give back {}", refund.number, ways.join(", ")));
            }
            Event::CashMoved { cash, there: None } => {
                self.say(Tone::Good, format!("{} {}: the slip is printing", cash.kind.words(), show(cash.amount)));
            }
            Event::DrawerLocked { to: Some(staff) } => {
                self.say(Tone::Good, format!("The drawer is {}'s alone", till.name_of(*staff)));
            }
            Event::DrawerLocked { to: None } => self.say(Tone::Good, "The drawer is there for everybody again"),
            Event::XPrinted => self.say(Tone::Good, "The X is printing"),
            Event::ShiftClosed { z } => {
                let balanced = if z.unbalanced.is_empty() { "BALANCED" } else { "NOT BALANCED" };
                self.say(Tone::Good, format!("Shift {} is closed · Z {} {balanced}", z.shift.number, z.number));
            }
            // Of a line and its components the line is told.
            Event::LineChanged { after: Some(line), .. } | Event::LineChanged { before: Some(line), .. }
                if !line.is_rung() => {}
            Event::LineChanged { act, before, after, .. } => {
                self.tell_line(till, command, *act, before.as_deref(), after.as_deref());
            }
            Event::FaceChanged { act, before, after, .. } => match act {
                FaceAct::Named => {
                    let title = till.current().map(|o| o.title()).unwrap_or_default();
                    self.say(Tone::Good, format!("Order {title}"));
                }
                FaceAct::Type => {
                    let name = till.settings.order_type(&after.order_type).map_or("", |t| &t.name);
                    self.say(Tone::Good, name.to_owned());
                }
                FaceAct::Discount if after.discounts.is_empty() => self.say(Tone::Good, "Discounts taken back"),
                FaceAct::Discount => match used_points(after.discounts.last().into_iter()) {
                    Some(spent) => self.say(Tone::Good, points::told(till, spent, "off the order")),
                    None => self.say(Tone::Good, "Discount given"),
                },
                FaceAct::Service => {
                    let words =
                        if after.waived.is_some() { "Service charge taken off" } else { "Service charge is back" };
                    self.say(Tone::Good, words);
                }
                FaceAct::Table => self.say(Tone::Good, table_words(after)),
                FaceAct::Customer => {
                    let name = after.customer.map(|id| till.customer_name(id));
                    let words =
                        name.map_or_else(|| "The order is for nobody who is known".to_owned(), |n| format!("For {n}"));
                    let allergies = after.allergies.as_ref().map(|a| format!(" · ALLERGY: {a}")).unwrap_or_default();
                    let group = after.customer.map(|id| customers::unknown_group(till, id)).unwrap_or_default();
                    self.say(Tone::Good, words + &allergies + &group);
                }
                FaceAct::Allergies => match &after.allergies {
                    Some(text) => self.say(Tone::Warn, format!("ALLERGY: {text}")),
                    None => self.say(Tone::Good, "No allergy any more"),
                },
                FaceAct::Due => {
                    let words =
                        after.due.map_or_else(|| "For no time".to_owned(), |due| format!("For {}", due.show_time()));
                    self.say(Tone::Good, words);
                }
                FaceAct::Limit => {
                    let limit = after.limit.map_or_else(|| "as its type has it".to_owned(), show);
                    self.say(Tone::Good, format!("Limit: {limit}"));
                }
                FaceAct::Contact => self.say(Tone::Good, "Written down until the order is settled"),
                FaceAct::Course => self.tell_courses(till, command, before, after),
                FaceAct::Coupon if after.coupons.is_empty() => self.say(Tone::Good, "No coupon any more"),
                // What it takes off is told once all of it is done.
                FaceAct::Coupon => {}
                FaceAct::Undone => self.say(Tone::Good, "Undone"),
            },
            Event::OrderHanded { act, order, .. } => self.tell_handed(till, *act, *order),
            Event::PaymentTaken { payment, .. } if payment.voucher.is_some() => {
                let left = payment.voucher.as_ref().map(|v| v.left).unwrap_or_default();
                let due = till.current().map(|o| o.due(totals::of(o, &till.settings).total));
                let due = due.map(|due| format!(" · {} still due", show(due))).unwrap_or_default();
                self.say(
                    Tone::Good,
                    format!("{} {}, {} left on it{due}", payment.name, show(payment.amount), show(left)),
                );
            }
            Event::PaymentTaken { payment, .. } => {
                let due = till.current().map(|o| o.due(totals::of(o, &till.settings).total));
                let due = due.map(|due| format!(" · {} still due", show(due))).unwrap_or_default();
                self.say(Tone::Good, format!("{} {}{due}", payment.name, show(payment.amount)));
            }
            Event::PaymentReversed { .. } => self.say(Tone::Good, "Payment taken back: give it back to the customer"),
            Event::SaleCompleted { sale, .. } => {
                let change =
                    if sale.change.is_zero() { String::new() } else { format!(" · change {}", show(sale.change)) };
                let change = match sale.deposit_back {
                    Money::ZERO => change,
                    back => format!("{change} · deposit: give {} back", show(back)),
                };
                let change = change + &tip_words(till, sale);
                let late = people::not_clocked_in(till).map(|words| format!(" · {words}")).unwrap_or_default();
                let total = show(sale.totals.total + sale.rounding);
                let drilled = self.drill.is_some();
                let took = coach::told(self, till, sale);
                // What was paid and the change stand at the left: a shorter way must not be cut off behind them.
                self.say(
                    Tone::Good,
                    match (took.is_empty(), drilled) {
                        (false, true) => took,
                        (false, false) => format!("{took} · Paid {total} · receipt {}{change}{late}", sale.receipt),
                        (true, _) => format!("Paid {total} · receipt {}{change}{late}", sale.receipt),
                    },
                );
            }
            Event::LinesMoved { act, order, with, .. } => split::say_of_lines(self, till, *act, *order, with),
            Event::OrderAbandoned { was, .. } if !was.is_empty() => {
                self.say(Tone::Good, format!("Order {} was thrown away", was.number));
            }
            Event::BillPrinted { .. } => self.say(Tone::Good, "The bill is on its way to the printer"),
            Event::Reprinted { receipt, .. } => {
                self.say(Tone::Good, format!("A copy of receipt {receipt} is printing"))
            }
            Event::CustomerChanged { customer, act } => self.say(Tone::Good, customers::told(till, *customer, act)),
            Event::MoneyReceived { received } => self.say(Tone::Good, customers::received_words(till, received)),
            Event::TipAdjusted { change } => self.say(Tone::Good, tips::told(self, till, change)),
            Event::StockMoved { moves } => self.say(Tone::Good, stock::told(till, moves)),
            Event::PromotionSwitched { name, on, .. } => {
                let words = if *on { "is given again" } else { "is switched off on every register" };
                self.say(Tone::Good, format!("{name} {words}"));
            }
            Event::MenuChanged { catalogue: Some(CatalogueAct::TakenBack(version)), .. } => {
                self.say(Tone::Good, format!("The menu before version {version} is being sold from again"));
            }
            Event::NoSale { .. } => self.say(Tone::Good, "The drawer is opened"),
            Event::JobDecided { job, act, .. } => {
                self.say(Tone::Good, format!("{}: {}", spool::title(self, *job), act.words()));
            }
            Event::ReportPrinted { name, .. } if name == SHEET => {
                self.say(Tone::Good, "The sheet is printing: count, then :stock-take takes it in");
            }
            Event::ReportPrinted { .. } => self.say(Tone::Good, "The report is printing"),
            Event::BarcodeBound { barcode, item } => {
                let name = till.catalogue.item(item).map_or(item.as_str(), |i| &i.name);
                self.say(Tone::Good, format!("{barcode} is now {name}: scan it again"));
            }
            Event::AvailabilitySet { item, availability } => {
                use crate::domain::catalogue::Availability;
                let name = till.catalogue.item(item).map_or(item.as_str(), |i| &i.name);
                let words = match availability {
                    None => format!("{name} can be had"),
                    Some(Availability::SoldOut) => format!("{name} is sold out"),
                    Some(Availability::Left(left)) => format!("{left} of {name} left"),
                };
                self.say(Tone::Good, words);
            }
            Event::OrderOpened { order } if matches!(command, Command::OpenTab { .. }) => {
                self.say(Tone::Good, format!("Tab {} is open", order.title()));
            }
            Event::Sent { .. }
            | Event::TicketBumped { .. }
            | Event::TicketRecalled { .. }
            | Event::SignedOut { .. }
            | Event::SignInFailed { .. }
            | Event::OverrideFailed { .. }
            | Event::Overridden { .. }
            | Event::OrderOpened { .. }
            | Event::OrderMerged { .. }
            | Event::OrderAbandoned { .. }
            | Event::StoreMade { .. }
            | Event::Started { .. }
            | Event::Stopped
            | Event::Upgraded { .. }
            | Event::ClockJumped { .. }
            | Event::Degraded { .. }
            | Event::MenuChanged { .. }
            | Event::Printed { .. }
            | Event::KeyMade { .. }
            | Event::ShiftSealed { .. }
            | Event::CorrectionSealed { .. }
            | Event::Backend { .. }
            | Event::DrawerShut { .. }
            | Event::Verified { .. } => {}
        }
    }

    fn tell_line(
        &mut self,
        till: &Till,
        command: &Command,
        act: LineAct,
        before: Option<&crate::domain::order::Line>,
        after: Option<&crate::domain::order::Line>,
    ) {
        let name = after.or(before).map_or("", |l| l.name.as_str()).to_owned();
        match (act, after) {
            (LineAct::Added | LineAct::Again, Some(line)) => {
                self.say(Tone::Good, sell::line_words(till, line, before, command));
            }
            (LineAct::Voided, Some(line)) if line.void.as_ref().is_some_and(|v| v.wasted) => {
                self.say(Tone::Good, format!("{name} written off"));
            }
            (LineAct::Voided, _) => self.say(Tone::Good, format!("{name} voided")),
            (LineAct::Undone, _) => self.say(Tone::Good, format!("Undone: {name}")),
            (LineAct::Retaxed, _) => {}
            (LineAct::Promotion, _) => {
                let ended = |next: &str| format!("A promotion has ended: this is what the order comes to now. {next}");
                if let Command::Pay { .. } | Command::PayLines { .. } | Command::SettleFree = command {
                    self.say(Tone::Warn, ended("Pay again"));
                } else if let Command::Split { .. } = command {
                    self.say(Tone::Warn, ended("Divide it again"));
                }
            }
            (LineAct::Discount, Some(line)) if used_points(line.discount.iter()).is_some() => {
                let spent = used_points(line.discount.iter());
                let words = spent.map(|spent| points::told(till, spent, &name)).unwrap_or_default();
                self.say(Tone::Good, words);
            }
            (LineAct::Discount, Some(line)) => {
                let words = match &line.discount {
                    Some(discount) if discount.comp => "given away",
                    Some(_) => "discount given",
                    None => "discount taken back",
                };
                let whole = matches!(command, Command::Comp { line: None, .. });
                let name = if whole { "All of the order" } else { name.as_str() };
                self.say(Tone::Good, format!("{name}: {words}"));
            }
            (LineAct::Course, Some(line)) => {
                let rules = &till.settings.kitchen.courses;
                let course = line.course.map_or_else(|| "no course: made when sent".to_owned(), |c| rules.name(c));
                self.say(Tone::Good, format!("{name}: {course}"));
            }
            (LineAct::Note, Some(_)) => self.say(Tone::Good, format!("{name}: noted")),
            (LineAct::Price, Some(line)) => {
                let show = |amount| till.settings.currency.show(amount);
                let words = format!("{name} at {} instead of {}", show(line.unit_price), show(line.menu_price));
                self.say(Tone::Good, words);
            }
            (_, Some(line)) => self.say(Tone::Good, sell::line_words(till, line, before, command)),
            (_, None) => {}
        }
    }

    /// What was said of courses; what a send fires by itself is told with its tickets.
    fn tell_courses(&mut self, till: &Till, command: &Command, before: &Face, after: &Face) {
        let rules = &till.settings.kitchen.courses;
        if let Command::Fire { .. } = command {
            let before = before.fired();
            let fired: Vec<String> = after.fired().difference(&before).map(|course| rules.name(*course)).collect();
            self.say(Tone::Good, format!("Fired: {}", fired.join(", ")));
        } else if let Command::HoldCourse { course } = command {
            let words = if after.course(*course).is_some() { "held back until fired" } else { "in its turn again" };
            self.say(Tone::Good, format!("{}: {words}", rules.name(*course)));
        }
    }

    fn tell_handed(&mut self, till: &Till, act: HandAct, order: crate::domain::ids::OrderId) {
        let title = till.orders.get(&order).map(|o| o.title()).unwrap_or_default();
        match act {
            HandAct::Held | HandAct::Parked => {
                let recall = key_name(self, Context::Order, Action::Orders);
                self.say(Tone::Good, format!("Order {title} is put aside: {recall} brings it back"));
            }
            HandAct::Recalled => self.say(Tone::Good, format!("Order {title}")),
            HandAct::TakenOver => self.say(Tone::Good, format!("Order {title} is taken over: you serve it now")),
            HandAct::Rescued => {
                self.say(Tone::Good, format!("Order {title} is here: no till runs any more where it was"));
            }
            HandAct::Given => {
                let server = till.orders.get(&order).map_or("–", |o| till.name_of(o.server));
                self.say(Tone::Good, format!("Order {title} is served by {server}"));
            }
            HandAct::Followed => {
                let here = format!("Order {title} is here, as you left it");
                // Whoever signs in is told first what cannot wait.
                match &mut self.message {
                    Some((_, hello)) => hello.push_str(&format!(" · {here}")),
                    None => self.say(Tone::Good, here),
                }
            }
        }
    }
}

/// The points that a discount used.
fn used_points<'d>(mut discounts: impl Iterator<Item = &'d Discount>) -> Option<&'d Spent> {
    discounts.find_map(|discount| discount.points.as_ref())
}

/// `Table 12 with 13 · 4 covers`
fn table_words(face: &Face) -> String {
    let table = face.table.as_ref().map_or_else(|| "No table".to_owned(), |table| format!("Table {table}"));
    let joined = if face.joined.is_empty() { String::new() } else { format!(" with {}", face.joined.join(", ")) };
    let covers = tables::covers_words(face.covers);
    format!("{table}{joined}{covers}")
}

/// `Sent: KIT-0042 (3), BAR-0017 (2)`: the tickets, and how many lines are on each.
fn sent_words(tickets: &[Ticket]) -> String {
    let ticket = |t: &Ticket| match t.entries.len() {
        // It says who serves, or which tables belong together, and nothing of a dish.
        0 => t.label.clone(),
        lines => format!("{} ({lines})", t.label),
    };
    format!("Sent: {}", tickets.iter().map(ticket).collect::<Vec<_>>().join(", "))
}
