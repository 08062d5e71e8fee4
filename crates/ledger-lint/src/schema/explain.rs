//! A validator's error in our words, at the place that has to change.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;
use trueline_core::Level;
use trueline_text::tree::escape_token;

use super::{Schema, closest};
use crate::fault::{Fault, Place, quote};
use crate::rules::schema as rules;
use crate::rules::time::NAIVE_TIME;

/// Deepest nesting of alternatives that is looked into.
const MAX_BRANCHES: usize = 8;

/// The faults that one error of the validator stands for.
pub(super) fn faults(schema: &Schema, error: &ValidationError<'_>, record: &Value) -> Vec<Fault> {
    explain(schema, error, record, 0)
}

fn explain(
    schema: &Schema,
    error: &ValidationError<'_>,
    record: &Value,
    depth: usize,
) -> Vec<Fault> {
    let path = error.instance_path().as_str();
    let value = error.instance().as_ref();
    let one = |rule, message: String| vec![Fault::new(rule, Place::value(path), message)];
    match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![missing(schema, error, name, value)]
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            unexpected
                .iter()
                .map(|name| unknown(schema, error, name, value))
                .collect()
        }
        Kind::AdditionalItems { limit } => one(
            &rules::OUT_OF_RANGE,
            format!(
                "at most {limit} elements are allowed, found {}",
                count(value)
            ),
        ),
        Kind::UnevaluatedItems { unexpected } => one(
            &rules::OUT_OF_RANGE,
            format!(
                "{} elements that no part of the schema allows",
                unexpected.len()
            ),
        ),
        Kind::Type { kind } => one(
            &rules::WRONG_TYPE,
            format!("expected {}, found {}", types(kind), kind_of(value)),
        ),
        Kind::Enum { options } => match options.as_array() {
            Some(options) => vec![not_allowed(
                path,
                value,
                &options.iter().collect::<Vec<_>>(),
            )],
            None => one(&rules::NOT_ALLOWED, "not allowed".to_owned()),
        },
        Kind::Constant { expected_value } => {
            vec![not_allowed(path, value, &[expected_value.as_ref()])]
        }
        Kind::Pattern { pattern } => one(
            &rules::PATTERN,
            format!("{} does not have the form {}", show(value), quote(pattern)),
        ),
        Kind::Format { format } => vec![bad_format(path, value, format)],
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            alternatives(schema, error, context, record, depth)
        }
        Kind::OneOfMultipleValid { .. } => one(
            &rules::COMPOSITE,
            "fits more than one of the alternatives (`oneOf`), which exclude each other".into(),
        ),
        Kind::Not { .. } => one(
            &rules::COMPOSITE,
            format!("{} is what the schema excludes (`not`)", show(value)),
        ),
        Kind::PropertyNames { error: inner } => {
            let name = inner.instance().as_str().unwrap_or_default().to_owned();
            let place = Place::key(format!("{path}/{}", escape_token(&name)));
            let message = format!(
                "the name {} is not allowed: {}",
                quote(&name),
                reason(inner)
            );
            vec![Fault::new(&rules::PATTERN, place, message)]
        }
        Kind::FalseSchema => vec![Fault::new(
            &rules::UNKNOWN_FIELD,
            Place::key(path),
            "nothing is allowed here",
        )],
        Kind::Contains => one(
            &rules::OUT_OF_RANGE,
            "no element is of the kind that the list must contain".into(),
        ),
        Kind::UniqueItems => one(&rules::OUT_OF_RANGE, unique(value)),
        Kind::ContentEncoding { content_encoding } => one(
            &rules::BAD_FORMAT,
            format!("{} is not {content_encoding}", show(value)),
        ),
        Kind::ContentMediaType { content_media_type } => one(
            &rules::BAD_FORMAT,
            format!("{} is not {content_media_type}", show(value)),
        ),
        Kind::FromUtf8 { .. } => one(&rules::BAD_FORMAT, "the content is not UTF-8".into()),
        Kind::BacktrackLimitExceeded { .. }
        | Kind::RegexEngineFailure { .. }
        | Kind::Referencing(_)
        | Kind::Custom { .. } => one(&rules::INVALID_SCHEMA, error.to_string()),
        _ => vec![bounds(path, value, error)],
    }
}

fn missing(schema: &Schema, error: &ValidationError<'_>, name: &str, object: &Value) -> Fault {
    let place = Place::open(error.instance_path().as_str());
    let fault = Fault::new(
        &rules::MISSING_FIELD,
        place,
        format!("missing field {}", quote(name)),
    );
    let known = schema.properties(parent(error.schema_path().as_str()));
    let strange = object
        .as_object()
        .into_iter()
        .flat_map(|object| object.keys().map(String::as_str))
        .filter(|key| !known.contains(key));
    fault.maybe_help(closest(name, strange).map(|key| format!("is {} meant for it?", quote(key))))
}

