//! The fast tier: records of flat objects, checked while they are read.
//!
//! A [`Plan`] is made from a schema whose objects hold texts, booleans and lists of texts and
//! nothing else, as most ledgers do. What the plan accepts the schema accepts (a differential
//! test holds that); what it does not accept is for the schema to judge and to explain.

mod read;
#[cfg(test)]
mod tests;

use serde_json::Value;
use trueline_core::{id, scalar};

pub use read::{Part, Slot, Slots};

/// Most references that are followed from one node.
const MAX_HOPS: usize = 8;
/// Most fields of a record in this tier: those that a line has are bits of a word.
const MAX_FIELDS: usize = 64;

/// What a schema asks of a flat record.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    fields: Vec<Known>,
    /// A bit for each field that has to be there.
    required: u64,
    /// A bit for each field whose texts are times or days.
    times: u64,
}

/// A field that records may have.
#[derive(Debug, Clone)]
struct Known {
    name: String,
    /// As a line has it where nothing in it is escaped.
    quoted: String,
    rule: Rule,
}

#[derive(Debug, Clone, Default)]
struct Rule {
    null: bool,
    boolean: bool,
    text: Option<Form>,
    list: Option<(usize, Form)>,
}

#[derive(Debug, Clone, Default)]
struct Form {
    min: usize,
    max: Option<usize>,
    check: Check,
}

#[derive(Debug, Clone, Default)]
enum Check {
    #[default]
    Any,
    Id,
    Digest,
    Time,
    Day,
    OneOf(Vec<String>),
}

/// Keywords that say nothing about what is valid.
const SILENT: [&str; 6] = ["$schema", "$id", "$defs", "title", "description", "default"];

impl Plan {
    /// The plan of a schema; `None` where it asks for more than this tier knows.
    pub fn of(schema: &Value) -> Option<Self> {
        let object = schema.as_object()?;
        let known = ["type", "properties", "required", "additionalProperties"];
        let is_plain = object
            .keys()
            .all(|key| known.contains(&key.as_str()) || SILENT.contains(&key.as_str()));
        let is_closed = object.get("additionalProperties") == Some(&Value::Bool(false));
        if !is_plain || !is_closed || object.get("type")?.as_str()? != "object" {
            return None;
        }
        let properties = object.get("properties")?.as_object()?;
        if properties.len() > MAX_FIELDS {
            return None;
        }
        let mut plan = Plan::default();
        for (name, node) in properties {
            let rule = rule(schema, node, 0)?;
            if let Some(Check::Time | Check::Day) = rule.text.as_ref().map(|form| &form.check) {
                plan.times |= 1 << plan.fields.len();
            }
            plan.fields.push(Known {
                name: name.clone(),
                quoted: Value::from(name.as_str()).to_string(),
                rule,
            });
        }
        let required = object.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten() {
            plan.required |= 1 << plan.slot(name.as_str()?)?;
        }
        Some(plan)
    }

    /// The slot of a field.
    pub fn slot(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }
}

impl Form {
    /// Whether a text fits that has no escapes.
    fn accepts(&self, text: &str) -> bool {
        let count = || text.chars().count();
        // At least as many bytes as characters: the usual case needs no count.
        let is_long = self.min == 0 || (self.min == 1 && !text.is_empty()) || count() >= self.min;
        let is_short = self
            .max
            .is_none_or(|max| text.len() <= max || count() <= max);
        is_long
            && is_short
            && match &self.check {
                Check::Any => true,
                Check::Id => id::is_id(text),
                Check::Digest => scalar::is_sha256(text),
                Check::Time => scalar::is_timestamp(text),
                Check::Day => scalar::is_day(text),
                Check::OneOf(options) => options.iter().any(|option| option == text),
            }
    }
}

impl Form {
    /// Whether any text fits that is not empty: one with escapes need not be decoded then.
    fn accepts_any(&self) -> bool {
        self.min <= 1 && self.max.is_none() && matches!(self.check, Check::Any)
    }
}

