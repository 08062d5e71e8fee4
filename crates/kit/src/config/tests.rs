//! Every section, every fault with its place.

use std::time::Duration;

use proptest::prelude::*;
use trueline_core::Rule;

use super::*;
use crate::error::ErrorKind;

fn parse(text: &str) -> Config {
    Config::parse("trueline.toml", text).unwrap()
}

/// `line:column message | help` of every fault.
fn faults(text: &str) -> Vec<String> {
    let error = Config::parse("trueline.toml", text).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let faults = error.places().iter().map(|place| {
        let span = place.at.span.unwrap();
        let help = place
            .help
            .as_deref()
            .map_or(String::new(), |help| format!(" | {help}"));
        format!("{}:{} {}{help}", span.line, span.column, place.message)
    });
    faults.collect()
}

#[test]
fn silence_means_the_defaults() {
    for text in [
        "",
        "\u{feff}",
        "version = 1\r\n",
        "[paths]\n[ids]\n[globs]\n[locks]\n",
    ] {
        let config = parse(text);
        assert_eq!(config.path(Artifact::Queue), "ops/queue.jsonl");
        assert_eq!(config.ids, Ids::default());
        assert_eq!(config.locks, Locks::default());
        assert_eq!(config.limits.file_bytes, 256 << 20);
        assert_eq!(config.progress.default_ceiling.as_str(), "90");
        assert_eq!(config.level("queue", "any"), None);
        assert!(config.globs.tests.matches("crates/kit/tests/edge/main.rs"));
        assert!(config.aliases(Artifact::Queue).is_none() && config.allows().is_empty());
    }
}

#[test]
fn default_globs_are_all_right() {
    let globs = FileGlobs::default();
    let counts = [
        &globs.blueprints_nt,
        &globs.blueprints_td,
        &globs.code,
        &globs.tests,
        &globs.docs,
    ]
    .map(|globs| globs.iter().count());
    assert_eq!(counts, [3, 3, 7, 6, 2], "none was dropped by its parser");
    assert!(
        globs
            .blueprints_nt
            .matches("docs/blueprints/nt/auth/login.md")
    );
    assert!(globs.blueprints_nt.matches("docs/blueprints/NT-1.md"));
    assert!(!globs.blueprints_nt.matches("docs/blueprints/td/x.md"));
}

