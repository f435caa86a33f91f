//! The manual says what the program does: pages that are made from the program's tables are as they
//! would be made now, and no page points at a file that is not there.

use std::fmt::Write;
use std::path::Path;

use counterflow::ui::action::{Action, Context};
use counterflow::ui::keymap::Keymap;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `docs/keys.md`, from the table that the help screen and `counterflow keys` show.
fn keys_page() -> String {
    let keymap = Keymap::default();
    let mut page = String::from(
        "# Keys\n\nThis page is made from the program's own table; `counterflow keys` prints it with your changes. The name \
         of an action\nis what `keys.toml` and the typed line (`:name`) call it. In a dialog, `F1` shows what the keys do \
         there.\n",
    );
    for context in Context::ALL {
        let bindings = keymap.bindings(context);
        let title = match context {
            Context::SignIn => "On the sign-in screen",
            Context::Order => "On the order screen",
            Context::Dialog => "In a dialog",
            Context::Kitchen => "On the screen of a station",
        };
        write!(page, "\n## {title}\n\n`[{}]` in `keys.toml`.\n", context.name()).unwrap();
        let mut heading = None;
        let here = |action: &&Action| context != Context::Order || action.is_for_orders();
        for action in Action::ALL.iter().filter(here) {
            let keys = bindings.iter().find(|(a, _)| a == action).map(|(_, keys)| keys.as_slice()).unwrap_or_default();
            if keys.is_empty() && context != Context::Order {
                continue;
            }
            let first = heading.is_none();
            if heading != Some(action.heading()) && (first || context == Context::Order) {
                heading = Some(action.heading());
                let name = if context == Context::Order { action.heading().0 } else { "" };
                let title = if name.is_empty() { String::new() } else { format!("### {name}\n\n") };
                write!(page, "\n{title}| key | action | what it does |\n|---|---|---|\n").unwrap();
            }
            let keys: Vec<String> = keys.iter().map(|k| format!("`{k}`")).collect();
            writeln!(page, "| {} | `{}` | {} |", keys.join(" "), action.name(), action.doc()).unwrap();
        }
    }
    page
}

#[test]
fn the_page_of_keys_is_up_to_date() {
    let path = root().join("docs/keys.md");
    let page = keys_page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(written == page, "docs/keys.md is old: run UPDATE_DOCS=1 cargo test --test it docs::");
}

/// The targets of a page's links to files beside it.
fn links(text: &str) -> Vec<&str> {
    let ends = text.match_indices("](").map(|(at, _)| &text[at + 2..]);
    let targets = ends.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    targets.filter(|t| !t.contains("://") && !t.starts_with('#')).map(|t| t.split('#').next().unwrap_or(t)).collect()
}

#[test]
fn no_page_points_at_nothing() {
    assert_eq!(links("see [a](b.md#c), [d](https://e), [f](#g)"), ["b.md"]);
    let pages = std::fs::read_dir(root().join("docs")).unwrap().filter_map(|e| e.ok().map(|e| e.path()));
    let tops = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(|name| root().join(name));
    for page in pages.chain(tops).filter(|p| p.extension().is_some_and(|e| e == "md")) {
        let text = std::fs::read_to_string(&page).unwrap();
        for target in links(&text) {
            assert!(page.parent().unwrap().join(target).exists(), "{}: {target} is not there", page.display());
        }
    }
}

/// What stands in the code blocks of a language.
fn blocks<'t>(text: &'t str, language: &str) -> Vec<&'t str> {
    let opening = format!("\n```{language}\n");
    let ends = text.match_indices(&opening).map(|(at, _)| &text[at + opening.len()..]);
    ends.filter_map(|rest| rest.split_once("\n```")).map(|(block, _)| block).collect()
}

#[test]
fn every_example_of_ringing_works() {
    let text = std::fs::read_to_string(root().join("docs/ring.md")).unwrap().replace("\r\n", "\n");
    let blocks = blocks(&text, "ring");
    assert!(blocks.len() >= 5, "the examples were found");
    for block in blocks {
        let lines: Vec<String> = block
            .lines()
            .map(|line| {
                let (entry, said) = line.split_once("  ").unwrap();
                format!("{entry} => {}", said.trim())
            })
            .collect();
        crate::ring::check(&lines.join("\n"));
    }
}

#[test]
fn the_manual_knows_every_report() {
    let page = std::fs::read_to_string(root().join("docs/reports.md")).unwrap();
    for report in counterflow::reports::REPORTS {
        assert!(page.contains(&format!("`{}`", report.name)), "docs/reports.md lacks {}", report.name);
    }
}

/// The first command that anybody types: `cargo run` must know which of the programs is meant.
#[test]
fn the_readmes_command_runs_the_till() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.contains("cargo run --release -- demo"), "the README begins with another command");
    let told = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(told["packages"][0]["default_run"], "counterflow");
}
