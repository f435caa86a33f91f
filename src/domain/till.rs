//! The state of a running till, and the two functions everything goes through.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::catalogue::{Availability, Catalogue};
use crate::domain::command::Command;
use crate::domain::customer::{Account, Person};
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::{BoxId, CustomerId, IdSource, LineId, OrderId, RegisterId, SaleId, StaffId};
use crate::domain::order::{Line, Order};
use crate::domain::order_type::Contact;
use crate::domain::promotion::Standing;
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Refusal;
use crate::domain::sale::Sale;
use crate::domain::settings::Settings;
use crate::domain::shift::{Grand, Shift};
use crate::domain::staff::{Permission, Staff};
use crate::domain::time::Stamp;
use crate::domain::voucher::Voucher;
use crate::domain::work::Work;
use crate::domain::{decide, evolve};

/// What a decision may look at besides the till.
pub struct Ctx<'a> {
    /// The time.
    pub now: Stamp,
    /// Where ids come from.
    pub ids: &'a mut dyn IdSource,
    /// The second person whose PIN lifts a refusal.
    pub approver: Option<StaffId>,
}

/// The numbers that the next documents of this register get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counters {
    /// The next receipt.
    pub receipt: u64,
    /// The next shift.
    pub shift: u32,
    /// The next Z.
    pub z: u32,
    /// The next refund.
    pub refund: u64,
}

impl Default for Counters {
    fn default() -> Self {
        Self { receipt: 1, shift: 1, z: 1, refund: 1 }
    }
}

/// Wrong PINs on this register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// How many in a row.
    pub count: u32,
    /// When the last one was, in UTC milliseconds.
    pub last_ms: i64,
}

impl Failures {
    /// How long nobody may try, in milliseconds from `now`: three tries are free, then 5 s,
    /// doubling up to 15 minutes. A clock that went back does not shorten it beyond its length.
    pub fn wait_ms(&self, now: Stamp) -> i64 {
        let Some(over) = self.count.checked_sub(3) else { return 0 };
        let length = (5_000_i64 << over.min(10)).min(15 * 60_000);
        (length - (now.utc_ms - self.last_ms).max(0)).clamp(0, length)
    }
}

/// The state of one session's till.
#[derive(Clone, Debug)]
pub struct Till {
    /// The box.
    pub box_id: BoxId,
    /// The register.
    pub register: RegisterId,
    /// The settings.
    pub settings: Arc<Settings>,
    /// The menu.
    pub catalogue: Arc<Catalogue>,
    /// Everybody who works or worked here.
    pub staff: BTreeMap<StaffId, Staff>,
    /// Who is at work now.
    pub work: BTreeMap<StaffId, Work>,
    /// What is sold out or counted, by item code.
    pub availability: BTreeMap<String, Availability>,
    /// Everybody who is known. The store keeps them apart from the journal, so that no event says who they are.
    pub customers: BTreeMap<CustomerId, Person>,
    /// What the books know of each customer, forgotten ones too.
    pub accounts: BTreeMap<CustomerId, Account>,
    /// Every voucher that was ever sold, by code.
    pub vouchers: BTreeMap<String, Voucher>,
    /// The points of customers, by scheme.
    pub points: BTreeMap<(CustomerId, String), i64>,
    /// How much there is of each good, by the books.
    pub stock: BTreeMap<String, Quantity>,
    /// How promotions stand, by code.
    pub promotions: BTreeMap<String, Standing>,
    /// Who is signed in.
    pub signed_in: Option<StaffId>,
    /// When they signed in, in UTC milliseconds.
    pub signed_in_ms: i64,
    /// Wrong PINs on this register.
    pub failures: Failures,
    /// Wrong PINs on this register where a second person's was asked for: they keep nobody from
    /// signing in.
    pub override_failures: Failures,
    /// The open shift.
    pub shift: Option<Shift>,
    /// What the store has lost, as far as its own second file tells: until somebody who may goes on
    /// without it, nothing is sold.
    pub lost: Option<String>,
    /// The open shifts of the box's other registers.
    pub others: BTreeMap<RegisterId, Shift>,
    /// Sums over the register's life, up to its last Z.
    pub grand: Grand,
    /// Registers that have an order on screen but no session that runs: it died, or was left.
    pub absent: BTreeSet<RegisterId>,
    /// All open orders of the box.
    pub orders: BTreeMap<OrderId, Order>,
    /// How whoever ordered is reached, of open orders. Not in the journal, which never forgets: the session
    /// keeps it beside.
    pub contacts: BTreeMap<OrderId, Contact>,
    /// The numbers of the next documents.
    pub counters: Counters,
    /// The last ticket number that each station of the box was given.
    pub tickets: BTreeMap<String, u32>,
    /// The number of the last order that was opened on the box.
    pub last_order: u32,
    /// The last sale of this register, for its change, its receipt and "the same again".
    pub last_sale: Option<Arc<Sale>>,
}

