//! The settings that decide what a till may do, checked when they are read. Reading the files is
//! the session's work.

use serde::{Deserialize, Serialize};

use crate::domain::catalogue::{Catalogue, Item, PriceBy};
use crate::domain::course::CourseRules;
use crate::domain::floor::Room;
use crate::domain::money::{Currency, Money};
use crate::domain::order::Face;
use crate::domain::order_type::OrderType;
use crate::domain::points::Scheme;
use crate::domain::promotion::Promotion;
use crate::domain::quantity::Quantity;
use crate::domain::rounding::Rounding;
use crate::domain::schedule::Schedule;
use crate::domain::service::ServiceRule;
use crate::domain::staff::{DiscountLimit, Permission, Role};
use crate::domain::stock::Good;
use crate::domain::tax::{TaxRounding, TaxTable};
use crate::domain::tender::Tender;
use crate::domain::time::CutOff;
use crate::domain::tip::TipRules;
use crate::domain::work::HoursRules;

/// Where something is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Station {
    /// Its code in menus: `grill`.
    pub code: String,
    /// Its name on paper.
    pub name: String,
    /// What its ticket numbers begin with: `KIT` for `KIT-0042`.
    pub prefix: String,
    /// How many copies of each ticket are printed.
    pub copies: u8,
    /// Whether it puts together what others make, and is told of all of it: the pass.
    pub expo: bool,
}

impl Station {
    /// A station as the configuration has it when it says no more.
    pub fn plain(code: &str, name: &str) -> Self {
        Self { code: code.to_owned(), name: name.to_owned(), prefix: Self::prefix_of(code), copies: 1, expo: false }
    }

    /// The prefix of a station for which none is written: `KIT` for `kitchen`.
    pub fn prefix_of(code: &str) -> String {
        code.chars().take(3).collect::<String>().to_uppercase()
    }
}

/// What is made where, beyond what the menu says. An empty list means "any".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Codes of items.
    pub items: Vec<String>,
    /// Codes of categories.
    pub categories: Vec<String>,
    /// Codes of order types.
    pub order_types: Vec<String>,
    /// Codes of the stations that make it; none when nobody does.
    pub stations: Vec<String>,
}

/// When the kitchen is told, and where its tickets may come out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KitchenRules {
    /// Whether a payment sends what was not sent yet.
    pub send_at_payment: bool,
    /// Whether putting an order aside does.
    pub send_on_hold: bool,
    /// Whether tickets of a station without a printer come out where receipts do.
    pub receipt_printer: bool,
    /// Whether a screen rings its terminal's bell when a ticket comes.
    pub bell: bool,
    /// After how many minutes a screen says that a ticket waits long.
    pub long_min: i64,
    /// After how many it says that it is late.
    pub late_min: i64,
    /// The courses.
    pub courses: CourseRules,
}

impl Default for KitchenRules {
    fn default() -> Self {
        Self {
            send_at_payment: true,
            send_on_hold: true,
            receipt_printer: false,
            bell: true,
            long_min: 10,
            late_min: 20,
            courses: CourseRules::default(),
        }
    }
}

/// Cash rounding, where small coins are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CashRounding {
    /// The smallest step: 0.05, 0.10, 1.00.
    pub step: Money,
    /// How what is left over is settled.
    pub rounding: Rounding,
}

/// Who runs the place, as paper shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Business {
    /// Its name.
    pub name: String,
    /// Its address, line by line.
    pub address: Vec<String>,
    /// Its tax number, with its name: `VAT 123 4567 89`.
    pub tax_number: Option<String>,
    /// Lines at the end of a receipt.
    pub footer: Vec<String>,
    /// What a QR code at the very end of a receipt says; none when empty. In it, `{receipt}`,
    /// `{register}`, `{total}` and `{code}` stand for those of the sale.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub qr: String,
    /// Whether a receipt shows its code, by which paper can be told from a forgery.
    #[serde(default)]
    pub receipt_code: bool,
}

/// Reasons people choose from, by digit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reasons {
    /// For voiding a line.
    pub void: Vec<String>,
    /// For a discount.
    pub discount: Vec<String>,
    /// For giving away what was made.
    pub comp: Vec<String>,
    /// For writing off what was made or spoiled.
    pub waste: Vec<String>,
    /// For taking the service charge off.
    pub waive: Vec<String>,
    /// For changing a price.
    pub price: Vec<String>,
    /// For opening the drawer without a sale.
    pub no_sale: Vec<String>,
    /// For throwing away an order.
    pub abandon: Vec<String>,
    /// For giving up a print job.
    #[serde(default)]
    pub skip: Vec<String>,
    /// For giving money back.
    pub refund: Vec<String>,
}

/// Bounds beyond which the till asks before it believes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guards {
    /// A quantity above this asks.
    pub quantity: Quantity,
    /// A line above this asks.
    pub line: Money,
    /// A typed price below this asks whether it was meant as a quantity.
    pub price_low: Money,
    /// A tendered amount above this many times what is due asks.
    pub tender_factor: i64,
}

