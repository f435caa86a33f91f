//! Paper of house accounts: the slip of money paid on one, and what is owed with how it came to that.
//!
//! A slip names an account by its number. The statement is for the customer and names them; it is not kept.

use crate::documents::receipt::{header, training};
use crate::documents::{Align, Block, Document, DocumentKind, Span, Style};
use crate::domain::customer::{Account, Move, Received};
use crate::domain::money::Money;
use crate::domain::settings::Settings;
use crate::domain::time::Stamp;

const BOLD: Style = Style { bold: true, wide: false, tall: false, reverse: false, underline: false };
const LARGE: Style = Style { bold: true, wide: true, tall: true, reverse: false, underline: false };

/// How many movements a statement lists; those before are one sum.
const MOST_MOVES: usize = 40;

/// The slip of money that was paid on a house account, or goes back since that was a mistake. It opens the drawer where the money goes there.
pub fn received(received: &Received, staff_name: &str, settings: &Settings) -> Option<Document> {
    let show = |amount: Money| settings.currency.show(amount);
    let payment = &received.payment;
    let number = received.account?.number;
    let mut blocks = header(settings, settings.training);
    let back = received.takes_back.as_ref();
    let words = if back.is_some() { "PAYMENT TAKEN BACK" } else { "PAID ON ACCOUNT" };
    blocks.push(Block::styled(Align::Centre, LARGE, words));
    blocks.push(Block::row(2, format!("Account {number}"), payment.at.show()));
    blocks.push(Block::row(2, format!("Register {}", payment.register), staff_name));
    blocks.push(Block::Rule);
    let left = vec![Span::new(LARGE, &payment.name)];
    blocks.push(Block::Row { left, right: Span::new(LARGE, show(payment.amount)), hang: 0 });
    blocks.push(stands(received.owes, settings));
    blocks.push(Block::Feed(1));
    blocks.push(Block::styled(Align::Centre, BOLD, "No sale: the tax was on the receipts"));
    if let Some(back) = back {
        blocks.push(Block::row(2, "Reason", &back.reason));
        blocks.extend([Block::Feed(2), Block::text("Signature"), Block::Rule]);
    }
    blocks.extend(training(settings.training));
    let title = match back {
        Some(_) => format!("Payment on account {number} taken back"),
        None => format!("Payment on account {number}"),
    };
    Some(Document { kind: DocumentKind::Slip, title, blocks, opens_drawer: payment.opens_drawer, cut: true })
}

/// What a customer owes, movement by movement.
pub fn statement(name: &str, account: &Account, moves: &[Move], settings: &Settings, now: Stamp) -> Document {
    let show = |amount: Money| settings.currency.show(amount);
    let mut blocks = header(settings, settings.training);
    blocks.push(Block::styled(Align::Centre, LARGE, "STATEMENT"));
    blocks.push(Block::row(2, format!("Account {}", account.number), now.show()));
    blocks.push(Block::styled(Align::Left, BOLD, name));
    blocks.push(Block::Rule);
    let before = moves.len().saturating_sub(MOST_MOVES);
    if before > 0 {
        let sum: Money = moves.iter().take(before).map(|m| m.amount).sum();
        blocks.push(Block::row(2, "Carried forward", show(sum)));
    }
    for one in moves.iter().skip(before) {
        blocks.push(Block::row(2, format!("{} {}", one.date, one.what), show(one.amount)));
    }
    if moves.is_empty() {
        blocks.push(Block::text("Nothing was charged yet"));
    }
    blocks.push(Block::Rule);
    blocks.push(stands(account.owes, settings));
    if let Some(limit) = account.limit {
        blocks.push(Block::row(2, "Limit", show(limit)));
    }
    blocks.extend(training(settings.training));
    let title = statement_title(account.number);
    Document { kind: DocumentKind::Report, title, blocks, opens_drawer: false, cut: true }
}

/// What lists call the statement of an account.
pub fn statement_title(number: u32) -> String {
    format!("Statement of account {number}")
}

/// What is owed after all, or what the house owes.
fn stands(owes: Money, settings: &Settings) -> Block {
    let words = if owes.is_negative() { "In credit" } else { "Owed" };
    let amount = Span::new(BOLD, settings.currency.show(owes.abs()));
    Block::Row { left: vec![Span::new(BOLD, words)], right: amount, hang: 0 }
}
