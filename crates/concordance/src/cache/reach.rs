//! Files below a folder, many of which lie side by side.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::stat::{OnDisk, look};

/// Reaches files below a root. The folder of the last one is held open, so that what lies beside it
/// is not looked for from the top.
pub(crate) struct Reach<'r> {
    root: &'r Path,
    place: PathBuf,
    #[cfg(target_os = "linux")]
    folder: held::Folder,
}

impl<'r> Reach<'r> {
    pub(crate) fn new(root: &'r Path) -> Self {
        Reach {
            root,
            place: root.to_owned(),
            #[cfg(target_os = "linux")]
            folder: held::Folder::default(),
        }
    }

    /// Looks at a path; a link at its end is not followed. `next` is the path that will be asked
    /// for after it: it says whether to hold the folder.
    pub(crate) fn look(&mut self, path: &str, next: Option<&str>) -> OnDisk {
        #[cfg(target_os = "linux")]
        if let Some(found) = self
            .folder
            .enter(self.root, path, next)
            .and_then(held::look)
        {
            return found;
        }
        let _ = next;
        look(self.place(path))
    }

    /// Opens a file for reading; links are followed.
    pub(crate) fn open(&mut self, path: &str, next: Option<&str>) -> io::Result<File> {
        #[cfg(target_os = "linux")]
        if let Some(file) = self
            .folder
            .enter(self.root, path, next)
            .and_then(held::open)
        {
            return Ok(file);
        }
        let _ = next;
        File::open(self.place(path))
    }

    fn place(&mut self, path: &str) -> &Path {
        self.place.clear();
        self.place.push(self.root);
        self.place.push(path);
        &self.place
    }
}

/// What fails here is tried again by the whole path, whose error counts.
#[cfg(target_os = "linux")]
mod held {
    use std::fs::File;
    use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
    use std::path::Path;

    use rustix::fs::{AtFlags, FileType, Mode, OFlags};

    use crate::cache::stat::{OnDisk, Stat};

    #[derive(Default)]
    pub(super) struct Folder {
        name: String,
        handle: Option<OwnedFd>,
    }

    impl Folder {
        /// The folder of a path, and the name in it.
        pub(super) fn enter<'p>(
            &mut self,
            root: &Path,
            path: &'p str,
            next: Option<&str>,
        ) -> Option<(BorrowedFd<'_>, &'p str)> {
            let (folder, name) = path.rsplit_once('/')?;
            if self.name != folder {
                let beside = next.and_then(|next| next.strip_prefix(folder)?.strip_prefix('/'));
                // For one file alone it would not pay.
                beside.filter(|beside| !beside.contains('/'))?;
                folder.clone_into(&mut self.name);
                let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
                self.handle = rustix::fs::open(root.join(folder), flags, Mode::empty()).ok();
            }
            Some((self.handle.as_ref()?.as_fd(), name))
        }
    }

    pub(super) fn look((folder, name): (BorrowedFd<'_>, &str)) -> Option<OnDisk> {
        let stat = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        Some(match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => {
                let nanos = |seconds: i64, nanos: i64| {
                    seconds.saturating_mul(1_000_000_000).saturating_add(nanos)
                };
                OnDisk::File(Stat(
                    u64::try_from(stat.st_size).ok()?,
                    nanos(stat.st_mtime, i64::try_from(stat.st_mtime_nsec).ok()?),
                    nanos(stat.st_ctime, i64::try_from(stat.st_ctime_nsec).ok()?),
                    stat.st_ino,
                ))
            }
            FileType::Directory => OnDisk::Folder,
            _ => OnDisk::Other,
        })
    }

    pub(super) fn open((folder, name): (BorrowedFd<'_>, &str)) -> Option<File> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let file = rustix::fs::openat(folder, name, flags, Mode::empty()).ok()?;
        Some(File::from(file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_as_by_whole_paths() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("a/b/folder")).unwrap();
        for name in ["a/b/1", "a/b/2", "a/b/folder/x", "a/3", "top"] {
            std::fs::write(root.join(name), name).unwrap();
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("1", root.join("a/b/link")).unwrap();
            std::os::unix::fs::symlink("nowhere", root.join("a/b/broken")).unwrap();
        }
        let paths = [
            "a/3",
            "a/b/1",
            "a/b/2",
            "a/b/broken",
            "a/b/folder",
            "a/b/folder/x",
            "a/b/gone",
            "a/b/link",
            "a/b/1/below",
            "gone/1",
            "gone/2",
            "gone/3",
            "top",
        ];
        let mut reach = Reach::new(root);
        for (at, path) in paths.iter().enumerate() {
            let next = paths.get(at + 1).copied();
            let place = root.join(path);
            assert_eq!(reach.look(path, next), look(&place), "{path}");
            let (here, there) = (reach.open(path, next), File::open(&place));
            match (here, there) {
                (Ok(here), Ok(there)) => {
                    let read = |file| std::io::read_to_string(file).map_err(|error| error.kind());
                    assert_eq!(read(here), read(there), "{path}");
                }
                (here, there) => {
                    assert_eq!(
                        here.unwrap_err().kind(),
                        there.unwrap_err().kind(),
                        "{path}"
                    );
                }
            }
        }
    }
}
