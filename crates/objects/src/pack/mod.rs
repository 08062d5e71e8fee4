//! A pack: objects one after another, many as differences from others.

mod delta;
mod index;
mod window;

use std::mem;
use std::path::Path;
use std::rc::Rc;

use crate::inflate::Inflater;
use crate::recent::{Object, Recent};
use crate::{Error, Kind, MAX_OBJECT, Name};
pub use delta::apply;
pub use index::Index;
use window::Windows;

/// Longest chain of differences: git makes 50, and 4,095 at most.
const MAX_CHAIN: usize = 4096;

/// A larger buffer is not kept.
const KEPT: usize = 64 << 10;

/// Most bytes of a header: a type and size, and an offset or a name.
const HEADER: usize = 48;

/// A pack with its index.
#[derive(Debug)]
pub(crate) struct Pack {
    number: u32,
    index: Index,
    windows: Windows,
    /// Differences that were applied.
    work: usize,
    /// What reading needs each time: the entries from an object to one that is known, and a
    /// difference.
    chain: Vec<(u64, Header)>,
    difference: Vec<u8>,
}

/// What the header of an entry says.
#[derive(Debug)]
struct Header {
    what: What,
    /// Bytes of the object, or of the difference.
    size: usize,
    /// Bytes of the header.
    length: usize,
}

#[derive(Debug)]
enum What {
    Whole(Kind),
    /// A difference from the object at this offset.
    From(u64),
}

impl Pack {
    /// Opens `pack-x.idx` and the pack beside it. `number` tells it from others.
    pub(crate) fn open(index: &Path, number: u32) -> Result<Pack, Error> {
        let windows = Windows::open(&index.with_extension("pack"))?;
        let index = Index::open(index)?;
        let mut pack = Pack {
            number,
            index,
            windows,
            work: 0,
            chain: Vec::new(),
            difference: Vec::new(),
        };
        let head = pack.windows.at(0, 12)?;
        let is_known = head.starts_with(b"PACK\0\0\0\x02") || head.starts_with(b"PACK\0\0\0\x03");
        match is_known {
            true => Ok(pack),
            false => Err(Error::Unsupported("a pack of another version")),
        }
    }

    /// How many differences were applied so far.
    pub(crate) fn work(&self) -> usize {
        self.work
    }

    /// Where an object stands.
    pub(crate) fn find(&self, name: Name) -> Option<u64> {
        self.index.find(name)
    }

    /// Reads the object at an offset. A commit is read once: only what is made from it is kept.
    pub(crate) fn read(
        &mut self,
        offset: u64,
        inflater: &mut Inflater,
        recent: &mut Recent,
    ) -> Result<Object, Error> {
        let mut chain = mem::take(&mut self.chain);
        chain.clear();
        let mut at = offset;
        let (kind, mut bytes) = loop {
            if let Some(object) = recent.get((self.number, at)) {
                break object;
            }
            let header = self.header(at)?;
            match header.what {
                What::Whole(kind) => {
                    let mut bytes = Vec::new();
                    self.inflate(at, &header, inflater, &mut bytes)?;
                    let object = (kind, Rc::new(bytes));
                    if kind != Kind::Commit || !chain.is_empty() {
                        recent.put((self.number, at), object.clone());
                    }
                    break object;
                }
                What::From(base) => {
                    chain.push((at, header));
                    at = base;
                }
            }
            if chain.len() > MAX_CHAIN {
                return Err(Error::Damaged("a chain of differences has no end"));
            }
        };
        let mut difference = mem::take(&mut self.difference);
        let mut base = at;
        while let Some((at, header)) = chain.pop() {
            self.inflate(at, &header, inflater, &mut difference)?;
            bytes = Rc::new(delta::apply(&bytes, &difference, |size| {
                recent.buffer(size)
            })?);
            self.work += 1;
            recent.pass((self.number, base));
            base = at;
            if kind != Kind::Commit || !chain.is_empty() {
                recent.put((self.number, at), (kind, bytes.clone()));
            }
        }
        self.chain = chain;
        if difference.capacity() <= KEPT {
            self.difference = difference;
        }
        Ok((kind, bytes))
    }

    fn inflate(
        &mut self,
        at: u64,
        header: &Header,
        inflater: &mut Inflater,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        // zlib adds five bytes to a block of 16 KiB at worst, and eleven around all.
        let most = header.size + header.size / 1024 + 64;
        let stream = self.windows.at(at, header.length + most)?;
        let stream = stream.get(header.length..).unwrap_or_default();
        let is_part = matches!(header.what, What::From(_));
        inflater.exact(stream, header.size, is_part, out)
    }

    fn header(&mut self, at: u64) -> Result<Header, Error> {
        let bad = || Error::Damaged("an entry of a pack is damaged");
        let bytes = self.windows.at(at, HEADER)?;
        let mut rest = bytes.iter();
        let mut byte = *rest.next().ok_or_else(bad)?;
        let kind = byte >> 4 & 7;
        let mut size = usize::from(byte & 15);
        let mut shift = 4;
        while byte & 0x80 != 0 {
            byte = *rest.next().ok_or_else(bad)?;
            if shift > 32 {
                return Err(Error::Unsupported("an object is too large"));
            }
            size |= usize::from(byte & 0x7f) << shift;
            shift += 7;
        }
        if size > MAX_OBJECT {
            return Err(Error::Unsupported("an object is too large"));
        }
        let what = match kind {
            1 => What::Whole(Kind::Commit),
            2 => What::Whole(Kind::Tree),
            3 => What::Whole(Kind::Blob),
            4 => What::Whole(Kind::Tag),
            6 => {
                byte = *rest.next().ok_or_else(bad)?;
                let mut back = u64::from(byte & 0x7f);
                while byte & 0x80 != 0 {
                    byte = *rest.next().ok_or_else(bad)?;
                    let more = back.checked_add(1).filter(|back| *back < 1 << 56);
                    back = more.ok_or_else(bad)? << 7 | u64::from(byte & 0x7f);
                }
                let base = at.checked_sub(back).filter(|_| back > 0);
                What::From(base.ok_or_else(bad)?)
            }
            7 => {
                let name = Name::first(rest.as_slice()).ok_or_else(bad)?;
                rest = rest
                    .as_slice()
                    .get(Name::LENGTH..)
                    .unwrap_or_default()
                    .iter();
                // A pack on disk is whole: the other object is in it, too.
                What::From(self.index.find(name).ok_or(Error::Missing(name))?)
            }
            _ => return Err(bad()),
        };
        let length = bytes.len() - rest.as_slice().len();
        Ok(Header { what, size, length })
    }
}
