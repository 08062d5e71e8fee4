//! `ledger-lint check`.

use std::path::PathBuf;

use trueline_core::{Finding, Location};
use trueline_kit::{Context, Error};
use trueline_secrets::{Report, Scanner};

use super::base::{self, Base};
use super::baseline;
use super::jobs::{Job, existing, named};
use crate::beside::{self, Source};
use crate::catalogue::Wrong;
use crate::input::Input;
use crate::ledger::{Format, Ledger};
use crate::sieve::{self, Sieve};
use crate::world::World;
use crate::{Stats, approval, catalogue, document, gather, lines, rules, secret, table};

/// Flags of `check`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files; `-` is standard input [default: every ledger that exists]
    pub(super) files: Vec<PathBuf>,
    /// Of the files, check those that are ledgers and pass over the others; every ledger where
    /// trueline.toml is one of them
    #[arg(long, requires = "files")]
    known: bool,
    /// Check against this JSON Schema, or the built-in schema of that name
    #[arg(long, value_name = "FILE|NAME", conflicts_with = "no_schema")]
    pub(super) schema: Option<String>,
    /// Check syntax and hygiene alone
    #[arg(long)]
    pub(super) no_schema: bool,
    /// Read the files as this, whatever they are called
    #[arg(long = "as", value_name = "FORMAT")]
    pub(super) format: Option<As>,
    /// Compare with the place where this branch left REV: committed lines must stand unchanged
    /// at the start; trueline.toml is read from REV
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Report only what concerns lines that were added since this branch left REV
    #[arg(long, value_name = "REV")]
    since: Option<String>,
    /// Report ledgers that went another way than REV's
    #[arg(long, value_name = "REV")]
    upstream: Option<String>,
    /// Hide the findings that this file lists
    #[arg(long, value_name = "FILE")]
    baseline: Option<String>,
    /// Write every finding to the baseline instead of reporting it
    #[arg(long, requires = "baseline")]
    write_baseline: bool,
    /// Report these codes alone
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    select: Vec<String>,
    /// Do not report these codes
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Threads that a large ledger is checked with: the second looks for secrets [default: 2
    /// where there are as many processors]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(1..=2))]
    threads: Option<u8>,
}

impl Args {
    fn are_two_threads(&self) -> bool {
        match self.threads {
            Some(count) => count > 1,
            None => std::thread::available_parallelism().is_ok_and(|count| count.get() > 1),
        }
    }
}

/// The configuration: with it any finding may change.
const CONFIG: &str = "trueline.toml";

/// Bytes of a file from which a second thread pays.
const LARGE: u64 = 1 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum As {
    /// A JSON value a line
    Jsonl,
    /// One JSON document
    Json,
    /// One YAML document
    Yaml,
}

pub(super) fn run(args: &Args, ctx: &mut Context) -> Result<(), Error> {
    for code in args.select.iter().chain(&args.ignore) {
        known_code(code)?;
    }
    let base = match &args.base {
        None => None,
        Some(rev) => {
            let tip = ctx.trust(rev);
            base::merge_base(ctx, rev, tip)?
        }
    };
    let since = match &args.since {
        None => None,
        Some(rev) => base::merge_base(ctx, rev, ctx.git().commit(rev))?,
    };
    let upstream = match &args.upstream {
        None => None,
        Some(rev) => Some(Base {
            name: rev.clone(),
            commit: ctx.git().commit(rev)?,
        }),
    };
    let read = |path: &str| ctx.read(path);
    let mut problems = Vec::new();
    let ledgers = catalogue::all_with(ctx.config(), &read, &mut problems);
    let world = match args.no_schema {
        true => World::default(),
        false => gather::world(ctx, &ledgers)?,
    };
    let mut jobs = match args.files.is_empty() {
        true => existing(ctx, &ledgers)?,
        false => named(ctx, args, &ledgers)?,
    };
    if args.known {
        let is_config = |(input, _): &Job| input.shown == CONFIG;
        if jobs.iter().any(is_config) {
            jobs = existing(ctx, &ledgers)?;
        }
        jobs.retain(|(_, ledger)| ledgers.iter().any(|known| known.name == ledger.name));
    }
    let mut all: Vec<Finding> = Vec::new();
    let wanted = |finding: &Finding| {
        let code = finding.rule.code;
        (args.select.is_empty() || args.select.iter().any(|name| name == code))
            && !args.ignore.iter().any(|name| name == code)
    };
    let mut is_missing = false;
    for problem in problems {
        match problem.what {
            Wrong::Mistake(finding) => all.push(*finding),
            Wrong::Missing(error) => {
                let is_asked =
                    args.files.is_empty() || jobs.iter().any(|(_, job)| job.name == problem.ledger);
                if is_asked {
                    is_missing = true;
                    ctx.failed(&error.hint(format!(
                        "`[ledgers.{}]` of trueline.toml names it",
                        problem.ledger
                    )));
                }
            }
        }
    }
    for (input, ledger) in &mut jobs {
        ledger
            .compile()
            .map_err(|error| Error::bug(error.message))?;
        let mut run = || {
            let mut found = match &base {
                Some(base) if base::is_bound(ledger) && input.place.is_some() => {
                    let (found, committed) = base::compare(ctx, input, ledger, base)?;
                    ledger.committed = committed;
                    found
                }
                _ => Vec::new(),
            };
            if let Some(tip) = upstream.as_ref().filter(|_| base::is_bound(ledger)) {
                found.extend(base::diverged(ctx, input, tip)?);
            }
            let mut own = file(ctx, input, ledger, &world, args)?;
            if let Some(since) = since.as_ref().filter(|_| input.place.is_some())
                && let Some(added) = base::added(ctx, input, since)?
            {
                own.retain(|finding| {
                    finding.at.span.is_none_or(|span| {
                        added
                            .range(span.line..=span.end_line.max(span.line))
                            .next()
                            .is_some()
                    })
                });
            }
            found.extend(own);
            Ok(found)
        };
        match run() {
            Ok(findings) => all.extend(findings),
            Err(error) => {
                let error: Error = error;
                ctx.failed(&error);
            }
        }
    }
    if let Some(base) = base.as_ref().filter(|_| args.files.is_empty()) {
        for ledger in ledgers.iter().filter(|ledger| base::is_bound(ledger)) {
            let is_here = jobs.iter().any(|(_, job)| job.name == ledger.name);
            if !is_here && base.content(ctx, &ledger.path)?.is_some() {
                let at = Location::file(&*ledger.path);
                let message = format!("the ledger of {} was deleted", base.name);
                all.push(Finding::new(&rules::history::DELETED_LINE, at, message));
            }
        }
    }
    if args.files.is_empty() {
        let has_rotation = jobs.iter().any(|(_, ledger)| ledger.name == "rotation");
        if !has_rotation {
            all.extend(crate::check::overdue(None, &world));
        }
        if !args.no_schema && since.is_none() {
            all.extend(super::reports::check(ctx, &jobs)?);
        }
        if jobs.is_empty() {
            ctx.note("there are no ledgers here");
        }
        let is_whole =
            args.select.is_empty() && args.ignore.is_empty() && since.is_none() && !is_missing;
        if is_whole && args.schema.is_none() && !args.no_schema && args.baseline.is_none() {
            ctx.complete_check();
        }
    }
    all.retain(wanted);
    match (&args.baseline, args.write_baseline) {
        (Some(path), true) => return baseline::write(ctx, path, &all),
        (Some(path), false) => all = baseline::hide(ctx, path, all)?,
        (None, _) => {}
    }
    ctx.report_all(all);
    Ok(())
}

