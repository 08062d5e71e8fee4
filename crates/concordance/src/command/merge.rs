//! `concordance merge` and `concordance install-merge-driver`.

use std::path::PathBuf;

use trueline_kit::{Context, Error, Source};

use crate::crosswalk::{Book, merge, write};
use crate::settings::Settings;

/// Join two crosswalks: git calls this as a merge driver.
#[derive(Debug, clap::Args)]
pub(crate) struct Merge {
    /// The common ancestor
    base: PathBuf,
    /// Our side; the result is written to it
    ours: PathBuf,
    /// Their side
    theirs: PathBuf,
}

/// Have git join the crosswalk with `concordance merge`.
#[derive(Debug, clap::Args)]
pub(crate) struct InstallMergeDriver {}

impl Merge {
    pub(crate) fn run(&self, ctx: &Context) -> Result<(), Error> {
        let read = |path: &PathBuf| -> Result<(String, Book), Error> {
            let relative = ctx.relative(path)?;
            let source = ctx
                .read_source(&relative)?
                .ok_or_else(|| Error::usage(format!("there is no `{relative}`")))?;
            // Two branches that both begin a crosswalk have an empty ancestor.
            let is_empty = source.text().trim().is_empty();
            let book = Book::read((!is_empty).then(|| Source::clone(&source)));
            if let Some(fault) = book.faults.first() {
                return Err(
                    Error::io(format!("{relative}: {}", fault.message)).place(fault.clone())
                );
            }
            Ok((relative, book))
        };
        let (_, base) = read(&self.base)?;
        let (path, ours) = read(&self.ours)?;
        let (_, theirs) = read(&self.theirs)?;
        let merged = merge(&base, &ours, &theirs);
        ctx.writer().write(&path, write(&merged.book).as_bytes())?;
        if merged.conflicts.is_empty() {
            return Ok(());
        }
        let mut error = Error::io(format!(
            "both sides changed {} value{} of the crosswalk; ours was kept",
            merged.conflicts.len(),
            if merged.conflicts.len() == 1 { "" } else { "s" },
        ));
        for conflict in merged.conflicts.iter().take(20) {
            error = error.hint(format!("decide on {conflict}"));
        }
        Err(error)
    }
}

impl InstallMergeDriver {
    pub(crate) fn run(&self, ctx: &Context) -> Result<(), Error> {
        let git = ctx.git();
        git.require()?;
        let settings = Settings::new(ctx.config());
        for (key, value) in [
            ("merge.concordance.name", "join crosswalks row by row"),
            ("merge.concordance.driver", "concordance merge %O %A %B"),
        ] {
            git.stdout(&["config", key, value])?;
        }
        let line = format!(
            "/{} merge=concordance",
            settings.crosswalk.replace(' ', "?")
        );
        let path = ".gitattributes";
        let text = ctx
            .read_source(path)?
            .map(|source| source.text().to_owned());
        let mut text = text.unwrap_or_default();
        if !text.lines().any(|known| known.trim() == line) {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&line);
            text.push('\n');
            ctx.writer().write(path, text.as_bytes())?;
            ctx.note(format!("{path}: {line}"));
        }
        ctx.note("every clone has to run this once: git keeps merge drivers out of the repository");
        Ok(())
    }
}
