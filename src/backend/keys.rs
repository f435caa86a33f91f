//! The server's own keys: one that signs, and a spare that every register knows already, for the day
//! on which the first is lost or stolen.

use std::io::Write;
use std::path::Path;

use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};

use crate::domain::enrolment::PublicKey;
use crate::wire::acknowledgement::Acknowledgement;
use crate::wire::catalogue;
use crate::wire::hex::hex;

/// The file of the key that signs.
const MAIN: &str = "server.key";
/// The file of the spare. Best kept elsewhere once its public half is known.
const SPARE: &str = "spare.key";

/// The server's keys.
pub(super) struct ServerKeys {
    signing: SigningKey,
    public: Vec<PublicKey>,
}

impl ServerKeys {
    /// Reads the keys of a folder, making them if there are none.
    ///
    /// # Errors
    /// In words.
    pub(super) fn open(folder: &Path) -> Result<Self, String> {
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let signing = read(&folder.join(MAIN))?;
        let spare = read(&folder.join(SPARE))?;
        let public = [&signing, &spare].map(public).to_vec();
        Ok(Self { signing, public })
    }

    /// What registers are told.
    pub(super) fn public(&self) -> &[PublicKey] {
        &self.public
    }

    /// Signs an acknowledgement.
    pub(super) fn sign(&self, acknowledgement: &mut Acknowledgement) {
        acknowledgement.key = self.public.first().map(|k| k.id.clone()).unwrap_or_default();
        acknowledgement.sig = hex(&self.signing.sign(&acknowledgement.message()).to_bytes());
    }

    /// The signature of a catalogue, as its header carries it.
    pub(super) fn sign_catalogue(&self, bytes: &[u8]) -> String {
        let id = self.public.first().map(|k| k.id.as_str()).unwrap_or_default();
        format!("{id}:{}", hex(&self.signing.sign(&catalogue::message(bytes)).to_bytes()))
    }
}

fn public(key: &SigningKey) -> PublicKey {
    let bytes = key.verifying_key().to_bytes();
    let id = hex(&Sha256::digest(bytes)).chars().take(16).collect();
    PublicKey { id, public: hex(&bytes) }
}

fn read(path: &Path) -> Result<SigningKey, String> {
    let failed = |e: std::io::Error| format!("{}: {e}", path.display());
    if !path.exists() {
        let mut seed = [0_u8; 32];
        getrandom::fill(&mut seed).map_err(|e| e.to_string())?;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        file.write_all(&seed).and_then(|()| file.sync_all()).map_err(failed)?;
    }
    let seed: [u8; 32] = std::fs::read(path)
        .map_err(failed)?
        .try_into()
        .map_err(|_| format!("{}: a key is 32 bytes; put it back from a backup", path.display()))?;
    Ok(SigningKey::from_bytes(&seed))
}