fn unknown(schema: &Schema, error: &ValidationError<'_>, name: &str, object: &Value) -> Fault {
    let path = error.instance_path().as_str();
    let at = parent(error.schema_path().as_str());
    let known = schema.properties(at);
    let free = known.iter().filter(|field| object.get(**field).is_none());
    let help = match closest(name, free.copied()) {
        Some(field) => Some(format!("did you mean {}?", quote(field))),
        None if known.is_empty() => None,
        None => Some(format!(
            "known fields: {}",
            list(known.iter().map(|field| quote(field)))
        )),
    };
    let place = Place::key(format!("{path}/{}", escape_token(name)));
    let fault = Fault::new(
        &rules::UNKNOWN_FIELD,
        place,
        format!("unknown field {}", quote(name)),
    );
    let fault = fault.maybe_help(help);
    if schema.is_open(at) {
        fault.level(Level::Warning)
    } else {
        fault
    }
}

fn not_allowed(path: &str, value: &Value, options: &[&Value]) -> Fault {
    let texts: Vec<&str> = options
        .iter()
        .filter_map(|option| option.as_str())
        .collect();
    let message = match options {
        [only] => format!("{} is not allowed here, only {}", show(value), show(only)),
        _ => format!("{} is not allowed here", show(value)),
    };
    let near = value.as_str().and_then(|text| closest(text, texts));
    let help = match (near, options) {
        (Some(near), _) => Some(format!("did you mean {}?", quote(near))),
        (None, [_]) => None,
        (None, _) => Some(format!(
            "allowed: {}",
            list(options.iter().map(|option| show(option)))
        )),
    };
    Fault::new(&rules::NOT_ALLOWED, Place::value(path), message).maybe_help(help)
}

fn bad_format(path: &str, value: &Value, format: &str) -> Fault {
    let text = value.as_str().unwrap_or_default();
    if format == "date-time"
        && trueline_core::scalar::is_timestamp(&format!("{}Z", text.replacen(' ', "T", 1)))
    {
        return Fault::new(
            &NAIVE_TIME,
            Place::value(path),
            format!("the time {} has no offset", show(value)),
        )
        .help(format!(
            "if it is UTC, write `{}Z`",
            text.replacen(' ', "T", 1)
        ));
    }
    let what = match format {
        "date-time" => "a time of RFC 3339 (`2025-11-24T18:21:42Z`)".to_owned(),
        "date" => "a day (`2025-11-24`)".to_owned(),
        other => format!("in the format {}", quote(other)),
    };
    Fault::new(
        &rules::BAD_FORMAT,
        Place::value(path),
        format!("{} is not {what}", show(value)),
    )
}

/// Chooses the branch that was most likely meant, and reports that one's errors.
fn alternatives(
    schema: &Schema,
    error: &ValidationError<'_>,
    branches: &[Vec<ValidationError<'static>>],
    record: &Value,
    depth: usize,
) -> Vec<Fault> {
    let path = error.instance_path().as_str();
    let value = error.instance().as_ref();
    // Branches that differ by a fixed value: a list of what is allowed.
    let constants: Option<Vec<&Value>> = branches
        .iter()
        .map(|branch| {
            branch.iter().find_map(|error| match error.kind() {
                Kind::Constant { expected_value } if error.instance_path().as_str() == path => {
                    Some(expected_value.as_ref())
                }
                _ => None,
            })
        })
        .collect();
    if let Some(constants) = constants.filter(|list| !list.is_empty()) {
        return vec![not_allowed(path, value, &constants)];
    }
    let is_refused_whole = |branch: &&Vec<ValidationError<'static>>| {
        branch.iter().any(|error| {
            matches!(error.kind(), Kind::Type { .. }) && error.instance_path().as_str() == path
        })
    };
    let fitting: Vec<&Vec<ValidationError<'static>>> = branches
        .iter()
        .filter(|branch| !is_refused_whole(branch))
        .collect();
    if let ([branch], true) = (fitting.as_slice(), depth < MAX_BRANCHES) {
        return branch
            .iter()
            .flat_map(|error| explain(schema, error, record, depth + 1))
            .collect();
    }
    if fitting.is_empty()
        && let Some(expected) = all_types(branches, path)
    {
        let message = format!("expected {}, found {}", list_or(&expected), kind_of(value));
        return vec![Fault::new(&rules::WRONG_TYPE, Place::value(path), message)];
    }
    let said: Vec<String> = branches
        .iter()
        .enumerate()
        .map(|(slot, branch)| {
            let first = branch.first().map_or_else(String::new, reason);
            format!("{}: {first}", slot + 1)
        })
        .collect();
    let keyword = error.kind().keyword();
    let message = format!(
        "fits none of the {} alternatives (`{keyword}`)",
        branches.len()
    );
    vec![Fault::new(&rules::COMPOSITE, Place::value(path), message).help(said.join("; "))]
}

