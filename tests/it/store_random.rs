//! Random selling: whatever was recorded, projections rebuilt are the projections kept, a till
//! loaded is the till that saw everything, and the store verifies.

use counterflow::domain::catalogue::Availability;
use counterflow::domain::event::Event;
use counterflow::domain::order::Order;
use counterflow::domain::quantity::Quantity;
use counterflow::store::CommitError;
use proptest::prelude::*;

use crate::store::load;
use crate::store_shop::{Shop, item, menu_of};

#[derive(Clone, Debug)]
enum Act {
    Ring { register: u16, item: u8, pieces: i64 },
    More { order: usize, item: u8, pieces: i64 },
    Hold { order: usize, register: u16 },
    Settle { order: usize, register: u16 },
    Abandon { order: usize },
    Stale { order: usize },
    Count { item: u8, left: Option<i64> },
    Menu { first: u8, items: u8 },
    WrongPin { register: u16, failures: u32 },
    Reopen,
}

fn act() -> impl Strategy<Value = Act> {
    let register = || 1..3_u16;
    let order = || 0..8_usize;
    prop_oneof![
        4 => (register(), 0..4_u8, 1..4_i64).prop_map(|(register, item, pieces)| Act::Ring { register, item, pieces }),
        4 => (order(), 0..4_u8, 1..4_i64).prop_map(|(order, item, pieces)| Act::More { order, item, pieces }),
        2 => (order(), register()).prop_map(|(order, register)| Act::Hold { order, register }),
        4 => (order(), register()).prop_map(|(order, register)| Act::Settle { order, register }),
        1 => order().prop_map(|order| Act::Abandon { order }),
        1 => order().prop_map(|order| Act::Stale { order }),
        1 => (0..4_u8, prop::option::of(0..10_i64)).prop_map(|(item, left)| Act::Count { item, left }),
        1 => (0..4_u8, 0..4_u8).prop_map(|(first, items)| Act::Menu { first, items }),
        1 => (register(), 0..9_u32).prop_map(|(register, failures)| Act::WrongPin { register, failures }),
        1 => Just(Act::Reopen),
    ]
}

/// Refusals that random acts may meet; anything else is a fault.
fn allow<T>(done: Result<T, CommitError>) -> Option<T> {
    match done {
        Ok(value) => Some(value),
        Err(CommitError::OutOfStock { .. }) => None,
        Err(other) => panic!("{other}"),
    }
}

fn play(shop: &mut Shop, open: &mut Vec<Order>, act: &Act) {
    match *act {
        Act::Ring { register, item, pieces } => {
            open.extend(allow(shop.ring(register, &item.to_string(), pieces, 320)));
        }
        Act::More { order, item, pieces } => {
            let Some(order) = open.get_mut(order) else { return };
            allow(shop.ring_more(order, &item.to_string(), pieces, 100));
        }
        Act::Hold { order, register } => {
            let Some(order) = open.get_mut(order) else { return };
            shop.hold(order, register).unwrap();
        }
        Act::Settle { order, register } => {
            if order >= open.len() {
                return;
            }
            let order = open.remove(order);
            let events = shop.settle(&order, register);
            shop.commit(register, events).unwrap();
        }
        Act::Abandon { order } => {
            if order >= open.len() {
                return;
            }
            let was = Box::new(open.remove(order));
            let version = was.version + 1;
            shop.commit(1, vec![Event::OrderAbandoned { order: was.id, version, reason: "x".to_owned(), was }])
                .unwrap();
        }
        Act::Stale { order } => {
            let Some(order) = open.get(order) else { return };
            let bill = Event::BillPrinted { order: order.id, version: order.version };
            assert_eq!(shop.commit(1, vec![bill]), Err(CommitError::Stale { order: order.id }));
        }
        Act::Count { item, left } => {
            let availability = left.map(|left| Availability::Left(Quantity::pieces(left)));
            shop.commit(1, vec![Event::AvailabilitySet { item: item.to_string(), availability }]).unwrap();
        }
        Act::Menu { first, items } => {
            let items = (first..first + items).map(|n| item(&n.to_string(), &[])).collect();
            shop.commit(0, vec![menu_of(items)]).unwrap();
        }
        Act::WrongPin { register, failures } => {
            let staff = shop.staff;
            let event = if failures == 0 { Event::SignedIn { staff } } else { Event::SignInFailed { failures } };
            shop.commit(register, vec![event]).unwrap();
        }
        Act::Reopen => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn projections_always_are_what_the_journal_comes_to(acts in prop::collection::vec(act(), 1..40)) {
        let mut shop = Shop::new();
        shop.open_shift(counterflow::domain::ids::RegisterId(2));
        let mut open = Vec::new();
        for act in &acts {
            if matches!(act, Act::Reopen) {
                shop = shop.reopen();
            }
            play(&mut shop, &mut open, act);
        }
        let report = shop.store.verify(&mut |_, _| {});
        prop_assert!(report.is_clean(), "{:?}", report.findings);
        let kept = shop.dump();
        shop.store.rebuild(&mut |_, _| {}).unwrap();
        prop_assert_eq!(shop.dump(), kept);
        open.sort_by_key(|o| o.id);
        let loaded: Vec<Order> = load(&shop, 1).0.orders.into_values().collect();
        prop_assert_eq!(loaded, open);
    }
}
