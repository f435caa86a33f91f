//! How this terminal is drawn on: with or without colour, and with which characters.

use std::env;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use crate::ui::screen::Tone;

/// Which colours the terminal gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colours {
    /// The sixteen that every colour terminal has, the Linux console and PuTTY included.
    Ansi16,
    /// None: reverse, bold and underline only.
    Mono,
}

/// Which characters the terminal gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Glyphs {
    /// Our own marks are code page 437; text is shown as it is written.
    Full,
    /// As `Full`, with typographic signs brought to code page 437: the font of the Linux console.
    Box,
    /// ASCII alone; letters lose their accents.
    Ascii,
}

/// How a terminal is drawn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its colours.
    pub colours: Colours,
    /// Its characters.
    pub glyphs: Glyphs,
}

/// What the environment says of the terminal; empty where it says nothing.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `TERM`
    pub term: String,
    /// `COLORTERM`
    pub colorterm: String,
    /// `NO_COLOR`; any text at all asks for no colour.
    pub no_color: String,
    /// The first of `LC_ALL`, `LC_CTYPE`, `LANG` that is set.
    pub locale: String,
    /// Whether this is a Windows console, where none of these are set.
    pub windows: bool,
}

impl Environment {
    /// That of this process.
    pub fn read() -> Self {
        let read = |name: &str| env::var(name).unwrap_or_default();
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(read).into_iter().find(|v| !v.is_empty());
        Self {
            term: read("TERM"),
            colorterm: read("COLORTERM"),
            no_color: read("NO_COLOR"),
            locale: locale.unwrap_or_default(),
            windows: cfg!(windows),
        }
    }
}

/// Marks that panes draw besides text and lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Vertical,
    Horizontal,
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
    TeeUp,
    More,
    Fewer,
    Pointer,
    Cut,
}

impl Look {
    /// The best that this terminal certainly can: too little is legible, too much is not.
    pub fn detect(environment: &Environment) -> Self {
        let term = environment.term.to_ascii_lowercase();
        let locale = environment.locale.to_ascii_lowercase();
        let utf8 = locale.contains("utf-8") || locale.contains("utf8");
        // A hardware terminal has no colour and no UTF-8, whatever the locale of the host says.
        let hardware = term.starts_with("vt") || term == "dumb" || term == "ansi-m";
        let unknown = term.is_empty() && !environment.windows;
        let colourless = hardware || unknown || term.ends_with("-m") || term.ends_with("-mono");
        let colours = match (environment.no_color.is_empty(), environment.colorterm.is_empty(), colourless) {
            (false, _, _) | (true, true, true) => Colours::Mono,
            (true, false, _) | (true, true, false) => Colours::Ansi16,
        };
        let glyphs = match term.as_str() {
            _ if environment.windows => Glyphs::Full,
            _ if hardware || unknown => Glyphs::Ascii,
            // The console is UTF-8 unless a locale names another character set.
            "linux" if utf8 || !locale.contains('.') => Glyphs::Box,
            _ if utf8 => Glyphs::Full,
            _ => Glyphs::Ascii,
        };
        Self { colours, glyphs }
    }

    /// The style of a tone.
    pub(super) fn tone(&self, tone: Tone) -> Style {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        match (self.colours, tone) {
            (_, Tone::Normal) | (Colours::Mono, Tone::Dim) => plain,
            (_, Tone::Strong) | (Colours::Mono, Tone::Accent | Tone::Warn | Tone::Good) => bold,
            (Colours::Ansi16, Tone::Dim) => plain.add_modifier(Modifier::DIM),
            (Colours::Ansi16, Tone::Accent) => bold.fg(Color::Cyan),
            (Colours::Ansi16, Tone::Warn) => bold.fg(Color::Yellow),
            (Colours::Ansi16, Tone::Bad) => bold.fg(Color::Red).add_modifier(Modifier::REVERSED),
            (Colours::Mono, Tone::Bad) => bold.add_modifier(Modifier::REVERSED),
            (Colours::Ansi16, Tone::Good) => bold.fg(Color::Green),
        }
    }

    /// The style of what is selected.
    pub(super) fn selected(&self) -> Style {
        let reversed = Style::new().add_modifier(Modifier::REVERSED);
        match self.colours {
            Colours::Ansi16 => reversed.fg(Color::Cyan),
            Colours::Mono => reversed,
        }
    }

