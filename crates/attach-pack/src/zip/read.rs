//! The strict reader. It rests on nothing but the bytes: every entry is read from the directory, compared with its
//! local header, and both with what the writer would have written.

use super::fault::{Fault, FaultKind, shown};
use super::layout::{self, Directory};
use super::record::{CENTRAL_SIZE, Header, Method, end};
use super::source::ReadAt;
use crate::name::{self, Collision, NameFault};
use std::io;

/// The most entries that are read.
pub const MAX_ENTRIES: u64 = 4_000_000;

/// The longest record of the directory: three fields of the greatest length.
const LONGEST: usize = 46 + 3 * u16::MAX as usize;
/// How much of the directory is held at once. It may be as large as the archive.
const WINDOW: usize = 1 << 20;

/// One entry, as the directory describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub(super) header: Header,
    /// Where its data begins; `None` if its headers are not sound, so that nothing of it is read.
    pub(super) data: Option<u64>,
}

impl Entry {
    /// The name; not UTF-8 is shown with replacement characters (and is a fault).
    pub fn name(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.header.name)
    }
    /// Bytes of content.
    pub fn size(&self) -> u64 {
        self.header.size
    }
    /// Bytes in the archive.
    pub fn packed(&self) -> u64 {
        self.header.packed
    }
    /// How it is stored.
    pub fn method(&self) -> Method {
        self.header.method
    }
    /// True for mode 0755.
    pub fn executable(&self) -> bool {
        self.header.executable
    }
    /// True if the content can be read: the headers have no fault that forbids it.
    pub fn is_sound(&self) -> bool {
        self.data.is_some()
    }
}

/// An archive whose directory has been read. Nothing of the content has.
#[derive(Debug)]
pub struct Archive<'a, S: ?Sized> {
    pub(super) source: &'a S,
    pub(super) entries: Vec<Entry>,
    pub(super) faults: Vec<Fault>,
}

impl<'a, S: ReadAt + ?Sized> Archive<'a, S> {
    /// Reads the directory and every local header. Faults of form are kept, not returned as errors.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn open(source: &'a S) -> io::Result<Self> {
        let mut archive = Self {
            source,
            entries: Vec::new(),
            faults: Vec::new(),
        };
        if let Some(directory) = layout::find(source, &mut archive.faults)? {
            archive.read_directory(&directory)?;
        }
        archive.faults.sort();
        archive.faults.dedup();
        Ok(archive)
    }

    /// The entries, in the order of the directory.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What is wrong with the form, sorted. Empty: canonical up to the data and the seal, see [`Archive::check`].
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The entry of a name.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|e| e.header.name == name.as_bytes())
    }

    fn read_directory(&mut self, directory: &Directory) -> io::Result<()> {
        if directory.count > MAX_ENTRIES {
            self.faults.push(Fault::new(
                FaultKind::TooMany,
                format!("{} entries", directory.count),
            ));
            return Ok(());
        }
        let most = directory.count.min(directory.size / CENTRAL_SIZE);
        self.entries.reserve(usize::try_from(most).unwrap_or(0));
        let (mut at, mut window) = (0, Vec::new());
        let mut begin = 0;
        while at < directory.size {
            let held = window.get(begin..).unwrap_or_default();
            let left = usize::try_from(directory.size - at).unwrap_or(usize::MAX);
            if held.len() < LONGEST.min(left) {
                let (have, want) = (held.len(), WINDOW.min(left));
                window.drain(..begin);
                begin = 0;
                window.resize(want, 0);
                let rest = window.get_mut(have..).unwrap_or_default();
                let got = self
                    .source
                    .fill_at(directory.start + at + have as u64, rest)?;
                window.truncate(have + got);
            }
            let rest = window.get(begin..).unwrap_or_default();
            let Some((entry, length)) = self.central(rest, directory)? else {
                self.faults.push(Fault::new(
                    FaultKind::Directory,
                    format!("no entry at byte {at} of the directory"),
                ));
                break;
            };
            self.entries.push(entry);
            at += length as u64;
            begin += length;
        }
        drop(window);
        if self.entries.len() as u64 != directory.count {
            let detail = format!(
                "{} entries said, {} found",
                directory.count,
                self.entries.len()
            );
            self.faults.push(Fault::new(FaultKind::Directory, detail));
        }
        self.check_end(directory)?;
        self.check_names();
        self.check_places(directory)
    }

    fn check_end(&mut self, directory: &Directory) -> io::Result<()> {
        let want = end(
            directory.count,
            directory.size,
            directory.start - directory.shift,
        );
        let length = self.source.length()?;
        let rest = length.saturating_sub(directory.end);
        let mut found = vec![0; want.len()];
        let got = self.source.fill_at(directory.end, &mut found)?;
        found.truncate(got);
        if self.faults.is_empty() && (rest != want.len() as u64 || found != want) {
            self.faults.push(Fault::new(
                FaultKind::NotCanonical,
                "the end records differ from the canonical form",
            ));
        }
        Ok(())
    }

    fn check_names(&mut self) {
        for entry in &self.entries {
            let name = &entry.header.name;
            let plain = name.strip_suffix(b"/").unwrap_or(name);
            for wrong in name::check(plain) {
                let kind = match wrong {
                    NameFault::Absolute | NameFault::DotPart | NameFault::Backslash => {
                        FaultKind::Slip
                    }
                    _ => FaultKind::Name,
                };
                self.faults.push(Fault::of(kind, name, wrong.to_string()));
            }
        }
        let names: Vec<&[u8]> = self
            .entries
            .iter()
            .map(|e| e.header.name.as_slice())
            .collect();
        for (first, later, kind) in name::collisions(&names) {
            let of = |at: usize| names.get(at).copied().unwrap_or_default();
            let kind = match kind {
                Collision::Duplicate => FaultKind::Duplicate,
                Collision::Normalization => FaultKind::NormalizationTwin,
                Collision::Case => FaultKind::CaseTwin,
                Collision::FileAndFolder => FaultKind::FileAndFolder,
            };
            let detail = format!("beside {}", shown(of(first)));
            self.faults.push(Fault::of(kind, of(later), detail));
        }
    }
}
