//! Changes of one record: of its line only the tokens concerned.

use trueline_core::artifact::queue::Status;
use trueline_core::id::is_id;
use trueline_plan::{Aliases, Field};
use trueline_text::json::{self, Patch};
use trueline_text::tree::{Kind, Node, escape_token};

/// A change of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// Set to a JSON token.
    Set(Field, String),
    /// Remove the field.
    Remove(Field),
    /// Add to a list, unless it is there.
    Push(Field, String),
    /// Take from a list.
    Take(Field, String),
    /// Add a file to the evidence, or replace what is said of it: path and JSON token.
    Attach(String, String),
}

impl Change {
    pub(crate) fn field(&self) -> Field {
        match self {
            Change::Set(field, _)
            | Change::Remove(field)
            | Change::Push(field, _)
            | Change::Take(field, _) => *field,
            Change::Attach(..) => Field::Evidence,
        }
    }
}

/// Reads `FIELD=VALUE`, `FIELD=`, `FIELD+=VALUE` or `FIELD-=VALUE`.
pub(crate) fn parse(text: &str) -> Result<Change, String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| format!("`{text}` is not FIELD=VALUE"))?;
    let (name, sign) = match name.strip_suffix(['+', '-']) {
        Some(inner) => (inner, name.chars().next_back()),
        None => (name, None),
    };
    let field = Field::of_key(name)
        .filter(|field| *field != Field::Refs)
        .ok_or_else(|| format!("`{name}` is no field of a queue item: {}", known()))?;
    let is_list = kind(field) == Form::List || field == Field::Evidence;
    match sign {
        Some(_) if !is_list => Err(format!("`{name}` is not a list")),
        Some(_) if value.is_empty() => Err(format!("`{text}` names nothing")),
        Some('+') => element(field, value).map(|()| Change::Push(field, value.to_owned())),
        Some(_) => Ok(Change::Take(field, value.to_owned())),
        None if value.is_empty() && matches!(field, Field::Id | Field::Status) => {
            Err(format!("`{name}` cannot be removed"))
        }
        None if value.is_empty() => Ok(Change::Remove(field)),
        None => token(field, value).map(|token| Change::Set(field, token)),
    }
}

/// The fields that can be set, for messages.
fn known() -> String {
    let open = |field: &&Field| kind(**field) != Form::Closed || **field == Field::Evidence;
    let names: Vec<&str> = Field::ALL.iter().filter(open).map(|f| f.key()).collect();
    names.join(", ")
}

/// Whether an element of a list is that text, or an object about that path.
fn is_of(element: Node<'_>, text: &str) -> bool {
    let path = element.get("path").unwrap_or(element);
    path.as_str().is_some_and(|s| s == text)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    List,
    Number,
    Whole,
    Status,
    /// Not to be set from the command line.
    Closed,
}

fn kind(field: Field) -> Form {
    match field {
        Field::Scope
        | Field::Dependencies
        | Field::ExitCriteria
        | Field::Tests
        | Field::NtRefs
        | Field::TdRefs
        | Field::FollowUps
        | Field::RunReports
        | Field::AttachPacks
        | Field::CodePaths => Form::List,
        Field::Weight => Form::Number,
        Field::Priority | Field::Attempts => Form::Whole,
        Field::Status => Form::Status,
        Field::Id | Field::Refs | Field::Evidence | Field::Claim | Field::Deferred => Form::Closed,
        _ => Form::Text,
    }
}

