//! Generated repositories with planted defects: `check` finds exactly those, whatever does not
//! matter is changed, however many threads work and whatever earlier runs remember.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

// The corpus is full of tags that are no claims of ours. concordance:ignore-file
mod common;
#[path = "../crates/concordance/tests/corpus/mod.rs"]
mod corpus;

use std::collections::BTreeSet;

use common::Sandbox;
use corpus::{Corpus, Expected, Shape};

fn shape(seed: u64) -> Shape {
    Shape {
        seed,
        groups: 40,
        files: 700,
        bytes: 700 * 400,
        defects: 2,
    }
}

fn written(seed: u64) -> (Sandbox, Corpus) {
    let corpus = Corpus::new(shape(seed));
    let sandbox = Sandbox::new();
    corpus.write(&sandbox.root()).unwrap();
    sandbox.write(".gitignore", "toc-cache.json\n");
    sandbox.commit("Everything");
    (sandbox, corpus)
}

/// Code, path and line of each finding; a line of the crosswalk is any.
fn found(json: &serde_json::Value) -> BTreeSet<(String, String, u32)> {
    let all = json["findings"].as_array().unwrap();
    all.iter()
        .map(|one| {
            let code = one["code"].as_str().unwrap().rsplit('/').next().unwrap();
            let path = one["path"].as_str().unwrap();
            let line = match path.ends_with("crosswalk.json") {
                true => 0,
                false => u32::try_from(one["line"].as_u64().unwrap_or(0)).unwrap(),
            };
            (code.to_owned(), path.to_owned(), line)
        })
        .collect()
}

fn agree(sandbox: &Sandbox, expected: &BTreeSet<Expected>, what: &str) {
    let found = found(&check(sandbox, &[]));
    let owned = |(code, path, line): &Expected| ((*code).to_owned(), path.clone(), *line);
    let expected: BTreeSet<_> = expected.iter().map(owned).collect();
    let missed: Vec<_> = expected.difference(&found).collect();
    let invented: Vec<_> = found.difference(&expected).collect();
    assert!(
        missed.is_empty() && invented.is_empty(),
        "{what}: missed {missed:#?}, invented {invented:#?}"
    );
}

fn check(sandbox: &Sandbox, env: &[(&str, &str)]) -> serde_json::Value {
    run(sandbox, &["check", "--format", "json"], env).json()
}

fn run(sandbox: &Sandbox, args: &[&str], env: &[(&str, &str)]) -> common::Ran {
    let mut command = sandbox.command("concordance");
    command.args(args).envs(env.iter().copied());
    common::ran(&command.output().unwrap())
}

fn crosswalk(sandbox: &Sandbox, env: &[(&str, &str)]) -> String {
    let _ = std::fs::remove_file(sandbox.root().join("docs/blueprints/crosswalk.json"));
    run(sandbox, &["update", "-q"], env);
    sandbox.read("docs/blueprints/crosswalk.json")
}

/// Two defects of each of 17 kinds in each corpus, each corpus with another seed: all are found,
/// where they are, and nothing else.
#[test]
fn exactly_what_was_planted_is_found() {
    let seeds = std::env::var("CONCORDANCE_SEEDS").ok();
    let seeds: u64 = seeds.and_then(|text| text.parse().ok()).unwrap_or(6);
    for seed in 1..=seeds {
        let (sandbox, corpus) = written(seed);
        assert!(corpus.expected.len() > 30, "{}", corpus.expected.len());
        agree(&sandbox, &corpus.expected, &format!("seed {seed}"));
        sandbox.run("concordance", &["index", "-q"]);
        sandbox.run("concordance", &["update", "-q"]);
        agree(&sandbox, &corpus.expected, &format!("seed {seed}, updated"));
        corpus.write_late(&sandbox.root()).unwrap();
        let expected = corpus.expected_after();
        assert!(expected.len() > corpus.expected.len());
        agree(&sandbox, &expected, &format!("seed {seed}, later"));
    }
}

/// The same bytes for any number of threads, with and without a cache, cold and warm.
#[test]
fn threads_and_caches_change_no_byte() {
    let (sandbox, corpus) = written(77);
    let none = [("TRUELINE_CACHE", "0"), ("TRUELINE_THREADS", "1")];
    let expected = check(&sandbox, &none);
    let rows = crosswalk(&sandbox, &none);
    std::fs::remove_file(sandbox.root().join("docs/blueprints/crosswalk.json")).unwrap();
    // Only what was left alone for two seconds is remembered.
    std::thread::sleep(std::time::Duration::from_millis(2500));
    for threads in ["1", "2", "7", "64"] {
        let env = [("TRUELINE_THREADS", threads)];
        for run in ["cold or remembered", "warm"] {
            assert_eq!(check(&sandbox, &env), expected, "{threads} threads, {run}");
        }
        assert_eq!(crosswalk(&sandbox, &env), rows, "{threads} threads");
        std::fs::remove_file(sandbox.root().join("docs/blueprints/crosswalk.json")).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(2100));
    }
    let place = sandbox.root().join(".git/trueline/concordance");
    let caches: Vec<_> = walk(&place);
    assert!(
        caches.iter().any(|path| path.ends_with("tags.bin")),
        "{caches:?}"
    );
    assert!(
        caches
            .iter()
            .any(|path| path.to_string_lossy().contains("outcome-")),
        "{caches:?}"
    );
    for cache in &caches {
        std::fs::write(cache, "damaged").unwrap();
    }
    assert_eq!(check(&sandbox, &[]), expected, "damaged caches");
    // A change is seen at once, whatever is remembered.
    let path = corpus.requirements[0].code.first().unwrap();
    sandbox.write(path, sandbox.read(path) + "// [impl->TD-999999]\n");
    let now = found(&check(&sandbox, &[]));
    let line = sandbox.read(path).lines().count();
    let new = (
        "unknown-id".to_owned(),
        path.clone(),
        u32::try_from(line).unwrap(),
    );
    assert!(now.contains(&new), "{now:#?}");
}

