//! The keystrokes of a session that are not committed yet: the input line, the open dialog, the
//! marks. In a small file of its own, so that the store's write lock is never held for them.
//!
//! The file has four slots of 64 KiB. A state is one write into one slot, and is safe from a killed
//! process as soon as [`SessionFile::save`] returns, since the system has it. A thread makes it safe
//! from a power cut a moment later, many states at once. The slot that is known to be on the disk
//! and the one on its way there are never written to, so that a torn write takes nothing older with
//! it.
//!
//! A slot: `CFSESSN1`, a sequence number (8 bytes, little-endian), the payload's length (4 bytes,
//! little-endian), the first 16 bytes of SHA-256 over number, length and payload, the payload.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::domain::ids::RegisterId;

const SLOTS: usize = 4;
const SLOT_BYTES: usize = 64 * 1024;
const MAGIC: &[u8; 8] = b"CFSESSN1";
const HEAD_BYTES: usize = 8 + 8 + 4 + 16;
/// From a keystroke to its sync, at most.
const REST: Duration = Duration::from_millis(100);

/// A session's file.
pub struct SessionFile {
    file: Arc<File>,
    shared: Arc<Shared>,
    syncer: Option<JoinHandle<()>>,
}

/// How often the syncer looks by itself after a sync, before it sleeps until it is woken: to wake it costs a
/// keystroke more than to write it, and somebody who types pays for the first one only.
const LOOKS: u32 = 50;

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    /// The sequence number in each slot; 0 for none.
    numbers: [u64; SLOTS],
    /// The slot last written.
    newest: usize,
    /// Whether something was written that nobody has begun to make durable.
    dirty: bool,
    /// The slot that is on the disk for sure.
    durable: Option<usize>,
    /// The slot that is on its way there.
    syncing: Option<usize>,
    /// Whether the syncer must be woken.
    asleep: bool,
    stop: bool,
    trouble: Option<io::Error>,
}

impl State {
    /// The slot with the oldest state of those that nothing hangs on.
    fn next_slot(&self) -> usize {
        let free = (0..SLOTS).filter(|s| Some(*s) != self.durable && Some(*s) != self.syncing);
        free.min_by_key(|s| self.numbers[*s]).unwrap_or_default()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SessionFile {
    /// The most bytes that a state can have.
    pub const MOST_BYTES: usize = SLOT_BYTES - HEAD_BYTES;

    /// Opens (or makes) the file of a register's session, and gives the last state that was saved,
    /// whole; `None` when there is none that can be trusted. Call it with the register's lock held.
    ///
    /// # Errors
    /// When the file cannot be made or read.
    pub fn open(dir: &Path, register: RegisterId) -> io::Result<(Self, Option<Vec<u8>>)> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = Arc::new(options.open(dir.join(format!("session-{register}.state")))?);
        let mut state = State::default();
        let mut payload = None;
        for slot in 0..SLOTS {
            let Some((number, found)) = read_slot(&file, slot)? else { continue };
            state.numbers[slot] = number;
            if payload.is_none() || number > state.numbers[state.newest] {
                payload = Some(found);
                state.newest = slot;
            }
        }
        // What was found may be in the system's memory only; it is kept until something is durable.
        state.durable = payload.is_some().then_some(state.newest);
        let shared = Arc::new(Shared { state: Mutex::new(state), wake: Condvar::new() });
        let syncer = {
            let (file, shared) = (Arc::clone(&file), Arc::clone(&shared));
            std::thread::Builder::new().name("session-file".to_owned()).spawn(move || sync_loop(&file, &shared))?
        };
        Ok((Self { file, shared, syncer: Some(syncer) }, payload))
    }

    /// Saves a state: safe from a killed process when it returns, from a power cut a moment later.
    ///
    /// # Errors
    /// When it is too long, or the disk refuses; also when it refused to make an earlier state
    /// durable. The session goes on: at worst keystrokes are lost, never anything recorded.
    pub fn save(&mut self, payload: &[u8]) -> io::Result<()> {
        if payload.len() > Self::MOST_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the session's state is too long to be kept"));
        }
        let (slot, number) = {
            let state = self.shared.lock();
            (state.next_slot(), state.numbers.iter().max().copied().unwrap_or_default() + 1)
        };
        // Nobody else writes, and the syncer never takes a slot but the newest: the slot stays free.
        write_at(&self.file, &encode(number, payload), slot)?;
        let mut state = self.shared.lock();
        state.numbers[slot] = number;
        state.newest = slot;
        state.dirty = true;
        let asleep = std::mem::take(&mut state.asleep);
        let trouble = state.trouble.take();
        drop(state);
        if asleep {
            self.shared.wake.notify_one();
        }
        trouble.map_or(Ok(()), Err)
    }
}

impl Drop for SessionFile {
    /// Makes the last state durable.
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.wake.notify_one();
        if let Some(syncer) = self.syncer.take() {
            let _ = syncer.join();
        }
    }
}

fn sync_loop(file: &File, shared: &Shared) {
    // A moment's rest: more keystrokes come along, and the sync of an act they lead to goes first.
    let rest = |state| {
        let rested = shared.wake.wait_timeout_while(state, REST, |state: &mut State| !state.stop);
        rested.unwrap_or_else(PoisonError::into_inner).0
    };
    loop {
        let mut state = shared.lock();
        let mut looks = 0;
        while !state.dirty && !state.stop {
            if looks < LOOKS {
                looks += 1;
                state = rest(state);
                continue;
            }
            state.asleep = true;
            state = shared.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            if state.dirty && !state.stop {
                state = rest(state);
            }
        }
        if !state.dirty {
            return;
        }
        state.dirty = false;
        state.syncing = Some(state.newest);
        drop(state);
        let synced = file.sync_data();
        let mut state = shared.lock();
        let slot = state.syncing.take();
        match synced {
            Ok(()) => state.durable = slot,
            Err(trouble) => state.trouble = Some(trouble),
        }
    }
}

