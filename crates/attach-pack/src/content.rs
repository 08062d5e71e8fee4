//! What a pack says of itself: statements and lists, compared with the bag.

use crate::bag::{self, MAX_TAG_FILE, Source};
use crate::hex::{hex, sha256};
use crate::statement::{Provenance, Statement, TestResult};
use crate::verify::Flaw;
use trueline_core::artifact::pack::{DiffSummary, PackManifest};

/// That the statements and lists inside can be read, and speak of this content.
pub(crate) fn check_content(source: &dyn Source) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut flaw = |path: &str, detail: String| flaws.push(Flaw::Content(path.to_owned(), detail));
    let bytes = |path: &str| source.bytes(path, MAX_TAG_FILE).ok();
    let manifest = bytes("manifest-sha256.txt").unwrap_or_default();
    let digest = hex(&sha256(&manifest));
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
    const LIST: &str = "data/pack.json";
    match bytes(LIST).map(|text| trueline_core::strict::from_slice::<PackManifest>(&text)) {
        None => flaw(LIST, "missing".to_owned()),
        Some(Err(error)) => flaw(LIST, error.to_string()),
        Some(Ok(list)) => check_list(source, &list, &manifest, &mut |detail| flaw(LIST, detail)),
    }
    flaws
}

/// That pack.json lists every other payload file, with the size and digest that the manifest gives it.
fn check_list(
    source: &dyn Source,
    list: &PackManifest,
    manifest: &[u8],
    flaw: &mut dyn FnMut(String),
) {
    let text = String::from_utf8_lossy(manifest);
    let (lines, _) = bag::parse_manifest(&text, true);
    let digests: std::collections::BTreeMap<_, _> = lines
        .iter()
        .map(|line| (line.path.as_str(), line.digest.as_str()))
        .collect();
    let listed: std::collections::BTreeMap<_, _> = list
        .files
        .iter()
        .map(|file| (file.path.as_str(), file))
        .collect();
    for file in source.files() {
        let path = file.path.as_str();
        if !path.starts_with("data/") || path == "data/pack.json" {
            continue;
        }
        match listed.get(path) {
            None => flaw(format!("does not list {}", path.escape_debug())),
            Some(entry)
                if entry.size != file.size
                    || entry
                        .sha256
                        .as_ref()
                        .is_some_and(|said| digests.get(path).copied() != Some(said.as_str())) =>
            {
                flaw(format!(
                    "gives {} another size or digest",
                    path.escape_debug()
                ));
            }
            Some(_) => {}
        }
    }
    for path in listed.keys() {
        if source
            .files()
            .binary_search_by(|file| file.path.as_str().cmp(path))
            .is_err()
        {
            flaw(format!("lists {}, which is not there", path.escape_debug()));
        }
    }
}