/// The JSON token of a value given on the command line.
pub(crate) fn token(field: Field, value: &str) -> Result<String, String> {
    let name = field.key();
    match kind(field) {
        Form::Text if field == Field::Due && !trueline_core::scalar::is_day(value) => {
            Err(format!("`{value}` is no day such as 2026-01-15"))
        }
        Form::Text => Ok(json::encode_str(value)),
        Form::List => {
            let elements: Vec<&str> = value.split(',').map(str::trim).collect();
            list(field, &elements)
        }
        Form::Number => match trueline_core::Weight::parse(value) {
            Ok(_) => Ok(value.to_owned()),
            Err(error) => Err(error.to_string()),
        },
        Form::Whole => match value.parse::<u32>() {
            Ok(number) => Ok(number.to_string()),
            Err(_) => Err(format!("`{name}` is a whole number, not `{value}`")),
        },
        Form::Status => match value {
            "todo" | "doing" | "review" | "blocked" | "done" => Ok(json::encode_str(value)),
            _ => Err(format!(
                "`{value}` is no status: todo, doing, review, blocked or done"
            )),
        },
        Form::Closed => Err(format!("`{name}` is not set this way")),
    }
}

/// The JSON token of a list.
pub(crate) fn list(field: Field, elements: &[&str]) -> Result<String, String> {
    let mut tokens = Vec::with_capacity(elements.len());
    for text in elements {
        element(field, text)?;
        tokens.push(json::encode_str(text));
    }
    Ok(format!("[{}]", tokens.join(", ")))
}

fn element(field: Field, text: &str) -> Result<(), String> {
    let ids = matches!(
        field,
        Field::Dependencies | Field::NtRefs | Field::TdRefs | Field::FollowUps
    );
    if ids && !is_id(text) {
        return Err(format!("`{text}` is no id"));
    }
    if text.is_empty() {
        return Err(format!("an element of `{}` is empty", field.key()));
    }
    Ok(())
}

/// The status that a change sets.
pub(crate) fn status_of(change: &Change) -> Option<Status> {
    let Change::Set(Field::Status, token) = change else {
        return None;
    };
    Some(match token.trim_matches('"') {
        "doing" => Status::Doing,
        "review" => Status::Review,
        "blocked" => Status::Blocked,
        "done" => Status::Done,
        _ => Status::Todo,
    })
}

/// The record with the changes made. A field is written under the name that the record has for
/// it; `status` gives the word for a status.
pub(crate) fn apply(
    record: &str,
    changes: &[Change],
    aliases: &Aliases,
    status: impl Fn(Status) -> String,
) -> Result<String, String> {
    let (document, _) = json::parse(record);
    let root = document.root().ok_or("the record cannot be read")?;
    let mut patch = Patch::new();
    for change in changes {
        let field = change.field();
        let name = aliases
            .names(field)
            .find(|name| root.get(name).is_some())
            .unwrap_or(field.key());
        let pointer = format!("/{}", escape_token(name));
        let present = root.get(name);
        match change {
            Change::Set(_, token) => {
                let token = match status_of(change) {
                    Some(new) => json::encode_str(&status(new)),
                    None => token.clone(),
                };
                patch.put("", name, token);
            }
            Change::Remove(_) => {
                if present.is_some() {
                    patch.remove(pointer);
                }
            }
            Change::Push(_, text) => match present {
                Some(node) if node.kind() == Kind::Array => {
                    let there = node
                        .items()
                        .any(|item| item.as_str().is_some_and(|s| s == *text));
                    if !there {
                        patch.push(pointer, json::encode_str(text));
                    }
                }
                Some(_) => return Err(format!("`{name}` is not a list")),
                // All that is added to a list that is not there comes at once.
                None if first_push(changes, change) => {
                    patch.put("", name, pushed(changes, field));
                }
                None => {}
            },
            Change::Take(_, text) => {
                let slot = present.and_then(|node| node.items().position(|item| is_of(item, text)));
                match slot {
                    Some(slot) => patch.remove(format!("{pointer}/{slot}")),
                    None => return Err(format!("`{name}` has no `{text}`")),
                };
            }
            Change::Attach(path, token) => match present {
                Some(node) if node.kind() == Kind::Array => {
                    match node.items().position(|item| is_of(item, path)) {
                        Some(slot) => patch.set(format!("{pointer}/{slot}"), token.clone()),
                        None => patch.push(pointer, token.clone()),
                    };
                }
                Some(_) => return Err(format!("`{name}` is not a list")),
                None if first_attached(changes, change) => {
                    patch.put("", name, attached(changes));
                }
                None => {}
            },
        }
    }
    patch.apply(record).map_err(|error| error.to_string())
}