#[test]
fn every_section() {
    let config = parse(
        r#"
        version = 1
        [paths]
        queue = "./work/queue.jsonl"
        locks_dir = "ops/locks/"
        [ids]
        nt = ["NT", "REQ"]
        [globs]
        generated = ["gen/**", "*.lock"]
        tests = []
        [aliases.queue]
        id = ["task_id", "key"]
        dependencies = ["depends_on"]
        [aliases.queue.status]
        names = ["state"]
        in_progress = "doing"
        complete = "done"
        [levels]
        "queue/stale" = "off"
        stale = "note"
        [[allow]]
        code = "queue/stale"
        id = "WBS-1.1"
        reason = "known"
        approved_by = "Ann"
        expires = 2027-01-31
        [locks]
        remote = "origin"
        ref = "refs/heads/locks/table"
        lease = "1h 30m"
        orphan_timeout = "90s"
        [branches]
        main = "trunk"
        [[branches.rules]]
        name = "fix/**"
        types = ["fix"]
        owners = ["AGENT-1"]
        paths = ["src/**"]
        [[branches.overlaps]]
        paths = ["src/api/**"]
        between = ["dev", "qa"]
        rebases = "dev"
        reviews = "qa"
        [[branches.overlaps]]
        rebases = "lead"
        reviews = "qa"
        [limits]
        file_bytes = 1_000
        changed_lines = 100
        [[limits.rules]]
        owners = ["AGENT-3", "AGENT-4"]
        changed_files = 5
        [[limits.rules]]
        owners = ["AGENT-3"]
        changed_lines = 7
        [progress]
        default_ceiling = 87.50
        upcoming_days = 14
        credit = { review = 0.5 }
        [agents]
        known = ["AGENT-1"]
        [ledgers.incidents]
        path = "ops/incidents.jsonl"
        schema = "schemas/incident.schema.json"
        [ledgers.rooms]
        path = "ops/rooms.yaml"
        kind = "state"
        "#,
    );
    assert_eq!(config.path(Artifact::Queue), "work/queue.jsonl");
    assert_eq!(config.path(Artifact::LocksDir), "ops/locks");
    assert_eq!(config.ids.nt, ["NT", "REQ"]);
    assert!(config.globs.generated.matches("gen/a/b"));
    assert!(config.globs.tests.is_empty());
    let aliases = config.aliases(Artifact::Queue).unwrap();
    assert_eq!(aliases.field("task_id"), "id");
    assert_eq!(aliases.field("state"), "status");
    assert_eq!(aliases.field("other"), "other");
    assert_eq!(aliases.names("id").collect::<Vec<_>>(), ["task_id", "key"]);
    assert_eq!(aliases.value("status", "in_progress"), "doing");
    assert_eq!(aliases.value("status", "todo"), "todo");
    assert_eq!(aliases.value("id", "complete"), "complete");
    let order: Vec<&str> = aliases.values[0]
        .1
        .iter()
        .map(|(from, _)| from.as_str())
        .collect();
    assert_eq!(order, ["in_progress", "complete"], "as declared");
    assert_eq!(config.level("queue", "stale"), Some(None));
    assert_eq!(config.level("locks", "stale"), Some(Some(Level::Note)));
    assert_eq!(
        config.allows()[0].expires,
        Some(jiff::civil::date(2027, 1, 31))
    );
    assert_eq!(config.locks.lease, Duration::from_secs(5400));
    assert_eq!(config.locks.orphan_timeout, Duration::from_secs(90));
    assert_eq!(config.branches.main, "trunk");
    assert_eq!(config.branches.rule("fix/a/b").unwrap().owners, ["AGENT-1"]);
    assert!(config.branches.rule("feature/x").is_none());
    assert_eq!(
        (config.limits.file_bytes, config.limits.changed_lines),
        (1000, Some(100))
    );
    assert_eq!(config.limits.of("AGENT-1"), (Some(100), None));
    assert_eq!(config.limits.of("AGENT-3"), (Some(100), Some(5)));
    let rebases = |path, owners| {
        let rule = config.branches.overlap(path, owners);
        rule.map(|rule| rule.rebases.as_str())
    };
    assert_eq!(rebases("src/api/x", ["qa", "dev"]), Some("dev"));
    assert_eq!(rebases("src/ui/x", ["qa", "dev"]), Some("lead"));
    assert_eq!(rebases("src/api/x", ["qa", "ops"]), Some("lead"));
    assert_eq!(config.progress.default_ceiling.as_str(), "87.50");
    assert_eq!(config.progress.credit["review"].as_str(), "0.5");
    assert_eq!(config.progress.upcoming_days, 14);
    assert_eq!(config.agents, ["AGENT-1"]);
    assert_eq!(config.ledgers[0].name, "incidents");
    assert_eq!(config.ledgers[0].kind, LedgerKind::AppendOnly);
    assert_eq!(config.ledgers[1].format, LedgerFormat::Yaml);
    assert_eq!(config.ledgers[1].kind, LedgerKind::State);
}

#[test]
fn syntax_has_a_place() {
    assert_eq!(faults("a = \n").len(), 1);
    let open = faults("[ids]\nnt = [\"a\"\n\nx = 1\n");
    assert!(open[0].starts_with("4:"), "{open:?}");
    let twice = faults("[ids]\nnt = []\nnt = []\n");
    assert!(twice[0].starts_with("3:1 duplicate key"), "{twice:?}");
}

#[test]
fn unknown_keys_have_places_and_a_guess() {
    assert_eq!(
        faults("vresion = 1\n[paths]\nqeue = 'x'\n[zzz]\n[aliases.queu]\n[locks]\nlaese = '1m'\n"),
        [
            "1:1 unknown key `vresion` | did you mean `version`?",
            "3:1 unknown key `paths.qeue` | did you mean `queue`?",
            "4:2 unknown key `zzz`",
            "5:10 unknown key `aliases.queu` | did you mean `queue`?",
            "7:1 unknown key `locks.laese` | did you mean `lease`?",
        ]
    );
}

