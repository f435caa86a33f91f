//! Versions of the catalogue that came down from the backend: each waits for its date and for the
//! shifts to end, replaces the menu as one entry of the journal, and can be taken back.

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use crate::domain::catalogue::Menu;
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::RegisterId;
use crate::domain::menu_change::{CatalogueAct, MenuChange, diff, digest};
use crate::domain::shift::Shift;
use crate::store::commit::Committed;
use crate::store::error::{CommitError, StoreError};
use crate::store::fold::from_json;
use crate::store::journal::{int, whole};
use crate::store::{Store, load};
use crate::wire::catalogue::CatalogueBundle;

/// A menu that stands ready to replace another.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// The version of the catalogue it is, or takes back.
    pub version: u64,
    /// What changes; `None` when the menu is the same.
    pub change: Option<MenuChange>,
    /// The menu that is replaced.
    before: Vec<u8>,
    /// What becomes of the version.
    act: CatalogueAct,
}

impl Replacement {
    /// What happens with it, where the menu becomes another.
    pub fn event(&self) -> Option<Event> {
        let change = Box::new(self.change.clone()?);
        Some(Event::MenuChanged { change, catalogue: Some(self.act) })
    }
}

/// What is true when a menu is replaced, whoever else was at it meanwhile; and what then becomes of the version.
fn settle(tx: &Connection, replacement: &Replacement) -> Result<(), CommitError> {
    let overtaken = |what: &str| CommitError::Overtaken { what: what.to_owned() };
    let (was, is) = match replacement.act {
        CatalogueAct::Applied(_) => {
            let open = "SELECT EXISTS (SELECT 1 FROM shifts WHERE z IS NULL)";
            if tx.query_row(open, [], |row| row.get(0))? {
                return Err(overtaken("opening a shift"));
            }
            ("waiting", "applied")
        }
        CatalogueAct::TakenBack(_) => {
            if let Some(register) = sold_from(tx)? {
                return Err(CommitError::SoldFrom { register });
            }
            ("applied", "back")
        }
    };
    // It was made for the menu as it stood then.
    if let Some(change) = &replacement.change {
        let menu = load::menu(tx).map_err(|e| CommitError::Other(e.to_string()))?;
        if menu.map(|menu| digest(&menu)).as_ref() != Some(&change.digest) {
            return Err(overtaken("changing the menu"));
        }
    }
    let before = matches!(replacement.act, CatalogueAct::Applied(_)).then_some(&replacement.before);
    let changed = tx.execute(
        "UPDATE catalogues SET state = ?2, before = coalesce(?3, before) WHERE version = ?1 AND state = ?4",
        (int(replacement.version), is, before, was),
    )?;
    if changed == 1 { Ok(()) } else { Err(overtaken("this menu")) }
}

/// A register whose open shift has sold something.
fn sold_from(conn: &Connection) -> Result<Option<RegisterId>, CommitError> {
    let mut open = conn.prepare("SELECT register, body FROM shifts WHERE z IS NULL ORDER BY register")?;
    let mut rows = open.query([])?;
    while let Some(row) = rows.next()? {
        let shift: Shift = from_json(&row.get::<_, String>(1)?)?;
        if shift.has_sold() {
            return Ok(Some(RegisterId(row.get(0)?)));
        }
    }
    Ok(None)
}

