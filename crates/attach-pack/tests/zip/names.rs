//! Names that lead elsewhere, or are others elsewhere.

use crate::hostile::{file, kinds};
use crate::raw::{Raw, archive};
use trueline_attach_pack::zip::FaultKind;

#[test]
fn names() {
    use FaultKind::{CaseTwin, Duplicate, FileAndFolder, Name, NormalizationTwin, Slip};
    for (name, want) in [
        ("../evil", Slip),
        ("run-1/../../evil", Slip),
        ("/etc/passwd", Slip),
        ("C:/evil", Slip),
        ("C:evil", Slip),
        ("\\\\host\\share\\evil", Slip),
        ("run-1\\..\\evil", Slip),
        ("..././evil", Slip),
        ("~/evil", Slip),
        ("run-1//a", Name),
        ("", Name),
        ("run-1/a\0.txt", Name),
        ("run-1/a\u{202E}txt.exe", Name),
        ("run-1/e\u{301}", Name),
        ("run-1/CON", Name),
        ("run-1/a ", Name),
    ] {
        assert!(
            kinds(&archive(&[file(name)])).contains(&want),
            "{name:?}: {:?}",
            kinds(&archive(&[file(name)]))
        );
    }
    for (a, b, want) in [
        ("run-1/a", "run-1/a", Duplicate),
        ("run-1/a", "run-1/A", CaseTwin),
        ("run-1/stra\u{DF}e", "run-1/STRASSE", CaseTwin),
        ("run-1/\u{E9}", "run-1/e\u{301}", NormalizationTwin),
        ("run-1/a", "run-1/a/b", FileAndFolder),
    ] {
        assert!(
            kinds(&archive(&[file(a), file(b)])).contains(&want),
            "{a} {b}"
        );
    }
    let bytes = Raw {
        name: b"run-1/\xff".to_vec(),
        local_name: b"run-1/\xff".to_vec(),
        ..file("")
    };
    assert!(kinds(&archive(&[bytes])).contains(&Name));
}
