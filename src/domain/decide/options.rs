//! What is chosen of an item, with its price: each group's least, most and free ones, at every depth.

use std::borrow::Cow;

use crate::domain::catalogue::{Choice, Group, Item};
use crate::domain::command::Pick;
use crate::domain::decide::Deciding;
use crate::domain::money::Money;
use crate::domain::options;
use crate::domain::order::Modifier;
use crate::domain::refusal::Refusal;

impl Deciding<'_, '_> {
    /// The options that were picked, each before those of the groups that it opens; each group's defaults
    /// when nothing was said.
    pub(super) fn modifiers(&self, item: &Item, picks: Option<&[Pick]>) -> Result<Vec<Modifier>, Refusal> {
        let picks = match picks {
            Some(picks) => Cow::Borrowed(picks),
            None => Cow::Owned(options::defaults(&self.till.catalogue, item)),
        };
        let codes: Vec<&str> = item.groups.iter().map(String::as_str).collect();
        let mut all = Vec::new();
        self.choose(&codes, &picks, 0, &mut all)?;
        Ok(all)
    }

    fn choose(&self, codes: &[&str], picks: &[Pick], depth: u16, all: &mut Vec<Modifier>) -> Result<(), Refusal> {
        for (group, turn) in options::asked(&self.till.catalogue, codes) {
            let mut chosen: Vec<(Modifier, &Choice, &Pick)> = Vec::new();
            for (digit, choice) in (1_u16..).zip(&group.options) {
                let picked = |pick: &&Pick| pick.answers(&group.code, turn) && pick.digit == digit;
                let Some(pick) = picks.iter().find(picked) else { continue };
                let modifier = Modifier {
                    group: group.code.clone(),
                    turn,
                    depth,
                    digit,
                    amount: pick.amount,
                    name: choice.name.clone(),
                    kitchen_name: choice.kitchen_name.clone(),
                    price: choice.price_of(pick.amount),
                };
                chosen.push((modifier, choice, pick));
            }
            check_count(group, chosen.len())?;
            make_free(group, chosen.iter_mut().map(|(modifier, ..)| modifier));
            for (modifier, choice, pick) in chosen {
                if all.len() == options::MOST {
                    return Err(Refusal::TooManyOptions(options::MOST));
                }
                all.push(modifier);
                if pick.opens() {
                    self.choose(&options::opened(choice), &pick.picks, depth + 1, all)?;
                }
            }
        }
        Ok(())
    }
}

fn check_count(group: &Group, count: usize) -> Result<(), Refusal> {
    let (min, most) = (usize::from(group.min), group.most());
    if (min..=most).contains(&count) {
        return Ok(());
    }
    let need = match (min, most) {
        (min, most) if min == most => format!("{min}"),
        (_, most) if count > most => format!("at most {most}"),
        (min, _) => format!("at least {min}"),
    };
    Err(Refusal::NeedsChoice { code: group.code.clone(), group: group.name.clone(), need })
}

/// The cheapest ones are free, so that nothing depends on the order of asking.
fn make_free<'m>(group: &Group, chosen: impl Iterator<Item = &'m mut Modifier>) {
    let mut by_price: Vec<&mut Modifier> = chosen.filter(|m| m.price.is_positive()).collect();
    by_price.sort_by_key(|m| m.price);
    for modifier in by_price.into_iter().take(usize::from(group.free)) {
        modifier.price = Money::ZERO;
    }
}
