//! A menu of the office is taken back: at the till, before anything was sold from it; and what happens when a shift
//! is opened, or something is sold, in the moment between looking and doing.

use counterflow::domain::command::Command;
use counterflow::domain::event::{Event, Recorded};
use counterflow::domain::menu_change::CatalogueAct;
use counterflow::domain::money::Money;
use counterflow::store::{CommitError, Replacement, Store};
use serde_json::json;

use super::cluster::{Cluster, Server};
use super::tills::{business, office};
use crate::shop::{ADA, OWNER, Shop, words};

const NEW: &str = "Renamed by the office";

struct Place {
    _cluster: Cluster,
    server: Server,
    token: String,
    shop: Shop,
    revision: std::cell::Cell<u64>,
}

impl Place {
    fn new() -> Self {
        let (cluster, server, tenant, shop) = business();
        let token = tenant.token(&cluster, "office");
        Self { _cluster: cluster, server, token, shop, revision: 0.into() }
    }

    /// The office publishes the café's menu with another name for its first item.
    fn publish(&self, name: &str) {
        let mut menu = serde_json::to_value(self.shop.store().load_menu().unwrap().unwrap()).unwrap();
        menu["items"][0]["name"] = json!(name);
        let revision = self.revision.replace(self.revision.get() + 1);
        let seen = format!("if-match: \"{revision}\"\r\n");
        let heard = office(&self.server.address, &self.token, "PUT", "/v1/catalogue/menu", &seen, &menu);
        assert_eq!(heard.status, 200, "{heard:?}");
        let body = json!({ "effective": "2020-01-01" });
        let heard = office(&self.server.address, &self.token, "POST", "/v1/catalogue/versions", "", &body);
        assert_eq!(heard.status, 201, "{heard:?}");
    }

