//! Reads what records may refer to: queue, plan, indexes, ownership, registries.
//!
//! These files are checked elsewhere: what cannot be read of them is left out here.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;
use trueline_kit::{Artifact, Context, Error};

use crate::ledger::{Aliases, Ledger};
use crate::table;
use crate::world::World;

/// Model policies: older repositories name their models there.
const POLICIES: [&str; 3] = [
    "ops/model-policies.json",
    "ops/orchestrator-policy.yaml",
    "ops/model-policies.yaml",
];

/// Reads the world around the ledgers.
///
/// # Errors
/// A file that exists and cannot be read.
pub fn world(ctx: &Context, ledgers: &[Ledger]) -> Result<World, Error> {
    let config = ctx.config();
    let mut world = World {
        now: Some(ctx.clock().now()),
        root: Some(ctx.root().to_owned()),
        nt_prefixes: config.ids.nt.clone(),
        td_prefixes: config.ids.td.clone(),
        ..World::default()
    };
    tasks(ctx, ledgers, &mut world)?;
    world.requirements = index(ctx, Artifact::NtIndex)?;
    world.designs = index(ctx, Artifact::TdIndex)?;
    agents(ctx, &mut world)?;
    models(ctx, &mut world)?;
    let registry = config.path(Artifact::Registry);
    if let Some(text) = text(ctx, registry)? {
        world.intervals = table::intervals(registry, &text);
    }
    world.specification = text(ctx, config.path(Artifact::OrchestratorSpec))?;
    for (is_known, what) in [
        (
            world.tasks.is_some(),
            "no queue or plan: task ids are not looked up",
        ),
        (
            world.agents.is_some(),
            "no ownership accounts or agent registry: agents are not looked up",
        ),
        (
            world.models.is_some(),
            "no agent registry or model policy: models are not looked up",
        ),
        (
            world.requirements.is_some(),
            "no index of requirements: their ids are not looked up",
        ),
    ] {
        if !is_known {
            ctx.detail(what);
        }
    }
    Ok(world)
}

fn text(ctx: &Context, path: &str) -> Result<Option<String>, Error> {
    Ok(ctx
        .read(path)?
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// A JSON or YAML file as a value; `None` where there is none, or it is broken.
fn value(ctx: &Context, path: &str) -> Result<Option<Value>, Error> {
    let Some(text) = text(ctx, path)? else {
        return Ok(None);
    };
    if path.ends_with(".yaml") || path.ends_with(".yml") {
        return Ok(trueline_text::yaml::parse(&text)
            .0
            .and_then(|document| document.to_value()));
    }
    Ok(serde_json::from_str(&text).ok())
}

fn aliases_of(ledgers: &[Ledger], name: &str) -> Aliases {
    let ledger = ledgers.iter().find(|ledger| ledger.name == name);
    ledger
        .map(|ledger| ledger.aliases.clone())
        .unwrap_or_default()
}

fn tasks(ctx: &Context, ledgers: &[Ledger], world: &mut World) -> Result<(), Error> {
    let config = ctx.config();
    let mut known = HashSet::new();
    let mut is_known = false;
    if let Some(bytes) = ctx.read(config.path(Artifact::Queue))? {
        is_known = true;
        let aliases = aliases_of(ledgers, "queue");
        for line in trueline_text::jsonl::Lines::new(&bytes) {
            if let Ok(mut item) = serde_json::from_slice::<Value>(line.text) {
                aliases.apply(&mut item);
                task(&item, &mut known, world);
            }
        }
    }
    for (artifact, name) in [(Artifact::Por, "por"), (Artifact::Wbs, "wbs")] {
        let Some(plan) = value(ctx, config.path(artifact))? else {
            continue;
        };
        is_known = true;
        let aliases = aliases_of(ledgers, name);
        let items = plan.as_array().or_else(|| plan.get("items")?.as_array());
        for item in items.into_iter().flatten() {
            let mut item = item.clone();
            aliases.apply(&mut item);
            task(&item, &mut known, world);
        }
    }
    world.tasks = is_known.then_some(known);
    Ok(())
}

fn task(item: &Value, known: &mut HashSet<String>, world: &mut World) {
    let Some(id) = ["id", "task_id", "wbs_id"]
        .iter()
        .find_map(|field| item.get(*field)?.as_str())
    else {
        return;
    };
    known.insert(id.to_owned());
    let done = item.get("done_at").and_then(Value::as_str);
    let is_done = item.get("status").and_then(Value::as_str) == Some("done");
    if let Some(at) = done.filter(|_| is_done).and_then(crate::check::parse_time) {
        world.done_at.insert(id.to_owned(), at);
    }
}

fn index(ctx: &Context, artifact: Artifact) -> Result<Option<HashSet<String>>, Error> {
    let Some(index) = value(ctx, ctx.config().path(artifact))? else {
        return Ok(None);
    };
    let items = index.get("items").unwrap_or(&index);
    Ok(match items {
        Value::Object(items) => Some(items.keys().cloned().collect()),
        Value::Array(items) => Some(
            items
                .iter()
                .filter_map(|item| item.get("id").unwrap_or(item).as_str())
                .map(str::to_owned)
                .collect(),
        ),
        _ => None,
    })
}

fn agents(ctx: &Context, world: &mut World) -> Result<(), Error> {
    let config = ctx.config();
    let mut names: BTreeSet<String> = config.agents.iter().cloned().collect();
    if let Some(ownership) = value(ctx, config.path(Artifact::Ownership))?
        && let Some(accounts) = ownership.get("accounts").and_then(Value::as_object)
    {
        names.extend(accounts.keys().cloned());
    }
    if let Some(registry) = value(ctx, config.path(Artifact::AgentRegistry))?
        && let Some(agents) = registry.get("agents").and_then(Value::as_object)
    {
        for (name, agent) in agents {
            names.insert(name.clone());
            let models: BTreeSet<String> = agent
                .get("models")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|model| model.as_str().map(str::to_owned))
                .collect();
            if !models.is_empty() {
                world.agent_models.insert(name.clone(), models);
            }
        }
    }
    world.agents = (!names.is_empty()).then_some(names);
    Ok(())
}

fn models(ctx: &Context, world: &mut World) -> Result<(), Error> {
    let mut names: BTreeSet<String> = world.agent_models.values().flatten().cloned().collect();
    for path in POLICIES {
        if let Some(policy) = value(ctx, path)? {
            collect(&policy, 0, &mut names);
        }
    }
    world.models = (!names.is_empty()).then_some(names);
    Ok(())
}

/// Keys whose texts are names of models.
fn names_models(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key == "models"
        || key.ends_with("model")
        || matches!(key.as_str(), "prefer" | "fallback" | "fallbacks")
}

fn collect(value: &Value, depth: usize, names: &mut BTreeSet<String>) {
    if depth > 32 {
        return;
    }
    match value {
        Value::Object(object) => {
            for (key, member) in object {
                match member {
                    Value::String(name) if names_models(key) => {
                        names.insert(name.clone());
                    }
                    Value::Array(list) if names_models(key) => {
                        names.extend(
                            list.iter()
                                .filter_map(|name| name.as_str().map(str::to_owned)),
                        );
                    }
                    other => collect(other, depth + 1, names),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|item| collect(item, depth + 1, names)),
        _ => {}
    }
}
