//! What there is, for whoever administers it: businesses, stores, registers and how far each has come, tokens.

use deadpool_postgres::Object;
use serde_json::Value;
use uuid::Uuid;

use super::failure::Result;
use super::routes::TERMINAL_STATE;

/// The lines of a business, or of all.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn lines(connection: &Object, tenant: Option<Uuid>) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    let sql = "SELECT tenant_id, name FROM tenants WHERE $1::uuid IS NULL OR tenant_id = $1 ORDER BY tenant_id";
    for row in connection.query(sql, &[&tenant]).await? {
        let id: Uuid = row.get(0);
        lines.push(format!("{}  tenant {id}", row.get::<_, String>(1)));
        let stores = "SELECT store_id, name FROM stores WHERE tenant_id = $1 ORDER BY store_id";
        for row in connection.query(stores, &[&id]).await? {
            let store: Uuid = row.get(0);
            lines.push(format!("  {}  store {store}", row.get::<_, String>(1)));
            let states = format!("{TERMINAL_STATE} WHERE t.tenant_id = $1 AND t.store_id = $2 ORDER BY t.terminal_id");
            for row in connection.query(&states, &[&id, &store]).await? {
                lines.push(format!("    {}", register(&row.get(0))));
            }
        }
        let tokens = "SELECT name, role, revoked IS NOT NULL FROM tokens WHERE tenant_id = $1 ORDER BY created";
        for row in connection.query(tokens, &[&id]).await? {
            let revoked = if row.get(2) { ", revoked" } else { "" };
            lines.push(format!("  token `{}`: {}{revoked}", row.get::<_, String>(0), row.get::<_, String>(1)));
        }
    }
    Ok(lines)
}

/// `register 1  terminal ID: 17 taken in, seen 2026-11-26 04:07 UTC`.
fn register(state: &Value) -> String {
    let time = |key: &str| {
        // PostgreSQL writes it in the zone of its own.
        let at = chrono::DateTime::parse_from_rfc3339(state[key].as_str()?).ok()?;
        Some(at.to_utc().format("%Y-%m-%d %H:%M UTC").to_string())
    };
    let mut words = format!("register {}  terminal {}: ", state["register"], state["terminal"].as_str().unwrap_or("?"));
    words.push_str(&match state["acked_through"].as_u64() {
        Some(0) | None => "nothing taken in yet".to_owned(),
        Some(through) => format!("taken in up to number {through}"),
    });
    let gaps: Vec<String> = state["gaps"].as_array().into_iter().flatten().map(|gap| gap["seq"].to_string()).collect();
    if !gaps.is_empty() {
        words.push_str(&format!(", set aside: {}", gaps.join(", ")));
    }
    if let Some(conflicts @ 1..) = state["conflicts"].as_u64() {
        words.push_str(&format!(", in conflict: {conflicts}"));
    }
    words.push_str(&match time("seen") {
        Some(seen) => format!(", last heard {seen}"),
        None => ", never heard".to_owned(),
    });
    if let Some(revoked) = time("revoked") {
        words.push_str(&format!(", REVOKED {revoked}"));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_register_says_how_far_it_has_come() {
        let quiet = json!({ "register": 1, "terminal": "T", "acked_through": 0, "gaps": [], "conflicts": 0,
                            "seen": null, "revoked": null });
        assert_eq!(register(&quiet), "register 1  terminal T: nothing taken in yet, never heard");
        let busy = json!({ "register": 2, "terminal": "T", "acked_through": 17, "gaps": [{ "seq": 18 }, { "seq": 20 }],
                           "conflicts": 1, "seen": "2026-11-26T04:07:09.1+00:00", "revoked": "2026-11-27T11:00:00+01:00" });
        assert_eq!(
            register(&busy),
            "register 2  terminal T: taken in up to number 17, set aside: 18, 20, in conflict: 1, last heard \
             2026-11-26 04:07 UTC, REVOKED 2026-11-27 10:00 UTC"
        );
    }
}
