//! A register's own key (Ed25519): with it the register signs each Z, and whatever it sends.
//!
//! The key is a file of its owner beside the database, `register-N.key` (32 bytes, the secret seed; on Windows locked
//! for the machine), made when it is first needed; its public half is journalled before anything it has signed. Who has
//! the database alone can sign nothing. A lost key is made anew, and the journal says so.

use std::io;
use std::path::{Path, PathBuf};

use ed25519_dalek::{Signer, SigningKey};

use crate::domain::event::{Event, Recorded};
use crate::domain::ids::RegisterId;
use crate::store::error::StoreError;
use crate::store::fold::load_register;
use crate::store::journal::hex;
use crate::store::{Store, pins, place};

pub(super) use crate::wire::chain::z_message;
pub use crate::wire::enrolment::verified as signed_by;

/// A register's key.
#[derive(Clone)]
pub struct RegisterKey {
    secret: SigningKey,
}

impl std::fmt::Debug for RegisterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RegisterKey(***)")
    }
}

impl RegisterKey {
    /// The public half, 32 bytes in hex, as the journal has it.
    pub fn public(&self) -> String {
        hex(self.secret.verifying_key().as_bytes())
    }

    /// The signature of some bytes: 64 bytes in hex.
    pub fn sign(&self, bytes: &[u8]) -> String {
        hex(&self.secret.sign(bytes).to_bytes())
    }

    /// Reads the key of a register, making it if there is none.
    pub(super) fn of(dir: &Path, register: RegisterId) -> Result<Self, StoreError> {
        let path = key_path(dir, register);
        if !path.exists() {
            let seed = pins::random::<32>().map_err(StoreError::io(&path))?;
            match place::write_secret(&path, &seed) {
                Ok(()) => {}
                // Another process was faster.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(cause) => return Err(StoreError::Io { path, cause }),
            }
        }
        let bytes = place::read_secret(&path).map_err(|cause| match cause.kind() {
            io::ErrorKind::Other => StoreError::ForeignKey { path: path.clone(), cause },
            _ => StoreError::Io { path: path.clone(), cause },
        })?;
        let seed: [u8; 32] = bytes.try_into().map_err(|_| StoreError::BadKey(path))?;
        Ok(Self { secret: SigningKey::from_bytes(&seed) })
    }
}

fn key_path(dir: &Path, register: RegisterId) -> PathBuf {
    dir.join(format!("register-{register}.key"))
}

impl Store {
    /// The key of a register, made and journalled if it has none; `record` gives the journal entry of
    /// an event its circumstances.
    ///
    /// # Errors
    /// [`StoreError::BadKey`], or when the store cannot be read or written.
    pub fn register_key(
        &mut self,
        register: RegisterId,
        record: impl FnOnce(Event) -> Recorded,
    ) -> Result<RegisterKey, StoreError> {
        let key = RegisterKey::of(&self.dir, register)?;
        if load_register(&self.conn, register)?.and_then(|r| r.key) != Some(key.public()) {
            let made = record(Event::KeyMade { public: key.public() });
            self.commit(&[made], &[])?;
        }
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::hex::unhex;

    #[test]
    fn a_key_is_made_once_and_only_for_its_owner() {
        let dir = tempfile::tempdir().unwrap();
        let key = RegisterKey::of(dir.path(), RegisterId(1)).unwrap();
        assert_eq!(RegisterKey::of(dir.path(), RegisterId(1)).unwrap().public(), key.public());
        assert_ne!(RegisterKey::of(dir.path(), RegisterId(2)).unwrap().public(), key.public());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(key_path(dir.path(), RegisterId(1))).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::write(key_path(dir.path(), RegisterId(1)), b"short").unwrap();
        assert!(matches!(RegisterKey::of(dir.path(), RegisterId(1)), Err(StoreError::BadKey(_))));
    }

    #[test]
    fn a_signature_hangs_on_key_and_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let key = RegisterKey::of(dir.path(), RegisterId(1)).unwrap();
        let other = RegisterKey::of(dir.path(), RegisterId(2)).unwrap();
        let signature = key.sign(b"bytes");
        assert!(signed_by(&key.public(), b"bytes", &signature));
        assert!(!signed_by(&key.public(), b"bytez", &signature));
        assert!(!signed_by(&other.public(), b"bytes", &signature));
        assert!(!signed_by(&key.public(), b"bytes", &signature[2..]));
        assert!(!signed_by("", b"bytes", &signature));
    }

    /// RFC 8032, 7.1, test 2: so that another program can check what this one signs.
    #[test]
    fn signatures_are_those_of_the_standard() {
        let seed = unhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").unwrap();
        let key = RegisterKey { secret: SigningKey::from_bytes(&seed) };
        assert_eq!(key.public(), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        assert_eq!(
            key.sign(&[0x72]),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        );
    }
}
