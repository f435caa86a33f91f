//! The sheets of a stock take: the one to count on, and the one that says what the books said, what was counted, and
//! the difference.

use crate::documents::receipt::training;
use crate::documents::{Align, Block, Document, DocumentKind, Style};
use crate::domain::quantity::Quantity;
use crate::domain::settings::Settings;
use crate::domain::stock::{StockKind, StockMove};
use crate::domain::time::Stamp;

const BOLD: Style = Style { bold: true, wide: false, tall: false, reverse: false, underline: false };
const LARGE: Style = Style { bold: true, wide: true, tall: true, reverse: false, underline: false };

/// A sheet to take along to the shelf: every good in the order in which it is asked, and a line to write on. What the
/// books say is not on it.
pub fn sheet(staff_name: &str, settings: &Settings, now: Stamp) -> Document {
    let mut blocks: Vec<Block> = training(settings.training);
    blocks.push(Block::styled(Align::Centre, LARGE, "TO COUNT"));
    blocks.push(Block::row(2, staff_name, now.show()));
    blocks.push(Block::Rule);
    for good in &settings.goods {
        blocks.push(Block::row(2, format!("{}, {}", good.name, good.unit), "__________"));
        blocks.push(Block::Feed(1));
    }
    blocks.extend([Block::Feed(1), Block::text("Counted by"), Block::Rule]);
    blocks.extend(training(settings.training));
    let title = "Sheet to count on".to_owned();
    Document { kind: DocumentKind::Report, title, blocks, opens_drawer: false, cut: true }
}

/// The sheet; none for a delivery or for what was thrown away.
pub fn counted(moves: &[StockMove], staff_name: &str, settings: &Settings, now: Stamp) -> Option<Document> {
    if moves.iter().any(|one| one.kind != StockKind::Counted) {
        return None;
    }
    let mut blocks: Vec<Block> = training(settings.training);
    blocks.push(Block::styled(Align::Centre, LARGE, "STOCK TAKE"));
    blocks.push(Block::row(2, staff_name, now.show()));
    for one in moves {
        let unit = settings.goods.iter().find(|good| good.code == one.good).map_or("", |good| good.unit.as_str());
        blocks.push(Block::Rule);
        blocks.push(Block::styled(Align::Left, BOLD, format!("{}, {unit}", one.name)));
        blocks.push(Block::row(2, "  Books", one.before.to_string()));
        blocks.push(Block::row(2, "  Counted", (one.before + one.quantity).to_string()));
        let difference = match one.quantity {
            Quantity::ZERO => "right".to_owned(),
            more if more > Quantity::ZERO => format!("over {more}"),
            less => format!("SHORT {}", -less),
        };
        blocks.push(Block::row(2, "  Difference", difference));
    }
    blocks.extend([Block::Feed(2), Block::text("Signature"), Block::Rule]);
    blocks.extend(training(settings.training));
    let title = "Stock take".to_owned();
    Some(Document { kind: DocumentKind::Report, title, blocks, opens_drawer: false, cut: true })
}
