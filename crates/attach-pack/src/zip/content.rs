//! The content of entries: decoded in bounded memory, and checked.

use super::fault::{Fault, FaultKind};
use super::read::{Archive, Entry};
use super::record::Method;
use super::source::ReadAt;

use flate2::{Decompress, FlushDecompress, Status};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::io;

/// Bytes that are read, or decoded, at once.
const PIECE: usize = 64 << 10;

/// What a full check found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// SHA-256 of each entry's content, in the order of the entries; `None` where it could not be read or is faulty.
    pub sha256: Vec<Option<[u8; 32]>>,
    /// Faults of form, of data and of the seal, sorted.
    pub faults: Vec<Fault>,
}

struct Digests {
    content: [u8; 32],
    data: [u8; 32],
}

impl<S: ReadAt + ?Sized> Archive<'_, S> {
    /// Shows the content of an entry piece by piece, at most its announced size, and checks size and CRC-32.
    /// The inner error is a fault of the archive; what was shown before it is worthless.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn content(
        &self,
        entry: &Entry,
        see: &mut dyn FnMut(&[u8]),
    ) -> io::Result<Result<(), Fault>> {
        self.decode(entry, &mut |_| (), see)
    }

    /// The whole content of an entry of at most `limit` bytes.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn bytes(&self, entry: &Entry, limit: u64) -> io::Result<Result<Vec<u8>, Fault>> {
        if entry.size() > limit {
            let detail = format!("larger than {limit} bytes");
            return Ok(Err(Fault::of(
                FaultKind::SizeLie,
                &entry.header.name,
                detail,
            )));
        }
        let mut all = Vec::new();
        let outcome = self.content(entry, &mut |piece| all.extend_from_slice(piece))?;
        Ok(outcome.map(|()| all))
    }

    /// Reads everything, on all threads: the digest of each content, and all faults.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn check(&self) -> io::Result<Checked> {
        let outcomes: Vec<io::Result<Result<Digests, Fault>>> = self
            .entries()
            .par_iter()
            .map(|entry| self.digests(entry))
            .collect();
        let mut checked = Checked {
            faults: self.faults().to_vec(),
            ..Checked::default()
        };
        let mut data = Vec::with_capacity(outcomes.len());
        for (outcome, entry) in outcomes.into_iter().zip(self.entries()) {
            match outcome? {
                Ok(digests) => {
                    checked.sha256.push(Some(digests.content));
                    data.push(Some(digests.data));
                }
                Err(fault) => {
                    checked.sha256.push(None);
                    data.push(None);
                    // An entry that is not sound has its fault already.
                    if entry.is_sound() {
                        checked.faults.push(fault);
                    }
                }
            }
        }
        let text = match self.entries().iter().nth_back(1) {
            Some(seal) => self.bytes(seal, 65)?.ok(),
            None => None,
        };
        checked
            .faults
            .extend(self.check_seal(&data, text.as_deref()));
        checked.faults.extend(self.check_order());
        checked.faults.sort();
        checked.faults.dedup();
        Ok(checked)
    }

    fn digests(&self, entry: &Entry) -> io::Result<Result<Digests, Fault>> {
        let (mut content, mut data) = (Sha256::new(), Sha256::new());
        let stored = entry.method() == Method::Stored;
        let outcome = self.decode(
            entry,
            &mut |piece| {
                if !stored {
                    data.update(piece);
                }
            },
            &mut |piece| content.update(piece),
        )?;
        let content: [u8; 32] = content.finalize().into();
        let data = if stored {
            content
        } else {
            data.finalize().into()
        };
        Ok(outcome.map(|()| Digests { content, data }))
    }

    fn decode(
        &self,
        entry: &Entry,
        see_data: &mut dyn FnMut(&[u8]),
        see: &mut dyn FnMut(&[u8]),
    ) -> io::Result<Result<(), Fault>> {
        let fault = |kind, detail: &str| Ok(Err(Fault::of(kind, &entry.header.name, detail)));
        let Some(mut at) = entry.data else {
            return fault(FaultKind::LocalMissing, "not read: its headers are faulty");
        };
        let mut crc = crc32fast::Hasher::new();
        let mut left = entry.header.packed;
        let mut size = 0u64;
        let mut inflate = (entry.method() == Method::Deflated).then(|| Decompress::new(false));
        let mut ended = false;
        let mut input = vec![0; PIECE.min(usize::try_from(left).unwrap_or(PIECE)).max(1)];
        let mut output = vec![0; if inflate.is_some() { PIECE } else { 0 }];
        while left > 0 {
            let want = input.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let Some(buffer) = input.get_mut(..want) else {
                break;
            };
            let got = self.source.fill_at(at, buffer)?;
            if got < want {
                return fault(FaultKind::Truncated, "its data is cut off");
            }
            at += got as u64;
            left -= got as u64;
            see_data(buffer);
            let Some(inflate) = inflate.as_mut() else {
                crc.update(buffer);
                see(buffer);
                size += got as u64;
                continue;
            };
            let mut rest: &[u8] = buffer;
            loop {
                if ended {
                    if rest.is_empty() {
                        break;
                    }
                    return fault(
                        FaultKind::Slack,
                        "bytes after the end of the deflate stream",
                    );
                }
                let (before_in, before_out) = (inflate.total_in(), inflate.total_out());
                let Ok(status) = inflate.decompress(rest, &mut output, FlushDecompress::None)
                else {
                    return fault(FaultKind::Deflate, "not a deflate stream");
                };
                let taken = usize::try_from(inflate.total_in() - before_in).unwrap_or(usize::MAX);
                let given = usize::try_from(inflate.total_out() - before_out).unwrap_or(usize::MAX);
                rest = rest.get(taken..).unwrap_or_default();
                let piece = output.get(..given).unwrap_or_default();
                size += given as u64;
                if size > entry.header.size {
                    return fault(FaultKind::SizeLie, "more content than said");
                }
                crc.update(piece);
                see(piece);
                ended = status == Status::StreamEnd;
                // Nothing taken and nothing given: more input is needed.
                if !ended && rest.is_empty() && given < output.len() {
                    break;
                }
                if !ended && taken == 0 && given == 0 {
                    return fault(FaultKind::Deflate, "the stream does not go on");
                }
            }
        }
        if inflate.is_some() && !ended {
            return fault(FaultKind::Deflate, "the stream does not end");
        }
        if size != entry.header.size {
            return fault(FaultKind::SizeLie, "less content than said");
        }
        if crc.finalize() != entry.header.crc {
            return fault(FaultKind::Crc, "");
        }
        Ok(Ok(()))
    }
}
