//! Reading below the root, and nowhere else.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use crate::error::Error;

/// Largest file that is read, in bytes, unless `limits.file_bytes` says otherwise: 256 MiB.
pub const MAX_FILE_BYTES: u64 = 256 << 20;

/// The root folder, opened for reading.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    root: PathBuf,
    limit: u64,
}

impl Files {
    /// `root` must be canonical.
    pub(crate) fn new(root: PathBuf, limit: u64) -> Self {
        Files { root, limit }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }

    /// The absolute place of a root-relative path, links in it not resolved.
    ///
    /// Refuses absolute paths, `..`, NUL and the empty path.
    pub(crate) fn place(&self, path: &str) -> Result<PathBuf, Error> {
        let shown = format!("`{path}`");
        if path.is_empty() || path.contains('\0') {
            return Err(Error::io(format!("{shown} is not a path")));
        }
        let mut place = self.root.clone();
        for component in Path::new(path).components() {
            match component {
                Component::Normal(name) => place.push(name),
                Component::CurDir => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                    return Err(outside(path));
                }
            }
        }
        if place == self.root {
            return Err(Error::io(format!("{shown} is not a file")));
        }
        Ok(place)
    }

    /// The absolute place of an existing file, with every link resolved. `None` where there
    /// is none; an error where it lies outside the root.
    pub(crate) fn resolve(&self, path: &str) -> Result<Option<PathBuf>, Error> {
        match self.place(path)?.canonicalize() {
            Ok(place) if place.starts_with(&self.root) => Ok(Some(place)),
            Ok(_) => Err(outside(path).hint("a symbolic link in it leads out")),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(Error::on(format!("cannot read `{path}`"), &error)),
        }
    }

    /// The bytes of a file. `None` where there is none.
    ///
    /// Only regular files, inside the root after every link, up to the size limit.
    pub(crate) fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        match self.resolve(path)? {
            None => Ok(None),
            Some(place) => read_file(&place, path, self.limit),
        }
    }

    /// Like [`Files::read`], to be read piece by piece.
    pub(crate) fn open(&self, path: &str) -> Result<Option<io::Take<File>>, Error> {
        let file = match self.resolve(path)? {
            None => None,
            Some(place) => open_file(&place, path, self.limit)?,
        };
        Ok(file.map(|file| file.take(self.limit)))
    }
}

/// The bytes of a regular file of at most `limit` bytes.
pub(crate) fn read_file(place: &Path, shown: &str, limit: u64) -> Result<Option<Vec<u8>>, Error> {
    match open_file(place, shown, limit)? {
        None => Ok(None),
        Some(file) => read_stream(file, shown, limit).map(Some),
    }
}

/// A regular file of at most `limit` bytes.
fn open_file(place: &Path, shown: &str, limit: u64) -> Result<Option<File>, Error> {
    let failed = |error: io::Error| Error::on(format!("cannot read `{shown}`"), &error);
    // Opening a pipe would wait for its writer.
    let metadata = match place.metadata() {
        Ok(metadata) => metadata,
        Err(error) if is_missing(&error) => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if !metadata.is_file() {
        return Err(Error::io(format!(
            "cannot read `{shown}`: not a regular file"
        )));
    }
    if metadata.len() > limit {
        return Err(too_large(shown, limit));
    }
    match File::open(place) {
        Ok(file) => Ok(Some(file)),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// Everything from a stream of at most `limit` bytes.
pub(crate) fn read_stream(stream: impl Read, shown: &str, limit: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    stream
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| Error::on(format!("cannot read `{shown}`"), &error))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
        return Err(too_large(shown, limit));
    }
    Ok(bytes)
}

fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn too_large(shown: &str, limit: u64) -> Error {
    Error::io(format!(
        "`{shown}` is larger than the limit of {limit} bytes"
    ))
    .hint("raise `file_bytes` under [limits] in trueline.toml")
}

pub(crate) fn outside(path: &str) -> Error {
    Error::io(format!("`{path}` lies outside the root"))
}

/// See [`Context::relative`].
pub(crate) fn relative(root: &Path, folder: &Path, path: &Path) -> Result<String, Error> {
    let outside = || outside(&path.display().to_string());
    let mut place = PathBuf::new();
    for component in folder.join(path).components() {
        match component {
            Component::ParentDir => {
                place.pop();
            }
            Component::CurDir => {}
            other => place.push(other),
        }
    }
    let inner = match place.strip_prefix(root) {
        Ok(inner) => inner.to_owned(),
        Err(_) => {
            // Perhaps given through a link above the root.
            let real = place
                .ancestors()
                .find_map(|above| Some((above, above.canonicalize().ok()?)));
            let (above, real) = real.ok_or_else(outside)?;
            let rest = place.strip_prefix(above).map_err(|_| outside())?;
            real.join(rest)
                .strip_prefix(root)
                .map_err(|_| outside())?
                .to_owned()
        }
    };
    let parts: Option<Vec<&str>> = inner.iter().map(|part| part.to_str()).collect();
    let parts = parts.ok_or_else(|| Error::usage(format!("`{}` is not UTF-8", path.display())))?;
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> (tempfile::TempDir, Files) {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap().join("root");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(root.join("a"), b"12345").unwrap();
        std::fs::write(dir.path().join("secret"), b"no").unwrap();
        (dir, Files::new(root, 5))
    }

    #[test]
    fn reads_inside_only() {
        let (_dir, files) = root();
        assert_eq!(files.read("a").unwrap().as_deref(), Some(&b"12345"[..]));
        assert_eq!(files.read("./a").unwrap().as_deref(), Some(&b"12345"[..]));
        assert!(files.read("b").unwrap().is_none());
        assert!(files.read("a/b").unwrap().is_none());
        for bad in ["", ".", "/etc/passwd", "../secret", "x/../../secret", "a\0"] {
            assert!(files.read(bad).is_err(), "{bad:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_must_stay_inside() {
        use std::os::unix::fs::symlink;
        let (_dir, files) = root();
        symlink("../secret", files.root().join("out")).unwrap();
        symlink("..", files.root().join("up")).unwrap();
        symlink("a", files.root().join("in")).unwrap();
        symlink("loop", files.root().join("loop")).unwrap();
        assert!(files.read("out").is_err());
        assert!(files.read("up/secret").is_err());
        assert!(files.read("loop").is_err());
        assert!(files.read("in").unwrap().is_some());
    }

    #[test]
    fn limits_size_and_kind() {
        let (_dir, files) = root();
        std::fs::write(files.root().join("big"), b"123456").unwrap();
        std::fs::create_dir(files.root().join("folder")).unwrap();
        let error = files.read("big").unwrap_err();
        assert!(error.message().contains("limit of 5 bytes"), "{error}");
        assert!(files.read("folder").is_err());
        assert!(read_stream(&b"123456"[..], "-", 5).is_err());
    }
}
