//! Times of a record: against the clock, the record before, the item's end.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};
use trueline_core::{Finding, Location, Span};

use super::{At, Memory};
use crate::fault::{Fault, Place, quote};
use crate::ledger::{Kind, Ledger};
use crate::rules::{reference, time as rules};
use crate::world::World;

/// The time of the record before.
#[derive(Debug, Default)]
pub struct Order {
    last: Option<(Timestamp, Span)>,
}

impl Order {
    /// Whether a time is not before that of the record before, where the two are compared.
    pub(super) fn follows(&self, time: Timestamp, ledger: &Ledger) -> bool {
        let committed = ledger.committed.unwrap_or_default();
        self.last
            .is_none_or(|(last, span)| time >= last || span.line <= committed)
    }

    /// Remembers the time of a record.
    pub(super) fn set(&mut self, time: Timestamp, span: Span) {
        self.last = Some((time, span));
    }
}

/// An RFC 3339 time with an offset; a day is its first moment in UTC.
pub fn parse(text: &str) -> Option<Timestamp> {
    if trueline_core::scalar::is_day(text) {
        return format!("{text}T00:00:00Z").parse().ok();
    }
    if !trueline_core::scalar::is_timestamp(text) {
        return None;
    }
    in_utc(text.as_bytes()).or_else(|| text.parse().ok())
}

/// The time of a valid text of the usual form, `2026-01-15T12:00:00Z`; `None` for every other.
fn in_utc(text: &[u8]) -> Option<Timestamp> {
    let number = |from: usize, digits: usize| -> Option<i64> {
        let digits = text.get(from..from + digits)?.iter();
        Some(digits.fold(0, |value, digit| {
            value * 10 + i64::from(digit.wrapping_sub(b'0'))
        }))
    };
    // A leap second is for the library.
    let second = number(17, 2).filter(|second| *second < 60)?;
    if text.len() != 20 || text.get(19) != Some(&b'Z') {
        return None;
    }
    // Days since 1970 in the proleptic Gregorian calendar, years counted from March.
    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    let year = year - i64::from(month <= 2);
    let (era, month) = (year.div_euclid(400), (month + 9) % 12);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    let of_day = number(11, 2)? * 3600 + number(14, 2)? * 60 + second;
    Timestamp::from_second(days * 86_400 + of_day).ok()
}

pub(super) fn check(
    object: &Map<String, Value>,
    at: At<'_>,
    ledger: &Ledger,
    world: &World,
    memory: &mut Memory,
    faults: &mut Vec<Fault>,
) {
    let Some(field) = ledger.roles.time else {
        return;
    };
    let Some(text) = object.get(field).and_then(Value::as_str) else {
        return;
    };
    let Some(time) = parse(text) else {
        return;
    };
    let place = || Place::value(format!("/{field}"));
    if world.is_future(time) {
        let message = format!("{} lies in the future", quote(text));
        faults.push(Fault::new(&rules::FUTURE_TIME, place(), message));
        return;
    }
    if ledger.kind == Kind::AppendOnly {
        let order = &mut memory.order;
        let committed = ledger.committed.unwrap_or_default();
        if let Some((last, span)) = order.last
            && time < last
            && span.line > committed
        {
            let message = format!("{} is before the record above", quote(text));
            faults.push(
                Fault::new(&rules::TIME_BACKWARDS, place(), message)
                    .related(Location::at(at.path, span), format!("{last} here")),
            );
        }
        order.last = Some((time, at.span));
    }
    for field in ledger.roles.task {
        let Some(id) = object.get(*field).and_then(Value::as_str) else {
            continue;
        };
        if let Some(done) = world.done_at.get(id)
            && time > *done
        {
            let message = format!("{} was done at {done}, before this record", quote(id));
            faults.push(Fault::new(
                &reference::STALE_ENTRY,
                Place::value(format!("/{field}")),
                message,
            ));
        }
    }
}

/// Fields that say when something ends.
const ENDS: [&str; 2] = ["expiry", "expires"];

/// The end that a record names: a time, or a day, which holds to its last moment in UTC.
pub fn end_of(text: &str) -> Option<Timestamp> {
    let time = parse(text)?;
    if trueline_core::scalar::is_day(text) {
        return time.checked_add(jiff::SignedDuration::from_hours(24)).ok();
    }
    Some(time)
}

/// Remembers when what a record agrees to ends. A record that ends as it begins closes what
/// earlier records of its id agreed to.
pub(super) fn remember_end(object: &Map<String, Value>, at: At<'_>, memory: &mut Memory) {
    let Some(text) = ENDS.iter().find_map(|field| object.get(*field)?.as_str()) else {
        return;
    };
    let Some(end) = end_of(text) else {
        return;
    };
    let id = match object.get("id").and_then(Value::as_str) {
        Some(id) => id.to_owned(),
        None => format!("{:?}", at.span),
    };
    let begins = object
        .get("granted_at")
        .and_then(Value::as_str)
        .and_then(parse);
    if begins.is_some_and(|begins| end <= begins) {
        memory.ends.remove(&id);
    } else {
        memory.ends.insert(id, (end, at.location()));
    }
}

pub(super) fn expired(
    ends: &BTreeMap<String, (Timestamp, Location)>,
    world: &World,
) -> Vec<Finding> {
    let Some(now) = world.now else {
        return Vec::new();
    };
    ends.iter()
        .filter(|(_, (end, _))| *end < now)
        .map(|(id, (end, at))| {
            let message = format!("{} expired at {end}", quote(id));
            Finding::new(&rules::EXPIRED, at.clone(), message).subject(id)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_usual_form_is_read_as_the_library_does(second in -62_135_596_800i64..253_402_207_200) {
            let time = Timestamp::from_second(second).unwrap();
            prop_assert_eq!(in_utc(time.to_string().as_bytes()), Some(time));
        }
    }

    #[test]
    fn other_forms_are_for_the_library() {
        for text in [
            "1998-12-31T23:59:60Z",
            "2026-01-15T12:00:00.5Z",
            "2026-01-15T12:00:00+01:00",
            "2026-01-15t12:00:00z",
        ] {
            assert_eq!(in_utc(text.as_bytes()), None, "{text}");
            assert!(parse(text).is_some(), "{text}");
        }
    }
}
