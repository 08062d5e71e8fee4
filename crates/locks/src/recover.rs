//! `locks recover`: take over exactly the lock that was seen.

use std::io::Write as _;

use serde_json::json;
use trueline_core::Id;
use trueline_kit::{Artifact, Context, Error, Format};
use trueline_lease::{
    Archived, LockId, Published, Reading, Record, Recovery, Remote, Request, Rules, Source, Store,
};

use crate::acquire::refused;
use crate::args::{self, store_error};
use crate::remote::{self, Flag, remote_error};
use crate::{publish, store, view};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The lock as it was seen: `locks list` shows LOCK_ID:SEQ
    #[arg(long, value_name = "LOCK_ID:SEQ", value_parser = args::expect)]
    expect: (LockId, u64),
    /// Why; kept with the old lock
    #[arg(long)]
    reason: String,
    /// Who holds the scope from now on [default: the owner of the old lock]
    #[arg(long, value_parser = args::id)]
    owner: Option<Id>,
    /// The work item [default: that of the old lock]
    #[arg(long, value_parser = args::id)]
    task: Option<Id>,
    /// The new holder's process
    #[arg(long)]
    pid: Option<u32>,
    #[command(flatten)]
    remote: Flag,
    /// Set the old lock aside and hold nothing
    #[arg(long, conflicts_with_all = ["owner", "task", "pid"])]
    free: bool,
    /// Even if its holder seems to be alive
    #[arg(long)]
    force: bool,
    /// Write a recovery report under docs/runs/, too
    #[arg(long)]
    report: bool,
}

pub(crate) fn run(args: &Args, ctx: &Context) -> Result<(), Error> {
    let store = store::open(ctx)?;
    let (id, seq) = &args.expect;
    let held = store.list(&[]).map_err(|e| store_error(&e))?.locks;
    let held = held.iter().find(|held| held.record.lock_id == *id);
    let target = match held {
        Some(held) => args.remote.target_of(&held.record, ctx),
        None => args.remote.target(ctx),
    };
    let remote = remote::open(target.as_ref(), &store, ctx)?;
    let mut published = publish::read(ctx)?;
    let evicted = match &remote {
        Some(remote) => evict(remote, &store, args, &mut published, ctx)?,
        None => false,
    };
    let listed = store.list(&published).map_err(|e| store_error(&e))?;
    let old = listed.locks.iter().find(|held| held.record.lock_id == *id);
    let request = match old {
        Some(held) if !args.free => {
            let target = target.map(|to| to.to_string());
            Some(request(args, &held.record, target, ctx)?)
        }
        _ => None,
    };
    let rules = Rules {
        one_per_owner: false,
        ..Rules::default()
    };
    let recovery = store.recover(
        (id, *seq),
        &args.reason,
        args.force || evicted,
        request.as_ref(),
        &published,
        rules,
    );
    let recovery = recovery.map_err(|e| store_error(&e))?;
    if let Some(remote) = &remote
        && !remote::recovered(remote, &store, &recovery, ctx)?
    {
        return Ok(());
    }
    match recovery {
        Recovery::Refused(refusal) => {
            refused(&refusal, ctx);
            Ok(())
        }
        Recovery::Done { old, new } => {
            let new = new.map(|grant| grant.record);
            done(args, &old, new.as_ref(), ctx)
        }
    }
}

/// A lock that only the table knows is taken out there, as it was seen, and then taken over like
/// a published one. Says whether it was.
fn evict(
    remote: &Remote<'_>,
    store: &Store,
    args: &Args,
    published: &mut Vec<Published>,
    ctx: &Context,
) -> Result<bool, Error> {
    let (id, seq) = &args.expect;
    let table = remote.table().map_err(|e| remote_error(&e))?;
    let Some(entry) = table.get(id) else {
        return Ok(false);
    };
    let is_it = |p: &Published| matches!(&p.reading, Reading::Lock(r) if r.lock_id == *id);
    published.retain(|p| !is_it(p));
    published.push(Published {
        path: ctx.config().locks.reference.clone(),
        reading: Reading::Lock(Box::new(entry.lock.clone())),
    });
    let listed = store.list(published).map_err(|e| store_error(&e))?;
    let mut here = listed
        .locks
        .iter()
        .filter(|held| held.record.lock_id == *id);
    if here.any(|held| held.source == Source::Live) {
        return Ok(false);
    }
    remote
        .evict(id, *seq, args.force)
        .map_err(|e| remote_error(&e))?;
    Ok(true)
}

