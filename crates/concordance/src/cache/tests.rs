//! A cache that lies is worse than none.

use std::num::NonZeroU32;

use trueline_core::{Id, Span};

use super::scans::Scans;
use super::store::Store;
use super::{Horizon, Stat};
use crate::ids::Kind;
use crate::tags::{FileScan, Link, TagKind};

fn scan() -> FileScan {
    FileScan {
        links: vec![Link {
            kind: TagKind::Verify,
            id: Id::new("TD-4.2").unwrap(),
            of: Kind::Td,
            revision: NonZeroU32::new(3),
            span: Span::point(7, 9),
        }],
        problems: Vec::new(),
    }
}

fn stat(touched: i64) -> Stat {
    Stat(10, touched, touched, 1)
}

fn stored(folder: &std::path::Path, build: &str) -> Store {
    Store::in_folder(folder, build)
}

#[test]
fn what_was_stored_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = stored(folder.path(), "build 1");
    let files = [
        ("b", stat(2), None),
        ("src/a.rs", stat(1), Some(scan())),
        ("src/b.rs", stat(3), None),
    ];
    let write = |files: &[(&str, Stat, Option<FileScan>)]| {
        let files = files.iter().map(|(p, s, scan)| (*p, *s, scan.as_ref()));
        Scans::default().write_files(&store, files);
    };
    write(&files);
    let scans = Scans::read(&store);
    assert_eq!(scans.file("src/a.rs", stat(1)), Some(scan()));
    assert_eq!(scans.file("b", stat(2)), Some(FileScan::default()));
    assert_eq!(scans.file("src/a.rs", stat(2)), None, "touched since");
    assert_eq!(scans.file("c", stat(1)), None);
    assert_eq!(scans.file("src/b.rs", stat(3)), Some(FileScan::default()));
    let other = stored(folder.path(), "build 2");
    assert_eq!(Scans::read(&other).file("b", stat(2)), None, "other build");
    // Found by halves: out of order it would be found or not by chance.
    write(&[files[1].clone(), files[0].clone()]);
    assert_eq!(Scans::read(&store).file("b", stat(2)), None, "out of order");
}

#[test]
fn blobs_are_remembered_besides_files() {
    let folder = tempfile::tempdir().unwrap();
    let store = stored(folder.path(), "build");
    let oid = |digit: &str| trueline_kit::git::Oid::parse(&digit.repeat(40)).unwrap();
    let whole = scan();
    Scans::default().write_files(&store, [("a", stat(1), Some(&whole))].into_iter());
    let new = vec![
        (oid("a"), true, whole.clone()),
        (oid("b"), false, FileScan::default()),
    ];
    Scans::read(&store).write_blobs(&store, new);
    let again = vec![
        (oid("a"), true, FileScan::default()),
        (oid("c"), false, whole.clone()),
    ];
    Scans::read(&store).write_blobs(&store, again);
    let scans = Scans::read(&store);
    assert_eq!(scans.file("a", stat(1)), Some(whole.clone()));
    assert_eq!(
        scans.blob(&oid("a"), true),
        Some(FileScan::default()),
        "the later"
    );
    assert_eq!(scans.blob(&oid("a"), false), None, "another kind of file");
    assert_eq!(scans.blob(&oid("b"), false), Some(FileScan::default()));
    assert_eq!(scans.blob(&oid("c"), false), Some(whole));
}

#[test]
fn a_file_touched_while_it_was_read_is_not_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let store = stored(folder.path(), "build");
    let now = Horizon::now();
    // Two seconds before the run: the horizon itself is the last that counts.
    for (touched, is_trusted) in [
        (now.0 - 1_000_000_000, true),
        (now.0 + 1_500_000_000, false),
        (now.0 + 9_000_000_000, false),
    ] {
        let own = stat(touched);
        Scans::default().write_files(&store, [("a", own, None)].into_iter());
        let found = Scans::read(&store).file("a", own);
        assert_eq!(found.is_some(), is_trusted, "{touched}");
    }
}

#[test]
fn a_damaged_cache_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let store = stored(folder.path(), "build");
    let whole = scan();
    Scans::default().write_files(&store, [("a", stat(1), Some(&whole))].into_iter());
    let file = folder.path().join("tags.bin");
    let bytes = std::fs::read(&file).unwrap();
    let sound = Scans::read(&store).file("a", stat(1));
    assert_eq!(sound, Some(whole));
    for at in 0..bytes.len() {
        for change in [1_u8, 0x20, 0x80] {
            let mut bad = bytes.clone();
            bad[at] ^= change;
            std::fs::write(&file, &bad).unwrap();
            let found = Scans::read(&store).file("a", stat(1));
            // A letter of the checksum may be written large.
            assert!(found.is_none() || at < 8, "byte {at}");
        }
        std::fs::write(&file, &bytes[..at]).unwrap();
        assert_eq!(Scans::read(&store).file("a", stat(1)), None, "cut at {at}");
    }
}
