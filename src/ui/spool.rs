//! The print jobs on screen: what waits, what nobody knows, and what can be done about each.

use crate::domain::command::Command;
use crate::domain::spool::{Job, JobAct, JobState, RECOVERABLE};
use crate::domain::till::Till;
use crate::ui::lists::Row;
use crate::ui::screen::{Text, Tone};
use crate::ui::state::{From, Then, Ui, Why};

/// How many rows a digit can choose.
const DIGITS: usize = 9;

/// Open jobs first, since something has to be done about them; then the last others.
pub(super) fn jobs(ui: &Ui) -> Vec<Row> {
    let (open, done): (Vec<&Job>, Vec<&Job>) = ui.jobs.iter().partition(|job| job.state.is_open());
    let row = |(at, job): (usize, &Job)| {
        let minutes = ui.now.since_ms(job.queued).max(0) / 60_000;
        let age = if minutes < 120 { format!("{minutes} min") } else { format!("{} h", minutes / 60) };
        let detail = if job.detail.is_empty() { String::new() } else { format!(" · {}", job.detail) };
        Row {
            key: if at < DIGITS { (at + 1).to_string() } else { String::new() },
            label: format!("{} {} · {age}{detail}", job.printer.to_uppercase(), job.title),
            value: Text::new(tone(job.state), job.state.words()),
            then: Then::Choose(From::JobActs(job.id)),
        }
    };
    open.into_iter().chain(done.into_iter().rev()).enumerate().map(row).collect()
}

const fn tone(state: JobState) -> Tone {
    match state {
        JobState::Unknown | JobState::Stale => Tone::Bad,
        JobState::Failed => Tone::Warn,
        JobState::Queued | JobState::Sending => Tone::Strong,
        JobState::Confirmed | JobState::Unconfirmed | JobState::Cancelled => Tone::Dim,
    }
}

/// What can be done with a job.
pub(super) fn acts(ui: &Ui, till: &Till, id: i64) -> Vec<Row> {
    let Some(job) = ui.jobs.iter().find(|job| job.id == id) else { return Vec::new() };
    let mut acts: Vec<(String, Then)> = Vec::new();
    let decide = |act| Then::Do(Command::DecideJob { job: id, act, reason: String::new() });
    match job.state {
        JobState::Queued | JobState::Sending => {}
        JobState::Stale => acts.push(("Print it now".to_owned(), decide(JobAct::Retry))),
        JobState::Failed => acts.push(("Try it now".to_owned(), decide(JobAct::Retry))),
        JobState::Unknown | JobState::Confirmed | JobState::Unconfirmed | JobState::Cancelled => {
            acts.push(("Print it again, marked".to_owned(), decide(JobAct::Retry)));
        }
    }
    let printer = ui.printers.iter().find(|printer| printer.printer == job.printer);
    let trouble = printer.and_then(|printer| printer.trouble.as_deref()).unwrap_or_default();
    if RECOVERABLE.contains(&trouble) && job.state.is_open() && job.state != JobState::Stale {
        let words = format!("The {trouble} is cleared: {} goes on", job.printer.to_uppercase());
        acts.insert(0, (words, decide(JobAct::Recover)));
    }
    if job.state.is_open() && job.state != JobState::Sending {
        let skip = match till.settings.reasons.skip.is_empty() {
            true => Then::Do(Command::DecideJob { job: id, act: JobAct::Skip, reason: "skipped".to_owned() }),
            false => Then::Choose(From::Reasons(Why::Skip(id))),
        };
        acts.push(("Give it up".to_owned(), skip));
    }
    if job.document.is_some() && job.state != JobState::Sending && job.state != JobState::Cancelled {
        for printer in ui.printers.iter().filter(|p| p.printer != job.printer) {
            let words = format!("Print it on {} instead", printer.printer.to_uppercase());
            acts.push((words, decide(JobAct::SendTo(printer.printer.clone()))));
        }
    }
    let row = |(at, (label, then)): (usize, (String, Then))| Row {
        key: if at < DIGITS { (at + 1).to_string() } else { String::new() },
        label,
        value: Text::default(),
        then,
    };
    acts.into_iter().enumerate().map(row).collect()
}

/// What a list calls a job.
pub(super) fn title(ui: &Ui, id: i64) -> String {
    let job = ui.jobs.iter().find(|job| job.id == id);
    job.map_or_else(|| format!("Print job {id}"), |job| format!("{} on {}", job.title, job.printer.to_uppercase()))
}

/// How a job stands, in full.
pub(super) fn about(ui: &Ui, id: i64) -> Vec<Text> {
    let Some(job) = ui.jobs.iter().find(|job| job.id == id) else { return Vec::new() };
    let mut about = vec![Text::new(tone(job.state), format!("{} · from {}", job.state.words(), job.queued.show()))];
    if !job.detail.is_empty() {
        about.push(Text::from(job.detail.as_str()));
    }
    about
}

impl Ui {
    /// Shows the print jobs, as they were just looked at.
    pub fn show_jobs(&mut self, jobs: Vec<Job>) {
        self.jobs = jobs;
        if self.jobs.is_empty() {
            self.say(Tone::Dim, "Nothing was printed yet");
        } else {
            self.choose(From::Jobs);
        }
    }

    /// Whether the print jobs are on screen.
    pub fn shows_jobs(&self) -> bool {
        use crate::ui::state::Dialog;
        self.kept.dialogs.iter().any(|d| {
            matches!(d, Dialog::Choose { from: From::Jobs | From::JobActs(_) | From::Reasons(Why::Skip(_)), .. })
        })
    }
}
