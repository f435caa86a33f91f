//! What is only looked at: how a line came to its price.

use crate::domain::explain::{self, Kind};
use crate::domain::ids::LineId;
use crate::domain::till::Till;
use crate::ui::Request;
use crate::ui::screen::{Dialog as Shown, ListRow, Text, Tone};
use crate::ui::state::{Dialog, Show, Ui};

/// Opens what there is to look at, and says the gist of it where nobody has a screen.
fn open(ui: &mut Ui, what: Show, gist: String) -> Vec<Request> {
    ui.say(Tone::Normal, gist);
    ui.open(Dialog::Show { what, at: 0 });
    Vec::new()
}

/// How a line came to its price.
pub(super) fn explain(ui: &mut Ui, till: &Till, line: LineId) -> Vec<Request> {
    let Some(order) = till.current() else { return Vec::new() };
    let show = |step: &explain::Step| format!("{} {}", step.words, till.settings.currency.show(step.amount));
    let steps: Vec<String> = explain::line(order, line, &till.settings).iter().map(show).collect();
    open(ui, Show::Explain(line), steps.join(" · "))
}

/// Its rows.
pub(super) fn rows(_: &Ui, till: &Till, what: &Show) -> Vec<ListRow> {
    let show = |amount| Text::from(till.settings.currency.show(amount));
    let row = |label: Text, value: Text| ListRow { label, value, ..ListRow::default() };
    match what {
        Show::Explain(line) => {
            let steps = till.current().map(|o| explain::line(o, *line, &till.settings)).unwrap_or_default();
            let row = |step: explain::Step| match step.kind {
                Kind::Each => row(Text::from(step.words), show(step.amount)),
                Kind::Sum => row(Text::from(format!("= {}", step.words)), show(step.amount)),
                Kind::Change => row(Text::new(Tone::Warn, step.words), show(step.amount)),
                Kind::Share => row(Text::from(step.words), show(step.amount)),
                Kind::Tax => row(Text::new(Tone::Dim, step.words), show(step.amount)),
                Kind::Result => row(Text::new(Tone::Strong, step.words), show(step.amount)),
            };
            steps.into_iter().map(row).collect()
        }
    }
}

pub(super) fn dialog(ui: &Ui, till: &Till, what: &Show, at: usize) -> Shown {
    let mut rows = rows(ui, till, what);
    if let Some(row) = rows.get_mut(at) {
        row.selected = true;
    }
    let title = match what {
        Show::Explain(id) => till.current().and_then(|o| o.line(*id)).map_or(String::new(), |l| l.name.clone()),
    };
    Shown { title, rows, message: Text::new(Tone::Dim, "Esc goes back"), tall: true, ..Shown::default() }
}