fn known_code(code: &str) -> Result<(), Error> {
    if rules::by_code(code).is_some() {
        return Ok(());
    }
    let error = Error::usage(format!("there is no rule `{code}`"));
    let codes = rules::RULES.iter().map(|rule| rule.code);
    Err(match crate::schema::closest(code, codes) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("`ledger-lint rules` lists them"),
    })
}

/// Checks one file.
fn file(
    ctx: &Context,
    input: &Input,
    ledger: &Ledger,
    world: &World,
    args: &Args,
) -> Result<Vec<Finding>, Error> {
    let has_secrets = !args.no_schema;
    let path = input.shown.as_str();
    let mut findings;
    let mut secrets = Report::default();
    if ledger.format == Format::Jsonl {
        let failed = |error: std::io::Error| Error::on(format!("cannot read `{path}`"), &error);
        let two = input.is_at_least(LARGE) && args.are_two_threads();
        let checked = if has_secrets {
            let (checked, report) = searched(input, ledger, world, two)?;
            secrets = report;
            checked
        } else {
            lines::check(path, input.open()?, ledger, world)
        };
        findings = checked.map_err(failed)?.0;
    } else {
        let bytes = input.read(ctx.config().limits.file_bytes)?;
        findings = match ledger.format {
            Format::Table => table::check(path, &bytes, ledger, world).0,
            Format::Approval => approval::check(path, &bytes, world).0,
            _ => document::check(path, &bytes, ledger, world).0,
        };
        if has_secrets {
            let mut scanner = Scanner::new();
            scanner.feed(&bytes);
            secrets = scanner.finish();
        }
    }
    let has_mark = findings.iter().any(|finding| {
        finding.rule == &rules::syntax::BYTE_ORDER_MARK
            && finding.at.span.is_some_and(|span| span.line == 1)
    });
    secret::report(path, ledger, &secrets, has_mark, &mut findings);
    Ok(findings)
}

type Checked = std::io::Result<(Vec<Finding>, Stats)>;

/// Checks JSON Lines and searches them for secrets.
fn searched(
    input: &Input,
    ledger: &Ledger,
    world: &World,
    two: bool,
) -> Result<(Checked, Report), Error> {
    let path = input.shown.as_str();
    let has_plan = ledger
        .schema
        .as_ref()
        .is_some_and(|schema| schema.plan().is_some());
    // Standard input cannot be read again, should the sieve have missed something.
    if has_plan && input.place.is_some() {
        let source = input.open()?;
        let work = |sieve: &mut Sieve| lines::check_and_sift(path, source, ledger, world, sieve);
        match sieve::sifted(two, work) {
            (checked, Some(report)) => return Ok((checked, report)),
            (Err(error), None) => return Ok((Err(error), Report::default())),
            (Ok(_), None) => {}
        }
    }
    let work = |source: Source<'_>| lines::check(path, source, ledger, world);
    Ok(beside::scanned(input.open()?, two, work))
}
