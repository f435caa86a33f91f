//! Recording what happened: one transaction for the journal, the projections and the print jobs.

use std::collections::BTreeSet;

use rusqlite::{Connection, TransactionBehavior};

use crate::domain::customer::CustomerAct;
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::{BoxId, OrderId};
use crate::domain::points::moved;
use crate::domain::spool::NewJob;
use crate::domain::stock::StockKind;
use crate::domain::voucher::masked;
use crate::store::Store;
use crate::store::contacts;
use crate::store::error::CommitError;
use crate::store::fold::{Fold, Known, accounts, last_ticket, points, refunds, stock, tips, vouchers};
use crate::store::journal::{self, Hash};
use crate::store::keys::{self, RegisterKey};
use crate::store::outbox;
use crate::store::spool::{self, queue};

/// Where the entries of one commit stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The first one's place among all entries of the box. If it does not follow the last entry
    /// this session knows, others have written in between: see [`Store::entries_after`].
    pub first: i64,
    /// The last one's.
    pub last: i64,
}

impl Store {
    /// Records what happened, and the jobs it causes, durably: all of it or nothing. Returns when it
    /// is on the disk.
    ///
    /// # Errors
    /// See [`CommitError`]. After [`CommitError::Failing`] every further commit fails in the same
    /// way until [`Store::reopen`] has found the store whole.
    pub fn commit(&mut self, recorded: &[Recorded], jobs: &[NewJob]) -> Result<Committed, CommitError> {
        let done = self.commit_with(recorded, jobs, |_| Ok(()));
        if done.is_ok() {
            // What was committed is safe; a disk that failed now stops the next one.
            let carried = self.pace.committed(&self.conn);
            let _ = self.noting(carried);
        }
        done
    }

    /// The key that is to sign what is recorded, if a shift is closed with it.
    fn key_for(&self, recorded: &[Recorded]) -> Result<Option<RegisterKey>, CommitError> {
        let closing = recorded.iter().find(|r| matches!(r.event, Event::ShiftClosed { .. }));
        let key = closing.map(|r| RegisterKey::of(&self.dir, r.register)).transpose();
        key.map_err(|error| CommitError::Other(error.to_string()))
    }

    /// The same, with something more in the same transaction.
    pub(super) fn commit_with(
        &mut self,
        recorded: &[Recorded],
        jobs: &[NewJob],
        more: impl FnOnce(&Connection) -> Result<(), CommitError>,
    ) -> Result<Committed, CommitError> {
        if let Some(why) = &self.failed {
            return Err(CommitError::Failing(why.clone()));
        }
        let key = self.key_for(recorded)?;
        let known = std::mem::take(&mut self.known);
        let done = transact(&mut self.conn, (self.box_id, known), recorded, jobs, key.as_ref(), more);
        let (committed, known) = self.noting(done)?;
        self.known = known;
        Ok(committed)
    }
}

fn transact(
    conn: &mut Connection,
    (box_id, known): (BoxId, Known),
    recorded: &[Recorded],
    jobs: &[NewJob],
    key: Option<&RegisterKey>,
    more: impl FnOnce(&Connection) -> Result<(), CommitError>,
) -> Result<(Committed, Known), CommitError> {
    let Some(act) = recorded.first() else {
        return Err(CommitError::Other("there was nothing to record".to_owned()));
    };
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut fold = Fold::knowing(&tx, known);
    let mut touched = BTreeSet::new();
    let (mut first, mut last) = (None, 0);
    for recorded in recorded {
        check_version(&mut fold, &mut touched, recorded)?;
        check_tables(&mut fold, recorded)?;
        check_stock(&fold, recorded)?;
        check_budgets(&fold, recorded)?;
        check_numbers(&mut fold, recorded)?;
        check_work(&fold, recorded)?;
        check_account(&fold, recorded)?;
        check_voucher(&fold, recorded)?;
        check_points(&fold, recorded)?;
        check_goods(&fold, recorded)?;
        check_tickets(&fold, recorded)?;
        check_turn(&mut fold, recorded)?;
        for entry in signed(&tx, box_id, &mut fold, key, recorded)? {
            first.get_or_insert(entry);
            last = entry;
        }
        contacts::forget(&tx, &recorded.event)?;
        // Print jobs are no projection: what is decided over them is carried out here, and once.
        if let Event::JobDecided { job, act, reason, .. } = &recorded.event {
            spool::decide(&tx, *job, act, reason, recorded.at)?;
        }
    }
    last = seal_correction(&tx, box_id, &mut fold, recorded)?.unwrap_or(last);
    let known = fold.finish()?;
    for job in jobs {
        queue(&tx, act.register, act.at, job)?;
    }
    more(&tx)?;
    tx.commit()?;
    Ok((Committed { first: first.unwrap_or(last), last }, known))
}

