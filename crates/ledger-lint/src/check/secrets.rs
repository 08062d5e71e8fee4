//! Rotations of secrets, and their names. Values are never looked at here.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use trueline_core::{Finding, Level, Location};

use super::{At, Memory, parse_time};
use crate::fault::{Fault, Place, quote};
use crate::rules::{security, time as rules};
use crate::world::World;

/// Whether a text has the form `[APP]/[ENV]/[SUBSYSTEM]/[KEY]`: four parts of letters, digits,
/// `.`, `_` and `-`, each beginning with a letter or digit.
pub fn is_secret_name(text: &str) -> bool {
    let mut parts = 0;
    for part in text.split('/') {
        parts += 1;
        let begins = part
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphanumeric());
        let form = part
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
        if !begins || !form {
            return false;
        }
    }
    parts == 4
}

/// The fault of a name that has another form.
pub(super) fn name_fault(name: &str, pointer: impl Into<String>) -> Option<Fault> {
    if is_secret_name(name) {
        return None;
    }
    let message = format!("{} is not `[APP]/[ENV]/[SUBSYSTEM]/[KEY]`", quote(name));
    Some(Fault::new(
        &security::SECRET_NAME,
        Place::value(pointer),
        message,
    ))
}

pub(super) fn rotation(
    object: &Map<String, Value>,
    at: At<'_>,
    memory: &mut Memory,
    faults: &mut Vec<Fault>,
) {
    let Some(name) = object.get("name").and_then(Value::as_str) else {
        return;
    };
    faults.extend(name_fault(name, "/name"));
    if object.get("proof").is_none_or(Value::is_null) {
        let message = format!(
            "no proof that the new value of {} was read and deployed",
            quote(name)
        );
        faults.push(Fault::new(
            &rules::UNPROVEN_ROTATION,
            Place::open(""),
            message,
        ));
    }
    let time = object
        .get("rotated_at")
        .and_then(Value::as_str)
        .and_then(parse_time);
    if let Some(time) = time {
        let last = memory
            .rotated
            .entry(name.to_owned())
            .or_insert_with(|| (time, at.location()));
        if last.0 <= time {
            *last = (time, at.location());
        }
    }
}

/// The last time of each name, and where it stands.
pub type Dates = BTreeMap<String, (Timestamp, Location)>;

/// A finding for every secret of the registry that was not rotated in time. `rotated` is the
/// ledger with its last rotations; `None` where there is no ledger.
pub fn overdue(rotated: Option<&Dates>, world: &World) -> Vec<Finding> {
    let Some(now) = world.now else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for (key, interval) in &world.intervals {
        let last = rotated.and_then(|rotated| {
            rotated
                .iter()
                .filter(|(name, _)| is_same_secret(key, name))
                .max_by_key(|(_, (time, _))| *time)
        });
        let Some((name, (time, at))) = last else {
            let message = format!(
                "no rotation of {} is recorded, every {} days is asked for",
                quote(key),
                interval.days
            );
            let finding = Finding::new(&rules::OVERDUE_ROTATION, interval.at.clone(), message);
            findings.push(finding.level(Level::Warning).subject(key));
            continue;
        };
        let Ok(due) = time.checked_add(SignedDuration::from_hours(24 * interval.days)) else {
            continue;
        };
        if due < now {
            let days = now.duration_since(due).as_hours() / 24;
            let message = format!(
                "the rotation of {} is {days} days overdue: every {} days, last on {time}",
                quote(name),
                interval.days
            );
            let finding = Finding::new(&rules::OVERDUE_ROTATION, at.clone(), message);
            findings.push(
                finding
                    .related(interval.at.clone(), "asked for here")
                    .subject(name),
            );
        }
    }
    findings
}

/// Whether a key of the registry is that secret: named in full, or by its last part.
pub fn is_same_secret(key: &str, name: &str) -> bool {
    key == name || (!key.contains('/') && name.rsplit('/').next() == Some(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for good in ["shop/prod/api/DB_URL", "a/b/c/d", "shop/prod-eu/api.v2/KEY"] {
            assert!(is_secret_name(good), "{good}");
        }
        for bad in [
            "",
            "DB_URL",
            "a/b/c",
            "a/b/c/d/e",
            "a//c/d",
            "[APP]/[ENV]/backend/DB",
            "a/b/c/d ",
            "a/b/c/é",
        ] {
            assert!(!is_secret_name(bad), "{bad}");
        }
        assert!(is_same_secret("DB_URL", "shop/prod/api/DB_URL"));
        assert!(!is_same_secret("URL", "shop/prod/api/DB_URL"));
    }
}
