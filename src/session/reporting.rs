//! Reports over a store: what the report is made of is looked up at one moment, on a connection of
//! its own, while tills sell on.

use crate::domain::ids::RegisterId;
use crate::domain::settings::Settings;
use crate::domain::span::Span;
use crate::domain::time::Stamp;
use crate::reports::table::Table;
use crate::reports::{Facts, Of, Question, Report};
use crate::store::{Reader, Store, StoreError};

/// Makes a report.
///
/// # Errors
/// When the store cannot be read.
pub fn make(store: &Store, report: &Report, span: Span, settings: &Settings, now: Stamp) -> Result<Table, StoreError> {
    let facts = facts(&store.reader()?, report.of, &span)?;
    Ok((report.make)(&Question { span, now, facts: &facts, settings }))
}

fn facts(reader: &Reader, of: &[Of], span: &Span) -> Result<Facts, StoreError> {
    let names = reader.staff()?.into_iter().map(|s| (s.id, s.name)).collect();
    let mut facts = Facts { names, ..Facts::default() };
    for of in of {
        match of {
            Of::Sums(by) => facts.sums.extend(reader.day_sums(*by, span)?),
            Of::Acts => facts.acts = reader.acts(span)?,
            Of::Shifts => {
                let found = reader.shifts(span)?.into_iter();
                facts.shifts = found.map(|found| (found.register, found.shift, found.z)).collect();
            }
            Of::Orders => facts.orders = reader.open_orders()?,
            Of::Stock => facts.stock = reader.stock()?,
        }
    }
    Ok(facts)
}

/// The number of the last shift of a register, open or closed.
///
/// # Errors
/// When the store cannot be read.
pub fn last_shift(store: &Store, register: RegisterId) -> Result<Option<u32>, StoreError> {
    store.reader()?.last_shift(register)
}
