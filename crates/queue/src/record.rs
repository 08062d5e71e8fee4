//! `queue check NAME -- COMMAND…`: runs a command and records what came of it.

use std::fs::File;
use std::process::{Command, Stdio};

use trueline_core::artifact::Version;
use trueline_core::artifact::check::{Check as Record, CheckStatus};
use trueline_core::artifact::crosswalk::Evidence;
use trueline_core::scalar::{Text, Timestamp};
use trueline_core::{Finding, Id, Location};
use trueline_kit::git::{Change, Oid, Target};
use trueline_kit::{Artifact, Context, Error};
use trueline_plan::Plan;
use trueline_plan_files::{Files, has_git, inputs_at, is_own, sha256};

use crate::args::Check;
use crate::rules::CHECK_FAILED;
use crate::tell::find;

/// Exit code by which a command says that it could not run yet (EX_TEMPFAIL of sysexits.h).
const BLOCKED: i32 = 75;

/// Longest name of a check, in bytes.
const MAX_NAME: usize = 64;

pub(crate) fn record(ctx: &Context, name: &str, options: &Check) -> Result<(), Error> {
    let Some((program, arguments)) = options.command.split_first() else {
        return Err(Error::usage("there is no command to run").hint("queue check NAME -- COMMAND…"));
    };
    if !is_name(name) {
        return Err(Error::usage(format!("`{name}` is no name of a check"))
            .hint("letters, digits, `.`, `_` and `-`, beginning with a letter or digit"));
    }
    let config = ctx.config();
    let path = format!("{}/{name}.json", config.path(Artifact::ChecksDir));
    let files = match Files::read(ctx) {
        Ok(files) => Some(files),
        Err(error) if !options.items.is_empty() => return Err(error),
        Err(_) => None,
    };
    let plan = files.as_ref().map(|files| files.join().0);
    let mut items = items(plan.as_ref(), &options.items)?;
    if !options.replace {
        keep(ctx, &path, &options.command, &mut items)?;
    }
    let commit = tested(ctx, options.allow_dirty)?;
    let inputs = match (&commit, &plan) {
        (Some(commit), Some(plan)) => Some(inputs_at(ctx, plan, &items, commit)?),
        _ => None,
    };
    let log = format!(
        "{}/checks/{name}.log",
        config.path(Artifact::TestReportsDir)
    );
    // Through the writer, so that folders are made and links out are refused.
    ctx.writer().write(&log, b"")?;
    let file = File::create(ctx.root().join(&log))
        .map_err(|error| Error::on(format!("`{log}`"), &error))?;
    let errors = file
        .try_clone()
        .map_err(|error| Error::on(format!("`{log}`"), &error))?;
    let status = Command::new(program)
        .args(arguments)
        .current_dir(ctx.root())
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(errors)
        .status()
        .map_err(|error| Error::on(format!("cannot run `{program}`"), &error))?;
    let outcome = match status.code() {
        Some(0) => CheckStatus::Pass,
        Some(BLOCKED) => CheckStatus::Blocked,
        _ => CheckStatus::Fail,
    };
    let bytes = ctx.read(&log)?.unwrap_or_default();
    let bug = |what: &str| Error::bug(format!("{what} has a form that its type refuses"));
    let check = Record {
        version: Version::default(),
        name: Text::new(name).ok_or_else(|| bug("the name"))?,
        status: outcome,
        command: options.command.clone(),
        exit_code: status.code(),
        commit: commit.map(|oid| oid.as_str().to_owned()),
        items,
        inputs,
        evidence: vec![Evidence {
            path: log.clone(),
            sha256: sha256(&bytes),
        }],
        at: Timestamp::new(now(ctx)).ok_or_else(|| bug("the time"))?,
        tool: Some(format!("queue {}", trueline_kit::VERSION)),
    };
    let mut text = serde_json::to_string_pretty(&check)
        .map_err(|error| Error::bug(format!("the check cannot be written: {error}")))?;
    text.push('\n');
    ctx.writer().write(&path, text.as_bytes())?;
    ctx.note(format!("{name}: {}, recorded in {path}", word(outcome)));
    if check.items.is_empty() {
        ctx.note(format!(
            "{name} speaks for no item: `--item ID` makes it evidence of one"
        ));
    }
    if check.commit.is_none() && ctx.git().require().is_ok() {
        ctx.warn(format!(
            "{name} names no commit, so that it counts as inconclusive"
        ));
    }
    if outcome != CheckStatus::Pass {
        let how = match status.code() {
            Some(code) => format!("ended with {code}"),
            None => "was ended by a signal".to_owned(),
        };
        let message = format!("the check `{name}` {}: the command {how}", word(outcome));
        ctx.report(
            Finding::new(&CHECK_FAILED, Location::file(path), message)
                .related(Location::file(log), "its output")
                .subject(name),
        );
    }
    Ok(())
}

