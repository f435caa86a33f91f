//! Who may know whom, and the rules of tidiness. They ratchet: what is exempt is named here with
//! its measure, and an exemption that is no longer needed fails as well.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, and which others each may name.
const MAY_KNOW: [(&str, &[&str]); 14] = [
    ("backend", &["wire", "domain", "reports"]),
    ("cli", TILL_ROOMS),
    ("devices", &["domain", "documents", "windows"]),
    ("documents", &["domain"]),
    ("domain", &[]),
    ("fault", &[]),
    ("reports", &["domain"]),
    ("session", TILL_ROOMS),
    ("store", &["domain", "windows", "wire"]),
    ("tui", &["ui", "domain"]),
    ("ui", &["domain", "documents", "reports"]),
    ("upload", &["wire", "domain", "store", "fault"]),
    ("windows", &[]),
    ("wire", &["domain"]),
];
/// Every room of the till: never the backend.
const TILL_ROOMS: &[&str] =
    &["cli", "devices", "documents", "domain", "fault", "reports", "session", "store", "tui", "ui", "upload", "wire"];

/// More than a mind holds at once.
const MAX_LINES: usize = 600;
/// Files that are longer for now, with the most they may have. The next change makes them shorter.
const LONGER: [(&str, usize); 0] = [];

#[derive(Clone)]
struct Source {
    /// From the repository's root, with `/`.
    path: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                sources.push(Source { path: name, text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

impl Source {
    /// `domain` for `src/domain/money.rs`; nothing for `src/main.rs` and `src/lib.rs`.
    fn room(&self) -> Option<&str> {
        let rest = self.path.strip_prefix("src/")?;
        let (first, _) = rest.split_once('/').unwrap_or((rest.strip_suffix(".rs")?, ""));
        (!matches!(first, "lib" | "main" | "bin")).then_some(first)
    }

    /// The numbered lines of code: without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let code = |line| match str::find(line, "//") {
            // `://` stands in an address, not before a comment.
            Some(at) if !line[..at].ends_with(':') => &line[..at],
            Some(_) | None => line,
        };
        self.text.lines().enumerate().map(move |(i, line)| (i + 1, code(line)))
    }

    /// The lines that are built into the program. Tests stand at the end of a file, or in a file of
    /// their own.
    fn program(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_test = self.path.ends_with("/tests.rs") || self.path.contains("/tests/");
        self.code().take_while(move |(_, line)| !is_test && line.trim() != "#[cfg(test)]")
    }
}

/// The rooms a line names: each word behind `crate::`.
fn named(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("crate::").map(|(at, prefix)| {
        let rest = &line[at + prefix.len()..];
        &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())]
    })
}

fn wrong_imports(source: &Source) -> Vec<String> {
    let Some(room) = source.room() else { return Vec::new() };
    let Some((_, may_know)) = MAY_KNOW.iter().find(|(name, _)| *name == room) else {
        return vec![format!("{}: {room} is no room of the table", source.path)];
    };
    let wrong = |name: &&str| *name != room && !may_know.contains(name);
    let places = source.code().flat_map(|(number, line)| named(line).map(move |name| (number, name)));
    places
        .filter(|(_, name)| wrong(name))
        .map(|(number, name)| match name {
            "" => format!("{}:{number}: name one room in full", source.path),
            name => format!("{}:{number}: {room} must not know {name}", source.path),
        })
        .collect()
}

fn untidy(source: &Source) -> Vec<String> {
    let mut findings = Vec::new();
    let mut find = |number: usize, what: &str| findings.push(format!("{}:{number}: {what}", source.path));
    for (number, line) in source.code() {
        if line.contains("cfg(feature") && source.path != "src/lib.rs" {
            find(number, "cfg(feature) stands in lib.rs only");
        }
        if (line.contains("unsafe {") || line.contains("unsafe fn") || line.contains("allow(unsafe_code"))
            && source.room() != Some("windows")
        {
            find(number, "unsafe code stands in windows/ only");
        }
        if line.contains("todo!") || line.contains("unimplemented!") {
            find(number, "nothing is left to do later");
        }
    }
    for (number, line) in source.program() {
        if line.contains(".unwrap()") {
            find(number, "no unwrap in the program");
        }
    }
    if source.path == "src/lib.rs" {
        for (number, line) in source.code() {
            let line = line.trim();
            if !(line.is_empty() || line.starts_with('#') || line.starts_with("pub mod ") && line.ends_with(';')) {
                find(number, "lib.rs lists the rooms, and nothing else");
            }
        }
    }
    findings
}