/// The rule of one property.
fn rule(root: &Value, node: &Value, hops: usize) -> Option<Rule> {
    let object = node.as_object()?;
    let has_only = |known: &[&str]| {
        object
            .keys()
            .all(|key| known.contains(&key.as_str()) || SILENT.contains(&key.as_str()))
    };
    if hops > MAX_HOPS {
        return None;
    }
    if let Some(target) = object.get("$ref") {
        let target = root.pointer(target.as_str()?.strip_prefix('#')?)?;
        return has_only(&["$ref"]).then(|| rule(root, target, hops + 1))?;
    }
    if let Some(branches) = object.get("anyOf") {
        return either(root, has_only(&["anyOf"]).then_some(branches)?, hops);
    }
    if let Some(branches) = object.get("oneOf") {
        return constants(has_only(&["oneOf"]).then_some(branches)?);
    }
    let kinds: Vec<&str> = match object.get("type")? {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().map(Value::as_str).collect::<Option<_>>()?,
        _ => return None,
    };
    let mut made = Rule::default();
    for kind in kinds {
        match kind {
            "null" => made.null = true,
            "boolean" => made.boolean = true,
            "string" => made.text = Some(form(object)?),
            "array" => {
                let items = rule(root, object.get("items")?, hops + 1)?;
                let is_texts = !items.null && !items.boolean && items.list.is_none();
                let min = object.get("minItems").map_or(Some(0), Value::as_u64)?;
                made.list = Some((usize::try_from(min).ok()?, items.text.filter(|_| is_texts)?));
            }
            _ => return None,
        }
    }
    let known = [
        "type",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "enum",
        "items",
        "minItems",
    ];
    // A list of values binds every type of the node, not texts alone.
    let is_enum_of_texts =
        !object.contains_key("enum") || (!made.null && !made.boolean && made.list.is_none());
    (has_only(&known) && is_enum_of_texts).then_some(made)
}

/// One branch, or `null`.
fn either(root: &Value, branches: &Value, hops: usize) -> Option<Rule> {
    let [one, other] = branches.as_array()?.as_slice() else {
        return None;
    };
    let is_null = |node: &Value| {
        node.as_object().is_some_and(|node| node.len() == 1)
            && node.get("type").and_then(Value::as_str) == Some("null")
    };
    let branch = match (is_null(one), is_null(other)) {
        (false, true) => one,
        (true, false) => other,
        _ => return None,
    };
    let mut made = rule(root, branch, hops + 1)?;
    made.null = true;
    Some(made)
}

/// Different fixed texts.
fn constants(branches: &Value) -> Option<Rule> {
    let mut options: Vec<String> = Vec::new();
    for branch in branches.as_array()? {
        let object = branch.as_object()?;
        let is_plain = object.iter().all(|(key, value)| {
            key == "const" || SILENT.contains(&key.as_str()) || (key == "type" && value == "string")
        });
        let text = object.get("const")?.as_str()?.to_owned();
        if !is_plain || options.contains(&text) {
            return None;
        }
        options.push(text);
    }
    Some(Rule {
        text: Some(Form {
            check: Check::OneOf(options),
            ..Form::default()
        }),
        ..Rule::default()
    })
}

fn form(object: &serde_json::Map<String, Value>) -> Option<Form> {
    let number = |key: &str| match object.get(key) {
        None => Some(None),
        Some(value) => Some(Some(usize::try_from(value.as_u64()?).ok()?)),
    };
    let text = |key: &str| object.get(key).and_then(Value::as_str);
    let check = match (text("pattern"), text("format"), object.get("enum")) {
        (None, None, None) => Check::Any,
        (Some("^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"), None, None) => Check::Id,
        (Some("^[0-9a-f]{64}$"), None, None) => Check::Digest,
        (None, Some("date-time"), None) => Check::Time,
        (None, Some("date"), None) => Check::Day,
        (None, None, Some(Value::Array(options))) => Check::OneOf(
            options
                .iter()
                .map(|option| option.as_str().map(str::to_owned))
                .collect::<Option<_>>()?,
        ),
        _ => return None,
    };
    Some(Form {
        min: number("minLength")?.unwrap_or_default(),
        max: number("maxLength")?,
        check,
    })
}