fn request(
    args: &Args,
    old: &Record,
    remote: Option<String>,
    ctx: &Context,
) -> Result<Request, Error> {
    let git = ctx.git();
    Ok(Request {
        owner: args.owner.clone().unwrap_or_else(|| old.owner.clone()),
        task: args.task.clone().unwrap_or_else(|| old.task_id.clone()),
        scopes: old.scope_paths.clone(),
        root: old.root().to_owned(),
        blueprint_refs: old.blueprint_refs.clone(),
        branch: git.branch()?,
        base_commit: git.head()?.map(|oid| oid.to_string()),
        lease: ctx.config().locks.lease,
        session: store::session(args.pid)?,
        remote,
    })
}

fn done(args: &Args, old: &Archived, new: Option<&Record>, ctx: &Context) -> Result<(), Error> {
    let kept = std::fs::read(&old.path).map_err(|e| Error::on("the live store's archive", &e))?;
    let name = format!("{}-{}.json", old.record.lock_id, old.record.seq);
    let archive = format!("{}/archive/{name}", publish::folder(ctx));
    ctx.writer().write(&archive, &kept)?;
    publish::remove(ctx, &old.record.lock_id)?;
    let path = match new {
        Some(record) => {
            let path = publish::path(ctx, &format!("{}-recovery", old.record.owner));
            Some(publish::write(ctx, record, Some(path))?)
        }
        None => None,
    };
    let report = args.report.then(|| report(old, new, ctx)).transpose()?;
    if ctx.data_format(&[Format::Human, Format::Json, Format::Jsonl])? != Format::Human {
        return ctx.print_json(&json!({
            "version": 1,
            "recovered": true,
            "old": old.record,
            "reason": old.reason,
            "archive": archive,
            "lock": new,
            "path": path,
            "report": report,
        }));
    }
    let mut out = ctx.out();
    let (owner, scopes) = (&old.record.owner, view::shown_of(ctx, &old.record));
    writeln!(
        out,
        "took {scopes} from {owner}; the old lock is in {archive}"
    )?;
    if let (Some(record), Some(path)) = (new, path) {
        let (tag, fence) = (record.version_tag(), record.fence);
        writeln!(
            out,
            "{} holds it now (lock {tag}, fence {fence}), published in {path}",
            record.owner
        )?;
    }
    if let Some(report) = report {
        writeln!(out, "wrote {report}")?;
    }
    Ok(out.finish()?)
}

/// The seed's recovery report: what was found, and what is left to decide by a person.
fn report(old: &Archived, new: Option<&Record>, ctx: &Context) -> Result<String, Error> {
    let record = &old.record;
    let now = ctx.clock().now();
    let stamp: String = now
        .to_string()
        .chars()
        .filter(|c| !matches!(c, ':' | '-'))
        .collect();
    let runs = ctx.config().path(Artifact::RunsDir);
    let path = format!("{runs}/recovery-{}-{stamp}.md", record.owner);
    let plain = |text: &str| -> String {
        let visible = |c: char| if c.is_control() || c == '`' { ' ' } else { c };
        text.chars().map(visible).collect()
    };
    let line = |name: &str, value: &str| format!("- {name}: `{}`\n", plain(value));
    let mut text = format!("# Recovery of the lock of {}\n\n", record.owner);
    text.push_str(&line("at", &now.to_string()));
    text.push_str(&line("old lock", &record.version_tag()));
    text.push_str(&line("task", record.task_id.as_str()));
    text.push_str(&line("scope", &view::scopes(ctx, record).join(" ")));
    text.push_str(&line(
        "branch",
        record.branch.as_deref().unwrap_or("not recorded"),
    ));
    text.push_str(&line(
        "base commit",
        record.base_commit.as_deref().unwrap_or("not recorded"),
    ));
    text.push_str(&line("reason", &old.reason));
    if let Some(new) = new {
        let holder = format!("{} ({}, fence {})", new.owner, new.version_tag(), new.fence);
        text.push_str(&line("new holder", &holder));
    }
    text.push_str(
        "\n## Left to do\n\n- [ ] Look at the branch: unreviewed work is kept, never deleted or \
         force-pushed.\n- [ ] Decide: resume the work, or stabilise and hand it back.\n- [ ] Update \
         the queue item.\n",
    );
    ctx.writer().create(&path, text.as_bytes())?;
    Ok(path)
}