fn word(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Pass => "passes",
        CheckStatus::Fail => "fails",
        CheckStatus::Blocked => "is blocked",
        CheckStatus::Inconclusive => "is inconclusive",
    }
}

/// The time in UTC, to the second.
fn now(ctx: &Context) -> String {
    let now = ctx.clock().now().to_string();
    match now.split_once('.') {
        Some((whole, _)) => format!("{whole}Z"),
        None => now,
    }
}

fn is_name(name: &str) -> bool {
    trueline_core::id::is_id(name) && name.len() <= MAX_NAME
}

/// The items of an earlier record of the same command stay. One of another command that speaks
/// for other items is not to be lost unseen.
fn keep(ctx: &Context, path: &str, command: &[String], items: &mut Vec<Id>) -> Result<(), Error> {
    let bytes = ctx.read(path)?.unwrap_or_default();
    let Ok(old) = serde_json::from_slice::<Record>(&bytes) else {
        return Ok(());
    };
    let lost: Vec<&Id> = old.items.iter().filter(|id| !items.contains(id)).collect();
    if let Some(first) = lost.first()
        && old.command != command
    {
        let more = match lost.len() - 1 {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        return Err(Error::usage(format!(
            "`{path}` is the check of `{first}`{more}, by another command"
        ))
        .hint("choose another name, or give `--replace`"));
    }
    items.extend(old.items);
    items.sort();
    items.dedup();
    Ok(())
}

/// The commit whose content is tested: that of HEAD, if the tracked files are as it has them.
fn tested(ctx: &Context, allow_dirty: bool) -> Result<Option<Oid>, Error> {
    let git = ctx.git();
    if !has_git(ctx)? {
        return Ok(None);
    }
    let Some(head) = git.head()? else {
        return Ok(None);
    };
    let changes = git.diff(&head, Target::WorkTree)?;
    let mut paths = changes
        .iter()
        .flat_map(Change::paths)
        .filter(|path| path.as_str().is_none_or(|path| !is_own(ctx, path)));
    let Some(first) = paths.next() else {
        return Ok(Some(head));
    };
    if allow_dirty {
        return Ok(None);
    }
    let more = match paths.count() {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    Err(Error::usage(format!(
        "`{}`{more} differs from the commit, so that the outcome would be of neither",
        first.display()
    ))
    .hint("commit or stash first; with `--allow-dirty` it runs and shows nothing"))
}

/// The items, each of which has to exist.
fn items(plan: Option<&Plan<'_>>, ids: &[String]) -> Result<Vec<Id>, Error> {
    let mut items = Vec::new();
    for (id, plan) in ids.iter().filter_map(|id| Some((id, plan?))) {
        let item = find(plan, id)?;
        items.push(Id::new(item.id()).map_err(|error| Error::usage(error.to_string()))?);
    }
    items.sort();
    items.dedup();
    Ok(items)
}
