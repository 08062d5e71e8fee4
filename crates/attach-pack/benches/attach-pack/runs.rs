//! What a run takes: of a process, or of the library.

use super::Done;
use rayon::prelude::*;
use std::io::{BufWriter, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use trueline_attach_pack::zip::{Level, Prepared, WHOLE, Writer, prepare};

/// What a run took.
pub(super) struct Run {
    pub(super) wall: f64,
    pub(super) cpu: f64,
    pub(super) peak: f64,
}

pub(super) fn run(command: &mut Command) -> Done<Run> {
    let (start, before) = (Instant::now(), cpu(true));
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak: f64 = 0.0;
    let code = loop {
        if let Some(code) = child.try_wait()? {
            break code;
        }
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let kib = text.lines().find_map(|line| {
            line.strip_prefix("VmHWM:")?
                .trim()
                .trim_end_matches(" kB")
                .parse::<f64>()
                .ok()
        });
        peak = peak.max(kib.unwrap_or(0.0) * 1024.0);
        std::thread::sleep(Duration::from_millis(2));
    };
    let wall = start.elapsed().as_secs_f64();
    if !code.success() {
        let mut text = String::new();
        if let Some(mut stderr) = child.stderr.take() {
            std::io::Read::read_to_string(&mut stderr, &mut text)?;
        }
        return Err(format!("{command:?}: {code}: {text}").into());
    }
    Ok(Run {
        wall,
        cpu: cpu(true) - before,
        peak,
    })
}

/// Seconds of CPU of this process, or of its children that have ended; where the system says (Linux).
fn cpu(children: bool) -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let first = if children { 13 } else { 11 };
    let ticks: f64 = (first..first + 2)
        .filter_map(|at| fields.get(at)?.parse::<f64>().ok())
        .sum();
    ticks / 100.0
}

/// The zip of the tree by the library alone, as the tool makes it: read, hashed and compressed on all threads beside the
/// writing, nothing searched.
pub(super) fn plain(tree: &Path) -> Done<Run> {
    let (start, before) = (Instant::now(), cpu(false));
    let mut paths = paths(tree)?;
    paths.sort();
    let mut zip = Writer::new(BufWriter::with_capacity(1 << 20, tempfile::tempfile()?));
    let mut held: Vec<Ready<'_>> = Vec::new();
    let mut batches = paths.chunks(64);
    loop {
        let next = batches.next();
        let work = || -> Result<Vec<Ready<'_>>, String> {
            let batch = next.unwrap_or_default();
            batch.par_iter().map(|path| ready(path)).collect()
        };
        let store = || -> Result<(), String> {
            for (path, entry) in std::mem::take(&mut held) {
                store(&mut zip, path, entry).map_err(|error| error.to_string())?;
            }
            Ok(())
        };
        let (worked, stored) = rayon::join(work, store);
        stored?;
        held = worked?;
        if next.is_none() {
            break;
        }
    }
    zip.finish("base", "")?;
    Ok(Run {
        wall: start.elapsed().as_secs_f64(),
        cpu: cpu(false) - before,
        peak: 0.0,
    })
}

/// A file, and its entry where it is small enough to be held.
type Ready<'p> = (&'p Path, Option<Prepared>);

fn name(path: &Path) -> String {
    format!("base/{}", path.display()).replace("//", "/")
}

fn ready(path: &Path) -> Result<Ready<'_>, String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if size.len() > WHOLE {
        return Ok((path, None));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let entry = prepare(&name(path), false, bytes, Level::Normal);
    let entry = entry.map_err(|error| error.to_string())?;
    Ok((path, Some(entry)))
}

fn store<W: Write + Seek + Send>(
    zip: &mut Writer<W>,
    path: &Path,
    entry: Option<Prepared>,
) -> Done<()> {
    if let Some(entry) = entry {
        return Ok(zip.add(entry)?);
    }
    let mut file = std::fs::File::open(path)?;
    let size = file.metadata()?.len();
    zip.add_stream(
        &name(path),
        false,
        size,
        &mut file,
        Level::Normal,
        &mut |_| (),
    )?;
    Ok(())
}

fn paths(tree: &Path) -> Done<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), vec![tree.to_owned()]);
    while let Some(folder) = folders.pop() {
        for item in std::fs::read_dir(folder)? {
            let item = item?;
            match item.file_type()?.is_dir() {
                true => folders.push(item.path()),
                false => found.push(item.path()),
            }
        }
    }
    Ok(found)
}

/// Reads all files, so that they are in the page cache.
pub(super) fn warm(tree: &Path) -> Done<()> {
    for path in paths(tree)? {
        std::io::copy(&mut std::fs::File::open(path)?, &mut std::io::sink())?;
    }
    Ok(())
}
