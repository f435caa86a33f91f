//! Of `counterflow.toml`: stations, what is made where, when the kitchen is told.

use super::finding::Located;
use super::lists::known;
use super::main_file::coded;
use super::reader::Table;
use crate::domain::course::{CourseRules, CourseTickets};
use crate::domain::order_type::OrderType;
use crate::domain::settings::{KitchenRules, Route, Station};

/// The most copies of a ticket.
const MAX_COPIES: i64 = 5;
/// The most letters before a ticket's number.
const MAX_PREFIX_CHARS: usize = 6;
/// The most items or categories that one route names.
const MAX_ROUTED: usize = 500;

/// Where things are made.
pub(super) fn stations(root: &Table) -> Vec<Station> {
    let Some(tables) = root.tables("station") else {
        return vec![Station::plain("kitchen", "Kitchen"), Station::plain("bar", "Bar")];
    };
    let mut stations = Vec::new();
    let mut prefixes = Vec::new();
    for (code, name) in coded(&tables, "station") {
        let mut station = Station::plain(&code.value, &name);
        let of = tables.iter().find(|t| t.code("code").is_some_and(|c| c.place == code.place));
        let mut place = code.place;
        if let Some(table) = of {
            if let Some(prefix) = prefix(table) {
                place = prefix.place;
                station.prefix = prefix.value;
            }
            station.copies = table.whole("copies", 1..=MAX_COPIES).and_then(|n| u8::try_from(n).ok()).unwrap_or(1);
            station.expo = table.flag("expo").unwrap_or(false);
        }
        prefixes.push(Located { value: station.prefix.clone(), place });
        stations.push(station);
    }
    if let Some(table) = tables.first() {
        table.file.refuse_twins("the `prefix` of ticket numbers", &prefixes);
    }
    tables.into_iter().for_each(Table::done);
    stations
}

fn prefix(table: &Table) -> Option<Located<String>> {
    let prefix = table.code("prefix")?;
    if prefix.value.len() > MAX_PREFIX_CHARS {
        table.file.find_at(&prefix.place, format!("`prefix` has at most {MAX_PREFIX_CHARS} letters, like KIT"));
        return None;
    }
    Some(prefix)
}

/// What is made where, beyond what the menu says.
pub(super) fn routes(root: &Table, stations: &[Station], order_types: &[OrderType]) -> Vec<Route> {
    let mut routes = Vec::new();
    for table in root.tables("route").unwrap_or_default() {
        let makers = table.needed("stations", known(&table, "stations", "station", stations, |s| &s.code));
        let route = Route {
            items: table.texts("items", 0..=MAX_ROUTED).unwrap_or_default(),
            categories: table.texts("categories", 0..=MAX_ROUTED).unwrap_or_default(),
            order_types: known(&table, "order_types", "order type", order_types, |t| &t.code).unwrap_or_default(),
            stations: makers.unwrap_or_default(),
        };
        if route.items.is_empty() && route.categories.is_empty() && route.order_types.is_empty() {
            let words = "this route is for everything: say which `items`, `categories` or `order_types` it is for";
            table.file.find_at(&table.place(), words);
        }
        table.done();
        routes.push(route);
    }
    routes
}

/// When the kitchen is told.
pub(super) fn rules(root: &Table) -> KitchenRules {
    let mut rules = KitchenRules::default();
    let Some(table) = root.table("kitchen") else { return rules };
    for (key, rule) in [
        ("send_at_payment", &mut rules.send_at_payment),
        ("send_on_hold", &mut rules.send_on_hold),
        ("receipt_printer", &mut rules.receipt_printer),
        ("bell", &mut rules.bell),
    ] {
        *rule = table.flag(key).unwrap_or(*rule);
    }
    for (key, minutes) in [("long_min", &mut rules.long_min), ("late_min", &mut rules.late_min)] {
        *minutes = table.whole(key, 1..=600).unwrap_or(*minutes);
    }
    rules.courses = courses(&table, rules.courses);
    if rules.late_min <= rules.long_min {
        table.file.find_at(&table.place(), "`late_min` must be more than `long_min`");
    }
    table.done();
    rules
}

/// The courses, and when their tickets are printed.
fn courses(table: &Table, default: CourseRules) -> CourseRules {
    let ways = [CourseTickets::Together, CourseTickets::OnFire];
    CourseRules {
        names: table.texts("courses", 0..=CourseRules::MOST.into()).unwrap_or(default.names),
        tickets: table.word("course_tickets", &ways).unwrap_or(default.tickets),
        late_min: table.whole("course_late_min", 1..=600).unwrap_or(default.late_min),
    }
}
