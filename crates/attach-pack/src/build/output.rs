//! The file that the pack becomes: the old one or the new one, at every moment.
//!
//! A pack may be larger than memory, so it is streamed into a temporary file in its folder, synced, and renamed.

use super::settings::Settings;
use super::stamp::Stamp;
use crate::zip::Archive;
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::SyncSender;
use std::thread::JoinHandle;
use tempfile::NamedTempFile;
use trueline_core::artifact::pack::{PackKind, PackManifest};
use trueline_kit::{Artifact, Context, Error};

/// Bytes after which the disk is asked to take what there is.
const SYNC_EVERY: usize = 32 << 20;

/// Where the pack goes.
pub(super) struct Target {
    place: PathBuf,
    shown: String,
    /// By -o.
    is_asked: bool,
}

/// A pack that is being written.
pub(super) struct Output<'t> {
    target: &'t Target,
    temp: NamedTempFile,
    syncer: Option<Syncer>,
}

impl Target {
    /// `-o`, relative to the current folder, or the default place.
    pub(super) fn of(ctx: &Context, settings: &Settings, stamp: &Stamp) -> Result<Self, Error> {
        if let Some(path) = &settings.output {
            if path.file_name().is_none() || path.is_dir() {
                return Err(Error::usage(format!(
                    "-o `{}` is no name of a file",
                    path.display()
                )));
            }
            let here = std::env::current_dir().map_err(|error| Error::io(error.to_string()))?;
            let place = here.join(path);
            let shown = match ctx.relative(path) {
                Ok(inner) => inner,
                Err(_) => path.to_string_lossy().replace('\\', "/"),
            };
            return Ok(Self {
                place,
                shown,
                is_asked: true,
            });
        }
        let name = stamp.name(settings.kind);
        let shown = match settings.kind {
            PackKind::Run => {
                let agent = settings.agent.as_deref().unwrap_or_default();
                format!(
                    "{}/{agent}/{name}-attach.zip",
                    ctx.config().path(Artifact::PacksDir)
                )
            }
            PackKind::Handoff => {
                format!("{}/{name}.zip", ctx.config().path(Artifact::RotationsDir))
            }
        };
        let place = ctx.root().join(&shown);
        stays_inside(ctx.root(), &place, &shown)?;
        Ok(Self {
            place,
            shown,
            is_asked: false,
        })
    }

    /// The path to show, root-relative where it can be.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// An error where the default place holds the pack of another run, which must not be lost.
    pub(super) fn holds_another(&self, run: Option<&str>) -> Result<(), Error> {
        if self.is_asked {
            return Ok(());
        }
        let Some(other) = run_of(&self.place).filter(|other| Some(other.as_str()) != run) else {
            return Ok(());
        };
        let error = Error::usage(format!(
            "`{}` is the pack of another run, `{other}`",
            self.shown
        ));
        Err(error.hint("name another file with -o, or commit the report first"))
    }

    /// Opens a temporary file beside the target; folders are made.
    pub(super) fn create(&self) -> Result<Output<'_>, Error> {
        let folder = self.place.parent().unwrap_or(Path::new("."));
        let failed = |error: io::Error| self.failed(&error);
        std::fs::create_dir_all(folder).map_err(failed)?;
        fault("before-temp");
        let mut builder = tempfile::Builder::new();
        builder.prefix(".trueline-").suffix(".tmp");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let temp = builder.tempfile_in(folder).map_err(failed)?;
        // Without it all waits for the end, which is slower and no less safe.
        let syncer = temp.as_file().try_clone().ok().map(Syncer::start);
        Ok(Output {
            target: self,
            temp,
            syncer,
        })
    }

    /// A file without a name on the same file system: it is gone with the process, whatever ends that.
    pub(super) fn scratch(&self) -> Result<File, Error> {
        let folder = self.place.parent().unwrap_or(Path::new("."));
        tempfile::tempfile_in(folder).map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &io::Error) -> Error {
        Error::io(format!("cannot write `{}`: {error}", self.shown))
    }
}

