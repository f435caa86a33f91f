//! The print queue in the store.

use counterflow::domain::event::Event;
use counterflow::domain::ids::RegisterId;
use counterflow::domain::spool::{Job, JobAct, JobState, NewJob, PrintQueue, Waiting};
use counterflow::domain::time::{CutOff, Stamp};
use counterflow::store::SpoolQueue;

use crate::store_shop::{PROGRAM, Shop, job};

/// Nothing is too old here, unless a test wants it.
const FRESH_MS: i64 = i64::MAX;
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
    queue.claim("receipt", FRESH_MS, NOW).unwrap()
}

fn states(queue: &SpoolQueue) -> Vec<JobState> {
    queue.list(100).unwrap().into_iter().map(|j| j.state).collect()
}

/// What the journal says of print jobs.
fn outcomes(shop: &Shop) -> Vec<String> {
    let said = |event| match event {
        (Event::Printed { job, outcome, .. }, None) => Some(format!("{job} {outcome}")),
        (Event::JobDecided { job, act, .. }, Some(_)) => Some(format!("{job} {} by Ada", act.words())),
        _ => None,
    };
    shop.store.entries_after(0).unwrap().into_iter().filter_map(|(_, r)| said((r.event, r.staff))).collect()
}

#[test]
fn jobs_are_sent_oldest_first() {
    let (shop, mut queue) = shop_with(&["Receipt 1", "Receipt 2"]);
    assert_eq!(queue.waiting("receipt").unwrap().jobs, 2);
    assert_eq!(queue.waiting("bar").unwrap(), Waiting::default());
    assert!(queue.claim("bar", FRESH_MS, NOW).unwrap().is_none());
    let first = claim(&mut queue).unwrap();
    assert_eq!((first.title.as_str(), first.state, first.attempts), ("Receipt 1", JobState::Sending, 1));
    assert_eq!(first.bytes, b"\x1b@Receipt 1\n");
    queue.settle(first.id, JobState::Confirmed, "", NOW).unwrap();
    let second = claim(&mut queue).unwrap();
    assert_eq!(second.title, "Receipt 2");
    queue.settle(second.id, JobState::Unconfirmed, "no answer", NOW).unwrap();
    assert!(claim(&mut queue).is_none());
    assert_eq!(queue.waiting("receipt").unwrap(), Waiting::default());
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
    assert!(queue.claim("bar", FRESH_MS, NOW).unwrap().is_none());
    // It waits for a person, and holds nobody up.
    assert_eq!(claim(&mut queue).unwrap().id, 2);
    assert_eq!(states(&queue), [JobState::Unknown, JobState::Sending]);
    assert_eq!(outcomes(&shop), ["1 unknown: it broke off while it was being sent"]);
    assert_eq!(queue.waiting("receipt").unwrap().undecided, 1);
}

/// What somebody decides, as the session records it.
fn decide(shop: &mut Shop, job: i64, act: JobAct, jobs: &[NewJob]) -> Result<(), String> {
    let reason = "seen".to_owned();
    let act = shop.record(RegisterId(1), Event::JobDecided { job, act, reason });
    shop.store.commit(&[act], jobs).map(|_| ()).map_err(|e| e.to_string())
}

#[test]
fn a_job_that_is_sent_again_says_how_often_it_was_begun() {
    let (mut shop, mut queue) = shop_with(&["Receipt 1"]);
    claim(&mut queue).unwrap();
    assert!(decide(&mut shop, 1, JobAct::Retry, &[]).is_err(), "it is being sent");
    queue.settle(1, JobState::Unknown, "cable", NOW).unwrap();
    decide(&mut shop, 1, JobAct::Retry, &[]).unwrap();
    assert_eq!(claim(&mut queue).unwrap().attempts, 2);
    queue.settle(1, JobState::Confirmed, "", NOW).unwrap();
    assert_eq!(outcomes(&shop), ["1 unknown: cable", "1 to be printed again by Ada", "1 confirmed"]);
}

#[test]
fn a_job_can_be_given_up() {
    let (mut shop, mut queue) = shop_with(&["Receipt 1", "Receipt 2"]);
    decide(&mut shop, 1, JobAct::Skip, &[]).unwrap();
    assert_eq!(claim(&mut queue).unwrap().id, 2);
    assert_eq!(outcomes(&shop), ["1 given up by Ada"]);
    let refused = decide(&mut shop, 2, JobAct::Skip, &[]).unwrap_err();
    assert_eq!(refused, "nothing was recorded: print job 2 is sending and cannot be given up");
    let refused = decide(&mut shop, 9, JobAct::Skip, &[]).unwrap_err();
    assert_eq!(refused, "nothing was recorded: there is no print job 9");
    assert!(shop.store.verify(&mut |_, _| {}).is_clean());
}

