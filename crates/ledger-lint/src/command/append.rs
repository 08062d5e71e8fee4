//! `ledger-lint append` and `new`.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};

use trueline_core::{Finding, Level};
use trueline_kit::{Context, Error, Format as Output, STDIN};
use trueline_secrets::Scanner;

use crate::catalogue::Wrong;
use crate::ledger::{Format, Kind, Ledger};
use crate::schema::closest;
use crate::{append, catalogue, check, gather, lines, secret, skeleton};

/// Flags of `append`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name or path of the ledger: `model-decisions`
    ledger: String,
    /// Validate and print the line, but write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Flags of `new`.
#[derive(Debug, clap::Args)]
pub struct NewArgs {
    /// Name of a ledger or of a schema: `model-decisions`, `rotation`
    kind: String,
}

pub(super) fn run_new(args: &NewArgs, ctx: &Context) -> Result<(), Error> {
    ctx.data_format(&[Output::Human, Output::Json, Output::Jsonl])?;
    let name = args.kind.as_str();
    let ledgers = catalogue::all(ctx.config(), &|path| ctx.read(path));
    let ledger = ledgers.iter().find(|ledger| ledger.name == name);
    let by_ledger = ledger.and_then(record_schema);
    let entry = by_ledger
        .or_else(|| trueline_core::schema::get(name))
        .ok_or_else(|| {
            let names = trueline_core::schema::ALL.iter().map(|entry| entry.name);
            let names = names.chain(ledgers.iter().map(|ledger| ledger.name.as_str()));
            unknown("kind", name, names)
        })?;
    let now = ctx.clock().now();
    let record = skeleton::skeleton(&entry.value(), now);
    let text = match ledger.map(|ledger| ledger.format) {
        Some(Format::Table) => skeleton::table(&record),
        Some(Format::Approval) => skeleton::approval(now),
        _ => format!("{record}\n"),
    };
    let mut out = ctx.out_raw();
    out.write_all(text.as_bytes())?;
    Ok(out.finish()?)
}

/// The schema of one record of a ledger.
fn record_schema(ledger: &Ledger) -> Option<&'static trueline_core::schema::Entry> {
    let name = match ledger.name.as_str() {
        "tools-manifest" => "tools-record",
        _ => ledger.built_in?,
    };
    trueline_core::schema::get(name)
}

fn unknown<'a>(what: &str, name: &str, names: impl Iterator<Item = &'a str>) -> Error {
    let names: Vec<&str> = names.collect();
    let error = Error::usage(format!("there is no {what} `{name}`"));
    match closest(name, names.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("one of: {}", names.join(", "))),
    }
}

/// The ledger of that name or path, if people may append to it.
fn writable(name: &str, ledgers: Vec<Ledger>) -> Result<Ledger, Error> {
    let names: Vec<String> = ledgers.iter().map(|ledger| ledger.name.clone()).collect();
    let ledger = ledgers
        .into_iter()
        .find(|ledger| ledger.name == name || ledger.path == name.trim_start_matches("./"))
        .ok_or_else(|| unknown("ledger", name, names.iter().map(String::as_str)))?;
    owned_by_others(&ledger, "append to it")?;
    let is_list = ledger.format == Format::Jsonl || !ledger.records.is_empty();
    if !is_list || !(ledger.kind == Kind::AppendOnly || ledger.owner.is_none()) {
        return Err(Error::usage(format!(
            "`{}` has no records to append to",
            ledger.path
        )));
    }
    if ledger.path.ends_with(".gz") {
        return Err(Error::usage(format!(
            "`{}` is packed; unpack it first",
            ledger.path
        )));
    }
    Ok(ledger)
}

/// Refuses what another tool writes, and names the tool.
pub(super) fn owned_by_others(ledger: &Ledger, what: &str) -> Result<(), Error> {
    match ledger.owner {
        None => Ok(()),
        // The plan is the one that the tools count by: `fix` leaves it alone, too.
        Some("people") if what != "append to it" && ledger.name != "por" => Ok(()),
        Some("people") => Err(Error::usage(format!(
            "`{}` is written by people: edit it",
            ledger.path
        ))),
        Some(owner) => {
            Err(
                Error::usage(format!("`{}` is written by `{owner}` alone", ledger.path)).hint(
                    format!("use `{owner}` to change it; `ledger-lint check` checks it"),
                ),
            )
        }
    }
}

