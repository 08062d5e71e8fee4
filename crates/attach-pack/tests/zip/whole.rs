//! Archives that are hostile as a whole, or whose entries are in another order or form.

use crate::hostile::{file, kinds};
use crate::raw::{Raw, archive, deflated, end, n16, n32};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use trueline_attach_pack::zip::{Archive, FaultKind, ReadAt};

#[test]
fn the_whole() {
    use FaultKind::{
        Comment, Directory, MultiDisk, NotZip, Prepended, Seal, Trailing, Truncated, Zip64,
    };
    let good = archive(&[file("run-1/a")]);
    assert_eq!(kinds(b""), [NotZip, Seal]);
    assert!(kinds(b"hello").contains(&NotZip));
    assert!(kinds(&good[..good.len() - 5]).contains(&Truncated));
    assert!(kinds(&good[..40]).contains(&Truncated));
    assert!(kinds(&[b"#!/bin/sh\n".to_vec(), good.clone()].concat()).contains(&Prepended));
    assert!(kinds(&[good.clone(), b"tail".to_vec()].concat()).contains(&Trailing));
    let at = good.len() - 22;
    let commented = [&good[..at + 20], &n16(3), b"abc"].concat();
    assert!(kinds(&commented).contains(&Comment));
    let patched = |place: usize, bytes: Vec<u8>| {
        let mut copy = good.clone();
        copy.splice(at + place..at + place + bytes.len(), bytes);
        copy
    };
    assert!(kinds(&patched(4, n16(1))).contains(&MultiDisk));
    assert!(kinds(&patched(8, [n16(4), n16(4)].concat())).contains(&Directory));
    assert!(kinds(&patched(12, n32(0xFFFF_FFFF))).contains(&Zip64));
    assert!(kinds(&patched(12, n32(0x00FF_FFFF))).contains(&Truncated));
    let locator = [b"PK\x06\x07".to_vec(), vec![0; 16]].concat();
    let tricked = [&good[..at], &locator, &good[at..]].concat();
    assert!(
        kinds(&tricked)
            .iter()
            .any(|k| matches!(k, Zip64 | Prepended | Directory))
    );
    assert!(kinds(&end(0, 0, 0, b"")).contains(&Seal));
    // Bytes before the first entry, with offsets that fit.
    let shifted = [
        vec![0; 9],
        archive(&[Raw {
            offset: Some(9),
            ..file("run-1/a")
        }]),
    ]
    .concat();
    assert!(!kinds(&shifted).is_empty());
}

#[test]
fn order_and_form_of_the_entries() {
    use FaultKind::{NotCanonical, Order};
    let executable = Raw {
        mode: 0o100_755,
        ..file("run-1/bagit.txt")
    };
    for (entries, want) in [
        (vec![file("run-1/data/b"), file("run-1/data/a")], Order),
        (vec![file("run-1/bagit.txt"), file("run-1/data/a")], Order),
        (
            vec![file("run-1/manifest-sha256.txt"), file("run-1/bagit.txt")],
            Order,
        ),
        (vec![file("run-1/data/a"), file("run-2/data/b")], Order),
        (vec![deflated("run-1/bagit.txt", &[b'x'; 99])], NotCanonical),
        (vec![executable], NotCanonical),
    ] {
        let found = kinds(&archive(&entries));
        assert_eq!(found, [want]);
    }
}

/// Bytes, and the most of them that were asked for at once.
struct Watched(Vec<u8>, AtomicUsize);

impl ReadAt for Watched {
    fn length(&self) -> io::Result<u64> {
        self.0.length()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.1.fetch_max(buffer.len(), Ordering::Relaxed);
        self.0.read_at(offset, buffer)
    }
}

#[test]
fn a_directory_of_long_names_is_not_held_as_a_whole() {
    let entry = |at: usize| file(&format!("run-1/data/{at}{}", "n".repeat(60_000)));
    let entries: Vec<Raw> = (0..500).map(entry).collect();
    let bytes = archive(&entries);
    assert!(bytes.len() > 60_000_000);
    let (start, source) = (Instant::now(), Watched(bytes, AtomicUsize::new(0)));
    let opened = Archive::open(&source).unwrap();
    // A second is the goal of a release build on a machine of its own.
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(source.1.load(Ordering::Relaxed) <= 1 << 20);
    assert_eq!(
        opened.entries().len(),
        500 + 2,
        "with the seal and the manifest"
    );
    let name = |entry: &trueline_attach_pack::zip::Entry| entry.name().len();
    assert!(opened.entries().iter().all(|entry| name(entry) < 2000));
    let mut names = opened.faults().iter();
    assert!(names.all(|fault| fault.entry.as_ref().is_none_or(|name| name.len() < 200)));
    let kinds: Vec<FaultKind> = opened.faults().iter().map(|fault| fault.kind).collect();
    assert_eq!(
        kinds
            .iter()
            .filter(|kind| **kind == FaultKind::Name)
            .count(),
        500
    );
    assert!(
        !kinds.contains(&FaultKind::NameMismatch),
        "the cut ones are the same"
    );
}

#[test]
fn a_record_that_spans_two_pieces_of_the_directory_is_read() {
    let entry = |at: usize| file(&format!("run-1/data/{at:05}{}", "n".repeat(at % 200)));
    let entries: Vec<Raw> = (0..12_000).map(entry).collect();
    let bytes = archive(&entries);
    let opened = Archive::open(&*bytes).unwrap();
    assert_eq!(opened.faults(), []);
    assert_eq!(opened.entries().len(), 12_000 + 2);
    let mut cut = bytes.clone();
    // A record in the middle of the directory is none.
    let at = bytes.len() - 600_000;
    let record = at
        + bytes[at..]
            .windows(4)
            .position(|four| four == b"PK\x01\x02")
            .unwrap();
    cut[record] = b'X';
    let opened = Archive::open(&*cut).unwrap();
    let directory = |fault: &trueline_attach_pack::zip::Fault| fault.kind == FaultKind::Directory;
    assert!(opened.faults().iter().any(directory));
}
