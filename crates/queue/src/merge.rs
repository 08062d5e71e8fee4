//! `queue merge`, what git calls, and `queue install-merge-driver`.

use std::path::{Path, PathBuf};

use trueline_core::artifact::queue::Status;
use trueline_core::{Finding, Location};
use trueline_kit::{Artifact, Context, Error, Mode};
use trueline_plan::merge::{Conflict, ConflictKind, Unmerged, merge};
use trueline_plan::{Aliases, Input, Inputs, Options, Plan};
use trueline_plan_files::aliases_of;

use crate::rules::{ID_COLLISION, MERGE_CONFLICT, MERGE_CYCLE};

/// Flags of `merge`, as git gives them.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The common base (%O)
    base: PathBuf,
    /// This side (%A); the result is written there
    ours: PathBuf,
    /// The other side (%B)
    theirs: PathBuf,
    /// Path of the file (%P)
    path: Option<String>,
    /// Field that records are known by
    #[arg(long, default_value = "id", value_name = "NAME")]
    key: String,
}

/// Flags of `install-merge-driver`.
#[derive(Debug, clap::Args)]
pub struct InstallArgs {
    /// Write nothing; exit 1 if .gitattributes is not up to date
    #[arg(long)]
    check: bool,
}

const NAME: &str = "queue";
const DRIVER: &str = "queue merge %O %A %B %P";

/// Merges and writes the result in the place of ours.
pub(crate) fn run(ctx: &Context, args: &Args) -> Result<(), Error> {
    let limit = ctx.config().limits.file_bytes;
    let read = |path: &Path| -> Result<Vec<u8>, Error> {
        let failed =
            |error: std::io::Error| Error::on(format!("cannot read `{}`", path.display()), &error);
        let size = path.metadata().map_err(failed)?.len();
        if size > limit {
            let message = format!("`{}` is larger than {limit} bytes", path.display());
            return Err(Error::io(message));
        }
        std::fs::read(path).map_err(failed)
    };
    let (base, ours, theirs) = (read(&args.base)?, read(&args.ours)?, read(&args.theirs)?);
    let shown = match &args.path {
        Some(path) => path.clone(),
        None => args.ours.display().to_string(),
    };
    let aliases = aliases_of(ctx, Artifact::Queue)?;
    // The queue's own name for its id, where that is an alias.
    let key = match args.key.as_str() {
        "id" if shown == ctx.config().path(Artifact::Queue) => id_key(&aliases, &ours),
        key => key.to_owned(),
    };
    let done: Vec<&str> = aliases
        .foreign_statuses(Status::Done)
        .chain(["done"])
        .collect();
    let merged = match merge(&base, &ours, &theirs, &key, &done) {
        Ok(merged) => merged,
        Err(side) => return leave(ctx, args, &shown, side),
    };
    std::fs::write(&args.ours, &merged.bytes)
        .map_err(|error| Error::on(format!("cannot write `{}`", args.ours.display()), &error))?;
    for conflict in &merged.conflicts {
        ctx.report(finding(&shown, conflict, &merged.bytes, &aliases));
    }
    if merged.conflicts.is_empty() {
        for text in new_cycles(&aliases, &ours, &theirs, &merged.bytes) {
            let message = format!("the two sides together form a cycle: {text}");
            ctx.report(
                Finding::new(&MERGE_CYCLE, Location::file(shown.as_str()), message).subject(text),
            );
        }
    }
    Ok(())
}

fn id_key(aliases: &Aliases, ours: &[u8]) -> String {
    let text = String::from_utf8_lossy(ours);
    let first = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let (document, _) = trueline_text::json::parse(first);
    aliases
        .names(trueline_plan::Field::Id)
        .find(|name| document.root().is_some_and(|root| root.get(name).is_some()))
        .unwrap_or("id")
        .to_owned()
}

fn finding(path: &str, conflict: &Conflict, merged: &[u8], aliases: &Aliases) -> Finding {
    let id = &conflict.id;
    let at = Location::file(path);
    let (rule, message, help) = match &conflict.kind {
        ConflictKind::Fields(fields) => (
            &MERGE_CONFLICT,
            format!("`{id}`: both sides changed {}", fields.join(", ")),
            "keep one of the two lines, and take the markers out".to_owned(),
        ),
        ConflictKind::Several => (
            &MERGE_CONFLICT,
            format!("`{id}` is there several times, and both sides changed its lines"),
            "keep one line an id, and take the markers out".to_owned(),
        ),
        ConflictKind::RemovedByOurs => (
            &MERGE_CONFLICT,
            format!("`{id}`: ours removed it, theirs changed it"),
            "keep the line or remove it, and take the markers out".to_owned(),
        ),
        ConflictKind::RemovedByTheirs => (
            &MERGE_CONFLICT,
            format!("`{id}`: theirs removed it, ours changed it"),
            "keep the line or remove it, and take the markers out".to_owned(),
        ),
        ConflictKind::Collision => {
            let free = next_free(id, merged, aliases);
            (
                &ID_COLLISION,
                format!("`{id}`: both sides added an item with this id, and they are two"),
                format!(
                    "give the newer one the id `{free}`, keep both lines, and mend what refers to it"
                ),
            )
        }
    };
    Finding::new(rule, at, message).help(help).subject(id)
}