/// How the drawer is counted when a shift closes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountRules {
    /// A count that is over or short by more than this needs a comment.
    pub comment_above: Money,
    /// Whether who counts is not told what should be there.
    pub blind: bool,
    /// Notes and coins, largest first; with none, the drawer is counted as one sum.
    pub denominations: Vec<Money>,
    /// Cash that is moved without a sale, above this, needs a second person; never where it is none.
    pub second_person_above: Option<Money>,
    /// Whether each drawer is locked to one person: at first to who opened the shift.
    pub one_person: bool,
}

/// What the house adds to its prices and takes off them by rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offers {
    /// The service charge.
    pub service: Option<ServiceRule>,
    /// Prices by time: the first that holds counts.
    pub schedules: Vec<Schedule>,
    /// What is taken off by rule.
    pub promotions: Vec<Promotion>,
    /// What regular guests earn, and what they have for it.
    pub schemes: Vec<Scheme>,
}

/// All settings that decide anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Who runs the place.
    pub business: Business,
    /// The currency of every price.
    pub currency: Currency,
    /// When one business date ends.
    pub cut_off: CutOff,
    /// Taxes and their classes.
    pub taxes: TaxTable,
    /// Where taxes are rounded.
    pub tax_rounding: TaxRounding,
    /// How taxes are rounded.
    pub rounding: Rounding,
    /// How cash is rounded.
    pub cash_rounding: Option<CashRounding>,
    /// How the halves of one dish make its price, where the menu does not say.
    pub halves: PriceBy,
    /// Price levels; the first is the base.
    pub levels: Vec<String>,
    /// Order types; the first is the usual one.
    pub order_types: Vec<OrderType>,
    /// Rooms with their tables; with none, a table is whatever people call it.
    pub rooms: Vec<Room>,
    /// Stations.
    pub stations: Vec<Station>,
    /// What is made where, beyond what the menu says: the first that fits holds.
    pub routes: Vec<Route>,
    /// When the kitchen is told.
    pub kitchen: KitchenRules,
    /// Ways to pay, in the order of their digits. The first that gives change is "cash".
    pub tenders: Vec<Tender>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Reasons to choose from.
    pub reasons: Reasons,
    /// Bounds beyond which the till asks.
    pub guards: Guards,
    /// How the drawer is counted.
    pub count: CountRules,
    /// Working time.
    pub hours: HoursRules,
    /// Tips.
    pub tips: TipRules,
    /// Whether the till locks after each sale.
    pub lock_after_sale: bool,
    /// Whether practice is all that happens here.
    pub training: bool,
    /// Whether a scale says what things weigh: then a weight that is typed needs a permission.
    pub scale: bool,
    /// What the house adds to its prices and takes off them by rule.
    pub offers: Offers,
    /// Goods that are kept in stock.
    pub goods: Vec<Good>,
}

impl Settings {
    /// The order type with this code.
    pub fn order_type(&self, code: &str) -> Option<&OrderType> {
        self.order_types.iter().find(|t| t.code == code)
    }

    /// The station with this code.
    pub fn station(&self, code: &str) -> Option<&Station> {
        self.stations.iter().find(|s| s.code == code)
    }

    /// The stations that make an item sold in this way: the first route that fits says, else the
    /// menu. The pass is told of whatever is made anywhere.
    pub fn route(&self, catalogue: &Catalogue, item: &Item, order_type: &str) -> Vec<String> {
        let fits = |list: &[String], code: &str| list.is_empty() || list.iter().any(|c| c == code);
        let route = self.routes.iter().find(|r| {
            fits(&r.items, &item.code) && fits(&r.categories, &item.category) && fits(&r.order_types, order_type)
        });
        let mut stations = route.map_or_else(|| catalogue.stations(item), |r| &r.stations).to_vec();
        if !stations.is_empty() {
            let expo = self.stations.iter().filter(|s| s.expo && !stations.contains(&s.code));
            let expo: Vec<String> = expo.map(|s| s.code.clone()).collect();
            stations.extend(expo);
        }
        stations
    }

    /// The tender that lies in the drawer: the first that gives change in the till's currency.
    pub fn cash(&self) -> Option<&Tender> {
        self.tenders.iter().find(|t| t.gives_change && t.foreign.is_none())
    }

    /// The tender with this code.
    pub fn tender(&self, code: &str) -> Option<&Tender> {
        self.tenders.iter().find(|t| t.code == code)
    }

    /// The face that a new order begins with.
    pub fn new_face(&self) -> Face {
        let order_type = self.order_types.first();
        let level = order_type.and_then(|t| t.level.as_deref()).unwrap_or(self.base_level());
        let order_type = order_type.map(|t| t.code.clone()).unwrap_or_default();
        Face { order_type, level: level.to_owned(), ..Face::default() }
    }

    /// The base price level.
    pub fn base_level(&self) -> &str {
        self.levels.first().map_or("base", String::as_str)
    }

    /// How much one discount of this role may take off.
    pub fn limit(&self, role: &str) -> DiscountLimit {
        self.roles.iter().find(|r| r.code == role).map(|r| r.limit).unwrap_or_default()
    }

    /// Whether a role allows something. Denied unless said.
    pub fn allows(&self, role: &str, permission: Permission) -> bool {
        self.roles.iter().any(|r| r.code == role && r.may.contains(&permission))
    }
}
