//! What items can be made of: which of them can be components, and how parts come to a whole.

use crate::domain::catalogue::{Choice, Group, Item, Pricing};
use crate::domain::menu_check::{Checker, Part, Spot, quoted};

/// Into how many equal parts a whole can be divided so that each is a quantity of three digits.
const PARTS: [u16; 5] = [2, 4, 5, 8, 10];

impl<'a> Checker<'a> {
    /// Whether a group's choices can be parts of one whole, if they are to be.
    pub(super) fn parts(&mut self, row: usize, group: &'a Group) {
        let spot = |field| Spot::new(Part::Group, row, field);
        if group.parts == 0 {
            if let Some(by) = group.price_by {
                self.fault(spot("price_by"), by.code(), "`price_by` only beside `parts`");
            }
            return;
        }
        if !PARTS.contains(&group.parts) {
            self.fault(spot("parts"), group.parts.to_string(), "2, 4, 5, 8 or 10 equal parts of one whole");
        }
        if (group.min, group.max) != (1, 1) {
            let found = format!("min {} and max {}", group.min, group.max);
            self.fault(spot("max"), found, "min 1 and max 1: each part is one choice, and is asked by itself");
        }
    }

    /// Whether an option can be the item that it says it is.
    pub(super) fn component(&mut self, row: usize, at: usize, option: &'a Choice) {
        let spot = |field| Spot::new(Part::Group, row, field).option(at);
        let is_part = self.menu.groups.get(row).is_some_and(|group| group.parts > 0);
        let Some(code) = &option.item else {
            if is_part {
                self.fault(spot("item"), "no item", "the code of an item: a part of a whole is one");
            }
            return;
        };
        let Some(item) = self.items.get(code.as_str()).copied() else {
            return self.fault(spot("item"), quoted(code), "the code of an item of the menu");
        };
        if !matches!(item.pricing, Pricing::Each(_)) {
            let found = format!("{}, which has no price by the piece", quoted(code));
            self.fault(spot("item"), found, "an item with a `price`");
        }
        if item.groups.iter().any(|group| self.nesting.holds_items(group)) {
            let found = format!("{}, which is made of other items itself", quoted(code));
            self.fault(spot("item"), found, "an item that is not");
        }
        if !option.amounts.is_empty() {
            self.fault(spot("amounts"), "prices of amounts", "none: an item is taken as it is");
        }
    }

    /// Whether the groups that a list asks are enough parts for a whole.
    pub(super) fn whole(&mut self, codes: &[String], spot: impl Fn() -> Spot) {
        for (place, code) in codes.iter().enumerate().filter(|(place, code)| !codes[..*place].contains(code)) {
            let parts = self.nesting.parts(code);
            let times = codes.iter().filter(|other| *other == code).count();
            if parts > 0 && usize::from(parts) != times {
                let found = format!("{} {times} time{}", quoted(code), if times == 1 { "" } else { "s" });
                self.fault(spot().key(place), found, format!("it {parts} times, once for each part"));
            }
        }
    }

    /// Whether an item can be made of others, if its groups say so.
    pub(super) fn made_of_others(&mut self, row: usize, item: &'a Item) {
        let place = item.groups.iter().position(|code| self.nesting.holds_items(code));
        if let (Pricing::PerKg { .. }, Some(place)) = (&item.pricing, place) {
            let found = format!("{}, whose options are items", quoted(&item.groups[place]));
            let spot = Spot::new(Part::Item, row, "groups").key(place);
            self.fault(spot, found, "other groups: what is made of items is sold by the piece");
        }
    }
}