/// Appends one entry; around a Z, those that introduce the key that signs it and hold its signature.
/// Gives the places of all.
fn signed(
    conn: &Connection,
    box_id: BoxId,
    fold: &mut Fold,
    key: Option<&RegisterKey>,
    recorded: &Recorded,
) -> Result<Vec<i64>, CommitError> {
    let (Some(key), Event::ShiftClosed { z }) = (key, &recorded.event) else {
        return Ok(vec![record(conn, box_id, fold, recorded)?.0]);
    };
    let also = |event| Recorded { event, ..recorded.clone() };
    let mut places = Vec::new();
    if fold.register(recorded.register)?.key.as_deref() != Some(&key.public()) {
        places.push(record(conn, box_id, fold, &also(Event::KeyMade { public: key.public() }))?.0);
    }
    let (place, (seq, hash)) = record(conn, box_id, fold, recorded)?;
    let signature = key.sign(&keys::z_message(box_id, recorded.register, seq, &hash));
    let sealed = also(Event::ShiftSealed { z: z.number, seq, signature });
    places.extend([place, record(conn, box_id, fold, &sealed)?.0]);
    Ok(places)
}

/// What adds to a shift that is closed waits for no other shift: it is a bundle of its own. Within a shift it
/// goes with that one. Gives the place of the entry that ends it.
fn seal_correction(
    conn: &Connection,
    box_id: BoxId,
    fold: &mut Fold,
    recorded: &[Recorded],
) -> Result<Option<i64>, CommitError> {
    let late = recorded.iter().filter(|r| r.shift.is_none()).find_map(|r| r.late().map(|date| (r, date)));
    let Some((recorded, date)) = late else { return Ok(None) };
    if !outbox::is_between_shifts(conn, recorded.register)? {
        return Ok(None);
    }
    let corrects = outbox::closed_shift(conn, recorded.register, date)?;
    let sealed = Recorded { event: Event::CorrectionSealed { corrects }, ..recorded.clone() };
    Ok(Some(record(conn, box_id, fold, &sealed)?.0))
}

/// Appends one entry and folds it.
pub(super) fn record(
    conn: &Connection,
    box_id: BoxId,
    fold: &mut Fold,
    recorded: &Recorded,
) -> Result<(i64, (u64, Hash)), CommitError> {
    let register = fold.register(recorded.register)?;
    let (id, head) = journal::append(conn, box_id, (register.seq, register.head), recorded)?;
    fold.entry(id, head, recorded)?;
    Ok((id, head))
}

/// The first event of an order must make the version after the one in the store; those after it may
/// share that version (they are of the same command) or make the next.
fn check_version(fold: &mut Fold, touched: &mut BTreeSet<OrderId>, recorded: &Recorded) -> Result<(), CommitError> {
    let Some((order, version)) = recorded.event.order() else { return Ok(()) };
    let stands = fold.order(order)?.map(|o| o.version);
    let known = !touched.insert(order);
    let fits = match (&recorded.event, stands) {
        (Event::OrderOpened { .. }, stands) => stands.is_none() && !known,
        (_, Some(stands)) => version == stands + 1 || (known && version == stands),
        // A sale that was taken in from an earlier till never was an open order.
        (Event::SaleCompleted { sale, .. }, None) => sale.imported,
        (_, None) => false,
    };
    if fits { Ok(()) } else { Err(CommitError::Stale { order }) }
}