/// The id after the highest of the same series: `WBS-1.7` for `WBS-1.3` where 1.6 is taken.
fn next_free(id: &str, merged: &[u8], aliases: &Aliases) -> String {
    let input = Input {
        path: "",
        bytes: merged,
    };
    let (plan, _) = join(input, aliases);
    crate::series::next(id, plan.items().map(trueline_plan::Item::id))
}

fn join<'a>(queue: Input<'a>, aliases: &Aliases) -> (Plan<'a>, Vec<Finding>) {
    Plan::join(&Inputs {
        por: None,
        extra: &[],
        queue: Some(queue),
        por_aliases: aliases,
        extra_aliases: aliases,
        queue_aliases: aliases,
        options: Options::default(),
    })
}

/// Cycles that neither side has.
fn new_cycles(aliases: &Aliases, ours: &[u8], theirs: &[u8], merged: &[u8]) -> Vec<String> {
    let cycles = |bytes| {
        let input = Input { path: "", bytes };
        let (plan, _) = join(input, aliases);
        plan.cycle_texts().map(str::to_owned).collect::<Vec<_>>()
    };
    let (a, b) = (cycles(ours), cycles(theirs));
    let merged = cycles(merged);
    merged
        .into_iter()
        .filter(|text| !a.contains(text) && !b.contains(text))
        .collect()
}

/// A side has the markers of an earlier conflict: git's own merge by lines, which shows them.
fn leave(ctx: &Context, args: &Args, shown: &str, side: Unmerged) -> Result<(), Error> {
    let (name, line) = match side {
        Unmerged::Base(line) => ("the base", line),
        Unmerged::Ours(line) => ("our side", line),
        Unmerged::Theirs(line) => ("their side", line),
    };
    let absolute = |path: &Path| {
        std::path::absolute(path)
            .map_err(|error| Error::on(format!("`{}`", path.display()), &error))
    };
    let paths = [
        absolute(&args.ours)?,
        absolute(&args.base)?,
        absolute(&args.theirs)?,
    ];
    let mut words = vec!["merge-file", "-q", "--"];
    let texts: Vec<&str> = paths.iter().filter_map(|path| path.to_str()).collect();
    words.extend(&texts);
    if texts.len() == paths.len() {
        ctx.git().output(&words)?;
    }
    Err(Error::io(format!(
        "`{shown}` is merged by lines only: {name} has a conflict marker on line {line}"
    ))
    .hint("resolve what is left of the earlier conflict, then merge again"))
}

/// Makes git call the driver for the queue.
pub(crate) fn install(ctx: &Context, args: &InstallArgs) -> Result<(), Error> {
    let git = ctx.git();
    git.require()?;
    let attributes = ".gitattributes";
    let queue = ctx.config().path(Artifact::Queue);
    if queue.contains(char::is_whitespace) || queue.contains('"') {
        return Err(Error::config(format!(
            "`{queue}` cannot be named in {attributes}"
        )));
    }
    let mut text = match ctx.read(attributes)? {
        None => String::new(),
        Some(bytes) => String::from_utf8(bytes)
            .map_err(|_| Error::io(format!("`{attributes}` is not UTF-8")))?,
    };
    let has = text.lines().any(|line| {
        let mut words = line.split_whitespace();
        words.next().map(|path| path.trim_start_matches('/')) == Some(queue)
            && words.any(|word| word == format!("merge={NAME}"))
    });
    if !has {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&format!("/{queue} merge={NAME} text eol=lf\n"));
    }
    let changed = ctx.generate(attributes, text.as_bytes(), Mode::of_check(args.check))?;
    if args.check {
        return Ok(());
    }
    let set = |key: &str, value: &str| {
        git.stdout(&["config", "--local", &format!("merge.{NAME}.{key}"), value])
    };
    set("name", "the queue, by id and field")?;
    set("driver", DRIVER)?;
    if changed.any() {
        ctx.note("wrote .gitattributes: commit it; the driver itself is installed in each clone");
    }
    ctx.note("installed the merge driver in this clone");
    Ok(())
}
