//! What hangs on this box: for `counterflow printers`.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use crate::devices::address::Address;
use crate::devices::port::{Trouble, system_printers};
use crate::devices::printer::Printer;
use crate::devices::sending::look;
use crate::domain::text::clean;

/// The longest description that is shown.
const MAX_ABOUT: usize = 80;

/// Something that is plugged in and may be a printer or a scanner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// How it is written as a `port` in the configuration.
    pub port: String,
    /// What it says that it is; empty when it says nothing.
    pub about: String,
}

/// A USB printer as the kernel's driver shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct UsbPrinter {
    /// Its device, which changes with every plugging in.
    pub device: PathBuf,
    /// `04b8:0e15`: vendor and product.
    pub model: String,
    /// Its serial number, if it has one.
    pub serial: String,
    about: String,
}

impl UsbPrinter {
    /// Whether it goes by this name: a model or a serial number.
    pub fn is(&self, name: &str) -> bool {
        !name.is_empty() && (self.model.eq_ignore_ascii_case(name) || self.serial == name)
    }

    /// The name by which it is found again wherever it is plugged in.
    fn name(&self) -> &str {
        if self.serial.is_empty() { &self.model } else { &self.serial }
    }
}

/// The USB printers of a system whose files begin at `root`.
pub(super) fn usb_printers(root: &Path) -> Vec<UsbPrinter> {
    let Ok(entries) = root.join("dev/usb").read_dir() else { return Vec::new() };
    let names = entries.flatten().filter_map(|e| e.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|n| n.starts_with("lp")).collect();
    names.sort();
    let printer = |name: &String| {
        let class = root.join("sys/class/usbmisc").join(name).join("device");
        let read = |file: &str| clean(std::fs::read_to_string(class.join(file)).unwrap_or_default().trim(), MAX_ABOUT);
        let id = read("ieee1284_id");
        let field = |keys: [&str; 2]| {
            let fields = id.split(';').filter_map(|f| f.split_once(':'));
            fields.filter(|(k, _)| keys.contains(&k.trim())).map(|(_, v)| v.trim().to_owned()).next()
        };
        let about = [field(["MFG", "MANUFACTURER"]), field(["MDL", "MODEL"])];
        let (vendor, product) = (read("../idVendor"), read("../idProduct"));
        UsbPrinter {
            device: root.join("dev/usb").join(name),
            model: if vendor.is_empty() { String::new() } else { format!("{vendor}:{product}") },
            serial: read("../serial"),
            about: about.into_iter().flatten().collect::<Vec<_>>().join(" "),
        }
    };
    names.iter().map(printer).collect()
}

/// Printers and serial ports of this box.
pub fn plugged_in() -> Vec<Found> {
    let usb = |printer: UsbPrinter| match printer.name() {
        "" => Found { port: printer.device.display().to_string(), about: printer.about },
        name => Found {
            port: format!("usb:{name}"),
            about: format!("{} ({}, {})", printer.about, printer.model, printer.device.display()),
        },
    };
    let mut found: Vec<Found> = usb_printers(Path::new("/")).into_iter().map(usb).collect();
    found.extend(serialport::available_ports().unwrap_or_default().into_iter().map(|port| {
        let about = match &port.port_type {
            serialport::SerialPortType::UsbPort(usb) => {
                let parts = [&usb.manufacturer, &usb.product, &usb.serial_number];
                parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
            }
            serialport::SerialPortType::PciPort => "built in".to_owned(),
            serialport::SerialPortType::BluetoothPort => "Bluetooth".to_owned(),
            serialport::SerialPortType::Unknown => String::new(),
        };
        Found { port: format!("serial:{}", port.port_name), about: clean(&about, MAX_ABOUT) }
    }));
    found.extend(system_printers().into_iter().map(|port| Found { port, about: String::new() }));
    found
}

/// Whether a serial port is there and may be opened, in words; something else may have it open.
///
/// # Errors
/// What is wrong and what to do.
pub fn serial_port(name: &str, baud: u32) -> Result<String, String> {
    match serialport::new(name, baud).open_native() {
        Ok(_) => Ok(format!("{name} can be read at {baud} baud")),
        Err(error) if error.kind() == serialport::ErrorKind::NoDevice && Path::new(name).exists() => {
            Ok(format!("{name} is in use, by the till if it runs"))
        }
        Err(error) => {
            let error = crate::devices::port::serial_error(error);
            Err(Trouble::of(&Address::Serial(name.to_owned()), &error).words)
        }
    }
}

/// Whether a configured printer can be reached now, and how it is, in words. Takes at most a little
/// longer than its time-out. A printer that prints just now may be reported as in use.
///
/// # Errors
/// What is wrong and what to do.
pub fn reach(printer: &Printer) -> Result<String, String> {
    if printer.address == Address::Screen {
        return Ok("prints on the screen".to_owned());
    }
    match look(printer, &AtomicBool::new(false)) {
        Ok(look) => {
            let says = if look.says { "ready" } else { "can be reached; does not say how it is" };
            Ok(match look.drawer_open {
                Some(true) => format!("{says}; the drawer is open"),
                Some(false) => format!("{says}; the drawer is shut"),
                None => says.to_owned(),
            })
        }
        Err(trouble) => Err(trouble.words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usb_printers_are_named_by_what_they_say() {
        let root = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        for name in ["lp1", "lp0", "hiddev0"] {
            put(&format!("dev/usb/{name}"), "");
        }
        let class = "sys/class/usbmisc/lp1";
        put(&format!("{class}/device/ieee1284_id"), "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20II\u{1b};CLS:PRINTER;");
        put(&format!("{class}/idVendor"), "04b8\n");
        put(&format!("{class}/idProduct"), "0e15\n");
        put(&format!("{class}/serial"), "4D51\n");
        let found = usb_printers(root.path());
        assert_eq!(found[0], UsbPrinter { device: root.path().join("dev/usb/lp0"), ..UsbPrinter::default() });
        assert_eq!((found[1].about.as_str(), found[1].name()), ("EPSON TM-T20II\u{fffd}", "4D51"));
        assert!(found[1].is("04B8:0e15") && found[1].is("4D51") && !found[1].is("") && !found[0].is(""));
        assert_eq!(usb_printers(&root.path().join("none")), []);
    }
}