#[test]
fn wrong_types_and_values_have_places() {
    assert_eq!(
        faults("version = 2\npaths = 1\n[ids]\nnt = ['a', 1, '-x']\n[levels]\nx = 'fatal'\n"),
        [
            "1:11 version 2 of trueline.toml is not known | this tool reads version 1; a newer one may be needed",
            "2:9 `paths` must be a table, not integer",
            "4:12 `ids.nt` must be a list of strings, not integer",
            "4:15 `-x` is not an id prefix | a letter, then letters, digits, `_` or `-`",
            "6:5 `levels.x` cannot be `fatal` | one of: error, warning, note, off",
        ]
        .map(|line| line.replace("`ids.nt` must be a list of strings", "`ids.nt` must be a string"))
    );
    for (text, at) in [
        (
            "[locks]\nlease = 'soon'\n",
            "2:9 `locks.lease` is not a length of time",
        ),
        ("[locks]\nlease = '-5m'\n", "2:9 "),
        (
            "[locks]\nref = 'main'\n",
            "2:7 `main` is not the full name of a ref",
        ),
        ("[locks]\nremote = '--x'\n", "2:10 "),
        ("[limits]\nfile_bytes = -1\n", "2:14 "),
        ("[limits]\nfile_bytes = 1.5\n", "2:14 "),
        (
            "[progress]\ndefault_ceiling = 101\n",
            "2:19 `101` is not a percentage",
        ),
        (
            "[progress]\ncredit = { review = 1.5 }\n",
            "2:21 `1.5` is not a part of 1",
        ),
        (
            "[ledgers.x]\nkind = 'state'\n",
            "1:1 `ledgers.x` has no `path`",
        ),
        ("[[branches.rules]]\n", "1:1 `branches.rules` has no `name`"),
        (
            "[[branches.overlaps]]\nrebases = \"a\"\n",
            "1:1 `branches.overlaps` has no `reviews`",
        ),
        (
            "[[limits.rules]]\nchanged_files = 1\n",
            "1:1 `limits.rules` has no `owners`",
        ),
        (
            "[aliases.queue]\nid = 'x'\n",
            "2:6 `aliases.queue.id` must be a list of names",
        ),
    ] {
        let all = faults(text);
        assert!(all.len() == 1 && all[0].starts_with(at), "{text:?} {all:?}");
    }
}

#[test]
fn paths_stay_below_the_root() {
    for path in [
        "/etc/passwd",
        "../x",
        "a/../../x",
        "",
        ".",
        "a//b",
        "C:/x",
        ".git/hooks/pre-commit",
        "a/.Git/config",
        "a\\\\b",
        "./",
    ] {
        let text = format!("[paths]\nqueue = \"{path}\"\n");
        let all = faults(&text);
        assert!(
            all.len() == 1 && all[0].starts_with("2:9 "),
            "{path:?} {all:?}"
        );
    }
}

#[test]
fn globs_point_at_their_own_byte() {
    let all = faults("[globs]\ncode = [\n  \"ok/**\",\n  \"é/a{b\",\n  'x/[',\n]\n");
    assert_eq!(all.len(), 2);
    let columns: Vec<&str> = all
        .iter()
        .filter_map(|line| line.split(' ').next())
        .collect();
    let (first, second) = (
        columns[0].split_once(':').unwrap(),
        columns[1].split_once(':').unwrap(),
    );
    assert_eq!((first.0, second.0), ("4", "5"));
    let within = |column: &str, from: u32, to: u32| (from..=to).contains(&column.parse().unwrap());
    assert!(within(first.1, 4, 9) && within(second.1, 4, 7), "{all:?}");
    let escaped = faults("[globs]\ncode = [\"\\u0061{b\"]\n");
    assert!(
        escaped[0].starts_with("2:9 bad glob"),
        "the whole string: {escaped:?}"
    );
}

