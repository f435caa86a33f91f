//! What the house writes for itself never reaches a customer's paper, and what customers tell it is in no
//! journal entry.

use counterflow::domain::time::CutOff;
use counterflow::session::PROGRAM;
use counterflow::store::SpoolQueue;

use crate::shop::{ADA, OWNER, Shop};

/// All that was printed, by kind.
fn papers(shop: &Shop) -> Vec<(String, String)> {
    let queue = SpoolQueue::open(&shop.data(), PROGRAM, CutOff::default()).unwrap();
    let jobs = queue.list(10_000).unwrap().into_iter();
    jobs.map(|job| (job.kind.clone(), String::from_utf8_lossy(&job.bytes).into_owned())).collect()
}

fn printing() -> Shop {
    let shop = Shop::of("restaurant");
    let paper = shop.beside("paper.txt");
    shop.configure("printers.toml", |_| {
        let port = paper.display();
        format!("[[printer]]\nname = \"paper\"\nport = \"file:{port}\"\nprofile = \"text\"\ncolumns = 42\nstations = [\"kitchen\"]\n")
    });
    shop.rings(OWNER, ":open-shift 100.00\n");
    shop
}

#[test]
fn nicknames_and_notes_never_reach_a_customers_paper() {
    let shop = printing();
    let words = ["GRUMPYJOE", "NONUTSATALL", "BALDGUY", "Complaint"];
    shop.rings(
        OWNER,
        ":tab GRUMPYJOE\n102\n:note NONUTSATALL\n:discount 10% Complaint\n:name BALDGUY\n:send\n:bill\n:pay cash\n:reprint 1\n",
    );
    let papers = papers(&shop);
    for kind in ["bill", "receipt", "copy"] {
        let (_, paper) = papers.iter().find(|(k, _)| k == kind).unwrap_or_else(|| panic!("no {kind}"));
        let found: Vec<&str> = words.into_iter().filter(|word| paper.contains(word)).collect();
        assert!(found.is_empty(), "{found:?} on the {kind}:\n{paper}");
    }
    // The kitchen has what it needs.
    let (_, ticket) = papers.iter().find(|(kind, _)| kind == "kitchen").unwrap();
    assert!(ticket.contains("NONUTSATALL") && ticket.contains("BALDGUY"), "{ticket}");
}

#[test]
fn how_a_customer_is_reached_is_in_no_journal_entry_and_goes_when_the_order_is_settled() {
    let shop = printing();
    shop.rings(ADA, "102\n:order-type delivery\n:phone 0171 555 0101\n:address 12 High Street\n:hold Sam\n");
    let kept = shop.store().contacts().unwrap();
    assert_eq!(
        kept.values().map(|c| (c.phone.as_str(), c.address.as_str())).collect::<Vec<_>>(),
        [("0171 555 0101", "12 High Street")]
    );
    shop.rings(ADA, ":orders 1\n:bill\n:pay cash\n");
    assert!(shop.store().contacts().unwrap().is_empty(), "forgotten");
    shop.rings(OWNER, "102\n:order-type delivery\n:phone 0171 555 0101\n:address 12 High Street\n");
    assert_eq!(shop.store().contacts().unwrap().len(), 1);
    shop.rings(OWNER, ":refund-order Brought back\n");
    assert!(shop.store().contacts().unwrap().is_empty(), "forgotten when the money went back");
    let mut seen = 0;
    shop.store()
        .journal(&mut |entry| {
            let body = String::from_utf8_lossy(&entry.body).into_owned();
            seen += 1;
            assert!(!body.contains("High Street") && !body.contains("555 0101") && !body.contains("5550101"), "{body}");
            Ok(())
        })
        .unwrap();
    assert!(seen > 5);
    shop.verifies();
}
