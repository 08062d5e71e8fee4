//! One file that goes into a pack.

use crate::zip::ReadAt;
use serde::Serialize;
use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use trueline_kit::Error;

/// Where the content comes from.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// A regular file.
    File {
        /// Where it is, links resolved, if that is not where `source` says.
        place: Option<Box<Path>>,
        size: u64,
        executable: bool,
        /// Of when it was looked at.
        state: State,
    },
    /// Made here.
    Bytes(Vec<u8>),
    /// Made here, of so many bytes, and too large to be held: in a file without a name.
    Scratch(Arc<File>, u64),
}

/// Where a file was taken from. There may be a million, so a path is kept once where it can be.
#[derive(Debug, Clone)]
pub(super) enum Taken {
    /// It was made here.
    Nowhere,
    /// The end of the path in the bag, from this byte on.
    Tail(u16),
    /// Another root-relative path.
    Path(Box<str>),
}

/// One file that goes into a pack.
#[derive(Debug, Clone)]
pub(super) struct Input {
    /// Path in the bag: `data/…`.
    pub(super) path: String,
    /// As in pack.json.
    pub(super) role: &'static str,
    /// Root-relative path that it is taken from.
    pub(super) taken: Taken,
    pub(super) origin: Origin,
}

/// Inputs of which no two have one path in the bag.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    all: Vec<Input>,
    /// Places in `all`, by path.
    places: HashMap<Box<str>, usize>,
}

impl Inputs {
    /// Whether there is one of this path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.places.contains_key(path)
    }

    /// Takes an input in place of the one of its path, if there is one.
    pub(super) fn put(&mut self, input: Input) {
        let place = self.places.get(input.path.as_str()).copied();
        match place.and_then(|place| self.all.get_mut(place)) {
            Some(one) => *one = input,
            None => {
                self.places
                    .insert(input.path.as_str().into(), self.all.len());
                self.all.push(input);
            }
        }
    }

    /// All of them, sorted by the bytes of their paths.
    pub(super) fn sorted(self) -> Vec<Input> {
        let Self { mut all, places } = self;
        drop(places);
        // Most came in this order.
        all.sort_by(|a, b| a.path.cmp(&b.path));
        all.shrink_to_fit();
        all
    }
}

impl Input {
    /// A file that is made here.
    pub(super) fn bytes(path: &str, role: &'static str, bytes: Vec<u8>) -> Self {
        Self::made(path, role, Origin::Bytes(bytes))
    }

    /// The same, wherever its content is.
    pub(super) fn made(path: &str, role: &'static str, origin: Origin) -> Self {
        Self {
            path: path.to_owned(),
            role,
            taken: Taken::Nowhere,
            origin,
        }
    }

    /// Says where it was taken from.
    pub(super) fn from(mut self, source: &str) -> Self {
        let tail = self.path.len().checked_sub(source.len());
        self.taken = match tail.and_then(|tail| u16::try_from(tail).ok()) {
            Some(tail) if self.path.ends_with(source) => Taken::Tail(tail),
            _ => Taken::Path(source.into()),
        };
        self
    }

    /// Root-relative path that it is taken from.
    pub(super) fn source(&self) -> Option<&str> {
        match &self.taken {
            Taken::Nowhere => None,
            Taken::Tail(at) => self.path.get(usize::from(*at)..),
            Taken::Path(path) => Some(path),
        }
    }

    /// Where its content is, if it is a file.
    pub(super) fn place(&self, root: &Path) -> Option<PathBuf> {
        match &self.origin {
            Origin::File { place, .. } => Some(match place {
                Some(place) => place.to_path_buf(),
                None => root.join(self.source()?),
            }),
            Origin::Bytes(_) | Origin::Scratch(..) => None,
        }
    }

    /// The path that findings name.
    pub(super) fn shown(&self) -> &str {
        self.source().unwrap_or(&self.path)
    }

    /// Bytes, as far as is known before it is read.
    pub(super) fn size(&self) -> u64 {
        match &self.origin {
            Origin::File { size, .. } | Origin::Scratch(_, size) => *size,
            Origin::Bytes(bytes) => bytes.len() as u64,
        }
    }

    /// Whether it may be executed.
    pub(super) fn executable(&self) -> bool {
        matches!(
            &self.origin,
            Origin::File {
                executable: true,
                ..
            }
        )
    }
}

/// What a scratch file holds, from its start.
pub(super) struct FromStart<'a>(&'a File, u64);

impl<'a> FromStart<'a> {
    pub(super) fn of(file: &'a File) -> Self {
        Self(file, 0)
    }

