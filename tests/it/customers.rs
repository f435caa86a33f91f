//! Customers from the command line: all that is kept of somebody is written out, and forgotten; the journal never
//! knew who they were.

use std::path::Path;
use std::process::Output;

use crate::shop::{ADA, OWNER, Shop, words};

fn run(shop: &Shop, args: &[&str], pin: &str, typed: &str) -> Output {
    let mut command = assert_cmd::Command::from_std(shop.command(args));
    command.env("COUNTERFLOW_PIN", pin).write_stdin(typed).output().unwrap()
}

fn says(shop: &Shop, args: &[&str], pin: &str, typed: &str) -> String {
    let output = run(shop, args, pin, typed);
    assert!(output.status.success(), "{args:?}: {}", words(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn holds(folder: &Path, text: &str) -> Option<String> {
    let files = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).filter(|p| p.is_file());
    let bytes = |path: &Path| std::fs::read(path).unwrap();
    files
        .into_iter()
        .find(|path| bytes(path).windows(text.len()).any(|w| w == text.as_bytes()))
        .map(|path| path.display().to_string())
}

#[test]
fn a_person_is_written_out_and_forgotten_and_the_sale_stays() {
    let shop = Shop::new();
    says(&shop, &["shift", "open", "--as", "Olive", "--float", "100.00"], OWNER, "");
    let typed = "1\n:customer Anna Berg\n0170 1234567\nnuts\nthe window\n\n:cash\n";
    assert!(says(&shop, &["ring", "--as", "Ada"], ADA, typed).contains("Paid"));
    says(&shop, &["ring", "--as", "Olive"], OWNER, ":account anna 3 20.00\n1\n:customer anna\n:pay account\n");
    says(&shop, &["ring", "--as", "Olive"], OWNER, ":account anna 2\n");

    assert!(says(&shop, &["customers", "list"], "", "").contains("Anna Berg"));
    let kept: serde_json::Value = serde_json::from_str(&says(&shop, &["customers", "export", "berg"], "", "")).unwrap();
    assert_eq!(kept["person"]["phone"], "0170 1234567");
    assert_eq!(kept["person"]["allergies"], "nuts");
    assert_eq!(kept["sales"].as_array().unwrap().len(), 2);
    assert_eq!(kept["account"][0]["amount"], kept["owes"]);
    let journal = says(&shop, &["export", "journal", "--format", "jsonl"], "", "");
    for secret in ["Anna", "Berg", "1234567", "the window"] {
        assert!(!journal.contains(secret), "the journal says {secret}");
    }

    let refused = run(&shop, &["customers", "forget", "anna", "--as", "Ada"], ADA, "");
    assert!(words(&refused).contains("forget customers"), "{}", words(&refused));
    let owes = run(&shop, &["customers", "forget", "anna", "--as", "Olive"], OWNER, "");
    assert!(words(&owes).contains("settle it first"), "{}", words(&owes));
    says(&shop, &["ring", "--as", "Olive"], OWNER, ":account anna 1 3.20 cash\n");
    assert!(holds(&shop.data(), "1234567").is_some(), "the test would find it");
    says(&shop, &["customers", "forget", "anna", "--as", "Olive"], OWNER, "");

    assert_eq!(says(&shop, &["customers", "list"], "", ""), "");
    assert!(!run(&shop, &["customers", "export", "anna"], "", "").status.success());
    for secret in ["1234567", "Anna Berg"] {
        assert_eq!(holds(&shop.data(), secret), None, "{secret} is still there");
    }
    assert!(says(&shop, &["report", "items"], "", "").contains("Flat white"), "the sales stay");
    shop.verifies();
}
