//! Every finding has a page.

use trueline_kit::testing::{check_rules, rule_page};
use trueline_queue::TOOL;

/// The findings of docs/tools/queue.md are written from the rules: with `BLESS=1` in the
/// environment this test writes them.
#[test]
fn every_rule_is_documented() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/tools/queue.md");
    let docs = std::fs::read_to_string(path).unwrap();
    let (by_hand, _) = docs.split_once("## Findings\n").unwrap();
    let pages: Vec<String> = TOOL.all_rules().into_iter().map(rule_page).collect();
    let expected = format!("{by_hand}## Findings\n\n{}", pages.join("\n"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &expected).unwrap();
    }
    let docs = std::fs::read_to_string(path).unwrap();
    check_rules(&TOOL, &docs);
    assert_eq!(docs, expected, "run this test with BLESS=1");
}
