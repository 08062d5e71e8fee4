//! What goes in comes out; the same bytes every time; every flipped byte is noticed.

use proptest::prelude::*;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::process::Command;
use trueline_attach_pack::zip::{Archive, FaultKind, Level, Method, WHOLE, Writer, prepare};

fn build(files: &BTreeMap<String, Vec<u8>>, level: Level) -> Vec<u8> {
    let mut writer = Writer::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        if content.len() as u64 > WHOLE {
            let mut input = content.as_slice();
            let size = content.len() as u64;
            writer
                .add_stream(name, false, size, &mut input, level, &mut |_| ())
                .unwrap();
        } else {
            writer
                .add(prepare(name, name.ends_with(".sh"), content.clone(), level).unwrap())
                .unwrap();
        }
    }
    writer.finish("run-1", "").unwrap().into_inner()
}

fn read(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let archive = Archive::open(bytes).unwrap();
    assert_eq!(archive.check().unwrap().faults, []);
    archive
        .entries()
        .iter()
        .filter(|entry| entry.name().starts_with("run-1/data/"))
        .map(|entry| {
            (
                entry.name().into_owned(),
                archive.bytes(entry, u64::MAX).unwrap().unwrap(),
            )
        })
        .collect()
}

fn files(list: &[(&str, &[u8])]) -> BTreeMap<String, Vec<u8>> {
    list.iter()
        .map(|(name, content)| (format!("run-1/{name}"), content.to_vec()))
        .collect()
}

/// Bytes without a pattern, the same every time.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut out = Vec::with_capacity(count + 8);
    while out.len() < count {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        out.extend(state.to_le_bytes());
    }
    out.truncate(count);
    out
}

fn small() -> BTreeMap<String, Vec<u8>> {
    let log = (0..60)
        .map(|n| format!("test case_{n} ... ok {}\n", n * n))
        .collect::<String>();
    files(&[
        ("data/a.txt", b"hello\n"),
        ("data/empty", b""),
        ("data/log", log.as_bytes()),
        ("data/run.sh", &noise(300)),
        ("data/runs", &[b'a'; 700]),
    ])
}

#[test]
fn every_flipped_bit_is_noticed() {
    for level in [Level::Normal, Level::Store] {
        let good = build(&small(), level);
        let deflated = Archive::open(&good)
            .unwrap()
            .entries()
            .iter()
            .any(|e| e.method() == Method::Deflated);
        assert_eq!(deflated, level == Level::Normal);
        for at in 0..good.len() {
            for bit in 0..8 {
                let mut bad = good.clone();
                bad[at] ^= 1 << bit;
                let faults = Archive::open(&bad).unwrap().check().unwrap().faults;
                assert!(!faults.is_empty(), "byte {at} bit {bit} of {}", good.len());
            }
        }
    }
}

/// The bytes of a stored pack stay for ever. Those of a deflated one stay for a version of the compressors: if this
/// changes, the change is declared.
#[test]
fn golden_digests() {
    let digest = |bytes: &[u8]| {
        use sha2::{Digest, Sha256};
        Sha256::digest(bytes)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect::<String>()
    };
    assert_eq!(
        digest(&build(&small(), Level::Store)),
        "03f86765caf8fceba61ecde070e3bbeaea6d166a5aeba045104b501a1d37b107"
    );
    let mut input = small();
    input.insert(
        "run-1/data/big".to_owned(),
        "a line of a log, number 12345\n"
            .repeat(200_000)
            .into_bytes(),
    );
    assert_eq!(
        digest(&build(&input, Level::Normal)),
        "74ea7405b7a67134b0fa87606c25e918ca3af0eb15866959673701dd8e7153e5"
    );
}

#[test]
fn every_cut_and_every_added_byte_is_noticed() {
    let good = build(&small(), Level::Normal);
    for at in 0..good.len() {
        let faults = Archive::open(&good[..at]).unwrap().check().unwrap().faults;
        assert!(!faults.is_empty(), "cut at {at}");
        let mut longer = good.clone();
        longer.insert(at, 0);
        assert!(
            !Archive::open(&longer)
                .unwrap()
                .check()
                .unwrap()
                .faults
                .is_empty(),
            "added at {at}"
        );
    }
}

#[test]
fn large_and_odd_contents() {
    let mut mixed = noise(1 << 20);
    mixed.extend(vec![b'z'; 6 << 20]);
    let text = "a line of a log that repeats itself, with some variation\n"
        .repeat(120_000)
        .into_bytes();
    for content in [
        mixed,
        text,
        vec![0; 9 << 20],
        noise(5 << 20),
        vec![0; 4 << 20],
        vec![0; (4 << 20) + 1],
    ] {
        let input = files(&[("data/big", &content), ("data/z", b"z")]);
        for level in [Level::Normal, Level::Store] {
            let bytes = build(&input, level);
            assert!(read(&bytes) == input);
            assert!(bytes == build(&input, level));
        }
    }
}

