//! Looking at one moment of the store while tills sell on: a connection of its own that only reads,
//! and one transaction, which holds up nobody. Reports and exports are made of it.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, Row};
use uuid::Uuid;

use crate::domain::act::{Act, ActKind};
use crate::domain::board::Served;
use crate::domain::customer::Account;
use crate::domain::day_sum::{By, DaySum, of_sale, of_tip};
use crate::domain::event::Event;
use crate::domain::ids::{CustomerId, OrderId, RegisterId, ShiftId, StaffId};
use crate::domain::money::Money;
use crate::domain::order::Order;
use crate::domain::quantity::Quantity;
use crate::domain::sale::Sale;
use crate::domain::shift::{Shift, Z};
use crate::domain::span::Span;
use crate::domain::staff::Staff;
use crate::domain::stock::StockKind;
use crate::domain::time::Stamp;
use crate::domain::voucher::Voucher;
use crate::domain::work::Work;
use crate::store::connection::{Access, connect};
use crate::store::error::StoreError;
use crate::store::fold::{accounts, points, stock, vouchers};
use crate::store::fold::{from_json, orders};
use crate::store::load::{event_at, load_availability, load_staff, open_shifts, parts, sale_at, z_at};
use crate::store::{FILE_NAME, Store};

/// A look at one moment of the store.
pub struct Reader {
    conn: Connection,
}

/// A register's drawer, as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawerFound {
    /// The register.
    pub register: RegisterId,
    /// Its open shift.
    pub shift: Option<Shift>,
    /// Who is at its till.
    pub signed_in: Option<StaffId>,
}

/// A shift that was found: closed ones have their Z.
#[derive(Clone, Debug, PartialEq)]
pub struct ShiftFound {
    /// The register.
    pub register: RegisterId,
    /// As it stands.
    pub shift: Shift,
    /// Its Z, once it is closed.
    pub z: Option<Box<Z>>,
}

impl Store {
    /// Begins a look at the store as it is now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        Reader::open(&self.dir)
    }
}

/// The id of the shift with a number, on a register. Its sales and acts are found by it and not by
/// their dates: a clock may have gone back while it was open.
const ONE_SHIFT: &str = "(SELECT id FROM shifts WHERE register = ?1 AND number = ?2)";

