//! pack.json, written file by file: as a whole it is the largest thing that a build would hold.

use serde::ser::{Serialize, SerializeSeq, Serializer};
use std::cell::RefCell;
use trueline_core::Id;
use trueline_core::artifact::Version;
use trueline_core::artifact::pack::{PackFile, PackKind};

/// The form of [`PackManifest`](trueline_core::artifact::pack::PackManifest), with files that come one by one.
#[derive(serde::Serialize)]
pub(super) struct List<'a> {
    pub(super) version: Version,
    pub(super) kind: PackKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) agent: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Id]>::is_empty")]
    pub(super) tasks: &'a [Id],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) commit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) base: Option<&'a str>,
    pub(super) files: Files<'a>,
}

/// Files that can be written once.
pub(super) struct Files<'a>(RefCell<&'a mut dyn Iterator<Item = PackFile>>);

impl<'a> Files<'a> {
    pub(super) fn new(files: &'a mut dyn Iterator<Item = PackFile>) -> Self {
        Self(RefCell::new(files))
    }
}

impl Serialize for Files<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        for file in &mut **self.0.borrow_mut() {
            seq.serialize_element(&file)?;
        }
        seq.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trueline_core::artifact::pack::PackManifest;
    use trueline_core::scalar::Text;

    #[test]
    fn the_list_is_what_its_type_says() {
        let text = |text: &str| Text::new(text).unwrap();
        let file = |at: u64| PackFile {
            path: text(&format!("data/artifacts/{at}.txt")),
            role: text("artifact"),
            size: at,
            sha256: None,
            media_type: text("text/plain"),
            source: (at != 2).then(|| format!("{at}.txt")),
            redactions: Vec::new(),
        };
        for (count, full) in [(0, false), (3, true)] {
            let word = |word: &str| full.then(|| word.to_owned());
            let tasks: Vec<Id> = full
                .then(|| Id::new("WBS-1.2").unwrap())
                .into_iter()
                .collect();
            let whole = PackManifest {
                version: Version::default(),
                kind: PackKind::Run,
                agent: word("AGENT-1"),
                tasks: tasks.clone(),
                commit: word("c"),
                base: word("b"),
                files: (0..count).map(file).collect(),
            };
            let mut files = (0..count).map(file);
            let list = List {
                version: Version::default(),
                kind: PackKind::Run,
                agent: whole.agent.as_deref(),
                tasks: &tasks,
                commit: whole.commit.as_deref(),
                base: whole.base.as_deref(),
                files: Files::new(&mut files),
            };
            assert_eq!(
                serde_json::to_string_pretty(&list).unwrap(),
                serde_json::to_string_pretty(&whole).unwrap()
            );
        }
    }
}
