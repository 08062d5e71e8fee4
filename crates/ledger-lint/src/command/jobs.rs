//! Which files are checked, and as which ledgers.

use std::sync::Arc;

use trueline_kit::{Context, Error};

use super::check::{Args, As};
use crate::catalogue;
use crate::input::Input;
use crate::ledger::{Format, Ledger};

/// A file and the ledger that it is.
pub(super) type Job = (Input, Ledger);

/// Every ledger that exists.
pub(super) fn existing(ctx: &Context, ledgers: &[Ledger]) -> Result<Vec<Job>, Error> {
    let mut jobs = Vec::new();
    for ledger in ledgers {
        for path in paths(ctx, ledger)? {
            if let Some(input) = Input::below_root(ctx, &path)? {
                let mut ledger = ledger.clone();
                ledger.path.clone_from(&path);
                jobs.push((input, ledger));
            }
        }
    }
    Ok(jobs)
}

/// The files of a ledger: one, or those of its folder, its packed form too.
fn paths(ctx: &Context, ledger: &Ledger) -> Result<Vec<String>, Error> {
    if ledger.format == Format::Approval {
        let place = ctx.root().join(&ledger.path);
        let Ok(entries) = std::fs::read_dir(&place) else {
            return Ok(Vec::new());
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry
                .map_err(|error| Error::on(format!("cannot read `{}`", ledger.path), &error))?;
            if let Some(name) = entry.file_name().to_str()
                && name.ends_with(".md")
                && !is_readme(name)
            {
                names.push(format!("{}/{name}", ledger.path));
            }
        }
        names.sort();
        return Ok(names);
    }
    let mut paths = vec![ledger.path.clone()];
    if ledger.format == Format::Jsonl && !ledger.path.ends_with(".gz") {
        paths.push(format!("{}.gz", ledger.path));
    }
    Ok(paths)
}

/// Whether a file says what its folder is, and is no approval in it.
fn is_readme(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.eq_ignore_ascii_case("readme.md")
}

/// The files of the command line, each as the ledger it is.
pub(super) fn named(ctx: &Context, args: &Args, ledgers: &[Ledger]) -> Result<Vec<Job>, Error> {
    let read = |path: &str| match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::on(format!("cannot read `{path}`"), &error)),
    };
    let schema = match &args.schema {
        None => None,
        Some(name) => Some(Arc::new(catalogue::schema(name, &read)?)),
    };
    let mut jobs = Vec::new();
    for path in &args.files {
        let input = Input::named(ctx, path)?;
        let mut ledger = ledger_of(&input.shown, ledgers, args.schema.as_deref());
        if let Some(format) = args.format {
            ledger.format = match format {
                As::Jsonl => Format::Jsonl,
                As::Json => Format::Json,
                As::Yaml => Format::Yaml,
            };
        }
        if args.no_schema {
            ledger = Ledger::unknown(&*input.shown, ledger.format);
            ledger.content = false;
        }
        if let Some(schema) = &schema {
            ledger.schema = Some(Arc::clone(schema));
        }
        jobs.push((input, ledger));
    }
    Ok(jobs)
}

/// The ledger that a file is: by its path, else by the built-in schema that is asked for.
pub(super) fn ledger_of(path: &str, ledgers: &[Ledger], schema: Option<&str>) -> Ledger {
    let bare = path.strip_suffix(".gz").unwrap_or(path);
    let by_path = ledgers.iter().find(|ledger| {
        let is_approval = ledger.format == Format::Approval
            && !is_readme(bare)
            && bare
                .strip_prefix(ledger.path.as_str())
                .is_some_and(|rest| rest.starts_with('/'));
        is_approval || ledger.path == bare || ledger.path == path
    });
    let by_schema = || {
        let schema = schema.filter(|name| !name.contains(['.', '/']))?;
        ledgers
            .iter()
            .find(|ledger| ledger.built_in == Some(schema) && ledger.records.is_empty())
    };
    match by_path.or_else(by_schema) {
        Some(ledger) => Ledger {
            path: path.to_owned(),
            ..ledger.clone()
        },
        None => Ledger::unknown(path, catalogue::format_of(path)),
    }
}