/// A file that changes without another size within the tick of a clock is read again.
#[test]
fn a_quick_change_of_the_same_size_is_seen() {
    let (sandbox, corpus) = written(5);
    let path = corpus.requirements[3].tests.first().unwrap();
    let id = &corpus.requirements[3].id;
    for number in 0..5 {
        let other = format!("NT-9{number:0>width$}", width = id.len() - 4);
        let text = sandbox.read(path);
        let changed = text.replace(&format!("->{id}]"), &format!("->{other}]"));
        let has = |path: &String| {
            let all = found(&check(&sandbox, &[]));
            all.iter()
                .any(|(code, at, _)| code == "unknown-id" && at == path)
        };
        assert!(!has(path));
        sandbox.write(path, &changed);
        assert_eq!(text.len(), changed.len());
        assert!(text == changed || has(path), "round {number}");
        sandbox.write(path, &text);
    }
}

/// Line ends, a byte order mark, other names and another order of files: the same crosswalk but
/// for the names, and the same findings.
#[test]
fn what_does_not_matter_changes_no_finding() {
    let (plain, corpus) = written(9);
    let rows = crosswalk(&plain, &[]);
    let expected = found(&check(&plain, &[]));
    let (other, _) = written(9);
    for (path, text) in &corpus.files {
        if text.contains('\0') {
            continue;
        }
        let bom = if path.ends_with(".jsonl") {
            ""
        } else {
            "\u{feff}"
        };
        other.write(path, format!("{bom}{}", text.replace('\n', "\r\n")));
    }
    assert_eq!(crosswalk(&other, &[]), rows, "CRLF and a byte order mark");
    assert_eq!(
        found(&check(&other, &[])),
        expected,
        "CRLF and a byte order mark"
    );
    let (moved, _) = written(9);
    let folder = |from: &str, to: &str| {
        std::fs::rename(moved.root().join(from), moved.root().join(to)).unwrap();
    };
    folder("src/m001", "src/zz_m001");
    folder(
        "docs/blueprints/nt/area-0000.md",
        "docs/blueprints/nt/zz-area.md",
    );
    let renamed = |text: &str| {
        text.replace("src/m001/", "src/zz_m001/").replace(
            "docs/blueprints/nt/area-0000.md",
            "docs/blueprints/nt/zz-area.md",
        )
    };
    let rows = sorted(serde_json::from_str(&renamed(&rows)).unwrap());
    let now = sorted(serde_json::from_str(&crosswalk(&moved, &[])).unwrap());
    assert!(now == rows, "renamed");
    let expected: BTreeSet<_> = expected
        .iter()
        .map(|(code, path, line)| (code.clone(), renamed(path), *line))
        .collect();
    let now = found(&check(&moved, &[]));
    assert_eq!(now, expected, "renamed");
}

/// A value with its lists in one order: links are ordered by path, and paths changed.
fn sorted(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Array(all) => {
            let mut all: Vec<_> = all.into_iter().map(sorted).collect();
            all.sort_by_key(ToString::to_string);
            serde_json::Value::Array(all)
        }
        serde_json::Value::Object(all) => all
            .into_iter()
            .map(|(key, one)| (key, sorted(one)))
            .collect(),
        other => other,
    }
}

/// What is clean can be indexed, updated and reported, and all of it is there again.
#[test]
fn a_clean_corpus_loses_nothing() {
    let corpus = Corpus::new(Shape {
        defects: 0,
        ..shape(3)
    });
    let sandbox = Sandbox::new();
    corpus.write(&sandbox.root()).unwrap();
    sandbox.write(".gitignore", "toc-cache.json\n");
    sandbox.commit("Everything");
    sandbox.run("concordance", &["check", "--strict"]).exits(0);
    for command in ["index", "update", "report"] {
        sandbox.run("concordance", &[command]).exits(0);
    }
    let rows = sandbox.read("docs/blueprints/crosswalk.json");
    let index = sandbox.read("docs/blueprints/nt-index.json");
    for one in &corpus.requirements {
        assert!(index.contains(&format!("\"{}\": {{", one.id)), "{}", one.id);
        let start = format!("    {{\"nt\": \"{}\",", one.id);
        let row = rows.lines().find(|line| line.starts_with(&start)).unwrap();
        for path in one.code.iter().chain(&one.tests) {
            assert!(row.contains(&format!("\"path\": \"{path}\"")), "{path}");
        }
        for design in &one.designs {
            assert!(row.contains(&format!("\"{}\"", corpus.designs[*design].id)));
        }
    }
    for command in ["index", "update", "report"] {
        sandbox.run("concordance", &[command, "--check"]).exits(0);
    }
    sandbox.run("concordance", &["check", "--strict"]).exits(0);
    sandbox.run("concordance", &["verify-report"]).exits(0);
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => out.extend(walk(&path)),
            false => out.push(path),
        }
    }
    out.sort();
    out
}
