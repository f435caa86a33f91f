//! Settings of the screen, checked when they were read.

use serde::{Deserialize, Serialize};

use crate::domain::barcode::Patterns;
use crate::domain::money::Money;
use crate::ui::keymap::Keymap;

/// What letters do on the order screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Letters {
    /// They sell the item with that key; `/` searches.
    #[default]
    Hotkeys,
    /// They search at once.
    Search,
}

/// Settings of the screen, checked when they were read.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// Which key does what.
    pub keymap: Keymap,
    /// What letters do.
    pub letters: Letters,
    /// Whether digits without a point are minor units.
    pub bare_is_minor: bool,
    /// Banknotes with a key of their own.
    pub notes: Vec<Money>,
    /// What badges begin with; with none, any scan on the sign-in screen is tried as one.
    pub badge_prefix: Option<String>,
    /// Barcodes that hold a price or a weight.
    pub patterns: Patterns,
    /// Whether each sale says what it took, and the shorter way.
    pub coaching: bool,
    /// Shown on every screen: TRAINING, DEMO.
    pub watermark: Option<String>,
    /// Lines of the sign-in screen: the version, a demo's PINs.
    pub greeting: Vec<String>,
}
