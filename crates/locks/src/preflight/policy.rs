//! The rules that judge a change, all from its base.

use std::collections::BTreeMap;

use serde_json::Value;
use trueline_core::artifact::queue::Status;
use trueline_core::{Finding, Id, Location};
use trueline_kit::config::{Aliases, Config};
use trueline_kit::git::{Blobs, Oid};
use trueline_kit::{Artifact, Context, Error, Source};
use trueline_lease::{Held, Published, Reading, Snapshot, Source as Found};
use trueline_scope::Glob;

use super::Args;
use super::change::{Diff, tasks};
use crate::args::store_error;
use crate::ownership::{self, Ownership};
use crate::{publish, rules, store};

/// The rules.
pub(crate) struct Policy {
    pub(crate) config: Config,
    /// The root, relative to the git top level: what locks' scopes are compared by.
    pub(crate) root: String,
    pub(crate) ownership: Option<Ownership>,
    /// The items named, as the base's queue has them.
    pub(crate) items: Vec<Item>,
    /// The open items of others there.
    pub(crate) others: Vec<Item>,
    /// Every lock that counts here.
    pub(crate) locks: Vec<Held>,
    /// The owner's own locks.
    pub(crate) own: Vec<Held>,
    /// Own live locks that the remote's table has not any more.
    pub(crate) lost: Vec<Held>,
    /// Own published locks that have ended here.
    pub(crate) ended: Vec<String>,
    /// Published copies that this change may write or remove: of the owner's live locks, and of
    /// locks that have ended here.
    pub(crate) lock_files: Vec<String>,
    /// Names of files under the approvals folder.
    pub(crate) approvals: Vec<String>,
    /// What was wrong with the rules themselves.
    pub(crate) findings: Vec<Finding>,
}

/// A work item of the queue, as far as it matters here.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) id: Id,
    pub(crate) owner: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) scope: Vec<Glob>,
    pub(crate) is_done: bool,
}

pub(crate) fn read(diff: &Diff, args: &Args, ctx: &Context) -> Result<Policy, Error> {
    let limit = ctx.config().limits.file_bytes;
    let mut blobs = ctx.git().blobs(limit)?;
    let config = ctx.config().clone();
    let mut findings = Vec::new();
    let ownership_path = config.path(Artifact::Ownership);
    let ownership = match text(&mut blobs, &diff.base, ownership_path)? {
        None => None,
        Some(text) => {
            let (ownership, faults) = ownership::read(&Source::new(ownership_path, text));
            if ownership.is_none() {
                findings.extend(faults);
            }
            ownership
        }
    };
    let queue_path = config.path(Artifact::Queue);
    let queue = text(&mut blobs, &diff.base, queue_path)?.unwrap_or_default();
    let queue = queue_items(&queue, config.aliases(Artifact::Queue));
    let mut items = Vec::new();
    for task in tasks(diff, args, ctx)? {
        match queue.get(&task) {
            Some(item) => items.push(item.clone()),
            None => findings.push(
                Finding::new(
                    &rules::UNKNOWN_TASK,
                    Location::file(queue_path),
                    format!(
                        "`{task}` is not in the queue of the base {}",
                        diff.base.short()
                    ),
                )
                .subject(task.to_string()),
            ),
        }
    }
    let is_other = |item: &Item| {
        let owner = item.owner.as_deref();
        !item.is_done && owner.is_some_and(|owner| owner != args.owner.as_str())
    };
    let named: Vec<&Id> = items.iter().map(|item| &item.id).collect();
    let others = queue.values().filter(|item| is_other(item));
    let others = others.filter(|item| !named.contains(&&item.id));
    let others: Vec<Item> = others.cloned().collect();
    let tree = ctx.git().ls_tree(&diff.base)?;
    let names: Vec<&str> = tree.iter().filter_map(|e| e.path.as_str()).collect();
    let approvals = below(&names, config.path(Artifact::ApprovalsDir));
    let locks_dir = config.path(Artifact::LocksDir);
    let lock_files = below(&names, locks_dir)
        .into_iter()
        .filter(|name| name.ends_with(".lock") && !name.contains('/'));
    let root = crate::view::root(ctx)?;
    let mut published = Vec::new();
    for name in lock_files {
        let path = format!("{locks_dir}/{name}");
        let bytes = blobs.at(&diff.base, &path)?.unwrap_or_default();
        let reading = publish::reading(&bytes, &root);
        published.push(Published { path, reading });
    }
    let (snapshot, lost) = locks(published, args, ctx)?;
    findings.extend(snapshot.blind.iter().map(crate::list::blind_finding));
    let mut lock_files: Vec<String> = snapshot
        .ended
        .iter()
        .map(|(path, _)| path.clone())
        .collect();
    for file in publish::read(ctx)? {
        let live = |held: &Held| {
            held.source == Found::Live
                && held.record.owner == args.owner
                && matches!(&file.reading, Reading::Lock(r) if r.lock_id == held.record.lock_id)
        };
        if snapshot.locks.iter().any(live) {
            lock_files.push(file.path);
        }
    }
    let (own, locks) = snapshot
        .locks
        .into_iter()
        .partition(|held| held.record.owner == args.owner);
    let mine = |(path, record): (String, trueline_lease::Record)| {
        (record.owner == args.owner).then_some(path)
    };
    Ok(Policy {
        config,
        root,
        ownership,
        items,
        others,
        locks,
        own,
        lost,
        ended: snapshot.ended.into_iter().filter_map(mine).collect(),
        lock_files,
        approvals,
        findings,
    })
}

