//! What was asked for: flags, over the keys of `--spec`.

use crate::cli;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use trueline_core::Id;
use trueline_core::artifact::pack::PackKind;
use trueline_kit::{Context, Error};

#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// The run report
    #[arg(long, value_name = "REPORT")]
    run: Option<PathBuf>,
    /// Who the pack speaks for (default: as the report's path says, such as AGENT-1)
    #[arg(long)]
    agent: Option<String>,
    /// A work item (default: as the report's path says)
    #[arg(long = "task", value_name = "WBS")]
    tasks: Vec<String>,
    /// What the run is compared with (default: origin/HEAD, where there is one)
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// A TOML file with any of these settings as keys
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// JUnit XML of a test run
    #[arg(long, value_name = "FILE")]
    junit: Vec<PathBuf>,
    /// The log of a CI run
    #[arg(long, value_name = "FILE")]
    ci: Option<PathBuf>,
    /// The log of a test run: cargo test, nextest, pytest or TAP
    #[arg(long, value_name = "FILE")]
    tests: Option<PathBuf>,
    /// More files, by glob
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// Where the pack goes
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Do not compress: bytes that stay the same for ever
    #[arg(long)]
    store: bool,
    /// Replace secrets in text by the names of the rules that found them
    #[arg(long)]
    redact: bool,
    /// Let another scanner add to what ours finds, where it is on the path
    #[arg(long, value_name = "NAME", num_args = 0..=1, require_equals = true, default_missing_value = "auto", value_parser = ["auto", "betterleaks", "gitleaks"])]
    scanner: Option<String>,
    /// Of a handoff: put in the commits since --base, as a git bundle
    #[arg(long)]
    bundle: bool,
    /// What the pack is: the evidence of a run, or a bundle for the next session
    #[arg(long, value_name = "KIND", value_parser = ["run", "handoff"])]
    kind: Option<String>,
    /// Of a handoff: the pack id of the bundle before this one
    #[arg(long, value_name = "ID")]
    previous: Option<String>,
}

/// The keys of `--spec`. Paths are relative to the root.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Spec {
    run: Option<PathBuf>,
    agent: Option<String>,
    tasks: Vec<String>,
    base: Option<String>,
    junit: Vec<PathBuf>,
    ci: Option<PathBuf>,
    tests: Option<PathBuf>,
    include: Vec<String>,
    output: Option<PathBuf>,
    store: bool,
    redact: bool,
    scanner: Option<String>,
    bundle: bool,
    kind: Option<String>,
    previous: Option<String>,
}

/// All settings. Paths are root-relative.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) kind: PackKind,
    pub(super) run: Option<String>,
    pub(super) agent: Option<String>,
    pub(super) tasks: Vec<Id>,
    pub(super) base: Option<String>,
    pub(super) junit: Vec<String>,
    pub(super) ci: Option<String>,
    pub(super) tests: Option<String>,
    pub(super) include: Vec<trueline_scope::Glob>,
    pub(super) output: Option<PathBuf>,
    pub(super) store: bool,
    pub(super) redact: bool,
    /// `auto` or the name of a scanner.
    pub(super) scanner: Option<String>,
    pub(super) bundle: bool,
    pub(super) previous: Option<String>,
}

