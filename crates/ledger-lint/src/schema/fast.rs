//! The fast tier: records of flat objects, checked while they are read.
//!
//! A [`Plan`] is made from a schema whose objects hold texts, booleans and lists of texts and
//! nothing else, as most ledgers do. What the plan accepts the schema accepts (a differential
//! test holds that); what it does not accept is for the schema to judge and to explain.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use trueline_core::{id, scalar};

/// Most references that are followed from one node.
const MAX_HOPS: usize = 8;
/// Most fields of a record in this tier.
const MAX_FIELDS: usize = 64;

/// A record whose texts are those of its line.
#[derive(Debug, Clone, Default)]
pub struct Record<'a>(Vec<(Cow<'a, str>, Field<'a>)>);

/// A value of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field<'a> {
    /// A text.
    Text(Cow<'a, str>),
    /// A boolean.
    Bool,
    /// `null`.
    Null,
    /// A list of texts.
    Texts(Vec<Cow<'a, str>>),
}

impl<'a> Record<'a> {
    /// Reads a line; `None` for anything but a flat object without repeated keys.
    pub fn parse(line: &'a str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Field<'a>> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }

    /// The text of a field.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Field::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Record<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Record<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a flat object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Record<'de>, A::Error> {
                let mut fields: Vec<(Cow<'de, str>, Field<'de>)> = Vec::with_capacity(8);
                while let Some(Text(key)) = members.next_key()? {
                    let is_known = fields.iter().any(|(known, _)| *known == key);
                    if is_known || fields.len() == MAX_FIELDS {
                        return Err(A::Error::custom("not a record of this tier"));
                    }
                    let value = members.next_value()?;
                    fields.push((key, value));
                }
                Ok(Record(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// A text that is borrowed where it has no escapes.
struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Field::deserialize(deserializer)? {
            Field::Text(text) => Ok(Text(text)),
            _ => Err(D::Error::custom("not a text")),
        }
    }
}

impl<'de> Deserialize<'de> for Field<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Field<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a text, a boolean, null or a list of texts")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Field<'de>, E> {
                Ok(Field::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Field<'de>, E> {
                Ok(Field::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Field<'de>, E> {
                Ok(Field::Bool)
            }

            fn visit_unit<E>(self) -> Result<Field<'de>, E> {
                Ok(Field::Null)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Field<'de>, A::Error> {
                let mut texts = Vec::new();
                while let Some(Text(text)) = items.next_element()? {
                    texts.push(text);
                }
                Ok(Field::Texts(texts))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// What a schema asks of a flat record.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    fields: Vec<(String, Rule)>,
    required: Vec<String>,
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
        let mut plan = Plan::default();
        for (name, node) in object.get("properties")?.as_object()? {
            plan.fields.push((name.clone(), rule(schema, node, 0)?));
        }
        for name in object
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            plan.required.push(name.as_str()?.to_owned());
        }
        Some(plan)
    }

    /// Whether a record fits. `false` says nothing yet: the schema judges then.
    pub fn accepts(&self, record: &Record<'_>) -> bool {
        self.required.iter().all(|name| record.get(name).is_some())
            && record.0.iter().all(|(key, value)| {
                let rule = self.fields.iter().find(|(name, _)| name == key);
                rule.is_some_and(|(_, rule)| rule.accepts(value))
            })
    }
}

impl Rule {
    fn accepts(&self, value: &Field<'_>) -> bool {
        match value {
            Field::Null => self.null,
            Field::Bool => self.boolean,
            Field::Text(text) => self.text.as_ref().is_some_and(|form| form.accepts(text)),
            Field::Texts(list) => self.list.as_ref().is_some_and(|(min, form)| {
                list.len() >= *min && list.iter().all(|text| form.accepts(text))
            }),
        }
    }
}

impl Form {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Schema;
    use proptest::prelude::*;

