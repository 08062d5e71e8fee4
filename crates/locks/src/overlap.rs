//! `locks overlap` and `locks match`: the algebra of scopes on the command line.

use std::io::Write as _;

use serde_json::json;
use trueline_kit::{Context, Error, Format, STDIN};
use trueline_scope::OverlapKind;

use crate::acquire::parse;

const FORMATS: &[Format] = &[Format::Human, Format::Json, Format::Jsonl];

#[derive(clap::Args)]
pub(crate) struct OverlapArgs {
    /// One glob
    #[arg(value_name = "GLOB", allow_hyphen_values = true)]
    a: String,
    /// The other
    #[arg(value_name = "GLOB", allow_hyphen_values = true)]
    b: String,
}

#[derive(clap::Args)]
pub(crate) struct MatchArgs {
    /// The glob
    #[arg(value_name = "GLOB", allow_hyphen_values = true)]
    glob: String,
    /// Paths, relative to the root; `-` reads them from standard input, one a line
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
}

pub(crate) fn overlap(args: &OverlapArgs, ctx: &Context) -> Result<(), Error> {
    let format = ctx.data_format(FORMATS)?;
    let (a, b) = (parse(&args.a)?, parse(&args.b)?);
    let found = a.intersects(&b);
    let (shared, kind, refuses) = match found.as_ref().map(|overlap| overlap.kind) {
        None => (false, None, false),
        Some(OverlapKind::Shared) => (true, Some("shared"), true),
        Some(OverlapKind::Ancestor { refuses }) => (false, Some("ancestor"), refuses),
    };
    if refuses {
        crate::answer_is_one();
    }
    let witness = found.map(|overlap| overlap.witness);
    if format != Format::Human {
        return ctx.print_json(&json!({
            "version": 1,
            "intersects": shared,
            "kind": kind,
            "witness": witness,
            "refuses": refuses,
        }));
    }
    let mut out = ctx.out();
    match (kind, witness) {
        (Some("shared"), Some(path)) => writeln!(out, "they meet: both hold `{path}`")?,
        (Some(_), Some(path)) if refuses => {
            writeln!(
                out,
                "they clash: a file of one is a folder above `{path}` of the other"
            )?;
        }
        (Some(_), Some(path)) => writeln!(
            out,
            "no path is in both; note: by wildcard, one may have a file where `{path}` of the \
             other needs a folder"
        )?,
        _ => writeln!(out, "they are disjoint")?,
    }
    Ok(out.finish()?)
}

pub(crate) fn matches(args: &MatchArgs, ctx: &Context) -> Result<(), Error> {
    let format = ctx.data_format(FORMATS)?;
    let glob = parse(&args.glob)?;
    let mut any = false;
    let mut answers = Vec::new();
    let mut out = ctx.out();
    let mut one = |path: &str| -> std::io::Result<()> {
        let is = glob.matches(path);
        any |= is;
        if format == Format::Human {
            if is {
                writeln!(out, "{path}")?;
            }
        } else {
            answers.push(json!({"path": path, "matches": is}));
        }
        Ok(())
    };
    let from_stdin = args.paths.is_empty() || args.paths == [STDIN];
    if from_stdin {
        for line in crate::owners::lines(std::io::stdin().lock(), STDIN, ctx)? {
            one(&line)?;
        }
    }
    for path in args.paths.iter().filter(|_| !from_stdin) {
        one(path)?;
    }
    out.finish()?;
    if format != Format::Human {
        ctx.print_json(&json!({"version": 1, "glob": args.glob, "paths": answers}))?;
    }
    if !any {
        crate::answer_is_one();
    }
    Ok(())
}