    #[track_caller]
    fn pulls(&self, args: &[&str], code: i32) -> String {
        let output = self.shop.command(&[&["pull"], args].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", words(&output));
        words(&output)
    }

    fn first(&self) -> String {
        self.shop.store().load_menu().unwrap().unwrap().items[0].name.clone()
    }
}

/// What is recorded of a replacement, as `pull` does.
fn recorded(store: &Store, replacement: &Replacement) -> Vec<Recorded> {
    let (_, mut like) = store.entries_after(0).unwrap().remove(0);
    like.event = replacement.event().unwrap();
    vec![like]
}

#[test]
fn a_menu_is_taken_back_at_the_till() {
    let place = Place::new();
    let old = place.first();
    let said = place.shop.rings(OWNER, ":menu-back\n");
    assert!(said[0]["said"].as_str().unwrap().contains("nothing to take back"), "{said:?}");

    // Shown first, by nobody who may not; the shift was opened already, and nothing sold.
    place.publish(NEW);
    assert!(place.pulls(&[], 0).contains("is being sold from"));
    place.shop.rings(OWNER, ":open-shift 100.00\n");
    let (_, said) = place.shop.ring(ADA, ":menu-back 1\n");
    assert_eq!(said[0]["dialog"], json!("Somebody else's PIN"), "{said:?}");
    assert_eq!(place.first(), NEW);
    let said = place.shop.rings(OWNER, ":menu-back\n");
    assert!(said[0].to_string().contains(&old), "{said:?}");
    assert_eq!(place.first(), NEW);
    assert!(place.pulls(&["--back", "--dry-run"], 0).contains("nothing was changed"));
    let said = place.shop.rings(OWNER, ":menu-back 1\n");
    assert!(said[0].to_string().contains("before version 1"), "{said:?}");
    assert_eq!(place.first(), old);
    // The journal says who, and what it was.
    let entries = place.shop.store().entries_after(0).unwrap();
    let entry = entries.iter().rev().find(|(_, r)| matches!(r.event, Event::MenuChanged { .. })).unwrap();
    let Event::MenuChanged { catalogue, .. } = entry.1.event else { unreachable!() };
    assert_eq!((catalogue, entry.1.staff.is_some()), (Some(CatalogueAct::TakenBack(1)), true));

    // Once something was sold from it, the shift must end first.
    place.shop.rings(OWNER, "22\n:cash\n");
    close(&place.shop);
    place.publish(NEW);
    place.pulls(&[], 0);
    place.shop.rings(OWNER, ":open-shift 100.00\n22\n:cash\n");
    let (_, said) = place.shop.ring(OWNER, ":menu-back 1\n");
    assert!(said[0].to_string().contains("close its shift first"), "{said:?}");
    assert!(place.pulls(&["--back"], 75).contains("close its shift first"));
    assert_eq!(place.first(), NEW);
    close(&place.shop);
    assert!(place.pulls(&["--back"], 0).contains("taken back"));
    assert_eq!(place.first(), old);
    place.shop.verifies();
}

#[track_caller]
fn close(shop: &Shop) {
    let counted = ["shift", "close", "--as", "Olive", "--counted", "cash=100.00", "--comment", "counted by a test"];
    let closed = shop.command(&counted).env("COUNTERFLOW_PIN", OWNER).output().unwrap();
    assert!(closed.status.success(), "{}", words(&closed));
}

/// Between the look and the commit somebody else opens a shift, sells, changes the menu, or does the same.
#[test]
fn a_menu_is_replaced_only_while_it_is_still_the_time_for_it() {
    let place = Place::new();
    let shop = &place.shop;
    let old = place.first();
    let today = "2100-01-01".parse().unwrap();
    place.publish(NEW);
    shop.rings(OWNER, ":open-shift 100.00\n");
    assert!(place.pulls(&[], 0).contains("waits"));
    assert!(shop.store().due_catalogue(today).unwrap().is_none());
    close(shop);

    let mut store = shop.store();
    let due = store.due_catalogue(today).unwrap().unwrap();
    let event = recorded(&store, &due);
    shop.forges(&Command::OpenShift { float: Money::ZERO, pieces: Vec::new() }, |_| {});
    let refused = store.replace_menu(&due, &event).unwrap_err();
    assert!(matches!(&refused, CommitError::Overtaken { what } if what == "opening a shift"), "{refused}");
    assert_eq!(place.first(), old);
    close_forged(shop);

    // Another menu came in between: what was made for the old one does not fit it.
    let mut stale = due.clone();
    stale.change.as_mut().unwrap().digest = "0".repeat(64);
    let refused = store.replace_menu(&stale, &recorded(&store, &stale)).unwrap_err();
    assert!(matches!(&refused, CommitError::Overtaken { what } if what == "changing the menu"), "{refused}");
    // Nothing of either is there: now it is the time for it, and only once.
    store.replace_menu(&due, &event).unwrap();
    assert_eq!(place.first(), NEW);

    let back = store.menu_to_go_back_to().unwrap().unwrap();
    let event = recorded(&store, &back);
    shop.rings(OWNER, ":open-shift 100.00\n22\n:cash\n");
    let refused = store.replace_menu(&back, &event).unwrap_err();
    assert!(matches!(refused, CommitError::SoldFrom { .. }), "{refused}");
    close(shop);
    store.replace_menu(&back, &event).unwrap();
    assert_eq!(place.first(), old);
    let refused = store.replace_menu(&back, &event).unwrap_err();
    assert!(matches!(&refused, CommitError::Overtaken { what } if what == "this menu"), "{refused}");
    shop.verifies();
}

/// Closes a shift that was opened with nothing in the drawer.
#[track_caller]
fn close_forged(shop: &Shop) {
    let closed = shop.command(&["shift", "close", "--as", "Olive", "--counted", "cash=0.00"]);
    let mut closed = closed;
    let closed = closed.env("COUNTERFLOW_PIN", OWNER).output().unwrap();
    assert!(closed.status.success(), "{}", words(&closed));
}
