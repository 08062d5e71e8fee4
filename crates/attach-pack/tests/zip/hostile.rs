//! Archives made to fool a reader: each is refused, and for the right reason.

use crate::raw::{Raw, archive, deflate, deflated, n16};
use trueline_attach_pack::zip::{Archive, FaultKind};

pub(crate) fn kinds(bytes: &[u8]) -> Vec<FaultKind> {
    let archive = Archive::open(bytes).unwrap();
    let mut kinds: Vec<_> = archive
        .check()
        .unwrap()
        .faults
        .into_iter()
        .map(|f| f.kind)
        .collect();
    kinds.dedup();
    kinds
}

pub(crate) fn file(name: &str) -> Raw {
    Raw::new(name, b"content\n")
}

#[test]
fn the_honest_archive_is_clean() {
    assert_eq!(
        kinds(&archive(&[
            file("run-1/data/a"),
            deflated("run-1/data/b", &[b'x'; 5000])
        ])),
        []
    );
}

#[test]
fn kinds_of_file() {
    use FaultKind::{
        Comment, Descriptor, Device, Encrypted, Extra, Folder, Link, Method, NotCanonical, Zip64,
    };
    let base = file("run-1/a");
    let zip64 = |values: usize| [n16(1), n16(8 * values as u64), vec![0; 8 * values]].concat();
    for (entry, want) in [
        (
            Raw {
                mode: 0o120_777,
                ..base.clone()
            },
            Link,
        ),
        (
            Raw {
                mode: 0o020_644,
                ..base.clone()
            },
            Device,
        ),
        (
            Raw {
                mode: 0o010_644,
                ..base.clone()
            },
            Device,
        ),
        (
            Raw {
                mode: 0o140_644,
                ..base.clone()
            },
            Device,
        ),
        (
            Raw {
                mode: 0o040_755,
                ..base.clone()
            },
            Folder,
        ),
        (Raw::new("run-1/d/", b""), Folder),
        (
            Raw {
                flags: 0x801,
                ..base.clone()
            },
            Encrypted,
        ),
        (
            Raw {
                flags: 0x808,
                ..base.clone()
            },
            Descriptor,
        ),
        (
            Raw {
                after: [b"PK\x07\x08".to_vec(), vec![0; 12]].concat(),
                ..base.clone()
            },
            Descriptor,
        ),
        (
            Raw {
                method: 12,
                ..base.clone()
            },
            Method,
        ),
        (
            Raw {
                comment: b"hi".to_vec(),
                ..base.clone()
            },
            Comment,
        ),
        (
            Raw {
                extra: [n16(0x5455), n16(1), vec![0]].concat(),
                ..base.clone()
            },
            Extra,
        ),
        (
            Raw {
                extra: vec![1],
                ..base.clone()
            },
            Extra,
        ),
        (
            Raw {
                extra: [n16(9), n16(900)].concat(),
                ..base.clone()
            },
            Extra,
        ),
        (
            Raw {
                extra: zip64(2),
                ..base.clone()
            },
            Zip64,
        ),
        (
            Raw {
                size: 0xFFFF_FFFF,
                extra: zip64(0),
                ..base.clone()
            },
            Zip64,
        ),
        (
            Raw {
                date: 0x5A21,
                ..base.clone()
            },
            NotCanonical,
        ),
        (
            Raw {
                mode: 0o100_600,
                ..base.clone()
            },
            NotCanonical,
        ),
        (
            Raw {
                mode: 0o104_755,
                ..base.clone()
            },
            NotCanonical,
        ),
        (
            Raw {
                flags: 0,
                ..base.clone()
            },
            NotCanonical,
        ),
    ] {
        let found = kinds(&archive(&[entry]));
        assert!(found.contains(&want), "{want:?} {found:?}");
    }
}

#[test]
fn places_and_sizes() {
    use FaultKind::{
        Bomb, Crc, Deflate, Hidden, LocalMissing, NameMismatch, Order, Overlap, SizeLie,
        SizeMismatch, Slack,
    };
    let base = file("run-1/a");
    let long = deflated("run-1/l", &[b'y'; 3000]);
    let mut cut = long.clone();
    cut.data.pop();
    cut.packed -= 1;
    let mut tail = long.clone();
    tail.data.extend(b"smuggled");
    tail.packed += 8;
    let zeros = vec![0; 3 << 20];
    for (entries, want) in [
        (
            vec![Raw {
                local_name: b"run-1/b".to_vec(),
                ..base.clone()
            }],
            NameMismatch,
        ),
        (
            vec![Raw {
                hidden: true,
                ..base.clone()
            }],
            Hidden,
        ),
        (
            vec![
                base.clone(),
                Raw {
                    hidden: true,
                    ..file("run-1/h")
                },
            ],
            Hidden,
        ),
        (
            vec![Raw {
                after: b"slack".to_vec(),
                ..base.clone()
            }],
            Slack,
        ),
        (
            vec![
                base.clone(),
                Raw {
                    offset: Some(0),
                    ..base.clone()
                },
            ],
            Overlap,
        ),
        (
            vec![
                base.clone(),
                Raw {
                    offset: Some(0),
                    ..base.clone()
                },
                file("run-1/z"),
            ],
            Hidden,
        ),
        (
            vec![Raw {
                offset: Some(7),
                ..base.clone()
            }],
            LocalMissing,
        ),
        (
            vec![Raw {
                offset: Some(0xFFFF_FFF0),
                ..base.clone()
            }],
            LocalMissing,
        ),
        (
            vec![Raw {
                local_size: 3,
                ..base.clone()
            }],
            SizeMismatch,
        ),
        (
            vec![Raw {
                size: 3,
                local_size: 3,
                ..base.clone()
            }],
            SizeLie,
        ),
        (
            vec![Raw {
                size: 2999,
                local_size: 2999,
                ..long.clone()
            }],
            SizeLie,
        ),
        (
            vec![Raw {
                size: 3001,
                local_size: 3001,
                ..long.clone()
            }],
            SizeLie,
        ),
        (
            vec![Raw {
                crc: 7,
                ..base.clone()
            }],
            Crc,
        ),
        (
            vec![Raw {
                crc: 7,
                ..long.clone()
            }],
            Crc,
        ),
        (vec![cut], Deflate),
        (vec![tail], Slack),
        (vec![deflated("run-1/zeros", &zeros)], Bomb),
        (
            vec![
                Raw {
                    offset: Some(45),
                    ..file("run-1/b")
                },
                Raw {
                    offset: Some(0),
                    ..file("run-1/b")
                },
            ],
            Order,
        ),
    ] {
        let found = kinds(&archive(&entries));
        assert!(found.contains(&want), "{want:?} {found:?}");
    }
    // A deflate bomb that lies about its size shows no more than it said.
    let lie = Raw {
        size: 100,
        local_size: 100,
        ..deflated("run-1/zeros", &zeros)
    };
    assert!(kinds(&archive(&[lie])).contains(&SizeLie));
    assert!(deflate(&zeros).len() < 5000);
}
