//! Reads whole files: the queue (a record a line) and plans (a list of records).

mod plan;

use std::borrow::Cow;

use trueline_core::{Finding, Rule};
use trueline_text::json;
use trueline_text::jsonl::{ConflictMarker, Lines};

use crate::place::Places;
use crate::record::{Faults, Reader};
use crate::rules;
use crate::table::{Accounts, Input, MAX_BYTES, Record, Table};
use crate::{Aliases, Field};

pub(crate) use plan::{PlanFile, plain_error, plan};

/// The bytes as text of the same length: what is not UTF-8 becomes `?`. Lines that hold such
/// bytes are reported where they are read.
fn as_text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            let mut text = String::with_capacity(bytes.len());
            for chunk in bytes.utf8_chunks() {
                text.push_str(chunk.valid());
                text.extend(std::iter::repeat_n('?', chunk.invalid().len()));
            }
            Cow::Owned(text)
        }
    }
}

struct Parts<'f> {
    /// Where trueline.toml has the aliases of such a file.
    aliases: &'static str,
    findings: &'f mut Vec<Finding>,
    records: Vec<Record>,
    accounts: Accounts,
}

impl Parts<'_> {
    fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Keeps a record that has an id; reports what is wrong with its fields.
    fn keep(&mut self, record: Record, faults: &Faults, places: &Places<'_>, bad: &'static Rule) {
        let span = record.span.0 as usize..record.span.1 as usize;
        for field in faults.wrong.iter() {
            let at = places.field(span.clone(), field);
            let message = format!("`{}` is not {}", field.key(), expected(field));
            self.report(Finding::new(&rules::WRONG_TYPE, at, message).subject(field.key()));
        }
        for field in faults.twice.iter() {
            let at = places.second(span.clone(), field);
            let message = format!("`{}` is there twice; the last one counts", field.key());
            self.report(Finding::new(&rules::DUPLICATE_KEY, at, message).subject(field.key()));
        }
        if record.id.is_none() {
            self.accounts.bad += 1;
            if !faults.wrong.contains(Field::Id) {
                let at = places.field(span.clone(), Field::Id);
                let mut finding = Finding::new(bad, at, "the record has no `id`");
                // A file in which all records have another shape is told so once.
                if self.accounts.bad == 1
                    && let Some(name) = places.likely_id(span)
                {
                    finding = finding.help(format!(
                        "if `{name}` is its id, let trueline.toml say so: `id = [\"{name}\"]` in {}",
                        self.aliases
                    ));
                }
                self.report(finding);
            }
        } else {
            self.accounts.records += 1;
            self.records.push(record);
        }
    }

    fn finish<'a>(self, input: &Input<'a>, source: Cow<'a, str>, rest: Rest) -> Table<'a> {
        Table {
            path: input.path.to_owned(),
            source,
            pool: rest.pool,
            texts: rest.texts,
            pairs: rest.pairs,
            records: self.records,
            accounts: self.accounts,
        }
    }
}

/// What a reader leaves besides records.
struct Rest {
    pool: String,
    texts: Vec<crate::table::Slice>,
    pairs: Vec<(crate::table::Slice, crate::table::Slice)>,
}

impl From<Reader<'_, '_>> for Rest {
    fn from(reader: Reader<'_, '_>) -> Self {
        Rest {
            pool: reader.pool,
            texts: reader.texts,
            pairs: reader.pairs,
        }
    }
}

fn expected(field: Field) -> &'static str {
    match field {
        Field::Id => "an id (letters, digits, `.`, `_`, `-`)",
        Field::Weight => "a weight: a decimal number, zero or more",
        Field::Priority => "a whole number, zero or more, or a declared alias of one",
        Field::Attempts => "a whole number, zero or more",
        Field::Tier => "`foundation`, `feature` or `stretch`",
        Field::Due => "a day such as 2026-01-15",
        Field::Evidence => "a list of objects with `path` and `sha256`",
        Field::Claim => "an object with `owner` and `lease_until`",
        Field::Deferred => "an object with `reason` and `approved_by`",
        Field::Dependencies
        | Field::NtRefs
        | Field::TdRefs
        | Field::Refs
        | Field::Scope
        | Field::ExitCriteria
        | Field::Tests
        | Field::FollowUps
        | Field::RunReports
        | Field::AttachPacks
        | Field::CodePaths => "a list of texts",
        _ => "a text",
    }
}

