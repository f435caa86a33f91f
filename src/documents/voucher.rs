//! The paper of a voucher.

use crate::documents::receipt::{header, training};
use crate::documents::{Align, Block, Document, DocumentKind, Span, Style};
use crate::domain::settings::Settings;
use crate::domain::tender::Payment;
use crate::domain::voucher::{PREFIX, Voucher, masked};

const BOLD: Style = Style { bold: true, wide: false, tall: false, reverse: false, underline: false };
const LARGE: Style = Style { bold: true, wide: true, tall: true, reverse: false, underline: false };

/// A voucher that was sold, for whoever it is given to; or the slip of one that was paid out.
pub fn voucher(voucher: &Voucher, payment: &Payment, staff_name: &str, settings: &Settings) -> Document {
    let show = |amount| settings.currency.show(amount);
    let sold = payment.amount.is_positive();
    let mut blocks = header(settings, settings.training);
    blocks.push(Block::styled(Align::Centre, LARGE, if sold { "VOUCHER" } else { "VOUCHER PAID OUT" }));
    blocks.push(Block::Row {
        left: vec![Span::new(LARGE, settings.currency.code())],
        right: Span::new(LARGE, show(payment.amount.abs())),
        hang: 0,
    });
    if sold {
        blocks.push(Block::styled(Align::Centre, BOLD, &voucher.code));
        blocks.push(Block::Qr(format!("{PREFIX}{}", voucher.code)));
        if let Some(expires) = voucher.expires {
            blocks.push(Block::styled(Align::Centre, Style::default(), format!("Valid until {expires}")));
        }
        blocks.push(Block::styled(Align::Centre, Style::default(), "Whoever has the code has the money"));
        blocks.push(Block::styled(Align::Centre, Style::default(), "Can be used in parts"));
    } else {
        blocks.push(Block::row(2, "Voucher", masked(&voucher.code)));
    }
    blocks.push(Block::Rule);
    blocks.push(Block::row(2, &payment.name, show(payment.amount)));
    blocks.push(Block::row(2, format!("Register {}", payment.register), payment.at.show()));
    blocks.push(Block::row(2, "By", staff_name));
    blocks.push(Block::styled(Align::Centre, Style::default(), "No sale: taxed when it is used"));
    if !sold {
        blocks.extend([Block::Feed(2), Block::text("Signature"), Block::Rule]);
    }
    blocks.extend(training(settings.training));
    let title = format!("Voucher {}", masked(&voucher.code));
    Document { kind: DocumentKind::Slip, title, blocks, opens_drawer: payment.opens_drawer, cut: true }
}
