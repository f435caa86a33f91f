//! People on screen: who works here, their PINs and badges, their time at work.

use crate::domain::command::Command;
use crate::domain::event::Event;
use crate::domain::ids::StaffId;
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::staff::{Permission, Staff};
use crate::domain::text::fold;
use crate::domain::till::Till;
use crate::domain::work::{Work, WorkAct};
use crate::ui::action::Action;
use crate::ui::edit::Edit;
use crate::ui::lists::Row;
use crate::ui::screen::{Text, Tone};
use crate::ui::state::{Ask, Dialog, From, Then, Ui, Whom};
use crate::ui::{AfterPin, Request, Secret};

pub(super) fn act(ui: &mut Ui, till: &Till, action: Action) -> Vec<Request> {
    let Some(staff) = till.signed_in else { return Vec::new() };
    if action == Action::ClockOut {
        match till.work.contains_key(&staff) {
            true => ui.prompt(Ask::CashTips, ""),
            false => ui.say(Tone::Warn, Refusal::NotAtWork.to_string()),
        }
        return Vec::new();
    }
    // A PIN or a badge is never kept while somebody else is asked, so whoever manages staff signs in.
    if !till.may(staff, Permission::ManageStaff) {
        let refusal = Refusal::NeedsPermission(Permission::ManageStaff);
        ui.say(Tone::Bad, format!("{refusal}: whoever may has to sign in"));
        return Vec::new();
    }
    match action {
        Action::CorrectHours => return vec![Request::FindWorks],
        Action::AddStaff => ui.prompt(Ask::StaffName, ""),
        _ => ui.choose(From::Staff),
    }
    Vec::new()
}

fn named(till: &Till, staff: StaffId, filter: &str) -> bool {
    fold(till.name_of(staff)).split_whitespace().any(|word| word.starts_with(&fold(filter))) || filter.is_empty()
}

fn role_name(till: &Till, code: &str) -> String {
    let role = till.settings.roles.iter().find(|role| role.code == code);
    role.map_or_else(|| code.to_owned(), |role| role.name.clone())
}

/// Everybody, those who have left at the end.
pub(super) fn staff_rows(till: &Till, filter: &str) -> Vec<Row> {
    let mut people: Vec<&Staff> = till.staff.values().filter(|s| named(till, s.id, filter)).collect();
    people.sort_by_key(|s| (!s.active, fold(&s.name)));
    let row = |s: &Staff| Row {
        key: String::new(),
        label: s.name.clone(),
        value: match (s.active, till.work.get(&s.id)) {
            (false, _) => Text::new(Tone::Dim, "gone"),
            (true, None) => Text::from(role_name(till, &s.role)),
            (true, Some(_)) => Text::from(format!("{} · at work", role_name(till, &s.role))),
        },
        then: Then::Choose(From::StaffActs(s.id)),
    };
    people.into_iter().map(row).collect()
}

/// What can be changed about somebody.
pub(super) fn act_rows(till: &Till, staff: StaffId) -> Vec<Row> {
    let Some(person) = till.staff.get(&staff) else { return Vec::new() };
    let row = |key: &str, label: &str, then| Row {
        key: key.to_owned(),
        label: label.to_owned(),
        value: Text::default(),
        then,
    };
    let active = |active| Then::Do(Command::ChangeStaff { staff: Staff { active, ..person.clone() } });
    vec![
        row("1", "Another role", Then::Choose(From::Roles(Whom::Known(staff)))),
        row("2", "A new PIN", Then::Secret(Command::SetPin { staff })),
        row("3", "A badge", Then::Secret(Command::BindBadge { staff })),
        row("4", "Revoke all badges", Then::Do(Command::RevokeBadges { staff })),
        match person.active {
            true => row("5", "Let go", active(false)),
            false => row("5", "Take back", active(true)),
        },
    ]
}

/// The roles that roles.toml has, who may do least first: one Enter too many makes nobody an owner.
pub(super) fn role_rows(till: &Till, whom: &Whom) -> Vec<Row> {
    let known = match whom {
        Whom::Known(staff) => till.staff.get(staff),
        Whom::New(_) => None,
    };
    // Of two that may do as much, the file has the higher first.
    let mut roles: Vec<&crate::domain::staff::Role> = till.settings.roles.iter().rev().collect();
    roles.sort_by_key(|role| role.may.len());
    let row = |(at, role): (usize, &crate::domain::staff::Role)| Row {
        key: (at + 1).to_string(),
        label: role.name.clone(),
        value: match known.is_some_and(|person| person.role == role.code) {
            true => Text::new(Tone::Dim, "now"),
            false => Text::default(),
        },
        then: match (known, whom) {
            (Some(person), _) => {
                Then::Do(Command::ChangeStaff { staff: Staff { role: role.code.clone(), ..person.clone() } })
            }
            (None, Whom::New(name)) => Then::Secret(Command::Hire { name: name.clone(), role: role.code.clone() }),
            (None, Whom::Known(staff)) => Then::Choose(From::StaffActs(*staff)),
        },
    };
    roles.into_iter().enumerate().map(row).collect()
}

/// Times at work that can be corrected, newest first.
pub(super) fn work_rows(ui: &Ui, till: &Till, filter: &str) -> Vec<Row> {
    let works = ui.works.iter().rev().filter(|work| named(till, work.staff, filter));
    let row = |work: &Work| {
        let minutes = work.worked_min(ui.now, &till.settings.hours);
        let times = work.times(ui.now);
        Row {
            key: String::new(),
            label: format!("{} · {} · {times}", till.name_of(work.staff), work.date.format("%a %d %b")),
            value: Text::from(format!("{}:{:02}", minutes / 60, minutes % 60)),
            then: Then::Ask(Ask::WorkTimes(Box::new(work.clone())), times),
        }
    };
    works.map(row).collect()
}