/// An order that takes a table for itself is alone there, whoever else has seated somebody meanwhile. The
/// bills of a divided order stay where it was.
fn check_tables(fold: &mut Fold, recorded: &Recorded) -> Result<(), CommitError> {
    let (order, taken) = if let Event::OrderOpened { order } = &recorded.event
        && order.part.is_none()
    {
        (order.id, order.face.takes(None))
    } else if let Event::FaceChanged { order, before, after, .. } = &recorded.event {
        (*order, after.takes(Some(before)))
    } else {
        return Ok(());
    };
    for table in taken {
        if fold.is_taken(table, order)? {
            return Err(CommitError::TableTaken { table: table.to_owned() });
        }
    }
    Ok(())
}

/// What is counted cannot go below nothing, whatever another session has sold meanwhile.
fn check_stock(fold: &Fold, recorded: &Recorded) -> Result<(), CommitError> {
    for (item, quantity) in crate::domain::taken(&recorded.event) {
        let left = fold.left(item)?;
        if quantity.thousandths() > 0 && left.is_some_and(|left| left < quantity) {
            return Err(CommitError::OutOfStock { item: item.to_owned() });
        }
    }
    Ok(())
}

/// Time at work is changed from how it stands, and nobody is at work twice.
fn check_work(fold: &Fold, recorded: &Recorded) -> Result<(), CommitError> {
    let Event::WorkChanged { before, after, .. } = &recorded.event else { return Ok(()) };
    let (stands, elsewhere) = fold.work(after)?;
    if stands.as_ref() == before.as_deref() && !(elsewhere && after.ended.is_none()) {
        return Ok(());
    }
    Err(CommitError::Other("this time at work was changed meanwhile: look at it again".to_owned()))
}

/// Nobody owes more than they may, whatever another session has charged meanwhile; no payment is taken back twice;
/// and no two customers have one number.
fn check_account(fold: &Fold, recorded: &Recorded) -> Result<(), CommitError> {
    if let Event::CustomerChanged { customer, act: CustomerAct::Saved { number } } = &recorded.event
        && accounts::is_taken(fold.conn(), *number, *customer)?
    {
        return Err(CommitError::NumberTaken);
    }
    if let Event::MoneyReceived { received } = &recorded.event
        && let (Some(account), Some(back)) = (received.account, &received.takes_back)
        && !accounts::stands(fold.conn(), account.customer, back.payment)?
    {
        return Err(CommitError::Overtaken { what: format!("account {}", account.number) });
    }
    if let Event::PaymentTaken { payment, .. } = &recorded.event
        && let Some(charged) = payment.charged
    {
        let left = accounts::find(fold.conn(), charged.customer)?.and_then(|account| account.left());
        if left.is_none_or(|left| payment.tendered > left) {
            return Err(CommitError::Overtaken { what: format!("account {}", charged.number) });
        }
    }
    Ok(())
}

/// No voucher is used twice, or for more than is left on it, whatever another session has taken off meanwhile.
fn check_voucher(fold: &Fold, recorded: &Recorded) -> Result<(), CommitError> {
    let (code, left) = match &recorded.event {
        Event::PaymentTaken { payment, .. } => {
            let Some(used) = &payment.voucher else { return Ok(()) };
            (&used.code, used.left + payment.tendered)
        }
        Event::MoneyReceived { received } if received.payment.amount.is_negative() => {
            let Some(voucher) = &received.voucher else { return Ok(()) };
            (&voucher.code, voucher.left - received.payment.amount)
        }
        _ => return Ok(()),
    };
    match vouchers::find(fold.conn(), code)? {
        Some(voucher) if voucher.left == left => Ok(()),
        Some(_) | None => Err(CommitError::Overtaken { what: format!("voucher {}", masked(code)) }),
    }
}