fn all_types(branches: &[Vec<ValidationError<'static>>], path: &str) -> Option<Vec<String>> {
    branches
        .iter()
        .map(|branch| {
            branch.iter().find_map(|error| match error.kind() {
                Kind::Type { kind } if error.instance_path().as_str() == path => Some(types(kind)),
                _ => None,
            })
        })
        .collect()
}

fn bounds(path: &str, value: &Value, error: &ValidationError<'_>) -> Fault {
    let found = || show(value);
    let message = match error.kind() {
        Kind::Minimum { limit } => format!("{} is less than {limit}", found()),
        Kind::Maximum { limit } => format!("{} is more than {limit}", found()),
        Kind::ExclusiveMinimum { limit } => format!("{} is not more than {limit}", found()),
        Kind::ExclusiveMaximum { limit } => format!("{} is not less than {limit}", found()),
        Kind::MultipleOf { multiple_of } => {
            format!("{} is not a multiple of {multiple_of}", found())
        }
        Kind::MinLength { limit: 1 } => "the text is empty".to_owned(),
        Kind::MinLength { limit } => {
            format!(
                "the text has {} characters, at least {limit} are asked for",
                count(value)
            )
        }
        Kind::MaxLength { limit } => {
            format!(
                "the text has {} characters, at most {limit} are allowed",
                count(value)
            )
        }
        Kind::MinItems { limit: 1 } => "the list is empty".to_owned(),
        Kind::MinItems { limit } => {
            format!(
                "the list has {} elements, at least {limit} are asked for",
                count(value)
            )
        }
        Kind::MaxItems { limit } => {
            format!(
                "the list has {} elements, at most {limit} are allowed",
                count(value)
            )
        }
        Kind::MinProperties { limit } => {
            format!(
                "the object has {} fields, at least {limit} are asked for",
                count(value)
            )
        }
        Kind::MaxProperties { limit } => {
            format!(
                "the object has {} fields, at most {limit} are allowed",
                count(value)
            )
        }
        _ => reason(error),
    };
    let fault = Fault::new(&rules::OUT_OF_RANGE, Place::value(path), message);
    match error.kind() {
        Kind::Maximum { .. } if path == "/version" => {
            fault.help("the file is of a newer format than this build reads: update trueline")
        }
        _ => fault,
    }
}

fn unique(value: &Value) -> String {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let twice = items
        .iter()
        .enumerate()
        .take(1000)
        .find(|(slot, item)| items.iter().take(*slot).any(|other| other == *item));
    match twice {
        Some((_, item)) => format!("{} stands twice in the list", show(item)),
        None => "an element stands twice in the list".to_owned(),
    }
}

/// The validator's own words, without the value it quotes.
fn reason(error: &ValidationError<'_>) -> String {
    error.masked_with("the value").to_string()
}

/// Why a schema was refused.
pub(super) fn bad_schema(error: &ValidationError<'_>) -> String {
    format!("the schema cannot be used: {error}")
}

fn parent(pointer: &str) -> &str {
    pointer.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => article(one.as_str()),
        TypeKind::Multiple(set) => list_or(
            &set.iter()
                .map(|one| article(one.as_str()))
                .collect::<Vec<_>>(),
        ),
    }
}

fn article(name: &str) -> String {
    match name {
        "null" => "null".to_owned(),
        "array" | "integer" | "object" => format!("an {name}"),
        _ => format!("a {name}"),
    }
}

fn kind_of(value: &Value) -> String {
    article(match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    })
}

fn count(value: &Value) -> usize {
    match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::String(text) => quote(text),
        Value::Array(_) | Value::Object(_) => format!(
            "the {}",
            kind_of(value).split(' ').next_back().unwrap_or_default()
        ),
        other => quote(&other.to_string()),
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    const MOST: usize = 12;
    let items: Vec<String> = items.collect();
    let mut text = items
        .iter()
        .take(MOST)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if items.len() > MOST {
        text.push_str(&format!(" and {} more", items.len() - MOST));
    }
    text
}

fn list_or(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}
