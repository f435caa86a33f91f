//! The keeping of secrets (DPAPI): what is locked here opens on this machine only.
//!
//! It is locked for the machine and not for the account, as an account loses what it has locked when somebody sets its
//! password anew. Other accounts are kept away by the folder in which the secret lies.

use std::{io, ptr, slice};

use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::Security::Cryptography::{
    CRYPT_INTEGER_BLOB, CRYPTPROTECT_LOCAL_MACHINE, CRYPTPROTECT_UI_FORBIDDEN, CryptProtectData, CryptUnprotectData,
};

use crate::windows::checked;

/// Never a window.
const FLAGS: u32 = CRYPTPROTECT_UI_FORBIDDEN | CRYPTPROTECT_LOCAL_MACHINE;

/// Locks a secret.
///
/// # Errors
/// What Windows says.
pub fn lock(secret: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = CRYPT_INTEGER_BLOB::default();
    let (none, nothing) = (ptr::null(), ptr::null());
    // SAFETY: what goes in outlives the call; what comes out is Windows' own, and copied below.
    checked(unsafe { CryptProtectData(&blob(secret), ptr::null(), none, nothing, ptr::null(), FLAGS, &mut out) })?;
    Ok(taken(out))
}

/// Opens what was locked on this machine.
///
/// # Errors
/// What Windows says.
pub fn open(locked: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = CRYPT_INTEGER_BLOB::default();
    let (none, nothing) = (ptr::null(), ptr::null());
    // SAFETY: as above.
    checked(unsafe {
        CryptUnprotectData(&blob(locked), ptr::null_mut(), none, nothing, ptr::null(), FLAGS, &mut out)
    })?;
    Ok(taken(out))
}

/// Bytes that Windows only reads.
fn blob(bytes: &[u8]) -> CRYPT_INTEGER_BLOB {
    CRYPT_INTEGER_BLOB { cbData: u32::try_from(bytes.len()).unwrap_or(0), pbData: bytes.as_ptr().cast_mut() }
}

/// Copies what Windows has made, and gives it back.
fn taken(made: CRYPT_INTEGER_BLOB) -> Vec<u8> {
    if made.pbData.is_null() {
        return Vec::new();
    }
    // SAFETY: Windows has written so many bytes there, and they are freed once, after they were copied.
    unsafe {
        let bytes = slice::from_raw_parts(made.pbData, made.cbData as usize).to_vec();
        LocalFree(made.pbData.cast());
        bytes
    }
}
