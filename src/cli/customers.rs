//! `counterflow customers`: who is known, all that is kept of somebody, and forgetting them.

use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::staff::{By, identified};
use crate::cli::{Failure, Place, Result, print, print_json, say};
use crate::documents::account::statement_title;
use crate::domain::command::Command;
use crate::domain::customer::{Account, Person};
use crate::domain::ids::{CustomerId, RegisterId};
use crate::domain::till::Ctx;
use crate::session::PROGRAM;
use crate::session::clock::{Clock, Ids, SystemClock};
use crate::session::config::Config;
use crate::store::{SCHEMA, Store};

/// How many of somebody's sales are written out.
const MOST_SALES: u32 = 100_000;

#[derive(Debug, Args)]
pub(super) struct CustomersArgs {
    #[command(subcommand)]
    command: CustomersCmd,
}

#[derive(Debug, Subcommand)]
enum CustomersCmd {
    /// Lists everybody who is known, with what they owe
    List,
    /// Writes out all that is kept of somebody, as JSON
    Export {
        /// Their number, or letters of the name or digits of the telephone that mean nobody else
        who: String,
    },
    /// Forgets who somebody was; what was sold stays in the books
    Forget {
        /// Their number, or letters of the name or digits of the telephone that mean nobody else
        who: String,
        #[command(flatten)]
        by: By,
    },
}

pub(super) fn run(place: &Place, args: CustomersArgs) -> Result {
    let config = Config::read(&place.config)?;
    let mut store = Store::open(&place.data, PROGRAM)?;
    match args.command {
        CustomersCmd::List => list(place, &store, &config),
        CustomersCmd::Export { who } => export(&store, &who),
        CustomersCmd::Forget { who, by } => forget(&mut store, config, &who, &by),
    }
}

fn list(place: &Place, store: &Store, config: &Config) -> Result {
    let mut people = store.people()?;
    people.sort_by_key(|(.., account)| account.number);
    if place.json {
        let row = |(_, person, account): &(CustomerId, Person, Account)| json!({ "number": account.number, "name": person.name, "phone": person.phone, "owes": account.owes });
        return print_json(&people.iter().map(row).collect::<Vec<_>>());
    }
    let show = |amount| config.settings.currency.show(amount);
    let row = |(_, person, account): &(CustomerId, Person, Account)| {
        let owes = if account.owes.is_zero() { String::new() } else { show(account.owes) };
        format!("{:>5} {:<32} {:<20} {owes:>12}\n", account.number, person.name, person.phone)
    };
    print(&people.iter().map(row).collect::<String>())
}

/// The one who is meant.
fn find(store: &Store, who: &str) -> Result<(CustomerId, Person, Account)> {
    let mut people = store.people()?;
    let number = who.parse::<u32>().ok();
    let exact = people.iter().position(|(.., account)| Some(account.number) == number);
    if let Some(at) = exact {
        return Ok(people.swap_remove(at));
    }
    people.retain(|(_, person, _)| person.fits(who));
    match (people.pop(), people.len()) {
        (Some(one), 0) => Ok(one),
        (Some(_), others) => Err(Failure::usage(format!("{who} means {} people: say the number", others + 1))),
        (None, _) => Err(Failure::usage(format!("nobody is known by {who}"))),
    }
}

fn export(store: &Store, who: &str) -> Result {
    let (id, person, account) = find(store, who)?;
    let sales = store.sales_of_customer(id, MOST_SALES)?;
    print_json(&json!({
        "customer": id,
        "number": account.number,
        "person": person,
        "limit": account.limit,
        "owes": account.owes,
        "account": store.account_moves(id)?,
        "points": store.points(id)?,
        "sales": sales,
    }))
}

fn forget(store: &mut Store, config: Config, who: &str, by: &By) -> Result {
    let staff = identified(store, by)?;
    let (customer, person, account) = find(store, who)?;
    let menu = crate::domain::catalogue::Menu::empty(config.settings.currency);
    let catalogue = crate::domain::catalogue::Catalogue::new(menu);
    let (mut till, _) = store.load_till(RegisterId::OFFICE, config.settings.into(), catalogue.into())?;
    till.signed_in = Some(staff.id);
    let now = SystemClock.now();
    let command = Command::ForgetCustomer { customer, confirmed: true };
    let decided = till.decide(&command, &mut Ctx { now, ids: &mut Ids, approver: None });
    let events = decided.map_err(|refusal| Failure::finding(refusal.to_string()))?;
    let act = till.record(events, now, PROGRAM, SCHEMA);
    let titles = [statement_title(account.number)];
    store.forget_person(customer, &titles, &act).map_err(|error| Failure::io(error.to_string()))?;
    say(&format!("{} is forgotten; what was sold stays in the books.", person.name));
    Ok(())
}
