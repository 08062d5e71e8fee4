//! Where the parts of an archive are: the end records and the directory.

use super::fault::{Fault, FaultKind};
use super::record::{
    CENTRAL, CENTRAL_SIZE, END, END_SIZE, END64, END64_SIZE, FULL, FULL_COUNT, Fields, LOCAL,
    LOCATOR_SIZE, LOCATOR64,
};
use super::source::ReadAt;
use std::io;

/// The directory as the end records describe it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Directory {
    pub(super) count: u64,
    pub(super) size: u64,
    /// Where it really begins.
    pub(super) start: u64,
    /// What must be added to every offset of the archive, because of bytes before it.
    pub(super) shift: u64,
    /// Where the end records begin.
    pub(super) end: u64,
}

/// Finds the directory. `None`: there is nothing to go on with, and a fault says why.
pub(super) fn find<S: ReadAt + ?Sized>(
    source: &S,
    faults: &mut Vec<Fault>,
) -> io::Result<Option<Directory>> {
    let length = source.length()?;
    let Some((at, record)) = find_end(source, length, faults)? else {
        let mut head = [0; 4];
        source.fill_at(0, &mut head)?;
        faults.push(if u32::from_le_bytes(head) == LOCAL {
            Fault::new(FaultKind::Truncated, "the end record is missing")
        } else {
            Fault::new(FaultKind::NotZip, "neither a zip's beginning nor its end")
        });
        return Ok(None);
    };
    let fields = Fields(&record);
    if fields.n16(4) != 0 || fields.n16(6) != 0 || fields.n16(8) != fields.n16(10) {
        faults.push(Fault::new(
            FaultKind::MultiDisk,
            "the archive says that it has several parts",
        ));
    }
    let (mut count, mut size, mut offset) = (
        u64::from(fields.n16(10)),
        u64::from(fields.n32(12)),
        u64::from(fields.n32(16)),
    );
    let mut end = at;
    let full = fields.n16(10) == FULL_COUNT || fields.n32(12) == FULL || fields.n32(16) == FULL;
    let locator_at = at.checked_sub(LOCATOR_SIZE);
    let locator = match locator_at {
        Some(place) => {
            Some(record_at::<20, S>(source, place)?).filter(|r| Fields(r).n32(0) == LOCATOR64)
        }
        None => None,
    };
    match (full, locator) {
        (true, Some(locator)) => {
            let place = Fields(&locator).n64(8);
            let record = record_at::<56, S>(source, place)?;
            let wide = Fields(&record);
            if wide.n32(0) != END64 {
                faults.push(Fault::new(
                    FaultKind::Zip64,
                    "no zip64 end record where the locator says",
                ));
                return Ok(None);
            }
            if place.checked_add(END64_SIZE) != locator_at {
                faults.push(Fault::new(
                    FaultKind::Zip64,
                    "the zip64 end record does not stand before its locator",
                ));
            }
            if wide.n64(24) != wide.n64(32) || wide.n32(16) != 0 || wide.n32(20) != 0 {
                faults.push(Fault::new(
                    FaultKind::MultiDisk,
                    "the zip64 end record speaks of several parts",
                ));
            }
            let agree = |narrow: u64, limit: u64, wide: u64| narrow == limit || narrow == wide;
            if !(agree(count, u64::from(FULL_COUNT), wide.n64(32))
                && agree(size, u64::from(FULL), wide.n64(40))
                && agree(offset, u64::from(FULL), wide.n64(48)))
            {
                faults.push(Fault::new(
                    FaultKind::Zip64,
                    "the two end records contradict each other",
                ));
            }
            (count, size, offset) = (wide.n64(32), wide.n64(40), wide.n64(48));
            end = place;
        }
        (false, Some(_)) => {
            faults.push(Fault::new(
                FaultKind::Zip64,
                "a zip64 locator that nothing needs",
            ));
        }
        (true, None) if fields.n32(12) == FULL || fields.n32(16) == FULL => {
            faults.push(Fault::new(
                FaultKind::Zip64,
                "the end record asks for zip64 records that are missing",
            ));
            return Ok(None);
        }
        (true | false, None) => {}
    }
    let claimed = offset.checked_add(size);
    let Some(start) = end
        .checked_sub(size)
        .filter(|_| claimed.is_some_and(|c| c <= end))
    else {
        faults.push(Fault::new(
            FaultKind::Truncated,
            "the directory would end after the end record begins",
        ));
        return Ok(None);
    };
    let shift = start - offset;
    if shift > 0 {
        let mut here = [0; 4];
        source.fill_at(start, &mut here)?;
        if u32::from_le_bytes(here) != CENTRAL && count > 0 {
            faults.push(Fault::new(
                FaultKind::Directory,
                "no directory where the end record says",
            ));
            return Ok(None);
        }
        faults.push(Fault::new(
            FaultKind::Prepended,
            format!("{shift} bytes before the archive"),
        ));
    }
    if count.saturating_mul(CENTRAL_SIZE) > size {
        faults.push(Fault::new(
            FaultKind::Directory,
            format!("{count} entries do not fit {size} bytes"),
        ));
    }
    Ok(Some(Directory {
        count,
        size,
        start,
        shift,
        end,
    }))
}

fn record_at<const N: usize, S: ReadAt + ?Sized>(source: &S, place: u64) -> io::Result<[u8; N]> {
    let mut record = [0; N];
    source.fill_at(place, &mut record)?;
    Ok(record)
}

/// The end record: the last 22 bytes, or the last record before a comment or other bytes, which is a fault.
fn find_end<S: ReadAt + ?Sized>(
    source: &S,
    length: u64,
    faults: &mut Vec<Fault>,
) -> io::Result<Option<(u64, [u8; 22])>> {
    let window = length.min(END_SIZE + u64::from(u16::MAX));
    let from = length - window;
    let mut tail = vec![0; usize::try_from(window).unwrap_or(0)];
    let got = source.fill_at(from, &mut tail)?;
    tail.truncate(got);
    let magic = END.to_le_bytes();
    let record = |at: usize| -> Option<[u8; 22]> { tail.get(at..at + 22)?.try_into().ok() };
    let mut loose = None;
    for at in (0..tail.len().saturating_sub(21)).rev() {
        let Some(found) = record(at).filter(|r| r.starts_with(&magic)) else {
            continue;
        };
        let after = tail.len() - at - 22;
        let comment = usize::from(Fields(&found).n16(20));
        if comment == after {
            if comment > 0 {
                faults.push(Fault::new(
                    FaultKind::Comment,
                    format!("a comment of {comment} bytes"),
                ));
            }
            return Ok(Some((from + at as u64, found)));
        }
        loose = loose.or(Some((at, found, after)));
    }
    Ok(loose.map(|(at, found, after)| {
        faults.push(Fault::new(
            FaultKind::Trailing,
            format!("{after} bytes after the end record"),
        ));
        (from + at as u64, found)
    }))
}
