//! The print queue in memory, for tests of the spooler, with the promises that the store's keeps.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use counterflow::domain::spool::{Job, JobState, NewJob, PrintQueue};
use counterflow::domain::time::Stamp;

/// How long a test waits for what must happen; far longer than it takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// The time that tests' clocks show, unless they say otherwise.
pub const NOW: Stamp = Stamp { utc_ms: 1_795_480_200_000, offset_min: 60 };

/// A queue that the test and the spooler share.
#[derive(Clone, Default)]
pub struct MemoryQueue(Arc<(Mutex<Vec<Job>>, Condvar)>);

impl MemoryQueue {
    fn jobs(&self) -> MutexGuard<'_, Vec<Job>> {
        self.0.0.lock().unwrap()
    }

    /// Commits a job, and says its number.
    pub fn add(&self, job: NewJob, queued: Stamp) -> i64 {
        let mut jobs = self.jobs();
        let id = jobs.len() as i64 + 1;
        jobs.push(Job {
            id,
            printer: job.printer,
            kind: job.kind,
            title: job.title,
            bytes: job.bytes,
            pulses_drawer: job.pulses_drawer,
            state: JobState::Queued,
            attempts: 0,
            queued,
            changed: queued,
            detail: String::new(),
        });
        id
    }

    /// Changes a job by hand: a person's decision, or a crash.
    pub fn change(&self, id: i64, change: impl FnOnce(&mut Job)) {
        change(self.jobs().iter_mut().find(|j| j.id == id).unwrap());
    }

    pub fn get(&self, id: i64) -> Job {
        self.jobs().iter().find(|j| j.id == id).unwrap().clone()
    }

    /// Waits until a job stands so, and gives it.
    pub fn wait_for(&self, id: i64, state: JobState) -> Job {
        self.wait_until(id, |job| job.state == state)
    }

    /// Waits until a job is so, and gives it.
    pub fn wait_until(&self, id: i64, is: impl Fn(&Job) -> bool) -> Job {
        let deadline = Instant::now() + PATIENCE;
        let mut jobs = self.jobs();
        loop {
            let job = jobs.iter().find(|j| j.id == id).unwrap().clone();
            if is(&job) {
                return job;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "job {id} never came there: {:?} {:?}", job.state, job.detail);
            jobs = self.0.1.wait_timeout(jobs, left).unwrap().0;
        }
    }
}

fn waits(job: &Job, printer: &str) -> bool {
    job.printer == printer
        && matches!(job.state, JobState::Queued | JobState::Failed | JobState::Unknown | JobState::Sending)
}

impl PrintQueue for MemoryQueue {
    fn claim(&mut self, printer: &str, now: Stamp) -> Result<Option<Job>, String> {
        let mut jobs = self.jobs();
        for job in jobs.iter_mut().filter(|j| j.printer == printer && j.state == JobState::Sending) {
            job.state = JobState::Unknown;
            job.detail = "the till stopped while it was being sent".to_owned();
        }
        self.0.1.notify_all();
        let Some(oldest) = jobs.iter_mut().find(|j| waits(j, printer)) else { return Ok(None) };
        if oldest.state == JobState::Unknown {
            return Ok(None);
        }
        oldest.state = JobState::Sending;
        oldest.attempts += 1;
        oldest.changed = now;
        Ok(Some(oldest.clone()))
    }

    fn settle(&mut self, id: i64, state: JobState, detail: &str, now: Stamp) -> Result<(), String> {
        let mut jobs = self.jobs();
        let job = jobs.iter_mut().find(|j| j.id == id).ok_or("no such job")?;
        if state == JobState::Failed {
            job.attempts -= 1;
        }
        job.state = state;
        job.detail = detail.to_owned();
        job.changed = now;
        self.0.1.notify_all();
        Ok(())
    }

    fn waiting(&mut self, printer: &str) -> Result<(u32, Option<Stamp>), String> {
        let jobs = self.jobs();
        let waiting: Vec<&Job> = jobs.iter().filter(|j| waits(j, printer)).collect();
        Ok((waiting.len() as u32, waiting.first().map(|j| j.queued)))
    }
}
