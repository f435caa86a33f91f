//! Any bytes as a closed shift, as they are and behind a head that is right: no panic, and no entry beyond those that the
//! head names.
#![no_main]

use counterflow::wire::reading::Reader;

const HEAD: &str = r#"{"schema":1,"kind":"shift","id":"01900000-0000-7000-8000-000000000000","box_id":"01900000-0000-7000-8000-000000000001","register":1,"seq":1,"prev_sha256":"0000000000000000000000000000000000000000000000000000000000000000","journal":{"first":1,"last":3,"prev":"0000000000000000000000000000000000000000000000000000000000000000","head":"0000000000000000000000000000000000000000000000000000000000000000"},"business_date":"2026-01-01","at":{"utc_ms":0,"offset_min":0},"program":"0.1.0","staff":[]}"#;

fn read(bytes: &[u8]) -> bool {
    let Ok(mut reader) = Reader::new(bytes, 1 << 20) else { return false };
    let slice = reader.head().journal;
    let mut next = slice.first;
    while let Ok(Some(entry)) = reader.entry() {
        assert!(entry.seq == next && next <= slice.last);
        next += 1;
    }
    true
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    read(bytes);
    assert!(read(&[HEAD.as_bytes(), b"\n", bytes].concat()), "the head is right");
});
