//! The published copies: `ops/locks/*.lock`, committed, seen by other clones.

use std::fs;
use std::path::PathBuf;

use trueline_kit::{Artifact, Context, Error};
use trueline_lease::{LockId, MAX_RECORD_BYTES, Published, Reading, Record, read_published};

/// Most files that are looked at.
const MAX_FILES: usize = 10_000;

/// Name of the folder.
pub(crate) fn folder(ctx: &Context) -> &str {
    ctx.config().path(Artifact::LocksDir)
}

/// Every `*.lock` file of this working tree, by name.
pub(crate) fn read(ctx: &Context) -> Result<Vec<Published>, Error> {
    let folder = folder(ctx);
    let place = ctx.root().join(folder);
    let entries = match fs::read_dir(&place) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(Error::on(format!("cannot read `{folder}`"), &e)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|e| Error::on(format!("cannot read `{folder}`"), &e))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".lock") {
            names.push(name);
        }
        if names.len() > MAX_FILES {
            return Err(Error::io(format!(
                "`{folder}` holds more than {MAX_FILES} locks"
            )));
        }
    }
    names.sort();
    let root = crate::view::root(ctx)?;
    let mut found = Vec::new();
    for name in names {
        let path = format!("{folder}/{name}");
        let reading = match ctx.read(&path) {
            Ok(Some(bytes)) => reading(&bytes, &root),
            Ok(None) => Reading::Unreadable {
                why: "it is a link that leads nowhere, or its name is not UTF-8".into(),
            },
            Err(e) => Reading::Unreadable {
                why: e.message().to_owned(),
            },
        };
        found.push(Published { path, reading });
    }
    Ok(found)
}

/// What bytes are, wherever they come from. A lock that does not say which root its scopes count
/// from was published in the one at hand.
pub(crate) fn reading(bytes: &[u8], root: &str) -> Reading {
    if bytes.len() > MAX_RECORD_BYTES {
        return Reading::Unreadable {
            why: format!("larger than {MAX_RECORD_BYTES} bytes"),
        };
    }
    let mut reading = read_published(bytes);
    if let Reading::Lock(record) = &mut reading {
        record.root.get_or_insert_with(|| root.to_owned());
    }
    reading
}

/// The path under which an owner's lock is published.
pub(crate) fn path(ctx: &Context, owner: &str) -> String {
    format!("{}/agent-{owner}.lock", folder(ctx))
}

/// Writes the copy of a lock: over its older copy where there is one, else under its owner's name.
pub(crate) fn write(ctx: &Context, record: &Record, path: Option<String>) -> Result<String, Error> {
    let known = find(ctx, &record.lock_id)?;
    let path = path
        .or(known)
        .unwrap_or_else(|| self::path(ctx, record.owner.as_str()));
    ctx.writer().write(&path, &record.render())?;
    Ok(path)
}

/// Removes the copies of a lock; says which.
pub(crate) fn remove(ctx: &Context, id: &LockId) -> Result<Option<String>, Error> {
    let Some(path) = find(ctx, id)? else {
        return Ok(None);
    };
    remove_path(ctx, &path)?;
    Ok(Some(path))
}

/// Removes one published file.
pub(crate) fn remove_path(ctx: &Context, path: &str) -> Result<(), Error> {
    let place: PathBuf = ctx.root().join(path);
    match fs::remove_file(&place) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::on(format!("cannot remove `{path}`"), &e))
        }
        _ => Ok(()),
    }
}

/// The published copy of a lock, in this root.
pub(crate) fn find(ctx: &Context, id: &LockId) -> Result<Option<String>, Error> {
    let is_it = |p: &Published| matches!(&p.reading, Reading::Lock(r) if r.lock_id == *id);
    Ok(read(ctx)?.into_iter().find(is_it).map(|p| p.path))
}