impl Output<'_> {
    /// The stream to write to.
    pub(super) fn writer(&mut self) -> BufWriter<Stream<'_>> {
        let stream = Stream {
            file: self.temp.as_file(),
            syncer: self.syncer.as_ref(),
            since: 0,
        };
        BufWriter::with_capacity(1 << 20, stream)
    }

    /// Makes it the pack.
    pub(super) fn commit(self) -> Result<(), Error> {
        let Self {
            target,
            temp,
            syncer,
        } = self;
        let failed = |error: io::Error| target.failed(&error);
        // An error is told to one sync alone.
        syncer.map_or(Ok(()), Syncer::end).map_err(failed)?;
        temp.as_file().sync_all().map_err(failed)?;
        fault("after-temp");
        fault("before-rename");
        temp.persist(&target.place)
            .map_err(|error| target.failed(&error.error))?;
        fault("after-rename");
        let folder = target.place.parent().unwrap_or(Path::new("."));
        sync_folder(folder).map_err(failed)
    }
}

/// What is written to a pack; from time to time, the disk gets it.
pub(super) struct Stream<'o> {
    file: &'o File,
    syncer: Option<&'o Syncer>,
    /// Bytes since the disk was asked last.
    since: usize,
}

impl Write for Stream<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.since += count;
        if let Some(syncer) = self.syncer
            && self.since >= SYNC_EVERY
        {
            self.since = 0;
            syncer.ask();
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Stream<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// A thread that hands a file to the disk while it is written, so that little is left to wait for at the end.
struct Syncer {
    ask: SyncSender<()>,
    thread: JoinHandle<io::Result<()>>,
}

impl Syncer {
    fn start(file: File) -> Self {
        let (ask, asked) = std::sync::mpsc::sync_channel(1);
        let thread = std::thread::spawn(move || asked.iter().try_for_each(|()| file.sync_data()));
        Self { ask, thread }
    }

    fn ask(&self) {
        // It is still busy, or has failed, which `end` tells.
        let _ = self.ask.try_send(());
    }

    fn end(self) -> io::Result<()> {
        drop(self.ask);
        let ended = self.thread.join();
        ended.unwrap_or_else(|_| Err(io::Error::other("the thread that syncs it failed")))
    }
}

/// The report that a pack was made of; `None` where there is no pack, or none that can be read.
fn run_of(place: &Path) -> Option<String> {
    let file = File::open(place).ok()?;
    let archive = Archive::open(&file).ok()?;
    let is_list = |entry: &&crate::zip::Entry| entry.name().ends_with("/data/pack.json");
    let entry = archive.entries().iter().find(is_list)?;
    let text = archive.bytes(entry, 256 << 20).ok()?.ok()?;
    let list: PackManifest = serde_json::from_slice(&text).ok()?;
    list.files
        .into_iter()
        .find(|file| file.role.as_str() == "report")?
        .source
}

/// The default place must not lead out of the root through a link.
fn stays_inside(root: &Path, place: &Path, shown: &str) -> Result<(), Error> {
    let existing = place
        .ancestors()
        .find(|folder| folder.symlink_metadata().is_ok());
    let plain = place.components().all(|part| part != Component::ParentDir);
    match existing.map(Path::canonicalize) {
        Some(Ok(real)) if plain && real.starts_with(root) => Ok(()),
        _ => Err(Error::io(format!("`{shown}` lies outside the root"))),
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some network file systems cannot; the rename is all that can be had there.
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

/// Ends the process here, as a power cut would, where `TRUELINE_FAULT` names this step (feature `testing` only).
pub(super) fn fault(step: &str) {
    #[cfg(feature = "testing")]
    if std::env::var_os("TRUELINE_FAULT").is_some_and(|name| name == step) {
        std::process::abort();
    }
    #[cfg(not(feature = "testing"))]
    let _ = step;
}
