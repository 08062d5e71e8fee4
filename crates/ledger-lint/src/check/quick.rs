//! The checks of a record of the fast tier: whether anything at all is to be said.

use super::{At, Memory, parse_time};
use crate::ledger::{Kind, Ledger, Subject};
use crate::schema::fast::{Plan, Slot, Slots};
use crate::world::World;

/// The checks of one ledger's records, where they can be done here.
#[derive(Debug)]
pub struct Quick<'a> {
    plan: &'a Plan,
    ledger: &'a Ledger,
    world: &'a World,
    slots: Slots,
    task: Vec<usize>,
    agent: Vec<usize>,
    model: Vec<usize>,
    time: Option<usize>,
    id: Option<usize>,
    /// Fields with lists of ids, which are for the full check.
    lists: Vec<usize>,
}

impl<'a> Quick<'a> {
    /// The checks of a ledger; `None` where they are for [`super::record`] alone.
    pub fn new(ledger: &'a Ledger, world: &'a World) -> Option<Self> {
        let is_for = ledger.content
            && ledger.aliases.is_empty()
            && matches!(ledger.subject, Subject::Other | Subject::Models);
        let plan = ledger.schema.as_ref().filter(|_| is_for)?.plan()?;
        let slots = |names: &[&str]| names.iter().filter_map(|name| plan.slot(name)).collect();
        let roles = &ledger.roles;
        Some(Quick {
            plan,
            ledger,
            world,
            slots: Slots::default(),
            task: slots(roles.task),
            agent: slots(roles.agent),
            model: slots(roles.model),
            time: roles.time.and_then(|name| plan.slot(name)),
            id: roles
                .id
                .filter(|_| !roles.replaces)
                .and_then(|name| plan.slot(name)),
            lists: slots(&[roles.tasks, roles.requirements].concat()),
        })
    }

    /// Whether a line in ASCII is a record with nothing wrong, as its schema and [`super::record`] would
    /// find it. Only then is it remembered; otherwise nothing has happened, and they judge.
    pub fn passes(&mut self, line: &str, at: At<'_>, memory: &mut Memory) -> bool {
        let has_escape = memchr::memchr(b'\\', line.as_bytes()).is_some();
        !super::strings::may_hold_fault(line.as_bytes(), has_escape)
            && self.plan.accepts(line, has_escape, &mut self.slots)
            && self.refers_well(line)
            && self.stands_well(line, at, memory)
    }

    /// What the line that passed last consists of.
    pub fn fields(&self) -> (&Plan, &Slots) {
        (self.plan, &self.slots)
    }

    /// The text in a slot: `Ok(None)` for none, `Err` for one that would have to be decoded.
    fn text<'l>(&self, line: &'l str, slot: usize) -> Result<Option<&'l str>, ()> {
        match self.slots.get(line, slot) {
            Slot::Text(text) => Ok(Some(text)),
            Slot::Escaped => Err(()),
            Slot::Absent | Slot::Other => Ok(None),
        }
    }

    /// Whether everything exists that the record names.
    fn refers_well(&self, line: &str) -> bool {
        let world = self.world;
        for slot in &self.task {
            match self.text(line, *slot) {
                Ok(None) => {}
                Ok(Some(id)) => {
                    let is_known = world.tasks.as_ref().is_none_or(|tasks| tasks.contains(id));
                    if !is_known || world.done_at.contains_key(id) {
                        return false;
                    }
                }
                Err(()) => return false,
            }
        }
        let is_there = |slot: &usize| self.slots.get(line, *slot) != Slot::Absent;
        if self.lists.iter().any(is_there) {
            return false;
        }
        let mut agent = None;
        for slot in &self.agent {
            match self.text(line, *slot) {
                Ok(name) => agent = agent.or(name),
                Err(()) => return false,
            }
        }
        if let (Some(agent), Some(agents)) = (agent, &world.agents)
            && !agents.contains(agent)
        {
            return false;
        }
        let allowed = agent
            .and_then(|agent| world.agent_models.get(agent))
            .or(world.models.as_ref());
        self.model.iter().all(|slot| match self.text(line, *slot) {
            Ok(Some(model)) => allowed.is_none_or(|allowed| allowed.contains(model)),
            Ok(None) => true,
            Err(()) => false,
        })
    }

    /// Whether its time and id go with the records before.
    fn stands_well(&self, line: &str, at: At<'_>, memory: &mut Memory) -> bool {
        let is_ordered = self.ledger.kind == Kind::AppendOnly;
        let time = match self.time.map(|slot| self.text(line, slot)) {
            Some(Err(())) => return false,
            Some(Ok(text)) => text.and_then(parse_time),
            None => None,
        };
        if let Some(time) = time {
            let is_early = is_ordered && !memory.order.follows(time, self.ledger);
            if self.world.is_future(time) || is_early {
                return false;
            }
        }
        match self.id.map(|slot| self.text(line, slot)) {
            Some(Err(())) => return false,
            Some(Ok(Some(id))) => {
                if memory.ids.contains_key(id) {
                    return false;
                }
                memory.ids.insert(id.to_owned(), at.span);
            }
            Some(Ok(None)) | None => {}
        }
        if let Some(time) = time.filter(|_| is_ordered) {
            memory.order.set(time, at.span);
        }
        true
    }
}
