//! Archives that are wrong in one way each, by the code of the finding that tells of it.

use crate::raw::{Raw, archive, deflate, deflated, end, n16, n32};

fn file(name: &str) -> Raw {
    Raw::new(name, b"content\n")
}

/// The bytes of an archive that has this fault; `None` for a fault that no archive of a test shows.
pub(crate) fn zip(code: &str) -> Option<Vec<u8>> {
    if let Some(entries) = entries(code) {
        return Some(archive(&entries));
    }
    let good = archive(&[file("run-1/data/a")]);
    let end_at = good.len() - 22;
    let patched = |place: usize, bytes: Vec<u8>| {
        let mut copy = good.clone();
        copy.splice(end_at + place..end_at + place + bytes.len(), bytes);
        copy
    };
    Some(match code {
        "zip-not-zip" => b"no archive\n".to_vec(),
        "zip-truncated" => good[..good.len() - 5].to_vec(),
        "zip-prepended" => [b"#!/bin/sh\n".to_vec(), good].concat(),
        "zip-trailing" => [good, b"tail".to_vec()].concat(),
        "zip-comment" => [&good[..end_at + 20], &n16(3), b"abc"].concat(),
        "zip-multi-disk" => patched(4, n16(1)),
        "zip-directory" => patched(8, [n16(4), n16(4)].concat()),
        "zip-zip64" => patched(12, n32(0xFFFF_FFFF)),
        "zip-seal" => end(0, 0, 0, b""),
        _ => return None,
    })
}

fn entries(code: &str) -> Option<Vec<Raw>> {
    let base = file("run-1/data/a");
    let with = |change: &dyn Fn(&mut Raw)| {
        let mut entry = base.clone();
        change(&mut entry);
        vec![entry]
    };
    let two = |a: &str, b: &str| vec![file(a), file(b)];
    Some(match code {
        "zip-slip" => vec![file("../../.ssh/authorized_keys")],
        "zip-name" => vec![file("run-1/data/NUL.txt")],
        "zip-duplicate" => two("run-1/data/a", "run-1/data/a"),
        "zip-case-twin" => two("run-1/data/A", "run-1/data/a"),
        "zip-normalization-twin" => two("run-1/data/e\u{301}", "run-1/data/\u{e9}"),
        "zip-file-and-folder" => two("run-1/data/a", "run-1/data/a/b"),
        "zip-link" => with(&|entry| entry.mode = 0o120_777),
        "zip-device" => with(&|entry| entry.mode = 0o020_644),
        "zip-folder" => vec![Raw::new("run-1/data/d/", b"")],
        "zip-encrypted" => with(&|entry| entry.flags = 0x801),
        "zip-method" => with(&|entry| entry.method = 9),
        "zip-descriptor" => with(&|entry| entry.flags = 0x808),
        "zip-extra-field" => {
            with(&|entry| entry.extra = [n16(0x7075), n16(6), vec![1, 0, 0, 0, 0, b'b']].concat())
        }
        "zip-name-mismatch" => with(&|entry| entry.local_name = b"run-1/data/b".to_vec()),
        "zip-local-missing" => with(&|entry| entry.offset = Some(7)),
        "zip-size-mismatch" => with(&|entry| entry.local_size = 3),
        "zip-hidden" => with(&|entry| entry.hidden = true),
        "zip-slack" => with(&|entry| entry.after = b"slack".to_vec()),
        "zip-overlap" => vec![
            base.clone(),
            Raw {
                offset: Some(0),
                ..base
            },
        ],
        "zip-order" => two("run-1/data/b", "run-1/data/a"),
        "zip-bomb" => vec![deflated("run-1/data/zeros", &vec![0; 3 << 20])],
        "zip-size-lie" => with(&|entry| (entry.size, entry.local_size) = (3, 3)),
        "zip-crc" => with(&|entry| entry.crc = 7),
        "zip-deflate" => {
            let mut entry = deflated("run-1/data/a", &[b'y'; 3000]);
            entry.data.pop();
            entry.packed -= 1;
            vec![entry]
        }
        "zip-not-canonical" => with(&|entry| entry.date = 0x5A21),
        // Tricks that have no code of their own.
        "quoted" => quoted(),
        "nested-end" => vec![Raw::new("run-1/data/a", &end(0, 0, 0, b""))],
        _ => return None,
    })
}

/// Local headers inside the data of a stored entry before them, so that many entries share one kernel.
fn quoted() -> Vec<Raw> {
    let kernel = Raw {
        data: deflate(&vec![0; 1 << 20]),
        ..deflated("run-1/data/kernel", &vec![0; 1 << 20])
    };
    (0..200)
        .map(|at| Raw {
            name: format!("run-1/data/{at:03}").into_bytes(),
            offset: Some(0),
            ..kernel.clone()
        })
        .collect()
}
