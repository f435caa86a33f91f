//! What is asked about an item, and what was chosen: groups, and groups within options, to any depth.

use crate::domain::catalogue::{Amount, Catalogue, Choice, Group, Item};
use crate::domain::command::Pick;
use crate::domain::order::Modifier;

/// The most that is asked about one item, and chosen of it.
pub const MOST: usize = 200;

/// A group that is asked.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The group.
    pub group: &'a Group,
    /// Which asking of it, where one list names it several times, from 0.
    pub turn: u16,
    /// The picks that open it, outermost first, each by its place among those beside it.
    pub path: Vec<usize>,
    /// The options that open it, outermost first.
    pub within: Vec<&'a Choice>,
}

impl Question<'_> {
    /// What was chosen of it.
    pub fn picked<'p>(&self, picks: &'p [Pick]) -> impl Iterator<Item = &'p Pick> {
        let list = self.path.iter().try_fold(picks, |list, at| list.get(*at).map(|pick| pick.picks.as_slice()));
        let (code, turn) = (self.group.code.clone(), self.turn);
        list.unwrap_or_default().iter().filter(move |pick| pick.answers(&code, turn))
    }

    /// How many must still be chosen.
    pub fn missing(&self, picks: &[Pick]) -> usize {
        usize::from(self.group.min).saturating_sub(self.picked(picks).count())
    }
}

/// The groups of a list, each with which asking of it that is.
pub fn asked<'a>(catalogue: &'a Catalogue, codes: &[&str]) -> Vec<(&'a Group, u16)> {
    let turn = |at: usize| codes[..at].iter().filter(|code| **code == codes[at]).count() as u16;
    let groups = codes.iter().enumerate().map(|(at, code)| Some((catalogue.group(code)?, turn(at))));
    groups.flatten().collect()
}

/// Codes of the groups that choosing an option opens.
pub fn opened(choice: &Choice) -> Vec<&str> {
    choice.groups.iter().map(String::as_str).collect()
}

/// Codes of an item's groups.
fn own(item: &Item) -> Vec<&str> {
    item.groups.iter().map(String::as_str).collect()
}

/// All that is asked about an item once this was chosen, in the order of asking.
pub fn questions<'a>(catalogue: &'a Catalogue, item: &Item, picks: &[Pick]) -> Vec<Question<'a>> {
    let mut all = Vec::new();
    ask(catalogue, &own(item), picks, (&[], &[]), &mut all);
    all
}

fn ask<'a>(
    catalogue: &'a Catalogue,
    codes: &[&str],
    picks: &[Pick],
    (path, within): (&[usize], &[&'a Choice]),
    all: &mut Vec<Question<'a>>,
) {
    for (group, turn) in asked(catalogue, codes) {
        if all.len() == MOST {
            return;
        }
        all.push(Question { group, turn, path: path.to_vec(), within: within.to_vec() });
        for (digit, choice) in (1_u16..).zip(&group.options) {
            let taken = |pick: &Pick| pick.answers(&group.code, turn) && pick.digit == digit && pick.opens();
            if let Some(at) = picks.iter().position(taken) {
                let deeper = (&*[path, &[at]].concat(), &*[within, &[choice]].concat());
                ask(catalogue, &opened(choice), &picks[at].picks, deeper, all);
            }
        }
    }
}

/// What is chosen of an item when nobody says anything.
pub fn defaults(catalogue: &Catalogue, item: &Item) -> Vec<Pick> {
    chosen_at_first(catalogue, &own(item))
}

/// An option as it is taken: with what is chosen at first of the groups that it opens.
pub fn pick(catalogue: &Catalogue, question: (&Group, u16), digit: u16, amount: Amount) -> Pick {
    let (group, turn) = question;
    let choice = usize::from(digit).checked_sub(1).and_then(|at| group.options.get(at));
    let opened = choice.map(opened).unwrap_or_default();
    let picks = if amount == Amount::No { Vec::new() } else { chosen_at_first(catalogue, &opened) };
    Pick { group: group.code.clone(), turn, digit, amount, picks }
}

fn chosen_at_first(catalogue: &Catalogue, codes: &[&str]) -> Vec<Pick> {
    let of_group = |question: (&Group, u16)| -> Vec<Pick> {
        let on = (1_u16..).zip(&question.0.options).filter(|(_, choice)| choice.default);
        on.map(|(digit, _)| pick(catalogue, question, digit, Amount::Normal)).collect()
    };
    asked(catalogue, codes).into_iter().flat_map(of_group).collect()
}

/// The picks beside one another that this path leads to.
pub fn within<'p>(picks: &'p mut Vec<Pick>, path: &[usize]) -> Option<&'p mut Vec<Pick>> {
    path.iter().try_fold(picks, |list, at| list.get_mut(*at).map(|pick| &mut pick.picks))
}

/// The picks that these options of a line were. Those of a line from before options knew which of them opened
/// which are put where the menu opens their groups.
pub fn picks(catalogue: &Catalogue, item: &str, modifiers: &[Modifier]) -> Vec<Pick> {
    let mut all: Vec<Pick> = Vec::new();
    let mut path: Vec<usize> = Vec::new();
    for modifier in modifiers {
        path.truncate(usize::from(modifier.depth));
        let Some(list) = within(&mut all, &path) else { continue };
        list.push(Pick::from(modifier));
        path.push(list.len() - 1);
    }
    let Some(item) = catalogue.item(item) else { return all };
    let (mut all, strays): (Vec<Pick>, Vec<Pick>) = all.into_iter().partition(|pick| item.groups.contains(&pick.group));
    for stray in strays {
        let path = opener(catalogue, &all, &stray.group);
        if let Some(list) = path.and_then(|path| within(&mut all, &path)) {
            list.push(stray);
        }
    }
    all
}

/// The path to the first pick that opens a group.
fn opener(catalogue: &Catalogue, picks: &[Pick], code: &str) -> Option<Vec<usize>> {
    picks.iter().enumerate().find_map(|(at, pick)| {
        let choice = catalogue.group(&pick.group)?.options.get(usize::from(pick.digit).checked_sub(1)?)?;
        if pick.opens() && opened(choice).contains(&code) {
            return Some(vec![at]);
        }
        let deeper = opener(catalogue, &pick.picks, code)?;
        Some(std::iter::once(at).chain(deeper).collect())
    })
}
