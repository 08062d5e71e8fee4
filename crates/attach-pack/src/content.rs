//! What a pack says of itself: statements and lists, compared with the bag.

use crate::bag::{self, MAX_TAG_FILE, Source, digest_of};
use crate::hex::{hex, sha256};
use crate::statement::{Provenance, Statement, TestResult};
use crate::verify::Flaw;
use serde::Deserialize;
use trueline_core::Id;
use trueline_core::artifact::Version;
use trueline_core::artifact::pack::{DiffSummary, PackFile, PackKind};

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
    const LIST: &str = "data/pack.json";
    match bytes(LIST).map(|text| trueline_core::strict::from_slice::<List>(&text)) {
        None => flaw(LIST, "missing".to_owned()),
        Some(Err(error)) => flaw(LIST, error.to_string()),
        Some(Ok(list)) => check_list(source, list, &mut |detail| flaw(LIST, detail)),
    }
    flaws
}

/// The form of [`PackManifest`](trueline_core::artifact::pack::PackManifest), of whose files only what is compared is kept: there may be a million.
#[derive(Deserialize)]
#[serde(rename = "PackManifest")]
struct List {
    #[serde(default, rename = "version")]
    _version: Version,
    #[serde(rename = "kind")]
    _kind: PackKind,
    #[serde(default, rename = "agent")]
    _agent: Option<String>,
    #[serde(default, rename = "tasks")]
    _tasks: Vec<Id>,
    #[serde(default, rename = "commit")]
    _commit: Option<String>,
    #[serde(default, rename = "base")]
    _base: Option<String>,
    files: Vec<Listed>,
}

/// What is compared of a [`PackFile`].
#[derive(Deserialize)]
#[serde(from = "PackFile")]
struct Listed {
    path: Box<str>,
    size: u64,
    sha256: Option<Box<str>>,
}

impl From<PackFile> for Listed {
    fn from(file: PackFile) -> Self {
        Self {
            path: file.path.as_str().into(),
            size: file.size,
            sha256: file.sha256.map(|digest| digest.as_str().into()),
        }
    }
}

/// That pack.json lists every other payload file, with the size and digest that the manifest gives it.
fn check_list(source: &dyn Source, list: List, flaw: &mut dyn FnMut(String)) {
    let mut listed = list.files;
    // Of those that are listed twice, the last counts.
    listed.reverse();
    listed.sort_by(|a, b| a.path.cmp(&b.path));
    listed.dedup_by(|later, first| later.path == first.path);
    for file in source.files() {
        let path = file.path.as_str();
        if !path.starts_with("data/") || path == "data/pack.json" {
            continue;
        }
        let found = listed.binary_search_by(|one| (*one.path).cmp(path));
        let Some(entry) = found.ok().and_then(|at| listed.get(at)) else {
            flaw(format!("does not list {}", path.escape_debug()));
            continue;
        };
        // The manifest was compared with the files before.
        let differs = |said: &str| digest_of(source, path).map_or(true, |is| hex(&is) != said);
        if entry.size != file.size || entry.sha256.as_deref().is_some_and(differs) {
            let path = path.escape_debug();
            flaw(format!("gives {path} another size or digest"));
        }
    }
    for Listed { path, .. } in &listed {
        let there = |file: &bag::BagFile| file.path.as_str().cmp(path);
        if source.files().binary_search_by(there).is_err() {
            flaw(format!("lists {}, which is not there", path.escape_debug()));
        }
    }
}
