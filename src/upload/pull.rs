//! The catalogue from the backend: signed, in versions, each with the first business date it may be
//! sold from. It replaces the menu only while no shift is open; what can be had changes at once.

use std::path::Path;

use chrono::NaiveDate;
use serde::Serialize;

use crate::domain::catalogue::{Availability, Menu};
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::RegisterId;
use crate::domain::menu_change::{diff, words};
use crate::domain::menu_check::Known;
use crate::domain::menu_file::{self, Encoding, ReadOptions, export_json};
use crate::domain::settings::Settings;
use crate::domain::text::clean;
use crate::store::{CommitError, Replacement, Store, StoreError};
use crate::upload::client::{Answer, Server, Signer};
use crate::upload::{End, UploadError, World, enrol_again};
use crate::wire::catalogue::{self, CatalogueBundle, SIGNATURE_HEADER, Said, What};
use crate::wire::enrolment::verified;

/// What became of a version of the catalogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Put {
    /// There was nothing new.
    #[default]
    Nothing,
    /// It was shown only.
    Shown,
    /// It waits for its date, and for the shifts to end.
    Waits,
    /// It is sold from.
    Applied,
    /// The menu before it is sold from again.
    TakenBack,
    /// It cannot be sold from.
    Refused,
}

/// What a pull came to.
#[derive(Debug, Default)]
pub struct Pulled {
    /// How it ended.
    pub end: End,
    /// Why it ended early.
    pub why: String,
    /// The version.
    pub version: Option<u64>,
    /// From when it may be sold from.
    pub effective: Option<NaiveDate>,
    /// What became of it.
    pub put: Put,
    /// What it changes, in words.
    pub changes: Vec<String>,
    /// What is wrong with it.
    pub findings: Vec<String>,
    /// What can be had, or no longer.
    pub availability: Vec<String>,
}

/// Pulls the newest catalogue and what can be had, and does at once what may be done at once.
///
/// # Errors
/// When the store cannot be read or written.
pub fn run(
    store: &mut Store,
    config: &Path,
    world: &mut dyn World,
    (register, settings): (RegisterId, &Settings),
    dry_run: bool,
) -> Result<Pulled, UploadError> {
    let mut pulled = Pulled::default();
    let Some((address, enrolment)) = store.enrolment(register)? else {
        pulled.end = End::NotEnrolled;
        pulled.why = format!("register {register} is not enrolled: `counterflow enrol CODE --server URL`");
        return Ok(pulled);
    };
    let key = world.key(store, register)?;
    let signer = Signer { terminal: enrolment.terminal, key: &key };
    let mut server = Server::new(&address, config)?;
    let newest = store.newest_catalogue()?;
    let seen = newest.map(|version| format!("\"{version}\""));
    let now_ms = world.now().utc_ms;
    match server.get(&signer, "v1/catalogue/latest", seen.as_deref(), now_ms) {
        Answer::Done(None) => {}
        Answer::Done(Some((headers, bytes))) => {
            let signature = headers.get(SIGNATURE_HEADER).and_then(|v| v.to_str().ok()).unwrap_or_default();
            let signed = signature.split_once(':').is_some_and(|(id, signature)| {
                let key = enrolment.server_keys.iter().find(|k| k.id == id);
                key.is_some_and(|key| verified(&key.public, &catalogue::message(&bytes), signature))
            });
            match serde_json::from_slice::<CatalogueBundle>(&bytes) {
                _ if !signed => protocol(&mut pulled, "the catalogue is not signed by the server that is known here"),
                Err(error) => protocol(&mut pulled, &format!("the catalogue cannot be read: {error}")),
                Ok(bundle) if bundle.tenant != enrolment.tenant => {
                    protocol(&mut pulled, "the catalogue is of another business");
                }
                Ok(bundle) if newest.is_some_and(|newest| bundle.version <= newest) => {}
                Ok(bundle) => take(store, &mut pulled, &Known::of(settings), &bundle, &bytes, (now_ms, dry_run))?,
            }
        }
        // Nothing was published yet.
        Answer::Refused(problem) if problem.status == 404 => {}
        other => failed(&mut pulled, register, other),
    }
    if pulled.end == End::Done && !dry_run {
        availability(store, world, &mut pulled, (&mut server, &signer), (register, settings))?;
        if pulled.put != Put::Refused {
            apply_due(store, world, &mut pulled)?;
        }
    }
    Ok(pulled)
}

fn protocol(pulled: &mut Pulled, why: &str) {
    (pulled.end, pulled.why) = (End::Protocol, why.to_owned());
}

fn failed<T>(pulled: &mut Pulled, register: RegisterId, answer: Answer<T>) {
    (pulled.end, pulled.why) = match answer {
        Answer::Done(_) => (End::Done, String::new()),
        Answer::Again { why, busy: true, .. } => (End::Later, why),
        Answer::Again { why, busy: false, .. } => (End::Unavailable, why),
        Answer::Refused(problem) if matches!(problem.status, 401 | 403) => {
            (End::NotAuthorised, enrol_again(&problem, register))
        }
        Answer::Refused(problem) => (End::Protocol, problem.to_string()),
        Answer::Unbelievable(why) => (End::Protocol, why),
    };
}

