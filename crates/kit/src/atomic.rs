//! Files that are either the old ones or the new ones, at every moment.

use std::fs::{self, File, Permissions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::Error;
use crate::files::{Files, outside};

/// What a write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Changed {
    /// The file had these bytes already: nothing was written.
    Same,
    /// There was no such file.
    Created,
    /// The file had other bytes.
    Replaced,
}

impl Changed {
    /// Whether anything was, or would be, written.
    pub const fn any(self) -> bool {
        !matches!(self, Changed::Same)
    }
}

/// Writes files below the root, atomically.
///
/// A temporary file in the same folder, fsync, rename, fsync of the folder. The mode of an
/// existing file is kept. Missing folders are made. A link inside the root is written through;
/// one that leads out of it, or nowhere, is refused, and so is what lies in a `.git`, where hooks
/// and settings of git are run.
#[derive(Debug, Clone)]
pub struct Writer {
    files: Files,
}

impl Writer {
    pub(crate) fn new(files: Files) -> Self {
        Writer { files }
    }

    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    /// Writes a root-relative file if its bytes differ.
    pub fn write(&self, path: &str, bytes: &[u8]) -> Result<Changed, Error> {
        let changed = self.compare(path, bytes)?;
        if changed.any() {
            let target = self.outside_git(path)?;
            put(&target, bytes, false).map_err(|error| failed(path, &error))?;
        }
        Ok(changed)
    }

    /// Writes a root-relative file only if there is none; says whether it did.
    pub fn create(&self, path: &str, bytes: &[u8]) -> Result<bool, Error> {
        if self.files.place(path)?.symlink_metadata().is_ok() {
            return Ok(false);
        }
        match put(&self.outside_git(path)?, bytes, true) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(failed(path, &error)),
        }
    }

    /// What [`Writer::write`] would do.
    pub fn compare(&self, path: &str, bytes: &[u8]) -> Result<Changed, Error> {
        // A longer file differs, however long it is.
        let limit = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let Some(place) = self.files.resolve(path)? else {
            return Ok(Changed::Created);
        };
        let metadata = fs::metadata(&place).map_err(|error| failed(path, &error))?;
        if metadata.is_file() && metadata.len() != limit {
            return Ok(Changed::Replaced);
        }
        if !metadata.is_file() {
            return Ok(match crate::files::read_file(&place, path, limit)? {
                None => Changed::Created,
                Some(old) if old == bytes => Changed::Same,
                Some(_) => Changed::Replaced,
            });
        }
        // Piece by piece: a second copy of a large page in memory would serve nothing.
        let mut file = File::open(&place).map_err(|error| failed(path, &error))?;
        let mut buffer = vec![0; 1 << 16];
        let mut rest = bytes;
        loop {
            let count = match file.read(&mut buffer) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                read => read.map_err(|error| failed(path, &error))?,
            };
            if count == 0 {
                let is_same = rest.is_empty();
                return Ok(if is_same {
                    Changed::Same
                } else {
                    Changed::Replaced
                });
            }
            match (rest.split_at_checked(count), buffer.get(..count)) {
                (Some((head, tail)), Some(read)) if head == read => rest = tail,
                _ => return Ok(Changed::Replaced),
            }
        }
    }

    /// Like [`Writer::target`], refused where it lies in a `.git`.
    pub(crate) fn outside_git(&self, path: &str) -> Result<PathBuf, Error> {
        let refused = || {
            Error::io(format!(
                "cannot write `{path}`: it lies in git's own folder"
            ))
        };
        let in_git = |place: &Path| {
            let inner = place.strip_prefix(self.files.root()).unwrap_or(place);
            inner.iter().any(|part| part.to_str().is_some_and(is_git))
        };
        // Before folders are made, and again where links led.
        if in_git(&self.files.place(path)?) {
            return Err(refused());
        }
        let target = self.target(path)?;
        if in_git(&target) {
            return Err(refused());
        }
        Ok(target)
    }

    /// Where the bytes go: links resolved, folders made, inside the root.
    fn target(&self, path: &str) -> Result<PathBuf, Error> {
        let place = self.files.place(path)?;
        if let Some(existing) = self.files.resolve(path)? {
            return Ok(existing);
        }
        if place.is_symlink() {
            return Err(Error::io(format!(
                "cannot write `{path}`: it is a link that leads nowhere"
            )));
        }
        let (Some(folder), Some(name)) = (place.parent(), place.file_name()) else {
            return Err(outside(path));
        };
        // The part that exists is checked before anything is made below it.
        let inside = |folder: &Path| match folder.canonicalize() {
            Ok(real) if real.starts_with(self.files.root()) => Ok(real),
            Ok(_) => Err(outside(path).hint("a symbolic link in it leads out")),
            Err(error) => Err(failed(path, &error)),
        };
        if let Some(existing) = folder
            .ancestors()
            .find(|folder| folder.symlink_metadata().is_ok())
        {
            inside(existing)?;
        }
        fs::create_dir_all(folder).map_err(|error| failed(path, &error))?;
        Ok(inside(folder)?.join(name))
    }
}

