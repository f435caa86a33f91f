//! The print queue in the store.

use counterflow::domain::event::Event;
use counterflow::domain::ids::RegisterId;
use counterflow::domain::spool::{Job, JobState, PrintQueue};
use counterflow::domain::time::{CutOff, Stamp};
use counterflow::store::SpoolQueue;

use crate::store_shop::{PROGRAM, Shop, job};

const NOW: Stamp = Stamp { utc_ms: 1_795_100_000_000, offset_min: 60 };

fn shop_with(jobs: &[&str]) -> (Shop, SpoolQueue) {
    let mut shop = Shop::new();
    let act = shop.record(RegisterId(1), Event::NoSale { reason: "test".to_owned() });
    let jobs: Vec<_> = jobs.iter().map(|title| job(title)).collect();
    shop.store.commit(&[act], &jobs).unwrap();
    let queue = open(&shop);
    (shop, queue)
}

fn open(shop: &Shop) -> SpoolQueue {
    SpoolQueue::open(shop.path(), PROGRAM, CutOff::default()).unwrap()
}

fn claim(queue: &mut SpoolQueue) -> Option<Job> {
    queue.claim("receipt", NOW).unwrap()
}

fn states(queue: &SpoolQueue) -> Vec<JobState> {
    queue.list(100).unwrap().into_iter().map(|j| j.state).collect()
}

/// What the journal says of print jobs.
fn outcomes(shop: &Shop) -> Vec<String> {
    let said = |event| match event {
        Event::Printed { job, outcome, .. } => Some(format!("{job} {outcome}")),
        _ => None,
    };
    shop.store.entries_after(0).unwrap().into_iter().filter_map(|(_, r)| said(r.event)).collect()
}

#[test]
fn jobs_are_sent_oldest_first() {
    let (shop, mut queue) = shop_with(&["Receipt 1", "Receipt 2"]);
    assert_eq!(queue.waiting("receipt").unwrap().0, 2);
    assert_eq!(queue.waiting("bar").unwrap(), (0, None));
    assert!(queue.claim("bar", NOW).unwrap().is_none());
    let first = claim(&mut queue).unwrap();
    assert_eq!((first.title.as_str(), first.state, first.attempts), ("Receipt 1", JobState::Sending, 1));
    assert_eq!(first.bytes, b"\x1b@Receipt 1\n");
    queue.settle(first.id, JobState::Confirmed, "", NOW).unwrap();
    let second = claim(&mut queue).unwrap();
    assert_eq!(second.title, "Receipt 2");
    queue.settle(second.id, JobState::Unconfirmed, "no answer", NOW).unwrap();
    assert!(claim(&mut queue).is_none());
    assert_eq!(queue.waiting("receipt").unwrap(), (0, None));
    assert_eq!(outcomes(&shop), ["1 confirmed", "2 unconfirmed: no answer"]);
    assert!(shop.store.verify(&mut |_, _| {}).is_clean());
}

#[test]
fn a_claimed_job_is_sending_in_the_store_before_it_is_handed_out() {
    let (shop, mut queue) = shop_with(&["Receipt 1"]);
    claim(&mut queue).unwrap();
    assert_eq!(states(&open(&shop)), [JobState::Sending]);
}

#[test]
fn a_failed_job_is_tried_again_before_younger_ones() {
    let (shop, mut queue) = shop_with(&["Receipt 1", "Receipt 2"]);
    for _ in 1..=3 {
        let job = claim(&mut queue).unwrap();
        assert_eq!((job.id, job.attempts), (1, 1), "nothing of it reached paper: it is no repetition");
        queue.settle(job.id, JobState::Failed, "no paper", NOW).unwrap();
    }
    assert_eq!(queue.list(0).unwrap()[0].detail, "no paper");
    assert!(outcomes(&shop).is_empty(), "it is not over");
}

#[test]
fn what_was_being_sent_when_the_process_died_is_unknown() {
    let (shop, mut queue) = shop_with(&["Receipt 1", "Receipt 2"]);
    claim(&mut queue).unwrap();
    drop(queue);
    let mut queue = open(&shop);
    assert_eq!(queue.recover("bar", NOW).unwrap(), 0);
    assert_eq!(queue.recover("receipt", NOW).unwrap(), 1);
    assert_eq!(states(&queue), [JobState::Unknown, JobState::Queued]);
    assert_eq!(outcomes(&shop), ["1 unknown: it broke off while it was being sent"]);
    // It waits for a person, and holds nobody up.
    assert_eq!(claim(&mut queue).unwrap().id, 2);
}

#[test]
fn a_job_that_is_sent_again_is_marked() {
    let (mut shop, mut queue) = shop_with(&["Receipt 1"]);
    let (who, now) = (shop.staff, shop.now());
    claim(&mut queue).unwrap();
    assert!(queue.requeue(1, who, b"MARK", now).is_err(), "it is being sent");
    queue.settle(1, JobState::Unknown, "cable", NOW).unwrap();
    queue.requeue(1, who, b"MARK", now).unwrap();
    let again = claim(&mut queue).unwrap();
    assert_eq!(again.bytes, b"MARK\x1b@Receipt 1\n");
    queue.settle(1, JobState::Confirmed, "", NOW).unwrap();
    assert_eq!(outcomes(&shop), ["1 unknown: cable", "1 sent again, marked", "1 confirmed"]);
    assert_eq!(shop.store.entries_after(0).unwrap().iter().rev().nth(1).unwrap().1.staff, Some(who));
}

#[test]
fn a_job_can_be_given_up() {
    let (mut shop, mut queue) = shop_with(&["Receipt 1", "Receipt 2"]);
    let (who, now) = (shop.staff, shop.now());
    queue.cancel(1, who, "not\u{1b} needed", now).unwrap();
    assert_eq!(claim(&mut queue).unwrap().id, 2);
    assert_eq!(outcomes(&shop), ["1 cancelled: not\u{fffd} needed"]);
    let refused = queue.cancel(2, who, "", now).unwrap_err();
    assert_eq!(refused, "nothing was recorded: print job 2 is sending and cannot be given up");
    assert_eq!(queue.cancel(9, who, "", now).unwrap_err(), "nothing was recorded: there is no print job 9");
}

#[test]
fn only_what_is_being_sent_can_be_settled() {
    let (_shop, mut queue) = shop_with(&["Receipt 1"]);
    assert!(queue.settle(1, JobState::Confirmed, "", NOW).is_err());
    claim(&mut queue).unwrap();
    assert!(queue.settle(1, JobState::Queued, "", NOW).is_err());
    queue.settle(1, JobState::Confirmed, "", NOW).unwrap();
    assert!(queue.settle(1, JobState::Confirmed, "", NOW).is_err());
}

#[test]
fn damaged_bytes_never_reach_a_printer() {
    let (shop, mut queue) = shop_with(&["Receipt 1", "Receipt 2"]);
    shop.raw().execute("UPDATE jobs SET bytes = x'1b70' WHERE id = 1", []).unwrap();
    let findings = shop.store.verify(&mut |_, _| {}).findings;
    assert_eq!(findings[0].to_string(), "print job 1 (Receipt 1): its bytes are not those that were rendered");
    assert_eq!(claim(&mut queue).unwrap().id, 2);
    assert_eq!(states(&queue), [JobState::Unknown, JobState::Sending]);
}
