//! Menus out of CSV: our own files, told apart by their headers, and anybody's list of items by
//! `--map`. Rows are put onto what is there: a row with a known code changes it.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::domain::catalogue::{Amount, Category, Choice, Group, LevelCode, PageLayout, PriceBy};
use crate::domain::menu_check::{Part, Spot, amount_code};
use crate::domain::menu_file::cells::{self, Cell};
use crate::domain::menu_file::csv_fields::{
    CATEGORY_FIELDS, Field, ITEM_FIELDS, LIST, OPTION_FIELDS, PAGE_FIELDS, Record, Table, unguarded,
};
use crate::domain::menu_file::csv_items;
use crate::domain::menu_file::draft::Draft;
use crate::domain::menu_file::map::{From, Mapping, Piece};
use crate::domain::money::Money;

/// Reads a CSV onto the draft.
pub(super) fn read(draft: &mut Draft, file: usize, text: &str, map: &[Mapping]) {
    let mut rows = match cells::rows(text) {
        Ok(rows) => rows.into_iter(),
        Err(bad) => return draft.wrong((file, bad.at), None, "a stray quote", bad.expected),
    };
    let Some(header) = rows.next() else {
        return draft.wrong((file, 0), None, "an empty file", "a header with the columns' names, and rows below it");
    };
    let mut reader = Reader { draft, file };
    let header = reader.header(header);
    let rows = reader.whole_rows(rows, header.len());
    if !map.is_empty() {
        if let Some(table) = reader.mapped(&header, rows, map) {
            csv_items::read(&mut reader, &table, true);
        }
        return;
    }
    let has = |name: &str| header.iter().any(|cell| cell.text == name);
    let (fields, part) = match () {
        () if has("code") => (ITEM_FIELDS, Part::Item),
        () if has("group") && has("option") => (OPTION_FIELDS, Part::Group),
        () if has("page") && has("key") && has("item") => (PAGE_FIELDS, Part::Page),
        () if has("category") && has("category_name") => (CATEGORY_FIELDS, Part::Category),
        () => {
            let found =
                format!("the columns {}", header.iter().map(|c| c.text.as_str()).collect::<Vec<_>>().join(", "));
            let expected = "a column `code` (items), `group` and `option` (groups), `category` and \
                            `category_name` (categories), or `page`, `key` and `item` (pages); \
                            for any other list of items, --map field=column";
            return reader.draft.wrong((file, 0), None, found, expected);
        }
    };
    let Some(table) = reader.own(&header, rows, fields) else { return };
    match part {
        Part::Item | Part::Menu => csv_items::read(&mut reader, &table, false),
        Part::Group => reader.groups(&table),
        Part::Category => reader.categories(&table),
        Part::Page => reader.pages(&table),
    }
}

pub(super) struct Reader<'d, 'k> {
    pub(super) draft: &'d mut Draft<'k>,
    pub(super) file: usize,
}

impl Reader<'_, '_> {
    pub(super) fn wrong(&mut self, cell: &Cell, spot: Spot, expected: impl Into<String>) {
        let found = if cell.text.is_empty() { "nothing".to_owned() } else { format!("`{}`", cell.text) };
        self.draft.wrong((self.file, cell.at), Some(spot), found, expected);
    }

    fn header(&mut self, mut header: Vec<Cell>) -> Vec<Cell> {
        for place in 0..header.len() {
            header[place].text = header[place].text.trim().to_owned();
            let name = &header[place].text;
            if !name.is_empty() && header[..place].iter().any(|other| other.text == *name) {
                let found = format!("the column `{name}` for the second time");
                self.draft.wrong((self.file, header[place].at), None, found, "each column once");
            }
        }
        header
    }

    /// The rows that have a cell for each column, cleared of spaces and guards.
    fn whole_rows(&mut self, rows: impl Iterator<Item = Vec<Cell>>, columns: usize) -> Vec<Vec<Cell>> {
        let mut whole = Vec::new();
        for mut row in rows {
            let at = row.first().map_or(0, |cell| cell.at);
            // Spreadsheets leave empty cells behind the last column.
            while row.len() > columns && row.last().is_some_and(|cell| cell.text.trim().is_empty()) {
                row.pop();
            }
            if row.len() != columns {
                let found = format!("{} cells", row.len());
                self.draft.wrong((self.file, at), None, found, format!("{columns} cells, as in the header"));
                continue;
            }
            for cell in &mut row {
                cell.text = unguarded(cell.text.trim()).to_owned();
            }
            whole.push(row);
        }
        whole
    }

