//! The tag files of a pack: what it is, and the statements about it.

use super::Job;
use super::outcome::Outcomes;
use crate::bag::{BAGIT, PayloadFile, pack_id, render_info, render_manifest};
use crate::hex::{hex, sha256};
use crate::statement::{
    BuildDefinition, Builder, Metadata, Provenance, Resource, RunDetails, Statement, TestResult,
};
use crate::zip::{Level, WHOLE, Writer, prepare_up_to};
use std::collections::BTreeMap;
use std::io::{Seek, Write};
use trueline_core::artifact::pack::PackKind;
use trueline_kit::Error;

/// The largest manifest that is compressed in one piece: smaller and faster than in blocks.
const MAX_WHOLE_MANIFEST: u64 = 32 << 20;
/// What the names of profiles and types of statements begin with.
const URI: &str = "https://github.com/trueline-tools/trueline/attach-pack";

/// Writes the tag files and the end of the pack; gives its id.
pub(super) fn finish<W: Write + Seek + Send>(
    job: &Job<'_>,
    of: Option<&str>,
    outcomes: &Outcomes,
    mut zip: Writer<W>,
    base: &str,
) -> Result<String, Error> {
    let payload: Vec<PayloadFile> = zip
        .written()
        .filter_map(|(name, size, sha256)| {
            Some(PayloadFile {
                path: name.strip_prefix(base)?.strip_prefix('/')?.to_owned(),
                size,
                sha256,
            })
        })
        .collect();
    let bug = |error: crate::statement::StatementError| Error::bug(error.to_string());
    let manifest = render_manifest(&payload);
    let mut subject = vec![Resource::new(
        "manifest-sha256.txt",
        "sha256",
        &hex(&sha256(manifest.as_bytes())),
    )];
    if let Some(commit) = &job.stamp.commit {
        subject.push(Resource::new("commit", "gitCommit", commit));
    }
    let mut tags = vec![
        ("bagit.txt", BAGIT.to_owned()),
        ("bag-info.txt", info(job, &payload)),
        ("manifest-sha256.txt", manifest),
    ];
    let provenance = Statement::new(subject.clone(), provenance(job, of, &payload));
    tags.push((
        "statements/provenance.intoto.json",
        provenance.render().map_err(bug)?,
    ));
    if !outcomes.logs.is_empty() {
        let results = Statement::new(subject, results(outcomes, &payload));
        tags.push((
            "statements/test-result.intoto.json",
            results.render().map_err(bug)?,
        ));
    }
    drop(payload);
    let mut listed = Vec::with_capacity(tags.len());
    for (path, text) in tags {
        let (size, bytes) = (text.len() as u64, text.into_bytes());
        let name = format!("{base}/{path}");
        // The only one that grows with the payload, and it is in memory anyway.
        let (level, whole) = match path == "manifest-sha256.txt" && !job.settings.store {
            true => (Level::Hard, MAX_WHOLE_MANIFEST),
            false => (Level::Store, WHOLE),
        };
        let sha256 = if size <= whole {
            let entry = prepare_up_to(whole, &name, false, bytes, level);
            let entry = entry.map_err(|error| failed(&error))?;
            let sha256 = entry.sha256;
            zip.add(entry).map_err(|error| failed(&error))?;
            sha256
        } else {
            let mut bytes = bytes.as_slice();
            zip.add_stream(&name, false, size, &mut bytes, level, &mut |_| ())
                .map_err(|error| failed(&error))?
        };
        listed.push(PayloadFile {
            path: path.to_owned(),
            size,
            sha256,
        });
    }
    let tag_manifest = render_manifest(&listed);
    let mut out = zip
        .finish(base, &tag_manifest)
        .map_err(|error| failed(&error))?;
    out.flush().map_err(|error| failed(&error))?;
    Ok(pack_id(&tag_manifest))
}

fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::io(format!("the pack cannot be written: {error}"))
}

fn info(job: &Job<'_>, payload: &[PayloadFile]) -> String {
    let word = kind(job);
    let profile = format!("{URI}/{word}/1");
    let day = job.stamp.day();
    // Of a handoff, the bundle before it: the ids make a chain.
    let name = job.stamp.name(job.settings.kind);
    let identifier = job.settings.previous.as_deref().unwrap_or(&name);
    let labels = [
        ("Bag-Software-Agent", "attach-pack"),
        ("BagIt-Profile-Identifier", profile.as_str()),
        ("Bagging-Date", day.as_str()),
        ("External-Identifier", identifier),
    ];
    render_info(&labels, payload)
}

fn kind(job: &Job<'_>) -> &'static str {
    match job.settings.kind {
        PackKind::Run => "run",
        PackKind::Handoff => "handoff",
    }
}

fn digest_of(payload: &[PayloadFile], path: &str) -> Option<String> {
    payload
        .iter()
        .find(|file| file.path == path)
        .map(|file| hex(&file.sha256))
}

fn provenance(job: &Job<'_>, of: Option<&str>, payload: &[PayloadFile]) -> Provenance {
    let settings = &job.settings;
    let mut parameters = BTreeMap::new();
    let tasks: Vec<&str> = settings
        .tasks
        .iter()
        .map(trueline_core::Id::as_str)
        .collect();
    let given = [
        ("run", settings.run.clone()),
        ("agent", settings.agent.clone()),
        ("tasks", (!tasks.is_empty()).then(|| tasks.join(","))),
        ("base", of.map(str::to_owned)),
        ("previous", settings.previous.clone()),
    ];
    for (key, value) in given {
        if let Some(value) = value {
            parameters.insert(key.to_owned(), value);
        }
    }
    let mut dependencies = Vec::new();
    if let Some(commit) = &job.stamp.commit {
        dependencies.push(Resource::new("commit", "gitCommit", commit));
    }
    if let Some(digest) = digest_of(payload, "data/report.md") {
        dependencies.push(Resource::new("data/report.md", "sha256", &digest));
    }
    Provenance {
        build_definition: BuildDefinition {
            build_type: format!("{URI}/{}/1", kind(job)),
            external_parameters: parameters,
            resolved_dependencies: dependencies,
        },
        run_details: RunDetails {
            builder: Builder { id: URI.to_owned() },
            metadata: Some(Metadata {
                invocation_id: Some(job.stamp.name(job.settings.kind)),
                started_on: None,
                finished_on: Some(job.stamp.at.to_string()),
            }),
        },
    }
}

fn results(outcomes: &Outcomes, payload: &[PayloadFile]) -> TestResult {
    let configuration = outcomes
        .logs
        .iter()
        .filter_map(|(path, _)| Some(Resource::new(path, "sha256", &digest_of(payload, path)?)));
    let mut failed: Vec<String> = outcomes
        .logs
        .iter()
        .flat_map(|(_, log)| log.failed_names.clone())
        .collect();
    failed.sort();
    failed.dedup();
    TestResult {
        result: outcomes.verdict(),
        configuration: configuration.collect(),
        passed_tests: Vec::new(),
        warned_tests: Vec::new(),
        failed_tests: failed,
    }
}
