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
    text.parse().ok()
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