#[test]
fn a_job_that_goes_elsewhere_is_as_old_as_it_was() {
    let (mut shop, mut queue) = shop_with(&["Receipt 1"]);
    claim(&mut queue).unwrap();
    queue.settle(1, JobState::Unknown, "cable", NOW).unwrap();
    let moved = NewJob { printer: "bar".to_owned(), instead_of: Some(1), ..job("Receipt 1") };
    decide(&mut shop, 1, JobAct::SendTo("bar".to_owned()), &[moved]).unwrap();
    assert!(claim(&mut queue).is_none());
    let old = queue.job(1).unwrap().unwrap();
    let there = queue.claim("bar", FRESH_MS, NOW).unwrap().unwrap();
    assert_eq!((there.id, there.attempts, there.queued, there.instead_of), (2, 2, old.queued, Some(1)));
    assert_eq!((old.state, old.detail.as_str()), (JobState::Cancelled, "sent to bar instead: seen"));
}

#[test]
fn what_is_too_old_waits_for_a_person() {
    let (mut shop, mut queue) = shop_with(&["Receipt 1", "Receipt 2"]);
    let queued = queue.job(1).unwrap().unwrap().queued;
    let at = |ms| Stamp::new(queued.utc_ms + ms, 60);
    assert_eq!(queue.claim("receipt", 900_000, at(900_001)).unwrap(), None);
    assert_eq!(states(&queue), [JobState::Stale, JobState::Stale]);
    assert_eq!(outcomes(&shop)[0], "1 stale: it is more than 15 min old");
    assert_eq!(queue.waiting("receipt").unwrap(), Waiting { jobs: 0, oldest: None, undecided: 2 });
    decide(&mut shop, 2, JobAct::Retry, &[]).unwrap();
    let released = queue.claim("receipt", 900_000, at(1_000_000)).unwrap().unwrap();
    assert_eq!((released.id, released.attempts), (2, 1), "nothing of it was on paper");
}

#[test]
fn a_stations_ticket_that_broke_off_comes_again_by_itself_but_not_for_ever() {
    let mut shop = Shop::new();
    let act = shop.record(RegisterId(1), Event::NoSale { reason: "test".to_owned() });
    let ticket = NewJob { station: Some("grill".to_owned()), ..job("KIT-0001") };
    shop.store.commit(&[act], &[ticket, job("KIT-0002")]).unwrap();
    let mut queue = open(&shop);
    for attempts in 1..=4 {
        let ticket = claim(&mut queue).unwrap();
        assert_eq!((ticket.id, ticket.attempts), (1, attempts));
        queue.settle(1, JobState::Unknown, "cable", NOW).unwrap();
    }
    assert_eq!(claim(&mut queue).unwrap().id, 2);
    assert_eq!(queue.waiting("receipt").unwrap().undecided, 1);
}

#[test]
fn tickets_that_wait_too_long_are_due_and_go_to_another_printer_once() {
    let mut shop = Shop::new();
    let act = shop.record(RegisterId(1), Event::NoSale { reason: "test".to_owned() });
    let ticket = |title| NewJob { station: Some("grill".to_owned()), ..job(title) };
    shop.store.commit(std::slice::from_ref(&act), &[ticket("KIT-0001"), job("Receipt 1"), ticket("KIT-0002")]).unwrap();
    let mut queue = open(&shop);
    let due = |queue: &mut SpoolQueue, printer, at| {
        let jobs = queue.due(printer, at).unwrap();
        jobs.into_iter().map(|j| j.id).collect::<Vec<_>>()
    };
    assert!(due(&mut queue, "receipt", Stamp::new(act.at.utc_ms - 1, 60)).is_empty());
    assert_eq!(due(&mut queue, "receipt", act.at), [1, 3]);
    let moved = NewJob { printer: "bar".to_owned(), instead_of: Some(1), ..ticket("KIT-0001") };
    queue.redirect(&moved, "paper is out", NOW).unwrap();
    assert_eq!(due(&mut queue, "receipt", act.at), [3]);
    assert!(due(&mut queue, "bar", act.at).is_empty(), "it goes elsewhere once");
    assert_eq!(queue.waiting("bar").unwrap().jobs, 1);
    assert!(queue.redirect(&moved, "again", NOW).is_err());
    assert_eq!(outcomes(&shop), ["1 cancelled: sent to bar instead: paper is out"]);
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
    shop.raw().execute("UPDATE job_bytes SET bytes = x'1b70' WHERE job = 1", []).unwrap();
    let findings = shop.store.verify(&mut |_, _| {}).findings;
    assert_eq!(findings[0].to_string(), "print job 1 (Receipt 1): its bytes are not those that were rendered");
    assert_eq!(claim(&mut queue).unwrap().id, 2);
    assert_eq!(states(&queue), [JobState::Cancelled, JobState::Sending]);
}
