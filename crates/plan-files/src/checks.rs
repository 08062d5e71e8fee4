//! Recorded checks, and what each counts as now.

use std::collections::BTreeMap;

use trueline_core::artifact::check::{Check, CheckStatus};
use trueline_core::{Finding, Location, Span};
use trueline_kit::{Artifact, Context, Error};
use trueline_plan::{CheckFact, rules};

use crate::evidence::sha256;

/// Most checks that are read.
const MAX_CHECKS: usize = 10_000;

/// Every `ops/checks/*.json`, judged: one whose commit is no ancestor of the present one, or
/// whose evidence is gone or changed, counts as inconclusive.
///
/// # Errors
/// The folder or a file cannot be read.
pub fn judged(ctx: &Context) -> Result<(Vec<CheckFact>, Vec<Finding>), Error> {
    let folder = ctx.config().path(Artifact::ChecksDir);
    let mut facts = Vec::new();
    let mut findings = Vec::new();
    let mut ancestors = Ancestors::default();
    for name in names(ctx, folder)? {
        let path = format!("{folder}/{name}");
        let Some(bytes) = ctx.read(&path)? else {
            continue;
        };
        let check: Check = match serde_json::from_slice(&bytes) {
            Ok(check) => check,
            Err(error) => {
                let line = u32::try_from(error.line()).unwrap_or(u32::MAX).max(1);
                let column = u32::try_from(error.column()).unwrap_or(u32::MAX).max(1);
                let text = error.to_string();
                let message = text.split(" at line ").next().unwrap_or(&text).to_owned();
                let at = Location::at(path, Span::point(line, column));
                findings.push(Finding::new(&rules::BAD_FILE, at, message));
                continue;
            }
        };
        let doubt = doubt(ctx, &check, &mut ancestors)?;
        facts.push(CheckFact {
            name: check.name.as_str().to_owned(),
            path,
            status: match (&doubt, check.status) {
                (Some(_), CheckStatus::Pass) => CheckStatus::Inconclusive,
                (_, status) => status,
            },
            reason: doubt,
            items: check.items.iter().map(ToString::to_string).collect(),
        });
    }
    Ok((facts, findings))
}

/// Names of the JSON files of a folder, sorted; none where there is no folder.
fn names(ctx: &Context, folder: &str) -> Result<Vec<String>, Error> {
    let entries = match std::fs::read_dir(ctx.root().join(folder)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::on(format!("`{folder}`"), &error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Error::on(format!("`{folder}`"), &error))?;
        if let Ok(name) = entry.file_name().into_string()
            && name.ends_with(".json")
        {
            names.push(name);
        }
    }
    if names.len() > MAX_CHECKS {
        let message = format!("`{folder}` holds more than {MAX_CHECKS} checks");
        return Err(Error::io(message));
    }
    names.sort();
    Ok(names)
}

/// Answers about commits, each asked for once.
#[derive(Default)]
struct Ancestors(BTreeMap<String, Option<String>>);

/// Why a check's word does not count any more.
fn doubt(ctx: &Context, check: &Check, known: &mut Ancestors) -> Result<Option<String>, Error> {
    for evidence in &check.evidence {
        match ctx.read(&evidence.path)? {
            None => return Ok(Some(format!("`{}` is gone", evidence.path))),
            Some(bytes) if sha256(&bytes) != evidence.sha256.as_str() => {
                return Ok(Some(format!("`{}` has changed", evidence.path)));
            }
            Some(_) => {}
        }
    }
    let Some(commit) = &check.commit else {
        return Ok(None);
    };
    if let Some(answer) = known.0.get(commit) {
        return Ok(answer.clone());
    }
    let answer = ask(ctx, commit)?;
    known.0.insert(commit.clone(), answer.clone());
    Ok(answer)
}

fn ask(ctx: &Context, commit: &str) -> Result<Option<String>, Error> {
    let git = ctx.git();
    if git.require().is_err() {
        return Ok(Some(
            "there is no git history to look for its commit in".to_owned(),
        ));
    }
    let short: String = commit.chars().take(12).collect();
    let Some(oid) = git.rev_parse(commit)? else {
        return Ok(Some(format!("its commit {short} does not exist here")));
    };
    let Some(head) = git.head()? else {
        return Ok(Some("nothing is committed yet".to_owned()));
    };
    Ok(match git.is_ancestor(&oid, &head) {
        Ok(true) => None,
        Ok(false) => Some(format!("its commit {short} is no ancestor of this one")),
        Err(_) => Some(format!("history is cut off before its commit {short}")),
    })
}