    fn own(&mut self, header: &[Cell], rows: Vec<Vec<Cell>>, allowed: &[&'static str]) -> Option<Table> {
        let mut fields = Vec::new();
        for cell in header {
            match Field::of(&cell.text, allowed) {
                Some(field) => fields.push(field),
                None => {
                    let found = format!("the column `{}`", cell.text);
                    let expected = format!("one of the columns {}", allowed.join(", "));
                    self.draft.wrong((self.file, cell.at), None, found, expected);
                }
            }
        }
        let records = rows.into_iter().map(|values| Record { at: values.first().map_or(0, |c| c.at), values });
        (fields.len() == header.len()).then(|| Table { fields, records: records.collect() })
    }

    /// The table that `--map` makes of a file.
    fn mapped(&mut self, header: &[Cell], rows: Vec<Vec<Cell>>, map: &[Mapping]) -> Option<Table> {
        let places: HashMap<&str, usize> = header.iter().enumerate().map(|(i, cell)| (cell.text.as_str(), i)).collect();
        let missing: Vec<&str> = map.iter().flat_map(Mapping::columns).filter(|c| !places.contains_key(c)).collect();
        for column in &missing {
            let names: Vec<&str> = header.iter().map(|cell| cell.text.as_str()).collect();
            let found = format!("no column `{column}`");
            self.draft.wrong((self.file, 0), None, found, format!("one of the columns {}", names.join(", ")));
        }
        if !missing.is_empty() {
            return None;
        }
        let value = |row: &[Cell], from: &From| -> Cell {
            let cell = |column: &str| places.get(column).and_then(|&place| row.get(place)).cloned();
            let start = row.first().map_or(0, |first| first.at);
            let plain = |text: String| Cell { at: start, text };
            match from {
                From::Constant(text) => plain(text.clone()),
                From::Column(column) => cell(column).unwrap_or_else(|| plain(String::new())),
                From::Template(pieces) => {
                    let mut whole = plain(String::new());
                    for piece in pieces {
                        match piece {
                            Piece::Text(text) => whole.text.push_str(text),
                            Piece::Column(column) => {
                                whole.text.push_str(&cell(column).unwrap_or(plain(String::new())).text)
                            }
                        }
                    }
                    whole.text = whole.text.trim().to_owned();
                    whole
                }
            }
        };
        let records = rows.iter().map(|row| Record {
            at: row.first().map_or(0, |c| c.at),
            values: map.iter().map(|mapping| value(row, &mapping.from)).collect(),
        });
        Some(Table { fields: map.iter().map(|mapping| mapping.field.clone()).collect(), records: records.collect() })
    }

    fn categories(&mut self, table: &Table) {
        let mut seen = HashSet::new();
        for record in &table.records {
            let text = |name: &str| table.get(record, name).map(|cell| cell.text.clone());
            let code = text("category").unwrap_or_default();
            let known = self.draft.menu.categories.iter().position(|c| c.code == code);
            let row = known.filter(|_| seen.insert(code.clone())).unwrap_or(self.draft.menu.categories.len());
            seen.insert(code.clone());
            let mut category = self.draft.menu.categories.get(row).cloned().unwrap_or_else(|| Category {
                code,
                name: String::new(),
                department: None,
                tax_class: String::new(),
                stations: Vec::new(),
                course: None,
            });
            let spot = |field| Spot::new(Part::Category, row, field);
            self.begin(table, record, Part::Category, row);
            category.name = text("category_name").unwrap_or(category.name);
            category.tax_class = text("tax_class").unwrap_or(category.tax_class);
            category.department = text("department").map_or(category.department, |t| Some(t).filter(|t| !t.is_empty()));
            category.stations = text("stations").map_or(category.stations, |t| list(&t));
            if let Some(cell) = table.get(record, "course") {
                let course = self.number(cell, spot("course"));
                category.course = course.map(|course| u8::try_from(course).unwrap_or(u8::MAX));
            }
            put(&mut self.draft.menu.categories, row, category);
        }
    }

    fn groups(&mut self, table: &Table) {
        // The row and the first record of each group of this file.
        let mut seen: HashMap<&str, (usize, &Record)> = HashMap::new();
        for record in &table.records {
            let code = table.get(record, "group").map_or("", |cell| &cell.text);
            let row = match seen.get(code) {
                Some(&(row, first)) => {
                    self.same_as_first(table, record, first, row);
                    row
                }
                None => {
                    let known = self.draft.menu.groups.iter().position(|g| g.code == code);
                    let row = known.unwrap_or(self.draft.menu.groups.len());
                    seen.insert(code, (row, record));
                    let group = self.group(table, record, row, code);
                    put(&mut self.draft.menu.groups, row, group);
                    row
                }
            };
            let place = self.draft.menu.groups.get(row).map_or(0, |g| g.options.len());
            let option = self.option(table, record, row, place);
            if let Some(group) = self.draft.menu.groups.get_mut(row) {
                group.options.push(option);
            }
        }
    }

    fn group(&mut self, table: &Table, record: &Record, row: usize, code: &str) -> Group {
        self.begin(table, record, Part::Group, row);
        let mut number = |name: &'static str| {
            let cell = table.get(record, name)?;
            self.number(cell, Spot::new(Part::Group, row, name))
        };
        let (min, max, free, parts) = (number("min"), number("max"), number("free"), number("parts"));
        let price_by =
            table.get(record, "price_by").and_then(|cell| self.price_by(cell, Spot::new(Part::Group, row, "price_by")));
        Group {
            code: code.to_owned(),
            name: table.get(record, "group_name").map(|cell| cell.text.clone()).unwrap_or_default(),
            min: min.unwrap_or(0),
            max: max.unwrap_or(0),
            free: free.unwrap_or(0),
            ask: table.get(record, "ask").is_some_and(|cell| self.flag(cell, Spot::new(Part::Group, row, "ask"))),
            parts: parts.unwrap_or(0),
            price_by,
            options: Vec::new(),
        }
    }

