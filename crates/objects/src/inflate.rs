//! zlib streams, whole and at once.

use libdeflater::{DecompressionError, Decompressor};

use crate::{Error, MAX_OBJECT};

/// Inflates streams, one after another.
pub(crate) struct Inflater {
    /// For objects that stand whole: their codes are their own.
    whole: Decompressor,
    /// For differences: small enough that their codes are the fixed ones, whose tables stay as long
    /// as no others are built.
    parts: Decompressor,
}

impl Default for Inflater {
    fn default() -> Self {
        Inflater {
            whole: Decompressor::new(),
            parts: Decompressor::new(),
        }
    }
}

impl Inflater {
    /// Inflates a stream that has exactly `size` bytes, and after which anything may follow. The
    /// result replaces what `out` held.
    pub(crate) fn exact(
        &mut self,
        stream: &[u8],
        size: usize,
        is_part: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        if size > MAX_OBJECT {
            return Err(Error::Unsupported("an object is too large"));
        }
        out.clear();
        out.resize(size, 0);
        let decompressor = match is_part {
            true => &mut self.parts,
            false => &mut self.whole,
        };
        match decompressor.zlib_decompress(stream, out) {
            Ok(count) if count == size => Ok(()),
            _ => Err(Error::Damaged("a zlib stream is damaged")),
        }
    }

    /// Inflates a stream whose size is not known.
    pub(crate) fn whole(&mut self, stream: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        // More than most need, so that one attempt does.
        let mut room = stream.len().saturating_mul(4).max(1024);
        loop {
            // One more than the largest: a header stands before the object.
            room = room.min(MAX_OBJECT + 64);
            out.clear();
            out.resize(room, 0);
            match self.whole.zlib_decompress(stream, out) {
                Ok(count) => {
                    out.truncate(count);
                    return Ok(());
                }
                Err(DecompressionError::InsufficientSpace) if room < MAX_OBJECT + 64 => {
                    room = room.saturating_mul(4);
                }
                Err(DecompressionError::InsufficientSpace) => {
                    return Err(Error::Unsupported("an object is too large"));
                }
                Err(DecompressionError::BadData) => {
                    return Err(Error::Damaged("a zlib stream is damaged"));
                }
            }
        }
    }
}
