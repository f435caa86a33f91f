//! The print queue of a real store, for tests of the spooler.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use counterflow::domain::event::{Event, Recorded};
use counterflow::domain::ids::RegisterId;
use counterflow::domain::spool::{Job, JobAct, JobState, NewJob};
use counterflow::domain::time::{CutOff, Stamp};
use counterflow::store::SpoolQueue;
use sha2::{Digest, Sha256};

use crate::store_shop::{PROGRAM, Shop};

/// How long a test waits for what must happen; far longer than it takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// The time that tests' clocks show, unless they say otherwise.
pub const NOW: Stamp = Stamp { utc_ms: 1_795_480_200_000, offset_min: 60 };

/// A queue that the test and the spoolers share.
#[derive(Clone)]
pub struct PaperQueue(Arc<Mutex<Shop>>);

impl Default for PaperQueue {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Shop::new())))
    }
}

impl PaperQueue {
    /// The queue for a worker, or for whoever looks.
    pub fn open(&self) -> SpoolQueue {
        SpoolQueue::open(self.0.lock().unwrap().path(), PROGRAM, CutOff::default()).unwrap()
    }

    /// Where the store is.
    pub fn path(&self) -> std::path::PathBuf {
        self.0.lock().unwrap().path().to_owned()
    }

    /// An event with its circumstances.
    pub fn recorded(&self, event: Event) -> Recorded {
        self.0.lock().unwrap().record(RegisterId(1), event)
    }

    fn record(&self, event: Event, at: Stamp, jobs: &[NewJob]) {
        let mut shop = self.0.lock().unwrap();
        let recorded = shop.record(RegisterId(1), event);
        shop.store.commit(&[Recorded { at, ..recorded }], jobs).unwrap();
    }

    /// Commits a job, and says its number.
    pub fn add(&self, job: NewJob, queued: Stamp) -> i64 {
        self.record(Event::NoSale { reason: "test".to_owned() }, queued, &[job]);
        self.open().list(1).unwrap().last().unwrap().id
    }

    /// A person decides.
    pub fn decide(&self, job: i64, act: JobAct, jobs: &[NewJob]) {
        self.record(Event::JobDecided { job, act, reason: "test".to_owned() }, NOW, jobs);
    }

    /// Changes a job by hand: what a crash leaves.
    pub fn force(&self, id: i64, changes: &str) {
        let shop = self.0.lock().unwrap();
        shop.raw().execute(&format!("UPDATE jobs SET {changes} WHERE id = ?1"), [id]).unwrap();
    }

    /// Gives a job other bytes.
    pub fn replace(&self, id: i64, bytes: &[u8]) {
        let sha256: [u8; 32] = Sha256::digest(bytes).into();
        let shop = self.0.lock().unwrap();
        let sql = "UPDATE job_bytes SET bytes = ?2, sha256 = ?3 WHERE job = ?1";
        shop.raw().execute(sql, (id, bytes, sha256)).unwrap();
    }

    pub fn get(&self, id: i64) -> Job {
        self.open().job(id).unwrap().unwrap()
    }

    /// What the journal says of print jobs.
    pub fn outcomes(&self) -> Vec<String> {
        let said = |event| match event {
            Event::Printed { job, outcome, .. } => Some(format!("{job} {outcome}")),
            Event::JobDecided { job, act, .. } => Some(format!("{job} {}", act.words())),
            _ => None,
        };
        let entries = self.0.lock().unwrap().store.entries_after(0).unwrap();
        entries.into_iter().filter_map(|(_, r)| said(r.event)).collect()
    }

    /// Waits until a job stands so, and gives it.
    pub fn wait_for(&self, id: i64, state: JobState) -> Job {
        let queue = self.open();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let job = queue.job(id).unwrap().unwrap();
            if job.state == state {
                return job;
            }
            assert!(Instant::now() < deadline, "job {id} never came there: {:?} {:?}", job.state, job.detail);
            thread::sleep(Duration::from_millis(3));
        }
    }

    /// Waits until a number of jobs is open.
    pub fn wait_open(&self, open: usize) {
        let queue = self.open();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let jobs = queue.list(0).unwrap();
            if jobs.len() == open {
                return;
            }
            assert!(Instant::now() < deadline, "{} jobs are still open: {:?}", jobs.len(), jobs.first());
            thread::sleep(Duration::from_millis(5));
        }
    }
}