    /// What is said of the group as a whole is said in its first row, and nothing else later.
    fn same_as_first(&mut self, table: &Table, record: &Record, first: &Record, row: usize) {
        for name in ["group_name", "min", "max", "free", "ask", "parts", "price_by"] {
            let (Some(cell), Some(own)) = (table.get(record, name), table.get(first, name)) else { continue };
            if !cell.text.is_empty() && cell.text != own.text {
                let expected = format!("`{}` as in the group's first row, or nothing", own.text);
                self.wrong(cell, Spot::new(Part::Group, row, ""), expected);
            }
        }
    }

    fn option(&mut self, table: &Table, record: &Record, row: usize, place: usize) -> Choice {
        let spot = |field| Spot::new(Part::Group, row, field).option(place);
        self.draft.mark(spot(""), record.at);
        for (field, cell) in table.fields.iter().zip(&record.values) {
            match (field.name, &field.level) {
                ("option", _) => self.draft.mark(spot("name"), cell.at),
                ("option_item", _) => self.draft.mark(spot("item"), cell.at),
                ("option_kitchen_name", _) => self.draft.mark(spot("kitchen_name"), cell.at),
                ("price", Some(amount)) => self.draft.mark(spot("amounts").key(amount), cell.at),
                ("price", None) => self.draft.mark(spot("price"), cell.at),
                ("opens", _) => self.draft.mark(spot("groups"), cell.at),
                _ => {}
            }
        }
        let text = |name: &str| table.get(record, name).map(|cell| cell.text.clone()).unwrap_or_default();
        let mut choice = Choice {
            name: text("option"),
            item: Some(text("option_item")).filter(|item| !item.is_empty()),
            kitchen_name: Some(text("option_kitchen_name")).filter(|name| !name.is_empty()),
            default: table.get(record, "default").is_some_and(|cell| self.flag(cell, spot("default"))),
            groups: list(&text("opens")),
            ..Choice::default()
        };
        for (amount, cell) in table.levels(record, "price").filter(|(_, cell)| !cell.text.is_empty()) {
            let known = amount.and_then(|word| Amount::ALL.into_iter().find(|a| amount_code(*a) == word));
            match (amount, known) {
                (None, _) => choice.price = self.amount(cell, spot("price")),
                (Some(_), Some(known)) => {
                    choice.amounts.insert(known, self.amount(cell, spot("amounts")));
                }
                (Some(word), None) => {
                    let expected = format!("no price under `price:{word}`: amounts are no, lite, extra, double, side");
                    self.wrong(cell, spot("amounts"), expected);
                }
            }
        }
        choice
    }