impl Store {
    /// The newest version of the catalogue that came down; `None` before there is one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn newest_catalogue(&self) -> Result<Option<u64>, StoreError> {
        let version: Option<i64> = self.conn.query_row("SELECT max(version) FROM catalogues", [], |row| row.get(0))?;
        Ok(version.map(whole))
    }

    /// Keeps a version that came down, until it can be sold from. What still waited is passed over.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn keep_catalogue(&mut self, bundle: &CatalogueBundle, bytes: &[u8], now_ms: i64) -> Result<(), StoreError> {
        let tx = self.conn.transaction()?;
        tx.execute(
            "UPDATE catalogues SET state = 'passed' WHERE state = 'waiting' AND effective >= ?1",
            [bundle.effective.to_string()],
        )?;
        tx.execute(
            "INSERT INTO catalogues (version, effective, bytes, received_ms, state) VALUES (?1, ?2, ?3, ?4, 'waiting')",
            (int(bundle.version), bundle.effective.to_string(), bytes, now_ms),
        )?;
        tx.commit()?;
        Ok(())
    }

    /// What waits for its date, and for the shifts to end: version and date.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn waiting_catalogues(&self) -> Result<Vec<(u64, String)>, StoreError> {
        let mut statement =
            self.conn.prepare("SELECT version, effective FROM catalogues WHERE state = 'waiting' ORDER BY version")?;
        let rows = statement.query_map([], |row| Ok((whole(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The newest version whose date has come, if no shift is open on any register.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn due_catalogue(&self, today: NaiveDate) -> Result<Option<Replacement>, StoreError> {
        let row: Option<(i64, Vec<u8>)> = self
            .conn
            .query_row(
                "SELECT version, bytes FROM catalogues WHERE state = 'waiting' AND effective <= ?1 \
                 AND NOT EXISTS (SELECT 1 FROM shifts WHERE z IS NULL) ORDER BY effective DESC, version DESC LIMIT 1",
                [today.to_string()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let Some((version, bytes)) = row else { return Ok(None) };
        let bundle: CatalogueBundle = serde_json::from_slice(&bytes)
            .map_err(|e| StoreError::Damaged(format!("version {version} of the catalogue: {e}")))?;
        self.replacement(&bundle.menu, CatalogueAct::Applied(whole(version))).map(Some)
    }

    /// The menu before the newest version that is being sold from: what a roll-back puts back.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn menu_to_go_back_to(&self) -> Result<Option<Replacement>, StoreError> {
        let row: Option<(i64, Vec<u8>)> = self
            .conn
            .query_row(
                "SELECT version, before FROM catalogues WHERE state = 'applied' AND before IS NOT NULL \
                 ORDER BY version DESC LIMIT 1",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let Some((version, before)) = row else { return Ok(None) };
        let menu: Menu = serde_json::from_slice(&before)
            .map_err(|e| StoreError::Damaged(format!("the menu before version {version}: {e}")))?;
        self.replacement(&menu, CatalogueAct::TakenBack(whole(version))).map(Some)
    }

    fn replacement(&self, menu: &Menu, act: CatalogueAct) -> Result<Replacement, StoreError> {
        let (CatalogueAct::Applied(version) | CatalogueAct::TakenBack(version)) = act;
        let now = self.load_menu()?.unwrap_or_else(|| Menu::empty(menu.currency));
        let before = serde_json::to_vec(&now).map_err(|e| StoreError::Damaged(e.to_string()))?;
        Ok(Replacement { version, change: diff(&now, menu), before, act })
    }

    /// Replaces the menu: what is recorded, [`Replacement::event`] among it, and the version's state in one
    /// transaction, which also sees whether it is still the time for it. Without a change, only the state.
    ///
    /// # Errors
    /// As of [`Store::commit`]; [`CommitError::Overtaken`] when somebody has opened a shift or changed the menu
    /// meanwhile, [`CommitError::SoldFrom`] when an open shift has sold from what is to be taken back.
    pub fn replace_menu(
        &mut self,
        replacement: &Replacement,
        recorded: &[Recorded],
    ) -> Result<Option<Committed>, CommitError> {
        if !recorded.is_empty() {
            return self.commit_with(recorded, &[], |tx| settle(tx, replacement)).map(Some);
        }
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        settle(&tx, replacement)?;
        tx.commit()?;
        Ok(None)
    }

    /// The last thing that was heard from the office about what can be had.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn heard(&self) -> Result<u64, StoreError> {
        Ok(whole(self.conn.query_row("SELECT heard FROM backend", [], |row| row.get(0))?))
    }

    /// Does what the office said about what can be had, all in one transaction.
    ///
    /// # Errors
    /// As of [`Store::commit`].
    pub fn hear(&mut self, recorded: &[Recorded], revision: u64) -> Result<(), StoreError> {
        let note = |tx: &rusqlite::Connection| {
            tx.execute("UPDATE backend SET heard = ?1", [int(revision)])?;
            Ok(())
        };
        if recorded.is_empty() {
            note(&self.conn)?;
        } else {
            self.commit_with(recorded, &[], note)?;
        }
        Ok(())
    }
}
