//! Fonts of the box, by which text is drawn that a printer has no letters for. None is in the program: those
//! that `fonts` in `printers.toml` names come first, then well-known ones that the system has.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use rustybuzz::Face;

/// Folders below which systems keep fonts, seen from the root of the file system.
const FOLDERS: [&str; 5] =
    ["usr/share/fonts", "usr/local/share/fonts", "System/Library/Fonts", "Library/Fonts", "C:\\Windows\\Fonts"];
/// The fonts that are looked for, those for many scripts and of a modest size first.
const KNOWN: [&str; 30] = [
    "DejaVuSans.ttf",
    "segoeui.ttf",
    "arial.ttf",
    "Arial Unicode.ttf",
    "NotoSans-Regular.ttf",
    "LiberationSans-Regular.ttf",
    "FreeSans.ttf",
    "NotoSansArabic-Regular.ttf",
    "NotoNaskhArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "Loma.ttf",
    "leelawui.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansBengali-Regular.ttf",
    "NotoSansTamil-Regular.ttf",
    "Nirmala.ttf",
    "NotoSansArmenian-Regular.ttf",
    "NotoSansGeorgian-Regular.ttf",
    "NotoSansEthiopic-Regular.ttf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
    "NotoSansCJK-Regular.ttc",
    "msyh.ttc",
    "YuGothR.ttc",
    "malgun.ttf",
    "unifont.otf",
    "unifont.ttf",
];
/// Folders within folders are looked through so deep.
const DEPTH: usize = 4;
/// So many clusters are remembered with their font; a shop has far fewer.
const REMEMBERED: usize = 10_000;
/// A larger file is no font.
const MAX_BYTES: u64 = 64 << 20;

/// A font, read when it is first needed.
struct Font {
    path: PathBuf,
    bytes: OnceLock<Option<Vec<u8>>>,
}

/// Not with its megabytes.
impl fmt::Debug for Font {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.fmt(f)
    }
}

impl Font {
    fn new(path: PathBuf) -> Self {
        Self { path, bytes: OnceLock::new() }
    }

    fn face(&self) -> Option<Face<'_>> {
        let bytes = self.bytes.get_or_init(|| read(&self.path).ok());
        Face::from_slice(bytes.as_deref()?, 0)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let words = |error: std::io::Error| error.to_string();
    if std::fs::metadata(path).map_err(words)?.len() > MAX_BYTES {
        return Err("it is too large for a font".to_owned());
    }
    std::fs::read(path).map_err(words)
}

/// The fonts of a box, in the order in which they are asked for a sign.
#[derive(Debug, Default)]
pub struct Fonts {
    named: Vec<Font>,
    /// Below which the system's fonts are looked for, once they are needed; nowhere when absent.
    root: Option<PathBuf>,
    found: OnceLock<Vec<Font>>,
    /// Which font has which cluster: looking through all of them takes longer than drawing it.
    known: Mutex<HashMap<String, Option<usize>>>,
}

/// Two are the same that ask the same files.
impl PartialEq for Fonts {
    fn eq(&self, other: &Self) -> bool {
        let paths = |fonts: &Self| fonts.named.iter().map(|font| font.path.clone()).collect::<Vec<_>>();
        self.root == other.root && paths(self) == paths(other)
    }
}

impl Eq for Fonts {}

impl Fonts {
    /// The fonts that somebody named, then those that the system has below `root` (`/`).
    ///
    /// # Errors
    /// In words: a file that was named is no font.
    pub fn of(paths: &[PathBuf], root: &Path) -> Result<Self, String> {
        let mut named = Vec::new();
        for path in paths {
            let bytes = read(path).map_err(|why| format!("the font {}: {why}", path.display()))?;
            let font = Font { path: path.clone(), bytes: OnceLock::from(Some(bytes)) };
            if font.face().is_none() {
                let words = "this is no TrueType or OpenType font with outlines (.ttf, .otf, .ttc)";
                return Err(format!("the font {}: {words}", path.display()));
            }
            named.push(font);
        }
        Ok(Self { named, root: Some(root.to_owned()), ..Self::default() })
    }

    /// Looks for the system's fonts, so that nobody has to wait for that later. The fonts themselves are read when
    /// their signs are needed.
    pub fn look(&self) {
        self.found.get_or_init(|| {
            let paths = self.root.iter().flat_map(|root| known(root));
            paths.map(Font::new).collect()
        });
    }

    fn all(&self) -> impl Iterator<Item = &Font> {
        self.look();
        self.named.iter().chain(self.found.get().into_iter().flatten())
    }

    /// Whether a line can be drawn with them: what stands beside foreign letters is drawn as well.
    pub fn can_draw(&self) -> bool {
        ["A", "0", "?"].iter().all(|sign| self.of_cluster(sign).is_some())
    }

    /// The first font that has all signs of a cluster.
    pub(super) fn of_cluster(&self, cluster: &str) -> Option<usize> {
        let Ok(mut known) = self.known.lock() else { return self.find(cluster) };
        if let Some(font) = known.get(cluster) {
            return *font;
        }
        if known.len() >= REMEMBERED {
            known.clear();
        }
        let font = self.find(cluster);
        known.insert(cluster.to_owned(), font);
        font
    }

    fn find(&self, cluster: &str) -> Option<usize> {
        self.all().position(|font| {
            font.face()
                .is_some_and(|face| cluster.chars().all(|c| face.glyph_index(c).is_some_and(|glyph| glyph.0 != 0)))
        })
    }

    pub(super) fn face(&self, font: usize) -> Option<Face<'_>> {
        self.all().nth(font)?.face()
    }

    /// The name of the file of the font that has this sign.
    pub fn name_for(&self, sign: char) -> Option<String> {
        let font = self.of_cluster(sign.encode_utf8(&mut [0; 4]))?;
        Some(self.all().nth(font)?.path.file_name()?.to_string_lossy().into_owned())
    }
}

/// The known fonts that a system has, in the order of their list.
fn known(root: &Path) -> Vec<PathBuf> {
    let mut found: Vec<(usize, PathBuf)> = Vec::new();
    for folder in FOLDERS {
        walk(&root.join(folder), DEPTH, &mut found);
    }
    found.sort();
    found.dedup_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, path)| path).collect()
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<(usize, PathBuf)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if let Some(rank) = name.to_str().and_then(|name| KNOWN.iter().position(|known| *known == name)) {
            found.push((rank, entry.path()));
        } else if depth > 0 && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&entry.path(), depth - 1, found);
        }
    }
}