pub(super) fn run(args: &Args, ctx: &Context) -> Result<(), Error> {
    ctx.data_format(&[Output::Human, Output::Json, Output::Jsonl])?;
    let mut problems = Vec::new();
    let ledgers = catalogue::all_with(ctx.config(), &|path| ctx.read(path), &mut problems);
    let world = gather::world(ctx, &ledgers)?;
    let mut ledger = writable(&args.ledger, ledgers)?;
    // Without its schema the record would go in unseen.
    let mut problems = problems.into_iter();
    if let Some(problem) = problems.find(|problem| problem.ledger == ledger.name) {
        return Err(match problem.what {
            Wrong::Missing(error) => error,
            Wrong::Mistake(finding) => {
                Error::config(format!("`{}`: {}", finding.at.path, finding.message))
            }
        });
    }
    ledger
        .compile()
        .map_err(|error| Error::bug(error.message))?;
    let input = ctx.read(STDIN)?.unwrap_or_default();
    let input = String::from_utf8(input).map_err(|_| Error::io("standard input is not UTF-8"))?;
    let now = ctx.clock().now();
    let mut records =
        append::records(&input).map_err(|error| Error::usage(format!("no record: {error}")))?;
    if let Some(field) = ledger.roles.time {
        for record in &mut records {
            *record = append::stamped(record, field, now);
        }
    }
    let text: String = records.iter().map(|record| format!("{record}\n")).collect();
    let mut found = validate(&ledger, &world, &text)?;
    let is_refused = |found: &[Finding]| {
        found
            .iter()
            .any(|finding| finding.level.unwrap_or(finding.rule.level) == Level::Error)
    };
    if !args.dry_run && !is_refused(&found) {
        let mut file = Locked::open(ctx, &ledger)?;
        found.extend(file.taken_ids(&ledger, &records)?);
        if !is_refused(&found) {
            file.append(&ledger, &records)?;
        }
    }
    let is_written = !is_refused(&found);
    ctx.report_all(found);
    if is_written {
        let mut out = ctx.out_raw();
        out.write_all(text.as_bytes())?;
        out.finish()?;
    } else {
        ctx.note(format!("nothing was appended to {}", ledger.path));
    }
    Ok(())
}

/// Checks the records as the ledger's own lines would be.
fn validate(
    ledger: &Ledger,
    world: &crate::world::World,
    text: &str,
) -> Result<Vec<Finding>, Error> {
    let mut lines_of = ledger.clone();
    lines_of.format = Format::Jsonl;
    if !ledger.records.is_empty() {
        let schema = record_schema(ledger).map(|entry| crate::schema::Schema::own(entry.value()));
        lines_of.schema = match schema {
            Some(Ok(schema)) if ledger.name == "tools-manifest" => Some(schema.into()),
            Some(Err(error)) => return Err(Error::bug(error.message)),
            // The document's schema checks the whole; see `Locked::append`.
            _ => None,
        };
    }
    // What time or a registry says of the whole ledger is for `check`.
    let mut world = world.clone();
    world.intervals.clear();
    let (mut found, _) = lines::check(STDIN, text.as_bytes(), &lines_of, &world)?;
    let mut scanner = Scanner::new();
    scanner.feed(text.as_bytes());
    secret::report(STDIN, &lines_of, &scanner.finish(), false, &mut found);
    Ok(found)
}

/// Bytes that are written at the end of the file in one go. A process that is killed during a
/// longer write leaves a part of it; then the file is replaced instead.
const IN_ONE_WRITE: usize = 4096;

/// A ledger that nobody else appends to at the moment.
struct Locked {
    file: File,
    place: std::path::PathBuf,
    shown: String,
}

impl Locked {
    /// Opens, makes if need be, and locks the ledger. Waits for others.
    fn open(ctx: &Context, ledger: &Ledger) -> Result<Self, Error> {
        let shown = ledger.path.clone();
        let failed = |error: std::io::Error| Error::on(format!("cannot write `{shown}`"), &error);
        if crate::input::Input::below_root(ctx, &shown)?.is_none() {
            let empty = match ledger.records {
                "" => String::new(),
                records => format!(
                    "{{\n  \"version\": 1,\n  \"{}\": []\n}}\n",
                    records.trim_start_matches('/')
                ),
            };
            // Makes the folders too, inside the root only; another process may be first.
            ctx.writer().create(&shown, empty.as_bytes())?;
        }
        let place = ctx.root().join(&shown).canonicalize().map_err(failed)?;
        loop {
            let file = OpenOptions::new()
                .read(true)
                .append(true)
                .open(&place)
                .map_err(failed)?;
            file.lock().map_err(failed)?;
            // While we waited the file may have been replaced; then the lock is on the old one.
            if is_same(&file, &place) {
                return Ok(Locked { file, place, shown });
            }
        }
    }

    fn failed(&self, error: &std::io::Error) -> Error {
        Error::on(format!("cannot write `{}`", self.shown), error)
    }

    fn content(&mut self) -> Result<String, Error> {
        let mut text = String::new();
        self.file
            .seek(SeekFrom::Start(0))
            .and_then(|_| self.file.read_to_string(&mut text))
            .map_err(|error| self.failed(&error))?;
        Ok(text)
    }