/// No points are used twice, whatever another session has used meanwhile.
fn check_points(fold: &Fold, recorded: &Recorded) -> Result<(), CommitError> {
    let takes = |event: &Event| match event {
        Event::CustomerChanged { act, .. } => matches!(act, CustomerAct::Points { .. }),
        event => matches!(event, Event::LineChanged { .. } | Event::FaceChanged { .. }),
    };
    if !takes(&recorded.event) {
        return Ok(());
    }
    for (customer, scheme, more) in moved(&recorded.event) {
        if more < 0 && points::find(fold.conn(), customer, scheme)? + more < 0 {
            let number = accounts::find(fold.conn(), customer)?.map_or(0, |account| account.number);
            return Err(CommitError::Overtaken { what: format!("the points of customer {number}") });
        }
    }
    Ok(())
}

/// What was counted is the difference to what the books say then: nothing was sold of it since.
fn check_goods(fold: &Fold, recorded: &Recorded) -> Result<(), CommitError> {
    let Event::StockMoved { moves } = &recorded.event else { return Ok(()) };
    for one in moves.iter().filter(|one| one.kind == StockKind::Counted) {
        if stock::find(fold.conn(), &one.good)? != one.before {
            return Err(CommitError::Overtaken { what: one.name.clone() });
        }
    }
    Ok(())
}

/// No promotion takes off more than its budget, whatever another session has given meanwhile.
fn check_budgets(fold: &Fold, recorded: &Recorded) -> Result<(), CommitError> {
    let Event::LineChanged { after: Some(line), .. } = &recorded.event else { return Ok(()) };
    for (code, more) in crate::domain::promotion::used(&recorded.event) {
        let budget = line.promotions.iter().find(|a| a.code == code).and_then(|a| a.budget);
        let used = crate::store::fold::promotions::find(fold.conn(), code)?.used;
        if more.is_positive() && budget.is_some_and(|budget| used + more > budget) {
            return Err(CommitError::OverBudget { promotion: code.to_owned() });
        }
    }
    Ok(())
}

/// Receipts, shifts and Zs are numbered without gaps on their register; orders are on the box, over all
/// registers.
fn check_numbers(fold: &mut Fold, recorded: &Recorded) -> Result<(), CommitError> {
    let register = fold.register(recorded.register)?;
    let (what, given, due) = if let Event::ShiftOpened { shift } = &recorded.event {
        ("shift", u64::from(shift.number), u64::from(register.shift) + 1)
    } else if let Event::Refunded { refund, .. } = &recorded.event {
        ("refund", refund.number, register.refund + 1)
    } else if let Event::ShiftClosed { z } = &recorded.event {
        ("Z", u64::from(z.number), u64::from(register.z) + 1)
    } else if let Event::SaleCompleted { sale, .. } = &recorded.event
        && !sale.imported
    {
        ("receipt", sale.receipt, register.receipt + 1)
    } else if let Event::OrderOpened { order } = &recorded.event
        // A bill of a divided order has that one's number.
        && order.part.is_none()
    {
        let free = fold.next_order()? == order.number;
        return if free { Ok(()) } else { Err(CommitError::NumberTaken) };
    } else {
        return Ok(());
    };
    if given == due {
        return Ok(());
    }
    Err(CommitError::Other(format!("the next {what} of register {} is {due}, not {given}", recorded.register)))
}

/// Kitchen tickets are numbered without gaps at their station, over all registers.
fn check_tickets(fold: &Fold, recorded: &Recorded) -> Result<(), CommitError> {
    let Event::Sent { tickets, .. } = &recorded.event else { return Ok(()) };
    for ticket in tickets {
        if ticket.number != last_ticket(fold.conn(), &ticket.station)? + 1 {
            return Err(CommitError::NumberTaken);
        }
    }
    Ok(())
}