/// A version that is new here: checked as any import is, shown, kept.
fn take(
    store: &mut Store,
    pulled: &mut Pulled,
    known: &Known,
    bundle: &CatalogueBundle,
    bytes: &[u8],
    (now_ms, dry_run): (i64, bool),
) -> Result<(), UploadError> {
    pulled.version = Some(bundle.version);
    pulled.effective = Some(bundle.effective);
    let text = export_json(&bundle.menu);
    let options = ReadOptions { known, map: &[], encoding: Encoding::default() };
    if let Err(findings) = menu_file::read(&[("catalogue.json", text.as_bytes())], &options, None) {
        pulled.findings = findings.iter().map(ToString::to_string).collect();
        pulled.put = Put::Refused;
        (pulled.end, pulled.why) = (End::SetAside, "the catalogue does not fit this till's configuration".to_owned());
        return Ok(());
    }
    let before = store.load_menu()?.unwrap_or_else(|| Menu::empty(bundle.menu.currency));
    if let Some(change) = diff(&before, &bundle.menu) {
        pulled.changes = words(&before, &change);
    }
    if dry_run {
        pulled.put = Put::Shown;
        return Ok(());
    }
    store.keep_catalogue(bundle, bytes, now_ms)?;
    pulled.put = Put::Waits;
    Ok(())
}

/// Sells from the newest version whose date has come, if no shift is open.
fn apply_due(store: &mut Store, world: &dyn World, pulled: &mut Pulled) -> Result<(), UploadError> {
    let today = world.record(Event::Stopped).business_date;
    if let Some(due) = store.due_catalogue(today)? {
        replace(store, world, pulled, &due, Put::Applied)?;
    }
    Ok(())
}

/// Puts the menu back that the newest catalogue replaced, unless an open shift has sold from it.
///
/// # Errors
/// When the store cannot be read or written.
pub fn back(store: &mut Store, world: &dyn World, dry_run: bool) -> Result<Pulled, UploadError> {
    let mut pulled = Pulled::default();
    match store.menu_to_go_back_to()? {
        Some(before) if dry_run => show(store, &mut pulled, &before, Put::Shown)?,
        Some(before) => replace(store, world, &mut pulled, &before, Put::TakenBack)?,
        None => "there is no catalogue to take back".clone_into(&mut pulled.why),
    }
    Ok(pulled)
}

fn show(store: &Store, pulled: &mut Pulled, with: &Replacement, put: Put) -> Result<(), UploadError> {
    if let Some(change) = &with.change {
        let before = store.load_menu()?.unwrap_or_else(|| Menu::empty(change.currency));
        pulled.changes = words(&before, change);
    }
    (pulled.version, pulled.put) = (Some(with.version), put);
    Ok(())
}

fn replace(
    store: &mut Store,
    world: &dyn World,
    pulled: &mut Pulled,
    with: &Replacement,
    put: Put,
) -> Result<(), UploadError> {
    show(store, pulled, with, put)?;
    let recorded: Vec<Recorded> = with.event().map(|event| world.record(event)).into_iter().collect();
    match store.replace_menu(with, &recorded) {
        Ok(_) => Ok(()),
        // Somebody has opened a shift meanwhile: it waits for that one too.
        Err(CommitError::Overtaken { .. }) if put == Put::Applied => {
            pulled.put = Put::Waits;
            Ok(())
        }
        Err(error @ (CommitError::Overtaken { .. } | CommitError::SoldFrom { .. })) => {
            (pulled.put, pulled.end, pulled.why) = (Put::Nothing, End::Later, error.to_string());
            pulled.changes.clear();
            Ok(())
        }
        Err(error) => Err(StoreError::from(error).into()),
    }
}

/// What the office said about what can be had, since it was last heard.
fn availability(
    store: &mut Store,
    world: &mut dyn World,
    pulled: &mut Pulled,
    (server, signer): (&mut Server, &Signer<'_>),
    (register, settings): (RegisterId, &Settings),
) -> Result<(), UploadError> {
    let heard = store.heard()?;
    let path = format!("v1/availability?after={heard}");
    let body = match server.get(signer, &path, None, world.now().utc_ms) {
        Answer::Done(Some((_, body))) => body,
        Answer::Done(None) => return Ok(()),
        other => {
            failed(pulled, register, other);
            return Ok(());
        }
    };
    let said: Vec<Said> = match serde_json::from_slice(&body) {
        Ok(said) => said,
        Err(error) => {
            protocol(pulled, &format!("what can be had cannot be read: {error}"));
            return Ok(());
        }
    };
    let Some(revision) = said.iter().map(|s| s.revision).max() else { return Ok(()) };
    let mut events = Vec::new();
    for said in &said {
        let (code, on) = (clean(&said.code, 40), said.available);
        let (event, words) = match said.what {
            What::Item => {
                let words = if on { "can be had again" } else { "is sold out, says the office" };
                let words = format!("{code} {words}");
                (Event::AvailabilitySet { item: code, availability: (!on).then_some(Availability::SoldOut) }, words)
            }
            What::Promotion => {
                let name =
                    settings.offers.promotions.iter().find(|p| p.code == code).map_or(&code, |p| &p.name).clone();
                let words = if on { "is on again" } else { "is switched off by the office" };
                let words = format!("{name} {words}");
                (Event::PromotionSwitched { code, name, on }, words)
            }
        };
        pulled.availability.push(words);
        events.push(world.record(event));
    }
    store.hear(&events, revision)?;
    Ok(())
}