impl Till {
    /// A till that nothing has happened on.
    pub fn new(box_id: BoxId, register: RegisterId, settings: Arc<Settings>, catalogue: Arc<Catalogue>) -> Self {
        Self {
            box_id,
            register,
            settings,
            catalogue,
            staff: BTreeMap::new(),
            work: BTreeMap::new(),
            availability: BTreeMap::new(),
            customers: BTreeMap::new(),
            accounts: BTreeMap::new(),
            vouchers: BTreeMap::new(),
            points: BTreeMap::new(),
            stock: BTreeMap::new(),
            promotions: BTreeMap::new(),
            signed_in: None,
            signed_in_ms: 0,
            failures: Failures::default(),
            override_failures: Failures::default(),
            shift: None,
            lost: None,
            others: BTreeMap::new(),
            grand: Grand::default(),
            absent: BTreeSet::new(),
            orders: BTreeMap::new(),
            contacts: BTreeMap::new(),
            counters: Counters::default(),
            tickets: BTreeMap::new(),
            last_order: 0,
            last_sale: None,
        }
    }

    /// What a command makes happen, or why it may not be.
    ///
    /// # Errors
    /// A [`Refusal`]: expected, in plain words; nothing has changed.
    pub fn decide(&self, command: &Command, ctx: &mut Ctx) -> Result<Vec<Event>, Refusal> {
        decide::decide(self, command, ctx)
    }

    /// Folds one event that was committed, by this session or another.
    pub fn evolve(&mut self, recorded: &Recorded) {
        evolve::till(self, recorded);
    }

    /// The order this session has on screen.
    pub fn current(&self) -> Option<&Order> {
        let staff = self.signed_in?;
        self.orders.values().find(|o| o.holder.is_some_and(|h| h.register == self.register && h.staff == staff))
    }

    /// The person who is signed in.
    pub fn actor(&self) -> Option<&Staff> {
        self.staff.get(&self.signed_in?)
    }

    /// Whether a person may do something.
    pub fn may(&self, staff: StaffId, permission: Permission) -> bool {
        self.staff.get(&staff).is_some_and(|s| s.active && self.settings.allows(&s.role, permission))
    }

    /// Whether nothing is left of an item.
    pub fn is_sold_out(&self, item: &str) -> bool {
        match self.availability.get(item) {
            Some(Availability::SoldOut) => true,
            Some(Availability::Left(left)) => left.is_zero(),
            None => false,
        }
    }

    /// Whether who is at the till counts the drawer without being told what should be in it.
    pub fn counts_blind(&self) -> bool {
        self.settings.count.blind && !self.signed_in.is_some_and(|s| self.may(s, Permission::SeeExpected))
    }

    /// The name of a person; a dash for one unknown.
    pub fn name_of(&self, staff: StaffId) -> &str {
        self.staff.get(&staff).map_or("–", |s| &s.name)
    }

    /// What a customer is called; one who was forgotten by their number.
    pub fn customer_name(&self, customer: CustomerId) -> String {
        match (self.customers.get(&customer), self.accounts.get(&customer)) {
            (Some(person), _) => person.name.clone(),
            (None, Some(account)) => format!("Customer {}", account.number),
            (None, None) => "–".to_owned(),
        }
    }

    /// How many points a customer has.
    pub fn points_of(&self, customer: CustomerId, scheme: &str) -> i64 {
        self.points.get(&(customer, scheme.to_owned())).copied().unwrap_or_default()
    }

    /// The number that the next new customer of the box gets.
    pub fn next_customer(&self) -> u32 {
        self.accounts.values().map(|account| account.number).max().unwrap_or(0).saturating_add(1)
    }

    /// Events of one command with their circumstances, as the journal keeps them. Who signs in or
    /// opens a shift does so in their own name.
    pub fn record(&self, events: Vec<Event>, now: Stamp, program: &str, schema: u32) -> Vec<Recorded> {
        let mut staff = self.signed_in;
        let mut shift = self.shift.as_ref().map(|s| s.id);
        let business_date = now.business_date(self.settings.cut_off);
        let record = |event: Event| {
            match &event {
                Event::SignedIn { staff: who } => staff = Some(*who),
                Event::ShiftOpened { shift: opened } => shift = Some(opened.id),
                _ => {}
            }
            // The other side of a loan is of the other drawer's shift and stream.
            let elsewhere = match &event {
                Event::CashMoved { there: Some(there), .. } => Some(*there),
                _ => None,
            };
            let recorded = Recorded {
                at: now,
                business_date,
                register: elsewhere.map_or(self.register, |(register, _)| register),
                shift: elsewhere.map_or(shift, |(_, shift)| Some(shift)),
                staff,
                program: program.to_owned(),
                schema,
                event,
            };
            if let Event::SignedOut { .. } = recorded.event {
                staff = None;
            }
            recorded
        };
        events.into_iter().map(record).collect()
    }

    /// The last sale, if it has this id.
    pub fn recent_sale(&self, id: SaleId) -> Option<&Sale> {
        self.last_sale.as_deref().filter(|s| s.id == id)
    }
}

impl Order {
    /// Puts a line in its place, or takes it away.
    pub(super) fn put_line(&mut self, id: LineId, line: Option<&Line>) {
        evolve::put_line(self, id, line);
    }

    /// Folds an event of this order. The same function serves the running till, the store's
    /// projections and their rebuilding.
    pub fn apply(&mut self, recorded: &Recorded) {
        evolve::order(self, &recorded.event, recorded.register, recorded.at);
    }
}
