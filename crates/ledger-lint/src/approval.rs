//! `ops/approvals/<id>.md`: two-key approvals.

use trueline_core::{Finding, Location};
use trueline_text::LineIndex;
use trueline_text::jsonl::Lines;

use crate::Stats;
use crate::check::parse_time;
use crate::fault::{index_span, quote};
use crate::hygiene::{Content, Hygiene};
use crate::rules::{security, time};
use crate::sink::Sink;
use crate::world::World;

/// Checks one approval.
///
/// It holds when two different people signed: two lines `SIGNOFF: true INITIALS TIME`, at the
/// start of a line, list marks and emphasis aside. A line `EXPIRES: DAY` ends it.
pub fn check(path: &str, bytes: &[u8], world: &World) -> (Vec<Finding>, Stats) {
    let mut sink = Sink::new(path);
    let mut stats = Stats::default();
    let mut hygiene = Hygiene::document();
    let mut signers: Vec<String> = Vec::new();
    let index = LineIndex::new(bytes);
    let mut is_code = false;
    for line in Lines::new(bytes) {
        stats.lines += 1;
        let content = hygiene.line(&line, &mut sink);
        let Content::Text(text) = content else {
            continue;
        };
        let shown = text.trim_start_matches(|char: char| {
            char.is_whitespace() || matches!(char, '-' | '*' | '_' | '>')
        });
        if shown.starts_with("```") || shown.starts_with("~~~") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        let at = Location::at(path, index_span(&index, line.range()));
        let value = |key: &str| {
            let (name, value) = shown.split_once(':')?;
            let name = name.trim_matches(|char| matches!(char, '*' | '_' | '`'));
            name.eq_ignore_ascii_case(key).then(|| {
                value
                    .trim_matches(|char: char| char.is_whitespace() || matches!(char, '*' | '_'))
                    .to_owned()
            })
        };
        if let Some(value) = value("SIGNOFF") {
            sign(&value, at, world, &mut signers, &mut sink);
        } else if let Some(day) = value("EXPIRES") {
            expires(&day, at, world, &mut sink);
        }
    }
    hygiene.end(false, &mut sink);
    stats.records = 1;
    if signers.len() < 2 {
        let message = match signers.first() {
            None => "nobody has signed; two approvers are needed".to_owned(),
            Some(one) => format!("only {} has signed; two approvers are needed", quote(one)),
        };
        let finding = Finding::new(&security::MISSING_SIGNOFF, Location::file(path), message);
        sink.push(finding.help("a line an approver: `SIGNOFF: true AB 2026-01-15T12:00:00Z`"));
    }
    (sink.finish(), stats)
}

fn sign(value: &str, at: Location, world: &World, signers: &mut Vec<String>, sink: &mut Sink) {
    let words: Vec<&str> = value
        .split([' ', '\t', ','])
        .filter(|word| !word.is_empty())
        .collect();
    let (initials, when) = match words.as_slice() {
        [truth, ..] if !truth.eq_ignore_ascii_case("true") => return,
        [_, initials, when, ..] => (*initials, *when),
        _ => {
            let message = "the signature has no initials and time";
            sink.push(Finding::new(&security::MISSING_SIGNOFF, at, message));
            return;
        }
    };
    match parse_time(when) {
        None => {
            let message = format!("{} is no time (`2026-01-15T12:00:00Z`)", quote(when));
            sink.push(Finding::new(&security::MISSING_SIGNOFF, at, message));
        }
        Some(signed) if world.is_future(signed) => {
            let message = format!("signed in the future: {}", quote(when));
            sink.push(Finding::new(&time::FUTURE_TIME, at, message));
        }
        Some(_) if signers.iter().any(|known| known == initials) => {
            let message = format!(
                "{} signed twice; the second key is another person's",
                quote(initials)
            );
            sink.push(Finding::new(&security::MISSING_SIGNOFF, at, message));
        }
        Some(_) => signers.push(initials.to_owned()),
    }
}

fn expires(day: &str, at: Location, world: &World, sink: &mut Sink) {
    let word = day.split_whitespace().next().unwrap_or_default();
    match crate::check::end_of(word) {
        None => {
            let message = format!("{} is no day (`2026-01-15`)", quote(word));
            sink.push(Finding::new(&crate::rules::schema::BAD_FORMAT, at, message));
        }
        Some(end) if world.now.is_some_and(|now| end < now) => {
            let message = format!("the approval expired on {word}");
            sink.push(Finding::new(&time::EXPIRED, at, message));
        }
        Some(_) => {}
    }
}
