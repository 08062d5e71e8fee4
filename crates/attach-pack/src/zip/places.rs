//! What the entries say together: that no byte is shared or left over, and that the seal fits.

use super::fault::{Fault, FaultKind};
use super::layout::Directory;
use super::read::Archive;
use super::record::{LOCAL, Method};
use super::source::ReadAt;
use super::{SEAL, TAG_MANIFEST, seal_text};
use std::io;

impl<S: ReadAt + ?Sized> Archive<'_, S> {
    /// Every byte before the directory belongs to one entry.
    pub(super) fn check_places(&mut self, directory: &Directory) -> io::Result<()> {
        let mut places: Vec<(u64, u64, usize)> = Vec::with_capacity(self.entries.len());
        for (at, entry) in self.entries.iter().enumerate() {
            if let Some(data) = entry.data {
                places.push((
                    entry.header.offset,
                    data.saturating_add(entry.header.packed),
                    at,
                ));
            }
        }
        if !places.is_sorted_by_key(|place| place.0) {
            self.faults.push(Fault::new(
                FaultKind::Order,
                "the directory is not in the order of the data",
            ));
        }
        places.sort_unstable();
        let mut shared = Vec::new();
        let mut cursor = directory.shift;
        for (start, stop, at) in places {
            if start < cursor {
                shared.push(at);
            } else if start > cursor {
                self.gap(cursor, start, directory)?;
            }
            cursor = cursor.max(stop);
        }
        if cursor < directory.start {
            self.gap(cursor, directory.start, directory)?;
        }
        for at in shared {
            if let Some(entry) = self.entries.get_mut(at) {
                // Entries that share bytes are how a small file unpacks to a huge one: not read at all.
                entry.data = None;
                self.faults.push(Fault::of(
                    FaultKind::Overlap,
                    &entry.header.name,
                    "shares bytes with another entry",
                ));
            }
        }
        Ok(())
    }

    fn gap(&mut self, from: u64, to: u64, directory: &Directory) -> io::Result<()> {
        let mut head = [0; 4];
        self.source.fill_at(from, &mut head)?;
        let detail = format!("{} bytes at {from}", to - from);
        let kind = match u32::from_le_bytes(head) {
            LOCAL if to - from >= 30 => FaultKind::Hidden,
            0x0807_4b50 => FaultKind::Descriptor,
            _ if from == directory.shift => FaultKind::Prepended,
            _ => FaultKind::Slack,
        };
        self.faults.push(Fault::new(kind, detail));
        Ok(())
    }

    /// Whether the last entries are the seal and the tag manifest, and the seal says what `digests` (of the data of
    /// every entry) demand.
    pub(super) fn check_seal(
        &self,
        digests: &[Option<[u8; 32]>],
        text: Option<&[u8]>,
    ) -> Option<Fault> {
        let [.., seal, last] = self.entries.as_slice() else {
            return Some(Fault::new(FaultKind::Seal, "there is none"));
        };
        for (entry, want) in [(seal, SEAL), (last, TAG_MANIFEST)] {
            if entry
                .name()
                .split_once('/')
                .is_none_or(|(_, rest)| rest != want)
            {
                let detail = format!(
                    "the last two entries are not <folder>/{SEAL} and <folder>/{TAG_MANIFEST}"
                );
                return Some(Fault::new(FaultKind::Seal, detail));
            }
        }
        let before = digests.len().saturating_sub(2);
        let others = digests.get(..before).unwrap_or_default();
        let all: Option<Vec<[u8; 32]>> = others.iter().copied().collect();
        let want = all.map(seal_text);
        match (want, text) {
            (Some(want), Some(text)) if want.as_bytes() == text => None,
            // An entry that could not be read has a fault of its own.
            (None, _) => None,
            _ => Some(Fault::of(
                FaultKind::Seal,
                &seal.header.name,
                "does not fit the data of the entries before it",
            )),
        }
    }

    /// The first entry that is not where, or not as, the form wants it.
    pub(super) fn check_order(&self) -> Option<Fault> {
        let first = self.entries.first()?.name().into_owned();
        let (base, _) = first.split_once('/').unwrap_or_default();
        let mut before: Option<(usize, Vec<u8>)> = None;
        for entry in &self.entries {
            let header = &entry.header;
            let name = entry.name();
            let Some(path) = name
                .strip_prefix(base)
                .and_then(|rest| rest.strip_prefix('/'))
            else {
                let detail = "not in the folder of the first entry";
                return Some(Fault::of(FaultKind::Order, &header.name, detail));
            };
            let rank = rank(path);
            // The manifest is as long as the payload has files.
            let packed = header.method != Method::Stored && rank != 3;
            if rank > 0 && (packed || header.executable) {
                let detail = "a tag file must be stored, mode 0644";
                return Some(Fault::of(FaultKind::NotCanonical, &header.name, detail));
            }
            let here = (rank, header.name.clone());
            if before.is_some_and(|before| before >= here) {
                let detail = "not in the order of the form";
                return Some(Fault::of(FaultKind::Order, &header.name, detail));
            }
            before = Some(here);
        }
        None
    }
}

/// Payload first, then the tag files that have a place of their own.
fn rank(path: &str) -> usize {
    match path {
        "bagit.txt" => 1,
        "bag-info.txt" => 2,
        "manifest-sha256.txt" => 3,
        SEAL => 5,
        TAG_MANIFEST => 6,
        _ if path.starts_with("data/") => 0,
        _ => 4,
    }
}
