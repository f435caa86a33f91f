//! What is asked about an item, and what was chosen: groups, and groups within options, to any depth.

use crate::domain::catalogue::{Amount, Catalogue, Choice, Group, Item, PriceBy};
use crate::domain::command::Pick;
use crate::domain::money::Money;
use crate::domain::order::Modifier;
use crate::domain::till::Till;

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
    /// How often that list asks it.
    pub turns: u16,
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

    /// Whether it is about an item that was chosen, and nothing has to be said: whoever is in a hurry passes by.
    pub fn is_aside(&self, picks: &[Pick]) -> bool {
        self.within.iter().any(|choice| choice.item.is_some()) && !self.group.ask && self.missing(picks) == 0
    }

    /// The question in words: `Sauce`, `Drink 2 of 2`; of the halves of one thing, `Half, left`.
    pub fn words(&self) -> String {
        let name = &self.group.name;
        match (self.turns, self.group.parts, self.turn) {
            (0 | 1, ..) => name.clone(),
            (_, 2, 0) => format!("{name}, left"),
            (_, 2, _) => format!("{name}, right"),
            (turns, _, turn) => format!("{name} {} of {turns}", turn + 1),
        }
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

/// Codes of the groups that choosing an option opens: its own, and those of the item that it is.
pub fn opened<'a>(catalogue: &'a Catalogue, choice: &'a Choice) -> Vec<&'a str> {
    let item = choice.item.as_ref().and_then(|code| catalogue.item(code));
    let inner = item.map_or(&[][..], |item| item.groups.as_slice());
    choice.groups.iter().chain(inner).map(String::as_str).collect()
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
        let turns = codes.iter().filter(|code| **code == group.code).count() as u16;
        all.push(Question { group, turn, turns, path: path.to_vec(), within: within.to_vec() });
        for (digit, choice) in (1_u16..).zip(&group.options) {
            let taken = |pick: &Pick| pick.answers(&group.code, turn) && pick.digit == digit && pick.opens();
            if let Some(at) = picks.iter().position(taken) {
                let deeper = (&*[path, &[at]].concat(), &*[within, &[choice]].concat());
                ask(catalogue, &opened(catalogue, choice), &picks[at].picks, deeper, all);
            }
        }
    }
}

/// What is chosen of an item when nobody says anything.
pub fn defaults(catalogue: &Catalogue, item: &Item) -> Vec<Pick> {
    chosen_at_first(catalogue, &own(item))
}

/// The same of what is to be had: what is not is left to be chosen anew.
pub fn defaults_to_be_had(till: &Till, item: &Item) -> Vec<Pick> {
    let mut picks = defaults(&till.catalogue, item);
    picks.retain(|pick| item_of(&till.catalogue, pick).is_none_or(|code| !till.is_sold_out(code)));
    picks
}

/// The code of the item that a pick is.
fn item_of<'a>(catalogue: &'a Catalogue, pick: &Pick) -> Option<&'a str> {
    let choice = catalogue.group(&pick.group)?.options.get(usize::from(pick.digit).checked_sub(1)?)?;
    choice.item.as_deref()
}

