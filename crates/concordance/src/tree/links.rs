//! Symbolic links: where they lead, and what becomes of those that lead nowhere.

use std::io::ErrorKind;

use trueline_kit::Error;

use super::{Place, Tree};

/// Most links that are followed from one path.
const MAX_HOPS: usize = 40;

impl Tree<'_> {
    /// Paths of symbolic links, and of whatever else is neither a file nor a folder; sorted.
    pub fn links(&self) -> impl Iterator<Item = &str> {
        self.links.iter().map(String::as_str)
    }

    /// The file of this tree that a link leads to; `None` where it leads out, nowhere, or to what
    /// is no file of the tree.
    ///
    /// # Errors
    /// When git cannot be read.
    pub fn target(&self, path: &str) -> Result<Option<String>, Error> {
        match &self.place {
            Place::Work { ctx, .. } => {
                let Ok(place) = ctx.root().join(path).canonicalize() else {
                    return Ok(None);
                };
                let inner = place.strip_prefix(ctx.root()).ok();
                let parts = inner.and_then(|inner| {
                    let parts = inner.iter().map(|part| part.to_str());
                    parts.collect::<Option<Vec<&str>>>()
                });
                let target = parts.map(|parts| parts.join("/"));
                Ok(target.filter(|target| self.has(target)))
            }
            Place::Commit { links, blobs, .. } => {
                let mut at = path.to_owned();
                for _ in 0..MAX_HOPS {
                    let Some(oid) = links.get(&at) else {
                        return Ok(self.has(&at).then_some(at));
                    };
                    let text = blobs.borrow_mut().get(oid)?.unwrap_or_default();
                    let Some(next) = std::str::from_utf8(&text).ok().and_then(|to| join(&at, to))
                    else {
                        return Ok(None);
                    };
                    at = next;
                }
                Ok(None)
            }
        }
    }

    /// The error to give for a link that leads nowhere: reading it, one sees no file.
    pub(super) fn broken(&self, path: &str) -> Option<Error> {
        let Place::Work { ctx, .. } = &self.place else {
            return None;
        };
        let place = ctx.root().join(path);
        let is_missing = place.metadata().is_err_and(|error| {
            matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
        });
        let is_link = place.symlink_metadata().is_ok_and(|meta| meta.is_symlink());
        (is_link && is_missing)
            .then(|| Error::io(format!("`{path}` is a symbolic link that leads nowhere")))
    }
}

/// Where a link's text leads from the folder of the link; `None` where that is outside.
fn join(link: &str, text: &str) -> Option<String> {
    if text.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = link.split('/').collect();
    parts.pop();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn links_lead_from_their_folder() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(join("a/b/link", "../c.md"), some("a/c.md"));
        assert_eq!(join("a/link", "./c//d"), some("a/c/d"));
        assert_eq!(join("link", "../c"), None);
        assert_eq!(join("a/link", "/etc/passwd"), None);
        assert_eq!(join("a/link", ".."), None);
    }
}
