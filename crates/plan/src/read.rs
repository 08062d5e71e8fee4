//! Reads whole files: the queue (a record a line) and plans (a list of records).

use std::borrow::Cow;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use trueline_core::artifact::Version;
use trueline_core::artifact::plan::{Phase, Vertical};
use trueline_core::{Finding, Rule};
use trueline_text::json;
use trueline_text::jsonl::{ConflictMarker, Lines};

use crate::place::Places;
use crate::record::{Faults, Reader};
use crate::rules;
use crate::table::{Accounts, Input, MAX_BYTES, Record, Table};
use crate::{Aliases, Field};

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
                let at = places.field(span, Field::Id);
                self.report(Finding::new(bad, at, "the record has no `id`"));
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

/// A plan as read.
#[derive(Default)]
pub(crate) struct PlanFile<'a> {
    pub(crate) table: Option<Table<'a>>,
    pub(crate) phases: Vec<(Phase, (u32, u32))>,
    pub(crate) verticals: Vec<(Vertical, (u32, u32))>,
    /// Span of the list of phases.
    pub(crate) phases_span: (u32, u32),
}

/// Reads a plan: an object with `phases`, `items`, `verticals`, or a list of items.
pub(crate) fn plan<'a>(
    input: &Input<'a>,
    aliases: &Aliases,
    findings: &mut Vec<Finding>,
) -> PlanFile<'a> {
    if let Some(finding) = too_large(input) {
        findings.push(finding);
        return PlanFile::default();
    }
    let source = as_text(input.bytes);
    let places = Places::new(input.path, input.bytes, aliases);
    let text = source.strip_prefix('\u{FEFF}').unwrap_or(&source);
    let root: Result<&RawValue, _> = serde_json::from_str(text);
    let (Ok(root), Cow::Borrowed(_)) = (root, &source) else {
        syntax(input, &places, findings);
        return PlanFile::default();
    };
    let offset = |part: &str| {
        let at = (part.as_ptr() as usize).wrapping_sub(source.as_ptr() as usize);
        (
            crate::record::narrow(at),
            crate::record::narrow(at + part.len()),
        )
    };
    let span = |part: &RawValue| offset(part.get());
    let wide = |(start, end): (u32, u32)| start as usize..end as usize;
    let mut file = PlanFile::default();
    let members = match root.get().as_bytes().first() {
        Some(b'[') => vec![(String::from("items"), root)],
        Some(b'{') => members(root).unwrap_or_default(),
        _ => {
            let at = places.at(wide(span(root)));
            let message = "a plan is an object, or a list of items";
            findings.push(Finding::new(&rules::BAD_FILE, at, message));
            return file;
        }
    };
    let mut reader = Reader::new(&source, aliases);
    let mut parts = Parts {
        findings,
        records: Vec::new(),
        accounts: Accounts::default(),
    };
    for (key, value) in members {
        let is_items = aliases.is_items(&key);
        if !is_items && key != "version" && key != "phases" && key != "verticals" {
            continue;
        }
        if key == "version" {
            if let Err(error) = serde_json::from_str::<Version>(value.get()) {
                let message = plain_error(&error);
                let at = places.at(wide(span(value)));
                parts.report(Finding::new(&rules::NEWER_VERSION, at, message));
                return PlanFile::default();
            }
            continue;
        }
        let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(value.get()) else {
            let at = places.at(wide(span(value)));
            let message = format!("`{key}` is not a list");
            parts.report(Finding::new(&rules::WRONG_TYPE, at, message));
            continue;
        };
        if key == "phases" {
            file.phases_span = span(value);
        }
        for raw in list {
            let at = span(raw);
            match key.as_str() {
                "phases" => match serde_json::from_str::<Phase>(raw.get()) {
                    Ok(phase) => file.phases.push((phase, at)),
                    Err(error) => parts.report(wrong(&places, wide(at), &error)),
                },
                "verticals" => match serde_json::from_str::<Vertical>(raw.get()) {
                    Ok(vertical) => file.verticals.push((vertical, at)),
                    Err(error) => parts.report(wrong(&places, wide(at), &error)),
                },
                _ => {
                    parts.accounts.total += 1;
                    match reader.read(source.get(wide(at)).unwrap_or_default()) {
                        Ok((record, faults)) => {
                            parts.keep(record, &faults, &places, &rules::MISSING_FIELD);
                        }
                        Err(error) => {
                            parts.accounts.bad += 1;
                            parts.report(wrong(&places, wide(at), &error));
                        }
                    }
                }
            }
        }
    }
    let rest = Rest::from(reader);
    let findings_done = parts;
    file.table = Some(findings_done.finish(input, source, rest));
    file
}

fn syntax(input: &Input<'_>, places: &Places<'_>, findings: &mut Vec<Finding>) {
    let (_, errors) = json::parse_bytes(input.bytes);
    let before = findings.len();
    for error in errors {
        let at = places.at(error.offset..error.end);
        let mut finding = Finding::new(&rules::BAD_FILE, at, error.message);
        finding.help = error.help;
        findings.push(finding);
    }
    if findings.len() == before {
        let message = "the file cannot be read as JSON";
        findings.push(Finding::new(&rules::BAD_FILE, places.file(), message));
    }
}

/// A typed reader's refusal, at the place it names within the value.
fn wrong(places: &Places<'_>, range: std::ops::Range<usize>, error: &serde_json::Error) -> Finding {
    // Positions of the typed reader count bytes of the value; only its first line is exact
    // enough to add up.
    let shift = if error.line() == 1 { error.column() } else { 0 };
    let start = (range.start + shift.saturating_sub(1)).min(range.end);
    Finding::new(
        &rules::WRONG_TYPE,
        places.at(start..start + 1),
        plain_error(error),
    )
}

/// The message without the position, which the finding has.
pub(crate) fn plain_error(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text.get(..end).unwrap_or(&text).to_owned(),
        None => text,
    }
}

/// The members of an object, in document order.
fn members(root: &RawValue) -> Option<Vec<(String, &RawValue)>> {
    struct Members;

    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(String, &'de RawValue)>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut list = Vec::new();
            while let Some(entry) = map.next_entry()? {
                list.push(entry);
            }
            Ok(list)
        }
    }

    serde_json::Deserializer::from_str(root.get())
        .deserialize_map(Members)
        .ok()
}
