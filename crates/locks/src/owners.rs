//! `locks codeowners` and `locks owners`.

use std::borrow::Cow;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;
use trueline_core::{Finding, Level, Location, Span};
use trueline_kit::{Artifact, Context, Error, Format, Mode, STDIN, Source};

use crate::{codeowners, ownership, rules};

#[derive(clap::Args)]
pub(crate) struct CodeownersArgs {
    /// Write nothing; exit 1 if the file is not up to date
    #[arg(long)]
    check: bool,
}

#[derive(clap::Args)]
pub(crate) struct OwnersArgs {
    /// Paths, relative to the current folder; `-` is `--files-from -` [default: every tracked file]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Read paths from a file, one a line, relative to the root, as git prints them there; `-` is
    /// standard input
    #[arg(long, value_name = "FILE", conflicts_with = "paths")]
    files_from: Option<PathBuf>,
    /// Take owners from this CODEOWNERS file instead of ownership.yaml
    #[arg(long, value_name = "FILE")]
    codeowners: Option<PathBuf>,
}

/// Reads ownership.yaml; its faults become findings. `None` where it is missing or broken.
pub(crate) fn load(ctx: &Context) -> Option<ownership::Ownership> {
    let source = ctx.source(ctx.config().path(Artifact::Ownership))?;
    let (ownership, findings) = ownership::read(&source);
    ctx.report_all(findings);
    ownership
}

pub(crate) fn codeowners(args: &CodeownersArgs, ctx: &Context) -> Result<(), Error> {
    let path = ctx.config().path(Artifact::Ownership).to_owned();
    let Some(source) = ctx.read_source(&path)? else {
        return Err(Error::io(format!("there is no `{path}`"))
            .hint("`trueline init` writes one to begin with"));
    };
    let (ownership, mut findings) = ownership::read(&source);
    let Some(ownership) = ownership else {
        ctx.report_all(findings);
        return Ok(());
    };
    let (text, more) = ownership::generate(&ownership);
    findings.extend(more);
    let broken = findings.iter().any(is_error);
    match tracked(ctx) {
        Ok(mut paths) => {
            // The file that is about to be written counts as one that is there.
            paths.push(ctx.config().path(Artifact::Codeowners).to_owned());
            findings.extend(ownership::lint(&ownership, &paths));
            if !broken {
                findings.extend(differences(&ownership, &text, &paths));
            }
        }
        Err(e) => ctx.note(format!("not compared on tracked files: {}", e.message())),
    }
    let broken = findings.iter().any(is_error);
    ctx.report_all(findings);
    if broken {
        ctx.note("CODEOWNERS was not written");
        return Ok(());
    }
    let target = ctx.config().path(Artifact::Codeowners).to_owned();
    let mode = Mode::of_check(args.check);
    let changed = ctx.generate(&target, text.as_bytes(), mode)?;
    if mode == Mode::Write && changed.any() {
        ctx.note(format!("wrote {target}"));
    }
    ctx.complete_check();
    Ok(())
}

fn is_error(finding: &Finding) -> bool {
    finding.level.unwrap_or(finding.rule.level) == Level::Error
}

/// The second proof: owners agree on every tracked file.
pub(crate) fn differences(
    ownership: &ownership::Ownership,
    text: &str,
    paths: &[String],
) -> Vec<Finding> {
    let file = codeowners::File::parse(text);
    let skipped = file.skipped.first().map(|line| {
        let message = format!(
            "the code host would skip line {}: {}",
            line.number, line.why
        );
        Finding::new(
            &rules::CODEOWNERS_UNPROVEN,
            ownership.source.whole(),
            message,
        )
    });
    let mut asker = file.asker();
    let index = ownership.index();
    let mut rules_asker = index.asker();
    let differ = |path: &&String| {
        let theirs = asker.owners(path);
        let ours = rules_asker.rule(path).map(|rule| accounts(ownership, rule));
        ours.unwrap_or_default() != theirs
    };
    let found = paths.iter().find(differ).map(|path| {
        let message = format!("the generated lines give `{path}` other owners");
        Finding::new(
            &rules::CODEOWNERS_UNPROVEN,
            ownership.source.whole(),
            message,
        )
    });
    skipped.into_iter().chain(found).collect()
}