/// What is asked with a PIN or a badge: title, label, and a word about it.
pub(super) fn secret_words(till: &Till, command: &Command) -> (String, &'static str, &'static str) {
    let digits = "4 to 8 digits, that nobody else has";
    if let Command::BindBadge { staff } = command {
        let title = format!("A badge for {}", till.name_of(*staff));
        return (title, "Badge", "Scan it, or type what it says; it is kept as a tag only");
    }
    if let Command::Hire { name, .. } = command {
        return (format!("A PIN for {name}"), "PIN", digits);
    }
    let Command::SetPin { staff } = command else { return (String::new(), "", "") };
    (format!("A new PIN for {}", till.name_of(*staff)), "PIN", digits)
}

pub(super) fn accept_secret(ui: &mut Ui) -> Vec<Request> {
    let Some(Dialog::Secret { command, edit }) = ui.kept.dialogs.last_mut() else { return Vec::new() };
    let (command, secret) = (command.clone(), edit.take());
    if secret.is_empty() {
        ui.say(Tone::Warn, "Type it, then Enter");
        return Vec::new();
    }
    vec![Request::Give { secret: Secret(secret), command }]
}

/// What a scan asks for, if it is a badge here.
pub(super) fn badge(ui: &mut Ui, till: &Till, scan: &str) -> Option<Vec<Request>> {
    let badge = || Secret(scan.to_owned());
    match ui.kept.dialogs.last_mut().filter(|_| till.signed_in.is_some()) {
        Some(Dialog::Secret { command: Command::BindBadge { .. }, edit }) => {
            *edit = Edit::new(scan);
            return Some(accept_secret(ui));
        }
        Some(Dialog::Override { permission, command, .. }) => {
            let then = AfterPin::Allow { permission: *permission, command: command.clone() };
            return Some(vec![Request::CheckBadge { badge: badge(), then }]);
        }
        Some(_) | None => {}
    }
    let is_badge = match &ui.setup.badge_prefix {
        Some(prefix) => scan.starts_with(prefix.as_str()),
        None => till.signed_in.is_none(),
    };
    if !is_badge {
        return None;
    }
    let wait_ms = till.failures.wait_ms(ui.now);
    if wait_ms > 0 {
        ui.say(Tone::Bad, format!("Too many wrong PINs: wait {} s", wait_ms / 1000 + 1));
        return Some(Vec::new());
    }
    Some(vec![Request::CheckBadge { badge: badge(), then: AfterPin::SignIn }])
}

/// Said to whoever works without having clocked in, where the house wants it.
pub(super) fn not_clocked_in(till: &Till) -> Option<&'static str> {
    let staff = till.signed_in?;
    let missing = till.settings.hours.remind && !till.work.contains_key(&staff);
    missing.then_some("you have not clocked in (:clock-in)")
}

/// What is said after something was changed about people.
pub(super) fn told(till: &Till, event: &Event) -> Option<String> {
    let name = |staff: StaffId| till.name_of(staff);
    if let Event::StaffChanged { staff } = event {
        return Some(match staff.active {
            true => format!("{} works here as {}", staff.name, role_name(till, &staff.role)),
            false => format!("{} cannot sign in any more", staff.name),
        });
    }
    if let Event::PinSet { staff } = event {
        return Some(format!("{} has a new PIN", name(*staff)));
    }
    if let Event::BadgeBound { staff } = event {
        return Some(format!("{} has a badge: scanning it signs in", name(*staff)));
    }
    if let Event::BadgesRevoked { staff } = event {
        return Some(format!("No badge of {} opens anything any more", name(*staff)));
    }
    let Event::WorkChanged { act, after, .. } = event else { return None };
    Some(worked(till, *act, after))
}

fn worked(till: &Till, act: WorkAct, work: &Work) -> String {
    let rules = &till.settings.hours;
    let time = |minutes: i64| format!("{}:{:02}", minutes / 60, minutes % 60);
    let ended = work.ended.unwrap_or(work.began);
    match act {
        WorkAct::In => format!("At work since {}", work.began.show_time()),
        WorkAct::BreakBegan => "On a break: :break ends it".to_owned(),
        WorkAct::BreakEnded => format!("Back at work, {} of breaks today", time(work.break_min(ended))),
        WorkAct::Out => {
            let tips = match work.tips {
                Money::ZERO => String::new(),
                tips => format!(", tips declared {}", till.settings.currency.show(tips)),
            };
            format!("Clocked out after {}{tips}: the slip is printing", time(work.worked_min(ended, rules)))
        }
        WorkAct::Corrected => format!("Hours of {} are now {}", till.name_of(work.staff), work.times(ended)),
    }
}

impl Ui {
    /// Shows times at work that can be corrected.
    pub fn show_works(&mut self, works: Vec<Work>) {
        if works.is_empty() {
            return self.say(Tone::Warn, "Nobody has clocked in these last weeks: there is nothing to correct");
        }
        self.works = works;
        self.choose(From::Works);
    }

    /// The PIN or the badge was given: the dialog has done its work.
    pub fn secret_given(&mut self) {
        if matches!(self.kept.dialogs.last(), Some(Dialog::Secret { .. })) {
            self.close();
        }
    }
}
