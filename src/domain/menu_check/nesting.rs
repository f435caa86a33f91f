//! Which groups open which.

use std::collections::HashMap;

use crate::domain::catalogue::{Choice, Group, Item, Menu};

/// Which groups open which, worked out once without recursion: menus come from outside.
pub(super) struct Nesting<'a> {
    places: HashMap<&'a str, usize>,
    /// For each group how deep the groups it opens go, or `None` when they come round in a loop.
    depths: Vec<Option<usize>>,
    /// Whether an option of it, or of a group it opens, costs something.
    gives: Vec<bool>,
    /// Whether an option of it, or of a group it opens, is an item.
    holds: Vec<bool>,
    /// Of how many parts of one whole its choices are.
    parts: Vec<u16>,
}

impl<'a> Nesting<'a> {
    pub(super) fn of(menu: &'a Menu) -> Self {
        let groups = menu.groups.as_slice();
        let mut items: HashMap<&str, &Item> = HashMap::new();
        if groups.iter().flat_map(|g| &g.options).any(|option| option.item.is_some()) {
            items.extend(menu.items.iter().map(|item| (item.code.as_str(), item)));
        }
        let mut places = HashMap::with_capacity(groups.len());
        for (place, group) in groups.iter().enumerate() {
            places.entry(group.code.as_str()).or_insert(place);
        }
        let opens = |group: &'a Group| {
            let inner = |o: &'a Choice| o.item.as_deref().and_then(|code| items.get(code)).map(|item| &item.groups);
            group.options.iter().flat_map(move |o| o.groups.iter().chain(inner(o).into_iter().flatten()))
        };
        let mut parents: Vec<Vec<usize>> = vec![Vec::new(); groups.len()];
        let mut waiting: Vec<usize> = vec![0; groups.len()];
        for (place, group) in groups.iter().enumerate() {
            for child in opens(group).filter_map(|code| places.get(code.as_str())) {
                parents[*child].push(place);
                waiting[place] += 1;
            }
        }
        let mut depths = vec![None; groups.len()];
        let mut gives: Vec<bool> = groups.iter().map(|g| g.parts > 0 || g.options.iter().any(costs)).collect();
        let mut holds: Vec<bool> = groups.iter().map(|g| g.options.iter().any(|o| o.item.is_some())).collect();
        let mut deepest = vec![0; groups.len()];
        let mut ready: Vec<usize> = (0..groups.len()).filter(|&g| waiting[g] == 0).collect();
        while let Some(place) = ready.pop() {
            depths[place] = Some(deepest[place]);
            for &parent in &parents[place] {
                deepest[parent] = deepest[parent].max(deepest[place] + 1);
                gives[parent] |= gives[place];
                holds[parent] |= holds[place];
                waiting[parent] -= 1;
                if waiting[parent] == 0 {
                    ready.push(parent);
                }
            }
        }
        Self { places, depths, gives, holds, parts: groups.iter().map(|g| g.parts).collect() }
    }

    pub(super) fn exists(&self, code: &str) -> bool {
        self.places.contains_key(code)
    }

    /// Whether the group in `row` and the group it opens both hang in a loop.
    pub(super) fn loops(&self, row: usize, code: &str) -> bool {
        let unsettled = |place: usize| self.depths.get(place).is_some_and(Option::is_none);
        unsettled(row) && self.places.get(code).is_some_and(|&child| unsettled(child))
    }

    pub(super) fn depth(&self, code: &str) -> usize {
        self.places.get(code).and_then(|&place| self.depths[place]).unwrap_or(0)
    }

    /// Whether items can be chosen from it, or from a group that it opens.
    pub(super) fn holds_items(&self, code: &str) -> bool {
        self.places.get(code).is_some_and(|&place| self.holds[place])
    }

    /// Of how many parts of one whole its choices are; 0 where they are whole.
    pub(super) fn parts(&self, code: &str) -> u16 {
        self.places.get(code).map_or(0, |&place| self.parts[place])
    }

    pub(super) fn gives_a_price(&self, code: &str) -> bool {
        self.places.get(code).is_some_and(|&place| self.gives[place])
    }
}

fn costs(option: &Choice) -> bool {
    option.price.is_positive() || option.amounts.values().any(|price| price.is_positive())
}
