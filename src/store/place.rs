//! The data folder: on a disk of this machine, closed to everybody else; and the secrets in it, which on Windows open on
//! this machine only.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::store::error::StoreError;

/// Makes the folder if it is missing, and closes it to others.
pub(super) fn make(dir: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(StoreError::io(dir))?;
    close_to_others(dir)
}

/// Takes away what a careless `chmod` or an earlier program gave to others.
#[cfg(unix)]
pub(super) fn close_to_others(dir: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(dir).map_err(StoreError::io(dir))?.permissions().mode();
    if mode & 0o077 != 0 {
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(StoreError::io(dir))?;
    }
    Ok(())
}

/// On Windows a folder below the user's own profile is closed to others by itself.
#[cfg(not(unix))]
pub(super) fn close_to_others(_dir: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// Writes a secret into a new file, where nobody else can read it.
pub(super) fn write_secret(path: &Path, secret: &[u8]) -> io::Result<()> {
    write_new(path, &locked(secret)?)
}

/// Reads what [`write_secret`] has written, or an earlier program, or whoever has put a copy back.
pub(super) fn read_secret(path: &Path) -> io::Result<Vec<u8>> {
    opened(path, fs::read(path)?)
}

/// Writes a file that only its owner can read, as it is, durably; refuses one that is there already.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    path.parent().map_or(Ok(()), sync_dir)
}

/// What a secret is kept as.
#[cfg(not(windows))]
fn locked(secret: &[u8]) -> io::Result<Vec<u8>> {
    Ok(secret.to_vec())
}

#[cfg(not(windows))]
fn opened(_path: &Path, bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    Ok(bytes)
}

/// How a secret begins that Windows has locked.
#[cfg(windows)]
const LOCKED: &[u8] = b"counterflow-dpapi-v1\n";

#[cfg(windows)]
fn locked(secret: &[u8]) -> io::Result<Vec<u8>> {
    Ok([LOCKED, &crate::windows::secrets::lock(secret)?].concat())
}

/// What is not locked yet is locked now: an earlier program has written it, or somebody has put a copy back.
#[cfg(windows)]
fn opened(path: &Path, bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    if let Some(locked) = bytes.strip_prefix(LOCKED) {
        return crate::windows::secrets::open(locked).map_err(|cause| {
            io::Error::other(format!(
                "it was made on another machine, or before Windows was installed anew, and opens only there ({cause}): \
                 put back a copy that is not locked"
            ))
        });
    }
    let new = path.with_extension(format!("new-{}", std::process::id()));
    write_secret(&new, &bytes)?;
    fs::rename(&new, path)?;
    Ok(bytes)
}

/// Makes the names in a folder durable.
#[cfg(unix)]
pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    fs::File::open(dir)?.sync_all()
}

/// Windows writes names with their files.
#[cfg(not(unix))]
pub(super) fn sync_dir(_dir: &Path) -> io::Result<()> {
    Ok(())
}

/// Moves what a store has beside its database, then the database, then makes that durable.
pub(super) fn move_store(from: &Path, to: &Path) -> Result<(), StoreError> {
    let moved = || -> io::Result<()> {
        for entry in fs::read_dir(from)? {
            let name = entry?.file_name();
            if name != super::FILE_NAME {
                fs::rename(from.join(&name), to.join(&name))?;
            }
        }
        sync_dir(to)?;
        fs::rename(from.join(super::FILE_NAME), to.join(super::FILE_NAME))?;
        sync_dir(to)?;
        fs::remove_dir(from)
    };
    moved().map_err(StoreError::io(to))
}

/// Refuses a folder on another machine: locks and the shared memory of a write-ahead log do not
/// work there.
pub(super) fn refuse_network(dir: &Path) -> Result<(), StoreError> {
    match network_kind(dir).map_err(StoreError::io(dir))? {
        Some(kind) => Err(StoreError::NetworkShare { dir: dir.to_owned(), kind }),
        None => Ok(()),
    }
}

/// Refuses a folder on a disk that is mounted read-only.
#[cfg(unix)]
pub(super) fn refuse_read_only(dir: &Path) -> Result<(), StoreError> {
    let mounted = rustix::fs::statvfs(dir).map_err(|e| StoreError::Io { path: dir.to_owned(), cause: e.into() })?;
    if mounted.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY) {
        return Err(StoreError::ReadOnly(dir.to_owned()));
    }
    Ok(())
}

/// Windows has no disks that are read-only as a whole and hold a store.
#[cfg(not(unix))]
pub(super) fn refuse_read_only(_dir: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// How many bytes are left on the disk of a folder, where the system is asked for it.
#[cfg(unix)]
pub(super) fn room_left(dir: &Path) -> Option<u64> {
    let mounted = rustix::fs::statvfs(dir).ok()?;
    Some(mounted.f_bavail.saturating_mul(mounted.f_frsize))
}

/// Windows tells people itself that a disk is nearly full.
#[cfg(not(unix))]
pub(super) fn room_left(_dir: &Path) -> Option<u64> {
    None
}

/// Mapped drives become UNC paths when they are made canonical.
#[cfg(windows)]
fn network_kind(dir: &Path) -> io::Result<Option<String>> {
    use std::path::{Component, Prefix};
    let whole = dir.canonicalize()?;
    Ok(match whole.components().next() {
        Some(Component::Prefix(p)) if matches!(p.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..)) => {
            Some("UNC".to_owned())
        }
        _ => None,
    })
}

