//! A pack as it lies there: a zip or a folder.

use crate::bag::{FolderSource, Source, ZipSource};
use crate::zip::{Archive, Checked};
use std::fs::File;
use std::io;
use std::path::Path;

/// An archive with what its check found; none around a folder.
pub(crate) type Around<'a, 'f> = Option<(&'a Archive<'f, File>, &'a Checked)>;

/// What looks at the bag inside of a place.
type See<'s, T> = dyn FnMut(&dyn Source, Around<'_, '_>) -> io::Result<T> + 's;

/// A file or folder that is said to be a pack.
pub(crate) enum Place {
    /// A file.
    Zip(File),
    /// A folder.
    Folder(FolderSource),
}

impl Place {
    /// Opens it. A pipe or device is refused: opening one would wait.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let metadata = path.metadata()?;
        if metadata.is_dir() {
            return Ok(Self::Folder(FolderSource::open(path)?));
        }
        if !metadata.is_file() {
            return Err(io::Error::other("neither a file nor a folder"));
        }
        Ok(Self::Zip(File::open(path)?))
    }

    /// Shows the bag inside, and the archive around it where there is one.
    pub(crate) fn with<T>(&self, see: &mut See<'_, T>) -> io::Result<T> {
        match self {
            Self::Folder(source) => see(source, None),
            Self::Zip(file) => {
                let archive = Archive::open(file)?;
                let checked = archive.check()?;
                let source = ZipSource::checked(&archive, &checked);
                see(&source, Some((&archive, &checked)))
            }
        }
    }
}
