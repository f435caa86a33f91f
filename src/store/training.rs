//! A store to practise in, made from a real one: its menu, its people and their PINs; no sale, no customer, no
//! paper of it.

use std::fs;
use std::path::Path;

use rusqlite::TransactionBehavior;

use crate::domain::catalogue::Menu;
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::RegisterId;
use crate::domain::menu_change::diff;
use crate::store::error::{CommitError, StoreError};
use crate::store::{FILE_NAME, NewStore, SCHEMA, Store, pins, place};

impl Store {
    /// Makes a store for practice in a folder, or brings the one that is there up to this one's menu and people. What
    /// was practised stays.
    ///
    /// # Errors
    /// When either store cannot be read or written.
    pub fn train_in(&self, dir: &Path, new: &NewStore) -> Result<Self, StoreError> {
        if !dir.join(FILE_NAME).is_file() {
            drop(Self::create(dir, new)?);
        }
        let mut copy = Self::open(dir, new.program)?;
        let events = self.lacking(&copy)?;
        let record =
            |event| Recorded::by_program(event, RegisterId::OFFICE, new.now, new.cut_off, (new.program, SCHEMA));
        let recorded: Vec<Recorded> = events.into_iter().map(record).collect();
        if !recorded.is_empty() {
            copy.commit(&recorded, &[])?;
        }
        self.give_secrets(&mut copy)?;
        Ok(copy)
    }

    /// What a copy lacks of this store's menu and people.
    fn lacking(&self, copy: &Self) -> Result<Vec<Event>, StoreError> {
        let mut events = Vec::new();
        if let Some(menu) = self.load_menu()? {
            let old = copy.load_menu()?.unwrap_or_else(|| Menu::empty(menu.currency));
            events.extend(
                diff(&old, &menu).map(|change| Event::MenuChanged { change: Box::new(change), catalogue: None }),
            );
        }
        let known = copy.load_staff()?;
        let others = self.load_staff()?.into_iter().filter(|staff| !known.contains(staff));
        events.extend(others.map(|staff| Event::StaffChanged { staff }));
        Ok(events)
    }

    /// Gives a copy the tags of PINs and badges, with the salt and the pepper that made them.
    fn give_secrets(&self, copy: &mut Self) -> Result<(), StoreError> {
        type Rows = Vec<(Vec<u8>, Vec<u8>)>;
        let rows = |sql: &str| -> rusqlite::Result<Rows> {
            let mut statement = self.conn.prepare(sql)?;
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        let (pins, badges) = (rows("SELECT staff, tag FROM credentials")?, rows("SELECT staff, tag FROM badges")?);
        let salt: Vec<u8> = self.conn.query_row("SELECT pin_salt FROM box", [], |row| row.get(0))?;
        let path = pins::pepper_path(&copy.dir);
        let pepper = place::read_secret(&pins::pepper_path(&self.dir)).map_err(StoreError::io(&path))?;
        if place::read_secret(&path).map_err(StoreError::io(&path))? != pepper {
            fs::remove_file(&path).map_err(StoreError::io(&path))?;
            place::write_secret(&path, &pepper).map_err(StoreError::io(&path))?;
        }
        let tx = copy.conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(CommitError::from)?;
        tx.execute("UPDATE box SET pin_salt = ?1", [salt])?;
        tx.execute_batch("DELETE FROM credentials; DELETE FROM badges;")?;
        for (staff, tag) in pins {
            tx.execute("INSERT INTO credentials (staff, tag) VALUES (?1, ?2)", (staff, tag))?;
        }
        for (staff, tag) in badges {
            tx.execute("INSERT INTO badges (staff, tag) VALUES (?1, ?2)", (staff, tag))?;
        }
        tx.commit().map_err(CommitError::from)?;
        Ok(())
    }
}
