//! Tricks that readers fall for: one archive that two tools read differently.

use crate::raw::{Raw, archive, deflated, end, n16, n32};
use std::time::{Duration, Instant};
use trueline_attach_pack::zip::{Archive, FaultKind};

/// The kinds of fault, found at once.
fn kinds(bytes: &[u8]) -> Vec<FaultKind> {
    let start = Instant::now();
    let checked = Archive::open(bytes).unwrap().check().unwrap();
    // A second is the goal of a release build on a machine of its own.
    assert!(start.elapsed() < Duration::from_secs(5));
    let mut kinds: Vec<FaultKind> = checked.faults.iter().map(|fault| fault.kind).collect();
    kinds.dedup();
    kinds
}

fn file(name: &str) -> Raw {
    Raw::new(name, b"content\n")
}

fn good() -> Vec<u8> {
    archive(&[file("run-1/data/a"), deflated("run-1/data/b", &[b'x'; 900])])
}

fn has(found: &[FaultKind], want: FaultKind) {
    assert!(found.contains(&want), "{want:?}: {found:?}");
}

/// Where a signature stands first.
fn place(bytes: &[u8], signature: &[u8; 4]) -> usize {
    bytes.windows(4).position(|four| four == signature).unwrap()
}

#[test]
fn a_header_that_differs_from_its_twin() {
    use FaultKind::{Encrypted, NotCanonical, SizeMismatch};
    assert_eq!(kinds(&good()), []);
    // Offsets in the local header, and the same field in the directory.
    for (local, central, bytes, wants) in [
        (6, 8, n16(0x801), [Encrypted, NotCanonical]),
        (6, 8, n16(0x840), [Encrypted, NotCanonical]),
        (8, 10, n16(8), [FaultKind::Method, SizeMismatch]),
        (10, 12, n16(77), [NotCanonical, NotCanonical]),
        (12, 14, n16(0x22), [NotCanonical, NotCanonical]),
        (14, 16, n32(7), [SizeMismatch, SizeMismatch]),
        (18, 20, n32(3), [SizeMismatch, SizeMismatch]),
        (22, 24, n32(3), [SizeMismatch, SizeMismatch]),
    ] {
        for at in [local, place(&good(), b"PK\x01\x02") + central] {
            let mut bad = good();
            bad.splice(at..at + bytes.len(), bytes.clone());
            let found = kinds(&bad);
            assert!(
                wants.iter().any(|want| found.contains(want)),
                "{wants:?} at {at}: {found:?}"
            );
        }
    }
}

#[test]
fn methods_that_few_readers_know() {
    for method in [1, 6, 9, 12, 14, 93, 95, 98, 99] {
        let entry = Raw {
            method,
            ..file("run-1/data/a")
        };
        has(&kinds(&archive(&[entry])), FaultKind::Method);
    }
}

#[test]
fn more_than_one_end() {
    let good = good();
    let at = good.len() - 22;
    // The end of another archive in the comment of this one.
    let inner = end(0, 0, 0, b"");
    let commented = [&good[..at + 20], &n16(inner.len() as u64), &inner].concat();
    assert!(!kinds(&commented).is_empty());
    // An end after the end, two archives in one file, one before the other's bytes.
    for twice in [
        [good.clone(), inner.clone()].concat(),
        [good.clone(), good.clone()].concat(),
        [inner, good.clone()].concat(),
    ] {
        assert!(!kinds(&twice).is_empty());
    }
    // An end in the middle of an entry is content.
    let nested = archive(&[Raw::new("run-1/data/a.zip", &good)]);
    assert_eq!(kinds(&nested), []);
}

#[test]
fn counts_and_places_that_lie() {
    let good = good();
    let at = good.len() - 22;
    for (offset, bytes) in [
        (8, n16(1)),
        (10, n16(1)),
        (8, [n16(3), n16(3)].concat()),
        (8, [n16(5), n16(5)].concat()),
        (8, [n16(0), n16(0)].concat()),
        (12, n32(1)),
        (12, n32(0)),
        (16, n32(0)),
        (16, n32(at as u64)),
        (16, n32(u64::from(u32::MAX - 1))),
        (4, n16(0xFFFF)),
        (6, n16(1)),
    ] {
        let mut bad = good.clone();
        bad.splice(at + offset..at + offset + bytes.len(), bytes.clone());
        assert!(!kinds(&bad).is_empty(), "{offset} {bytes:?}");
    }
}