fn accounts<'a>(ownership: &'a ownership::Ownership, rule: &'a ownership::Rule) -> Vec<&'a str> {
    let mut found = Vec::new();
    for owner in &rule.owners {
        for account in ownership.accounts_of(&owner.name).unwrap_or_default() {
            if !found.contains(&account) {
                found.push(account);
            }
        }
    }
    found
}

/// Every tracked path that is UTF-8, in order; the others are reported.
pub(crate) fn tracked(ctx: &Context) -> Result<Vec<String>, Error> {
    let mut entries = ctx.git().ls_files()?;
    entries.dedup_by(|a, b| a.path == b.path);
    let mut paths = Vec::new();
    for entry in &entries {
        match entry.path.as_str() {
            Some(path) => paths.push(path.to_owned()),
            None => {
                let shown = entry.path.display();
                let message = format!("`{shown}` is not UTF-8 and left out");
                let at = Location::file(shown);
                ctx.report(Finding::new(&rules::PATH_NOT_UTF8, at, message));
            }
        }
    }
    Ok(paths)
}

pub(crate) fn owners(args: &OwnersArgs, ctx: &Context) -> Result<(), Error> {
    let format = ctx.data_format(&[Format::Human, Format::Json, Format::Jsonl])?;
    let paths = paths(args, ctx)?;
    let mut printer = Printer {
        ctx,
        format,
        out: ctx.out_raw(),
        list: Vec::new(),
    };
    if let Some(file) = &args.codeowners {
        let source = external(ctx, file)?;
        let file = codeowners::File::parse(source.text());
        for line in &file.skipped {
            let at = Location::at(source.path(), Span::point(line.number, 1));
            let finding = Finding::new(&rules::CODEOWNERS_SKIPPED_LINE, at, line.why.clone());
            ctx.report(finding);
        }
        if source.text().len() > codeowners::MAX_BYTES {
            let at = Location::file(source.path());
            let message = format!(
                "over {} bytes: the code host loads none of it",
                codeowners::MAX_BYTES
            );
            ctx.report(Finding::new(&rules::CODEOWNERS_TOO_LARGE, at, message));
        }
        let mut asker = file.asker();
        for path in &paths {
            let owners: Vec<&str> = asker
                .owners(&asked(path))
                .iter()
                .map(String::as_str)
                .collect();
            printer.line(path, &owners)?;
        }
        return printer.finish();
    }
    let Some(ownership) = load(ctx) else {
        let path = ctx.config().path(Artifact::Ownership);
        return Err(Error::io(format!("`{path}` is missing or cannot be read"))
            .hint("--codeowners FILE asks a CODEOWNERS file instead"));
    };
    let index = ownership.index();
    let mut asker = index.asker();
    for path in &paths {
        let rule = asker.rule(&asked(path));
        let owners: Vec<&str> = rule
            .map(|rule| rule.owners.iter().map(|o| o.name.as_str()).collect())
            .unwrap_or_default();
        printer.line(path, &owners)?;
    }
    printer.finish()
}

/// A file named on the command line; it may lie outside the root.
fn external(ctx: &Context, file: &std::path::Path) -> Result<Source, Error> {
    let shown = file.display().to_string();
    if shown == STDIN {
        let source = ctx.read_source(STDIN)?;
        return source.ok_or_else(|| Error::usage("nothing on standard input"));
    }
    let failed = |e: std::io::Error| Error::on(format!("cannot read `{shown}`"), &e);
    let mut bytes = Vec::new();
    let limit = u64::try_from(4 * codeowners::MAX_BYTES).unwrap_or(u64::MAX);
    let opened = std::fs::File::open(file).map_err(failed)?;
    opened.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    let text =
        String::from_utf8(bytes).map_err(|_| Error::io(format!("`{shown}` is not UTF-8 text")))?;
    Ok(Source::new(shown, text))
}

