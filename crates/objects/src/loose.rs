//! Objects that are files of their own.

use std::fs;
use std::io;
use std::path::Path;

use crate::inflate::Inflater;
use crate::{Error, Kind, MAX_OBJECT, Name};

/// Reads `ab/cdef…` below the folder of objects; `None` where it is not there.
pub(crate) fn read(
    folder: &Path,
    name: Name,
    inflater: &mut Inflater,
) -> Result<Option<(Kind, Vec<u8>)>, Error> {
    let text = name.to_string();
    let (head, tail) = text.split_at(2);
    let path = folder.join(head).join(tail);
    let stream = match fs::metadata(&path) {
        Ok(meta) if meta.len() > MAX_OBJECT as u64 => {
            return Err(Error::Unsupported("an object is too large"));
        }
        Ok(_) => fs::read(&path)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut bytes = Vec::new();
    inflater.whole(&stream, &mut bytes)?;
    let (kind, start) = header(&bytes).ok_or(Error::Damaged("a loose object is damaged"))?;
    bytes.drain(..start);
    Ok(Some((kind, bytes)))
}

/// `tree 123 NUL`: what it is, and where the object begins. The size is that of the rest.
fn header(bytes: &[u8]) -> Option<(Kind, usize)> {
    let end = memchr::memchr(0, bytes.get(..32).unwrap_or(bytes))?;
    let text = bytes.get(..end)?;
    let blank = memchr::memchr(b' ', text)?;
    let kind = Kind::of_word(text.get(..blank)?)?;
    let size: usize = std::str::from_utf8(text.get(blank + 1..)?)
        .ok()?
        .parse()
        .ok()?;
    (size == bytes.len() - end - 1).then_some((kind, end + 1))
}