/// What was decided by what stood before: a refund by the refunds of its sale so far, a tip by what it was changed to, a
/// cash move by those of its drawer, which another session may have added to.
fn check_turn(fold: &mut Fold, recorded: &Recorded) -> Result<(), CommitError> {
    if let Event::Refunded { refund, .. } = &recorded.event
        && let Some(of) = &refund.of
        && refunds::of_sale(fold.conn(), of.sale)? != of.earlier
    {
        return Err(CommitError::Overtaken { what: format!("a refund of receipt {}", of.receipt) });
    }
    if let Event::TipAdjusted { change } = &recorded.event
        && tips::last(fold.conn(), change.payment)?.is_some_and(|tip| tip != change.before)
    {
        return Err(CommitError::Overtaken { what: format!("the tip of receipt {}", change.receipt) });
    }
    if let Event::CashMoved { cash, .. } = &recorded.event {
        let moves = fold.shift_before(recorded)?.map_or(0, |shift| shift.moves.len());
        if moves + 1 != cash.number as usize {
            return Err(CommitError::Overtaken { what: format!("the cash of register {}", recorded.register) });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::RegisterId;
    use crate::domain::time::{CutOff, Stamp};
    use crate::store::{NewStore, SCHEMA};
    use uuid::Uuid;

    fn made(dir: &std::path::Path) -> Store {
        let new = NewStore {
            box_id: BoxId(Uuid::nil()),
            name: "Test",
            now: Stamp::new(0, 0),
            cut_off: CutOff::default(),
            program: "0.1.0",
        };
        Store::create(dir, &new).unwrap()
    }

    fn no_sale(reason: &str) -> Recorded {
        Recorded {
            at: Stamp::new(0, 0),
            business_date: Stamp::new(0, 0).business_date(CutOff::default()),
            register: RegisterId(1),
            shift: None,
            staff: None,
            program: "0.1.0".to_owned(),
            schema: SCHEMA,
            event: Event::NoSale { reason: reason.to_owned() },
        }
    }

    #[test]
    fn a_full_disk_records_nothing_and_stops_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = made(dir.path());
        // A database that may not grow says what a full disk says.
        let pages: i64 = store.conn.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        let limit = |pages: i64| format!("PRAGMA max_page_count = {pages}");
        store.conn.query_row(&limit(pages), [], |_| Ok(())).unwrap();
        let big = no_sale(&"x".repeat(100_000));
        assert_eq!(store.commit(&[no_sale("a"), big.clone()], &[]), Err(CommitError::DiskFull));
        assert_eq!(store.last_entry().unwrap(), 1);
        assert_eq!(store.failed(), None);
        store.conn.query_row(&limit(1_000_000), [], |_| Ok(())).unwrap();
        assert_eq!(store.commit(&[no_sale("a"), big], &[]), Ok(Committed { first: 2, last: 3 }));
    }

    #[test]
    fn a_read_only_store_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = made(dir.path());
        store.conn.pragma_update(None, "query_only", true).unwrap();
        assert_eq!(store.commit(&[no_sale("a")], &[]), Err(CommitError::ReadOnly));
    }

    #[test]
    fn nothing_is_recorded_after_the_disk_failed() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = made(dir.path());
        let failing = CommitError::Failing("disk I/O error".to_owned());
        assert_eq!(store.noting::<()>(Err(failing.clone())), Err(failing.clone()));
        assert_eq!(store.commit(&[no_sale("a")], &[]), Err(failing));
        assert!(store.reopen(&mut |_, _| {}).unwrap().is_clean());
        assert!(store.commit(&[no_sale("a")], &[]).is_ok());
    }

    #[test]
    fn a_commit_needs_something_to_record() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(made(dir.path()).commit(&[], &[]), Err(CommitError::Other(_))));
    }
}
