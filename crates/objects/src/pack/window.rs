//! A file, read in large pieces.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::Error;

/// Bytes of a piece: what is asked for often lies near what was asked for before.
const PIECE: u64 = 8 << 10;

/// Bytes after a piece that are read with it, so that small objects lie in one.
const MORE: u64 = 1 << 10;

/// Pieces that are kept: 2 MiB, as long as commits are read.
const PIECES: u64 = 256;

/// A file of which some pieces are in memory. Not mapped: a file that is cut off under a mapping
/// ends the process.
#[derive(Debug)]
pub(crate) struct Windows {
    file: File,
    length: u64,
    /// Each piece has one place where it can be.
    pieces: Vec<Piece>,
    /// What does not lie in one piece.
    large: Vec<u8>,
}

#[derive(Debug, Clone, Default)]
struct Piece {
    /// Its number in the file.
    which: u64,
    bytes: Vec<u8>,
}

impl Windows {
    pub(crate) fn open(path: &Path) -> io::Result<Windows> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let count = usize::try_from(PIECES.min(length / PIECE + 1)).unwrap_or(1);
        Ok(Windows {
            file,
            length,
            pieces: vec![Piece::default(); count],
            large: Vec::new(),
        })
    }

    /// `length` bytes from an offset on; fewer at the end of the file.
    pub(crate) fn at(&mut self, offset: u64, length: usize) -> Result<&[u8], Error> {
        let cut = || Error::Damaged("a pack is shorter than it says");
        let left = self.length.checked_sub(offset).ok_or_else(cut)?;
        let length = u64::try_from(length).unwrap_or(u64::MAX).min(left);
        let (which, from) = (offset / PIECE, offset % PIECE);
        if from + length > PIECE + MORE {
            let size = usize::try_from(length).map_err(|_| cut())?;
            self.large.resize(size, 0);
            read_at(&self.file, offset, &mut self.large)?;
            return Ok(&self.large);
        }
        let places = u64::try_from(self.pieces.len()).unwrap_or(1);
        let place = usize::try_from(which % places).map_err(|_| cut())?;
        let piece = self.pieces.get_mut(place).ok_or_else(cut)?;
        if piece.bytes.is_empty() || piece.which != which {
            let start = which * PIECE;
            let size = (PIECE + MORE).min(self.length - start);
            piece.which = which;
            piece
                .bytes
                .resize(usize::try_from(size).map_err(|_| cut())?, 0);
            if let Err(error) = read_at(&self.file, start, &mut piece.bytes) {
                piece.bytes.clear();
                return Err(error.into());
            }
        }
        let range = usize::try_from(from)
            .ok()
            .zip(usize::try_from(from + length).ok());
        range
            .and_then(|(from, to)| piece.bytes.get(from..to))
            .ok_or_else(cut)
    }
}

#[cfg(unix)]
fn read_at(file: &File, start: u64, bytes: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, start)
}

#[cfg(not(unix))]
fn read_at(mut file: &File, start: u64, bytes: &mut [u8]) -> io::Result<()> {
    use std::io::{Read, Seek, SeekFrom};
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_part_of_a_file_comes_out_as_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let all: Vec<u8> = (0..5_000_003u32)
            .map(|n| (n.wrapping_mul(n) >> 7).to_le_bytes()[0])
            .collect();
        std::fs::write(&path, &all).unwrap();
        let mut windows = Windows::open(&path).unwrap();
        assert_eq!(windows.pieces.len(), 256);
        for round in 0..2000u64 {
            let at = round * 7919 * 131 % 5_000_004;
            let length = usize::try_from((round * 7877 % 40_000) >> (round % 7)).unwrap();
            let from = usize::try_from(at).unwrap();
            let to = (from + length).min(all.len());
            assert_eq!(
                windows.at(at, length).unwrap(),
                &all[from..to],
                "{at} {length}"
            );
        }
        assert!(windows.at(5_000_004, 1).is_err());
        std::fs::write(&path, b"short").unwrap();
        let mut fails = (0..100).map(|n| windows.at(n * 50_000, 40_000).is_err());
        assert!(fails.any(|fails| fails));
    }
}
