//! The documentation has a section a rule, in the words of the rule.
//!
//! `UPDATE_DOCS=1 cargo test -p trueline-ledger-lint --test rules` writes them.

use trueline_kit::{Config, testing};
use trueline_ledger_lint::catalogue;
use trueline_ledger_lint::command::TOOL;
use trueline_ledger_lint::rules::RULES;

const MARK: &str = "<!-- rules: written by the test `rules` of the crate -->\n";

#[test]
fn rules_are_sound_and_documented() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/tools/ledger-lint.md"
    );
    let text = std::fs::read_to_string(path).unwrap();
    let (prose, written) = text
        .split_once(MARK)
        .unwrap_or_else(|| panic!("no line {MARK:?}"));
    let mut pages = String::new();
    for rule in TOOL.all_rules() {
        pages.push('\n');
        pages.push_str(testing::rule_page(rule).trim_end());
        pages.push('\n');
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, format!("{prose}{MARK}{pages}")).unwrap();
    } else {
        assert!(written == pages, "stale: run with UPDATE_DOCS=1");
    }
    testing::check_rules(&TOOL, &format!("{prose}{pages}"));
}

#[test]
fn every_rule_has_a_golden_case() {
    let cases = [
        include_str!("golden/lines.rs"),
        include_str!("golden/records.rs"),
        include_str!("golden/documents.rs"),
        include_str!("../../../tests/ledger_lint.rs"),
        include_str!("../../../tests/ledger_lint_append.rs"),
        include_str!("../../../tests/ledger_lint_merge.rs"),
        include_str!("../../../tests/ledger_lint_use.rs"),
    ]
    .concat();
    let missing: Vec<_> = RULES
        .iter()
        .map(|rule| rule.code)
        .filter(|code| !cases.contains(*code))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn the_page_of_ledgers_names_each_with_a_schema_that_the_tool_prints() {
    let page = include_str!("../../../docs/ledgers.md");
    for ledger in catalogue::all(&Config::default(), &|_| Ok(None)) {
        let name = format!("| `{}` |", ledger.name);
        let row = page.lines().find(|line| line.starts_with(&name)).unwrap();
        assert!(row.contains(&format!("`{}", ledger.path)), "{row}");
        if let Some(schema) = ledger.built_in {
            assert!(row.contains(&format!("| `{schema}`")), "{row}");
            assert!(TOOL.schemas.contains(&schema), "{schema}");
        }
        let writer = ledger.owner.unwrap_or("ledger-lint append");
        assert!(row.contains(writer), "{row}");
    }
}
