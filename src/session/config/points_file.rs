//! `points.toml`: what regular guests earn, and what they have for it.

use super::finding::Located;
use super::prices_file::which;
use super::reader::Table;
use crate::domain::money::Currency;
use crate::domain::points::{Earn, Reward, Scheme};

/// The most schemes: a receipt has a line for each.
const MAX_SCHEMES: usize = 9;

/// Reads it.
pub(super) fn read(root: Table, currency: Option<Currency>) -> Vec<Scheme> {
    let file = root.file;
    let tables = root.tables("scheme").unwrap_or_default();
    if tables.len() > MAX_SCHEMES {
        file.find_whole(format!("at most {MAX_SCHEMES} schemes"));
    }
    let read: Vec<(Located<String>, Scheme)> = tables.into_iter().filter_map(|t| scheme(t, currency)).collect();
    file.refuse_twins("scheme", read.iter().map(|(code, _)| code));
    root.done();
    read.into_iter().map(|(_, scheme)| scheme).collect()
}

fn scheme(table: Table, currency: Option<Currency>) -> Option<(Located<String>, Scheme)> {
    let code = table.needed("code", table.code("code"));
    let name = table.needed("name", table.name("name"));
    let at = table.needed("at", table.whole("at", 1..=100_000)).and_then(|at| u32::try_from(at).ok());
    let per = table.positive("per", currency).map(Earn::Paid);
    let stamps = pieces(&table, "stamps").map(Earn::Pieces);
    let off = table.positive("amount_off", currency).map(Reward::Off);
    let free = pieces(&table, "free").map(Reward::Free);
    let one_of = |keys: [&'static str; 2], what: &str| {
        if keys.iter().filter(|key| table.has(key)).count() != 1 {
            table.file.find_at(&table.place(), format!("a scheme says {what}"));
        }
    };
    one_of(["per", "stamps"], "what earns: either `per`, a point for so much paid, or `stamps`, one for each piece");
    one_of(["amount_off", "free"], "what they are for: either `amount_off`, or `free`, a piece");
    table.done();
    let (code, earn, reward) = (code?, per.or(stamps)?, off.or(free)?);
    Some((code.clone(), Scheme { code: code.value, name: name?.value, earn, at: at?, reward }))
}

fn pieces(table: &Table, key: &'static str) -> Option<crate::domain::schedule::Which> {
    let table = table.table(key)?;
    let which = which(&table);
    table.done();
    Some(which)
}