/// An option as it is taken: with what is chosen at first of the groups that it opens.
pub fn pick(catalogue: &Catalogue, question: (&Group, u16), digit: u16, amount: Amount) -> Pick {
    let (group, turn) = question;
    let choice = usize::from(digit).checked_sub(1).and_then(|at| group.options.get(at));
    let opened = choice.map(|choice| opened(catalogue, choice)).unwrap_or_default();
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

/// What the choices that must be made of an item add to its price at least, where items cost so much and the house
/// counts halves so.
pub fn least(catalogue: &Catalogue, item: &Item, halves: PriceBy, price: impl Fn(&Item) -> Money) -> Money {
    let of_part = |choice: &Choice| match choice.item.as_ref().and_then(|code| catalogue.item(code)) {
        Some(item) if choice.price.is_zero() => price(item),
        Some(_) | None => choice.price,
    };
    let of_group = |(group, turn): (&Group, u16)| match (group.parts, group.price_by.unwrap_or(halves), turn) {
        (0, ..) => group.least(),
        (_, PriceBy::Dearer | PriceBy::Average, 1..) => Money::ZERO,
        _ => group.options.iter().map(of_part).min().unwrap_or_default(),
    };
    asked(catalogue, &own(item)).into_iter().map(of_group).sum()
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
        if pick.opens() && opened(catalogue, choice).contains(&code) {
            return Some(vec![at]);
        }
        let deeper = opener(catalogue, &pick.picks, code)?;
        Some(std::iter::once(at).chain(deeper).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalogue::Menu;

    fn catalogue() -> Catalogue {
        let menu: Menu = serde_json::from_str(
            r#"{"format": "counterflow-menu/1", "currency": "GBP", "categories": [],
            "groups": [
              {"code": "dish", "name": "Dish", "min": 1, "max": 1, "options": [
                {"item": "1", "default": true}, {"name": "Salad", "groups": ["sauce", "sauce"]}]},
              {"code": "sauce", "name": "Sauce", "options": [{"name": "Hot", "default": true}, {"name": "Mild", "groups": ["herb"]}]},
              {"code": "herb", "name": "Herb", "min": 1, "options": [{"name": "Mint"}]}],
            "items": [
              {"code": "1", "name": "Lamb", "category": "c", "pricing": {"each": {"base": 100}}, "groups": ["sauce"]},
              {"code": "2", "name": "Menu", "category": "c", "pricing": {"each": {"base": 100}}, "groups": ["dish", "dish"]}]}"#,
        )
        .unwrap();
        Catalogue::new(menu)
    }

    /// The questions in words, each behind the options that open it.
    fn asked_of(catalogue: &Catalogue, picks: &[Pick]) -> Vec<String> {
        let words = |q: Question<'_>| {
            let within = q.within.iter().map(|choice| choice.name.clone()).chain([q.words()]);
            within.collect::<Vec<_>>().join(": ")
        };
        questions(catalogue, catalogue.item("2").unwrap(), picks).into_iter().map(words).collect()
    }

    #[test]
    fn each_group_is_asked_where_it_stands() {
        let catalogue = catalogue();
        let mut picks = defaults(&catalogue, catalogue.item("2").unwrap());
        let lamb = ["Dish 1 of 2", "Lamb: Sauce", "Dish 2 of 2", "Lamb: Sauce"];
        assert_eq!(asked_of(&catalogue, &picks), lamb);
        let dish = catalogue.group("dish").unwrap();
        picks[1] = pick(&catalogue, (dish, 1), 2, Amount::Normal);
        picks[1].picks[1] = pick(&catalogue, (catalogue.group("sauce").unwrap(), 1), 2, Amount::Normal);
        let salad = ["Dish 2 of 2", "Salad: Sauce 1 of 2", "Salad: Sauce 2 of 2", "Salad: Mild: Herb"];
        assert_eq!(asked_of(&catalogue, &picks)[2..], salad);
        let item = catalogue.item("2").unwrap();
        let missing = questions(&catalogue, item, &picks).iter().map(|q| q.missing(&picks)).sum::<usize>();
        assert_eq!(missing, 1, "the herb");
    }

    #[test]
    fn a_line_from_before_options_knew_their_depth_is_read_as_it_was_meant() {
        let catalogue = catalogue();
        let modifier = |group: &str, digit: u16, depth: u16| -> Modifier {
            let text = format!(r#"{{"group": "{group}", "digit": {digit}, "depth": {depth}, "name": "N"}}"#);
            serde_json::from_str(&text).unwrap()
        };
        let flat = [modifier("dish", 2, 0), modifier("sauce", 2, 0), modifier("herb", 1, 0)];
        let deep = [modifier("dish", 2, 0), modifier("sauce", 2, 1), modifier("herb", 1, 2)];
        let read = picks(&catalogue, "2", &flat);
        assert_eq!(read, picks(&catalogue, "2", &deep));
        assert_eq!((read.len(), read[0].picks.len(), read[0].picks[0].picks[0].group.as_str()), (1, 1, "herb"));
    }
}
