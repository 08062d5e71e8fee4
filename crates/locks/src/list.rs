//! `locks list`, `locks status`, `locks sweep`: looking, without changing what is held.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use trueline_core::{Finding, Location};
use trueline_kit::{Context, Error, Format, escape};
use trueline_lease::{Blind, Clock, Held, Place, Snapshot, Source, State};

use crate::args::{self, span, store_error};
use crate::remote::{self, Flag};
use crate::{publish, rules, store, view};

const FORMATS: &[Format] = &[Format::Human, Format::Json, Format::Jsonl];

#[derive(clap::Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    remote: Flag,
}

#[derive(clap::Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    remote: Flag,
    /// Paths, relative to the current folder
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

#[derive(clap::Args)]
pub(crate) struct SweepArgs {
    /// Idle time after which a lock is a candidate for recovery [default: 60m, or trueline.toml]
    #[arg(long, value_name = "TIME", value_parser = args::duration)]
    orphan_timeout: Option<Duration>,
}

pub(crate) fn snapshot(ctx: &Context, remote: &Flag) -> Result<Snapshot, Error> {
    let store = store::open_to_look(ctx)?;
    let mut snapshot = store
        .list(&publish::read(ctx)?)
        .map_err(|e| store_error(&e))?;
    if let Some(remote) = remote.open(&store, ctx)? {
        remote::add(&remote, &mut snapshot)?;
    }
    Ok(snapshot)
}

pub(crate) fn list(args: &ListArgs, ctx: &Context) -> Result<(), Error> {
    let format = ctx.data_format(FORMATS)?;
    let snapshot = snapshot(ctx, &args.remote)?;
    report_troubles(&snapshot, ctx);
    if format != Format::Human {
        return ctx.print_json(&json!({
            "version": 1,
            "locks": snapshot.locks.iter().map(|held| held_json(held, ctx)).collect::<Vec<_>>(),
            "unreadable": snapshot.blind.iter().map(blind_json).collect::<Vec<_>>(),
            "ended": snapshot.ended.iter().map(|(path, record)| json!({
                "path": path, "lock_id": record.lock_id, "owner": record.owner,
            })).collect::<Vec<_>>(),
        }));
    }
    let mut out = ctx.out();
    if snapshot.locks.is_empty() && snapshot.blind.is_empty() {
        writeln!(out, "no locks")?;
    }
    for held in &snapshot.locks {
        let record = &held.record;
        writeln!(
            out,
            "{}  {}  {}  {}",
            record.owner,
            record.task_id,
            state(held),
            view::shown_of(ctx, record),
        )?;
        writeln!(
            out,
            "    since {}, {}, lock {}, fence {}{}",
            record.start_time,
            lease(held),
            record.version_tag(),
            record.fence,
            match &held.source {
                Source::Live => String::new(),
                Source::Published(path) | Source::Remote(path) => format!(", from {path}"),
            },
        )?;
    }
    for blind in &snapshot.blind {
        writeln!(
            out,
            "?  {}  {}  {}",
            blind_state(blind),
            escape::line(&blind.path),
            escape::line(&blind.why)
        )?;
    }
    Ok(out.finish()?)
}

pub(crate) fn status(args: &StatusArgs, ctx: &Context) -> Result<(), Error> {
    let format = ctx.data_format(FORMATS)?;
    let snapshot = snapshot(ctx, &args.remote)?;
    report_troubles(&snapshot, ctx);
    let mut answers = Vec::new();
    let mut out = ctx.out();
    for path in &args.paths {
        let path = ctx.relative(path)?;
        let whole = view::whole(ctx, &path)?;
        let holders = snapshot.holders(&whole);
        if format != Format::Human {
            let list: Vec<Value> = holders
                .iter()
                .map(|(held, scope)| {
                    let mut value = held_json(held, ctx);
                    if let Value::Object(map) = &mut value {
                        let glob = view::scope(ctx, &held.record, scope);
                        map.insert("glob".into(), json!(glob));
                    }
                    value
                })
                .collect();
            answers.push(json!({"path": path, "holders": list}));
            continue;
        }
        if holders.is_empty() {
            writeln!(out, "{}: free", escape::line(&path))?;
        }
        for (held, scope) in holders {
            let (owner, task) = (&held.record.owner, &held.record.task_id);
            let (state, lease) = (state(held), lease(held));
            let scope = view::scope(ctx, &held.record, scope);
            let (path, scope) = (escape::line(&path), escape::line(&scope));
            writeln!(
                out,
                "{path}: {owner} for {task} by `{scope}`, {state}, {lease}"
            )?;
        }
    }
    out.finish()?;
    if format != Format::Human {
        ctx.print_json(&json!({"version": 1, "paths": answers}))?;
    }
    Ok(())
}

pub(crate) fn sweep(args: &SweepArgs, ctx: &Context) -> Result<(), Error> {
    let store = store::open(ctx)?;
    let timeout = args
        .orphan_timeout
        .unwrap_or(ctx.config().locks.orphan_timeout);
    let candidates = store
        .sweep(timeout, &publish::read(ctx)?)
        .map_err(|e| store_error(&e))?;
    for candidate in candidates {
        ctx.report(stale_finding(&candidate.held, ctx));
    }
    ctx.complete_check();
    Ok(())
}