impl Reader {
    /// Begins a look at the store of a folder as it is now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let conn = connect(&dir.join(FILE_NAME), Access::Read)?;
        conn.execute_batch("BEGIN")?;
        Ok(Self { conn })
    }

    /// Everybody who works or worked here.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn staff(&self) -> Result<Vec<Staff>, StoreError> {
        load_staff(&self.conn)
    }

    /// What sales came to, summed by one thing or another, day by day. Of one shift, its sales are
    /// summed here.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn day_sums(&self, by: By, span: &Span) -> Result<Vec<DaySum>, StoreError> {
        if span.shift.is_some() {
            return Ok(self.shift_sums(span)?.into_iter().filter(|sum| sum.by == by).collect());
        }
        let mut statement = self.conn.prepare_cached(
            "SELECT business_date, register, key, name, count, quantity, gross, discount, net, tax, total, tips, cost, \
             net_with_cost, covers, open_ms FROM day_sums WHERE kind = ?1 AND business_date BETWEEN ?2 AND ?3 \
             AND (?4 IS NULL OR register = ?4) ORDER BY business_date, register, key",
        )?;
        let money = |row: &Row<'_>, at: usize| row.get(at).map(Money::from_minor);
        let register = span.register.map(|r| r.0);
        let mut rows = statement.query((by.word(), span.from.to_string(), span.to.to_string(), register))?;
        let mut sums = Vec::new();
        while let Some(row) = rows.next()? {
            sums.push(DaySum {
                date: date(row, 0)?,
                register: RegisterId(row.get(1)?),
                by,
                key: row.get(2)?,
                name: row.get(3)?,
                count: row.get(4)?,
                quantity: Quantity::from_thousandths(row.get(5)?),
                gross: money(row, 6)?,
                discount: money(row, 7)?,
                net: money(row, 8)?,
                tax: money(row, 9)?,
                total: money(row, 10)?,
                tips: money(row, 11)?,
                cost: money(row, 12)?,
                net_with_cost: money(row, 13)?,
                covers: row.get(14)?,
                open_ms: row.get(15)?,
            });
        }
        Ok(sums)
    }

    fn shift_sums(&self, span: &Span) -> Result<Vec<DaySum>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("SELECT entry FROM sales WHERE shift = {ONE_SHIFT}"))?;
        let entries = statement.query_map((span.register.map(|r| r.0), span.shift), |row| row.get(0))?;
        let mut sums = Vec::new();
        for entry in entries {
            sums.extend(of_sale(&sale_at(&self.conn, entry?)?));
        }
        let sql = format!("SELECT entry FROM tip_changes WHERE shift = {ONE_SHIFT} ORDER BY entry");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let entries = statement.query_map((span.register.map(|r| r.0), span.shift), |row| row.get(0))?;
        for entry in entries {
            if let Event::TipAdjusted { change } = event_at(&self.conn, entry?)? {
                sums.extend(of_tip(&change));
            }
        }
        Ok(sums)
    }

    /// Acts that cost money or trust, in the order in which they were recorded.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn acts(&self, span: &Span) -> Result<Vec<Act>, StoreError> {
        let of_days = "business_date BETWEEN ?3 AND ?4 AND (?1 IS NULL OR register = ?1) AND ?2 IS NULL";
        let of_shift = format!("shift = {ONE_SHIFT} AND ?3 <= ?4");
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT kind, business_date, register, shift, at_ms, at_offset, staff, other, for_order, what, reason, \
             count, amount FROM acts WHERE {} ORDER BY entry, place",
            if span.shift.is_some() { &of_shift } else { of_days }
        ))?;
        let register = span.register.map(|r| r.0);
        let mut rows = statement.query((register, span.shift, span.from.to_string(), span.to.to_string()))?;
        let mut acts = Vec::new();
        while let Some(row) = rows.next()? {
            acts.push(act(row)?);
        }
        Ok(acts)
    }

    /// Shifts of these business dates, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn shifts(&self, span: &Span) -> Result<Vec<ShiftFound>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT register, body, z FROM shifts WHERE (?1 IS NULL OR register = ?1) AND (?2 IS NULL OR number = ?2) \
             AND (?2 IS NOT NULL OR business_date BETWEEN ?3 AND ?4) ORDER BY business_date, register, number",
        )?;
        let register = span.register.map(|r| r.0);
        let mut rows = statement.query((register, span.shift, span.from.to_string(), span.to.to_string()))?;
        let mut shifts = Vec::new();
        while let Some(row) = rows.next()? {
            let entry: Option<i64> = row.get(2)?;
            let z = entry.map(|entry| z_at(&self.conn, entry)).transpose()?;
            let body: String = row.get(1)?;
            shifts.push(ShiftFound { register: RegisterId(row.get(0)?), shift: from_json(&body)?, z });
        }
        Ok(shifts)
    }

    /// Every register's drawer, as it stands now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn drawers(&self) -> Result<Vec<DrawerFound>, StoreError> {
        let mut shifts = open_shifts(&self.conn)?;
        let mut statement = self
            .conn
            .prepare_cached("SELECT register, signed_in FROM registers WHERE register > 0 ORDER BY register")?;
        let mut rows = statement.query([])?;
        let mut drawers = Vec::new();
        while let Some(row) = rows.next()? {
            let register = RegisterId(row.get(0)?);
            let shift = shifts.remove(&register);
            drawers.push(DrawerFound { register, shift, signed_in: id(row, 1)?.map(StaffId) });
        }
        Ok(drawers)
    }

    /// How long the stations took for their tickets, by station and the business date they were sent on.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn served(&self, span: &Span, late_min: i64) -> Result<Vec<Served>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT station, count(*), count(bumped_ms), coalesce(sum(max(bumped_ms - sent_ms, 0)), 0), \
             coalesce(max(bumped_ms - sent_ms), 0), coalesce(sum(bumped_ms - sent_ms >= ?3), 0) \
             FROM kitchen_tickets WHERE business_date BETWEEN ?1 AND ?2 GROUP BY station ORDER BY station",
        )?;
        let of = (span.from.to_string(), span.to.to_string(), late_min.saturating_mul(60_000));
        let served = statement.query_map(of, |row| {
            Ok(Served {
                station: row.get(0)?,
                tickets: row.get(1)?,
                done: row.get(2)?,
                all_ms: row.get(3)?,
                longest_ms: row.get(4)?,
                late: row.get(5)?,
            })
        })?;
        Ok(served.collect::<Result<_, _>>()?)
    }

    /// Hands each sale of a span to `each`, in the order in which they were recorded.
    ///
    /// # Errors
    /// When the store cannot be read, or what `each` says.
    pub fn sales(&self, span: &Span, each: &mut dyn FnMut(Sale) -> io::Result<()>) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT entry FROM sales WHERE business_date BETWEEN ?1 AND ?2 AND (?3 IS NULL OR register = ?3) \
             ORDER BY entry",
        )?;
        let register = span.register.map(|r| r.0);
        let entries = statement.query_map((span.from.to_string(), span.to.to_string(), register), |row| row.get(0))?;
        for entry in entries {
            each(sale_at(&self.conn, entry?)?).map_err(|e| StoreError::io(Path::new("the export"))(e))?;
        }
        Ok(())
    }

    /// The number of the open shift of a register, if one is open; else of its last one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_shift(&self, register: RegisterId) -> Result<Option<u32>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT max(number) FROM shifts WHERE register = ?1")?;
        Ok(statement.query_row([register.0], |row| row.get(0)).optional()?.flatten())
    }

    /// Time at work that began on these business dates, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn work(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<Work>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT body FROM work WHERE business_date BETWEEN ?1 AND ?2")?;
        let bodies = statement.query_map((from.to_string(), to.to_string()), |row| row.get::<_, String>(0))?;
        let mut all: Vec<Work> = bodies.map(|body| from_json(&body?)).collect::<Result<_, _>>()?;
        all.sort_by_key(|work| (work.date, work.began, work.id));
        Ok(all)
    }

    /// All open orders.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open_orders(&self) -> Result<Vec<Order>, StoreError> {
        let mut all = orders::all(&self.conn)?;
        all.sort_by_key(|order| (order.register, order.number));
        Ok(all)
    }

    /// How much there is of each good, by the books.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn goods(&self) -> Result<BTreeMap<String, Quantity>, StoreError> {
        Ok(stock::load(&self.conn)?)
    }

    /// What happened to goods on days.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn stock_moves(&self, span: &Span) -> Result<Vec<(String, StockKind, Quantity)>, StoreError> {
        let sql = "SELECT good, kind, quantity FROM stock_days WHERE business_date BETWEEN ?1 AND ?2";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query((span.from.to_string(), span.to.to_string()))?;
        let mut moves = Vec::new();
        while let Some(row) = rows.next()? {
            let word: String = row.get(1)?;
            let kind = StockKind::from_word(&word);
            let kind = kind.ok_or_else(|| StoreError::Damaged(format!("`{word}` is no kind of stock move")))?;
            moves.push((row.get(0)?, kind, Quantity::from_thousandths(row.get(2)?)));
        }
        Ok(moves)
    }

    /// Every voucher that was sold, by code.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn vouchers(&self) -> Result<Vec<Voucher>, StoreError> {
        Ok(vouchers::load(&self.conn)?.into_values().collect())
    }

    /// Every customer's points: what they are called, the scheme's code, how many; nobody's who has none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn points(&self) -> Result<Vec<(String, String, i64)>, StoreError> {
        let people = crate::store::people::all(&self.conn)?;
        let accounts = accounts::load(&self.conn)?;
        let name = |id: &CustomerId| match (people.get(id), accounts.get(id)) {
            (Some(person), _) => person.name.clone(),
            (None, account) => format!("Customer {}", account.map_or(0, |account| account.number)),
        };
        let all = points::load(&self.conn)?.into_iter().filter(|(_, points)| *points != 0);
        let mut rows: Vec<(String, String, i64)> = all.map(|((id, scheme), n)| (name(&id), scheme, n)).collect();
        rows.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.cmp(b)));
        Ok(rows)
    }

    /// Every customer's account with what they are called; those who were forgotten, by their number.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn accounts(&self) -> Result<Vec<(String, Account)>, StoreError> {
        let mut people = crate::store::people::all(&self.conn)?;
        let accounts = accounts::load(&self.conn)?.into_iter();
        let named = accounts.map(|(id, account)| match people.remove(&id) {
            Some(person) => (person.name, account),
            None => (format!("Customer {}", account.number), account),
        });
        Ok(named.collect())
    }

    /// Items that are sold out or counted: code, name, and what is left; none when sold out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn stock(&self) -> Result<Vec<(String, String, Option<Quantity>)>, StoreError> {
        use crate::domain::catalogue::{Availability, Item};
        let items: Vec<Item> = parts(&self.conn, "SELECT body FROM items ORDER BY position")?;
        let mut counted = load_availability(&self.conn)?;
        let left = |availability| match availability {
            Availability::SoldOut => None,
            Availability::Left(left) => Some(left),
        };
        let rows = items.into_iter().filter_map(|item| Some((left(counted.remove(&item.code)?), item)));
        Ok(rows.map(|(left, item)| (item.code, item.name, left)).collect())
    }
}

fn date(row: &Row<'_>, at: usize) -> Result<NaiveDate, StoreError> {
    let text: String = row.get(at)?;
    text.parse().map_err(|_| StoreError::Damaged(format!("`{text}` is no date")))
}

fn id(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Uuid>> {
    Ok(row.get::<_, Option<[u8; 16]>>(at)?.map(Uuid::from_bytes))
}

fn act(row: &Row<'_>) -> Result<Act, StoreError> {
    let word: String = row.get(0)?;
    let kind = ActKind::from_word(&word).ok_or_else(|| StoreError::Damaged(format!("`{word}` is no kind of act")))?;
    Ok(Act {
        at: Stamp::new(row.get(4)?, row.get(5)?),
        date: date(row, 1)?,
        register: RegisterId(row.get(2)?),
        shift: id(row, 3)?.map(ShiftId),
        kind,
        staff: id(row, 6)?.map(StaffId),
        other: id(row, 7)?.map(StaffId),
        order: id(row, 8)?.map(OrderId),
        what: row.get(9)?,
        reason: row.get(10)?,
        count: row.get(11)?,
        amount: Money::from_minor(row.get(12)?),
    })
}
