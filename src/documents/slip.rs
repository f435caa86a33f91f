//! Slips for the drawer.

use crate::documents::{Align, Block, Document, DocumentKind, Style};
use crate::domain::ids::RegisterId;
use crate::domain::settings::Settings;
use crate::domain::time::Stamp;

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
