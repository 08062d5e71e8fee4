//! `--baseline`: findings that were there before, hidden until their line changes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use trueline_core::Finding;
use trueline_kit::{Context, Error};

/// Largest baseline that is read, in bytes.
const MAX_BYTES: u64 = 256 << 20;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    findings: Vec<Entry>,
}

/// One known finding: it is recognised by its line's hash, so it may move.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    path: String,
    subject: String,
    /// How many of this kind the line has.
    count: u64,
}

type Key = (String, String, String);

fn key(finding: &Finding) -> Key {
    let subject = finding.subject.as_ref().unwrap_or(&finding.message);
    (
        finding.rule.code.to_owned(),
        finding.at.path.clone(),
        subject.clone(),
    )
}

/// Removes what the baseline knows; what it knows and is gone is told.
pub(super) fn hide(
    ctx: &Context,
    path: &str,
    findings: Vec<Finding>,
) -> Result<Vec<Finding>, Error> {
    let bytes = ctx.read(path)?.ok_or_else(|| {
        Error::usage(format!("there is no baseline `{path}`")).hint("`--write-baseline` makes one")
    })?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Error::io(format!(
            "`{path}` is larger than the limit of {MAX_BYTES} bytes"
        )));
    }
    let file: File = serde_json::from_slice(&bytes)
        .map_err(|error| Error::config(format!("`{path}` is no baseline: {error}")))?;
    if file.version != 1 {
        return Err(Error::config(format!(
            "`{path}` has version {}, this build reads 1",
            file.version
        )));
    }
    let mut known: BTreeMap<Key, u64> = file
        .findings
        .into_iter()
        .map(|entry| ((entry.code, entry.path, entry.subject), entry.count))
        .collect();
    let mut hidden = 0_u64;
    let left = findings
        .into_iter()
        .filter(|finding| match known.get_mut(&key(finding)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                hidden += 1;
                false
            }
            _ => true,
        })
        .collect();
    let gone: BTreeSet<&Key> = known
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(key, _)| key)
        .collect();
    ctx.note(format!("{hidden} findings of the baseline are hidden"));
    if !gone.is_empty() {
        ctx.note(format!(
            "{} entries of {path} are mended: write it again",
            gone.len()
        ));
    }
    Ok(left)
}

/// Writes every finding as known.
pub(super) fn write(ctx: &Context, path: &str, findings: &[Finding]) -> Result<(), Error> {
    let mut counts: BTreeMap<Key, u64> = BTreeMap::new();
    for finding in findings {
        *counts.entry(key(finding)).or_default() += 1;
    }
    let file = File {
        version: 1,
        findings: counts
            .into_iter()
            .map(|((code, path, subject), count)| Entry {
                code,
                path,
                subject,
                count,
            })
            .collect(),
    };
    let text =
        serde_json::to_string_pretty(&file).map_err(|error| Error::bug(error.to_string()))?;
    ctx.writer().write(path, format!("{text}\n").as_bytes())?;
    ctx.note(format!("{} findings are in {path}", findings.len()));
    Ok(())
}
