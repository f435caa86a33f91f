//! `counterflow ring`: the till's typed grammar without a screen. A line in, a JSON object out; the
//! same parser and the same screen state as at the till.
//!
//! A line is what a cashier types, then Enter: `2*4011`, `*5`, `:hold Anna`. While a dialog is open
//! the line answers it. Keys in angle brackets are pressed: `2000<F12>`. `@2026-01-31T11:38:36` sets
//! the clock of a training or demo store; `#` begins a comment.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::{Failure, Place, Result, say};
use crate::domain::components::with_components;
use crate::domain::order::{Line, Order};
use crate::domain::tender::Payment;
use crate::domain::totals;
use crate::session::clock::{Clock, SetClock, SystemClock};
use crate::session::config::Config;
use crate::session::{Flow, Options, Outcome, Session};
use crate::ui::AfterPin;
use crate::ui::screen::Tone;
use crate::ui::script::inputs;
use crate::ui::state::Dialog;

/// How long the printers may take at the end.
pub(super) const DRAIN: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(super) struct RingArgs {
    /// The file of lines; `-` or nothing for standard input
    file: Option<PathBuf>,
    /// Who rings; their PIN comes from COUNTERFLOW_PIN
    #[arg(long = "as", value_name = "STAFF")]
    staff: String,
}

pub(super) fn run(place: &Place, args: RingArgs) -> Result {
    let lines: Box<dyn BufRead> = match args.file.as_deref() {
        None => Box::new(std::io::stdin().lock()),
        Some(path) if path.as_os_str() == "-" => Box::new(std::io::stdin().lock()),
        Some(path) => {
            let file = File::open(path).map_err(|e| Failure::usage(format!("{}: {e}", path.display())))?;
            Box::new(BufReader::new(file))
        }
    };
    let training = Config::read(&place.config)?.settings.training;
    let clock: Box<dyn Clock> = if training { Box::new(SetClock::default()) } else { Box::new(SystemClock) };
    let options = Options {
        data: place.data.clone(),
        config: place.config.clone(),
        register: place.register,
        clock,
        greeting: Vec::new(),
        watermark: None,
    };
    let mut session = Session::open(options)?;
    let signed_in = sign_in(&mut session, &args.staff);
    session.start_printers(|_| {});
    let done = signed_in.and_then(|()| ring(&mut session, lines));
    let left = session.drain_printers(DRAIN);
    if left > 0 {
        say(&format!("{left} print jobs still wait: `counterflow spool list` shows them"));
    }
    session.close();
    if done? > 0 { Err(Failure { code: 1, words: String::new() }) } else { Ok(()) }
}

/// Signs somebody in by their name, with the PIN of the environment.
pub(super) fn sign_in(session: &mut Session, name: &str) -> Result {
    let pin = std::env::var("COUNTERFLOW_PIN")
        .map_err(|_| Failure::usage("the PIN is missing: put it into COUNTERFLOW_PIN"))?;
    let wanted = crate::domain::text::fold(name);
    let there = session.till.staff.values().any(|s| s.active && crate::domain::text::fold(&s.name) == wanted);
    if !there {
        return Err(Failure::usage(format!("nobody named {name} works here")));
    }
    session.pin(&pin, AfterPin::SignIn);
    match session.till.actor() {
        Some(actor) if crate::domain::text::fold(&actor.name) == wanted => Ok(()),
        Some(actor) => Err(Failure::finding(format!("that is the PIN of {}, not of {name}", actor.name))),
        None => Err(Failure::finding(session.said())),
    }
}

/// Rings line by line; returns how many were refused.
fn ring(session: &mut Session, lines: Box<dyn BufRead>) -> Result<u64> {
    let mut out = std::io::stdout().lock();
    let mut refused = 0;
    for (number, line) in (1_u64..).zip(lines.lines()) {
        let line = line?;
        let text = line.trim();
        if text.starts_with('#') {
            continue;
        }
        // What is typed where a PIN is asked stands in no output.
        let asks_pin = session.till.signed_in.is_none()
            || matches!(session.ui.kept.dialogs.last(), Some(Dialog::Override { .. } | Dialog::Secret { .. }));
        let (ok, quit) = one(session, text);
        refused += u64::from(!ok);
        let answer = answer(session, number, if asks_pin { "***" } else { text }, ok);
        writeln!(out, "{answer}").and_then(|()| out.flush())?;
        if quit {
            break;
        }
    }
    Ok(refused)
}

