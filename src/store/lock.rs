//! Locks of the operating system: one session on a register, one worker on a printer. The system
//! lets go of them when a process ends, however it ends.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::ids::RegisterId;
use crate::store::error::StoreError;

/// Somebody who looks whether a register is open ([`is_running`]) has its lock for a moment: so it is
/// tried again, a few times.
const LOOKED_AT: Duration = Duration::from_millis(5);
const LOOKED_AT_TRIES: u32 = 4;

/// Held as long as it lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Locks a register of the store in `dir` for this process.
///
/// # Errors
/// [`StoreError::Locked`], naming the process that has it: `register 1 is open in process 4711`.
pub fn lock_register(dir: &Path, register: RegisterId) -> Result<Lock, StoreError> {
    let (stem, what) = (register_stem(register), format!("register {register}"));
    for _ in 0..LOOKED_AT_TRIES {
        match lock(dir, &stem, &what) {
            Err(StoreError::Locked { .. }) => std::thread::sleep(LOOKED_AT),
            done => return done,
        }
    }
    lock(dir, &stem, &what)
}

/// Whether a process has a register open. A session that died has not: the system has let go of its lock.
pub fn is_running(dir: &Path, register: RegisterId) -> bool {
    let path = dir.join(format!("{}.lock", register_stem(register)));
    match File::open(path).map(|file| file.try_lock_shared()) {
        Ok(Ok(())) => false,
        Ok(Err(_)) => true,
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    }
}

fn register_stem(register: RegisterId) -> String {
    format!("register-{register}")
}

/// Locks a printer for the worker that sends to it.
///
/// # Errors
/// [`StoreError::Locked`], naming the process that has it.
pub fn lock_printer(dir: &Path, printer: &str) -> Result<Lock, StoreError> {
    lock(dir, &format!("printer-{}", file_name(printer)), &format!("printer {printer}"))
}

/// Locks the upload: one process at a time talks to the backend.
///
/// # Errors
/// [`StoreError::Locked`], naming the process that has it.
pub fn lock_upload(dir: &Path) -> Result<Lock, StoreError> {
    lock(dir, "upload", "the upload")
}

/// A name from the configuration as part of a file name: what could mean something to a file
/// system is written as its code.
fn file_name(name: &str) -> String {
    let safe = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    name.chars().map(|c| if safe(c) { c.to_string() } else { format!("_{:x}_", u32::from(c)) }).collect()
}

fn lock(dir: &Path, stem: &str, what: &str) -> Result<Lock, StoreError> {
    let path = dir.join(format!("{stem}.lock"));
    let note = note_path(&path);
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    let file = options.open(&path).map_err(StoreError::io(&path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(StoreError::Locked { what: what.to_owned(), pid: read_pid(&note) });
        }
        Err(TryLockError::Error(cause)) => return Err(StoreError::Io { path, cause }),
    }
    write_pid(&file, &path, &note).map_err(StoreError::io(&note))?;
    Ok(Lock { _file: file })
}

/// Where the process writes its number: the locked file itself, but on Windows, where nobody else
/// can read a locked file, one beside it.
fn note_path(path: &Path) -> PathBuf {
    if cfg!(windows) { path.with_extension("pid") } else { path.to_owned() }
}

fn write_pid(locked: &File, path: &Path, note: &Path) -> std::io::Result<()> {
    let text = format!("{}\n", std::process::id());
    if note != path {
        return std::fs::write(note, text);
    }
    let mut file = locked;
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(text.as_bytes())
}

fn read_pid(note: &Path) -> Option<u32> {
    let mut text = String::new();
    File::open(note).ok()?.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_session_is_told_who_has_the_register() {
        let dir = tempfile::tempdir().unwrap();
        let first = lock_register(dir.path(), RegisterId(1)).unwrap();
        let other = lock_register(dir.path(), RegisterId(2)).unwrap();
        let refused = lock_register(dir.path(), RegisterId(1)).unwrap_err();
        assert_eq!(refused.to_string(), format!("register 1 is open in process {}", std::process::id()));
        assert!(is_running(dir.path(), RegisterId(1)) && !is_running(dir.path(), RegisterId(3)));
        drop((first, other));
        assert!(!is_running(dir.path(), RegisterId(1)));
        lock_register(dir.path(), RegisterId(1)).unwrap();
    }

    #[test]
    fn a_lock_with_garbage_in_its_file_is_still_a_lock() {
        let dir = tempfile::tempdir().unwrap();
        let _first = lock_printer(dir.path(), "bar").unwrap();
        std::fs::write(dir.path().join("printer-bar.lock"), b"\xff\xfe garbage").unwrap();
        let refused = lock_printer(dir.path(), "bar").unwrap_err();
        assert_eq!(refused.to_string(), "printer bar is open in another process");
    }

    #[test]
    fn names_of_printers_cannot_leave_the_folder() {
        assert_eq!(file_name("../Bar 1"), "_2e__2e__2f__42_ar_20_1");
    }
}
