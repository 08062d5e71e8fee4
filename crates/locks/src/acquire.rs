//! `locks acquire`.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trueline_core::{Finding, Id, Location};
use trueline_kit::{Artifact, Context, Error, Format, escape};
use trueline_lease::{
    Answer, Conflict, DEFAULT_GRACE, Grant, OverlapKind, Refusal, Request, Rules, Source, State,
};
use trueline_scope::Glob;

use crate::args::{self, span, store_error};
use crate::list::{blind_finding, lock_path, overdue};
use crate::preflight::queue_items;
use crate::remote::{self, Flag};
use crate::{publish, rules, store, view};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Who acquires it, such as AGENT-1
    #[arg(long, value_parser = args::id)]
    owner: Id,
    /// The work item, such as WBS-1.2
    #[arg(long, value_parser = args::id)]
    task: Id,
    /// Paths that nobody else may change meanwhile, as a glob; several times for several
    #[arg(long, required = true, num_args = 1.., value_name = "GLOB")]
    scope: Vec<String>,
    /// Requirement that the work is for
    #[arg(long, num_args = 1.., value_name = "ID", value_parser = args::id)]
    nt: Vec<Id>,
    /// Design that it implements
    #[arg(long, num_args = 1.., value_name = "ID", value_parser = args::id)]
    td: Vec<Id>,
    /// How long the lock stands without a renewal [default: 30m, or trueline.toml]
    #[arg(long, value_name = "TIME", value_parser = args::duration)]
    lease: Option<Duration>,
    /// Wait this long for the scope to become free
    #[arg(long, value_name = "TIME", value_parser = args::duration)]
    wait: Option<Duration>,
    /// The agent's process: when it ends, the lock ends
    #[arg(long)]
    pid: Option<u32>,
    #[command(flatten)]
    remote: Flag,
    /// Refuse, too, where a lock file of another system might cover the scope
    #[arg(long)]
    strict_foreign: bool,
}

pub(crate) fn run(args: &Args, ctx: &Context) -> Result<(), Error> {
    lint_scopes(&args.scope, ctx)?;
    let store = store::open(ctx)?;
    note_unknown_task(&args.task, ctx);
    let git = ctx.git();
    let request = Request {
        owner: args.owner.clone(),
        task: args.task.clone(),
        scopes: args.scope.clone(),
        root: view::root(ctx)?,
        blueprint_refs: args.nt.iter().chain(&args.td).cloned().collect(),
        branch: git.branch()?,
        base_commit: git.head()?.map(|oid| oid.to_string()),
        lease: args.lease.unwrap_or(ctx.config().locks.lease),
        session: store::session(args.pid)?,
        remote: args.remote.target(ctx).map(|to| to.to_string()),
    };
    let rules = Rules {
        foreign_blocks: args.strict_foreign,
        ..Rules::default()
    };
    let remote = args.remote.open(&store, ctx)?;
    let begun = Instant::now();
    let wait = args.wait.unwrap_or_default();
    loop {
        let published = publish::read(ctx)?;
        let answer = store.acquire(&request, &published, rules);
        let refusal = match answer.map_err(|e| store_error(&e))? {
            Answer::Refused(refusal) => *refusal,
            Answer::Granted(grant) => {
                let elsewhere = match &remote {
                    Some(remote) => remote::join(remote, &store, &grant.record, rules, ctx)?,
                    None => None,
                };
                match elsewhere {
                    None => return granted(&grant, ctx),
                    Some(refusal) => refusal,
                }
            }
        };
        let left = wait.saturating_sub(begun.elapsed());
        if left.is_zero() {
            refused(&refusal, ctx);
            return Ok(());
        }
        let pause = if remote.is_some() { 2000 } else { 250 };
        std::thread::sleep(left.min(Duration::from_millis(pause)));
    }
}

/// A task that the queue does not have is likely misspelt; the queue may be behind, too.
fn note_unknown_task(task: &Id, ctx: &Context) {
    let path = ctx.config().path(Artifact::Queue);
    let Ok(Some(bytes)) = ctx.read(path) else {
        return;
    };
    let text = String::from_utf8_lossy(&bytes);
    if !queue_items(&text, ctx.config().aliases(Artifact::Queue)).contains_key(task) {
        ctx.note(format!("no queue item `{task}` in {path}"));
    }
}

/// What there is to say about globs that are right but likely not meant.
fn lint_scopes(scopes: &[String], ctx: &Context) -> Result<(), Error> {
    let note = |text: &String, what: &str| {
        let message = format!("scope `{text}`: {what}");
        let at = Location::file(publish::folder(ctx));
        ctx.report(Finding::new(&rules::BROAD_SCOPE, at, message).subject(text.clone()));
    };
    let mut tree: Option<Vec<String>> = None;
    for text in scopes {
        let glob = parse(text)?;
        for lint in glob.notes().iter().cloned().chain(glob.lints()) {
            note(text, &lint.message);
        }
        if text.contains('[') {
            let tree = tree.get_or_insert_with(|| tracked(ctx));
            for lint in glob.lints_for_tree(tree.iter()) {
                note(text, &lint.message);
            }
        }
        if let Some(path) = glob.is_literal()
            && ctx.root().join(&path).is_dir()
        {
            let what = "this is a folder, and the lock is for that path alone, not for the files \
                        in it: end it with a `/` to hold those";
            note(text, what);
        }
    }
    Ok(())
}

