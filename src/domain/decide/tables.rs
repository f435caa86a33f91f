//! Tables: seating a party, moving, joining, covers, seats, and who serves.

use crate::domain::course::CourseRules;
use crate::domain::decide::{Deciding, free_text};
use crate::domain::event::{FaceAct, HandAct, LineAct};
use crate::domain::floor::MAX_TABLE_CHARS;
use crate::domain::ids::{LineId, StaffId};
use crate::domain::order::{Face, Line, Order};
use crate::domain::refusal::Refusal;
use crate::domain::staff::Permission;

impl Deciding<'_, '_> {
    /// A table as the plan has it; where there is no plan, as people call it.
    pub(super) fn table(&self, name: &str) -> Result<String, Refusal> {
        if let Some(spot) = self.till.settings.spot(name) {
            return Ok(spot.name.clone());
        }
        let name = free_text(name, 40)?;
        if name.is_empty() {
            return Err(Refusal::EmptyText("A table"));
        }
        let fits = name.chars().count() <= MAX_TABLE_CHARS && !name.contains(char::is_whitespace);
        if fits && self.till.settings.rooms.is_empty() { Ok(name) } else { Err(Refusal::NoTable(name)) }
    }

    /// A table at which nobody else sits.
    fn free_table(&self, name: &str, beside: bool) -> Result<String, Refusal> {
        let table = self.table(name)?;
        if !beside {
            self.check_alone(&table, self.till.current())?;
        }
        Ok(table)
    }

    /// Whether no other party than that of this order is at a table.
    pub(super) fn check_alone(&self, table: &str, but: Option<&Order>) -> Result<(), Refusal> {
        match self.till.orders_at(table).into_iter().find(|o| Some(o.party()) != but.map(Order::party)) {
            Some(order) => Err(Refusal::TableTaken { table: table.to_owned(), number: order.number }),
            None => Ok(()),
        }
    }

    pub(super) fn open_table(&mut self, name: &str, beside: bool) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        self.shift()?;
        let table = self.table(name)?;
        if !beside {
            // The order on screen stays where it is, unless nobody would miss it.
            self.check_alone(&table, self.till.current().filter(|order| order.is_blank()))?;
        }
        self.make_way()?;
        self.open_order(Face { table: Some(table), beside, ..self.till.settings.new_face() })?;
        Ok(())
    }

    pub(super) fn move_table(&mut self, name: Option<&str>, beside: bool) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.order()?;
        let table = name.map(|name| self.free_table(name, beside)).transpose()?;
        let mut face = Face { table, beside, ..order.face.clone() };
        // One bill that goes elsewhere leaves the joined tables to the others.
        let alone = order.part.is_none_or(|part| self.bills_of(part.whole).len() < 2);
        face.joined.retain(|joined| alone && face.table.as_ref().is_some_and(|table| table != joined));
        self.change_face(order, FaceAct::Table, face);
        Ok(())
    }

    /// Joins a free table to the order's own; one that is joined already is let go. The bills of a divided order
    /// are one party: it is theirs together, until the last of them is paid.
    pub(super) fn join_table(&mut self, name: &str) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.order()?;
        let Some(own) = &order.face.table else { return Err(Refusal::NotAtTable) };
        let table = self.free_table(name, false)?;
        if table == *own {
            return Err(Refusal::TableTaken { table, number: order.number });
        }
        let mut bills = order.part.map_or_else(|| vec![order], |part| self.bills_of(part.whole));
        bills.retain(|bill| bill.face.table.as_ref() == Some(own));
        let let_go = bills.iter().any(|bill| bill.face.joined.contains(&table));
        for bill in bills {
            let mut face = bill.face.clone();
            face.joined.retain(|joined| *joined != table);
            if !let_go {
                face.joined.push(table.clone());
            }
            self.change_face(bill, FaceAct::Table, face);
        }
        Ok(())
    }

    pub(super) fn set_covers(&mut self, covers: Option<u16>) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.order()?;
        let covers = covers.filter(|covers| *covers > 0);
        if covers.is_some_and(|covers| covers > 999) {
            return Err(Refusal::TooMuch(format!("{} people", covers.unwrap_or_default())));
        }
        self.change_face(order, FaceAct::Table, Face { covers, ..order.face.clone() });
        Ok(())
    }

    pub(super) fn set_seat(&mut self, line: LineId, seat: Option<u8>) -> Result<(), Refusal> {
        let (order, line) = self.line(line)?;
        let mut after = line.clone();
        after.seat = seat.filter(|seat| *seat > 0);
        self.put(order, LineAct::Seat, line, after);
        Ok(())
    }

    /// Puts a line into another course; with none it is to be made whenever it is sent.
    pub(super) fn set_course(&mut self, line: LineId, course: Option<u8>) -> Result<(), Refusal> {
        let (order, line) = self.line(line)?;
        let course = course.filter(|course| *course > 0);
        if course.is_some_and(|course| course > CourseRules::MOST) {
            return Err(Refusal::TooMuch(format!("Course {}", course.unwrap_or_default())));
        }
        self.put(order, LineAct::Course, line, Line { course, ..line.clone() });
        Ok(())
    }

    /// Gives the order to somebody else; whoever has it on screen keeps it there.
    pub(super) fn give_to(&mut self, staff: StaffId) -> Result<(), Refusal> {
        let actor = self.require(Permission::Sell)?;
        let order = self.order()?;
        if !self.till.staff.get(&staff).is_some_and(|s| s.active) {
            return Err(Refusal::NoStaff);
        }
        // What is somebody else's is not given away by anybody.
        if order.server != actor {
            self.require(Permission::TakeOver)?;
        }
        self.hand(order, HandAct::Given, order.holder.map(|h| h.staff), staff);
        Ok(())
    }
}