#[cfg(target_os = "linux")]
fn network_kind(dir: &Path) -> io::Result<Option<String>> {
    let magic = rustix::fs::statfs(dir)?.f_type as u64 & 0xFFFF_FFFF;
    if magic == FUSE {
        // FUSE says what it is only in the list of mounts; a list that cannot be read tells nothing.
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let kind = mounted_kind(&mounts, &dir.canonicalize()?.to_string_lossy());
        return Ok(kind.filter(|kind| REMOTE_FUSE.contains(&kind.as_str())));
    }
    Ok(REMOTE_MAGIC.iter().find(|(m, _)| *m == magic).map(|(_, kind)| (*kind).to_owned()))
}

#[cfg(not(any(windows, target_os = "linux")))]
fn network_kind(_dir: &Path) -> io::Result<Option<String>> {
    Ok(None)
}

/// `f_type` of FUSE, from `linux/magic.h`.
#[cfg(target_os = "linux")]
const FUSE: u64 = 0x6573_5546;

/// `f_type` of file systems on other machines, from `linux/magic.h` and each driver. 9P is how
/// virtual machines and WSL reach their host's disk.
#[cfg(target_os = "linux")]
const REMOTE_MAGIC: [(u64, &str); 8] = [
    (0x6969, "NFS"),
    (0x517B, "SMB"),
    (0xFF53_4D42, "SMB"),
    (0xFE53_4D42, "SMB"),
    (0x0102_1997, "9P"),
    (0x5346_414F, "AFS"),
    (0x00C3_6400, "Ceph"),
    (0x7375_7245, "Coda"),
];

/// FUSE programs that reach other machines.
#[cfg(target_os = "linux")]
const REMOTE_FUSE: [&str; 7] =
    ["fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.davfs", "fuse.curlftpfs", "fuse.glusterfs", "fuse.gvfsd-fuse"];

/// The kind of the file system that holds `dir`, from the text of `/proc/self/mountinfo`: the last
/// mount whose place is the longest beginning of `dir`.
#[cfg(target_os = "linux")]
fn mounted_kind(mounts: &str, dir: &str) -> Option<String> {
    let mut best: Option<(usize, String)> = None;
    for line in mounts.lines() {
        let Some((left, right)) = line.split_once(" - ") else { continue };
        let (Some(place), Some(kind)) = (left.split(' ').nth(4), right.split(' ').next()) else { continue };
        let place = place.replace("\\040", " ").replace("\\134", "\\");
        let rest = dir.strip_prefix(place.trim_end_matches('/'));
        let holds = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if holds && best.as_ref().is_none_or(|(len, _)| *len <= place.len()) {
            best = Some((place.len(), kind.to_owned()));
        }
    }
    best.map(|(_, kind)| kind)
}

#[cfg(test)]
mod secret_tests {
    use super::*;

    #[test]
    fn a_secret_is_read_as_it_was_written_locked_or_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.key");
        assert_eq!(read_secret(&path).unwrap_err().kind(), io::ErrorKind::NotFound);
        write_secret(&path, b"secret").unwrap();
        assert_eq!(write_secret(&path, b"other").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(read_secret(&path).unwrap(), b"secret");
        // As an earlier program has written it.
        fs::write(&path, b"secret").unwrap();
        assert_eq!(read_secret(&path).unwrap(), b"secret");
        let kept = fs::read(&path).unwrap();
        assert_eq!(kept == b"secret", !cfg!(windows), "{kept:02x?}");
        assert_eq!(read_secret(&path).unwrap(), b"secret");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[cfg(windows)]
    #[test]
    fn a_secret_of_another_machine_is_told_as_such() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.key");
        write_secret(&path, b"secret").unwrap();
        let mut bytes = fs::read(&path).unwrap();
        assert!(!bytes.windows(6).any(|w| w == b"secret"));
        bytes.truncate(LOCKED.len() + 20);
        fs::write(&path, bytes).unwrap();
        assert!(read_secret(&path).unwrap_err().to_string().contains("another machine"));
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn the_mount_that_holds_a_folder_is_found() {
        let mounts = "\
25 1 254:0 / / rw - ext4 /dev/vda rw
40 25 0:40 / /mnt rw - fuse.sshfs host:/x rw
41 25 0:41 / /mnt/my\\040disk rw - fuse.ntfs3 /dev/sdb rw
";
        let check = |dir: &str, kind: &str| assert_eq!(mounted_kind(mounts, dir).as_deref(), Some(kind), "{dir}");
        check("/", "ext4");
        check("/mnt", "fuse.sshfs");
        check("/mnt/shop", "fuse.sshfs");
        check("/mntx", "ext4");
        check("/mnt/my disk/shop", "fuse.ntfs3");
        assert_eq!(mounted_kind("garbage", "/"), None);
    }

    #[test]
    fn a_local_folder_is_made_and_closed() {
        use std::os::unix::fs::PermissionsExt;
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("a/b");
        let mode = || fs::metadata(&dir).unwrap().permissions().mode() & 0o777;
        make(&dir).unwrap();
        assert_eq!(mode(), 0o700);
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
        make(&dir).unwrap();
        assert_eq!(mode(), 0o700);
        refuse_network(&dir).unwrap();
    }
}
