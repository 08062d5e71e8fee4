//! One entry: its record in the directory, compared with its local header and with what the writer would have written.

use super::fault::{Fault, FaultKind, shown};
use super::layout::Directory;
use super::read::{Archive, Entry};
use super::record::{CENTRAL, FULL, Fields, Header, LOCAL, Method};
use super::source::ReadAt;
use super::{MAX_RATIO, RATIO_FROM};
use std::io;

/// The most bytes of a name that are held: more than a name may have, with or without a slash at its end.
const HELD_NAME: usize = 1026;

impl<S: ReadAt + ?Sized> Archive<'_, S> {
    /// One entry of the directory and its length in bytes there.
    pub(super) fn central(
        &mut self,
        bytes: &[u8],
        directory: &Directory,
    ) -> io::Result<Option<(Entry, usize)>> {
        let fields = Fields(bytes);
        let lengths = [28, 30, 32].map(|at| usize::from(fields.n16(at)));
        let [name_length, extra_length, comment_length] = lengths;
        let length = 46 + name_length + extra_length + comment_length;
        let (Some(record), true) = (bytes.get(..length), fields.n32(0) == CENTRAL) else {
            return Ok(None);
        };
        // The rest of a longer name would be held for nothing: it is a fault by its length.
        let name = record
            .get(46..46 + name_length.min(HELD_NAME))
            .unwrap_or_default()
            .to_vec();
        let extra = record
            .get(46 + name_length..46 + name_length + extra_length)
            .unwrap_or_default();
        let before = self.faults.len();
        let mut header = Header {
            executable: fields.n32(38) >> 16 & 0o111 != 0,
            method: if fields.n16(10) == 8 {
                Method::Deflated
            } else {
                Method::Stored
            },
            crc: fields.n32(16),
            packed: u64::from(fields.n32(20)),
            size: u64::from(fields.n32(24)),
            offset: u64::from(fields.n32(42)),
            name,
        };
        self.read_extra(extra, &mut header);
        let mut fault =
            |kind, detail: &str| self.faults.push(Fault::of(kind, &header.name, detail));
        if !matches!(fields.n16(10), 0 | 8) {
            fault(FaultKind::Method, &format!("method {}", fields.n16(10)));
        }
        if fields.n16(8) & 0x2041 != 0 {
            fault(FaultKind::Encrypted, "");
        }
        if fields.n16(8) & 8 != 0 {
            fault(FaultKind::Descriptor, "");
        }
        if comment_length > 0 {
            fault(FaultKind::Comment, "");
        }
        if fields.n16(34) != 0 {
            fault(FaultKind::MultiDisk, "");
        }
        match fields.n32(38) >> 16 & 0o170_000 {
            0o120_000 => fault(FaultKind::Link, ""),
            0o040_000 => fault(FaultKind::Folder, ""),
            0 | 0o100_000 => {}
            _ => fault(FaultKind::Device, ""),
        }
        if header.name.ends_with(b"/") || fields.n32(38) & 0x10 != 0 {
            fault(FaultKind::Folder, "");
        }
        let ratio = header.packed.saturating_mul(MAX_RATIO) < header.size;
        if header.method == Method::Deflated && header.size > RATIO_FROM && ratio {
            fault(
                FaultKind::Bomb,
                &format!("{} bytes from {}", header.size, header.packed),
            );
        }
        if header.method == Method::Stored && header.size != header.packed {
            fault(FaultKind::SizeLie, "stored, but the two sizes differ");
        }
        header.offset = header.offset.saturating_add(directory.shift);
        let (data, same) = self.local(&header, directory)?;
        let canonical = Header {
            offset: header.offset - directory.shift.min(header.offset),
            ..header.clone()
        };
        if self.faults.len() == before && (canonical.central() != record || !same) {
            let detail = "a header differs from the canonical form";
            self.faults
                .push(Fault::of(FaultKind::NotCanonical, &header.name, detail));
        }
        Ok(Some((Entry { header, data }, length)))
    }

    /// Takes the zip64 values; anything else in the extra field is a fault.
    fn read_extra(&mut self, mut extra: &[u8], header: &mut Header) {
        let mut seen = false;
        while !extra.is_empty() {
            let fields = Fields(extra);
            let (id, length) = (fields.n16(0), usize::from(fields.n16(2)));
            let Some(body) = extra.get(4..4 + length) else {
                self.faults
                    .push(Fault::of(FaultKind::Extra, &header.name, "cut off"));
                return;
            };
            extra = extra.get(4 + length..).unwrap_or_default();
            if id != 1 {
                self.faults.push(Fault::of(
                    FaultKind::Extra,
                    &header.name,
                    format!("field {id:#06x}"),
                ));
                continue;
            }
            let full = u64::from(FULL);
            let mut at = 0;
            for value in [&mut header.size, &mut header.packed, &mut header.offset] {
                if *value == full {
                    *value = Fields(body).n64(at);
                    at += 8;
                }
            }
            if seen || at == 0 || at != body.len() {
                self.faults.push(Fault::of(
                    FaultKind::Zip64,
                    &header.name,
                    "a zip64 field that does not fit the entry",
                ));
            }
            seen = true;
        }
    }

    /// Compares the local header. Returns where the data begins if it can be read, and whether the header is canonical.
    fn local(&mut self, header: &Header, directory: &Directory) -> io::Result<(Option<u64>, bool)> {
        let want = header.local();
        let mut local = vec![0; want.len()];
        let got = self.source.fill_at(header.offset, &mut local)?;
        local.truncate(got);
        let fields = Fields(&local);
        if fields.n32(0) != LOCAL || header.offset >= directory.start {
            self.faults
                .push(Fault::of(FaultKind::LocalMissing, &header.name, ""));
            return Ok((None, false));
        }
        let name_length = usize::from(fields.n16(26));
        let extra_length = u64::from(fields.n16(28));
        let data = header
            .offset
            .saturating_add(30 + name_length as u64)
            .saturating_add(extra_length);
        if data.saturating_add(header.packed) > directory.start {
            self.faults.push(Fault::of(
                FaultKind::Truncated,
                &header.name,
                "its data would reach into the directory",
            ));
            return Ok((None, false));
        }
        if local == want {
            return Ok((Some(data), true));
        }
        let mut name = vec![0; name_length.min(HELD_NAME)];
        let got = self.source.fill_at(header.offset + 30, &mut name)?;
        name.truncate(got);
        if name != header.name {
            let detail = format!("the local header says {}", shown(&name));
            self.faults
                .push(Fault::of(FaultKind::NameMismatch, &header.name, detail));
        }
        if fields.n16(6) & 0x2041 != 0 {
            self.faults.push(Fault::of(
                FaultKind::Encrypted,
                &header.name,
                "in the local header",
            ));
        }
        if fields.n16(6) & 8 != 0 {
            self.faults.push(Fault::of(
                FaultKind::Descriptor,
                &header.name,
                "in the local header",
            ));
        } else if local.get(14..26) != want.get(14..26) {
            self.faults
                .push(Fault::of(FaultKind::SizeMismatch, &header.name, ""));
        }
        if fields.n16(8) != header.method.code() {
            self.faults.push(Fault::of(
                FaultKind::Method,
                &header.name,
                "another one in the local header",
            ));
        }
        if extra_length > 0 && !header.is_big() {
            self.faults.push(Fault::of(
                FaultKind::Extra,
                &header.name,
                "in the local header",
            ));
        }
        Ok((Some(data), false))
    }
}
