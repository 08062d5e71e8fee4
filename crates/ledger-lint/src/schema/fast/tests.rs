use proptest::prelude::*;
use serde_json::Value;
use trueline_core::scalar;

use super::{Plan, Slot, Slots};
use crate::record;
use crate::schema::Schema;

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

fn accepts(plan: &Plan, line: &str) -> bool {
    plan.accepts(line, line.contains('\\'), &mut Slots::default())
}

#[test]
fn every_closed_ledger_has_a_plan() {
    for name in LEDGERS {
        let plan = Plan::of(&own(name)).unwrap_or_else(|| panic!("{name}"));
        assert!(plan.required != 0);
    }
    assert!(Plan::of(&own("queue-item")).is_none(), "open, with numbers");
    assert!(Plan::of(&serde_json::json!({"type": "object", "additionalProperties": false, "properties": {"a": {"type": "string", "pattern": "x"}}})).is_none());
}

fn flat() -> Plan {
    Plan::of(
        &serde_json::json!({"type": "object", "additionalProperties": false, "properties": {
            "a": {"type": ["string", "null"]},
            "b": {"type": "boolean"},
            "c": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
            "d": {"enum": ["x", "y"], "type": "string"},
        }}),
    )
    .unwrap()
}

#[test]
fn flat_records_alone() {
    for good in [
        "{}",
        " { } ",
        r#"{"a":"x","b":true,"c":["x","y z"],"d":"y"}"#,
        r#"{ "d" : "x" , "c" : [ "x" , "\\n" ] , "a" : null , "b" : false }"#,
        r#"{"a":"\"\\\/\b\f\n\r\té𝄞"}"#,
        r#"{"a":""}"#,
    ] {
        assert!(accepts(&flat(), good), "{good}");
        assert!(record::parse(good.as_bytes()).is_ok(), "{good}");
    }
    for other in [
        "",
        "{",
        "[]",
        "{} x",
        "{}{}",
        r#"{"a":1}"#,
        r#"{"a":{}}"#,
        r#"{"a":tru}"#,
        r#"{"b":true1}"#,
        r#"{"b":nul}"#,
        r#"{"a":"x",}"#,
        r#"{"a" "x"}"#,
        r#"{,"a":"x"}"#,
        r#"{"a":"x""b":true}"#,
        r#"{"a":"x","a":"y"}"#,
        r#"{"a":"x","\u0061":"y"}"#,
        r#"{"a":"\x"}"#,
        r#"{"a":"\u12"}"#,
        r#"{"a":"x\"}"#,
        r#"{"a":"x}"#,
        "{\"a\":\"\t\"}",
        r#"{"c":[]}"#,
        r#"{"c":["x",]}"#,
        r#"{"c":["x" "y"]}"#,
        r#"{"c":[""]}"#,
        r#"{"c":[1]}"#,
        r#"{"d":"z"}"#,
        r#"{"e":"z"}"#,
    ] {
        assert!(!accepts(&flat(), other), "{other}");
    }
}

#[test]
fn what_a_slot_has() {
    let line = r#"{"d": "x", "a": "\n", "b": true}"#;
    let (plan, mut slots) = (flat(), Slots::default());
    assert!(plan.accepts(line, true, &mut slots));
    let get = |name: &str| slots.get(line, plan.slot(name).unwrap());
    assert_eq!(
        (get("d"), get("a"), get("b"), get("c")),
        (Slot::Text("x"), Slot::Escaped, Slot::Other, Slot::Absent)
    );
    assert_eq!(slots.get(line, 64), Slot::Absent);
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
        Just("\"é𝄞\""),
        Just("\"\\n\""),
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

/// A line of a ledger with these values, without the field `drop`.
fn line_of(source: &Value, values: &[String], drop: usize) -> String {
    let fields: Vec<String> = source["properties"]
        .as_object()
        .unwrap()
        .keys()
        .zip(values)
        .enumerate()
        .filter(|(at, _)| *at != drop)
        .map(|(_, (name, value))| format!("{name:?}:{value}"))
        .collect();
    format!("{{{}}}", fields.join(","))
}

proptest! {
    #[test]
    fn what_the_plan_accepts_the_schema_accepts(slot in 0usize..LEDGERS.len(), values in proptest::collection::vec(value(), 12), drop in 0usize..14) {
        let source = own(LEDGERS[slot]);
        let (plan, schema) = (Plan::of(&source).unwrap(), Schema::own(source.clone()).unwrap());
        let line = line_of(&source, &values, drop);
        let record: Value = serde_json::from_str(&line).unwrap();
        let is_valid = schema.check(&record).is_empty();
        // Only escapes are left to the schema where they might matter.
        if line.contains('\\') {
            prop_assert!(is_valid || !accepts(&plan, &line), "{}", line);
        } else {
            prop_assert_eq!(accepts(&plan, &line), is_valid, "{}", line);
        }
    }

    #[test]
    fn a_line_that_is_changed_somewhere_is_json_or_not_accepted(
        slot in 0usize..LEDGERS.len(),
        values in proptest::collection::vec(value(), 12),
        at in 0usize..400,
        sign in "[\\[\\]{}:,\"\\\\a0 \t\u{7f}é]{0,2}",
        cut in 0usize..3,
    ) {
        let source = own(LEDGERS[slot]);
        let (plan, schema) = (Plan::of(&source).unwrap(), Schema::own(source.clone()).unwrap());
        let mut chars: Vec<char> = line_of(&source, &values, 99).chars().collect();
        let start = at.min(chars.len());
        let end = (start + cut).min(chars.len());
        chars.splice(start..end, sign.chars());
        let line: String = chars.into_iter().collect();
        if accepts(&plan, &line) {
            let (record, repeated) = record::parse(line.as_bytes()).unwrap();
            prop_assert!(!repeated && schema.check(&record).is_empty(), "{}", line);
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