    /// The closed ledgers that the tier is for.
    const LEDGERS: [&str; 7] = [
        "model-decision",
        "rotation",
        "access-exception",
        "ai-authorship",
        "risk",
        "decision",
        "tools-record",
    ];

    fn own(name: &str) -> Value {
        trueline_core::schema::get(name).unwrap().value()
    }

    #[test]
    fn every_closed_ledger_has_a_plan() {
        for name in LEDGERS {
            let plan = Plan::of(&own(name)).unwrap_or_else(|| panic!("{name}"));
            assert!(!plan.required.is_empty());
        }
        assert!(Plan::of(&own("queue-item")).is_none(), "open, with numbers");
        assert!(Plan::of(&serde_json::json!({"type": "object", "additionalProperties": false, "properties": {"a": {"type": "string", "pattern": "x"}}})).is_none());
    }

    #[test]
    fn flat_records_alone() {
        for good in ["{}", r#"{"a":"x","b":null,"c":true,"d":["x","\n"]}"#] {
            assert!(Record::parse(good).is_some(), "{good}");
        }
        for other in [
            "",
            "[]",
            r#"{"a":1}"#,
            r#"{"a":{}}"#,
            r#"{"a":[1]}"#,
            r#"{"a":"x","\u0061":"y"}"#,
            "{} x",
        ] {
            assert!(Record::parse(other).is_none(), "{other}");
        }
    }

    fn value() -> impl Strategy<Value = String> {
        let text = prop_oneof![
            Just("\"x\""),
            Just("\"\""),
            Just("\"WBS-1\""),
            Just("\"W B\""),
            Just("\"low\""),
            Just("\"open\""),
            Just("\"2025-11-24T18:21:42Z\""),
            Just("\"2025-11-24T18:21:42\""),
            Just("\"1998-12-31T23:59:60Z\""),
            Just("\"2025-11-24t18:21:42.5+05:30\""),
            Just("\"2025-02-30\""),
            Just("\"2025-02-03\""),
            Just("\"\\u00e9\""),
        ];
        prop_oneof![
            4 => text.prop_map(str::to_owned),
            1 => Just("null".to_owned()),
            1 => Just("true".to_owned()),
            1 => Just("[]".to_owned()),
            1 => Just("[\"x\"]".to_owned()),
            1 => Just("[\"\"]".to_owned()),
            1 => Just("7".to_owned()),
        ]
    }

    proptest! {
        #[test]
        fn what_the_plan_accepts_the_schema_accepts(slot in 0usize..LEDGERS.len(), values in proptest::collection::vec(value(), 12), drop in 0usize..14) {
            let source = own(LEDGERS[slot]);
            let (plan, schema) = (Plan::of(&source).unwrap(), Schema::own(source.clone()).unwrap());
            let fields: Vec<String> = source["properties"].as_object().unwrap().keys()
                .zip(values).enumerate().filter(|(at, _)| *at != drop)
                .map(|(_, (name, value))| format!("{name:?}:{value}")).collect();
            let line = format!("{{{}}}", fields.join(","));
            let record: Value = serde_json::from_str(&line).unwrap();
            let is_valid = schema.check(&record).is_empty();
            if let Some(fast) = Record::parse(&line) {
                prop_assert_eq!(plan.accepts(&fast), is_valid, "{}", line);
            }
        }

        #[test]
        fn times_are_judged_as_the_schema_does(text in "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,3})?(Z|z|[+-][0-2][0-9]:[0-6][0-9])?") {
            let time = Schema::new(serde_json::json!({"format": "date-time"})).unwrap();
            let day = Schema::new(serde_json::json!({"format": "date"})).unwrap();
            if scalar::is_timestamp(&text) {
                prop_assert!(time.accepts(&Value::String(text.clone())), "{}", text);
            }
            let date = &text[..10];
            prop_assert_eq!(scalar::is_day(date), day.accepts(&Value::String(date.to_owned())), "{}", date);
        }
    }
}
