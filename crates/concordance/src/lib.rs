//! Concordance: every requirement traced to design, code, tests and evidence, gated on the diff.
//!
//! | module | what it knows |
//! |---|---|
//! | [`items`] | the items that a blueprint declares |
//! | [`tags`] | `[impl->TD-4.2]` in any text file |
//! | [`trailers`] | what a commit's message claims |
//! | [`model`] | all blueprints of a state of the repository ([`tree`]) |
//! | [`junit`] | what became of the tests |
//! | [`history`] | the commits of a range |
//! | [`work`] | plan and queue |
//! | [`crosswalk`] | all of it joined, a row a requirement |
//! | [`gate`] | what is wrong, and what a change causes |
//! | [`cache`] | what earlier runs found |
//! | [`lint`] | what is wrong within the blueprints |

pub mod cache;
mod command;
pub mod crosswalk;
pub mod gate;
pub mod graph;
pub mod hash;
pub mod history;
pub mod ids;
pub mod index;
pub mod items;
pub mod junit;
pub mod lint;
pub mod model;
pub mod report;
pub mod rules;
pub mod settings;
pub mod tagged;
pub mod tags;
pub mod trace;
pub mod trailers;
pub mod tree;
pub mod work;

use std::process::ExitCode;

use command::Command;
use trueline_kit::Tool;

const TOOL: Tool<Command> = Tool {
    name: "concordance",
    about: "Trace every requirement to design, code, tests and evidence, and gate on the diff",
    after_help: "Examples:
  concordance index                     write nt-index.json and td-index.json
  concordance update --base origin/main take the branch's commits and tags into the crosswalk
  concordance check                     judge the whole tree
  concordance check --base origin/main  judge what this branch causes
  concordance report                    write docs/reports/concordance-coverage.md",
    rules: rules::ALL,
    schemas: &["blueprint-index", "toc-cache", "crosswalk", "report"],
    run: command::run,
};

#[cfg(test)]
#[test]
fn every_rule_has_its_page() {
    let page = include_str!("../../../docs/tools/concordance.md");
    trueline_kit::testing::check_rules(&TOOL, page);
    for rule in rules::ALL {
        assert!(
            page.contains(rule.mend) && page.contains(rule.why),
            "{}",
            rule.code
        );
    }
}

/// Six percent of a check of 20,000 files went into the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The entry point of the binary.
pub fn main() -> ExitCode {
    trueline_kit::main(TOOL)
}
