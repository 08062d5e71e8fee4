//! Schemas: compiled once, asked for every record, their errors mapped to places.

mod explain;
pub mod fast;
mod open;
mod suggest;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use jsonschema::{Draft, PatternOptions, Retrieve, Uri, Validator};
use serde_json::Value;

use crate::fault::{Fault, Place};
use crate::rules;

pub use suggest::closest;

/// Most errors that are listed of one record; the rest is counted.
pub const MAX_ERRORS: usize = 20;

/// A compiled schema.
pub struct Schema {
    validator: Validator,
    /// The schema as compiled, to look names up.
    source: Value,
    /// Pointers of the objects that were open: an unknown field there is a warning.
    opened: BTreeSet<String>,
    /// The fast tier, where the schema is simple enough.
    plan: Option<fast::Plan>,
}

impl std::fmt::Debug for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Schema")
            .field("id", &self.source.get("$id"))
            .finish_non_exhaustive()
    }
}

/// The documents that a schema may refer to: it gets these and no others.
struct Given(Vec<(String, Value)>);

impl Retrieve for Given {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let found = self.0.iter().find(|(name, _)| name == uri.as_str());
        found
            .map(|(_, document)| document.clone())
            .ok_or_else(|| "schemas are read offline".into())
    }
}

/// Why a schema cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BadSchema {
    /// What is wrong, in one sentence.
    pub message: String,
    /// Pointer in the schema, where known.
    pub pointer: String,
}

/// How a schema is compiled.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether `format` is asserted; an unknown format is an error then.
    pub formats: bool,
    /// Other documents that it may refer to, by their URI. Nothing else is ever fetched.
    pub documents: Vec<(String, Value)>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            formats: true,
            documents: Vec::new(),
        }
    }
}

impl Schema {
    /// Compiles a schema as it is.
    ///
    /// Draft 2020-12 unless `$schema` names another; formats are asserted, an unknown one is an
    /// error; nothing is fetched; patterns run in linear time.
    ///
    /// # Errors
    /// [`BadSchema`] for a schema that its meta-schema refuses, an unknown format, or a
    /// reference that is not within the schema.
    pub fn new(source: Value) -> Result<Self, BadSchema> {
        Self::with(source, &Options::default())
    }

    /// Compiles a schema with other options than the usual.
    ///
    /// # Errors
    /// As [`Schema::new`].
    pub fn with(source: Value, options: &Options) -> Result<Self, BadSchema> {
        Self::compile(source, BTreeSet::new(), options)
    }

    /// Compiles one of Trueline's own schemas: where its objects are open, an unknown field is
    /// reported as a warning.
    ///
    /// # Errors
    /// As [`Schema::new`].
    pub fn own(mut source: Value) -> Result<Self, BadSchema> {
        let opened = open::close(&mut source);
        Self::compile(source, opened, &Options::default())
    }

    fn compile(source: Value, opened: BTreeSet<String>, how: &Options) -> Result<Self, BadSchema> {
        if how.documents.is_empty()
            && let Some(pointer) = open::remote_reference(&source)
        {
            return Err(BadSchema {
                message: "the schema refers to another document; schemas are read offline".into(),
                pointer,
            });
        }
        let names_draft = source.get("$schema").is_some_and(Value::is_string);
        let mut options = jsonschema::options()
            .with_retriever(Given(how.documents.clone()))
            .should_validate_formats(how.formats)
            .should_ignore_unknown_formats(!how.formats)
            .with_pattern_options(PatternOptions::regex());
        if !names_draft {
            options = options.with_draft(Draft::Draft202012);
        }
        match options.build(&source) {
            Ok(validator) => Ok(Schema {
                validator,
                plan: fast::Plan::of(&source).filter(|_| how.formats && opened.is_empty()),
                source,
                opened,
            }),
            Err(error) => Err(BadSchema {
                message: explain::bad_schema(&error),
                pointer: error.instance_path().as_str().to_owned(),
            }),
        }
    }

    /// The fast tier: what it accepts the schema accepts.
    pub fn plan(&self) -> Option<&fast::Plan> {
        self.plan.as_ref()
    }

    /// Its `$id`.
    pub fn id(&self) -> Option<&str> {
        self.source.get("$id")?.as_str()
    }

    /// Whether the value fits: no list of errors is made.
    pub fn accepts(&self, value: &Value) -> bool {
        self.validator.is_valid(value)
    }

    /// Every error of a record, at most [`MAX_ERRORS`] and a count of the others.
    pub fn check(&self, value: &Value) -> Vec<Fault> {
        if self.validator.is_valid(value) {
            return Vec::new();
        }
        let mut faults = Vec::new();
        let mut more = 0_usize;
        for error in self.validator.iter_errors(value) {
            for fault in explain::faults(self, &error, value) {
                if faults.contains(&fault) {
                    continue;
                }
                if faults.len() < MAX_ERRORS {
                    faults.push(fault);
                } else {
                    more += 1;
                }
            }
        }
        if more > 0 {
            faults.push(Fault::new(
                &rules::schema::MORE_ERRORS,
                Place::open(""),
                format!("{more} more errors in this record"),
            ));
        }
        faults
    }

    /// The fields that the outermost object may have, where the schema names them.
    pub fn fields(&self) -> Vec<&str> {
        self.properties("")
    }

    /// The fields that the outermost object must have.
    pub fn required(&self) -> Vec<&str> {
        let names = self.source.get("required").and_then(Value::as_array);
        names
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// The types that a field of the outermost object may have, where the schema names them.
    pub fn kinds(&self, field: &str) -> Vec<&str> {
        let property = self.source.get("properties").and_then(|all| all.get(field));
        match property.and_then(|property| property.get("type")) {
            Some(Value::String(kind)) => vec![kind],
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Names of the properties at a pointer of the schema.
    fn properties(&self, pointer: &str) -> Vec<&str> {
        let Some(object) = self.source.pointer(pointer) else {
            return Vec::new();
        };
        match object.get("properties") {
            Some(Value::Object(properties)) => properties.keys().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    fn is_open(&self, pointer: &str) -> bool {
        self.opened.contains(pointer)
    }
}
