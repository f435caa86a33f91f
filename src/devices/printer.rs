//! Printers as `printers.toml` names them, checked.

use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use crate::devices::address::Address;
use crate::devices::display::DisplayConfig;
use crate::devices::fonts::Fonts;
use crate::devices::frame::Frame;
use crate::devices::picture::Picture;
use crate::devices::profile::{Language, Profile, ProfileConfig, Profiles};
use crate::devices::scale::ScaleConfig;
use crate::documents::jobs::Destination;
use crate::documents::receipt::LOGO;
use crate::domain::ids::RegisterId;

/// The pin of the printer's drawer socket that is pulsed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u8")]
pub enum DrawerPin {
    /// Pin 2: the first drawer.
    #[default]
    Two,
    /// Pin 5: the second drawer.
    Five,
}

impl DrawerPin {
    /// How `ESC p` calls it.
    pub const fn code(self) -> u8 {
        match self {
            Self::Two => 0,
            Self::Five => 1,
        }
    }
}

impl TryFrom<u8> for DrawerPin {
    type Error = String;

    fn try_from(pin: u8) -> Result<Self, String> {
        match pin {
            2 => Ok(Self::Two),
            5 => Ok(Self::Five),
            pin => Err(format!("{pin} is not a drawer's pin: write 2 for the first drawer or 5 for the second")),
        }
    }
}

/// The level of a drawer's switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The contact is open.
    High,
    /// It is closed.
    Low,
}

/// How a serial port keeps its sender from running ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowControl {
    /// Not at all.
    #[default]
    None,
    /// By the lines RTS and CTS.
    Hardware,
    /// By the characters XON and XOFF.
    Software,
}

/// A name that stands in messages, in the queue and in reports.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct Name(String);

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        match (1..=24).contains(&name.len()) && name.chars().all(fits) {
            true => Ok(Self(name)),
            false => Err(format!("`{name}` is not a name for a printer: 1 to 24 letters, digits, `-` and `_`")),
        }
    }
}

/// A whole number within bounds that its error names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub(super) struct Within<const LOW: u16, const HIGH: u16>(pub u16);

impl<const LOW: u16, const HIGH: u16> TryFrom<i64> for Within<LOW, HIGH> {
    type Error = String;

    fn try_from(value: i64) -> Result<Self, String> {
        match u16::try_from(value) {
            Ok(value) if (LOW..=HIGH).contains(&value) => Ok(Self(value)),
            _ => Err(format!("{value} is out of bounds: {LOW} to {HIGH} are allowed")),
        }
    }
}

/// A `[[printer]]` table as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PrinterConfig {
    name: Name,
    port: Address,
    profile: Option<String>,
    columns: Option<Within<20, 96>>,
    #[serde(default)]
    drawer_pin: DrawerPin,
    drawer_ms: Option<Within<20, 500>>,
    drawer_open_is: Option<Level>,
    baud: Option<u32>,
    #[serde(default)]
    frame: Frame,
    #[serde(default)]
    flow: FlowControl,
    timeout_ms: Option<Within<100, 60_000>>,
    ask_status: Option<bool>,
    receipts_for: Option<Vec<RegisterId>>,
    #[serde(default)]
    stations: Vec<String>,
    failover: Option<Failover>,
    failover_after_s: Option<Within<1, 3600>>,
    stale_after_min: Option<Within<1, 1440>>,
    logo: Option<PathBuf>,
    #[serde(default)]
    stored_logo: bool,
    #[serde(default)]
    foreign: Foreign,
}

/// How text is printed that a printer has no letters for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Foreign {
    /// Drawn with a font of the box, where there is one.
    #[default]
    Picture,
    /// Written with the letters it has, else as `?`.
    Letters,
}

/// Where a station's tickets come out when its printer does not print them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum Failover {
    /// On the receipt printer of the register that caused them.
    #[default]
    Receipt,
    /// On the printer of this name.
    Printer(String),
    /// Nowhere: they wait.
    None,
}

impl From<String> for Failover {
    fn from(name: String) -> Self {
        match name.as_str() {
            "receipt" => Self::Receipt,
            "none" => Self::None,
            _ => Self::Printer(name),
        }
    }
}

