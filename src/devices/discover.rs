//! What hangs on this box: for `counterflow printers`.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use crate::devices::printer::{Address, Printer};
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

/// USB printers and serial ports of this box.
pub fn plugged_in() -> Vec<Found> {
    let mut found = usb_printers(Path::new("/dev/usb"), Path::new("/sys/class/usbmisc"));
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
    found
}

fn usb_printers(devices: &Path, classes: &Path) -> Vec<Found> {
    let Ok(entries) = devices.read_dir() else { return Vec::new() };
    let names = entries.flatten().filter_map(|e| e.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|n| n.starts_with("lp")).collect();
    names.sort();
    let about = |name: &str| {
        let id = std::fs::read_to_string(classes.join(name).join("device/ieee1284_id")).unwrap_or_default();
        let field = |keys: [&str; 2]| {
            let fields = id.split(';').filter_map(|f| f.split_once(':'));
            fields.filter(|(k, _)| keys.contains(&k.trim())).map(|(_, v)| v.trim().to_owned()).next()
        };
        let maker = field(["MFG", "MANUFACTURER"]);
        let parts = [maker, field(["MDL", "MODEL"])];
        clean(&parts.into_iter().flatten().collect::<Vec<_>>().join(" "), MAX_ABOUT)
    };
    names.iter().map(|name| Found { port: devices.join(name).display().to_string(), about: about(name) }).collect()
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
        Ok(true) => Ok("ready".to_owned()),
        Ok(false) => Ok("can be reached; does not say how it is".to_owned()),
        Err(trouble) => Err(trouble.words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usb_printers_are_named_by_what_they_say() {
        let root = tempfile::tempdir().unwrap();
        let (devices, classes) = (root.path().join("usb"), root.path().join("usbmisc"));
        std::fs::create_dir_all(&devices).unwrap();
        std::fs::create_dir_all(classes.join("lp1/device")).unwrap();
        for name in ["lp1", "lp0", "hiddev0"] {
            std::fs::write(devices.join(name), "").unwrap();
        }
        let id = "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20II\u{1b};CLS:PRINTER;";
        std::fs::write(classes.join("lp1/device/ieee1284_id"), id).unwrap();
        let found = usb_printers(&devices, &classes);
        let about: Vec<&str> = found.iter().map(|f| f.about.as_str()).collect();
        assert_eq!(about, ["", "EPSON TM-T20II\u{fffd}"]);
        assert!(found[0].port.ends_with("usb/lp0"));
        assert_eq!(usb_printers(&root.path().join("none"), &classes), []);
    }
}
