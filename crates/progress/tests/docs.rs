//! Every finding has a page.

#[test]
fn every_rule_is_documented() {
    let docs = include_str!("../../../docs/tools/progress.md");
    trueline_kit::testing::check_rules(&trueline_progress::TOOL, docs);
}
