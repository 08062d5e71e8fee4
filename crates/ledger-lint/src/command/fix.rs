//! `ledger-lint fix`.

use std::path::PathBuf;

use trueline_kit::{Context, Error, ErrorKind};

use super::append::owned_by_others;
use super::base::Base;
use super::jobs::{existing, ledger_of};
use crate::input::Input;
use crate::ledger::Ledger;
use crate::{catalogue, fix, history};

/// Flags of `fix`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files [default: every ledger that exists and is not another tool's]
    files: Vec<PathBuf>,
    /// Leave lines alone that this revision has
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    base: String,
    /// Mend committed lines too: rewrites history that others have read
    #[arg(long, conflicts_with = "base")]
    history: bool,
    /// Reverse texts whose encoding was broken, where that is exact
    #[arg(long)]
    repair_encoding: bool,
    /// Write nothing; exit 1 and show the difference if there is something to fix
    #[arg(long)]
    check: bool,
}

pub(super) fn run(args: &Args, ctx: &Context) -> Result<(), Error> {
    let ledgers = catalogue::all(ctx.config(), &|path| ctx.read(path));
    let mut jobs: Vec<(Input, Ledger)> = Vec::new();
    if args.files.is_empty() {
        jobs = existing(ctx, &ledgers)?;
        jobs.retain(|(input, ledger)| {
            owned_by_others(ledger, "mend it").is_ok() && !input.shown.ends_with(".gz")
        });
    }
    for path in &args.files {
        let shown = ctx.relative(path)?;
        let ledger = ledger_of(&shown, &ledgers, None);
        owned_by_others(&ledger, "mend it")?;
        if shown.ends_with(".gz") {
            return Err(Error::usage(format!(
                "`{shown}` is packed; unpack it first"
            )));
        }
        let input = Input::below_root(ctx, &shown)?
            .ok_or_else(|| Error::usage(format!("there is no file `{shown}`")))?;
        jobs.push((input, ledger));
    }
    let base = match args.history {
        true => None,
        false => base(ctx, &args.base)?,
    };
    for (input, ledger) in &jobs {
        if let Err(error) = file(args, ctx, input, ledger, base.as_ref()) {
            ctx.failed(&error);
        }
    }
    Ok(())
}

/// The revision whose lines stay. Outside a repository, and before the first commit, there is
/// none.
fn base(ctx: &Context, rev: &str) -> Result<Option<Base>, Error> {
    let git = ctx.git();
    let head = match git.head() {
        Ok(Some(head)) => head,
        Ok(None) => return Ok(None),
        Err(error) if rev == "HEAD" && error.kind() != ErrorKind::Inconclusive => return Ok(None),
        Err(error) => return Err(error),
    };
    let commit = git.merge_base(&git.commit(rev)?, &head)?;
    Ok(Some(Base {
        name: rev.to_owned(),
        commit,
    }))
}

fn file(
    args: &Args,
    ctx: &Context,
    input: &Input,
    ledger: &Ledger,
    base: Option<&Base>,
) -> Result<(), Error> {
    let bytes = input.read(ctx.config().limits.file_bytes)?;
    let mut committed = 0;
    if let Some(base) = base
        && let Some(before) = base.content(ctx, &input.shown)?
    {
        let old = history::lines(&before);
        let same = old
            .iter()
            .zip(history::lines(&bytes))
            .take_while(|(a, b)| *a == b)
            .count();
        if same < old.len() && ledger.kind == crate::ledger::Kind::AppendOnly {
            return Err(Error::io(format!(
                "`{}` does not begin with the lines of {}",
                input.shown, base.name
            ))
            .hint(format!(
                "`ledger-lint check --base {}` shows what was changed",
                base.name
            )));
        }
        committed = u32::try_from(same).unwrap_or(u32::MAX);
        // A last line without its end is not whole: giving it one changes no committed byte.
        if !before.ends_with(b"\n") && same == old.len() {
            committed = committed.saturating_sub(1);
        }
    }
    let done = fix::fix(&bytes, ledger.format, committed, args.repair_encoding);
    if done.committed > 0 {
        ctx.note(format!(
            "{}: {} committed lines would need mending; --history rewrites them",
            input.shown, done.committed
        ));
    }
    let changed = ctx.generate(
        &input.shown,
        &done.bytes,
        trueline_kit::Mode::of_check(args.check),
    )?;
    if changed.any() && !args.check {
        ctx.note(format!("{}: {} lines mended", input.shown, done.lines));
    }
    Ok(())
}