/// Whether a part of a path names git's own folder, on a file system that folds case too.
pub(crate) fn is_git(part: &str) -> bool {
    part.eq_ignore_ascii_case(".git")
}

pub(crate) fn failed(path: &str, error: &io::Error) -> Error {
    Error::on(format!("cannot write `{path}`"), error)
}

fn put(target: &Path, bytes: &[u8], only_new: bool) -> io::Result<()> {
    let mut temp = temporary(target)?;
    temp.write_all(bytes)?;
    persist(temp, target, only_new)
}

/// A temporary file beside the target.
pub(crate) fn temporary(target: &Path) -> io::Result<NamedTempFile> {
    fault("before-temp");
    let mut builder = tempfile::Builder::new();
    builder.prefix(".trueline-").suffix(".tmp");
    if let Some(mode) = new_file_mode() {
        builder.permissions(mode);
    }
    builder.tempfile_in(folder_of(target)?)
}

/// Puts a temporary file in the target's place, for good.
pub(crate) fn persist(temp: NamedTempFile, target: &Path, only_new: bool) -> io::Result<()> {
    if let Ok(old) = fs::metadata(target) {
        temp.as_file().set_permissions(old.permissions())?;
    }
    temp.as_file().sync_all()?;
    fault("after-temp");
    fault("before-rename");
    let renamed = if only_new {
        temp.persist_noclobber(target)
    } else {
        temp.persist(target)
    };
    renamed.map_err(|error| error.error)?;
    fault("after-rename");
    sync_folder(folder_of(target)?)
}

fn folder_of(target: &Path) -> io::Result<&Path> {
    let invalid = || io::Error::from(io::ErrorKind::InvalidInput);
    target.parent().ok_or_else(invalid)
}

/// What an ordinary new file gets; the process's umask takes its part.
fn new_file_mode() -> Option<Permissions> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        Some(Permissions::from_mode(0o666))
    }
    #[cfg(not(unix))]
    None
}

/// Makes the rename last. Folders cannot be opened for this on Windows, nor synced on
/// some network file systems, where the rename is all that can be had.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        result => result,
    }
}

