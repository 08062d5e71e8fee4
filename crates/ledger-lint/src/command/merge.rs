//! `ledger-lint merge` and `install-merge-driver`.

use std::path::{Path, PathBuf};

use trueline_kit::{Context, Error, Mode};

use super::base::is_bound;
use super::side;
use crate::ledger::Format;
use crate::{catalogue, merge};

/// Flags of `merge`, as git gives them.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The common base (%O)
    base: PathBuf,
    /// This side (%A); the result is written there
    ours: PathBuf,
    /// The other side (%B)
    theirs: PathBuf,
    /// Path of the ledger (%P)
    path: Option<String>,
}

/// Flags of `install-merge-driver`.
#[derive(Debug, clap::Args)]
pub struct InstallArgs {
    /// Write nothing; exit 1 if .gitattributes is not up to date
    #[arg(long)]
    check: bool,
}

const NAME: &str = "ledger";
const DRIVER: &str = "ledger-lint merge %O %A %B %P";

pub(super) fn run(args: &Args, ctx: &Context) -> Result<(), Error> {
    let limit = ctx.config().limits.file_bytes;
    let read = |path: &Path| -> Result<Vec<u8>, Error> {
        let failed =
            |error: std::io::Error| Error::on(format!("cannot read `{}`", path.display()), &error);
        let size = path.metadata().map_err(failed)?.len();
        if size > limit {
            return Err(Error::io(format!(
                "`{}` is larger than the limit of {limit} bytes",
                path.display()
            )));
        }
        std::fs::read(path).map_err(failed)
    };
    let (base, ours, theirs) = (read(&args.base)?, read(&args.ours)?, read(&args.theirs)?);
    let (upstream, own) = match side::is_ours_upstream(ctx)? {
        true => (&ours, &theirs),
        false => (&theirs, &ours),
    };
    let name = args.path.as_deref().unwrap_or_default();
    let ledgers = catalogue::all(ctx.config(), &|path| ctx.read(path));
    let ledger = ledgers.iter().find(|ledger| ledger.path == name);
    let shown = match name {
        "" => args.ours.display().to_string(),
        name => name.to_owned(),
    };
    let merged = match ledger {
        Some(ledger) if ledger.format == Format::Json && !ledger.records.is_empty() => {
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec());
            let (Ok(base), Ok(upstream), Ok(own)) = (text(&base), text(upstream), text(own)) else {
                return Err(Error::io(format!("`{shown}` is not UTF-8")));
            };
            merge::merge_document(&base, &upstream, &own, ledger.records).map(String::into_bytes)
        }
        _ => merge::merge(&base, upstream, own),
    };
    let merged = merged.map_err(|error| {
        Error::io(format!("`{shown}` is left to you: {error}"))
            .hint("restore the committed lines on that side, then merge again")
    })?;
    std::fs::write(&args.ours, merged)
        .map_err(|error| Error::on(format!("cannot write `{}`", args.ours.display()), &error))
}

pub(super) fn install(args: &InstallArgs, ctx: &Context) -> Result<(), Error> {
    let ledgers = catalogue::all(ctx.config(), &|path| ctx.read(path));
    let git = ctx.git();
    git.require()?;
    let attributes = ".gitattributes";
    let mut text = match ctx.read(attributes)? {
        None => String::new(),
        Some(bytes) => String::from_utf8(bytes)
            .map_err(|_| Error::io(format!("`{attributes}` is not UTF-8")))?,
    };
    for ledger in ledgers.iter().filter(|ledger| is_bound(ledger)) {
        if ledger.path.contains(char::is_whitespace) || ledger.path.contains('"') {
            ctx.warn(format!(
                "`{}` cannot be named in .gitattributes",
                ledger.path
            ));
            continue;
        }
        let has = text.lines().any(|line| {
            let mut words = line.split_whitespace();
            words.next().map(|path| path.trim_start_matches('/')) == Some(ledger.path.as_str())
                && words.any(|word| word == format!("merge={NAME}"))
        });
        if !has {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&format!("/{} merge={NAME} text eol=lf\n", ledger.path));
        }
    }
    let changed = ctx.generate(attributes, text.as_bytes(), Mode::of_check(args.check))?;
    if args.check {
        return Ok(());
    }
    git.stdout(&[
        "config",
        "--local",
        &format!("merge.{NAME}.name"),
        "append-only ledgers: the main branch's records first",
    ])?;
    git.stdout(&["config", "--local", &format!("merge.{NAME}.driver"), DRIVER])?;
    if changed.any() {
        ctx.note("wrote .gitattributes: commit it; the driver itself is installed in each clone");
    }
    ctx.note("installed the merge driver in this clone");
    Ok(())
}
