//! A pack that was checked, as data.

use crate::bag::{self, MAX_TAG_FILE, Source};
use crate::cli;
use crate::open::Place;
use crate::statement::{Statement, TestResult};
use crate::verify::flaws;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use trueline_core::Id;
use trueline_core::artifact::Version;
use trueline_core::artifact::pack::{DiffSummary, PackKind, PackManifest, Redaction};
use trueline_kit::{Context, Error};

/// What pack.json says, file by file, with the digests of the manifest.
#[derive(Serialize)]
pub(crate) struct PackView {
    version: Version,
    kind: PackKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agent: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tasks: Vec<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) commit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) base: Option<String>,
    pub(crate) files: Vec<FileView>,
}

/// One payload file.
#[derive(Serialize)]
pub(crate) struct FileView {
    pub(crate) path: String,
    pub(crate) role: String,
    pub(crate) size: u64,
    pub(crate) sha256: String,
    media_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) redactions: Vec<Redaction>,
}

impl PackView {
    fn of(list: PackManifest, payload: &BTreeMap<String, (u64, String)>) -> Self {
        let mut rest = payload.iter().filter(|(path, _)| *path != "data/pack.json");
        let mut files = Vec::with_capacity(payload.len());
        for series in list.files {
            let path = series.path.as_str();
            let head = series
                .source
                .as_ref()
                .map(|source| path.len().saturating_sub(source.len()));
            let first = series.source;
            for (at, (path, (size, sha256))) in rest.by_ref().take(series.sizes.len()).enumerate() {
                files.push(FileView {
                    path: path.clone(),
                    role: series.role.as_str().to_owned(),
                    size: *size,
                    sha256: sha256.clone(),
                    media_type: series.media_type.as_str().to_owned(),
                    source: match at {
                        0 => first.clone(),
                        _ => head.and_then(|head| path.get(head..)).map(str::to_owned),
                    },
                    redactions: series.redactions.clone(),
                });
            }
        }
        Self {
            version: list.version,
            kind: list.kind,
            agent: list.agent,
            tasks: list.tasks,
            commit: list.commit,
            base: list.base,
            files,
        }
    }
}

/// A pack without a fault.
pub(crate) struct Pack {
    /// Its path, to be shown.
    pub(crate) shown: String,
    pub(crate) id: String,
    /// Payload by path: size and SHA-256.
    pub(crate) files: BTreeMap<String, (u64, String)>,
    pub(crate) list: PackView,
    pub(crate) diff: Option<DiffSummary>,
    pub(crate) results: Option<TestResult>,
    /// The report as packed.
    pub(crate) report: Option<String>,
    /// The lines of bag-info.txt.
    pub(crate) info: Vec<(String, String)>,
}

impl Pack {
    /// Reads a pack; `None` if it is faulty, which was reported.
    pub(crate) fn read(ctx: &Context, path: &Path) -> Result<Option<Self>, Error> {
        let (place, shown) = cli::place(ctx, path)?;
        let failed = |error: io::Error| Error::io(format!("cannot read `{shown}`: {error}"));
        let place = Place::open(&place).map_err(failed)?;
        place
            .with(&mut |source, archive| {
                let (flaws, id) = flaws(source, archive);
                let good = flaws.is_empty();
                ctx.report_all(flaws.into_iter().map(|flaw| flaw.finding(&shown)));
                Ok(id
                    .filter(|_| good)
                    .and_then(|id| Self::of(source, &shown, id)))
            })
            .map_err(failed)
    }

    fn of(source: &dyn Source, shown: &str, id: String) -> Option<Self> {
        let text = |path: &str| {
            let bytes = source.bytes(path, MAX_TAG_FILE).ok()?;
            String::from_utf8(bytes).ok()
        };
        let manifest = text("manifest-sha256.txt")?;
        let (lines, _) = bag::parse_manifest(&manifest, true);
        let sizes: BTreeMap<&str, u64> = source
            .files()
            .iter()
            .map(|file| (file.path.as_str(), file.size))
            .collect();
        let files = lines.into_iter().map(|line| {
            let size = sizes.get(line.path.as_str()).copied().unwrap_or_default();
            (line.path, (size, line.digest))
        });
        let info = text("bag-info.txt")?;
        let info = info.lines().filter_map(|line| line.split_once(": "));
        let results = text("statements/test-result.intoto.json");
        let results = results.and_then(|text| Statement::<TestResult>::parse(text.as_bytes()).ok());
        let files: BTreeMap<String, (u64, String)> = files.collect();
        let list = trueline_core::strict::from_str(&text("data/pack.json")?).ok()?;
        let list = PackView::of(list, &files);
        Some(Self {
            shown: shown.to_owned(),
            id,
            files,
            list,
            diff: text("data/diff-summary.json")
                .and_then(|text| trueline_core::strict::from_str(&text).ok()),
            results: results.map(|statement| statement.predicate),
            report: text("data/report.md"),
            info: info
                .map(|(label, value)| (label.to_owned(), value.to_owned()))
                .collect(),
        })
    }
}
