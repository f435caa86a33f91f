//! `counterflow printers`: what is configured, whether it can be reached, and what is plugged in.

use serde_json::json;

use crate::cli::{Place, Result, print, print_json};
use crate::devices::address::Address;
use crate::devices::discover;
use crate::session::read_config;
use crate::tui::wrap;

/// Columns of what is said of a printer, on a terminal of 80.
const SAYS_COLUMNS: u16 = 64;

/// What is configured, and below it how it is.
fn configured(name: &str, port: &str, says: &str) -> String {
    let says = wrap(says, SAYS_COLUMNS).join("\n               ");
    format!("  {name:<12} {port}\n               {says}\n")
}

pub(super) fn run(place: &Place) -> Result {
    let (_, printers, _) = read_config(&place.config)?;
    let looked: Vec<_> = printers.iter().map(|p| (p, discover::reach(p))).collect();
    let found = discover::plugged_in();
    if place.json {
        let configured: Vec<_> = looked
            .iter()
            .map(|(p, reach)| {
                let (reached, says) = match reach {
                    Ok(says) => (true, says),
                    Err(says) => (false, says),
                };
                json!({ "name": p.name, "port": p.address.to_string(), "profile": p.profile.name,
                        "columns": p.columns(), "reached": reached, "says": says })
            })
            .collect();
        let plugged: Vec<_> = found.iter().map(|f| json!({ "port": f.port, "is": f.about })).collect();
        return print_json(&json!({ "configured": configured, "plugged_in": plugged }));
    }
    let mut text = String::from("Configured:\n");
    if looked.is_empty() {
        text.push_str("  none; printers.toml lists them, and docs/printing.md says how\n");
    }
    for (printer, reach) in &looked {
        let says = match reach {
            Ok(says) => format!("ok, {says}"),
            Err(says) => says.clone(),
        };
        text.push_str(&configured(&printer.name, &format!("{}, {}", printer.address, printer.profile.name), &says));
    }
    let serial = |address: &Address, baud| match address {
        Address::Serial(name) => discover::serial_port(name, baud).unwrap_or_else(|why| why),
        other => format!("at {other}"),
    };
    for display in &printers.displays {
        let (address, name) = (display.address(), format!("display {}", display.register()));
        text.push_str(&configured(&name, &address.to_string(), &serial(address, display.baud())));
    }
    for scale in &printers.scales {
        let (address, name) = (scale.address(), format!("scale {}", scale.register()));
        text.push_str(&configured(&name, &address.to_string(), &serial(address, scale.baud())));
    }
    text.push_str("Plugged in:\n");
    if found.is_empty() {
        text.push_str("  nothing was found\n");
    }
    for one in &found {
        text.push_str(format!("  {:<28} {}", one.port, one.about).trim_end());
        text.push('\n');
    }
    print(&text)
}
