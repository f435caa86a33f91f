//! Codes of the menu that the configuration names, and the menu does not have. They keep nothing from being sold: a
//! menu changes by itself, and often sooner than what was written about it.

use std::collections::HashSet;
use std::path::Path;

use super::finding::nearest;
use crate::domain::catalogue::Menu;
use crate::domain::points::{Earn, Reward};
use crate::domain::promotion::Deal;
use crate::domain::schedule::Which;
use crate::domain::settings::Settings;

/// A code that the menu does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCode {
    /// Where it stands: `promotions.toml line 12`.
    pub place: String,
    /// For what: `promotion sweet`.
    whose: String,
    /// `category` or `item`.
    kind: &'static str,
    code: String,
    /// What was probably meant.
    near: Option<String>,
}

impl UnknownCode {
    /// In few words, for the line of the till that says what happened.
    pub fn short(&self) -> String {
        format!("{}: no {} `{}`", self.place, self.kind, self.code)
    }

    /// With whose it is, and what to do.
    pub fn long(&self) -> String {
        let near = match &self.near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`counterflow export items` lists them".to_owned(),
        };
        format!("{}: the menu has no {} `{}`; {near}", self.whose, self.kind, self.code)
    }
}

/// A category or an item, by its code.
#[derive(Clone, Copy)]
enum Code<'s> {
    Category(&'s String),
    Item(&'s String),
}

fn codes(which: &Which) -> impl Iterator<Item = Code<'_>> {
    which.categories.iter().map(Code::Category).chain(which.items.iter().map(Code::Item))
}

/// Every code in the settings that this menu does not have; `folder` is where the files are, to say the line.
pub fn unknown_codes(settings: &Settings, menu: &Menu, folder: &Path) -> Vec<UnknownCode> {
    let mut named: Vec<(&'static str, String, Code)> = Vec::new();
    for (route, number) in settings.routes.iter().zip(1..) {
        let codes = route.categories.iter().map(Code::Category).chain(route.items.iter().map(Code::Item));
        named.extend(codes.map(|code| ("counterflow.toml", format!("route {number}"), code)));
    }
    for schedule in &settings.offers.schedules {
        named.extend(codes(&schedule.which).map(|code| ("prices.toml", format!("schedule {}", schedule.name), code)));
    }
    for promotion in &settings.offers.promotions {
        let whose = || format!("promotion {}", promotion.code);
        let other = if let Deal::BuyGet { other, .. } = &promotion.deal { other.as_ref() } else { None };
        let both = std::iter::once(&promotion.which).chain(other).flat_map(codes);
        named.extend(both.map(|code| ("promotions.toml", whose(), code)));
    }
    for scheme in &settings.offers.schemes {
        let earned = if let Earn::Pieces(which) = &scheme.earn { Some(which) } else { None };
        let free = if let Reward::Free(which) = &scheme.reward { Some(which) } else { None };
        let both = earned.into_iter().chain(free).flat_map(codes);
        named.extend(both.map(|code| ("points.toml", format!("scheme {}", scheme.code), code)));
    }
    for good in &settings.goods {
        named.extend(good.takes.keys().map(|item| ("stock.toml", format!("good {}", good.code), Code::Item(item))));
    }
    // The menu is gone through once, however many codes are named: it may be long, and a start waits for it.
    let missing = Missing::of(named.iter().map(|(.., code)| *code), menu);
    let mut unknown = Vec::new();
    for (file, whose, code) in named {
        let (kind, code, known): (_, _, Vec<&str>) = match code {
            Code::Category(code) if missing.categories.contains(code.as_str()) => {
                ("category", code, menu.categories.iter().map(|c| c.code.as_str()).collect())
            }
            Code::Item(code) if missing.items.contains(code.as_str()) => {
                ("item", code, menu.items.iter().map(|item| item.code.as_str()).collect())
            }
            Code::Category(_) | Code::Item(_) => continue,
        };
        // Numbers resemble each other, and that says nothing.
        let near = nearest(code, &known).filter(|_| code.contains(char::is_alphabetic)).map(str::to_owned);
        let line = line_of(&folder.join(file), code).map(|line| format!(" line {line}")).unwrap_or_default();
        unknown.push(UnknownCode { place: format!("{file}{line}"), whose, kind, code: code.clone(), near });
    }
    unknown
}

/// Codes that are named, without those that the menu has.
struct Missing<'s> {
    categories: HashSet<&'s str>,
    items: HashSet<&'s str>,
}

impl<'s> Missing<'s> {
    fn of(named: impl Iterator<Item = Code<'s>>, menu: &Menu) -> Self {
        let mut missing = Self { categories: HashSet::new(), items: HashSet::new() };
        for code in named {
            match code {
                Code::Category(code) => missing.categories.insert(code),
                Code::Item(code) => missing.items.insert(code),
            };
        }
        for category in &menu.categories {
            missing.categories.remove(category.code.as_str());
        }
        if !missing.items.is_empty() {
            for item in &menu.items {
                missing.items.remove(item.code.as_str());
            }
        }
        missing
    }
}

/// The first line that names a code of the menu, from 1: not a comment, nor what a thing is called itself.
fn line_of(file: &Path, code: &str) -> Option<usize> {
    let text = std::fs::read_to_string(file).ok()?;
    let names = |line: &str| {
        let line = line.trim_start();
        let own =
            line.starts_with('#') || line.split('=').next().is_some_and(|key| matches!(key.trim(), "code" | "name"));
        !own && (line.contains(&format!("\"{code}\"")) || line.split('=').next().is_some_and(|key| key.trim() == code))
    };
    text.lines().position(names).map(|at| at + 1)
}