    /// Ids that earlier records have taken, where no two records may share one.
    fn taken_ids(&mut self, ledger: &Ledger, records: &[String]) -> Result<Vec<Finding>, Error> {
        let Some(field) = ledger.roles.id.filter(|_| !ledger.roles.replaces) else {
            return Ok(Vec::new());
        };
        let id_of = |record: &serde_json::Value| Some(record.get(field)?.as_str()?.to_owned());
        let text = self.content()?;
        let taken: std::collections::HashSet<String> = match ledger.records {
            "" => text
                .lines()
                .filter_map(|line| id_of(&serde_json::from_str(line).ok()?))
                .collect(),
            pointer => serde_json::from_str::<serde_json::Value>(&text)
                .ok()
                .and_then(|value| {
                    Some(
                        value
                            .pointer(pointer)?
                            .as_array()?
                            .iter()
                            .filter_map(id_of)
                            .collect(),
                    )
                })
                .unwrap_or_default(),
        };
        let mut found = Vec::new();
        for (number, record) in (1u32..).zip(records) {
            let id = serde_json::from_str(record)
                .ok()
                .and_then(|record| id_of(&record));
            if let Some(id) = id.filter(|id| taken.contains(id)) {
                let at = trueline_core::Location::at(STDIN, trueline_core::Span::point(number, 1));
                let message = format!("the id {} is taken already", crate::fault::quote(&id));
                found.push(Finding::new(
                    &crate::rules::reference::DUPLICATE_ID,
                    at,
                    message,
                ));
            }
        }
        Ok(found)
    }

    /// Adds the records: all or none, on the disk before this returns.
    fn append(&mut self, ledger: &Ledger, records: &[String]) -> Result<(), Error> {
        if ledger.records.is_empty() {
            return self.append_lines(records);
        }
        let text = self.content()?;
        let mut patch = trueline_text::json::Patch::new();
        for record in records {
            patch.push(ledger.records, record.as_str());
        }
        let done = patch
            .apply(&text)
            .map_err(|error| Error::io(format!("cannot append to `{}`: {error}", self.shown)))?;
        if let Some(schema) = &ledger.schema {
            let value = serde_json::from_str(&done).unwrap_or_default();
            if let (false, Some(fault)) = (
                schema.accepts(&value),
                schema.check(&value).into_iter().next(),
            ) {
                return Err(Error::usage(format!(
                    "the record does not fit `{}`: {}",
                    self.shown, fault.message
                ))
                .hint(format!("at {}", fault.place.pointer)));
            }
        }
        self.replace(done.as_bytes())
    }

    fn append_lines(&mut self, records: &[String]) -> Result<(), Error> {
        let mut text = String::new();
        if !self.ends_whole()? {
            text.push('\n');
        }
        for record in records {
            text.push_str(record);
            text.push('\n');
        }
        if text.len() > IN_ONE_WRITE {
            let mut all = Vec::new();
            self.file
                .seek(SeekFrom::Start(0))
                .and_then(|_| self.file.read_to_end(&mut all))
                .map_err(|error| self.failed(&error))?;
            all.extend_from_slice(text.as_bytes());
            return self.replace(&all);
        }
        // One small write at the end of the file: whole, or not there.
        let before = self
            .file
            .metadata()
            .map_err(|error| self.failed(&error))?
            .len();
        let written = self
            .file
            .write_all(text.as_bytes())
            .and_then(|()| self.file.sync_data());
        written.map_err(|error| {
            // A full disk must not leave half a record.
            let _ = self.file.set_len(before);
            self.failed(&error)
        })
    }

    /// Whether the file ends with a line end. A last line without one has to be a record.
    fn ends_whole(&mut self) -> Result<bool, Error> {
        let length = self
            .file
            .metadata()
            .map_err(|error| self.failed(&error))?
            .len();
        let tail = length.min(lines::MAX_LINE as u64 + 1);
        let mut bytes = Vec::new();
        self.file
            .seek(SeekFrom::Start(length - tail))
            .and_then(|_| self.file.read_to_end(&mut bytes))
            .map_err(|error| self.failed(&error))?;
        let last = bytes
            .rsplit(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        if last.is_empty() {
            return Ok(true);
        }
        match check::is_record(last) {
            true => Ok(false),
            false => Err(
                Error::io(format!("the last line of `{}` is cut off", self.shown))
                    .hint("mend or remove it first: `ledger-lint check` shows it"),
            ),
        }
    }

    /// Replaces the file in one step.
    fn replace(&self, bytes: &[u8]) -> Result<(), Error> {
        let folder = self
            .place
            .parent()
            .ok_or_else(|| Error::bug("a file without a folder"))?;
        let mut new =
            tempfile::NamedTempFile::new_in(folder).map_err(|error| self.failed(&error))?;
        let mode = self.file.metadata().map(|data| data.permissions());
        let done = new
            .write_all(bytes)
            .and_then(|()| mode.and_then(|mode| new.as_file().set_permissions(mode)))
            .and_then(|()| new.as_file().sync_all());
        done.map_err(|error| self.failed(&error))?;
        new.persist(&self.place)
            .map_err(|error| self.failed(&error.error))?;
        // The folder keeps the new name through a power cut; not every system can.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

#[cfg(unix)]
fn is_same(file: &File, place: &std::path::Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), place.metadata()) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

/// Elsewhere an open file cannot be replaced.
#[cfg(not(unix))]
fn is_same(_: &File, place: &std::path::Path) -> bool {
    place.exists()
}
