//! A house for a scenario: a store made by the real program, people at their tills, and a clock.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicI64, Ordering};

use chrono::NaiveDateTime;
use counterflow::domain::ids::RegisterId;
use counterflow::domain::spool::Job;
use counterflow::domain::time::Stamp;
use counterflow::session::clock::Clock;
use counterflow::session::{Options, PROGRAM, Session};
use counterflow::store::SpoolQueue;
use counterflow::tui::{Colours, Glyphs, Look, picture};
use counterflow::ui::{AfterPin, Input};

use crate::shop::{ADA, BEN, OWNER, Shop};

/// A clock that only steps move, over all tills of a house.
#[derive(Clone, Debug)]
pub struct SteppedClock {
    utc_ms: Arc<AtomicI64>,
    offset_min: Arc<AtomicI32>,
}

impl SteppedClock {
    pub fn set(&self, local: NaiveDateTime, offset_min: i32) {
        let utc_ms = local.and_utc().timestamp_millis() - i64::from(offset_min) * 60_000;
        self.utc_ms.store(utc_ms, Ordering::SeqCst);
        self.offset_min.store(offset_min, Ordering::SeqCst);
    }

    fn pass(&self, ms: i64) {
        self.utc_ms.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Default for SteppedClock {
    /// Noon of Monday, 2 March 2026.
    fn default() -> Self {
        let clock = Self { utc_ms: Arc::default(), offset_min: Arc::default() };
        clock.set("2026-03-02T12:00:00".parse().unwrap(), 0);
        clock
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> Stamp {
        Stamp::new(self.utc_ms.load(Ordering::SeqCst), self.offset_min.load(Ordering::SeqCst))
    }

    fn set(&mut self, _: NaiveDateTime) -> Result<(), String> {
        Err("the scenario sets the clock".to_owned())
    }

    fn twin(&self) -> Box<dyn Clock> {
        Box::new(self.clone())
    }
}

/// Somebody who works here.
struct Person {
    pin: String,
    /// The register they sign in on.
    register: u16,
}

/// The house of one scenario.
#[derive(Default)]
pub struct House {
    shop: Option<Shop>,
    pub clock: SteppedClock,
    people: BTreeMap<String, Person>,
    /// Open tills by register, each with what its last input led to.
    tills: BTreeMap<u16, Session>,
    /// What the last input of somebody said.
    said: BTreeMap<String, String>,
    /// Whether shifts are opened when a till is: so unless a scenario is about opening them.
    pub shifts_closed: bool,
}

/// How long a till of a scenario may stay untouched at a time: below what looks like a clock's jump.
const STEP_MS: i64 = 5 * 60_000;

impl House {
    /// Makes the store from a template. Ada and Ben are cashiers on registers 1 and 2, Olive is the
    /// owner on register 3; everything prints on one text printer.
    pub fn make(&mut self, template: &str) {
        let shop = Shop::of(template);
        shop.configure("counterflow.toml", |text| {
            let line = text.lines().find(|l| l.starts_with("registers =")).unwrap().to_owned();
            text.replace(&line, "registers = [\"Counter\", \"Bar\", \"Office\"]")
        });
        shop.prints();
        for (register, name, pin) in [(1, "Ada", ADA), (2, "Ben", BEN), (3, "Olive", OWNER)] {
            self.people.insert(name.to_owned(), Person { pin: pin.to_owned(), register });
        }
        self.shop = Some(shop);
    }

    pub fn shop(&self) -> Result<&Shop, String> {
        self.shop.as_ref().ok_or_else(|| "there is no house yet: `Given a café`".to_owned())
    }

    /// Takes on somebody with a role.
    pub fn hire(&mut self, name: &str, role: &str, pin: &str) -> Result<(), String> {
        self.shop()?.hire_as(name, role, pin);
        self.people.insert(name.to_owned(), Person { pin: pin.to_owned(), register: 1 });
        Ok(())
    }

    /// From now on somebody works on this register.
    pub fn goes_to(&mut self, name: &str, register: u16) -> Result<(), String> {
        let person = self.people.get_mut(name).ok_or_else(|| format!("nobody named {name}"))?;
        person.register = register;
        Ok(())
    }

    /// The till of this register, opened if it is not.
    pub fn till(&mut self, register: u16) -> Result<&mut Session, String> {
        if !self.tills.contains_key(&register) {
            let session = self.open(register)?;
            self.tills.insert(register, session);
        }
        self.tills.get_mut(&register).ok_or_else(|| "no till".to_owned())
    }

    fn open(&self, register: u16) -> Result<Session, String> {
        let shop = self.shop()?;
        let options = Options {
            data: shop.data(),
            config: shop.config(),
            register: RegisterId(register),
            clock: Box::new(self.clock.clone()),
            greeting: Vec::new(),
            watermark: None,
        };
        let mut session = Session::open(options).map_err(|e| e.to_string())?;
        if session.till.shift.is_none() && !self.shifts_closed {
            session.pin(OWNER, AfterPin::SignIn);
            for line in [":open-shift 100.00", ":sign-out"] {
                session.step(Input::Line(line.to_owned()));
            }
            if session.till.shift.is_none() {
                return Err(format!("the shift of register {register} does not open: {}", session.said()));
            }
        }
        Ok(session)
    }

    /// The till at which somebody works, with them signed in.
    pub fn till_of(&mut self, name: &str) -> Result<&mut Session, String> {
        let person = self.people.get(name).ok_or_else(|| format!("nobody named {name}"))?;
        let (pin, register) = (person.pin.clone(), person.register);
        let session = self.till(register)?;
        if session.till.actor().is_none_or(|actor| actor.name != name) {
            if session.till.signed_in.is_some() {
                session.step(Input::Line(":sign-out".to_owned()));
            }
            session.pin(&pin, AfterPin::SignIn);
            if session.till.actor().is_none_or(|actor| actor.name != name) {
                return Err(format!("{name} cannot sign in on register {register}: {}", session.said()));
            }
        }
        Ok(session)
    }

    /// Somebody types a line, keys in angle brackets included.
    pub fn types(&mut self, name: &str, line: &str) -> Result<(), String> {
        let line = &self.filled(line)?;
        let inputs = counterflow::ui::script::inputs(line)?;
        let session = self.till_of(name)?;
        for input in inputs {
            session.step(input);
        }
        let said = session.screen().input.echo.text;
        self.said.insert(name.to_owned(), said);
        Ok(())
    }

    /// Somebody scans a barcode, or the last voucher that was printed.
    pub fn scans(&mut self, name: &str, code: &str) -> Result<(), String> {
        let code = match code {
            "{voucher}" => counterflow::domain::voucher::PREFIX.to_owned() + &self.filled(code)?,
            code => code.to_owned(),
        };
        let session = self.till_of(name)?;
        session.step(Input::Scan(code));
        let said = session.screen().input.echo.text;
        self.said.insert(name.to_owned(), said);
        Ok(())
    }

    /// A line with the code of the last voucher that was printed, where it says `{voucher}`.
    pub fn filled(&self, line: &str) -> Result<String, String> {
        if !line.contains("{voucher}") {
            return Ok(line.to_owned());
        }
        let jobs = self.jobs()?;
        let code = jobs.iter().rev().find_map(|job| {
            let text = String::from_utf8_lossy(&job.bytes).into_owned();
            text.split_whitespace().find_map(counterflow::domain::voucher::parse)
        });
        Ok(line.replace("{voucher}", &code.ok_or("no voucher was printed")?))
    }

    /// What was said to somebody after the last line they typed.
    pub fn told(&self, name: &str) -> &str {
        self.said.get(name).map_or("", String::as_str)
    }

    /// What somebody has on their screen.
    pub fn screen(&mut self, name: &str) -> Result<String, String> {
        let register = self.people.get(name).ok_or_else(|| format!("nobody named {name}"))?.register;
        let session = self.till(register)?;
        session.tick();
        let look = Look { colours: Colours::Mono, glyphs: Glyphs::Full };
        Ok(picture(&session.screen(), 100, 30, &look))
    }

    /// Time passes at every till.
    pub fn pass(&mut self, minutes: i64) {
        let mut left_ms = minutes * 60_000;
        while left_ms > 0 {
            let step_ms = left_ms.min(STEP_MS);
            self.clock.pass(step_ms);
            self.tick();
            left_ms -= step_ms;
        }
    }

    /// Every till looks at the clock and at the others.
    pub fn tick(&mut self) {
        for session in self.tills.values_mut() {
            session.tick();
        }
    }

    /// The till of a register ends as if its plug was pulled; the next act opens it again.
    pub fn kill(&mut self, register: u16) {
        self.tills.remove(&register);
    }

    /// All print jobs, oldest first.
    pub fn jobs(&self) -> Result<Vec<Job>, String> {
        let shop = self.shop()?;
        let queue = SpoolQueue::open(&shop.data(), PROGRAM, counterflow::domain::time::CutOff::default());
        let mut jobs = queue.map_err(|e| e.to_string())?.list(100_000)?;
        jobs.sort_by_key(|job| job.id);
        Ok(jobs)
    }

    /// The scenario is over: every till closes, and the store must be whole.
    pub fn close(self) {
        for session in self.tills.into_values() {
            session.close();
        }
        if let Some(shop) = &self.shop {
            shop.verifies();
        }
    }
}
