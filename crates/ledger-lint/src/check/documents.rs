//! Documents that are no list of records: capabilities, crosswalk, flags.

use serde_json::{Map, Value};
use trueline_text::tree::escape_token;

use super::secrets::name_fault;
use super::times::end_of;
use crate::fault::{Fault, Place, quote};
use crate::ledger::{Ledger, Subject};
use crate::rules::{reference, time};
use crate::world::World;

/// Everything that is checked of a whole document besides its schema and its records.
pub fn document(value: &Value, ledger: &Ledger, world: &World) -> Vec<Fault> {
    let mut faults = Vec::new();
    match ledger.subject {
        Subject::Capabilities => capabilities(value, world, &mut faults),
        Subject::Crosswalk => integrations(value, world, &mut faults),
        Subject::Flags => flags(value, world, &mut faults),
        _ => {}
    }
    faults
}

fn object<'a>(
    value: &'a Value,
    key: &str,
) -> impl Iterator<Item = (&'a String, &'a Map<String, Value>)> {
    value
        .get(key)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key, value.as_object()?)))
}

fn texts<'a>(object: &'a Map<String, Value>, key: &str) -> Vec<&'a str> {
    let list = object.get(key).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn flags(value: &Value, world: &World, faults: &mut Vec<Fault>) {
    for (name, flag) in object(value, "flags") {
        let end = flag.get("expires").and_then(Value::as_str);
        if let (Some(text), Some(now)) = (end, world.now)
            && end_of(text).is_some_and(|end| end < now)
        {
            let place = Place::value(format!("/flags/{}/expires", escape_token(name)));
            let message = format!("the flag {} expired on {text}", quote(name));
            faults.push(Fault::new(&time::EXPIRED, place, message));
        }
    }
}

fn capabilities(value: &Value, world: &World, faults: &mut Vec<Fault>) {
    for (name, capability) in object(value, "capabilities") {
        let pointer = format!("/capabilities/{}", escape_token(name));
        if let Some(text) = &world.specification
            && !names(text, name)
        {
            let message = format!("the specification does not name {}", quote(name));
            let place = Place::key(pointer.clone());
            faults.push(Fault::new(
                &reference::UNDOCUMENTED_CAPABILITY,
                place,
                message,
            ));
        }
        if capability.get("status").and_then(Value::as_str) != Some("done") {
            continue;
        }
        let mut miss = |list: &str, slot: usize, message: String| {
            let place = Place::value(format!("{pointer}/{list}/{slot}"));
            faults.push(Fault::new(&reference::MISSING_CAPABILITY, place, message));
        };
        for (slot, path) in texts(capability, "files").into_iter().enumerate() {
            if world.exists(path) == Some(false) {
                miss(
                    "files",
                    slot,
                    format!(
                        "{} is done, but {} does not exist",
                        quote(name),
                        quote(path)
                    ),
                );
            }
        }
        for (slot, command) in texts(capability, "commands").into_iter().enumerate() {
            if let Some(missing) = missing_command(command, world) {
                let message = format!(
                    "{} is done, but {} needs {}",
                    quote(name),
                    quote(command),
                    quote(&missing)
                );
                miss("commands", slot, message);
            }
        }
    }
}

/// Whether a text names a thing as a word: as it is written, or with spaces or dashes for `_`.
fn names(text: &str, name: &str) -> bool {
    let fold = |text: &str| text.to_lowercase().replace(['-', '_'], " ");
    let (text, name) = (fold(text), fold(name));
    let is_word = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
    text.match_indices(&name).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text
            .get(at + name.len()..)
            .and_then(|text| text.chars().next());
        !is_word(before) && !is_word(after)
    })
}

/// The file that a command needs and that is not there; `None` where all is well, or the
/// command is not of a kind that can be looked up.
fn missing_command(command: &str, world: &World) -> Option<String> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let absent = |path: &str| (world.exists(path) == Some(false)).then(|| path.to_owned());
    match words.as_slice() {
        ["python" | "python3", "-m", module, ..] => {
            let base = module.replace('.', "/");
            let forms = [
                format!("{base}.py"),
                format!("{base}/__main__.py"),
                format!("{base}/__init__.py"),
            ];
            let is_here = forms.iter().any(|path| world.exists(path) == Some(true));
            // A module from elsewhere (`python -m pytest`) has no folder here.
            let folder = base.split('/').next().unwrap_or_default();
            let is_ours = base.contains('/') || world.exists(folder) == Some(true);
            (!is_here && is_ours).then(|| format!("{base}.py"))
        }
        ["bash" | "sh" | "python" | "python3" | "node", script, ..] if !script.starts_with('-') => {
            absent(script)
        }
        ["make", ..] => absent("Makefile"),
        ["just", ..] => absent("justfile"),
        ["npm" | "pnpm" | "yarn", ..] => absent("package.json"),
        [program, ..] if program.contains('/') => absent(program.trim_start_matches("./")),
        _ => None,
    }
}

fn integrations(value: &Value, world: &World, faults: &mut Vec<Fault>) {
    let list = value.get("integrations").and_then(Value::as_array);
    for (slot, integration) in list.into_iter().flatten().enumerate() {
        let Some(object) = integration.as_object() else {
            continue;
        };
        let pointer = format!("/integrations/{slot}");
        let name = object
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let is_empty = |field: &str| texts(object, field).is_empty();
        let mut lacks = Vec::new();
        if is_empty("nt") && is_empty("td") {
            lacks.push("a requirement or design");
        }
        if is_empty("wbs") {
            lacks.push("a work item");
        }
        if is_empty("secret_names") {
            lacks.push("the name of a secret");
        }
        let smoke = object.get("smoke").and_then(Value::as_str);
        if smoke.is_none_or(str::is_empty) {
            lacks.push("a smoke test");
        }
        if !lacks.is_empty() {
            let message = format!(
                "the integration {} has not {}",
                quote(name),
                lacks.join(", not ")
            );
            faults.push(Fault::new(
                &reference::INCOMPLETE_INTEGRATION,
                Place::open(pointer.clone()),
                message,
            ));
        }
        if let Some(path) = smoke.filter(|path| world.exists(path) == Some(false)) {
            let message = format!("the smoke test {} does not exist", quote(path));
            let place = Place::value(format!("{pointer}/smoke"));
            faults.push(Fault::new(
                &reference::INCOMPLETE_INTEGRATION,
                place,
                message,
            ));
        }
        for (at, secret) in texts(object, "secret_names").into_iter().enumerate() {
            faults.extend(name_fault(secret, format!("{pointer}/secret_names/{at}")));
        }
    }
}
