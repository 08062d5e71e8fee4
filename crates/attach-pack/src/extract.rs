//! `extract`: a pack as a folder. Everything is checked before the first byte is written, and again while it is.

use crate::bag::Source;
use crate::cli;
use crate::open::Place;
use crate::verify::flaws;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use trueline_kit::{Context, Error};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A pack
    #[arg(value_name = "PACK")]
    pack: PathBuf,
    /// The folder to make; it must not exist
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

pub(crate) fn run(args: &Args, ctx: &Context) -> Result<(), Error> {
    let to = args.to.display();
    if args.to.symlink_metadata().is_ok() {
        return Err(Error::usage(format!("`{to}` exists")).hint("name a folder that does not"));
    }
    let (place, shown) = cli::place(ctx, &args.pack)?;
    let read = |error: io::Error| Error::io(format!("cannot read `{shown}`: {error}"));
    let written =
        |error: io::Error| Error::io(format!("cannot unpack `{shown}` to `{to}`: {error}"));
    let place = Place::open(&place).map_err(read)?;
    let parent = match args.to.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let folder = tempfile::Builder::new()
        .prefix(".trueline-")
        .tempdir_in(parent)
        .map_err(written)?;
    let inner = folder.path().join("pack");
    let good = place
        .with(&mut |source, archive| {
            let (flaws, _) = flaws(source, archive);
            let good = flaws.is_empty();
            ctx.report_all(flaws.into_iter().map(|flaw| flaw.finding(&shown)));
            if good {
                let executable: BTreeSet<String> = archive
                    .iter()
                    .flat_map(|(archive, _)| archive.entries())
                    .filter(|entry| entry.executable())
                    .filter_map(|entry| Some(entry.name().split_once('/')?.1.to_owned()))
                    .collect();
                unpack(source, &inner, &executable)?;
            }
            Ok(good)
        })
        .map_err(written)?;
    if good {
        // A name in between that appeared meanwhile is not replaced: a folder with content cannot be renamed over.
        fs::rename(&inner, &args.to).map_err(written)?;
        ctx.note(format!(
            "unpacked to {}",
            trueline_kit::escape::line(&to.to_string())
        ));
    }
    Ok(())
}

/// Writes every file into a folder that nobody else knows, so that no link can be in the way.
fn unpack(source: &dyn Source, to: &Path, executable: &BTreeSet<String>) -> io::Result<()> {
    fs::create_dir(to)?;
    for file in source.files() {
        let target = to.join(&file.path);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut out = io::BufWriter::new(File::create_new(&target)?);
        let mut digest = Sha256::new();
        let mut trouble = None;
        source.read(&file.path, &mut |piece| {
            digest.update(piece);
            if trouble.is_none() {
                trouble = out.write_all(piece).err();
            }
        })?;
        if let Some(error) = trouble {
            return Err(error);
        }
        let digest: [u8; 32] = digest.finalize().into();
        if source
            .known_sha256(&file.path)
            .is_some_and(|known| known != digest)
        {
            return Err(io::Error::other(format!(
                "`{}` changed while it was read",
                file.path
            )));
        }
        let out = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        #[cfg(unix)]
        if executable.contains(&file.path) {
            use std::os::unix::fs::PermissionsExt;
            let mode = out.metadata()?.permissions().mode();
            out.set_permissions(fs::Permissions::from_mode(mode | (mode >> 2 & 0o111)))?;
        }
        #[cfg(not(unix))]
        let _ = executable;
        out.sync_all()?;
    }
    Ok(())
}
