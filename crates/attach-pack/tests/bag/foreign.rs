//! Bags as other tools write them, good and bad.

use std::path::Path;
use trueline_attach_pack::bag::{BagFaultKind, FolderSource, Severity, verify};

const HELLO_MD5: &str = "b1946ac92492d2347c6235b4d2611184";
const HELLO_SHA1: &str = "f572d396fae9206628714fb2ce00f72e94f2258f";

/// A bag of one payload file `data/hello` ("hello\n") with these tag files in place of the usual ones.
fn faults(tags: &[(&str, &[u8])]) -> Vec<(Severity, BagFaultKind)> {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, content: &[u8]| {
        let path = folder.path().join(Path::new(path));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    };
    put("data/hello", b"hello\n");
    put("bagit.txt", declaration("0.97").as_bytes());
    put(
        "manifest-md5.txt",
        format!("{HELLO_MD5}  data/hello\n").as_bytes(),
    );
    for (path, content) in tags {
        put(path, content);
    }
    let mut kinds: Vec<_> = verify(&FolderSource::open(folder.path()).unwrap())
        .into_iter()
        .map(|f| (f.severity, f.kind))
        .collect();
    kinds.dedup();
    kinds
}

fn declaration(version: &str) -> String {
    format!("BagIt-Version: {version}\nTag-File-Character-Encoding: UTF-8\n")
}

#[test]
fn valid_bags() {
    for version in ["0.93", "0.94", "0.95", "0.96", "0.97", "1.0"] {
        assert_eq!(
            faults(&[("bagit.txt", declaration(version).as_bytes())]),
            [],
            "{version}"
        );
    }
    let loose = "BagIt-Version:   0.97  \r\nTag-File-Character-Encoding : UTF-8";
    assert_eq!(faults(&[("bagit.txt", loose.as_bytes())]), []);
    assert_eq!(
        faults(&[("bag-info.txt", b"Payload-Oxum: 6.1\nA: b\n  c\n")]),
        []
    );
    let utf16: Vec<u8> = format!("{HELLO_MD5}  data/hello\n")
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    let declared = "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-16\n";
    assert_eq!(
        faults(&[
            ("bagit.txt", declared.as_bytes()),
            ("manifest-md5.txt", &utf16)
        ]),
        []
    );
}

