//! The name of a store: random, and bound to the place where it was given.
//!
//! Repositories are copied, with all that is in their git folder: by `cp -r`, as images, as caches.
//! A copy that went by the original's name would take the original's locks for left-overs of its
//! own. So a name counts only for the machine, the path and the folder that it was given for; a
//! place without one gets a new one. Several places (a host and its container) keep theirs side by
//! side.

use std::path::Path;

use crate::error::Error;
use crate::files;
use crate::host::World;
use crate::record::LockId;
use crate::store::digest;

const FILE: &str = "id";
/// Most places of one store; the oldest name is forgotten first.
const MAX_PLACES: usize = 64;
const MAX_BYTES: usize = 16 * 1024;

/// The name for this place, given now if there is none. The caller holds the mutex.
pub(crate) fn of_store(dir: &Path, world: &dyn World) -> Result<String, Error> {
    let place = place(dir, world)?;
    let path = dir.join(FILE);
    let text = files::read(&path, MAX_BYTES)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut known: Vec<(&str, &str)> = text
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(id, _)| LockId::new(id).is_some())
        .collect();
    if let Some((id, _)) = known.iter().find(|(_, at)| *at == place) {
        return Ok((*id).to_owned());
    }
    let id = LockId::random().map_err(|e| Error::io("naming", &path, e))?;
    known.push((id.as_str(), &place));
    let from = known.len().saturating_sub(MAX_PLACES);
    let lines: String = known
        .iter()
        .skip(from)
        .map(|(id, at)| format!("{id} {at}\n"))
        .collect();
    files::write("store", dir, FILE, lines.as_bytes())?;
    Ok(id.to_string())
}

/// The name that this place was given, if it was. Writes nothing.
pub(crate) fn known(dir: &Path, world: &dyn World) -> Option<String> {
    let place = place(dir, world).ok()?;
    let bytes = files::read(&dir.join(FILE), MAX_BYTES).ok()??;
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines().filter_map(|line| line.split_once(' '));
    let (id, _) = lines.find(|(id, at)| *at == place && LockId::new(id).is_some())?;
    Some(id.to_owned())
}

/// Machine, path and folder, as a digest.
fn place(dir: &Path, world: &dyn World) -> Result<String, Error> {
    let wrap = |e| Error::io("looking at", dir, e);
    let real = dir.canonicalize().map_err(wrap)?;
    let machine = world.host().machine_id_hash.unwrap_or_default();
    let mut text = machine.into_bytes();
    text.push(0);
    text.extend(real.as_os_str().as_encoded_bytes());
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let inode = std::fs::metadata(&real).map_err(wrap)?.ino();
        text.extend(format!("\0{inode}").as_bytes());
    }
    Ok(digest(&text))
}
