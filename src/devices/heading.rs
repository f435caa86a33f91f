//! What stands above a job that comes out again, late, or on another printer than its own.

use crate::devices::printer::Printer;
use crate::devices::{encode, job};
use crate::documents::{Align, Block, Document, DocumentKind, Style};
use crate::domain::spool::{Job, NewJob};
use crate::domain::time::Stamp;

const LOUD: Style = Style { bold: true, wide: true, tall: true, reverse: true, underline: false };
const MARKED: Style = Style { bold: true, reverse: true, wide: false, tall: false, underline: false };

/// The marks of a job that is sent now, as bytes; empty when it needs none.
pub(super) fn marks(job: &Job, printer: &Printer, now: Stamp) -> Vec<u8> {
    let mut blocks = Vec::new();
    if let times @ 1.. = job.attempts.saturating_sub(1) {
        blocks.push(centred(MARKED, format!("REPRINT {times} - POSSIBLE DUPLICATE")));
        blocks.push(centred(Style::default(), format!("first printed {}", job.queued.show())));
    }
    if now.since_ms(job.queued) > printer.stale_after_ms {
        blocks.push(centred(MARKED, format!("PRINTED LATE {}", now.show_time())));
        blocks.push(centred(Style::default(), format!("ordered {}", job.queued.show())));
    }
    if blocks.is_empty() {
        return Vec::new();
    }
    let title = job.title.clone();
    encode(&Document { kind: DocumentKind::Copy, title, blocks, opens_drawer: false, cut: false }, printer)
}

fn centred(style: Style, words: String) -> Block {
    Block::styled(Align::Centre, style, words)
}

/// The job for another printer: headed with the station it is for, and with a request to carry it
/// there unless somebody cooks where it comes out. A drawer is never opened elsewhere. `None` when
/// nothing of it prints, or it is not known any more.
pub fn elsewhere(old: &Job, to: &Printer) -> Option<NewJob> {
    let mut document: Document = serde_json::from_str(old.document.as_deref()?).ok()?;
    document.opens_drawer = false;
    if let Some(station) = &old.station
        && !to.stations.contains(station)
    {
        let mut heading = vec![centred(LOUD, format!("FOR: {}", station.to_uppercase()))];
        if to.stations.is_empty() {
            heading.push(centred(MARKED, "Its printer does not work: carry it through".to_owned()));
        }
        heading.push(Block::Rule);
        document.blocks.splice(0..0, heading);
    }
    let new = job(&document, to, old.station.as_deref());
    Some(NewJob { title: old.title.clone(), kind: old.kind.clone(), instead_of: Some(old.id), ..new })
}
