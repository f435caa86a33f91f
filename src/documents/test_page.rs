//! A page by which people see whether a printer is set up rightly.

use crate::documents::{Align, Block, Document, DocumentKind, Span, Style};
use crate::domain::time::Stamp;

/// Characters of many countries: what the printer lacks comes out as what is written instead.
const CHARACTERS: [&str; 8] = [
    "äöüß ÄÖÜ àâçéèêëîïôûù œæ",
    "áéíñóú ¿¡ ãõ åøæ ÅØÆ þð",
    "ąćęłńóśźż čďěňřšťůž őű șț",
    "€ £ ¥ ½ ¼ ° × « » „ “ ” – …",
    "ΑΒΓΔ αβγδ ΣΟΥΒΛΑΚΙ",
    "АБВГ абвг Борщ",
    "עברית العربية فلافل",
    "ไทย น้ำส้ม 中文 豆腐 日本語 한국어",
];

/// The test page of a printer that takes so many columns.
pub fn test_page(name: &str, about: &str, columns: usize, now: Stamp) -> Document {
    let plain = Style::default();
    let large = Style { bold: true, wide: true, tall: true, ..plain };
    let ruler: String = (1..=columns).map(|n| char::from(b'0' + (n % 10) as u8)).collect();
    let mut blocks = vec![
        Block::Logo(crate::documents::receipt::LOGO.to_owned()),
        Block::styled(Align::Centre, large, name.to_uppercase()),
        Block::styled(Align::Centre, plain, about),
        Block::styled(Align::Centre, plain, now.show()),
        Block::Rule,
        Block::text(ruler),
        Block::text("The digits fill the line and no more: the columns are right."),
        Block::text("at the left"),
        Block::styled(Align::Centre, plain, "in the middle"),
        Block::styled(Align::Right, plain, "at the right"),
        Block::row(2, "Flat white", "3.20"),
        Block::Rule,
    ];
    let styles = [
        ("bold", Style { bold: true, ..plain }),
        ("underlined", Style { underline: true, ..plain }),
        ("white on black, or red", Style { reverse: true, ..plain }),
        ("wide", Style { wide: true, ..plain }),
        ("tall", Style { tall: true, ..plain }),
        ("LARGE", large),
    ];
    for (words, style) in styles {
        blocks.push(Block::Text { spans: vec![Span::new(style, words)], align: Align::Left, hang: 0 });
    }
    blocks.push(Block::Rule);
    blocks.extend(CHARACTERS.map(Block::text));
    blocks.push(Block::Rule);
    blocks.push(Block::Qr("CounterFlow test".to_owned()));
    blocks.push(Block::Barcode("TEST-42".to_owned()));
    blocks.push(Block::text("The paper is cut below this line, if the printer cuts."));
    let title = format!("Test of {name}");
    Document { kind: DocumentKind::Test, title, blocks, opens_drawer: false, cut: true }
}
