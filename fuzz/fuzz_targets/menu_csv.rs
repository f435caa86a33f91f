//! Any bytes as a CSV, ours and by a map: no panic, and what is taken in comes out again.
#![no_main]

use std::sync::LazyLock;

use counterflow::domain::catalogue::Menu;
use counterflow::domain::menu_file::Mapping;

static DEMO: LazyLock<Menu> = LazyLock::new(counterflow_fuzz::demo);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // The first line may hold maps, parted by bars.
    let mut parts = bytes.splitn(2, |b| *b == 0);
    let (first, second) = (parts.next().unwrap_or_default(), parts.next());
    let written = String::from_utf8_lossy(first);
    let map: Vec<Mapping> = written.split('|').filter_map(|m| Mapping::parse(m).ok()).collect();
    let read = match second {
        Some(csv) => counterflow_fuzz::read("menu.csv", csv, &map, None),
        None => counterflow_fuzz::read("menu.csv", first, &[], Some(&DEMO)),
    };
    match read {
        Ok(menu) => counterflow_fuzz::assert_round_trips(&menu),
        Err(findings) => counterflow_fuzz::assert_plain(&findings),
    }
});