fn too_large(input: &Input<'_>) -> Option<Finding> {
    (input.bytes.len() > MAX_BYTES).then(|| {
        let message = format!(
            "the file is larger than {} MiB and is not read",
            MAX_BYTES >> 20
        );
        Finding::new(
            &rules::BAD_FILE,
            trueline_core::Location::file(input.path),
            message,
        )
    })
}

/// Reads a queue: every line is a record, blank, or reported.
pub(crate) fn queue<'a>(
    input: &Input<'a>,
    aliases: &Aliases,
    findings: &mut Vec<Finding>,
) -> Table<'a> {
    let oversize = too_large(input);
    let bytes = if oversize.is_some() { &[] } else { input.bytes };
    findings.extend(oversize);
    let source = as_text(bytes);
    let is_utf8 = matches!(source, Cow::Borrowed(_));
    let places = Places::new(input.path, bytes, aliases);
    let mut reader = Reader::new(&source, aliases);
    let mut parts = Parts {
        aliases: "`[aliases.queue]`",
        findings,
        records: Vec::with_capacity(bytes.len() / 400),
        accounts: Accounts::default(),
    };
    let mut in_conflict = false;
    for line in Lines::new(bytes) {
        parts.accounts.total += 1;
        let start = line.start;
        let range = start..start.saturating_add(line.text.len());
        let raw = source.get(range.clone()).unwrap_or_default();
        let fault = (!is_utf8).then(|| line.invalid_utf8()).flatten();
        let outcome = match fault {
            Some(_) => Err(()),
            None => reader.read(raw).map_err(|_| ()),
        };
        match outcome {
            Ok((record, faults)) => {
                if record.seen.contains(Field::Status) && record.status.is_none() {
                    unknown_status(&mut parts, &record, &faults, &places);
                } else if !record.seen.contains(Field::Status) {
                    missing_status(&mut parts, &record, &places);
                }
                parts.keep(record, &faults, &places, &rules::BAD_LINE);
            }
            Err(()) if line.is_blank() => parts.accounts.blank += 1,
            Err(()) => {
                parts.accounts.bad += 1;
                let marker = line.conflict_marker();
                let opens = marker == Some(ConflictMarker::Ours);
                if let Some(marker) = marker {
                    if opens || !in_conflict {
                        let message = "a merge left its conflict marker here";
                        let at = places.at(range);
                        parts.report(Finding::new(&rules::CONFLICT_MARKER, at, message));
                    }
                    in_conflict = opens || (in_conflict && marker != ConflictMarker::Theirs);
                } else {
                    bad_line(&mut parts, &places, line.text, start, raw);
                }
            }
        }
    }
    let (findings_done, rest) = (parts, Rest::from(reader));
    findings_done.finish(input, source, rest)
}

fn unknown_status(parts: &mut Parts<'_>, record: &Record, faults: &Faults, places: &Places<'_>) {
    if faults.wrong.contains(Field::Status) {
        return;
    }
    let span = record.span.0 as usize..record.span.1 as usize;
    let at = places.field(span, Field::Status);
    let message = "the status is none of `todo`, `doing`, `review`, `blocked`, `done`";
    parts.report(Finding::new(&rules::UNKNOWN_STATUS, at, message));
}

fn missing_status(parts: &mut Parts<'_>, record: &Record, places: &Places<'_>) {
    let span = record.span.0 as usize..record.span.1 as usize;
    let at = places.field(span, Field::Status);
    let message = "the record has no `status`; it counts as not begun";
    parts.report(Finding::new(&rules::MISSING_FIELD, at, message).subject("status"));
}

/// The first fault of a line that is no record.
fn bad_line(parts: &mut Parts<'_>, places: &Places<'_>, line: &[u8], start: usize, raw: &str) {
    let (document, errors) = json::parse_bytes(line);
    let (range, message, help) = match errors.into_iter().next() {
        Some(error) => (error.offset..error.end, error.message, error.help),
        None => match document.root() {
            Some(root) if root.kind() != trueline_text::tree::Kind::Object => (
                root.span(),
                format!(
                    "a line holds one object, not {}",
                    article(root.kind().name())
                ),
                None,
            ),
            _ => (0..raw.len(), "the line cannot be read".to_owned(), None),
        },
    };
    let at = places.at(range.start + start..range.end + start);
    let mut finding = Finding::new(&rules::BAD_LINE, at, message);
    finding.help = help;
    parts.report(finding);
}

fn article(name: &str) -> String {
    let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    if name == "null" {
        return "null".to_owned();
    }
    format!("{article} {name}")
}
