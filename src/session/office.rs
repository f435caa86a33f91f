//! What a running till has to do with the backend: it shows what is unsent, and sells from a catalogue
//! that came down once its shifts have ended. Sending and fetching are another process's work; the till
//! can have it begun.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Program, Output, Stdio};

use crate::domain::command::Command;
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::RegisterId;
use crate::domain::menu_change::words;
use crate::domain::time::Stamp;
use crate::session::{PROGRAM, Session};
use crate::store::{CommitError, Replacement, SCHEMA, StoreError};
use crate::ui::screen::Tone;
use crate::ui::state::MenuBefore;

/// The upload, in a process of its own: whatever becomes of it, the till goes on.
pub(super) struct Office {
    data: PathBuf,
    config: PathBuf,
    sending: Option<Child>,
}

impl Office {
    /// Of a till with these folders.
    pub(super) fn new(data: PathBuf, config: PathBuf) -> Self {
        Self { data, config, sending: None }
    }

    /// The folder of the configuration.
    pub(super) fn config(&self) -> &Path {
        &self.config
    }

    fn begin(&self) -> io::Result<Child> {
        let mut program = Program::new(std::env::current_exe()?);
        program.arg("--data").arg(&self.data).arg("--config").arg(&self.config).args(["upload", "--now"]);
        program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()
    }
}

impl Session {
    /// Sends closed shifts. The status bar follows; without a screen it is waited for.
    pub(super) fn upload(&mut self) {
        if self.ui.unsent.is_none() {
            self.ui.say(Tone::Warn, "No backend is known here: `counterflow enrol CODE --server URL`");
            return;
        }
        if self.office.sending.is_some() {
            self.ui.say(Tone::Normal, "Being sent already");
            return;
        }
        match self.office.begin() {
            Ok(child) if self.weighed_to.is_none() => {
                let ended = child.wait_with_output();
                self.uploaded(ended);
            }
            Ok(child) => {
                self.office.sending = Some(child);
                self.ui.say(Tone::Normal, "Sending closed shifts …");
            }
            Err(error) => self.ui.say(Tone::Warn, format!("The upload cannot be started: {error}")),
        }
    }

    /// Whether the upload has ended, and how. Says whether anything changed.
    pub(super) fn look_at_upload(&mut self) -> bool {
        let running = self.office.sending.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)));
        let Some(child) = self.office.sending.take_if(|_| !running) else { return false };
        self.uploaded(child.wait_with_output());
        true
    }

    /// What the upload said last goes to whoever had it begun.
    fn uploaded(&mut self, ended: io::Result<Output>) {
        self.look_at_outbox();
        let (tone, words) = match ended {
            Err(error) => (Tone::Warn, error.to_string()),
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                let last = said.lines().last().unwrap_or_default().trim_start_matches("counterflow: ").to_owned();
                // More than how many were sent is said only of what is not as it should be.
                let well = output.status.success() && said.lines().count() == 1;
                (if well { Tone::Good } else { Tone::Warn }, last)
            }
        };
        self.ui.say(tone, words);
    }

    /// Looks how much of what was closed is not acknowledged yet.
    pub(super) fn look_at_outbox(&mut self) {
        match self.store.unsent() {
            Ok(unsent) => self.ui.unsent = unsent,
            Err(error) => tracing::warn!(%error, "the outbox cannot be read"),
        }
    }

    /// Before a shift is opened: sells from the newest catalogue whose date has come.
    pub(super) fn before(&mut self, command: &Command, now: Stamp) {
        if !matches!(command, Command::OpenShift { .. }) {
            return;
        }
        match self.apply_catalogue(now) {
            Ok(None) => {}
            Ok(Some(version)) => {
                self.see_others();
                let words = format!("Version {version} of the menu is being sold from; :menu-back goes back");
                self.ui.say(Tone::Good, words);
            }
            // Another register was quicker to open its shift: the menu waits for that one too.
            Err(StoreError::Commit(CommitError::Overtaken { .. })) => {}
            Err(error) => self.ui.say(Tone::Warn, format!("The new menu could not be taken: {error}")),
        }
    }

    fn apply_catalogue(&mut self, now: Stamp) -> Result<Option<u64>, StoreError> {
        let today = now.business_date(self.till.settings.cut_off);
        let Some(due) = self.store.due_catalogue(today)? else { return Ok(None) };
        let cut_off = self.till.settings.cut_off;
        let record = |event| Recorded::by_program(event, RegisterId::OFFICE, now, cut_off, (PROGRAM, SCHEMA));
        let recorded: Vec<Recorded> = due.event().map(record).into_iter().collect();
        self.store.replace_menu(&due, &recorded)?;
        Ok(Some(due.version))
    }

    /// Shows what going back to the menu before would change.
    pub(super) fn find_menu_before(&mut self) {
        let found = self.store.menu_to_go_back_to().map(|found| {
            let Replacement { version, change, .. } = found?;
            let menu = self.till.catalogue.menu();
            Some(MenuBefore { version, changes: change.map(|change| words(menu, &change)).unwrap_or_default() })
        });
        match found {
            Ok(found) => self.ui.show_menu_before(found),
            Err(error) => self.ui.say(Tone::Bad, format!("The store cannot be read: {error}")),
        }
    }

    /// The command, with what the store says would change.
    pub(super) fn menu_before(&self, version: u64) -> Command {
        let found = self.store.menu_to_go_back_to().ok().flatten().filter(|found| found.version == version);
        Command::TakeMenuBack { version, found: found.and_then(|found| found.change).map(Box::new) }
    }

    pub(super) fn record_menu_back(&mut self, version: u64, events: Vec<Event>, now: Stamp) -> Result<(), CommitError> {
        if events.is_empty() {
            return Ok(());
        }
        let found = self.store.menu_to_go_back_to().map_err(|error| CommitError::Other(error.to_string()))?;
        let found = found.filter(|found| found.version == version);
        let found = found.ok_or_else(|| CommitError::Overtaken { what: "the menu".to_owned() })?;
        self.record_by(events, now, |store, recorded| {
            let done = store.replace_menu(&found, recorded)?;
            done.ok_or_else(|| CommitError::Overtaken { what: "the menu".to_owned() })
        })
    }
}
