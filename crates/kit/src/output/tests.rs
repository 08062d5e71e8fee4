//! Every format on the same set of nasty findings.

use std::collections::BTreeMap;

use proptest::prelude::*;
use trueline_core::{Finding, Level, Location, Rule, Span};

use super::*;
use crate::escape;
use crate::report::{self, NoSources, Sources};
use crate::source::Source;

const RULE: Rule = Rule {
    code: "nasty",
    level: Level::Error,
    summary: "Something is nasty",
    why: "Because | of it.",
    example: "a ``` fence",
    mend: "Mend it.",
};

const SECRET: Rule = Rule {
    code: "secret",
    ..RULE
};

fn span(line: u32, column: u32, end_line: u32, end_column: u32) -> Span {
    Span {
        line,
        column,
        end_line,
        end_column,
    }
}

fn sources() -> BTreeMap<String, Source> {
    let long = format!("{} long {}\n", "x".repeat(900), "y".repeat(900));
    [
        (
            "ops/queue.jsonl",
            "{\"id\": \"𝄞é\", \u{1b}[31m}\r\n\tsecond | line\n".to_owned(),
        ),
        ("long.txt", long),
        ("secret.env", "TOKEN=hunter2\n".to_owned()),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), Source::new(path, text)))
    .collect()
}

fn nasty() -> Vec<(Finding, Level)> {
    let queue = |span| Location::at("ops/queue.jsonl", span);
    let plain = Finding::new(&RULE, queue(span(1, 9, 1, 11)), "id `𝄞é` is 100% wrong")
        .help("write `NT-1`\nor `NT-2`")
        .related(queue(span(2, 2, 2, 8)), "the first one, is: here")
        .related(Location::file("gone.txt"), "and there");
    let rest = [
        Finding::new(
            &RULE,
            queue(span(1, 14, 1, 18)),
            "a\nb\r| c\u{1b}[2J \u{202e}txt",
        )
        .level(Level::Warning),
        Finding::new(&RULE, queue(span(1, 2, 2, 3)), "over two lines"),
        Finding::new(&RULE, queue(Span::point(2, 15)), "at the end").level(Level::Note),
        Finding::new(
            &RULE,
            Location::at("long.txt", span(1, 902, 1, 906)),
            "far right",
        ),
        Finding::new(
            &SECRET,
            Location::at("secret.env", span(1, 7, 1, 14)),
            "a token",
        )
        .redacted(),
        Finding::new(
            &RULE,
            Location::at("we,ird: 100%\n.txt", span(3, 1, 3, 2)),
            "no such file",
        ),
        Finding::new(&RULE, Location::file("ops"), "the whole file"),
        Finding::new(
            &RULE,
            Location::at("-", Span::point(1, 1)),
            "standard input",
        ),
    ];
    let all = std::iter::once(plain.clone()).chain([plain]).chain(rest);
    all.map(|finding| {
        let level = finding.level.unwrap_or(Level::Error);
        (finding, level)
    })
    .collect()
}

