//! Ledgers beside an earlier revision of themselves.

use std::collections::BTreeSet;
use std::io::Read;

use flate2::read::MultiGzDecoder;
use serde_json::Value;
use trueline_core::{Finding, Location};
use trueline_kit::git::Oid;
use trueline_kit::{Context, Error, ErrorKind};

use crate::document::record_places;
use crate::history::{self, Changes};
use crate::input::Input;
use crate::ledger::{Format, Kind, Ledger};
use crate::rules::history as rules;

/// A revision that ledgers are compared with.
#[derive(Debug, Clone)]
pub(super) struct Base {
    /// As it was named.
    pub(super) name: String,
    /// The commit.
    pub(super) commit: Oid,
}

/// The place where the present branch left the one that `rev` names. `None`, and an
/// inconclusive finding, where it is not there.
pub(super) fn merge_base(
    ctx: &Context,
    rev: &str,
    tip: Result<Oid, Error>,
) -> Result<Option<Base>, Error> {
    let git = ctx.git();
    let found = tip.and_then(|tip| match git.head()? {
        Some(head) => git.merge_base(&tip, &head),
        None => Err(Error::inconclusive("there is no commit here yet")),
    });
    match found {
        Ok(commit) => Ok(Some(Base {
            name: rev.to_owned(),
            commit,
        })),
        Err(error) if error.kind() == ErrorKind::Inconclusive => {
            let mut finding =
                Finding::new(&rules::MISSING_BASE, Location::file("."), error.message());
            if !error.hints().is_empty() {
                finding = finding.help(error.hints().join("; "));
            }
            ctx.inconclusive(finding);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

impl Base {
    /// What a file was; `None` where it was not there.
    pub(super) fn content(&self, ctx: &Context, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let limit = ctx.config().limits.file_bytes;
        let Some(bytes) = ctx.git().show(&self.commit, path, limit)? else {
            return Ok(None);
        };
        if !path.ends_with(".gz") {
            return Ok(Some(bytes));
        }
        let mut unpacked = Vec::new();
        let failed = |error: std::io::Error| {
            Error::on(format!("cannot read `{}:{path}`", self.name), &error)
        };
        MultiGzDecoder::new(&*bytes)
            .take(limit.saturating_add(1))
            .read_to_end(&mut unpacked)
            .map_err(failed)?;
        if unpacked.len() as u64 > limit {
            return Err(Error::io(format!(
                "`{}:{path}` is larger than the limit of {limit} bytes",
                self.name
            )));
        }
        Ok(Some(unpacked))
    }
}

/// Whether the rules of history bind a ledger.
pub(super) fn is_bound(ledger: &Ledger) -> bool {
    ledger.kind == Kind::AppendOnly
        && (ledger.format == Format::Jsonl
            || (ledger.format == Format::Json && !ledger.records.is_empty()))
}

/// Compares a ledger with what it was; gives the findings, and the number of lines that stand
/// unchanged at its start.
pub(super) fn compare(
    ctx: &Context,
    input: &Input,
    ledger: &Ledger,
    base: &Base,
) -> Result<(Vec<Finding>, Option<u32>), Error> {
    let Some(before) = base.content(ctx, &input.shown)? else {
        return Ok((Vec::new(), None));
    };
    if ledger.format == Format::Json {
        let now = input.read(ctx.config().limits.file_bytes)?;
        return Ok((records(input, ledger, base, &before, &now), None));
    }
    let old = history::lines(&before);
    let committed = u32::try_from(old.len()).unwrap_or(u32::MAX);
    if starts_with(input, &before)? {
        return Ok((Vec::new(), Some(committed)));
    }
    let now = input.read(ctx.config().limits.file_bytes)?;
    let new = history::lines(&now);
    let changes = history::compare(&old, &new);
    let mut findings = history::findings(&input.shown, &base.name, &old, &new, &changes);
    if findings.is_empty() {
        // The lines are the same, the line end of the last is gone.
        let at = Location::file(&*input.shown);
        findings.push(Finding::new(
            &rules::REWRITTEN_LINE,
            at,
            format!("the last line end of {} was removed", base.name),
        ));
    }
    Ok((findings, Some(committed)))
}

/// Whether a file begins with these bytes, in memory that does not grow with the file.
fn starts_with(input: &Input, start: &[u8]) -> Result<bool, Error> {
    let mut reader = input.open()?;
    let mut rest = start;
    while !rest.is_empty() {
        let chunk = reader
            .fill_buf()
            .map_err(|error| Error::on(format!("cannot read `{}`", input.shown), &error))?;
        let length = chunk.len().min(rest.len());
        if length == 0 || chunk.get(..length) != rest.get(..length) {
            return Ok(false);
        }
        rest = rest.get(length..).unwrap_or_default();
        reader.consume(length);
    }
    Ok(true)
}

/// Compares the records of a JSON document.
fn records(input: &Input, ledger: &Ledger, base: &Base, before: &[u8], now: &[u8]) -> Vec<Finding> {
    let list = |bytes: &[u8]| -> Option<Vec<String>> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        let records = value.pointer(ledger.records)?.as_array()?;
        Some(records.iter().map(ToString::to_string).collect())
    };
    // A broken present file is reported as what it is; a broken earlier one binds nobody.
    let (Some(old), Some(new)) = (list(before), list(now)) else {
        return Vec::new();
    };
    let changes = history::compare(&old, &new);
    let places = record_places(&input.shown, now, ledger.records);
    let old: Vec<&[u8]> = old.iter().map(String::as_bytes).collect();
    let new: Vec<&[u8]> = new.iter().map(String::as_bytes).collect();
    history::findings(&input.shown, &base.name, &old, &new, &changes)
        .into_iter()
        .zip(&changes.events)
        .map(|(mut finding, event)| {
            let slot = usize::try_from(event.now.saturating_sub(1)).unwrap_or(usize::MAX);
            finding.at = places
                .get(slot)
                .cloned()
                .unwrap_or_else(|| Location::file(&*input.shown));
            finding.message = finding.message.replacen("line", "record", 1);
            finding
        })
        .collect()
}

/// The lines that a file has and did not have at that revision; `None`: all.
pub(super) fn added(
    ctx: &Context,
    input: &Input,
    base: &Base,
) -> Result<Option<BTreeSet<u32>>, Error> {
    let Some(before) = base.content(ctx, &input.shown)? else {
        return Ok(None);
    };
    let now = input.read(ctx.config().limits.file_bytes)?;
    let changes: Changes = history::compare(&history::lines(&before), &history::lines(&now));
    let mut added = changes.added;
    let is_rewritten = |kind| {
        matches!(
            kind,
            history::EventKind::Rewritten | history::EventKind::Respaced
        )
    };
    added.extend(
        changes
            .events
            .iter()
            .filter(|event| is_rewritten(event.kind))
            .map(|event| event.now),
    );
    Ok(Some(added))
}

/// Whether both sides went on differently from what they share.
pub(super) fn diverged(ctx: &Context, input: &Input, tip: &Base) -> Result<Option<Finding>, Error> {
    let Some(theirs) = tip.content(ctx, &input.shown)? else {
        return Ok(None);
    };
    let ours = input.read(ctx.config().limits.file_bytes)?;
    if ours.starts_with(&theirs) || theirs.starts_with(&ours) {
        return Ok(None);
    }
    let (ours, theirs) = (history::lines(&ours), history::lines(&theirs));
    let same = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
    let here: BTreeSet<&[u8]> = ours.iter().copied().collect();
    let missing = theirs
        .iter()
        .skip(same)
        .filter(|line| !here.contains(**line))
        .count();
    let line = u32::try_from(same).unwrap_or(u32::MAX).saturating_add(1);
    let message = match missing {
        0 => format!("the records of {} stand in another order here", tip.name),
        1 => format!(
            "{} has a record after the common start that is not here",
            tip.name
        ),
        count => format!(
            "{} has {count} records after the common start that are not here",
            tip.name
        ),
    };
    let at = Location::at(&*input.shown, trueline_core::Span::point(line, 1));
    Ok(Some(Finding::new(&rules::DIVERGED, at, message)))
}
