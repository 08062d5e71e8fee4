//! Files that are written piece by piece, and replaced only at the end.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;

use tempfile::NamedTempFile;

use crate::atomic::{Changed, Writer, failed, persist, temporary};
use crate::error::Error;

/// A file in the making, for what is too large to be held in memory.
///
/// It is compared with what is on disk as it comes; up to the first byte that differs nothing is
/// written at all. Dropped without [`Staged::commit`], it leaves no trace.
#[derive(Debug)]
pub struct Staged<'w> {
    writer: &'w Writer,
    path: String,
    /// What stands there, read as far as it is the same.
    old: Option<BufReader<File>>,
    same: u64,
    place: Option<PathBuf>,
    made: Option<(BufWriter<NamedTempFile>, PathBuf)>,
    buffer: Vec<u8>,
    differs: bool,
    is_dry: bool,
    trouble: Option<Error>,
}

impl Writer {
    /// Begins a root-relative file. Where `is_dry`, it can only be compared.
    pub fn stage(&self, path: &str, is_dry: bool) -> Result<Staged<'_>, Error> {
        let place = self.existing(path)?;
        let old = match &place {
            Some(place) => {
                let file = File::open(place).map_err(|error| failed(path, &error))?;
                Some(BufReader::with_capacity(1 << 16, file))
            }
            None => None,
        };
        Ok(Staged {
            writer: self,
            path: path.to_owned(),
            differs: old.is_none(),
            old,
            same: 0,
            place,
            made: None,
            buffer: Vec::new(),
            is_dry,
            trouble: None,
        })
    }
}

impl Staged<'_> {
    /// Ends it; says what [`Staged::commit`] would do.
    pub fn finish(&mut self) -> Result<Changed, Error> {
        let ended = self.end();
        if let Some(trouble) = self.trouble.take() {
            return Err(trouble);
        }
        ended.map_err(|error| failed(&self.path, &error))?;
        Ok(match (self.differs, &self.place) {
            (false, _) => Changed::Same,
            (true, Some(_)) => Changed::Replaced,
            (true, None) => Changed::Created,
        })
    }

    /// Puts it in its place, if it differs from what is there.
    pub fn commit(mut self) -> Result<Changed, Error> {
        let changed = self.finish()?;
        if let Some((temp, target)) = self.made.take() {
            let temp = temp.into_inner().map_err(io::IntoInnerError::into_error);
            temp.and_then(|temp| persist(temp, &target, false))
                .map_err(|error| failed(&self.path, &error))?;
        }
        Ok(changed)
    }

    fn end(&mut self) -> io::Result<()> {
        if let Some(old) = self.old.as_mut().filter(|_| !self.differs) {
            let mut byte = [0];
            // What is there goes on where this ends.
            if old.read(&mut byte)? > 0 {
                self.differ(&[])?;
            }
        }
        if self.differs && self.made.is_none() && !self.is_dry {
            self.differ(&[])?;
        }
        match &mut self.made {
            Some((temp, _)) => temp.flush(),
            None => Ok(()),
        }
    }

    /// From here on it is another file: what was the same so far is copied.
    fn differ(&mut self, rest: &[u8]) -> io::Result<()> {
        self.differs = true;
        self.old = None;
        if self.is_dry {
            return Ok(());
        }
        if self.made.is_none() {
            let target = match self.writer.outside_git(&self.path) {
                Ok(target) => target,
                Err(error) => {
                    self.trouble = Some(error);
                    return Err(io::ErrorKind::PermissionDenied.into());
                }
            };
            let mut temp = BufWriter::with_capacity(1 << 16, temporary(&target)?);
            if let Some(place) = &self.place {
                io::copy(&mut File::open(place)?.take(self.same), &mut temp)?;
            }
            self.made = Some((temp, target));
        }
        match &mut self.made {
            Some((temp, _)) => temp.write_all(rest),
            None => Ok(()),
        }
    }
}