fn paths(args: &OwnersArgs, ctx: &Context) -> Result<Vec<String>, Error> {
    match &args.files_from {
        None if args.paths.is_empty() => tracked(ctx),
        None if args.paths == [Path::new(STDIN)] => lines(std::io::stdin().lock(), STDIN, ctx),
        None => args.paths.iter().map(|path| relative(path, ctx)).collect(),
        Some(file) if file.as_os_str() == STDIN => lines(std::io::stdin().lock(), STDIN, ctx),
        Some(file) => {
            let shown = file.display().to_string();
            let opened = std::fs::File::open(file)
                .map_err(|e| Error::on(format!("cannot read `{shown}`"), &e))?;
            lines(std::io::BufReader::new(opened), &shown, ctx)
        }
    }
}

/// A path of the command line; a `/` at its end stays.
fn relative(path: &Path, ctx: &Context) -> Result<String, Error> {
    let mut found = ctx.relative(path)?;
    let folder = path.as_os_str().as_encoded_bytes().ends_with(b"/");
    if folder && !found.is_empty() {
        found.push('/');
    }
    Ok(found)
}

/// The path that is asked for: without `./` in front; for a folder (`src/`), some file in it.
fn asked(path: &str) -> Cow<'_, str> {
    let path = path.strip_prefix("./").unwrap_or(path);
    match path.strip_suffix('/') {
        Some(folder) if !folder.is_empty() => Cow::Owned(format!("{folder}/\u{fffd}\u{fffd}")),
        _ => Cow::Borrowed(path),
    }
}

/// One path a line. A line that is not UTF-8 is reported, and kept in a readable form, so that the
/// output has as many lines.
pub(crate) fn lines(
    mut reader: impl std::io::BufRead,
    what: &str,
    ctx: &Context,
) -> Result<Vec<String>, Error> {
    let mut found: Vec<String> = Vec::new();
    let mut bad: Vec<usize> = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line);
        if read.map_err(|e| Error::on(format!("cannot read {what}"), &e))? == 0 {
            break;
        }
        while line.last().is_some_and(|b| matches!(b, b'\n' | b'\r')) {
            line.pop();
        }
        found.push(match std::str::from_utf8(&line) {
            Ok(text) => text.to_owned(),
            Err(_) => {
                bad.push(found.len());
                String::from_utf8_lossy(&line).into_owned()
            }
        });
    }
    if let Some((first, path)) = bad.first().and_then(|n| Some((n + 1, found.get(*n)?))) {
        let number = u32::try_from(first).unwrap_or(u32::MAX);
        let path = trueline_kit::escape::line(path);
        let more = match bad.len() {
            1 => String::new(),
            many => format!(", nor are {} more", many - 1),
        };
        let message = format!("`{path}` is not UTF-8{more}: no rule is for it");
        let at = Location::at(what, Span::point(number, 1));
        ctx.report(Finding::new(&rules::PATH_NOT_UTF8, at, message));
    }
    Ok(found)
}

struct Printer<'a> {
    ctx: &'a Context,
    format: Format,
    out: trueline_kit::Out,
    list: Vec<serde_json::Value>,
}

impl Printer<'_> {
    /// `path<TAB>owner owner`: tabs and line ends in a path are shown as escapes.
    fn line(&mut self, path: &str, owners: &[&str]) -> Result<(), Error> {
        if self.format != Format::Human {
            self.list.push(json!({"path": path, "owners": owners}));
            return Ok(());
        }
        let shown = trueline_kit::escape::line(path);
        self.out.write_all(shown.as_bytes())?;
        let before = std::iter::once("\t").chain(std::iter::repeat(" "));
        for (space, owner) in before.zip(owners) {
            self.out.write_all(space.as_bytes())?;
            self.out.write_all(owner.as_bytes())?;
        }
        let end: &[u8] = if owners.is_empty() { b"\t\n" } else { b"\n" };
        Ok(self.out.write_all(end)?)
    }

    fn finish(self) -> Result<(), Error> {
        self.out.finish()?;
        if self.format != Format::Human {
            self.ctx
                .print_json(&json!({"version": 1, "paths": self.list}))?;
        }
        Ok(())
    }
}