/// Whether a change is the first that adds to its field.
fn first_push(changes: &[Change], change: &Change) -> bool {
    let mut pushes = changes
        .iter()
        .filter(|other| matches!(other, Change::Push(field, _) if *field == change.field()));
    pushes
        .next()
        .is_some_and(|first| std::ptr::eq(first, change))
}

/// Whether a change is the first that adds a file to the evidence.
fn first_attached(changes: &[Change], change: &Change) -> bool {
    let mut all = changes
        .iter()
        .filter(|other| matches!(other, Change::Attach(..)));
    all.next().is_some_and(|first| std::ptr::eq(first, change))
}

/// The list of all files that are added to the evidence.
fn attached(changes: &[Change]) -> String {
    let mut tokens: Vec<&str> = Vec::new();
    for change in changes {
        if let Change::Attach(_, token) = change
            && !tokens.contains(&token.as_str())
        {
            tokens.push(token);
        }
    }
    format!("[{}]", tokens.join(", "))
}

/// The list of all that is added to a field.
fn pushed(changes: &[Change], field: Field) -> String {
    let mut tokens: Vec<String> = Vec::new();
    for change in changes {
        if let Change::Push(other, text) = change
            && *other == field
        {
            let token = json::encode_str(text);
            if !tokens.contains(&token) {
                tokens.push(token);
            }
        }
    }
    format!("[{}]", tokens.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn change(record: &str, texts: &[&str]) -> Result<String, String> {
        let mut aliases = Aliases::default();
        aliases.field("id", "task_id").unwrap();
        aliases.field("owner", "agent").unwrap();
        let changes: Vec<Change> = texts.iter().map(|t| parse(t)).collect::<Result<_, _>>()?;
        apply(record, &changes, &aliases, |status| {
            status.as_str().to_owned()
        })
    }

    #[test]
    fn only_the_tokens_concerned_change() {
        let record = r#"{"x":1.10,  "task_id":"A" ,"status":"todo","scope":["a"],"agent":"me"}"#;
        assert_eq!(
            change(
                record,
                &["status=doing", "scope+=b", "owner=you", "priority=3"]
            )
            .unwrap(),
            r#"{"x":1.10,  "task_id":"A" ,"status":"doing","scope":["a","b"],"agent":"you","priority":3}"#
        );
        assert_eq!(
            change(record, &["owner=", "scope-=a"]).unwrap(),
            r#"{"x":1.10,  "task_id":"A" ,"status":"todo","scope":[]}"#
        );
        assert_eq!(change(record, &["scope+=a"]).unwrap(), record);
        assert_eq!(
            change("{\"id\": \"A\"}", &["scope+=b", "scope+=a", "scope+=b"]).unwrap(),
            "{\"id\": \"A\", \"scope\": [\"b\", \"a\"]}"
        );
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for bad in [
            "status",
            "status=",
            "id=B",
            "colour=red",
            "status=open",
            "title+=x",
            "weight=-1",
            "weight=a",
            "priority=1.5",
            "dependencies=a b",
            "due=tomorrow",
            "evidence=x",
            "scope+=",
            "refs=NT-1",
            "status+=x",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(change("{\"id\":\"A\"}", &["scope-=x"]).is_err());
        assert!(change("{\"id\":\"A\",\"scope\":\"x\"}", &["scope+=x"]).is_err());
    }

    proptest! {
        #[test]
        fn a_set_text_is_read_back(text in "\\PC{1,12}") {
            let out = change("{\"id\": \"A\"}", &[&format!("title={text}")]).unwrap();
            let value: serde_json::Value = serde_json::from_str(&out).unwrap();
            prop_assert_eq!(value["title"].as_str(), Some(text.as_str()));
        }
    }
}