/// Live locks, published ones of the base, and the owner's own published ones of this tree (only
/// to find out that they have ended).
///
/// And own live locks that the remote's table should have, and has not any more.
fn locks(
    mut published: Vec<Published>,
    args: &Args,
    ctx: &Context,
) -> Result<(Snapshot, Vec<Held>), Error> {
    let store = store::open_to_look(ctx)?;
    for file in publish::read(ctx)? {
        let own = matches!(&file.reading, Reading::Lock(record)
            if record.owner == args.owner && record.host.store.as_deref() == Some(store.id()));
        if own && !published.iter().any(|p| p.path == file.path) {
            published.push(file);
        }
    }
    let mut snapshot = store.list(&published).map_err(|e| store_error(&e))?;
    let mut lost = Vec::new();
    let target = args.remote.target(ctx);
    if let Some(remote) = crate::remote::open(target.as_ref(), &store, ctx)? {
        let ids = crate::remote::add(&remote, &mut snapshot)?;
        let table = target.map(|target| target.to_string());
        let gone = |held: &&Held| {
            let record = &held.record;
            held.source == Found::Live
                && record.owner == args.owner
                && record.remote == table
                && !ids.contains(&record.lock_id)
        };
        lost.extend(snapshot.locks.iter().filter(gone).cloned());
    }
    Ok((snapshot, lost))
}

fn below(names: &[&str], folder: &str) -> Vec<String> {
    names
        .iter()
        .filter_map(|name| name.strip_prefix(folder)?.strip_prefix('/'))
        .map(str::to_owned)
        .collect()
}

fn text(blobs: &mut Blobs, commit: &Oid, path: &str) -> Result<Option<String>, Error> {
    let bytes = blobs.at(commit, path)?;
    bytes
        .map(|bytes| {
            String::from_utf8(bytes)
                .map_err(|_| Error::io(format!("`{path}` at {} is not UTF-8", commit.short())))
        })
        .transpose()
}

/// The items of a queue by id. A line that cannot be read grants nothing; `queue check` tells.
pub(crate) fn queue_items(text: &str, aliases: Option<&Aliases>) -> BTreeMap<Id, Item> {
    let mut items = BTreeMap::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for line in text.lines() {
        let Ok(Value::Object(row)) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let field = |name: &str| {
            let foreign = aliases.into_iter().flat_map(|a| a.names(name));
            let mut names = std::iter::once(name).chain(foreign);
            names.find_map(|name| row.get(name))
        };
        let word = |name: &str| Some(field(name)?.as_str()?.to_owned());
        let Some(id) = word("id").and_then(|id| Id::new(id).ok()) else {
            continue;
        };
        let scope = match field("scope") {
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(one)) => vec![one.as_str()],
            _ => Vec::new(),
        };
        let item = Item {
            owner: word("owner"),
            kind: word("type"),
            scope: scope.iter().filter_map(|s| Glob::parse(s).ok()).collect(),
            is_done: word("status").is_some_and(|status| {
                let ours = aliases.map_or(status.as_str(), |a| a.value("status", &status));
                ours == Status::Done.as_str()
            }),
            id: id.clone(),
        };
        items.insert(id, item);
    }
    items
}