#[test]
fn a_stream_that_changes_is_refused() {
    for (said, given) in [(10, 9), (10, 11), (0, 1), (3 << 20, 1 << 20)] {
        let mut writer = Writer::new(Cursor::new(Vec::new()));
        let content = vec![7; given];
        let result = writer.add_stream(
            "run-1/data/x",
            false,
            said,
            &mut content.as_slice(),
            Level::Normal,
            &mut |_| (),
        );
        assert!(
            result
                .unwrap_err()
                .to_string()
                .contains("changed while it was read"),
            "{said} {given}"
        );
    }
    let mut writer = Writer::new(Cursor::new(Vec::new()));
    writer
        .add_stream(
            "run-1/data/x",
            false,
            0,
            &mut [].as_slice(),
            Level::Normal,
            &mut |_| (),
        )
        .unwrap();
    assert_eq!(
        read(&writer.finish("run-1", "").unwrap().into_inner()).len(),
        1
    );
}

#[test]
fn bad_names_are_refused_by_the_writer() {
    for name in ["", "../a", "a\\b", "a/CON"] {
        assert!(
            prepare(name, false, Vec::new(), Level::Normal).is_err(),
            "{name}"
        );
    }
}

#[test]
fn the_seal_is_asked_for() {
    let bytes = Writer::new(Cursor::new(Vec::new()))
        .finish("run-1", "")
        .unwrap()
        .into_inner();
    assert_eq!(Archive::open(&bytes).unwrap().check().unwrap().faults, []);
    let bytes = Writer::new(Cursor::new(Vec::new()))
        .finish("a/b", "")
        .unwrap()
        .into_inner();
    let faults = Archive::open(&bytes).unwrap().check().unwrap().faults;
    assert!(faults.iter().any(|fault| fault.kind == FaultKind::Seal));
}

#[test]
fn more_entries_than_sixteen_bits_can_count() {
    let input: BTreeMap<_, _> = (0..65_600)
        .map(|n| (format!("run-1/data/{n:06}"), Vec::new()))
        .collect();
    let bytes = build(&input, Level::Normal);
    assert!(read(&bytes) == input);
}

/// Runs a tool over an archive. Where the tool is missing the test says so and passes, unless `TRUELINE_REQUIRE_TOOLS` is set.
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn accepts(program: &str, args: &[&str], probe: &str) {
    if Command::new(program).arg(probe).output().is_err() {
        assert!(
            std::env::var_os("TRUELINE_REQUIRE_TOOLS").is_none(),
            "{program} is missing"
        );
        println!("skipped: {program} is missing");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pack.zip");
    let mut input = small();
    input.insert(
        "run-1/data/big".to_owned(),
        [noise(1 << 20), vec![b'q'; 4 << 20]].concat(),
    );
    input.insert("run-1/data/\u{10D}e\u{161}tina".to_owned(), b"x".to_vec());
    std::fs::write(&path, build(&input, Level::Normal)).unwrap();
    let outcome = Command::new(program)
        .args(args)
        .arg(&path)
        .output()
        .unwrap();
    assert!(
        outcome.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&outcome.stdout)
    );
}

#[test]
fn unzip_accepts_it() {
    accepts("unzip", &["-tqq"], "-v");
}

#[test]
fn python_accepts_it() {
    accepts("python3", &["-m", "zipfile", "-t"], "--version");
}

#[test]
fn seven_zip_accepts_it() {
    accepts("7z", &["t"], "i");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_goes_in_comes_out(
        input in proptest::collection::btree_map("run-1/data/[a-z]{3,9}", proptest::collection::vec(any::<u8>(), 0..3000), 0..12),
        store in any::<bool>(),
    ) {
        let level = if store { Level::Store } else { Level::Normal };
        let bytes = build(&input, level);
        prop_assert_eq!(&bytes, &build(&input, level));
        prop_assert_eq!(read(&bytes), input);
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..600), from in 0usize..2000) {
        let good = build(&small(), Level::Normal);
        let mut mixed = good.clone();
        let from = from.min(good.len());
        let to = (from + bytes.len() / 8).min(good.len());
        mixed.splice(from..to, bytes.iter().copied());
        Archive::open(&bytes).unwrap().check().unwrap();
        if mixed != good {
            prop_assert!(!Archive::open(&mixed).unwrap().check().unwrap().faults.is_empty());
        }
    }
}