fn write(format: Format, found: Vec<(Finding, Level)>, sources: &dyn Sources) -> String {
    let findings = report::arrange(found);
    let run = Run {
        tool: "sample",
        version: "0.1.0",
        rules: &[&RULE, &SECRET],
        summary: report::summary(&findings, 2),
        findings,
        successful: true,
        sources,
        styled: false,
    };
    let mut bytes = Vec::new();
    output(format, &mut bytes, &run).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Compares with tests/golden/NAME; with TRUELINE_BLESS set, writes it.
fn golden(name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("TRUELINE_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let want = std::fs::read_to_string(&path).unwrap();
    assert!(want == text, "{name} differs; got:\n{text}");
}

#[test]
fn goldens() {
    for (format, name) in [
        (Format::Human, "human.txt"),
        (Format::Json, "report.json"),
        (Format::Jsonl, "report.jsonl"),
        (Format::Sarif, "report.sarif"),
        (Format::Github, "github.txt"),
        (Format::Markdown, "report.md"),
    ] {
        golden(name, &write(format, nasty(), &sources()));
    }
}

#[test]
fn sarif_is_valid() {
    let schema = include_str!("../../tests/sarif-schema-2.1.0.json");
    let mut schema: serde_json::Value = serde_json::from_str(schema).unwrap();
    // The official file has a stray bracket in these patterns, which today's engines refuse.
    for object in ["run", "toolComponent"] {
        let pattern = &mut schema["definitions"][object]["properties"]["language"]["pattern"];
        assert_eq!(pattern, "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$");
        *pattern = "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$".into();
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    for found in [nasty(), Vec::new()] {
        let log = serde_json::from_str(&write(Format::Sarif, found, &NoSources)).unwrap();
        let faults: Vec<String> = validator
            .iter_errors(&log)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(faults, Vec::<String>::new());
    }
    let mut wrong: serde_json::Value =
        serde_json::from_str(&write(Format::Sarif, nasty(), &NoSources)).unwrap();
    wrong["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!validator.is_valid(&wrong), "the schema is looked at");
}

#[test]
fn sarif_is_capped_with_a_count() {
    let many = (0..25_010).map(|line| {
        let at = Location::at("x", Span::point(line + 1, 1));
        (Finding::new(&RULE, at, "m"), Level::Error)
    });
    let text = write(Format::Sarif, many.collect(), &NoSources);
    let log: serde_json::Value = serde_json::from_str(&text).unwrap();
    let run = &log["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), sarif::MAX_RESULTS);
    assert_eq!(run["properties"]["omitted"], 10);
    assert_eq!(run["properties"]["errors"], 25_010);
    let notes = &run["invocations"][0]["toolExecutionNotifications"];
    assert!(
        notes[0]["message"]["text"]
            .as_str()
            .unwrap()
            .starts_with("10 of 25010 ")
    );
}

#[test]
fn markdown_is_capped_with_a_count() {
    let many = (0..30_000).map(|line| {
        let at = Location::at("x", Span::point(line + 1, 1));
        (Finding::new(&RULE, at, "some words"), Level::Error)
    });
    let text = write(Format::Markdown, many.collect(), &NoSources);
    assert!(text.len() < 1 << 20);
    let rows = text
        .lines()
        .filter(|line| line.starts_with("| error"))
        .count();
    let left = 30_000 - rows;
    assert!(text.ends_with(&format!("… and {left} more, which do not fit here.\n")));
}

#[test]
fn order_duplicates_and_fingerprints() {
    let found = |line, message: &str, subject: &str| {
        let at = Location::at("x", Span::point(line, 1));
        (
            Finding::new(&RULE, at, message).subject(subject),
            Level::Error,
        )
    };
    let before = report::arrange(vec![
        found(9, "b", "s"),
        found(2, "a", "t"),
        found(9, "b", "s"),
    ]);
    assert_eq!(before.len(), 2);
    assert_eq!(before[0].finding.message, "a");
    let after = report::arrange(vec![found(11, "b, reworded", "s"), found(5, "a", "t")]);
    let prints = |all: &[report::Reported]| -> Vec<String> {
        all.iter().map(|found| found.fingerprint.clone()).collect()
    };
    assert_eq!(prints(&before), prints(&after), "lines and words moved");
    assert!(before[0].fingerprint.len() == 32);
    let equal = report::arrange(vec![found(1, "a", "s"), found(2, "a", "s")]);
    assert_ne!(equal[0].fingerprint, equal[1].fingerprint);
}

#[test]
fn far_columns_have_their_place_and_a_window() {
    let text = format!("{}here{}", "x".repeat(100_000), "y".repeat(100_000));
    let sources = BTreeMap::from([("x".to_owned(), Source::new("x", text))]);
    let at = Location::at("x", span(1, 100_001, 1, 100_005));
    let finding = Finding::new(&RULE, at.clone(), "m").related(at, "again");
    let text = write(Format::Human, vec![(finding, Level::Error)], &sources);
    assert!(
        text.starts_with("error[sample/nasty]: m\n --> x:1:100001\n  |\n1 | …"),
        "{text}"
    );
    assert!(
        !text.contains(":::") && text.lines().count() == 12,
        "{text}"
    );
    assert!(
        text.lines().all(|line| line.chars().count() < 200),
        "{text}"
    );
}

#[test]
fn a_secret_is_never_shown() {
    for format in Format::ALL {
        let text = write(format, nasty(), &sources());
        assert!(!text.contains("hunter2"), "{format:?}");
    }
}

proptest! {
    #[test]
    fn no_format_lets_controls_through(
        message in any::<String>(),
        path in any::<String>(),
        help in any::<String>(),
        source in any::<String>(),
        line in 0u32..5,
        column in 0u32..80,
        length in 0u32..80,
    ) {
        let at = Location::at(path.clone(), span(line, column, line, column + length));
        let finding = Finding::new(&RULE, at.clone(), message.clone()).help(help).related(at, message);
        let sources = BTreeMap::from([(path.clone(), Source::new(path, source))]);
        for format in Format::ALL {
            let text = write(format, vec![(finding.clone(), Level::Error)], &sources);
            let bad = text.chars().find(|char| escape::is_unsafe(*char) && *char != '\n');
            prop_assert_eq!(bad, None, "{:?}", format);
        }
    }

    #[test]
    fn one_finding_is_one_line(message in any::<String>(), path in any::<String>()) {
        let found = vec![(Finding::new(&RULE, Location::file(path), message), Level::Error)];
        for format in [Format::Github, Format::Jsonl] {
            prop_assert_eq!(write(format, found.clone(), &NoSources).lines().count(), 1);
        }
        let text = write(Format::Markdown, found, &NoSources);
        prop_assert_eq!(text.lines().filter(|line| line.starts_with("| error")).count(), 1);
        prop_assert_eq!(text.lines().count(), 5);
    }
}