/// A printer, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printer {
    /// Its name in the queue and on screen.
    pub name: String,
    /// Where it is.
    pub address: Address,
    /// What it can do.
    pub profile: Arc<Profile>,
    columns: Option<NonZeroU16>,
    /// Which drawer hangs on it.
    pub drawer_pin: DrawerPin,
    drawer_ms: u16,
    /// The level of the drawer's switch while the drawer is open; nothing where it has none.
    pub drawer_open_is: Option<Level>,
    /// The speed of its serial port.
    pub baud: u32,
    /// How that frames its characters.
    pub frame: Frame,
    /// How its serial port keeps us from running ahead.
    pub flow: FlowControl,
    /// How long it may take to accept anything.
    pub timeout: Duration,
    /// Whether it is asked for its status.
    pub ask_status: bool,
    /// Registers whose receipts it prints; `None` for all.
    pub receipts_for: Option<Vec<RegisterId>>,
    /// Codes of the stations whose tickets it prints.
    pub stations: Vec<String>,
    /// Where their tickets come out when it does not print them.
    pub failover: Failover,
    /// For how long they wait for it before that.
    pub failover_after: Duration,
    /// Jobs older than this wait for a person, in milliseconds.
    pub stale_after_ms: i64,
    /// The file of its logo (PNG, PBM or PGM), which whoever starts the printer reads into `pictures`.
    pub logo: Option<PathBuf>,
    /// Whether it keeps its logo itself (`counterflow spool logo`): then a receipt only names it.
    pub stored_logo: bool,
    /// Its pictures, by name.
    pub pictures: BTreeMap<String, Picture>,
    /// How it prints what it has no letters for.
    foreign: Foreign,
    /// The fonts of the box, by which that is drawn; none until whoever starts the printer says which.
    pub fonts: Arc<Fonts>,
    /// Where the system's files begin, among which USB printers are found: `/`.
    pub system_root: PathBuf,
}

impl PrinterConfig {
    fn printer(self, profiles: &Profiles) -> Result<Printer, String> {
        let config = self;
        let plain = matches!(config.port, Address::Screen);
        let usual = if plain { "text" } else { "generic-80" };
        let profile = Arc::clone(profiles.get(config.profile.as_deref().unwrap_or(usual))?);
        let may_be_asked = profile.may_be_asked;
        let name = config.name.0;
        if plain && profile.language != Language::Text {
            return Err(format!("printer `{name}`: the screen takes the profile `text` only, not `{}`", profile.name));
        }
        if config.stored_logo && !profile.may_store_logo {
            return Err(format!("printer `{name}`: the profile `{}` cannot keep a logo", profile.name));
        }
        Ok(Printer {
            name,
            address: config.port,
            profile,
            columns: config.columns.and_then(|c| NonZeroU16::new(c.0)),
            drawer_pin: config.drawer_pin,
            drawer_ms: config.drawer_ms.map_or(100, |ms| ms.0),
            drawer_open_is: config.drawer_open_is,
            baud: config.baud.unwrap_or(9600),
            frame: config.frame,
            flow: config.flow,
            timeout: Duration::from_millis(config.timeout_ms.map_or(5_000, |ms| ms.0.into())),
            ask_status: config.ask_status.unwrap_or(may_be_asked),
            receipts_for: config.receipts_for,
            stations: config.stations,
            failover: config.failover.unwrap_or_default(),
            failover_after: Duration::from_secs(config.failover_after_s.map_or(30, |s| s.0.into())),
            stale_after_ms: config.stale_after_min.map_or(15, |min| i64::from(min.0)) * 60_000,
            logo: config.logo,
            stored_logo: config.stored_logo,
            pictures: BTreeMap::new(),
            foreign: config.foreign,
            fonts: Arc::default(),
            system_root: PathBuf::from("/"),
        })
    }
}

impl Printer {
    /// A printer with every setting as usual, for what is not configured: the screen, a demo.
    ///
    /// # Errors
    /// When the name, the address or the profile is not one.
    pub fn new(name: &str, address: &str, profile: &str) -> Result<Self, String> {
        PrinterConfig {
            name: name.to_owned().try_into()?,
            port: address.to_owned().try_into()?,
            profile: Some(profile.to_owned()),
            columns: None,
            drawer_pin: DrawerPin::default(),
            drawer_ms: None,
            drawer_open_is: None,
            baud: None,
            frame: Frame::default(),
            flow: FlowControl::default(),
            timeout_ms: None,
            ask_status: None,
            receipts_for: None,
            stations: Vec::new(),
            failover: None,
            failover_after_s: None,
            stale_after_min: None,
            logo: None,
            stored_logo: false,
            foreign: Foreign::default(),
        }
        .printer(&Profiles::default())
    }

    /// Columns of its paper.
    pub fn columns(&self) -> usize {
        self.columns.map_or(self.profile.columns.into(), |c| c.get().into())
    }

    /// Lays documents out for so many columns, whatever its profile says.
    pub fn set_columns(&mut self, columns: u16) {
        self.columns = NonZeroU16::new(columns);
    }

    /// Whether it would draw what it has no letters for, if there are fonts.
    pub fn may_draw_foreign(&self) -> bool {
        self.foreign == Foreign::Picture && self.profile.draws_pictures && self.profile.dots > 0
    }

