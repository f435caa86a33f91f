//! What is chosen of an item, with its price: each group's least, most and free ones, at every depth.

use std::borrow::Cow;

use crate::domain::catalogue::{Amount, Choice, Group, Item};
use crate::domain::command::Pick;
use crate::domain::decide::Deciding;
use crate::domain::money::Money;
use crate::domain::options;
use crate::domain::order::{Face, Modifier, PartOfWhole};
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Refusal;
use crate::domain::rounding::divide_rounded;
use crate::domain::schedule;
use crate::domain::time::Stamp;

/// Where an option stands.
#[derive(Clone, Copy)]
struct Within {
    depth: u16,
    /// Of how many parts of a whole it is about one: a half has half of an option.
    parts: i64,
}

impl Deciding<'_, '_> {
    /// The options that were picked, each before those of the groups that it opens; each group's defaults
    /// when nothing was said.
    pub(super) fn modifiers(&self, item: &Item, picks: Option<&[Pick]>, face: &Face) -> Result<Vec<Modifier>, Refusal> {
        let picks = match picks {
            Some(picks) => Cow::Borrowed(picks),
            None => Cow::Owned(options::defaults_to_be_had(self.till, item)),
        };
        let codes: Vec<&str> = item.groups.iter().map(String::as_str).collect();
        let mut all = Vec::new();
        self.choose(&codes, &picks, Within { depth: 0, parts: 1 }, &mut all)?;
        self.price_parts(&mut all, face, self.ctx.now);
        Ok(all)
    }

    fn choose(&self, codes: &[&str], picks: &[Pick], at: Within, all: &mut Vec<Modifier>) -> Result<(), Refusal> {
        let catalogue = &self.till.catalogue;
        for (group, turn) in options::asked(catalogue, codes) {
            let mut chosen: Vec<(Modifier, &Choice, &Pick)> = Vec::new();
            for (digit, choice) in (1_u16..).zip(&group.options) {
                // An item is taken as it is, or not.
                let taken = |pick: &Pick| choice.item.is_none() || pick.opens();
                let picked = |p: &&Pick| p.answers(&group.code, turn) && p.digit == digit && taken(p);
                let Some(pick) = picks.iter().find(picked) else { continue };
                chosen.push((self.option(group, (turn, digit), choice, pick.amount, at), choice, pick));
            }
            check_count(group, chosen.len())?;
            make_free(group, chosen.iter_mut().map(|(modifier, ..)| modifier));
            for (modifier, choice, pick) in chosen {
                if all.len() == options::MOST {
                    return Err(Refusal::TooManyOptions(options::MOST));
                }
                let parts = modifier.part.map_or(at.parts, |part| i64::from(part.of.max(1)));
                all.push(modifier);
                if pick.opens() {
                    let inner = Within { depth: at.depth + 1, parts };
                    self.choose(&options::opened(catalogue, choice), &pick.picks, inner, all)?;
                }
            }
        }
        Ok(())
    }

    fn option(
        &self,
        group: &Group,
        (turn, digit): (u16, u16),
        choice: &Choice,
        amount: Amount,
        at: Within,
    ) -> Modifier {
        let amount = if choice.item.is_some() { Amount::Normal } else { amount };
        let price = i128::from(choice.price_of(amount).minor());
        Modifier {
            group: group.code.clone(),
            turn,
            depth: at.depth,
            digit,
            amount,
            name: choice.name.clone(),
            kitchen_name: choice.kitchen_name.clone(),
            price: Money::from_minor(divide_rounded(price, at.parts.into(), self.till.settings.rounding)),
            item: choice.item.clone(),
            beside: choice.item.is_some() && group.min == 0,
            part: (group.parts > 0)
                .then_some(PartOfWhole { of: group.parts, by: group.price_by.unwrap_or(self.till.settings.halves) }),
        }
    }

    /// What an option that is an item costs by itself, or counts for as a part of a whole.
    pub(super) fn counts_as(&self, option: &Modifier, face: &Face, at: Stamp) -> Money {
        let catalogue = &self.till.catalogue;
        let group = catalogue.group(&option.group).filter(|_| option.part.is_some());
        let choice = group.and_then(|group| group.options.get(usize::from(option.digit).checked_sub(1)?));
        match choice.map(|choice| choice.price).filter(|price| !price.is_zero()) {
            Some(own) => own,
            None => {
                let item = option.item.as_ref().and_then(|code| catalogue.item(code));
                let price = item.and_then(|item| schedule::of_item(item, face, at, &self.till.settings));
                price.map(|price| price.now).unwrap_or_default()
            }
        }
    }

    /// Gives the parts of each whole the price that they make together.
    pub(super) fn price_parts(&self, all: &mut [Modifier], face: &Face, at: Stamp) {
        let mut begun = 0;
        while let Some(first) = (begun..all.len()).find(|n| all[*n].part.is_some()) {
            let head = all[first].clone();
            // Its other turns, before what stands further out ends the list that asks them.
            let end = (first..all.len()).find(|n| all[*n].depth < head.depth).unwrap_or(all.len());
            let same = |m: &Modifier| m.depth == head.depth && m.group == head.group;
            let parts: Vec<usize> = (first..end).filter(|n| same(&all[*n])).collect();
            let prices: Vec<Money> = parts.iter().map(|n| self.counts_as(&all[*n], face, at)).collect();
            let by = head.part.map(|part| part.by).unwrap_or_default();
            for (n, share) in parts.iter().zip(by.shares(&prices, self.till.settings.rounding)) {
                all[*n].price = share;
            }
            begun = parts.last().map_or(all.len(), |last| last + 1);
        }
    }

    /// Whether there is enough of everything that lines need, each beside what it had.
    pub(super) fn check_all_available(&self, needs: &[(&str, Quantity)]) -> Result<(), Refusal> {
        for (at, (item, _)) in needs.iter().enumerate() {
            if needs[..at].iter().any(|(earlier, _)| earlier == item) {
                continue;
            }
            let more = needs.iter().filter(|(code, _)| code == item).fold(Quantity::ZERO, |sum, (_, q)| sum + *q);
            self.check_available(item, more)?;
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