#[test]
fn zip64_that_says_something_else() {
    let field = |values: &[u64]| {
        let body: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        [n16(1), n16(body.len() as u64), body].concat()
    };
    let full = 0xFFFF_FFFF;
    for entry in [
        Raw {
            size: full,
            packed: full,
            local_size: full,
            extra: field(&[8, 8]),
            ..file("run-1/data/a")
        },
        Raw {
            size: full,
            extra: field(&[1 << 60]),
            ..file("run-1/data/a")
        },
        Raw {
            extra: field(&[8, 8, 0]),
            ..file("run-1/data/a")
        },
        Raw {
            offset: Some(full),
            extra: field(&[u64::MAX]),
            ..file("run-1/data/a")
        },
    ] {
        let found = kinds(&archive(&[entry]));
        assert!(
            found.iter().any(|kind| matches!(
                kind,
                FaultKind::Zip64 | FaultKind::LocalMissing | FaultKind::SizeMismatch
            )),
            "{found:?}"
        );
    }
    // A zip64 end that counts other entries than the end.
    let good = good();
    let at = good.len() - 22;
    for count in [0u64, 1, 4, 1 << 40] {
        let end64 = [
            b"PK\x06\x06".to_vec(),
            44u64.to_le_bytes().to_vec(),
            n16(45),
            n16(45),
            n32(0),
            n32(0),
            count.to_le_bytes().to_vec(),
            count.to_le_bytes().to_vec(),
            vec![0; 16],
        ]
        .concat();
        let locator = [
            b"PK\x06\x07".to_vec(),
            n32(0),
            (at as u64).to_le_bytes().to_vec(),
            n32(1),
        ]
        .concat();
        let both = [&good[..at], &end64, &locator, &good[at..]].concat();
        assert!(!kinds(&both).is_empty());
    }
}

#[test]
fn extra_fields_that_rename() {
    // Info-ZIP's Unicode path, Unix owners, dates, AES, and one that hides the next header.
    for id in [0x7075, 0x7875, 0x5455, 0x9901, 0x9999, 0x000a] {
        let entry = Raw {
            extra: [n16(id), n16(6), vec![1, 0, 0, 0, 0, b'b']].concat(),
            ..file("run-1/data/a")
        };
        has(&kinds(&archive(&[entry])), FaultKind::Extra);
    }
}

#[test]
fn names_that_other_systems_read_otherwise() {
    for name in [
        "run-1/data/a.",
        "run-1/data/a ",
        "run-1/data/a:b",
        "run-1/data/aux.txt",
        "run-1/data/COM1",
        "run-1/data/a\u{200B}b",
        "run-1/data/a\u{FEFF}",
        "run-1/data/a\nb",
        "run-1/data/a\u{7f}",
        "run-1/data/\u{1b}[2J",
        "run-1/data/a?b",
    ] {
        has(&kinds(&archive(&[file(name)])), FaultKind::Name);
    }
    for name in [
        "run-1/data/../../x",
        "run-1/data/./x",
        "//host/share/x",
        "\\\\?\\C:\\x",
        "c:x",
        "run-1\\data\\x",
        "~root/.ssh/x",
    ] {
        has(&kinds(&archive(&[file(name)])), FaultKind::Slip);
    }
    let long = format!("run-1/data/{}", "a/".repeat(30_000));
    has(
        &kinds(&archive(&[file(&format!("{long}b"))])),
        FaultKind::Name,
    );
    has(
        &kinds(&archive(&[file(&format!(
            "run-1/data/{}",
            "a".repeat(300)
        ))])),
        FaultKind::Name,
    );
}

#[test]
fn a_thousand_names_for_one_block() {
    let zeros = deflated("run-1/data/kernel", &vec![0; 1 << 20]);
    let many: Vec<Raw> = (0..1000)
        .map(|at| Raw {
            name: format!("run-1/data/{at:04}").into_bytes(),
            offset: Some(0),
            ..zeros.clone()
        })
        .collect();
    has(&kinds(&archive(&many)), FaultKind::Overlap);
}

#[test]
fn deflate_that_ends_early_or_goes_on() {
    let honest = deflated("run-1/data/a", &[b'y'; 3000]);
    // Two streams in the place of one; a stream that never ends; no stream.
    let twice = [honest.data.clone(), honest.data.clone()].concat();
    let endless = {
        let mut data = honest.data.clone();
        data[0] &= !1;
        data
    };
    for data in [twice, endless, Vec::new(), vec![0; 40], vec![0xFF; 40]] {
        let entry = Raw {
            packed: data.len() as u64,
            data,
            ..honest.clone()
        };
        let found = kinds(&archive(&[entry]));
        assert!(
            found.iter().any(|kind| matches!(
                kind,
                FaultKind::Deflate | FaultKind::Slack | FaultKind::SizeLie
            )),
            "{found:?}"
        );
    }
}

#[test]
fn names_of_sixty_thousand_bytes_are_not_held() {
    let long = format!("run-1/data/{}b", "a/".repeat(30_000));
    let many: Vec<Raw> = (0..50)
        .map(|at| Raw {
            name: format!("{long}{at}").into_bytes(),
            offset: Some(0),
            ..file("run-1/data/a")
        })
        .collect();
    let bytes = archive(&many);
    let archive = Archive::open(bytes.as_slice()).unwrap();
    let longest = archive
        .entries()
        .iter()
        .map(|entry| entry.name().len())
        .max();
    assert_eq!(longest, Some(1026));
    has(&kinds(&bytes), FaultKind::Name);
}