    /// The fonts by which it draws what it has no letters for; nothing when it does not.
    pub(super) fn foreign(&self) -> Option<&Fonts> {
        (self.may_draw_foreign() && self.fonts.can_draw()).then_some(&self.fonts)
    }

    /// How long the drawer's pulse is.
    pub(super) const fn pulse_ms(&self) -> u16 {
        self.drawer_ms
    }

    /// Whether so many columns need the narrow font.
    pub(super) fn is_narrow(&self) -> bool {
        let columns = self.columns();
        columns > self.profile.columns.into() && self.profile.narrow.is_some_and(|narrow| columns <= narrow.into())
    }

    /// Takes the logo from the bytes of its file.
    ///
    /// # Errors
    /// What is wrong with the file, in words.
    pub fn set_logo(&mut self, file: &[u8]) -> Result<(), String> {
        let picture = Picture::parse(file).map_err(|why| format!("the logo of printer `{}`: {why}", self.name))?;
        self.pictures.insert(LOGO.to_owned(), picture);
        Ok(())
    }

    /// Whether it is a drawer on a port of its own, and no printer.
    pub fn is_drawer(&self) -> bool {
        self.profile.language == Language::Drawer
    }

    /// Whether a look at it while it has nothing to do tells anything, and does nothing.
    pub(super) fn may_be_looked_at(&self) -> bool {
        let port = match &self.address {
            Address::Tcp { .. } | Address::Usb(_) | Address::Device(_) | Address::Serial(_) | Address::Windows(_) => {
                true
            }
            Address::File(_) | Address::Cups(_) | Address::Screen => false,
        };
        port && !self.is_drawer()
    }

    fn serves(&self, register: RegisterId) -> bool {
        self.receipts_for.as_ref().is_none_or(|list| list.contains(&register))
    }

