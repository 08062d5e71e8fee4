//! Reads a plan: an object with lists, or a list of records.

use std::borrow::Cow;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use trueline_core::Finding;
use trueline_core::artifact::Version;
use trueline_core::artifact::plan::{Phase, Vertical};
use trueline_text::json;

use super::{Parts, Rest, as_text, too_large};
use crate::Aliases;
use crate::place::Places;
use crate::record::Reader;
use crate::rules;
use crate::table::{Accounts, Input, Table};

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
        aliases: "`[aliases.por]` or `[aliases.wbs]`",
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