/// Rings one line. Returns whether it was not refused, and whether it left the till.
fn one(session: &mut Session, text: &str) -> (bool, bool) {
    if let Some(time) = text.strip_prefix('@')
        && let Ok(time) = chrono::NaiveDateTime::parse_from_str(time, "%Y-%m-%dT%H:%M:%S")
    {
        session.outcomes.clear();
        return match session.set_clock(time) {
            Ok(()) => {
                session.ui.say(Tone::Good, format!("The clock says {}", time.format("%Y-%m-%d %H:%M:%S")));
                (true, false)
            }
            Err(why) => {
                session.ui.say(Tone::Bad, why);
                (false, false)
            }
        };
    }
    let mut outcomes = Vec::new();
    let mut quit = false;
    let dialog_before = session.screen().dialog.map(|d| d.title);
    let inputs = match inputs(text) {
        Ok(inputs) => inputs,
        Err(why) => {
            session.outcomes.clear();
            session.ui.say(Tone::Bad, why);
            return (false, false);
        }
    };
    for input in inputs {
        quit |= session.step(input) == Flow::Quit;
        outcomes.append(&mut session.outcomes);
    }
    session.outcomes = outcomes;
    let refused = session.outcomes.iter().any(|o| !matches!(o, Outcome::Done(_)));
    let said = session.ui.message.as_ref().map(|(tone, _)| *tone);
    // A warning that neither changed nor asked anything tells why nothing was done.
    let nothing = session.outcomes.is_empty() && session.screen().dialog.map(|d| d.title) == dialog_before;
    let undone = said == Some(Tone::Bad) || (said == Some(Tone::Warn) && nothing);
    (!refused && !undone, quit)
}

fn answer(session: &Session, number: u64, input: &str, ok: bool) -> Value {
    let till = &session.till;
    let screen = session.screen();
    let mut events = Vec::new();
    let mut receipt = Value::Null;
    for outcome in &session.outcomes {
        if let Outcome::Done(done) = outcome {
            for event in done {
                let value = serde_json::to_value(event).unwrap_or_default();
                events.push(value.get("kind").cloned().unwrap_or_default());
                if let crate::domain::event::Event::SaleCompleted { sale, .. } = event {
                    receipt = json!({
                        "receipt": sale.receipt, "total": show(session, sale.totals.total),
                        "rounding": show(session, sale.rounding), "change": show(session, sale.change),
                        "tips": show(session, sale.tips),
                        "payments": payments(session, &sale.payments),
                    });
                }
            }
        }
    }
    json!({
        "line": number,
        "input": input,
        "ok": ok,
        "said": screen.input.echo.text,
        "dialog": screen.dialog.map(|d| d.title),
        "events": events,
        "order": till.current().map(|order| order_json(session, order)),
        "sale": receipt,
    })
}

fn show(session: &Session, amount: crate::domain::money::Money) -> String {
    session.till.settings.currency.show(amount)
}

fn order_json(session: &Session, order: &Order) -> Value {
    let totals = totals::of(order, &session.till.settings);
    let lines: Vec<Value> = order
        .lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.is_live() && line.is_rung())
        .map(|(at, line)| {
            let part = with_components(&order.lines, &totals.lines, at);
            let component = |component: &Line| {
                json!({ "item": component.item, "name": component.name, "quantity": component.quantity.to_string(),
                        "gross": show(session, component.gross()), "sent": component.sent().to_string() })
            };
            let components: Vec<Value> = order.components(line.id).into_iter().map(component).collect();
            let modifiers: Vec<String> = line.modifiers.iter().map(|m| m.label()).collect();
            json!({
                "line": line.id, "item": line.item, "name": line.name, "quantity": line.quantity.to_string(),
                "price": show(session, line.unit_price), "modifiers": modifiers, "seat": line.seat, "gross": show(session, part.gross),
                "discount": show(session, part.discount), "kitchen_note": line.kitchen_note, "sent": line.sent().to_string(),
                "customer_note": line.customer_note, "components": components,
            })
        })
        .collect();
    json!({
        "number": order.number, "name": order.face.name, "type": order.face.order_type, "table": order.face.table,
        "covers": order.face.covers, "server": session.till.name_of(order.server), "lines": lines,
        "total": show(session, totals.total), "paid": show(session, order.paid()),
        "due": show(session, order.due(totals.total)),
        "payments": payments(session, &order.payments),
    })
}

fn payments(session: &Session, payments: &[Payment]) -> Vec<Value> {
    let payment = |p: &Payment| {
        json!({
            "tender": p.tender, "amount": show(session, p.amount), "tendered": show(session, p.tendered),
            "reference": p.reference.text, "last_four": p.reference.last_four,
        })
    };
    payments.iter().map(payment).collect()
}