    fn takes(&self, destination: &Destination, register: RegisterId) -> bool {
        match destination {
            Destination::Receipt => !self.is_drawer() && self.serves(register),
            Destination::Station(code) => self.stations.contains(code),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrintersFile {
    #[serde(default)]
    fonts: Vec<PathBuf>,
    #[serde(default)]
    profile: Vec<ProfileConfig>,
    #[serde(default)]
    printer: Vec<PrinterConfig>,
    #[serde(default)]
    display: Vec<DisplayConfig>,
    #[serde(default)]
    scale: Vec<ScaleConfig>,
}

/// All printers of a box, as `printers.toml` lists them, and what else hangs on it; deserialise that
/// file into this.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "PrintersFile")]
pub struct Printers {
    list: Vec<Printer>,
    /// Files of fonts that somebody named, which whoever starts the printers reads into [`Printer::fonts`].
    pub fonts: Vec<PathBuf>,
    /// The customers' displays.
    pub displays: Vec<DisplayConfig>,
    /// The scales.
    pub scales: Vec<ScaleConfig>,
}

impl TryFrom<PrintersFile> for Printers {
    type Error = String;

    fn try_from(file: PrintersFile) -> Result<Self, String> {
        let mut profiles = Profiles::default();
        for profile in file.profile {
            profiles.add(profile)?;
        }
        let printers = file.printer.into_iter().map(|printer| printer.printer(&profiles));
        let printers = Self::new(printers.collect::<Result<_, String>>()?)?;
        Ok(Self { fonts: file.fonts, displays: file.display, scales: file.scale, ..printers })
    }
}

impl Printers {
    /// These printers.
    ///
    /// # Errors
    /// When two have one name or one port, or one fails over to a printer that is not there.
    pub fn new(printers: Vec<Printer>) -> Result<Self, String> {
        for (i, printer) in printers.iter().enumerate() {
            if let Failover::Printer(to) = &printer.failover
                && (*to == printer.name || !printers.iter().any(|p| p.name == *to))
            {
                let names: Vec<&str> =
                    printers.iter().map(|p| p.name.as_str()).filter(|n| *n != printer.name).collect();
                return Err(format!(
                    "printer `{}` fails over to `{to}`: write \"receipt\", \"none\", or another printer ({})",
                    printer.name,
                    names.join(", ")
                ));
            }
            for other in &printers[..i] {
                if other.name == printer.name {
                    return Err(format!("two printers are named `{}`: give each a name of its own", printer.name));
                }
                if other.address == printer.address {
                    return Err(format!(
                        "the printers `{}` and `{}` are both at {}: a port serves one printer",
                        other.name, printer.name, printer.address
                    ));
                }
            }
        }
        Ok(Self { list: printers, ..Self::default() })
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Printer> {
        self.list.iter()
    }

    /// All of them, to set their logos.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Printer> {
        self.list.iter_mut()
    }

    /// The printer of this name.
    pub fn get(&self, name: &str) -> Option<&Printer> {
        self.list.iter().find(|p| p.name == name)
    }

    /// Where tickets of a register come out that this printer does not print.
    pub fn instead_of(&self, printer: &Printer, register: RegisterId) -> Option<&Printer> {
        let to = match &printer.failover {
            Failover::Receipt => self.route(&Destination::Receipt, register),
            Failover::Printer(name) => self.get(name),
            Failover::None => None,
        };
        to.filter(|to| to.name != printer.name)
    }

    /// The drawer of a register that hangs on a port of its own; none where it hangs on the receipt printer.
    pub fn drawer(&self, register: RegisterId) -> Option<&Printer> {
        self.list.iter().find(|printer| printer.is_drawer() && printer.serves(register))
    }

    /// What opens the drawer of a register: the port that it hangs on alone, or its receipt printer.
    pub fn opens_drawer(&self, register: RegisterId) -> Option<&Printer> {
        self.drawer(register).or_else(|| self.route(&Destination::Receipt, register))
    }

    /// Where a document of this register comes out: the first printer that takes it. A receipt
    /// printer named for the register goes before one that serves all.
    pub fn route(&self, destination: &Destination, register: RegisterId) -> Option<&Printer> {
        let takes = |p: &&Printer| p.takes(destination, register);
        let named = |p: &&Printer| *destination != Destination::Receipt || p.receipts_for.is_some();
        self.list.iter().filter(takes).find(named).or_else(|| self.list.iter().find(takes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(toml: &str, expected: Result<&str, &str>) {
        match (toml::from_str::<Printers>(toml), expected) {
            (Ok(printers), Ok(route)) => {
                let found = printers.route(&Destination::Receipt, RegisterId(1)).map_or("", |p| &p.name);
                assert_eq!(found, route, "{toml}");
            }
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{toml}\n{error}"),
            (got, _) => panic!("{toml}\n{got:?}"),
        }
    }

    #[test]
    fn printers_are_checked_when_they_are_read() {
        let with = |more: &str| format!("[[printer]]\nname = \"counter\"\nport = \"tcp:10.0.0.5\"\n{more}");
        check("", Ok(""));
        check(&with(""), Ok("counter"));
        check(&with("receipts_for = [1, 2]\nlogo = \"logo.pgm\"\ndrawer_pin = 5\ncolumns = 42"), Ok("counter"));
        check(&with("receipts_for = [2]"), Ok(""));
        check(&with("receipts_for = []\nstations = [\"bar\"]"), Ok(""));
        check(&with("drawer_pin = 3"), Err("2 for the first drawer"));
        check(&with("columns = 10"), Err("20 to 96"));
        check(&with("timeout_ms = 1"), Err("100 to 60000"));
        check(&with("profile = \"epson\""), Err("there are generic-80, generic-58"));
        check(&with("profile = \"mine\"\n[[profile]]\nname = \"mine\"\nlike = \"generic-58\""), Ok("counter"));
        check(&with("stored_logo = true"), Err("cannot keep a logo"));
        check(&with("colour = \"red\""), Err("unknown field `colour`"));
        check(&with("name = \"bar\""), Err("duplicate key"));
        check("[[printer]]\nname = \"a b\"\nport = \"screen\"", Err("1 to 24 letters"));
        check("[[printer]]\nname = \"a\"\nport = \"lpt\"", Err("tcp:192.168.1.50:9100"));
        check("[[printer]]\nname = \"a\"\nport = \"screen\"\nprofile = \"generic-80\"", Err("`text` only"));
        check("[[printer]]\nname = \"a\"", Err("missing field `port`"));
        let twice = format!("{}{}", with(""), with(""));
        check(&twice, Err("two printers are named"));
        check(&format!("{}{}", with(""), with("").replace("counter", "bar")), Err("a port serves one printer"));
        let own = "[[printer]]\nname = \"own\"\nport = \"screen\"\nreceipts_for = [1]";
        check(&format!("{}{own}", with("")), Ok("own"));
    }

    #[test]
    fn an_error_names_its_line() {
        let error = toml::from_str::<Printers>("[[printer]]\nname = \"a\"\nport = \"tcp:\"\n").unwrap_err();
        assert!(error.to_string().contains("line 3"), "{error}");
    }

    #[test]
    fn stations_have_their_printers() {
        let mut printer = Printer::new("grill", "tcp:10.0.0.6", "generic-80").unwrap();
        printer.stations = vec!["grill".to_owned()];
        let printers = Printers::new(vec![printer]).unwrap();
        let route = |station: &str| printers.route(&Destination::Station(station.to_owned()), RegisterId(1));
        assert!(route("grill").is_some());
        assert!(route("bar").is_none());
    }
}
