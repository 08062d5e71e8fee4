//! `verify`: packs and bags, in place.

use crate::bag::{self, BagFault, MAX_TAG_FILE, Severity, Source, ZipSource};
use crate::cli;
use crate::content::check_content;
use crate::hex::sha256;
use crate::open::{Around, Place};
use crate::report::{pack_lines, without_pack_lines};
use crate::rules;
use crate::zip::{Archive, Fault};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use trueline_core::{Finding, Level, Location, Rule};
use trueline_kit::{Context, Error, Format};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Packs: zip files or unpacked folders
    #[arg(value_name = "PACK", required = true)]
    packs: Vec<PathBuf>,
    /// A run report whose line `Orchestrator Attach Pack: …` must name this pack, and that must be the one inside
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Take any BagIt bag, version 0.93 to 1.0, not only packs
    #[arg(long, conflicts_with = "report")]
    bagit: bool,
}

pub(crate) fn run(args: &Args, ctx: &Context) -> Result<(), Error> {
    if args.report.is_some() && args.packs.len() != 1 {
        return Err(Error::usage("--report is about one pack"));
    }
    for path in &args.packs {
        let result =
            cli::place(ctx, path).and_then(|(place, shown)| one(args, ctx, &place, &shown));
        if let Err(error) = result {
            ctx.failed(&error);
        }
    }
    ctx.complete_check();
    Ok(())
}

fn one(args: &Args, ctx: &Context, place: &Path, shown: &str) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::io(format!("cannot read `{shown}`: {error}"));
    let place = Place::open(place).map_err(failed)?;
    if args.bagit {
        let faults = check_bag(&place).map_err(failed)?;
        let good = faults.is_empty();
        ctx.report_all(faults.into_iter().map(|fault| fault.finding(shown)));
        return said(ctx, shown, good, None);
    }
    let mut report = None;
    if let Some(path) = &args.report {
        let (_, name) = cli::place(ctx, path)?;
        report = ctx.source(ctx.relative(path).unwrap_or(name));
        if report.is_none() {
            return Ok(());
        }
    }
    let (faults, id) = place
        .with(&mut |source, archive| {
            let (faults, id) = flaws(source, archive);
            if let Some(report) = &report {
                let digest = source.known_sha256("data/report.md");
                let packed = match digest {
                    Some(digest) => Some(digest),
                    None => source
                        .bytes("data/report.md", MAX_TAG_FILE)
                        .ok()
                        .map(|b| sha256(&b)),
                };
                ctx.report_all(check_report(report, shown, id.as_deref(), packed));
            }
            Ok((faults, id))
        })
        .map_err(failed)?;
    let good = faults.is_empty();
    ctx.report_all(faults.into_iter().map(|fault| fault.finding(shown)));
    said(ctx, shown, good, id.as_deref())
}

/// The line for people about a pack that is good.
fn said(ctx: &Context, shown: &str, good: bool, id: Option<&str>) -> Result<(), Error> {
    if !good || ctx.format() != Format::Human || ctx.is_quiet() {
        return Ok(());
    }
    let mut out = ctx.out();
    let shown = trueline_kit::escape::line(shown);
    match id {
        Some(id) => writeln!(out, "{shown}: good, pack id {id}")?,
        None => writeln!(out, "{shown}: good")?,
    }
    Ok(out.finish()?)
}

/// All that is wrong with a pack, and its id.
pub(crate) fn flaws(source: &dyn Source, archive: Around<'_, '_>) -> (Vec<Flaw>, Option<String>) {
    let (bag, id) = bag::verify_strict(source);
    let mut flaws: Vec<Flaw> = Vec::new();
    if let Some((_, checked)) = archive {
        flaws.extend(checked.faults.iter().cloned().map(Flaw::Zip));
    }
    // Where no entry can be had, all of the bag is missing: the archive's own faults say why.
    let is_void = archive.is_some_and(|(archive, _)| archive.entries().is_empty());
    if !is_void || flaws.is_empty() {
        flaws.extend(bag.into_iter().map(Flaw::Bag));
    }
    if flaws.is_empty() {
        flaws.extend(check_content(source));
    }
    (flaws, id)
}

/// Anything that is wrong with a pack.
pub(crate) enum Flaw {
    Zip(Fault),
    Bag(BagFault),
    Content(String, String),
}