impl Settings {
    /// Reads `--spec` and puts the flags over it.
    pub(super) fn read(args: Args, ctx: &Context) -> Result<Self, Error> {
        let spec = match &args.spec {
            Some(path) => spec(ctx, path)?,
            None => Spec::default(),
        };
        let kind = match args.kind.or(spec.kind).as_deref() {
            None | Some("run") => PackKind::Run,
            Some("handoff") => PackKind::Handoff,
            Some(other) => {
                let error = Error::usage(format!("`{other}` is no kind of pack"));
                return Err(error.hint("one of: run, handoff"));
            }
        };
        let input = |flag: Option<PathBuf>, key: Option<PathBuf>| match (flag, key) {
            (Some(path), _) => existing(ctx, &path).map(Some),
            (None, Some(path)) => existing(ctx, &ctx.root().join(path)).map(Some),
            (None, None) => Ok(None),
        };
        let run = input(args.run, spec.run)?;
        if run.is_none() && kind == PackKind::Run {
            let error = Error::usage("no run report was given");
            return Err(error.hint("--run docs/runs/….md, or `run` in the file of --spec"));
        }
        let mut junit = Vec::new();
        for path in &args.junit {
            junit.push(existing(ctx, path)?);
        }
        for path in &spec.junit {
            junit.push(existing(ctx, &ctx.root().join(path))?);
        }
        let mut tasks = if args.tasks.is_empty() {
            spec.tasks
        } else {
            args.tasks
        };
        let found = run.as_deref().unwrap_or_default();
        if tasks.is_empty() {
            tasks.extend(
                ctx.config()
                    .ids
                    .wbs
                    .iter()
                    .find_map(|prefix| part(found, prefix)),
            );
        }
        let id = |text: String| Id::new(text).map_err(|error| Error::usage(error.to_string()));
        let tasks = tasks
            .into_iter()
            .map(id)
            .collect::<Result<Vec<Id>, Error>>()?;
        let agent = match args.agent.or(spec.agent).or_else(|| part(found, "AGENT")) {
            Some(name) => Some(id(name)?.as_str().to_owned()),
            None if kind == PackKind::Run && args.output.is_none() && spec.output.is_none() => {
                let error = Error::usage("who the pack speaks for is not known");
                return Err(error.hint("--agent AGENT-1"));
            }
            None => None,
        };
        let mut include = Vec::new();
        for text in args.include.iter().chain(&spec.include) {
            let glob = trueline_scope::Glob::parse(text)
                .map_err(|error| Error::usage(format!("`{text}` is no glob: {error}")))?;
            include.push(glob);
        }
        let scanner = args.scanner.or(spec.scanner);
        if let Some(name) = &scanner
            && !["auto", "betterleaks", "gitleaks"].contains(&name.as_str())
        {
            return Err(Error::usage(format!(
                "`{name}` is no scanner that is known"
            )));
        }
        let bundle = args.bundle || spec.bundle;
        if bundle && kind == PackKind::Run {
            return Err(Error::usage("--bundle is of a handoff").hint("--kind handoff"));
        }
        let previous = args.previous.or(spec.previous);
        if let Some(id) = &previous
            && !trueline_core::scalar::is_sha256(id)
        {
            return Err(Error::usage(format!("`{id}` is no pack id")));
        }
        Ok(Settings {
            kind,
            agent,
            tasks,
            base: args.base.or(spec.base),
            junit,
            ci: input(args.ci, spec.ci)?,
            tests: input(args.tests, spec.tests)?,
            include,
            output: args
                .output
                .or_else(|| spec.output.map(|path| ctx.root().join(path))),
            store: args.store || spec.store,
            redact: args.redact || spec.redact,
            scanner,
            bundle,
            previous,
            run,
        })
    }
}

fn spec(ctx: &Context, path: &Path) -> Result<Spec, Error> {
    let name = existing(ctx, path)?;
    let Some(source) = ctx.read_source(&name)? else {
        return Err(Error::io(format!("there is no `{name}`")));
    };
    toml::from_str(source.text()).map_err(|error| {
        let at = error
            .span()
            .map(|span| source.at(span))
            .and_then(|at| at.span);
        let place = at.map_or(String::new(), |span| {
            format!(":{}:{}", span.line, span.column)
        });
        Error::config(format!("`{name}{place}`: {}", error.message()))
    })
}

/// The root-relative name of a file that must be there.
fn existing(ctx: &Context, path: &Path) -> Result<String, Error> {
    let (place, _) = cli::place(ctx, path)?;
    ctx.relative(&place)
}

/// The first id with that prefix in a path: `AGENT-3` in `2026-01-15-WBS-017-AGENT-3-Part3.md`.
fn part(path: &str, prefix: &str) -> Option<String> {
    let prefix = prefix.trim_end_matches('-');
    let wanted = format!("{prefix}-");
    for (at, _) in path.match_indices(&wanted) {
        let before = path.get(..at)?.chars().next_back();
        let rest = path.get(at + wanted.len()..)?;
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '.')
            .unwrap_or(rest.len());
        let number = rest
            .get(..end)?
            .trim_end_matches(".md")
            .trim_end_matches('.');
        if !number.is_empty() && !before.is_some_and(|c| c.is_ascii_alphanumeric()) {
            return Some(format!("{wanted}{number}"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn ids_in_paths() {
        let path = "docs/runs/2025-11-19-WBS-1.2-AGENT-3-Part3.md";
        assert_eq!(part(path, "AGENT").as_deref(), Some("AGENT-3"));
        assert_eq!(part(path, "WBS").as_deref(), Some("WBS-1.2"));
        assert_eq!(
            part("docs/runs/AGENT-12.md", "AGENT-").as_deref(),
            Some("AGENT-12")
        );
        assert_eq!(part("docs/SUBAGENT-1.md", "AGENT"), None);
        assert_eq!(part("docs/AGENT-.md", "AGENT"), None);
    }
}