/// Ends the process here, as a power cut would, where `TRUELINE_FAULT` names this step
/// (feature `testing` only).
pub(crate) fn fault(step: &str) {
    #[cfg(feature = "testing")]
    if std::env::var_os("TRUELINE_FAULT").is_some_and(|name| name == step) {
        std::process::abort();
    }
    #[cfg(not(feature = "testing"))]
    let _ = step;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> (tempfile::TempDir, Writer, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap().join("root");
        fs::create_dir(&root).unwrap();
        let writer = Writer::new(Files::new(root.clone(), 1 << 20));
        (dir, writer, root)
    }

    #[test]
    fn writes_only_what_differs() {
        let (_dir, writer, root) = root();
        assert_eq!(writer.write("a/b/c", b"1").unwrap(), Changed::Created);
        assert_eq!(writer.write("a/b/c", b"1").unwrap(), Changed::Same);
        assert_eq!(writer.write("a/b/c", b"22").unwrap(), Changed::Replaced);
        assert_eq!(writer.write("a/b/c", b"33").unwrap(), Changed::Replaced);
        assert_eq!(fs::read(root.join("a/b/c")).unwrap(), b"33");
        assert_eq!(writer.compare("a/b/c", b"44").unwrap(), Changed::Replaced);
        assert_eq!(writer.compare("none", b"").unwrap(), Changed::Created);
        let left = fs::read_dir(root.join("a/b")).unwrap().count();
        assert_eq!(left, 1, "no temporary file stays");
    }

    #[test]
    fn creates_only_what_is_missing() {
        let (_dir, writer, root) = root();
        assert!(writer.create("x", b"1").unwrap());
        assert!(!writer.create("x", b"2").unwrap());
        assert_eq!(fs::read(root.join("x")).unwrap(), b"1");
    }

    #[test]
    fn stays_inside() {
        let (dir, writer, _root) = root();
        assert!(writer.write("../out", b"").is_err());
        assert!(writer.write("/tmp/out", b"").is_err());
        assert!(writer.write("", b"").is_err());
        assert!(!dir.path().join("out").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_configured_path_or_a_link_does_not_reach_hooks_of_git() {
        let (_dir, writer, root) = root();
        fs::create_dir_all(root.join(".git/hooks")).unwrap();
        fs::write(root.join(".git/hooks/pre-commit"), b"old").unwrap();
        std::os::unix::fs::symlink(".git/hooks", root.join("docs")).unwrap();
        for path in [
            ".git/hooks/pre-commit",
            "docs/pre-commit",
            "docs/fresh",
            "sub/.GIT/config",
        ] {
            assert!(writer.write(path, b"new").is_err(), "{path}");
            assert!(!writer.create(path, b"new").unwrap_or(false), "{path}");
        }
        let hooks = fs::read_dir(root.join(".git/hooks")).unwrap().count();
        assert_eq!(hooks, 1);
        assert!(!root.join("sub").exists());
        assert_eq!(
            fs::read(root.join(".git/hooks/pre-commit")).unwrap(),
            b"old"
        );
        assert!(writer.write(".github/CODEOWNERS", b"x").is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn links_and_modes() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let (dir, writer, root) = root();
        symlink("..", root.join("up")).unwrap();
        symlink("../outside", root.join("leaf")).unwrap();
        symlink("real", root.join("link")).unwrap();
        fs::write(dir.path().join("outside"), b"keep").unwrap();
        assert!(writer.write("up/x", b"").is_err());
        assert!(writer.write("up/new/x", b"").is_err());
        assert!(!dir.path().join("new").exists());
        assert!(writer.write("leaf", b"changed").is_err());
        assert_eq!(fs::read(dir.path().join("outside")).unwrap(), b"keep");
        assert!(writer.write("link", b"").is_err(), "leads nowhere");
        fs::write(root.join("real"), b"old").unwrap();
        fs::set_permissions(root.join("real"), Permissions::from_mode(0o750)).unwrap();
        assert_eq!(writer.write("link", b"new").unwrap(), Changed::Replaced);
        assert!(root.join("link").is_symlink());
        let mode = fs::metadata(root.join("real"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o750);
        fs::write(root.join("plain"), b"").unwrap();
        writer.write("fresh", b"x").unwrap();
        let mode = |name| fs::metadata(root.join(name)).unwrap().permissions().mode();
        assert_eq!(mode("plain"), mode("fresh"), "an ordinary file's mode");
    }
}