impl Flaw {
    /// The finding about the pack that is shown so.
    pub(crate) fn finding(self, shown: &str) -> Finding {
        let at = Location::file(shown);
        match self {
            Flaw::Zip(fault) => {
                let entry = fault.entry.clone().unwrap_or_default();
                let subject = format!("{} {entry}", fault.kind.code());
                let rule = rules::of_zip(fault.kind);
                Finding::new(rule, at, message(rule, &entry, 0, &fault.detail)).subject(subject)
            }
            Flaw::Bag(fault) => {
                let subject = format!("{} {} {}", fault.kind.code(), fault.path, fault.line);
                let rule = rules::of_bag(fault.kind);
                let level = match fault.severity {
                    Severity::Error => Level::Error,
                    Severity::Warning => Level::Warning,
                };
                let message = message(rule, &fault.path, fault.line, &fault.detail);
                Finding::new(rule, at, message)
                    .subject(subject)
                    .level(level)
            }
            Flaw::Content(path, detail) => {
                let message = message(&rules::STATEMENT, &path, 0, &detail);
                Finding::new(&rules::STATEMENT, at, message).subject(path)
            }
        }
    }
}

/// The rule's summary, about an entry: `entry`: the content …: detail.
fn message(rule: &Rule, entry: &str, line: u64, detail: &str) -> String {
    let mut chars = rule.summary.chars();
    let first = chars.next().map(|c| c.to_lowercase().to_string());
    let mut text = match (entry.is_empty(), line) {
        (true, _) => String::new(),
        (false, 0) => format!("`{entry}`: "),
        (false, line) => format!("`{entry}`, line {line}: "),
    };
    text.push_str(&first.unwrap_or_default());
    text.push_str(chars.as_str());
    if !detail.is_empty() {
        text.push_str(": ");
        text.push_str(detail);
    }
    text
}

/// A bag of any tool: of a zip around it, only what makes it unsafe or unreadable counts.
fn check_bag(place: &Place) -> std::io::Result<Vec<Flaw>> {
    let bag_of = |source: &dyn Source| bag::verify(source).into_iter().map(Flaw::Bag).collect();
    match place {
        Place::Folder(source) => Ok(bag_of(source)),
        Place::Zip(file) => {
            let archive = Archive::<File>::open(file)?;
            let checked = archive.check()?;
            let unsafe_ones = checked.faults.iter().filter(|fault| !fault.kind.is_form());
            let mut faults: Vec<Flaw> = unsafe_ones.cloned().map(Flaw::Zip).collect();
            let source = ZipSource::foreign(&archive, &checked);
            let of_bag: Vec<Flaw> = bag_of(&source);
            faults.extend(of_bag);
            Ok(faults)
        }
    }
}

/// The line of a report about its pack, and the report itself.
fn check_report(
    report: &trueline_kit::Source,
    shown: &str,
    id: Option<&str>,
    packed: Option<[u8; 32]>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let text = report.text();
    let lines = pack_lines(text);
    if lines.is_empty() {
        let message = "no line names the pack";
        let help = match id {
            Some(id) => format!("add: {}", crate::report::pack_line(shown, id)),
            None => "`attach-pack build` prints it".to_owned(),
        };
        findings.push(Finding::new(&rules::NO_PACK_LINE, report.whole(), message).help(help));
    }
    for line in &lines {
        let whole = text.get(line.range.clone()).unwrap_or_default();
        let at = report.at(line.range.start..line.range.start + whole.trim_end().len());
        if line.path != shown {
            let message = format!("the report names `{}`, the pack is `{shown}`", line.path);
            findings.push(Finding::new(&rules::WRONG_PACK_LINE, at.clone(), message));
        }
        if let (Some(said), Some(id)) = (line.id.as_deref(), id)
            && said != id
        {
            let message = format!("the report names the pack id `{said}`, the pack's is `{id}`");
            findings.push(Finding::new(&rules::WRONG_PACK_LINE, at, message));
        }
    }
    let stripped = without_pack_lines(text);
    let (redacted, _) = trueline_secrets::redact(stripped.as_bytes());
    let same = |bytes: &[u8]| packed == Some(sha256(bytes));
    if !same(stripped.as_bytes()) && !same(&redacted) {
        let message = match packed {
            Some(_) => "the report was changed after the pack was made",
            None => "the pack holds no report that can be read",
        };
        findings.push(Finding::new(
            &rules::REPORT_DIFFERS,
            report.whole(),
            message,
        ));
    }
    findings
}
