//! A bag in a folder.

use super::source::{BagFile, Source};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The deepest folder that is entered.
const MAX_DEPTH: usize = 256;

/// A bag in a folder. Links are never followed.
#[derive(Debug)]
pub struct FolderSource {
    root: PathBuf,
    files: Vec<BagFile>,
    irregular: Vec<(String, String)>,
}

impl FolderSource {
    /// Lists the folder.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn open(root: &Path) -> io::Result<Self> {
        let mut source = Self {
            root: root.to_owned(),
            files: Vec::new(),
            irregular: Vec::new(),
        };
        let mut folders = vec![(root.to_owned(), String::new(), 0)];
        while let Some((folder, prefix, depth)) = folders.pop() {
            for item in std::fs::read_dir(&folder)? {
                let item = item?;
                let kind = item.file_type()?;
                let raw = item.file_name();
                let Some(name) = raw.to_str() else {
                    let shown = format!("{prefix}{}", raw.to_string_lossy());
                    source
                        .irregular
                        .push((shown, "its name is not UTF-8".to_owned()));
                    continue;
                };
                let path = format!("{prefix}{name}");
                if kind.is_symlink() {
                    source.irregular.push((path, "a symbolic link".to_owned()));
                } else if kind.is_dir() && depth >= MAX_DEPTH {
                    source.irregular.push((path, "too deep".to_owned()));
                } else if kind.is_dir() {
                    folders.push((item.path(), format!("{path}/"), depth + 1));
                } else if kind.is_file() {
                    let size = item.metadata()?.len();
                    source.files.push(BagFile { path, size });
                } else {
                    source
                        .irregular
                        .push((path, "neither a file nor a folder".to_owned()));
                }
            }
        }
        source.files.sort();
        source.irregular.sort();
        Ok(source)
    }
}

impl Source for FolderSource {
    fn files(&self) -> &[BagFile] {
        &self.files
    }

    fn irregular(&self) -> &[(String, String)] {
        &self.irregular
    }

    fn read(&self, path: &str, see: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        // Only what was listed is opened: the path cannot leave the folder.
        if self
            .files
            .binary_search_by(|file| file.path.as_str().cmp(path))
            .is_err()
        {
            return Err(io::ErrorKind::NotFound.into());
        }
        let mut file = File::open(self.root.join(path))?;
        let mut buffer = vec![0; 64 << 10];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => see(buffer.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}
