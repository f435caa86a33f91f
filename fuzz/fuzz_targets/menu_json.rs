//! Any bytes as a JSON menu: no panic, and what is taken in comes out again.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    match counterflow_fuzz::read("menu.json", bytes, &[], None) {
        Ok(menu) => counterflow_fuzz::assert_round_trips(&menu),
        Err(findings) => counterflow_fuzz::assert_plain(&findings),
    }
});