#[test]
fn invalid_bags() {
    use BagFaultKind::{
        Declaration, Digest, Encoding, Incomplete, Line, Missing, Oxum, Scope, Twice, Unlisted,
        Version,
    };
    let line = |path: &str| format!("{HELLO_MD5}  data/hello\n{HELLO_MD5}  {path}\n").into_bytes();
    let v1 = declaration("1.0").into_bytes();
    type Tags = Vec<(&'static str, Vec<u8>)>;
    let cases: Vec<(Tags, BagFaultKind)> = vec![
        (vec![("bagit.txt", b"".to_vec())], Declaration),
        (
            vec![("bagit.txt", b"\xEF\xBB\xBFBagIt-Version: 0.97\n".to_vec())],
            Encoding,
        ),
        (
            vec![("bagit.txt", declaration("9.1").into_bytes())],
            Version,
        ),
        (
            vec![(
                "bagit.txt",
                b"BagIt-Version : 1.0\nTag-File-Character-Encoding: UTF-8\n".to_vec(),
            )],
            Declaration,
        ),
        (
            vec![(
                "bagit.txt",
                b"BagIt-Version: 1.0\n Tag-File-Character-Encoding:  UTF-8\n".to_vec(),
            )],
            Declaration,
        ),
        (vec![("data/hello", b"hallo\n".to_vec())], Digest),
        (vec![("data/other", b"".to_vec())], Unlisted),
        (vec![("manifest-md5.txt", line("data/gone"))], Missing),
        (vec![("manifest-md5.txt", line("../outside"))], Scope),
        (
            vec![("manifest-md5.txt", line("data/../../outside"))],
            Scope,
        ),
        (vec![("manifest-md5.txt", line("/etc/passwd"))], Scope),
        (vec![("manifest-md5.txt", line("~/x"))], Scope),
        (vec![("manifest-md5.txt", line("C:\\x"))], Scope),
        (vec![("manifest-md5.txt", line("bagit.txt"))], Scope),
        (vec![("manifest-md5.txt", b"what is this\n".to_vec())], Line),
        (vec![("manifest-md5.txt", b"\xff\n".to_vec())], Encoding),
        (vec![("manifest-md5.txt", b"".to_vec())], Unlisted),
        (
            vec![
                ("bagit.txt", v1.clone()),
                ("manifest-md5.txt", line("data/hello")),
            ],
            Twice,
        ),
        (
            vec![
                ("bagit.txt", v1.clone()),
                ("manifest-sha1.txt", b"".to_vec()),
            ],
            Unlisted,
        ),
        (
            vec![(
                "tagmanifest-md5.txt",
                format!("{HELLO_MD5}  bagit.txt\n").into_bytes(),
            )],
            Digest,
        ),
        (
            vec![("bag-info.txt", b"Payload-Oxum: 7.1\n".to_vec())],
            Oxum,
        ),
        (
            vec![
                ("fetch.txt", b"http://x.test/ - data/gone\n".to_vec()),
                ("manifest-md5.txt", line("data/gone")),
            ],
            Missing,
        ),
        (
            vec![("fetch.txt", b"http://x.test/ - ../gone\n".to_vec())],
            Scope,
        ),
        (
            vec![("fetch.txt", b"http://x.test/ some data/hello\n".to_vec())],
            Line,
        ),
        (
            vec![("fetch.txt", b"http://x.test/ 6 data/unlisted\n".to_vec())],
            Unlisted,
        ),
    ];
    for (tags, kind) in cases {
        let tags: Vec<(&str, &[u8])> = tags
            .iter()
            .map(|(path, content)| (*path, content.as_slice()))
            .collect();
        let found = faults(&tags);
        assert!(
            found.contains(&(Severity::Error, kind)),
            "{kind:?} {found:?}"
        );
    }
    let empty = tempfile::tempdir().unwrap();
    std::fs::write(empty.path().join("bagit.txt"), declaration("1.0")).unwrap();
    let found = verify(&FolderSource::open(empty.path()).unwrap());
    assert_eq!(found.first().map(|f| f.kind), Some(Incomplete));
}

#[test]
fn names_that_changed_on_their_way() {
    let md5 = |paths: &[&str]| {
        let lines: Vec<String> = paths
            .iter()
            .map(|path| format!("{HELLO_MD5}  {path}\n"))
            .collect();
        lines.concat().into_bytes()
    };
    // Another case or Unicode form, with the same digest: the file is there.
    let twin = [(Severity::Warning, BagFaultKind::Twin)];
    assert_eq!(
        faults(&[("manifest-md5.txt", &md5(&["data/hello", "data/HELLO"]))]),
        twin
    );
    assert_eq!(faults(&[("manifest-md5.txt", &md5(&["data/Hello"]))]), twin);
    let composed = ("data/N\u{fa}\u{f1}ez", &b"hello\n"[..]);
    let both = md5(&[
        "data/hello",
        "data/N\u{fa}\u{f1}ez",
        "data/Nu\u{301}n\u{303}ez",
    ]);
    assert_eq!(faults(&[composed, ("manifest-md5.txt", &both)]), twin);
    // With another digest it is another file, and gone.
    let other = format!("{HELLO_MD5}  data/hello\n{}  data/HELLO\n", "0".repeat(32));
    let found = faults(&[("manifest-md5.txt", other.as_bytes())]);
    assert!(
        found.contains(&(Severity::Error, BagFaultKind::Digest)),
        "{found:?}"
    );
    // A percent sign that was encoded, or was not.
    let percent = ("data/100%25", &b"hello\n"[..]);
    for version in ["0.97", "1.0"] {
        let declared = declaration(version);
        let manifest = md5(&["data/hello", "data/100%25"]);
        assert_eq!(
            faults(&[
                percent,
                ("bagit.txt", declared.as_bytes()),
                ("manifest-md5.txt", &manifest)
            ]),
            []
        );
    }
    let line_break = ("data/a\nb", &b"hello\n"[..]);
    assert_eq!(
        faults(&[
            line_break,
            ("manifest-md5.txt", &md5(&["data/hello", "data/a%0Ab"]))
        ]),
        []
    );
}

#[test]
fn every_sha_is_known() {
    for (name, digest) in [
        (
            "sha224",
            "2d6d67d91d0badcdd06cbbba1fe11538a68a37ec9c2e26457ceff12b",
        ),
        (
            "sha384",
            "1d0f284efe3edea4b9ca3bd514fa134b17eae361ccc7a1eefeff801b9bd6604e01f21f6bf249ef030599f0c218f2ba8c",
        ),
    ] {
        let file = format!("manifest-{name}.txt");
        assert_eq!(
            faults(&[(&file, format!("{digest}  data/hello\n").as_bytes())]),
            [],
            "{name}"
        );
        let wrong = format!("{}  data/hello\n", "0".repeat(digest.len()));
        assert_eq!(
            faults(&[(&file, wrong.as_bytes())]),
            [(Severity::Error, BagFaultKind::Digest)]
        );
    }
    let found = faults(&[("manifest-crc32.txt", b"00  data/hello\n")]);
    assert_eq!(found, [(Severity::Error, BagFaultKind::Algorithm)]);
}

#[test]
fn warnings() {
    let loose = [(Severity::Warning, BagFaultKind::Loose)];
    let starred = format!("{} *data/hello\r\n", HELLO_MD5.to_uppercase());
    assert_eq!(faults(&[("manifest-md5.txt", starred.as_bytes())]), loose);
    let sha1 = format!("{HELLO_SHA1}\t./data/hello\n");
    assert_eq!(faults(&[("manifest-sha1.txt", sha1.as_bytes())]), loose);
    let with = format!("{HELLO_MD5}  data/hello\n{HELLO_MD5}  data/Thumbs.db\n");
    assert_eq!(
        faults(&[
            ("data/Thumbs.db", b"hello\n"),
            ("manifest-md5.txt", with.as_bytes())
        ]),
        loose
    );
    let twice = format!("{HELLO_MD5}  data/hello\n{HELLO_MD5}  data/hello\n");
    assert_eq!(
        faults(&[("manifest-md5.txt", twice.as_bytes())]),
        [(Severity::Warning, BagFaultKind::Twice)]
    );
}
