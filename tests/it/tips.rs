//! Tips that are shared: who has how much of them, to the cent; and what was changed after the sale is everywhere where
//! tips are.

use crate::shop::{ADA, BEN, OWNER, Shop, words};

/// A café in which tips are shared, with one day of work on a clock of its own.
fn sold(tips: &str) -> Shop {
    let shop = Shop::new();
    shop.configure("counterflow.toml", |text| "training = true\n".to_owned() + &text + tips);
    shop.rings(OWNER, "@2026-11-04T09:00:00\n:open-shift 100.00\n:clock-in\n");
    shop.rings(ADA, "@2026-11-04T09:00:00\n:clock-in\n1\n:card 4.20\n1\n:card\n:tips 2=0.91\n");
    shop.rings(BEN, "@2026-11-04T11:00:00\n:clock-in\n1\n:card\n:tips 3=0.95\n3=0.90\n");
    shop.rings(ADA, "@2026-11-04T13:00:30\n:clock-out 2.00\n");
    shop.rings(BEN, "@2026-11-04T13:00:30\n:clock-out\n0\n");
    shop.rings(OWNER, "@2026-11-04T13:00:30\n:clock-out\n0\n:close-shift 100.00 12.41 0 .\n");
    shop
}

#[track_caller]
fn check(shop: &Shop, args: &str, expected: &str) {
    let args: Vec<&str> = ["report"].into_iter().chain(args.split(' ')).chain(["--format", "csv"]).collect();
    let output = shop.command(&args).output().unwrap();
    assert!(output.status.success(), "{}", words(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = |text: &str| text.lines().map(str::trim).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&text), lines(expected), "{args:?}");
}

#[test]
fn kept_tips_are_those_of_whoever_served() {
    let shop = sold("");
    check(
        &shop,
        "tips 2026-11-04",
        "Person,Sales,Total,Tips,Tips %,Declared
         Ada,2,6.40,1.91,29.8,2.00
         Ben,1,3.20,0.90,28.1,0.00",
    );
    // A tip that was changed counts in its shift and its day, by each thing that tips are summed by.
    check(
        &shop,
        "tips --register 1 --shift 1",
        "Person,Sales,Total,Tips,Tips %,Declared\nAda,2,6.40,1.91,29.8,0.00\nBen,1,3.20,0.90,28.1,0.00",
    );
    check(&shop, "tenders 2026-11-04", "Tender,Payments,Total,Tips\nCard,3,9.60,2.81");
    shop.verifies();
}

#[test]
fn shared_tips_come_to_all_of_them_by_the_hours_that_each_was_at_work() {
    // 2.81 by card and 2.00 in Ada's hands: of 4, 2 and 4 hours.
    let shop = sold("\n[tips]\nshare = \"hours\"\n");
    check(
        &shop,
        "tips 2026-11-04",
        "Person,Sales,Total,Tips,Tips %,Declared,Worked,Share,Still gets
         Olive,0,0.00,0.00,,0.00,4:00,1.93,1.93
         Ada,2,6.40,1.91,29.8,2.00,4:00,1.92,-0.08
         Ben,1,3.20,0.90,28.1,0.00,2:00,0.96,0.96",
    );
    shop.verifies();
}

#[test]
fn shared_tips_are_the_same_for_each_of_those_who_have_a_part() {
    let shop = sold("\n[tips]\nshare = \"equal\"\nroles = [\"cashier\"]\n");
    check(
        &shop,
        "tips 2026-11-04",
        "Person,Sales,Total,Tips,Tips %,Declared,Worked,Share,Still gets
         Ada,2,6.40,1.91,29.8,2.00,4:00,2.41,0.41
         Ben,1,3.20,0.90,28.1,0.00,2:00,2.40,2.40",
    );
    shop.configure("counterflow.toml", |text| text.replace("[\"cashier\"]", "[\"cashiers\"]"));
    let refused = shop.command(&["report", "tips"]).output().unwrap();
    assert!(words(&refused).contains("`cashiers` is no role"), "{}", words(&refused));
}