fn too_long(sources: &[Source], longer: &[(&str, usize)]) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources {
        let lines = source.text.lines().count();
        let most = longer.iter().find(|(path, _)| *path == source.path).map_or(MAX_LINES, |(_, most)| *most);
        if lines > most {
            findings.push(format!("{} has {lines} lines, {most} are allowed", source.path));
        }
    }
    for (path, most) in longer {
        let lines = sources.iter().find(|s| s.path == *path).map_or(0, |s| s.text.lines().count());
        if lines <= MAX_LINES {
            findings.push(format!("{path} has {lines} lines: take it off the list of longer files"));
        } else if lines + 20 < *most {
            findings.push(format!("{path} has {lines} lines: lower its {most} to that"));
        }
    }
    findings
}

#[track_caller]
fn assert_none(findings: &[String]) {
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}

#[test]
fn each_room_knows_only_whom_it_may() {
    assert_none(&sources().iter().flat_map(wrong_imports).collect::<Vec<_>>());
}

#[test]
fn the_rules_of_tidiness_hold() {
    assert_none(&sources().iter().flat_map(untidy).collect::<Vec<_>>());
}

#[test]
fn no_file_is_longer_than_a_mind_holds() {
    assert_none(&too_long(&sources(), &LONGER));
}

/// What is found in a made-up file.
#[track_caller]
fn check(path: &str, text: &str, expected: &[&str]) {
    let source = Source { path: path.to_owned(), text: text.to_owned() };
    let mut findings = wrong_imports(&source);
    findings.extend(untidy(&source));
    assert_eq!(findings, expected, "{text:?}");
}

#[test]
fn breaches_are_found() {
    check("src/domain/a.rs", "use crate::domain::b;\n// crate::store\n//! [`crate::ui`]", &[]);
    check("src/domain/a.rs", "\nuse crate::store::b;", &["src/domain/a.rs:2: domain must not know store"]);
    check("src/tui/a.rs", "let x = crate::domain::y(crate::store::z);", &["src/tui/a.rs:1: tui must not know store"]);
    check("src/ui/a.rs", "use crate::{domain, tui};", &["src/ui/a.rs:1: name one room in full"]);
    check("src/session/a.rs", "use crate::backend::b;", &["src/session/a.rs:1: session must not know backend"]);
    check("src/hall/a.rs", "", &["src/hall/a.rs: hall is no room of the table"]);
    check("src/hall.rs", "", &["src/hall.rs: hall is no room of the table"]);
    check("src/main.rs", "use crate::anything;", &[]);
    check("src/ui/a.rs", "#[cfg(feature = \"x\")]", &["src/ui/a.rs:1: cfg(feature) stands in lib.rs only"]);
    check("src/lib.rs", "//! Rooms.\n#[cfg(feature = \"x\")]\npub mod x;\n", &[]);
    check("src/lib.rs", "pub mod x;\npub fn y() {}", &["src/lib.rs:2: lib.rs lists the rooms, and nothing else"]);
    check(
        "src/ui/a.rs",
        "a.unwrap();\n#[cfg(test)]\nmod tests { fn f() { b.unwrap() } }",
        &["src/ui/a.rs:1: no unwrap in the program"],
    );
    check("src/ui/tests.rs", "a.unwrap();", &[]);
    check("src/store/a.rs", "unsafe { f() }", &["src/store/a.rs:1: unsafe code stands in windows/ only"]);
    check("src/windows/a.rs", "unsafe { f() }", &[]);
    check("src/ui/a.rs", "todo!()", &["src/ui/a.rs:1: nothing is left to do later"]);
}

#[test]
fn exemptions_ratchet() {
    let file = |lines: usize| Source { path: "src/ui/a.rs".to_owned(), text: "x\n".repeat(lines) };
    for (lines, longer, found) in [
        (600, None, 0),
        (601, None, 1),
        (700, Some(700), 0),
        (701, Some(700), 1),
        (650, Some(700), 1),
        (500, Some(700), 1),
    ] {
        let longer: Vec<(&str, usize)> = longer.map(|most| ("src/ui/a.rs", most)).into_iter().collect();
        assert_eq!(too_long(&[file(lines)], &longer).len(), found, "{lines} lines, {longer:?}");
    }
}
