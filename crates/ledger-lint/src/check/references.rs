//! Ids and names that a record has from elsewhere.

use std::borrow::Cow;

use serde_json::{Map, Value};
use trueline_core::Location;
use trueline_text::tree::escape_token;

use super::{At, Memory};
use crate::fault::{Fault, Place, quote};
use crate::ledger::Ledger;
use crate::rules::reference as rules;
use crate::schema::closest;
use crate::world::World;

/// Most names that are searched for a near one.
const MAX_NEAR: usize = 20_000;

pub(super) fn check(
    object: &Map<String, Value>,
    at: At<'_>,
    ledger: &Ledger,
    world: &World,
    memory: &mut Memory,
    faults: &mut Vec<Fault>,
) {
    let roles = &ledger.roles;
    for field in roles.task {
        if let Some(id) = object.get(*field).and_then(Value::as_str) {
            task(id, || format!("/{field}"), world, faults);
        }
    }
    for field in roles.tasks {
        each(object, field, |id, pointer| {
            task(id, || pointer, world, faults);
        });
    }
    for field in roles.requirements {
        each(object, field, |id, pointer| {
            requirement(id, pointer, world, faults);
        });
    }
    let agent = roles
        .agent
        .iter()
        .find_map(|field| Some((*field, object.get(*field)?.as_str()?)));
    if let Some((field, name)) = agent {
        agent_name(name, field, world, faults);
    }
    for field in roles.model {
        if let Some(name) = object.get(*field).and_then(Value::as_str) {
            model(name, agent.map(|(_, agent)| agent), field, world, faults);
        }
    }
    if let Some((field, id)) = roles
        .id
        .and_then(|field| Some((field, object.get(field)?.as_str()?)))
    {
        own_id(id, field, at, ledger, memory, faults);
    }
}

/// The texts of a list field.
fn each(object: &Map<String, Value>, field: &str, mut check: impl FnMut(&str, String)) {
    let items = object.get(field).and_then(Value::as_array);
    for (slot, item) in items.into_iter().flatten().enumerate() {
        if let Some(id) = item.as_str() {
            check(id, format!("/{}/{slot}", escape_token(field)));
        }
    }
}

fn task(id: &str, pointer: impl FnOnce() -> String, world: &World, faults: &mut Vec<Fault>) {
    let Some(tasks) = &world.tasks else {
        return;
    };
    if tasks.contains(id) || !trueline_core::id::is_id(id) {
        return;
    }
    let near = near_id(id, tasks.iter().map(String::as_str));
    let message = format!("no work item {} in queue or plan", quote(id));
    faults
        .push(Fault::new(&rules::UNKNOWN_TASK, Place::value(pointer()), message).maybe_help(near));
}

fn requirement(id: &str, pointer: String, world: &World, faults: &mut Vec<Fault>) {
    let has_prefix = |prefixes: &[String]| {
        prefixes.iter().any(|prefix| {
            id.strip_prefix(prefix.as_str())
                .is_some_and(|rest| rest.starts_with('-'))
        })
    };
    let (known, what) = if has_prefix(&world.td_prefixes) {
        (&world.designs, "design")
    } else if has_prefix(&world.nt_prefixes) {
        (&world.requirements, "requirement")
    } else {
        return;
    };
    let Some(known) = known else {
        return;
    };
    if known.contains(id) {
        return;
    }
    let near = near_id(id, known.iter().map(String::as_str));
    let message = format!("no {what} {} in the index", quote(id));
    faults.push(
        Fault::new(&rules::UNKNOWN_REQUIREMENT, Place::value(pointer), message).maybe_help(near),
    );
}

fn agent_name(name: &str, field: &str, world: &World, faults: &mut Vec<Fault>) {
    let Some(agents) = &world.agents else {
        return;
    };
    if agents.contains(name) {
        return;
    }
    let known = agents.iter().map(String::as_str);
    let near =
        closest(name, known.take(MAX_NEAR)).map(|near| format!("did you mean {}?", quote(near)));
    let message = format!("no agent {} in ownership or registry", quote(name));
    let place = Place::value(format!("/{field}"));
    faults.push(Fault::new(&rules::UNKNOWN_AGENT, place, message).maybe_help(near));
}

fn model(name: &str, agent: Option<&str>, field: &str, world: &World, faults: &mut Vec<Fault>) {
    let own = agent.and_then(|agent| world.agent_models.get(agent));
    let Some(allowed) = own.or(world.models.as_ref()) else {
        return;
    };
    if allowed.contains(name) {
        return;
    }
    let known = allowed.iter().map(String::as_str);
    let help = match closest(name, known.clone().take(MAX_NEAR)) {
        Some(near) => format!("did you mean {}?", quote(near)),
        None => {
            let names: Vec<Cow<'_, str>> = known.take(8).map(Cow::Borrowed).collect();
            format!("allowed: {}", names.join(", "))
        }
    };
    let message = match (own, agent) {
        (Some(_), Some(agent)) => format!("{} may not use the model {}", quote(agent), quote(name)),
        _ => format!("no model {} in registry or policy", quote(name)),
    };
    let place = Place::value(format!("/{field}"));
    faults.push(Fault::new(&rules::UNKNOWN_MODEL, place, message).help(help));
}

fn own_id(
    id: &str,
    field: &str,
    at: At<'_>,
    ledger: &Ledger,
    memory: &mut Memory,
    faults: &mut Vec<Fault>,
) {
    if ledger.roles.replaces {
        return;
    }
    if let Some(first) = memory.ids.get(id) {
        let place = Place::value(format!("/{field}"));
        let message = format!("the id {} is taken already", quote(id));
        faults.push(
            Fault::new(&rules::DUPLICATE_ID, place, message)
                .related(Location::at(at.path, *first), "first here"),
        );
    } else {
        memory.ids.insert(id.to_owned(), at.span);
    }
}

/// A near id: the same one but for leading zeros, else a nearly equal text. Deterministic: of
/// several the first in natural order.
fn near_id<'a>(id: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    let canonical = trueline_core::id::canonical(id);
    let same = known
        .clone()
        .filter(|other| trueline_core::id::canonical(other) == canonical)
        .min();
    let near = same.or_else(|| {
        let mut names: Vec<&str> = known.take(MAX_NEAR + 1).collect();
        if names.len() > MAX_NEAR {
            return None;
        }
        names.sort_by(|a, b| trueline_core::id::natural_cmp(a, b));
        let limit_one = |other: &&str| other.len().abs_diff(id.len()) <= 1;
        closest(id, names.into_iter().filter(limit_one))
    })?;
    Some(format!("did you mean {}?", quote(near)))
}
