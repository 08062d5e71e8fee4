//! Foreign names of fields and values, as declared in trueline.toml.

use std::collections::BTreeMap;

use trueline_core::artifact::queue::Status;

use crate::Field;

/// What other names and values mean. Declared, never guessed: a name that is not declared is
/// an unknown field, a value that is not declared is a finding.
///
/// A field's own name goes before its aliases: where a record has both, the alias is a field
/// that nobody reads.
#[derive(Debug, Clone)]
pub struct Aliases {
    fields: BTreeMap<String, Field>,
    statuses: BTreeMap<String, Status>,
    priorities: BTreeMap<String, u32>,
    verdicts: BTreeMap<String, String>,
    /// Member of the plan's outermost object that lists the items, besides `items`.
    items: Vec<String>,
    td: Vec<String>,
}

/// An alias that means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadAlias {
    /// There is no such field.
    Field(String),
    /// The field has no such value (field, value).
    Value(String, String),
}

impl std::fmt::Display for BadAlias {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BadAlias::Field(field) => write!(f, "`{field}` is no field of a work item"),
            BadAlias::Value(field, value) => write!(f, "`{value}` is no value of `{field}`"),
        }
    }
}

impl std::error::Error for BadAlias {}

impl Default for Aliases {
    fn default() -> Self {
        Aliases {
            fields: BTreeMap::new(),
            statuses: BTreeMap::new(),
            priorities: BTreeMap::new(),
            verdicts: BTreeMap::new(),
            items: Vec::new(),
            td: vec!["TD".to_owned()],
        }
    }
}

impl Aliases {
    /// Declares that `name` stands for `field` (a name of [`Field`], or `items`, the list of
    /// items in a plan).
    ///
    /// # Errors
    /// [`BadAlias::Field`].
    pub fn field(&mut self, field: &str, name: &str) -> Result<&mut Self, BadAlias> {
        if field == "items" {
            self.items.push(name.to_owned());
            return Ok(self);
        }
        let target = Field::of_key(field).ok_or_else(|| BadAlias::Field(field.to_owned()))?;
        let refs = [Field::NtRefs, Field::TdRefs];
        let target = match self.fields.get(name) {
            // One name for both: the ids are told apart by prefix.
            Some(Field::Refs) if refs.contains(&target) => Field::Refs,
            Some(other) if refs.contains(&target) && refs.contains(other) && *other != target => {
                Field::Refs
            }
            _ => target,
        };
        self.fields.insert(name.to_owned(), target);
        Ok(self)
    }

    /// Declares that the value `foreign` of `status`, `priority` or `verdict` means `ours`.
    ///
    /// # Errors
    /// [`BadAlias`] when the field takes no aliases or has no value `ours`.
    pub fn value(&mut self, field: &str, foreign: &str, ours: &str) -> Result<&mut Self, BadAlias> {
        let bad = || BadAlias::Value(field.to_owned(), ours.to_owned());
        match Field::of_key(field) {
            Some(Field::Status) => {
                let status = parse_status(ours).ok_or_else(bad)?;
                self.statuses.insert(foreign.to_owned(), status);
            }
            Some(Field::Priority) => {
                let priority = ours.parse().map_err(|_| bad())?;
                self.priorities.insert(foreign.to_owned(), priority);
            }
            Some(Field::Verdict) => {
                self.verdicts.insert(foreign.to_owned(), ours.to_owned());
            }
            _ => return Err(BadAlias::Field(field.to_owned())),
        }
        Ok(self)
    }

    /// Sets the prefixes of designs, by which `refs` are told apart (what has none of them is a
    /// requirement). Default: `TD`.
    pub fn prefixes(&mut self, td: &[String]) -> &mut Self {
        self.td = td.to_vec();
        self
    }

    /// The field that a key names, and whether it does so as an alias.
    pub(crate) fn resolve(&self, key: &str) -> Option<(Field, bool)> {
        // `refs` has no meaning of its own: a plan's `refs` is a field that nobody reads
        // unless it is declared.
        if !self.fields.is_empty()
            && let Some(field) = self.fields.get(key)
        {
            return Some((*field, field.key() != key));
        }
        Field::of_key(key)
            .filter(|field| *field != Field::Refs)
            .map(|field| (field, false))
    }

    /// The names of a field, its own first.
    pub fn names(&self, field: Field) -> impl Iterator<Item = &str> {
        std::iter::once(field.key()).chain(
            self.fields
                .iter()
                .filter(move |(name, target)| **target == field && *name != field.key())
                .map(|(name, _)| name.as_str()),
        )
    }

    /// The status of a text.
    pub fn status(&self, text: &str) -> Option<Status> {
        self.statuses
            .get(text)
            .copied()
            .or_else(|| parse_status(text))
    }

    /// The declared foreign values that mean a status.
    pub fn foreign_statuses(&self, status: Status) -> impl Iterator<Item = &str> {
        self.statuses
            .iter()
            .filter(move |(_, ours)| **ours == status)
            .map(|(foreign, _)| foreign.as_str())
    }

    pub(crate) fn priority(&self, text: &str) -> Option<u32> {
        self.priorities
            .get(text)
            .copied()
            .or_else(|| text.parse().ok())
    }

    /// A verdict in lower case, aliases resolved.
    pub(crate) fn verdict(&self, text: &str) -> String {
        self.verdicts
            .get(text)
            .cloned()
            .unwrap_or_else(|| text.to_ascii_lowercase())
    }

    pub(crate) fn is_items(&self, key: &str) -> bool {
        key == "items" || self.items.iter().any(|name| name == key)
    }

    pub(crate) fn is_td(&self, id: &str) -> bool {
        has_prefix(&self.td, id)
    }
}

fn has_prefix(prefixes: &[String], id: &str) -> bool {
    prefixes.iter().any(|prefix| {
        id.strip_prefix(prefix.as_str())
            .is_some_and(|rest| rest.starts_with('-'))
    })
}

fn parse_status(text: &str) -> Option<Status> {
    Some(match text {
        "todo" => Status::Todo,
        "doing" => Status::Doing,
        "review" => Status::Review,
        "blocked" => Status::Blocked,
        "done" => Status::Done,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_for_requirements_and_designs_is_split_by_prefix() {
        for order in [["nt_refs", "td_refs"], ["td_refs", "nt_refs"]] {
            let mut aliases = Aliases::default();
            for field in order {
                aliases.field(field, "blueprint_ids").unwrap();
            }
            assert_eq!(aliases.resolve("blueprint_ids"), Some((Field::Refs, true)));
        }
    }

    #[test]
    fn names_and_values_are_declared() {
        let mut aliases = Aliases::default();
        aliases.field("id", "task_id").unwrap();
        aliases.field("refs", "blueprint_ids").unwrap();
        aliases.value("status", "in_progress", "doing").unwrap();
        aliases.value("priority", "medium", "3").unwrap();
        assert_eq!(aliases.resolve("task_id"), Some((Field::Id, true)));
        assert_eq!(aliases.resolve("blueprint_ids"), Some((Field::Refs, true)));
        assert_eq!(aliases.resolve("refs"), None);
        assert_eq!(aliases.status("in_progress"), Some(Status::Doing));
        assert_eq!(aliases.status("in-progress"), None);
        assert_eq!(aliases.priority("medium"), Some(3));
        assert_eq!(aliases.priority("P0"), None);
        assert_eq!(
            aliases.field("colour", "x").unwrap_err(),
            BadAlias::Field("colour".into())
        );
        assert_eq!(
            aliases.value("status", "x", "open").unwrap_err(),
            BadAlias::Value("status".into(), "open".into())
        );
    }
}
