//! The readers, for the fuzz targets of tests/fuzz: built with the feature `testing` only.

use trueline_kit::Source;

use crate::{codeowners, ownership};

/// Reads an ownership file; where it is without a fault, so are the lines generated from it: none
/// that the code host skips, and the same owners for each of these paths.
pub fn ownership(text: &str, paths: &[&str]) {
    let (ownership, faults) = ownership::read(&Source::new("ownership.yaml", text.to_owned()));
    let Some(ownership) = ownership else {
        assert!(!faults.is_empty(), "nothing is read, and nothing says why");
        return;
    };
    let _ = ownership::lint(&ownership, &[]);
    let (lines, faults) = ownership::generate(&ownership);
    if !faults.is_empty() {
        return;
    }
    let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
    let differ = crate::owners::differences(&ownership, &lines, &paths);
    assert!(differ.is_empty(), "{lines}");
}

/// Reads a CODEOWNERS file and asks it about a path; each line is counted or skipped once.
pub fn codeowners(text: &str, path: &str) {
    let file = codeowners::File::parse(text);
    let decides = file.asker().line(path).map(|line| line.number);
    let matches = |line: &&codeowners::Line| {
        codeowners::language(&line.pattern).is_ok_and(|globs| globs.iter().any(|g| g.matches(path)))
    };
    let last = file.lines.iter().rfind(matches).map(|line| line.number);
    assert_eq!(decides, last, "{path}");
    assert!(file.lines.len() + file.skipped.len() <= text.lines().count());
}
