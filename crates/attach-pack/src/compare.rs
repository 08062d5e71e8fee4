//! `diff`: what two packs have in common, and what not.

use crate::read::Pack;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use trueline_kit::escape::line;
use trueline_kit::{Context, Error, Format};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The earlier pack
    #[arg(value_name = "A")]
    a: PathBuf,
    /// The later pack
    #[arg(value_name = "B")]
    b: PathBuf,
}

/// What `diff --format json` prints.
#[derive(Serialize)]
struct View<'a> {
    version: u32,
    a: &'a str,
    b: &'a str,
    same: bool,
    added: Vec<&'a str>,
    removed: Vec<&'a str>,
    changed: Vec<&'a str>,
}

pub(crate) fn run(args: &Args, ctx: &Context) -> Result<(), Error> {
    let format = ctx.data_format(&[Format::Human, Format::Json])?;
    let (a, b) = (Pack::read(ctx, &args.a)?, Pack::read(ctx, &args.b)?);
    let (Some(a), Some(b)) = (a, b) else {
        return Ok(());
    };
    let only = |of: &'_ Pack, other: &Pack| -> Vec<String> {
        of.files
            .keys()
            .filter(|path| !other.files.contains_key(*path))
            .cloned()
            .collect()
    };
    let (removed, added) = (only(&a, &b), only(&b, &a));
    let changed: Vec<&str> = a
        .files
        .iter()
        .filter(|(path, entry)| b.files.get(*path).is_some_and(|other| other != *entry))
        .map(|(path, _)| path.as_str())
        .collect();
    let view = View {
        version: 1,
        a: &a.id,
        b: &b.id,
        same: a.id == b.id,
        added: added.iter().map(String::as_str).collect(),
        removed: removed.iter().map(String::as_str).collect(),
        changed,
    };
    if format == Format::Json {
        return ctx.print_json(&view);
    }
    let mut out = ctx.out();
    if view.same {
        writeln!(out, "the same pack: {}", view.a)?;
        return Ok(out.finish()?);
    }
    writeln!(out, "a {}\nb {}", view.a, view.b)?;
    for (sign, paths) in [
        ('-', &view.removed),
        ('+', &view.added),
        ('~', &view.changed),
    ] {
        for path in paths {
            writeln!(out, "{sign} {}", line(path))?;
        }
    }
    Ok(out.finish()?)
}
