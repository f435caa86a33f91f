//! Any bytes in any file of the configuration: no panic, and what is wrong is named with its file.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

const FILES: [&str; 10] = [
    "counterflow.toml",
    "taxes.toml",
    "tenders.toml",
    "roles.toml",
    "keys.toml",
    "printers.toml",
    "prices.toml",
    "promotions.toml",
    "points.toml",
    "stock.toml",
];

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("counterflow-fuzz-config-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((which, bytes)) = bytes.split_first() else { return };
    let name = FILES[usize::from(*which) % FILES.len()];
    // The name of the business is the one thing that has no default.
    std::fs::write(FOLDER.join("counterflow.toml"), "[business]\nname = \"Fuzz\"\n").expect("written");
    let path = FOLDER.join(name);
    std::fs::write(&path, bytes).expect("written");
    if let Err(error) = counterflow::session::read_config(&FOLDER) {
        let words = error.to_string();
        assert!(words.contains(".toml") && !words.contains('\u{1b}'), "{words:?}");
    }
    std::fs::remove_file(path).expect("removed");
});
