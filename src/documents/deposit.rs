//! The paper of a deposit: for whoever gave it; or of one that is given back.

use crate::documents::receipt::{header, training};
use crate::documents::{Align, Block, Document, DocumentKind, Span, Style};
use crate::domain::customer::{Deposit, Received};
use crate::domain::settings::Settings;

const LARGE: Style = Style { bold: true, wide: true, tall: true, reverse: false, underline: false };

/// A deposit that was taken on an order; or what of it is given back, to be signed where that is without a sale.
pub fn deposit(deposit: &Deposit, received: &Received, staff_name: &str, settings: &Settings) -> Document {
    let payment = &received.payment;
    let taken = payment.amount.is_positive();
    let mut blocks = header(settings, settings.training);
    blocks.push(Block::styled(Align::Centre, LARGE, if taken { "DEPOSIT" } else { "DEPOSIT BACK" }));
    blocks.push(Block::row(2, &deposit.about, payment.at.show()));
    blocks.push(Block::row(2, format!("Register {}", payment.register), staff_name));
    blocks.push(Block::Rule);
    let amount = Span::new(LARGE, settings.currency.show(payment.amount.abs()));
    blocks.push(Block::Row { left: vec![Span::new(LARGE, &payment.name)], right: amount, hang: 0 });
    let words = match taken {
        true => "It is taken off the bill; what is over goes back",
        false => "No sale: the tax is on the receipt",
    };
    blocks.push(Block::styled(Align::Centre, Style::default(), words));
    if !deposit.reason.is_empty() {
        blocks.push(Block::row(2, "Reason", &deposit.reason));
        blocks.extend([Block::Feed(2), Block::text("Signature"), Block::Rule]);
    }
    blocks.extend(training(settings.training));
    let title = format!("Deposit on {}", deposit.about);
    Document { kind: DocumentKind::Slip, title, blocks, opens_drawer: payment.opens_drawer, cut: true }
}
