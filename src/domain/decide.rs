//! stub
use crate::domain::command::Command;
use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::domain::till::{Ctx, Till};
pub(super) fn decide(_: &Till, _: &Command, _: &mut Ctx) -> Result<Vec<Event>, Refusal> {
    Ok(Vec::new())
}
