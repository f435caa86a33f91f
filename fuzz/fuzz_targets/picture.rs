//! Any file as a logo: no panic, no more memory than a picture may have, and what is wrong is said.
#![no_main]

use counterflow::devices::picture::Picture;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for kind in [&b""[..], b"P1\n", b"P2\n", b"P4\n", b"P5\n", b"\x89PNG\r\n\x1a\n"] {
        match Picture::parse(&[kind, bytes].concat()) {
            Ok(picture) => drop(picture),
            Err(why) => assert!(!why.is_empty()),
        }
    }
});