fn encode(number: u64, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_le_bytes();
    let mut bytes = Vec::with_capacity(HEAD_BYTES + payload.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&number.to_le_bytes());
    bytes.extend_from_slice(&length);
    bytes.extend_from_slice(&check_sum(&number.to_le_bytes(), &length, payload));
    bytes.extend_from_slice(payload);
    bytes
}

fn check_sum(number: &[u8], length: &[u8], payload: &[u8]) -> [u8; 16] {
    let mut hasher = Sha256::new();
    hasher.update(number);
    hasher.update(length);
    hasher.update(payload);
    let whole: [u8; 32] = hasher.finalize().into();
    std::array::from_fn(|i| whole[i])
}

/// What a slot holds, if it is whole.
fn read_slot(file: &File, slot: usize) -> io::Result<Option<(u64, Vec<u8>)>> {
    let bytes = read_at(file, slot)?;
    Ok(decode(&bytes))
}

fn decode(bytes: &[u8]) -> Option<(u64, Vec<u8>)> {
    let (magic, rest) = bytes.split_first_chunk::<8>()?;
    let (number, rest) = rest.split_first_chunk::<8>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (sum, rest) = rest.split_first_chunk::<16>()?;
    let payload = rest.get(..u32::from_le_bytes(*length) as usize)?;
    // The last number of all could never be followed by another one.
    let count = u64::from_le_bytes(*number);
    let sound = magic == MAGIC && count < u64::MAX && *sum == check_sum(number, length, payload);
    sound.then(|| (count, payload.to_vec()))
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], slot: usize) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, (slot * SLOT_BYTES) as u64)
}

#[cfg(not(unix))]
fn write_at(mut file: &File, bytes: &[u8], slot: usize) -> io::Result<()> {
    use std::io::{Seek, SeekFrom, Write};
    file.seek(SeekFrom::Start((slot * SLOT_BYTES) as u64))?;
    file.write_all(bytes)
}

fn read_at(mut file: &File, slot: usize) -> io::Result<Vec<u8>> {
    use std::io::{Read, Seek, SeekFrom};
    file.seek(SeekFrom::Start((slot * SLOT_BYTES) as u64))?;
    let mut bytes = Vec::new();
    file.take(SLOT_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(dir: &Path) -> (SessionFile, Option<Vec<u8>>) {
        SessionFile::open(dir, RegisterId(1)).unwrap()
    }

    fn path(dir: &Path) -> std::path::PathBuf {
        dir.join("session-1.state")
    }

    #[test]
    fn the_newest_state_comes_back() {
        let dir = tempfile::tempdir().unwrap();
        let (mut file, first) = open(dir.path());
        assert_eq!(first, None);
        for n in 0..50 {
            file.save(format!("state {n}").as_bytes()).unwrap();
            // A second reader sees what a killed process would have left.
            assert_eq!(open(dir.path()).1.unwrap(), format!("state {n}").as_bytes());
        }
        file.save(b"").unwrap();
        drop(file);
        assert_eq!(open(dir.path()).1.unwrap(), b"");
    }

    #[test]
    fn a_torn_or_damaged_slot_gives_the_state_before() {
        let dir = tempfile::tempdir().unwrap();
        let (mut file, _) = open(dir.path());
        file.save(b"before").unwrap();
        file.save(b"after").unwrap();
        let slot = file.shared.lock().newest;
        drop(file);
        let whole = std::fs::read(path(dir.path())).unwrap();
        for at in 0..HEAD_BYTES + b"after".len() {
            let mut torn = whole.clone();
            torn[slot * SLOT_BYTES + at] ^= 0x10;
            std::fs::write(path(dir.path()), &torn).unwrap();
            assert_eq!(open(dir.path()).1.unwrap(), b"before", "byte {at}");
        }
    }

    #[test]
    fn garbage_is_no_state_and_can_be_written_over() {
        let dir = tempfile::tempdir().unwrap();
        for garbage in [vec![], vec![0; 10], vec![0xFF; 3 * SLOT_BYTES + 7], MAGIC.to_vec(), vec![0xFF; 9 * SLOT_BYTES]]
        {
            std::fs::write(path(dir.path()), &garbage).unwrap();
            let (mut file, found) = open(dir.path());
            assert_eq!(found, None);
            file.save(b"new").unwrap();
            drop(file);
            assert_eq!(open(dir.path()).1.unwrap(), b"new");
        }
    }

    #[test]
    fn what_is_durable_or_on_its_way_is_not_written_to() {
        let mut state = State { numbers: [4, 3, 2, 1], ..State::default() };
        state.durable = Some(3);
        state.syncing = Some(2);
        assert_eq!(state.next_slot(), 1);
        state.numbers[1] = 5;
        assert_eq!(state.next_slot(), 0);
    }

    #[test]
    fn a_state_has_a_longest_length() {
        let dir = tempfile::tempdir().unwrap();
        let (mut file, _) = open(dir.path());
        file.save(&vec![b'x'; SessionFile::MOST_BYTES]).unwrap();
        assert!(file.save(&vec![b'x'; SessionFile::MOST_BYTES + 1]).is_err());
        drop(file);
        assert_eq!(open(dir.path()).1.unwrap().len(), SessionFile::MOST_BYTES);
    }
}
