//! Ways in which food is taken, and what each asks for: eat in, take away, delivery, a bar tab. All of it is
//! data; nothing asks what a type is called.

use serde::{Deserialize, Serialize};

use crate::domain::ids::OrderId;
use crate::domain::money::Money;
use crate::domain::order::Order;
use crate::domain::settings::Settings;
use crate::domain::text::clean;
use crate::domain::till::Till;

/// What an order of some type must say before the kitchen or the drawer hears of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// The table.
    Table,
    /// The name it is held under.
    Name,
    /// A telephone number.
    Phone,
    /// Where it is brought to.
    Address,
    /// How many people there are.
    Covers,
    /// When it is fetched.
    PickUp,
}

impl Asked {
    /// All of them, in the order in which they are told.
    pub const ALL: &'static [Self] = &[Self::Table, Self::Name, Self::Phone, Self::Address, Self::Covers, Self::PickUp];

    /// What is missing: `Take away needs a name`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Table => "a table",
            Self::Name => "a name",
            Self::Phone => "a telephone number",
            Self::Address => "an address",
            Self::Covers => "the number of people",
            Self::PickUp => "the time it is for",
        }
    }
}

/// A way in which food is taken. Its taxes are in `taxes.toml`, its stations in the routes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderType {
    /// Its code: `eat-in`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The price level it sells at; the base level when absent.
    pub level: Option<String>,
    /// What it asks for.
    pub asks: Vec<Asked>,
    /// What its numbers begin with on paper and screen: `T` for `T42`.
    pub prefix: String,
    /// Whether its number is called out: then it stands large on bill, receipt and ticket.
    pub calls: bool,
    /// Whether paying prints a receipt without being asked.
    pub receipt: bool,
    /// Whether the key for tabs opens orders of it.
    pub tab: bool,
    /// What such an order may come to before somebody who may has to allow more.
    pub limit: Option<Money>,
    /// The deposit that such an order needs before it is sent or put aside; paying it needs none.
    pub deposit: Option<Money>,
    /// After how many minutes it is told that it is still open.
    pub old_min: Option<i64>,
}

impl OrderType {
    /// A type as the configuration has it when it says no more.
    pub fn plain(code: &str, name: &str) -> Self {
        Self { code: code.to_owned(), name: name.to_owned(), receipt: true, ..Self::default() }
    }

    /// The number of one of its orders, as it is called out and shown.
    pub fn number(&self, number: u32) -> String {
        format!("{}{number}", self.prefix)
    }
}

/// How somebody is reached who is not here. It is in no event, and is forgotten when the order is settled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The telephone number, as it was typed.
    pub phone: String,
    /// The address, on one line.
    pub address: String,
}

impl Contact {
    /// The longest telephone number.
    const MAX_PHONE_CHARS: usize = 24;
    /// The longest address.
    const MAX_ADDRESS_CHARS: usize = 120;

    /// With what was said anew, cleaned and cut; what was not said stays.
    pub fn with(&self, phone: Option<&str>, address: Option<&str>) -> Self {
        Self {
            phone: phone.map_or_else(|| self.phone.clone(), |text| clean(text, Self::MAX_PHONE_CHARS)),
            address: address.map_or_else(|| self.address.clone(), |text| clean(text, Self::MAX_ADDRESS_CHARS)),
        }
    }
}

impl Settings {
    /// The number of an order of this type, where numbers of it are called out.
    pub fn called(&self, order_type: &str, number: u32) -> Option<String> {
        self.order_type(order_type).filter(|t| t.calls).map(|t| t.number(number))
    }

    /// The type of what the key for tabs opens: the first that is one, else the usual.
    pub fn tab_type(&self) -> Option<&OrderType> {
        self.order_types.iter().find(|t| t.tab).or_else(|| self.order_types.first())
    }
}

impl Order {
    /// What it may come to before somebody who may has to allow more.
    pub fn limit(&self, settings: &Settings) -> Option<Money> {
        self.face.limit.or_else(|| settings.order_type(&self.face.order_type).and_then(|t| t.limit))
    }

    /// Whether it has been open for longer than its type usually is; for how many minutes.
    pub fn old_min(&self, settings: &Settings, now: crate::domain::time::Stamp) -> Option<i64> {
        let minutes = now.since_ms(self.opened).max(0) / 60_000;
        let most = settings.order_type(&self.face.order_type).and_then(|t| t.old_min)?;
        (minutes >= most).then_some(minutes)
    }
}

impl Till {
    /// How whoever ordered is reached; nothing where nobody asked.
    pub fn contact(&self, order: OrderId) -> Contact {
        self.contacts.get(&order).cloned().unwrap_or_default()
    }

    /// What an order still has to say, as its type asks: the first of it. Bills of a divided order were asked
    /// when they were one.
    pub fn missing(&self, order: &Order) -> Option<Asked> {
        let order_type = self.settings.order_type(&order.face.order_type).filter(|_| order.part.is_none())?;
        let contact = self.contact(order.id);
        let face = &order.face;
        let person = face.customer.and_then(|customer| self.customers.get(&customer));
        let lacks = |asked: &&Asked| match asked {
            Asked::Table => face.table.is_none(),
            Asked::Name => face.name.is_none() && face.customer.is_none(),
            Asked::Phone => contact.phone.is_empty() && person.is_none_or(|person| person.phone.is_empty()),
            Asked::Address => contact.address.is_empty(),
            Asked::Covers => face.covers.is_none(),
            Asked::PickUp => face.due.is_none(),
        };
        order_type.asks.iter().find(lacks).copied()
    }
}
