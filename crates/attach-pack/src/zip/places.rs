//! What the entries say together: that no byte is shared or left over, and that the seal fits.

use super::fault::{Fault, FaultKind};
use super::layout::Directory;
use super::read::Archive;
use super::record::{LOCAL, Method};
use super::source::ReadAt;
use super::{SEAL, seal_text};
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

    /// Whether the last entry is the seal and says what `digests` (of all other entries' data) demand.
    pub(super) fn check_seal(
        &self,
        digests: &[Option<[u8; 32]>],
        text: Option<&[u8]>,
    ) -> Option<Fault> {
        let Some(last) = self.entries.last() else {
            return Some(Fault::new(FaultKind::Seal, "no entries"));
        };
        let name = last.name().into_owned();
        if name.rsplit('/').next() != Some(SEAL) || name.matches('/').count() != 1 {
            return Some(Fault::new(
                FaultKind::Seal,
                format!("the last entry is not <folder>/{SEAL}"),
            ));
        }
        if last.header.method != Method::Stored || last.header.executable {
            return Some(Fault::of(
                FaultKind::Seal,
                &last.header.name,
                "must be stored, mode 0644",
            ));
        }
        let others = digests
            .get(..digests.len().saturating_sub(1))
            .unwrap_or_default();
        let all: Option<Vec<[u8; 32]>> = others.iter().copied().collect();
        let want = all.map(seal_text);
        match (want, text) {
            (Some(want), Some(text)) if want.as_bytes() == text => None,
            // An entry that could not be read has a fault of its own.
            (None, _) => None,
            _ => Some(Fault::of(
                FaultKind::Seal,
                &last.header.name,
                "does not fit the data of the other entries",
            )),
        }
    }
}
