//! The terminal is taken, and given back as it was: at the end, on an error, and on a panic.

use std::io::{self, IsTerminal, Stdout, Write};
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use ratatui::layout::Size;

use super::ansi::Ansi;
use super::draw::draw_on;
use super::kitchen::draw_kitchen;
use super::look::Look;
use super::painter::{Drawn, Painter};
use crate::ui::kitchen::KitchenScreen;
use crate::ui::screen::Screen;

/// The alternate screen, cleared.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[m\x1b[2J";
/// Plain style, the screen cleared (the Linux console has no alternate one), the cursor shown.
const LEAVE: &[u8] = b"\x1b[m\x1b[2J\x1b[H\x1b[?25h\x1b[?1049l";

static TAKEN: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// The terminal while it is ours. One at a time; dropping it gives the terminal back.
pub struct Terminal {
    painter: Painter<Stdout>,
    look: Look,
    /// The screen that was drawn last.
    last: Option<Screen>,
}

impl Terminal {
    /// Takes the terminal: raw mode, the alternate screen, and a panic hook that gives it back
    /// before the panic is printed. Fails when standard input or output is no terminal.
    pub fn open(look: Look) -> io::Result<Self> {
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "this is not a terminal: start the till on a screen, or use `counterflow ring` in a pipe",
            ));
        }
        HOOK.call_once(|| {
            let previous = panic::take_hook();
            panic::set_hook(Box::new(move |info| {
                restore();
                previous(info);
            }));
        });
        // Asking switches an old Windows console to ANSI sequences.
        #[cfg(windows)]
        if !crossterm::ansi_support::supports_ansi() {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "this console knows no ANSI sequences: Windows 10 or later is needed",
            ));
        }
        enable_raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        match write_now(ENTER) {
            Ok(()) => Ok(Self { painter: Painter::new(Ansi::new(io::stdout(), size)), look, last: None }),
            Err(error) => {
                restore();
                Err(error)
            }
        }
    }

    /// Draws a screen: one write of what changed. A changed size is noticed here too.
    pub fn draw(&mut self, screen: Screen) -> io::Result<()> {
        let (look, last) = (self.look, self.last.as_ref());
        self.painter.paint(|buffer, whole| draw_on(buffer, last.filter(|_| !whole), &screen, &look))?;
        self.last = Some(screen);
        Ok(())
    }

    /// Draws the screen of a station.
    pub fn draw_kitchen(&mut self, screen: &KitchenScreen) -> io::Result<()> {
        let look = self.look;
        self.last = None;
        self.painter.paint(|buffer, _| {
            buffer.reset();
            draw_kitchen(buffer, screen, &look);
            Drawn { areas: vec![buffer.area], cursor: None }
        })
    }

    /// Rings the terminal's bell.
    pub fn ring(&self) -> io::Result<()> {
        write_now(b"\x07")
    }

    /// Forgets what is on the screen, so that the next draw paints all of it: for a screen that
    /// something else wrote on.
    pub fn repaint(&mut self) {
        self.painter.forget();
    }

    /// How it is drawn.
    pub const fn look(&self) -> Look {
        self.look
    }

    /// Bytes written to the terminal by all draws so far.
    pub const fn bytes_written(&self) -> u64 {
        self.painter.written()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back, if it is taken; harmless otherwise.
pub fn restore() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        // A terminal that is gone cannot be restored, and there is nobody to tell.
        let _ = write_now(LEAVE);
        let _ = disable_raw_mode();
    }
}

fn write_now(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// The terminal's size. A serial line does not know its own and says 0×0: there the environment is
/// asked, and else 80×24 is meant.
pub fn size() -> Size {
    match ask() {
        Some(size) if size.width > 0 && size.height > 0 => size,
        Some(_) | None => {
            let read = |name, otherwise| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(otherwise);
            Size::new(read("COLUMNS", 80), read("LINES", 24))
        }
    }
}

#[cfg(unix)]
fn ask() -> Option<Size> {
    let known = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).ok()?;
    Some(Size::new(known.ws_col, known.ws_row))
}

#[cfg(not(unix))]
fn ask() -> Option<Size> {
    crossterm::terminal::size().ok().map(|(columns, rows)| Size::new(columns, rows))
}