    /// The pages of a file take the place of all pages there are.
    fn pages(&mut self, table: &Table) {
        self.draft.menu.pages.clear();
        for record in &table.records {
            let text = |name: &str| table.get(record, name).map_or("", |cell| cell.text.as_str());
            let name = text("page");
            let known = self.draft.menu.pages.iter().position(|page| page.name == name);
            let row = known.unwrap_or(self.draft.menu.pages.len());
            if known.is_none() {
                self.draft.begin(Part::Page, row, self.file, record.at);
                self.draft.menu.pages.push(PageLayout { name: name.to_owned(), keys: BTreeMap::new() });
            }
            let Some(cell) = table.get(record, "key") else { continue };
            let spot = Spot::new(Part::Page, row, "keys").key(&cell.text);
            self.draft.mark(spot.clone(), cell.at);
            match letter(&cell.text) {
                None => self.wrong(cell, spot, "one letter from a to z"),
                Some(key) => {
                    let page = self.draft.menu.pages.get_mut(row);
                    let before = page.and_then(|page| page.keys.insert(key, text("item").to_owned()));
                    if before.is_some() {
                        self.wrong(cell, spot, "each key once on a page");
                    }
                }
            }
        }
    }

    /// Notes where a row and its fields stand.
    pub(super) fn begin(&mut self, table: &Table, record: &Record, part: Part, row: usize) {
        self.draft.begin(part, row, self.file, record.at);
        for (field, cell) in table.fields.iter().zip(&record.values) {
            let name = match (part, field.name) {
                (Part::Category, "category") | (Part::Group, "group") => "code",
                (Part::Category, "category_name") | (Part::Group, "group_name") => "name",
                (Part::Item, "open_min" | "open_max") => "open",
                (_, name) => name,
            };
            let spot = Spot::new(part, row, name);
            let key = match field.name {
                "open_min" => Some("min".to_owned()),
                "open_max" => Some("max".to_owned()),
                "price" | "per_kg" => Some(field.level.clone().unwrap_or(self.draft.known.base_level().to_owned())),
                _ => None,
            };
            self.draft.mark(Spot { key, ..spot }, cell.at);
        }
    }

    /// A whole number; none when the cell is empty.
    fn number(&mut self, cell: &Cell, spot: Spot) -> Option<u16> {
        if cell.text.is_empty() {
            return None;
        }
        let number = cell.text.parse().ok();
        if number.is_none() {
            self.wrong(cell, spot, "a whole number, 0 or more");
        }
        number
    }

    fn price_by(&mut self, cell: &Cell, spot: Spot) -> Option<PriceBy> {
        let known = PriceBy::ALL.into_iter().find(|by| by.code() == cell.text);
        if known.is_none() && !cell.text.is_empty() {
            self.wrong(cell, spot, "one of dearer, average, sum");
        }
        known
    }

    fn flag(&mut self, cell: &Cell, spot: Spot) -> bool {
        match cell.text.as_str() {
            "yes" => return true,
            "no" | "" => {}
            _ => self.wrong(cell, spot, "yes or no"),
        }
        false
    }

    /// An amount, perhaps with the currency's sign or code.
    pub(super) fn amount(&mut self, cell: &Cell, spot: Spot) -> Money {
        let currency = self.draft.menu.currency;
        let bare = [currency.symbol(), currency.code()].iter().fold(cell.text.as_str(), |text, sign| {
            text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)).unwrap_or(text)
        });
        currency.parse(bare, false).unwrap_or_else(|why| {
            let expected = format!("an amount in {currency} such as {}: {why}", currency.show(Money::from_minor(320)));
            self.wrong(cell, spot, expected);
            Money::ZERO
        })
    }

    /// Puts the amounts under a column and its levels onto prices; an empty cell takes one away.
    pub(super) fn prices(
        &mut self,
        (table, record): (&Table, &Record),
        spot: &Spot,
        prices: &mut BTreeMap<LevelCode, Money>,
    ) {
        let base = self.draft.known.base_level().to_owned();
        let (empty, filled): (Vec<_>, Vec<_>) =
            table.levels(record, spot.field).partition(|(_, cell)| cell.text.is_empty());
        for (level, _) in empty {
            prices.remove(level.unwrap_or(&base));
        }
        let mut given = HashSet::new();
        for (level, cell) in filled {
            let level = level.unwrap_or(&base);
            let price = self.amount(cell, spot.clone());
            prices.insert(level.to_owned(), price);
            if !given.insert(level) {
                self.wrong(cell, spot.clone(), format!("one price for level {level}, not two"));
            }
        }
    }
}

/// The only letter of a text.
pub(super) fn letter(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// A cell's list.
pub(super) fn list(cell: &str) -> Vec<String> {
    cell.split(LIST).map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
}

/// Puts an entry at its place, which is at most the end.
pub(super) fn put<T>(list: &mut Vec<T>, place: usize, entry: T) {
    match list.get_mut(place) {
        Some(old) => *old = entry,
        None => list.push(entry),
    }
}
