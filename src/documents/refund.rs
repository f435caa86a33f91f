//! The paper of a refund: what came back, of which sale, and how the money was given back.

use crate::documents::receipt::{Paper, header, register, training};
use crate::documents::{Align, Block, Document, DocumentKind, Span, Style};
use crate::domain::refund::Refund;
use crate::domain::settings::Settings;

const LARGE: Style = Style { bold: true, wide: true, tall: true, reverse: false, underline: false };

/// A refund; it opens the drawer when any of the money comes out of it.
pub fn refund(refund: &Refund, settings: &Settings) -> Document {
    let paper = Paper { currency: refund.currency, settings };
    let practice = refund.training || settings.training;
    let mut blocks = header(settings, practice);
    blocks.push(Block::styled(Align::Centre, LARGE, "REFUND"));
    blocks.push(Block::row(2, format!("Refund {}", refund.number), refund.at.show()));
    blocks.push(match &refund.of {
        Some(of) => Block::row(
            2,
            format!("Of receipt {}", of.receipt),
            format!("{}, {}", register(of.register), of.business_date),
        ),
        None => Block::row(2, "Without a receipt", ""),
    });
    blocks.push(Block::row(2, register(refund.register), refund.staff_name.clone()));
    blocks.push(Block::Rule);
    blocks.extend(paper.lines(&refund.lines, &refund.totals));
    blocks.push(Block::Rule);
    blocks.extend(paper.sums(&refund.lines, &refund.totals, &[], refund.rounding));
    blocks.push(Block::text("Given back"));
    blocks.extend(refund.payments.iter().flat_map(|p| paper.payment(p)));
    blocks.extend(paper.taxes(&refund.totals));
    blocks.push(Block::Row { left: vec![Span::plain("Reason")], right: Span::plain(&refund.reason), hang: 2 });
    blocks.push(Block::Feed(2));
    blocks.push(Block::text("Signature"));
    blocks.push(Block::Rule);
    blocks.extend(training(practice));
    Document {
        kind: DocumentKind::Slip,
        title: format!("Refund {}", refund.number),
        blocks,
        opens_drawer: refund.payments.iter().any(|p| p.opens_drawer),
        cut: true,
    }
}