/// Every tracked path that is UTF-8; none where git cannot tell, for it is only about a hint.
fn tracked(ctx: &Context) -> Vec<String> {
    let entries = ctx.git().ls_files().unwrap_or_default();
    let text = |entry: trueline_kit::git::Entry| Some(entry.path.as_str()?.to_owned());
    entries.into_iter().filter_map(text).collect()
}

/// A glob from the command line.
pub(crate) fn parse(text: &str) -> Result<Glob, Error> {
    Glob::parse(text).map_err(|e| {
        let error = Error::usage(format!("`{text}` is no scope glob: {e}"));
        match e.help {
            Some(help) => error.hint(help),
            None => error,
        }
    })
}

pub(crate) fn granted(grant: &Grant, ctx: &Context) -> Result<(), Error> {
    let record = &grant.record;
    for old in &grant.superseded {
        let taken = publish::remove(ctx, &old.record.lock_id)?;
        let left = taken.map_or(String::new(), |path| format!("; removed {path}"));
        ctx.warn(format!(
            "the lock of {} for {} made way ({}): {} is kept in the live store's archive{left}",
            old.record.owner,
            old.record.task_id,
            old.reason,
            old.record.version_tag(),
        ));
    }
    for conflict in &grant.notes {
        ctx.note(describe(conflict, ctx));
    }
    for blind in &grant.blind {
        ctx.report(blind_finding(blind));
    }
    let path = publish::write(ctx, record, None)?;
    if ctx.data_format(&[Format::Human, Format::Json, Format::Jsonl])? == Format::Human {
        use std::io::Write as _;
        writeln!(
            ctx.out(),
            "{} holds {} for {} (lock {}, fence {}, lease {}), published in {path}",
            record.owner,
            view::shown_of(ctx, record),
            record.task_id,
            record.version_tag(),
            record.fence,
            span(i64::try_from(record.lease_seconds).unwrap_or(i64::MAX)),
        )?;
        return Ok(());
    }
    let superseded: Vec<Value> = grant
        .superseded
        .iter()
        .map(|old| json!(old.record))
        .collect();
    ctx.print_json(&json!({
        "version": 1,
        "granted": true,
        "path": path,
        "lock": record,
        "superseded": superseded,
    }))
}

/// A refusal as findings: exit 1.
pub(crate) fn refused(refusal: &Refusal, ctx: &Context) {
    if let Some(held) = &refusal.already {
        let record = &held.record;
        let message = format!(
            "`{}` holds {} for `{}` already ({})",
            record.owner,
            view::shown_of(ctx, record),
            record.task_id,
            record.version_tag(),
        );
        let at = Location::file(lock_path(ctx, held));
        let mut finding = Finding::new(&rules::ALREADY_HELD, at, message);
        if held.source != Source::Live {
            finding.help = Some(format!(
                "it was taken in another clone: release it there, or `locks recover --expect {} \
                 --reason TEXT`",
                record.version_tag()
            ));
        }
        ctx.report(finding);
    }
    let own = refusal.already.as_ref().map(|held| &held.record.lock_id);
    for conflict in &refusal.conflicts {
        if Some(&conflict.held.record.lock_id) == own {
            continue;
        }
        let at = Location::file(lock_path(ctx, &conflict.held));
        let mut finding = Finding::new(&rules::SCOPE_CONFLICT, at, describe(conflict, ctx));
        finding.subject = Some(conflict.held.record.lock_id.to_string());
        if overdue(&conflict.held) {
            let recover = format!(
                "`locks recover --expect {} --reason TEXT`",
                conflict.held.record.version_tag()
            );
            finding.help = Some(match conflict.held.verdict.state {
                State::Active => format!(
                    "its lease seems to be over: once {}s of grace are over too, {recover}",
                    DEFAULT_GRACE.as_secs()
                ),
                State::Stale(_) => format!("it seems to be left over: {recover}"),
            });
        }
        ctx.report(finding);
    }
    for blind in &refusal.blind {
        ctx.report(blind_finding(blind).level(trueline_core::Level::Error));
    }
}

/// Holder, task, lease left, both globs and the witness, in one sentence.
fn describe(conflict: &Conflict, ctx: &Context) -> String {
    let record = &conflict.held.record;
    let how = match conflict.kind {
        OverlapKind::Shared => "both hold",
        OverlapKind::Ancestor { .. } => "a file of one is a folder of the other at",
    };
    let left = conflict.held.verdict.lease_left;
    let lease = if left >= 0 {
        format!("{} of its lease left", span(left))
    } else {
        format!("its lease over for {}", span(left))
    };
    let from = match conflict.held.source {
        Source::Live => "",
        Source::Published(_) | Source::Remote(_) => ", from another clone",
    };
    format!(
        "`{}` meets `{}`, held by `{}` for `{}` ({lease}{from}): {how} `{}`",
        view::from_here(ctx, &conflict.ours),
        view::from_here(ctx, &conflict.theirs),
        record.owner,
        record.task_id,
        view::from_here(ctx, &conflict.witness),
    )
}

pub(crate) fn shown(scopes: &[String]) -> String {
    let mut list: Vec<String> = scopes
        .iter()
        .take(4)
        .map(|s| format!("`{}`", escape::line(s)))
        .collect();
    if scopes.len() > 4 {
        list.push(format!("and {} more", scopes.len() - 4));
    }
    list.join(", ")
}