/// What is wrong with the files themselves.
fn report_troubles(snapshot: &Snapshot, ctx: &Context) {
    ctx.report_all(snapshot.blind.iter().map(blind_finding));
    ctx.report_all(snapshot.ended.iter().map(|(path, record)| {
        let message = format!(
            "the lock {} of `{}` has ended in this clone; this copy is left over",
            record.lock_id, record.owner
        );
        Finding::new(&rules::ENDED_LOCK, Location::file(path.clone()), message)
    }));
}

pub(crate) fn blind_finding(blind: &Blind) -> Finding {
    let rule = if blind.foreign {
        &rules::FOREIGN_LOCK
    } else {
        &rules::UNREADABLE_LOCK
    };
    let at = Location::file(place(blind));
    Finding::new(rule, at, format!("counts as held: {}", blind.why)).subject(blind.path.clone())
}

/// A path for a finding; a live record is named by its place in the git folder.
fn place(blind: &Blind) -> String {
    if !blind.live {
        return blind.path.clone();
    }
    let name = blind.path.rsplit(['/', '\\']).next().unwrap_or_default();
    format!(".git/trueline/live/{name}")
}

pub(crate) fn stale_finding(held: &Held, ctx: &Context) -> Finding {
    let record = &held.record;
    let why = match held.verdict.state {
        State::Stale(reason) => reason.to_string(),
        State::Active => format!(
            "nobody renewed it for {}",
            span(i64::try_from(held.verdict.idle.as_secs()).unwrap_or(i64::MAX))
        ),
    };
    let marked = held.marked.as_ref();
    let marked = marked.map_or(String::new(), |at| format!(", marked {at}"));
    let message = format!(
        "`{}` for `{}` on {}: {why}{marked}",
        record.owner,
        record.task_id,
        view::shown_of(ctx, record)
    );
    let at = Location::file(lock_path(ctx, held));
    Finding::new(&rules::STALE_LOCK, at, message)
        .subject(record.lock_id.to_string())
        .help(format!(
            "look at its branch{}, then `locks recover --expect {} --reason TEXT`",
            record
                .branch
                .as_ref()
                .map_or(String::new(), |b| format!(" {b}")),
            record.version_tag()
        ))
}

/// The path under which a lock is, or would be, published.
pub(crate) fn lock_path(ctx: &Context, held: &Held) -> String {
    match &held.source {
        Source::Published(path) => path.clone(),
        Source::Live if view::is_elsewhere(ctx, &held.record) => {
            format!(".git/trueline/live/{}.json", held.record.lock_id)
        }
        Source::Live | Source::Remote(_) => publish::path(ctx, held.record.owner.as_str()),
    }
}

/// Stale, or over by its holder's own clock.
pub(crate) fn overdue(held: &Held) -> bool {
    held.verdict.state != State::Active || held.verdict.claims_over
}

fn state(held: &Held) -> String {
    match held.verdict.state {
        State::Active => "active".into(),
        State::Stale(reason) => format!("stale ({reason})"),
    }
}

fn blind_state(blind: &Blind) -> &'static str {
    if blind.foreign {
        "foreign"
    } else {
        "unreadable"
    }
}

fn lease(held: &Held) -> String {
    let left = held.verdict.lease_left;
    let mut text = if left >= 0 {
        format!("{} of the lease left", span(left))
    } else {
        format!("lease over for {}", span(left))
    };
    if held.verdict.clock == Clock::Watched {
        text.push_str(" (as watched from here)");
    }
    text
}

pub(crate) fn held_json(held: &Held, ctx: &Context) -> Value {
    let (source, path) = match &held.source {
        Source::Live => ("live", None),
        Source::Published(path) => ("published", Some(path)),
        Source::Remote(table) => ("remote", Some(table)),
    };
    let (state, reason) = match held.verdict.state {
        State::Active => ("active", None),
        State::Stale(reason) => ("stale", Some(reason.to_string())),
    };
    let place = match held.verdict.place {
        Place::Here => "here",
        Place::Machine => "machine",
        Place::Foreign => "foreign",
    };
    json!({
        "owner": held.record.owner,
        "task_id": held.record.task_id,
        "scope_paths": view::scopes(ctx, &held.record),
        "start_time": held.record.start_time,
        "lock_id": held.record.lock_id,
        "seq": held.record.seq,
        "fence": held.record.fence,
        "lock": held.record,
        "expect": held.record.version_tag(),
        "source": source,
        "path": path,
        "state": state,
        "reason": reason,
        "place": place,
        "lease_left_seconds": held.verdict.lease_left,
        "idle_seconds": held.verdict.idle.as_secs(),
        "watched": held.verdict.clock == Clock::Watched,
        "over_by_its_own_clock": held.verdict.claims_over,
        "marked": held.marked,
    })
}

pub(crate) fn blind_json(blind: &Blind) -> Value {
    json!({
        "path": place(blind),
        "state": blind_state(blind),
        "live": blind.live,
        "why": blind.why,
    })
}