    /// All of it.
    pub(super) fn all(file: &'a File) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        Self::of(file).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Read for FromStart<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read_at(self.1, buffer)?;
        self.1 += count as u64;
        Ok(count)
    }
}

/// Why a content could not be had.
#[derive(Debug)]
pub(super) enum Trouble {
    Io(io::Error),
    /// It changed while it was read.
    Changed,
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// What tells one state of a file from another.
pub(super) type State = (u64, Option<std::time::SystemTime>, Option<(u64, u64)>);

/// The state of a file.
pub(super) fn state(metadata: &Metadata) -> State {
    (metadata.len(), metadata.modified().ok(), identity(metadata))
}

/// The device and the number of a file on it, where there are such.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Option<(u64, u64)> {
    None
}

/// The content of a file that is in a state still, and stays so while it is read. `between` runs after the reading.
pub(super) fn read_stable(
    place: &Path,
    before: State,
    between: &dyn Fn(),
) -> Result<Vec<u8>, Trouble> {
    let mut file = File::open(place)?;
    // What grows meanwhile has another size afterwards: the end need not be looked for.
    let mut bytes = vec![0; usize::try_from(before.0).map_err(|_| Trouble::Changed)?];
    if let Err(error) = file.read_exact(&mut bytes) {
        return Err(match error.kind() {
            io::ErrorKind::UnexpectedEof => Trouble::Changed,
            _ => Trouble::Io(error),
        });
    }
    between();
    let after = state(&place.metadata()?);
    // Where it is known to be the same file still, it need not be asked itself.
    if before != after || after.2.is_none() && before != state(&file.metadata()?) {
        return Err(Trouble::Changed);
    }
    Ok(bytes)
}

/// Two-space JSON with a final newline.
pub(super) fn json(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let mut out =
        serde_json::to_vec_pretty(value).map_err(|error| Error::bug(error.to_string()))?;
    out.push(b'\n');
    Ok(out)
}

/// The media type of a file, by the ending of its name.
pub(super) fn media_type(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or_default();
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    match extension.as_deref() {
        Some("md" | "markdown") => "text/markdown",
        Some("json" | "sarif") => "application/json",
        Some("jsonl" | "ndjson") => "application/jsonl",
        Some("xml") => "application/xml",
        Some("yaml" | "yml") => "application/yaml",
        Some("toml") => "application/toml",
        Some("csv") => "text/csv",
        Some("html" | "htm") => "text/html",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("webp") => "image/webp",
        Some("svg") => "image/svg+xml",
        Some("pdf") => "application/pdf",
        Some("zip") => "application/zip",
        Some("gz") => "application/gzip",
        Some("bundle" | "bin") | None => "application/octet-stream",
        Some("mp4") => "video/mp4",
        Some("webm") => "video/webm",
        Some(_) => "text/plain",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_file_that_changes_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("log");
        std::fs::write(&place, b"one\n").unwrap();
        let now = || state(&place.metadata().unwrap());
        let (old, shorter) = (now(), (3, now().1, now().2));
        assert_eq!(read_stable(&place, old, &|| ()).unwrap(), b"one\n");
        assert!(matches!(
            read_stable(&place, shorter, &|| ()),
            Err(Trouble::Changed)
        ));
        let append = || {
            let mut file = std::fs::OpenOptions::new()
                .append(true)
                .open(&place)
                .unwrap();
            file.write_all(b"two\n").unwrap();
        };
        assert!(matches!(
            read_stable(&place, old, &append),
            Err(Trouble::Changed)
        ));
        let replace = || {
            std::fs::remove_file(&place).unwrap();
            std::fs::write(&place, b"another content").unwrap();
        };
        assert!(matches!(
            read_stable(&place, now(), &replace),
            Err(Trouble::Changed)
        ));
    }

    #[test]
    fn inputs_are_sorted_and_the_last_of_a_path_counts() {
        let mut inputs = Inputs::default();
        for (path, role) in [
            ("data/b", "log"),
            ("data/a/x", "ci"),
            ("data/a", "log"),
            ("data/b", "ci"),
        ] {
            inputs.put(Input::bytes(path, role, Vec::new()));
        }
        assert!(inputs.has("data/a") && !inputs.has("data/c"));
        let sorted = inputs.sorted();
        let sorted: Vec<_> = sorted
            .iter()
            .map(|input| (input.path.as_str(), input.role))
            .collect();
        assert_eq!(
            sorted,
            [("data/a", "log"), ("data/a/x", "ci"), ("data/b", "ci")]
        );
    }
}