#[test]
fn allows_need_a_reason_and_a_target() {
    assert_eq!(
        faults("[[allow]]\ncode = 'x'\n"),
        [
            "1:1 `allow` has no `reason`",
            "1:1 an allow needs a `path` or an `id` | `path = \"**\"` is every path",
        ]
    );
    let bad_day = faults("[[allow]]\ncode = 'x'\nexpires = 2026-13-01\n");
    assert!(
        bad_day[0].starts_with("3:11 "),
        "the TOML itself: {bad_day:?}"
    );
    assert_eq!(
        faults("[[allow]]\ncode = 'x'\nid = 'NT-1'\nreason = ' '\nexpires = 'soon'\n"),
        [
            "4:10 `allow.reason` must not be empty",
            "5:11 `allow.expires` must be a day like 2026-12-31, not string",
        ]
    );
    assert_eq!(
        faults("allow = 1\n"),
        ["1:9 `allow` must be a list of tables, [[allow]], not integer"]
    );
}

#[test]
fn an_allow_matches_code_path_and_id() {
    static RULE: Rule = Rule {
        code: "stale",
        level: Level::Error,
        summary: "s",
        why: "w",
        example: "e",
        mend: "m",
    };
    let config = parse(
        "[[allow]]\ncode='queue/stale'\npath='a/**'\nid='NT-1'\nreason='r'\nexpires=2026-01-31\n",
    );
    let allow = &config.allows()[0];
    let finding = |path: &str, id: &str| Finding::new(&RULE, Location::file(path), "m").subject(id);
    assert!(allow.matches("queue", &finding("a/b", "NT-1")));
    assert!(!allow.matches("locks", &finding("a/b", "NT-1")));
    assert!(!allow.matches("queue", &finding("b/b", "NT-1")));
    assert!(!allow.matches("queue", &finding("a/b", "NT-2")));
    assert!(!allow.matches("queue", &Finding::new(&RULE, Location::file("a/b"), "m")));
    let day = |day| jiff::civil::date(2026, 1, day);
    assert!(!allow.is_expired(day(31)) && allow.is_expired(day(31).tomorrow().unwrap()));
}

#[test]
fn deep_nesting_is_refused_not_followed() {
    for text in [
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}", "{a=".repeat(100_000)),
    ] {
        assert!(!faults(&text).is_empty());
    }
    let dotted = format!("{}x = 1", "a.".repeat(50_000));
    assert!(!faults(&dotted).is_empty());
}

#[test]
fn the_documentation_names_every_key() {
    let docs = include_str!("../../../../docs/config.md");
    for artifact in Artifact::ALL {
        let row = format!("| `{}` | `{}` |", artifact.key(), artifact.default_path());
        assert!(docs.contains(&row), "docs/config.md has no row {row}");
    }
    let keys = [
        "version",
        "nt",
        "td",
        "wbs",
        "blueprints_nt",
        "blueprints_td",
        "code",
        "tests",
        "docs",
        "generated",
        "shared",
        "names",
        "path",
        "id",
        "reason",
        "approved_by",
        "expires",
        "remote",
        "ref",
        "lease",
        "orphan_timeout",
        "main",
        "name",
        "types",
        "owners",
        "paths",
        "file_bytes",
        "changed_lines",
        "changed_files",
        "attempts",
        "default_ceiling",
        "credit",
        "upcoming_days",
        "recent",
        "known",
        "schema",
        "kind",
        "format",
    ];
    for key in keys {
        assert!(
            docs.contains(&format!("`{key}`")),
            "docs/config.md does not name `{key}`"
        );
    }
    let example = docs
        .split("```toml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let example = parse(example.unwrap());
    assert!(
        !example.allows().is_empty(),
        "the example is a real configuration"
    );
}

proptest! {
    #[test]
    fn never_panics(text in r#"([\[\]{}=.,"'#\n a-z0-9é-]|paths|allow|globs|levels|queue|code){0,40}"#) {
        let _ = Config::parse("trueline.toml", &text);
    }
}
