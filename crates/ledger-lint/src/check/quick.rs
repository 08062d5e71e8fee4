//! The checks of a record of the fast tier: whether anything at all is to be said.

use super::{At, Memory, parse_time};
use crate::ledger::{Kind, Ledger, Subject};
use crate::schema::fast::Record;
use crate::world::World;

/// Whether the checks of a ledger's records can be done here.
pub fn is_for(ledger: &Ledger) -> bool {
    ledger.content
        && ledger.aliases.is_empty()
        && matches!(ledger.subject, Subject::Other | Subject::Models)
}

/// Whether nothing is wrong with a record, as [`super::record`] would find it. Only then is the
/// record remembered; otherwise nothing has happened, and the full check judges.
pub fn passes(
    record: &Record<'_>,
    raw: &str,
    at: At<'_>,
    ledger: &Ledger,
    world: &World,
    memory: &mut Memory,
) -> bool {
    if super::strings::may_hold_fault(raw.as_bytes()) {
        return false;
    }
    let roles = &ledger.roles;
    for field in roles.task {
        if let Some(id) = record.text(field) {
            let is_known = world.tasks.as_ref().is_none_or(|tasks| tasks.contains(id));
            if !is_known || world.done_at.contains_key(id) {
                return false;
            }
        }
    }
    if roles
        .tasks
        .iter()
        .chain(roles.requirements)
        .any(|field| record.get(field).is_some())
    {
        return false;
    }
    let agent = roles.agent.iter().find_map(|field| record.text(field));
    if let (Some(agent), Some(agents)) = (agent, &world.agents)
        && !agents.contains(agent)
    {
        return false;
    }
    let allowed = agent
        .and_then(|agent| world.agent_models.get(agent))
        .or(world.models.as_ref());
    for field in roles.model {
        if let (Some(model), Some(allowed)) = (record.text(field), allowed)
            && !allowed.contains(model)
        {
            return false;
        }
    }
    let time = roles
        .time
        .and_then(|field| record.text(field))
        .and_then(parse_time);
    if let Some(time) = time {
        let is_early = ledger.kind == Kind::AppendOnly && !memory.order.follows(time, ledger);
        if world.is_future(time) || is_early {
            return false;
        }
    }
    let id = roles
        .id
        .filter(|_| !roles.replaces)
        .and_then(|field| record.text(field));
    if let Some(id) = id {
        if memory.ids.contains_key(id) {
            return false;
        }
        memory.ids.insert(id.to_owned(), at.span);
    }
    if let (Some(time), Kind::AppendOnly) = (time, ledger.kind) {
        memory.order.set(time, at.span);
    }
    true
}
