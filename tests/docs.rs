//! What the documents say exists: links, finding codes, flags of the tools.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
// [verify->NT-1.10]

mod common;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use common::{Sandbox, TOOLS};

fn documents() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![
        root.join("README.md"),
        root.join("CONTRIBUTING.md"),
        root.join("CHANGELOG.md"),
    ];
    for folder in ["docs", "docs/tools"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let generated = path.ends_with("PROGRESS.md") || path.ends_with("OUTLINE.md");
            if path.extension().is_some_and(|ending| ending == "md") && !generated {
                files.push(path);
            }
        }
    }
    files.sort();
    files
        .into_iter()
        .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
        .collect()
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut broken = Vec::new();
    for (path, text) in documents() {
        for link in trueline_text::markdown::parse(&text).links {
            let target = link.destination.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains(':') {
                continue;
            }
            if !path.parent().unwrap().join(target).exists() {
                broken.push(format!("{}: {}", path.display(), link.destination));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn codes_in_documents_are_codes_of_the_tools() {
    let sandbox = Sandbox::bare();
    let mut known = BTreeSet::new();
    for (tool, _) in TOOLS {
        let rules = sandbox
            .run(tool, &["rules", "--format", "json"])
            .exits(0)
            .json();
        for rule in rules["rules"].as_array().unwrap() {
            known.insert(rule["code"].as_str().unwrap().to_owned());
        }
    }
    let mut unknown = Vec::new();
    for (path, text) in documents() {
        for level in ["error[", "warning[", "note["] {
            for (at, _) in text.match_indices(level) {
                let code: String = text[at + level.len()..]
                    .chars()
                    .take_while(|c| *c != ']')
                    .collect();
                if TOOLS
                    .iter()
                    .any(|(tool, _)| code.starts_with(&format!("{tool}/")))
                    && !known.contains(&code)
                {
                    unknown.push(format!("{}: {code}", path.display()));
                }
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

#[test]
fn every_tool_has_a_page_with_a_heading_for_each_of_its_codes() {
    let sandbox = Sandbox::bare();
    let shared: BTreeSet<String> = codes(&sandbox, "trueline");
    let mut missing = Vec::new();
    for (tool, _) in TOOLS {
        let page = std::fs::read_to_string(format!(
            "{}/docs/tools/{tool}.md",
            env!("CARGO_MANIFEST_DIR")
        ))
        .unwrap();
        let headings: BTreeSet<String> = trueline_text::markdown::parse(&page)
            .headings
            .into_iter()
            .map(|heading| heading.text)
            .collect();
        for code in codes(&sandbox, tool) {
            if !headings.contains(&code) && !shared.contains(&code) {
                missing.push(format!("{tool}: {code}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn the_example_of_the_configuration_page_is_true_as_it_stands() {
    let page = configuration();
    let example = page.split("```toml\n").nth(1).unwrap();
    let example = example.split("```").next().unwrap();
    let sandbox = Sandbox::new();
    sandbox.write("trueline.toml", example).commit("start");
    sandbox.run("ledger-lint", &["check"]).exits(0);
    let table: toml::Table = example.parse().unwrap();
    let mut named: Vec<&str> = table["levels"]
        .as_table()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    for allow in table["allow"].as_array().unwrap() {
        named.push(allow["code"].as_str().unwrap());
    }
    for name in named {
        let (tool, code) = name.split_once('/').unwrap_or(("trueline", name));
        assert!(codes(&sandbox, tool).contains(code), "{name}");
    }
}

#[test]
fn the_configuration_page_lists_the_default_globs_and_the_codes_of_every_tool() {
    let page = configuration();
    let globs = trueline_kit::config::FileGlobs::default();
    for (key, globs) in [
        ("blueprints_nt", globs.blueprints_nt),
        ("blueprints_td", globs.blueprints_td),
        ("code", globs.code),
        ("tests", globs.tests),
        ("docs", globs.docs),
    ] {
        let list: Vec<String> = globs.iter().map(|glob| format!("`{glob}`")).collect();
        let row = format!("| `{key}` | {} |", list.join(", "));
        assert!(page.contains(&row), "{row}");
    }
    for rule in trueline_kit::rules::COMMON {
        let text = trueline_kit::testing::rule_page(rule);
        assert!(page.contains(text.trim_end()), "{text}");
    }
}

#[test]
fn the_template_of_run_reports_is_the_one_that_init_writes() {
    let sandbox = Sandbox::new();
    sandbox.run("trueline", &["init"]).exits(0);
    let path = "docs/templates/agent-run-report.md";
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    assert_eq!(
        std::fs::read_to_string(ours).unwrap(),
        sandbox.read(path),
        "{path} differs"
    );
}

fn configuration() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/config.md")).unwrap()
}

fn codes(sandbox: &Sandbox, tool: &str) -> BTreeSet<String> {
    let rules = sandbox
        .run(tool, &["rules", "--format", "json"])
        .exits(0)
        .json();
    let codes = rules["rules"].as_array().unwrap().iter();
    codes
        .map(|rule| {
            rule["code"]
                .as_str()
                .unwrap()
                .split_once('/')
                .unwrap()
                .1
                .to_owned()
        })
        .collect()
}
