//! The same on a stick: bundles as files, for a till without a network. `counterflow-backend ingest`
//! takes them in and leaves an acknowledgement beside each, which is taken in here when the stick comes
//! back.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::store::{Store, Waiting};
use crate::upload::client::check;
use crate::upload::{End, Report, Sent, UploadError, World, journal, packed};
use crate::wire::acknowledgement::Acknowledgement;
use crate::wire::bundle;
use crate::wire::stick::{ACK_END, BUNDLE_END, NOTE_END, Note};

/// Takes in the acknowledgements that a folder holds, then writes whatever is not acknowledged.
///
/// # Errors
/// When the store or the folder cannot be used.
pub fn run(store: &mut Store, dir: &Path, world: &mut dyn World, max: Option<usize>) -> Result<Report, UploadError> {
    let mut report = Report::default();
    let registers = store.enrolled_registers()?;
    if registers.is_empty() {
        report.end = End::NotEnrolled;
        report.why = "no register is enrolled: `counterflow enrol CODE --server URL`".to_owned();
        return Ok(report);
    }
    fs::create_dir_all(dir).map_err(|e| failed(dir, &e))?;
    for waiting in store.unacknowledged()?.iter().filter(|w| registers.contains(&w.register)) {
        take_back(store, dir, world, waiting, &mut report)?;
    }
    for waiting in store.unacknowledged()?.iter().filter(|w| registers.contains(&w.register)) {
        if report.would_send.len() < max.unwrap_or(usize::MAX) {
            write(store, dir, world, waiting)?;
            report.would_send.push(Sent::of(waiting));
        }
        report.waiting += 1;
    }
    Ok(report)
}

fn stem(waiting: &Waiting) -> String {
    format!("register-{}-{:06}-{}", waiting.register, waiting.seq, waiting.id)
}

/// Journals the acknowledgement of a bundle, if the stick brought it.
fn take_back(
    store: &mut Store,
    dir: &Path,
    world: &dyn World,
    waiting: &Waiting,
    report: &mut Report,
) -> Result<(), UploadError> {
    let path = dir.join(format!("{}.{ACK_END}", stem(waiting)));
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(&path, &error)),
    };
    let Some((_, enrolment)) = store.enrolment(waiting.register)? else { return Ok(()) };
    let read: Result<Acknowledgement, String> = serde_json::from_str(&text).map_err(|e| e.to_string());
    let checked = read.and_then(|ack| check(&ack, &enrolment, waiting.id, &waiting.sha256).map(|()| ack));
    match checked {
        Ok(acknowledgement) => {
            journal(store, world, waiting, text.trim_end())?;
            report.sent.push(Sent { warnings: acknowledgement.warnings, ..Sent::of(waiting) });
            for end in [ACK_END, NOTE_END, BUNDLE_END] {
                // What is left on a stick does no harm.
                let _ = fs::remove_file(dir.join(format!("{}.{end}", stem(waiting))));
            }
        }
        Err(why) => {
            report.end = report.end.worse(End::Protocol);
            report.why = format!("{}: {why}", path.display());
        }
    }
    Ok(())
}

fn write(store: &mut Store, dir: &Path, world: &dyn World, waiting: &Waiting) -> Result<(), UploadError> {
    let Some((_, enrolment)) = store.enrolment(waiting.register)? else { return Ok(()) };
    let key = world.key(store, waiting.register)?;
    let note = Note {
        id: waiting.id,
        sha256: waiting.sha256,
        box_id: store.box_id(),
        register: waiting.register,
        terminal: enrolment.terminal,
        signature: key.sign(&bundle::message(&waiting.sha256)),
    };
    let note = serde_json::to_vec_pretty(&note).map_err(|e| UploadError::File(e.to_string()))?;
    let path = |end| dir.join(format!("{}.{end}", stem(waiting)));
    whole(&path(BUNDLE_END), &packed(store, waiting.id)?)?;
    // Written last: with the note, the bundle is known to be whole.
    whole(&path(NOTE_END), &note)
}

/// Writes a file whole or not at all.
fn whole(path: &Path, bytes: &[u8]) -> Result<(), UploadError> {
    let part = PathBuf::from(format!("{}.part", path.display()));
    let write = || {
        let mut file = fs::File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, path)
    };
    write().map_err(|e| failed(path, &e))
}

fn failed(path: &Path, error: &std::io::Error) -> UploadError {
    UploadError::File(format!("{}: {error}", path.display()))
}