impl Write for Staged<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.differs {
            self.differ(bytes)?;
            return Ok(bytes.len());
        }
        let Some(old) = &mut self.old else {
            return Ok(bytes.len());
        };
        self.buffer.clear();
        let count = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        old.take(count).read_to_end(&mut self.buffer)?;
        if self.buffer == bytes {
            self.same += count;
        } else {
            self.differ(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Writer {
    /// The regular file that stands at a path.
    fn existing(&self, path: &str) -> Result<Option<PathBuf>, Error> {
        let Some(place) = self.files().resolve(path)? else {
            return Ok(None);
        };
        let metadata = fs::metadata(&place).map_err(|error| failed(path, &error))?;
        if metadata.is_file() {
            return Ok(Some(place));
        }
        let message = format!("cannot write `{path}`: not a regular file");
        Err(Error::io(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Files;

    fn stage(writer: &Writer, parts: &[&str], is_dry: bool) -> Changed {
        let mut staged = writer.stage("docs/page", is_dry).unwrap();
        for part in parts {
            staged.write_all(part.as_bytes()).unwrap();
        }
        let told = staged.finish().unwrap();
        assert_eq!(staged.commit().unwrap(), told);
        told
    }

    #[test]
    fn only_what_differs_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let writer = Writer::new(Files::new(root.clone(), 1 << 20));
        let page = root.join("docs/page");
        assert_eq!(stage(&writer, &["a"], true), Changed::Created);
        assert!(!root.join("docs").exists(), "a comparison makes no folder");
        assert_eq!(stage(&writer, &["ab", "c\n"], false), Changed::Created);
        for (parts, changed) in [
            (vec!["ab", "", "c\n"], Changed::Same),
            (vec!["abc\n"], Changed::Same),
            (vec!["ab", "c\nd"], Changed::Replaced),
            (vec!["ab", "cd", "e"], Changed::Replaced),
            (vec!["ab"], Changed::Replaced),
            (vec![], Changed::Replaced),
            (vec![], Changed::Same),
            (vec!["x"], Changed::Replaced),
        ] {
            let before = fs::read_to_string(&page).unwrap();
            assert_eq!(stage(&writer, &parts, true), changed, "{parts:?}");
            assert_eq!(fs::read_to_string(&page).unwrap(), before);
            // A time long ago: clocks of file systems tick slowly.
            let modified = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
            let file = fs::File::options().write(true).open(&page).unwrap();
            file.set_modified(modified).unwrap();
            assert_eq!(stage(&writer, &parts, false), changed, "{parts:?}");
            assert_eq!(fs::read_to_string(&page).unwrap(), parts.concat());
            let is_same = fs::metadata(&page).unwrap().modified().unwrap() == modified;
            assert_eq!(is_same, changed == Changed::Same);
            assert_eq!(fs::read_dir(root.join("docs")).unwrap().count(), 1);
        }
    }

    #[test]
    fn what_is_given_up_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let writer = Writer::new(Files::new(root.clone(), 1 << 20));
        fs::write(root.join("page"), "old").unwrap();
        let mut staged = writer.stage("page", false).unwrap();
        staged.write_all(b"new").unwrap();
        assert_eq!(staged.finish().unwrap(), Changed::Replaced);
        drop(staged);
        assert_eq!(fs::read_to_string(root.join("page")).unwrap(), "old");
        assert_eq!(fs::read_dir(&root).unwrap().count(), 1);
    }

    #[test]
    fn stays_where_a_writer_stays() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        fs::create_dir_all(root.join(".git/hooks")).unwrap();
        let writer = Writer::new(Files::new(root.clone(), 1 << 20));
        assert!(writer.stage("../out", false).is_err());
        assert!(writer.stage(".git", false).is_err(), "a folder");
        let mut staged = writer.stage(".git/hooks/pre-commit", false).unwrap();
        assert!(staged.write_all(b"x").is_err());
        let error = staged.finish().unwrap_err().to_string();
        assert!(error.contains("git's own folder"), "{error}");
        assert_eq!(fs::read_dir(root.join(".git/hooks")).unwrap().count(), 0);
    }
}
