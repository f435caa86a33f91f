//! Slips for the drawer.

use crate::documents::{Align, Block, Document, DocumentKind, Span, Style};
use crate::domain::ids::RegisterId;
use crate::domain::settings::Settings;
use crate::domain::shift::CashMove;
use crate::domain::time::Stamp;
use crate::domain::work::Work;

/// The slip of a drawer opened without a sale, which it opens.
pub fn no_sale(reason: &str, staff_name: &str, register: RegisterId, settings: &Settings, now: Stamp) -> Document {
    let large = Style { bold: true, wide: true, tall: true, ..Style::default() };
    let mut blocks = vec![
        Block::styled(Align::Centre, Style::default(), &settings.business.name),
        Block::styled(Align::Centre, large, "NO SALE"),
        Block::row(2, format!("Register {register}"), now.show()),
        Block::row(2, "Opened by", staff_name),
        Block::row(2, "Reason", reason),
    ];
    if settings.training {
        blocks.push(Block::styled(Align::Centre, large, "TRAINING"));
    }
    Document { kind: DocumentKind::Slip, title: "No sale".to_owned(), blocks, opens_drawer: true, cut: true }
}

/// The slip of cash that moved without a sale; the drawer opens for it.
pub fn cash(cash: &CashMove, staff_name: &str, register: RegisterId, settings: &Settings) -> Document {
    let large = Style { bold: true, wide: true, tall: true, ..Style::default() };
    let title = match cash.undoes {
        Some(number) => format!("{} {number} TAKEN BACK", cash.kind.words()),
        None => cash.kind.words().to_owned(),
    };
    let amount = Span::new(large, settings.currency.show(cash.amount));
    let mut blocks = vec![
        Block::styled(Align::Centre, Style::default(), &settings.business.name),
        Block::styled(Align::Centre, large, title.to_uppercase()),
        Block::Row { left: vec![Span::new(large, settings.currency.code())], right: amount, hang: 0 },
        Block::row(2, format!("Register {register}, move {}", cash.number), cash.at.show()),
        Block::row(2, "By", staff_name),
        Block::row(2, "For", &cash.reason),
        Block::Feed(2),
        Block::text("Signature"),
        Block::Rule,
    ];
    if settings.training {
        blocks.push(Block::styled(Align::Centre, large, "TRAINING"));
    }
    Document { kind: DocumentKind::Slip, title, blocks, opens_drawer: true, cut: true }
}

/// The slip of somebody who clocked out: their time, breaks, and the tips they declared.
pub fn clocked_out(work: &Work, staff_name: &str, settings: &Settings, now: Stamp) -> Document {
    let large = Style { bold: true, wide: true, tall: true, ..Style::default() };
    let time = |minutes: i64| format!("{}:{:02}", minutes / 60, minutes % 60);
    let mut blocks = vec![
        Block::styled(Align::Centre, Style::default(), &settings.business.name),
        Block::styled(Align::Centre, large, staff_name),
        Block::row(2, "Came", work.began.show()),
        Block::row(2, "Left", work.ended.unwrap_or(now).show()),
        Block::row(2, "Breaks", time(work.break_min(now))),
        Block::row(2, "Worked", time(work.worked_min(now, &settings.hours))),
    ];
    if !work.tips.is_zero() {
        blocks.push(Block::row(2, format!("Tips declared, {}", settings.currency), settings.currency.show(work.tips)));
    }
    blocks.extend([Block::Feed(2), Block::text("Signature"), Block::Rule]);
    if settings.training {
        blocks.push(Block::styled(Align::Centre, large, "TRAINING"));
    }
    Document {
        kind: DocumentKind::Slip,
        title: format!("Hours of {staff_name}"),
        blocks,
        opens_drawer: false,
        cut: true,
    }
}

/// Nothing but the drawer's pulse: no paper, no cut.
pub fn drawer() -> Document {
    Document {
        kind: DocumentKind::Slip,
        title: "Drawer".to_owned(),
        blocks: Vec::new(),
        opens_drawer: true,
        cut: false,
    }
}
