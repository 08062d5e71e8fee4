//! What a pack says of itself: statements and lists, compared with the bag.

use crate::bag::{self, MAX_TAG_FILE, Source, digest_of};
use crate::hex::{hex, sha256};
use crate::statement::{Provenance, Statement, TestResult};
use crate::verify::Flaw;
use trueline_core::artifact::pack::{DiffSummary, PackManifest};

/// What lists the payload.
const LIST: &str = "data/pack.json";

/// That the statements and lists inside can be read, and speak of this content.
pub(crate) fn check_content(source: &dyn Source) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut flaw = |path: &str, detail: String| flaws.push(Flaw::Content(path.to_owned(), detail));
    let bytes = |path: &str| source.bytes(path, MAX_TAG_FILE).ok();
    let digest = hex(&digest_of(source, "manifest-sha256.txt").unwrap_or_else(|_| sha256(b"")));
    let subject = |subjects: &[crate::statement::Resource]| {
        subjects.iter().any(|one| {
            one.name.as_deref() == Some("manifest-sha256.txt")
                && one.digest.get("sha256") == Some(&digest)
        })
    };
    const OTHER: &str = "its subject is not the manifest of this pack";
    const PROVENANCE: &str = "statements/provenance.intoto.json";
    match bytes(PROVENANCE).map(|text| Statement::<Provenance>::parse(&text)) {
        Some(Ok(statement)) if subject(&statement.subject) => {}
        Some(Ok(_)) => flaw(PROVENANCE, OTHER.to_owned()),
        Some(Err(error)) => flaw(PROVENANCE, error.to_string()),
        None => flaw(PROVENANCE, "missing".to_owned()),
    }
    const RESULTS: &str = "statements/test-result.intoto.json";
    match bytes(RESULTS).map(|text| Statement::<TestResult>::parse(&text)) {
        Some(Ok(statement)) if !subject(&statement.subject) => flaw(RESULTS, OTHER.to_owned()),
        Some(Err(error)) => flaw(RESULTS, error.to_string()),
        _ => {}
    }
    const DIFF: &str = "data/diff-summary.json";
    if let Some(text) = bytes(DIFF)
        && let Err(error) = trueline_core::strict::from_slice::<DiffSummary>(&text)
    {
        flaw(DIFF, error.to_string());
    }
    match bytes(LIST).map(|text| trueline_core::strict::from_slice::<PackManifest>(&text)) {
        None => flaw(LIST, "missing".to_owned()),
        Some(Err(error)) => flaw(LIST, error.to_string()),
        Some(Ok(list)) => check_list(source, &list, &mut |detail| flaw(LIST, detail)),
    }
    flaws
}

/// That pack.json lists every other payload file, in the order of the manifest, with its size.
fn check_list(source: &dyn Source, list: &PackManifest, flaw: &mut dyn FnMut(String)) {
    let is_listed = |file: &&bag::BagFile| file.path.starts_with("data/") && file.path != LIST;
    let mut files = source.files().iter().filter(is_listed);
    for series in &list.files {
        let path = series.path.as_str();
        let many = series.sizes.len() > 1;
        let from_tail = |from: &String| path.strip_suffix(from.as_str()).is_some();
        if series.sizes.is_empty()
            || many
                && !(series.source.as_ref().is_some_and(from_tail) && series.redactions.is_empty())
        {
            flaw(format!(
                "has a series at {} that cannot be",
                path.escape_debug()
            ));
        }
        for (at, size) in series.sizes.iter().enumerate() {
            let Some(file) = files.next() else {
                return flaw("lists more files than there are".to_owned());
            };
            if at == 0 && file.path != path {
                let (path, is) = (path.escape_debug(), file.path.escape_debug());
                return flaw(format!("lists {path} where {is} stands"));
            }
            if file.size != *size {
                flaw(format!("gives {} another size", file.path.escape_debug()));
            }
        }
    }
    for file in files {
        flaw(format!("does not list {}", file.path.escape_debug()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bag::BagFile;
    use std::io;

    struct Files(Vec<BagFile>);

    impl Source for Files {
        fn files(&self) -> &[BagFile] {
            &self.0
        }
        fn irregular(&self) -> &[(String, String)] {
            &[]
        }
        fn read(&self, _: &str, _: &mut dyn FnMut(&[u8])) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is wrong with a list of `data/a/1` to `data/a/3`, of 1 to 3 bytes, and `data/r`, of 9.
    fn flaws(files: &str) -> Vec<String> {
        let sizes = [
            ("bagit.txt", 55),
            ("data/a/1", 1),
            ("data/a/2", 2),
            ("data/a/3", 3),
        ];
        let sizes = sizes
            .into_iter()
            .chain([("data/pack.json", 77), ("data/r", 9)]);
        let source = Files(
            sizes
                .map(|(path, size)| BagFile {
                    path: path.to_owned(),
                    size,
                })
                .collect(),
        );
        let files = files.replace('(', r#"{"role": "log", "media_type": "t/x", "#);
        let files = files.replace(')', "}");
        let text = format!(r#"{{"version": 1, "kind": "run", "files": [{files}]}}"#);
        let mut found = Vec::new();
        let list = trueline_core::strict::from_str(&text).unwrap();
        check_list(&source, &list, &mut |detail| found.push(detail));
        found
    }

    #[test]
    fn a_list_that_differs_from_the_payload_is_a_flaw() {
        let many = |sizes: &str| {
            format!(
                r#"("path": "data/a/1", "source": "1", "sizes": [{sizes}]), ("path": "data/r", "sizes": [9])"#
            )
        };
        assert_eq!(flaws(&many("1, 2, 3")), [""; 0]);
        assert_eq!(flaws(&many("1, 2, 4")), ["gives data/a/3 another size"]);
        assert_eq!(flaws(&many("1, 2")), ["lists data/r where data/a/3 stands"]);
        assert_eq!(
            flaws(&many("1, 2, 3, 9, 9")),
            ["lists more files than there are"]
        );
        assert_eq!(
            flaws(r#"("path": "data/a/1", "source": "1", "sizes": [1, 2, 3])"#),
            ["does not list data/r"]
        );
    }

    #[test]
    fn a_series_whose_sources_cannot_be_told_is_a_flaw() {
        let rest = r#"("path": "data/a/3", "sizes": [3]), ("path": "data/r", "sizes": [9])"#;
        for (first, flaw) in [
            (
                r#"("path": "data/a/1", "source": "a/1", "sizes": [1, 2])"#,
                false,
            ),
            (
                r#"("path": "data/a/1", "source": "b/1", "sizes": [1, 2])"#,
                true,
            ),
            (r#"("path": "data/a/1", "sizes": [1, 2])"#, true),
            (
                r#"("path": "data/a/1", "source": "b/1", "sizes": [1]), ("path": "data/a/2", "sizes": [2])"#,
                false,
            ),
            (
                r#"("path": "data/a/1", "sizes": []), ("path": "data/a/1", "source": "1", "sizes": [1, 2])"#,
                true,
            ),
        ] {
            let found = flaws(&format!("{first}, {rest}"));
            let want: &[&str] = if flaw {
                &["has a series at data/a/1 that cannot be"]
            } else {
                &[]
            };
            assert_eq!(found, want, "{first}");
        }
    }
}