    /// The style of a key cap in the key bar, and of the watermark.
    pub(super) fn cap(&self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// The style of a field to type into.
    pub(super) fn field(&self) -> Style {
        Style::new().add_modifier(Modifier::UNDERLINED)
    }

    /// The style of rules and dividers: there, and not looked at.
    pub(super) fn rule(&self) -> Style {
        self.tone(Tone::Dim)
    }

    /// The style of a dialog's border, which must be told from what it covers.
    pub(super) fn border(&self) -> Style {
        match self.colours {
            Colours::Ansi16 => Style::new().fg(Color::Cyan),
            Colours::Mono => Style::new(),
        }
    }

    /// What stands before text of this tone, so that colour is never alone in saying it.
    pub(super) fn sign(&self, tone: Tone) -> &'static str {
        match (tone, self.glyphs) {
            (Tone::Normal | Tone::Dim | Tone::Strong | Tone::Accent, _) => "",
            (Tone::Warn, _) => "! ",
            (Tone::Bad, _) => "!! ",
            (Tone::Good, Glyphs::Full | Glyphs::Box) => "\u{221A} ",
            (Tone::Good, Glyphs::Ascii) => "* ",
        }
    }

    /// A mark, one column wide.
    pub(super) fn mark(&self, mark: Mark) -> &'static str {
        let (full, ascii) = match mark {
            Mark::Vertical => ("│", "|"),
            Mark::Horizontal => ("─", "-"),
            Mark::TopLeft => ("┌", "+"),
            Mark::TopRight => ("┐", "+"),
            Mark::BottomLeft => ("└", "+"),
            Mark::BottomRight => ("┘", "+"),
            Mark::TeeUp => ("┴", "+"),
            Mark::Fewer => ("▲", "^"),
            Mark::More => ("▼", "v"),
            Mark::Pointer => ("►", ">"),
            // Code page 437 has no ellipsis; the tilde is what shortened names there always had.
            Mark::Cut => (if self.glyphs == Glyphs::Box { "~" } else { "…" }, "~"),
        };
        match self.glyphs {
            Glyphs::Full | Glyphs::Box => full,
            Glyphs::Ascii => ascii,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(settings: &[(&str, &str)], colours: Colours, glyphs: Glyphs) {
        let mut environment = Environment::default();
        for (name, value) in settings {
            match *name {
                "TERM" => environment.term = (*value).to_owned(),
                "COLORTERM" => environment.colorterm = (*value).to_owned(),
                "NO_COLOR" => environment.no_color = (*value).to_owned(),
                "LANG" => environment.locale = (*value).to_owned(),
                "WINDOWS" => environment.windows = true,
                other => panic!("no such setting: {other}"),
            }
        }
        assert_eq!(Look::detect(&environment), Look { colours, glyphs }, "{settings:?}");
    }

    #[test]
    fn the_environment_decides_the_look() {
        use Colours::{Ansi16, Mono};
        check(&[("TERM", "xterm-256color"), ("LANG", "en_GB.UTF-8")], Ansi16, Glyphs::Full);
        check(&[("TERM", "tmux-256color"), ("LANG", "C.utf8")], Ansi16, Glyphs::Full);
        check(&[("TERM", "xterm"), ("LANG", "C")], Ansi16, Glyphs::Ascii);
        check(&[("TERM", "xterm"), ("LANG", "de_DE.ISO-8859-1")], Ansi16, Glyphs::Ascii);
        check(&[("TERM", "linux"), ("LANG", "en_GB.UTF-8")], Ansi16, Glyphs::Box);
        check(&[("TERM", "linux")], Ansi16, Glyphs::Box);
        check(&[("TERM", "linux"), ("LANG", "de_DE.ISO-8859-1")], Ansi16, Glyphs::Ascii);
        check(&[("TERM", "vt220"), ("LANG", "en_GB.UTF-8")], Mono, Glyphs::Ascii);
        check(&[("TERM", "xterm-mono"), ("LANG", "en_GB.UTF-8")], Mono, Glyphs::Full);
        check(&[("TERM", "xterm"), ("NO_COLOR", "1"), ("LANG", "en_GB.UTF-8")], Mono, Glyphs::Full);
        check(&[("TERM", "vt220"), ("COLORTERM", "truecolor")], Ansi16, Glyphs::Ascii);
        check(&[("WINDOWS", "")], Ansi16, Glyphs::Full);
        check(&[], Mono, Glyphs::Ascii);
    }

    #[test]
    fn without_colours_no_style_has_one() {
        let look = Look { colours: Colours::Mono, glyphs: Glyphs::Full };
        let tones = [Tone::Normal, Tone::Dim, Tone::Strong, Tone::Accent, Tone::Warn, Tone::Bad, Tone::Good];
        let tones = tones.map(|t| look.tone(t));
        for style in tones.into_iter().chain([look.selected(), look.cap(), look.field(), look.rule(), look.border()]) {
            assert_eq!((style.fg, style.bg), (None, None));
            let allowed = Modifier::BOLD | Modifier::REVERSED | Modifier::UNDERLINED;
            assert!(allowed.contains(style.add_modifier), "{style:?}");
        }
    }
}
