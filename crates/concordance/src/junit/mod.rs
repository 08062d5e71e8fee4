//! JUnit files: did the tests that verify a requirement run, and pass?

mod place;
mod read;

use std::collections::BTreeMap;
use std::ops::Range;

use trueline_core::Finding;
use trueline_kit::Source;

use crate::rules;

pub use place::Places;
pub use read::{Fault, MAX_DEPTH, cases};

/// What became of a test case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It ran and passed.
    Passed,
    /// It ran and did not pass (`failure`, `error`).
    Failed,
    /// It did not run.
    Skipped,
}

/// A test case of a JUnit file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Class, module or test binary, as the runner names it.
    pub class: String,
    /// Name of the case.
    pub name: String,
    /// The test's file, where the runner says so.
    pub file: Option<String>,
    /// The file of the suite around it.
    pub suite: Option<String>,
    /// What became of it.
    pub fate: Fate,
    /// Where it stands in the JUnit file.
    pub range: Range<usize>,
}

/// What became of the cases of a test file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Cases that passed.
    pub passed: u64,
    /// Cases that were skipped.
    pub skipped: u64,
    /// Cases that failed: JUnit file, name, and where it stands there.
    pub failed: Vec<(String, trueline_core::Location)>,
}

impl Outcome {
    /// Whether it proves something: at least one case passed, and none failed.
    pub fn is_proof(&self) -> bool {
        self.passed > 0 && self.failed.is_empty()
    }
}

/// The outcomes of the test files of a repository.
#[derive(Debug, Clone, Default)]
pub struct Outcomes {
    /// By test file.
    pub of: BTreeMap<String, Outcome>,
    /// The test files that each JUnit file speaks of.
    pub by_file: BTreeMap<String, Vec<String>>,
    /// What is wrong with the JUnit files.
    pub faults: Vec<Finding>,
}

impl Outcomes {
    /// Reads JUnit files and finds the test file of each case. A case whose file cannot be told
    /// counts for none.
    pub fn new<'p>(sources: &[Source], tests: impl IntoIterator<Item = &'p str>) -> Outcomes {
        let places = Places::new(tests);
        let mut out = Outcomes::default();
        for source in sources {
            let cases = match cases(source.text()) {
                Ok(cases) => cases,
                Err(fault) => {
                    let at = source.at(fault.range);
                    let finding = Finding::new(&rules::MALFORMED_JUNIT, at, fault.message);
                    out.faults.push(finding);
                    continue;
                }
            };
            for case in cases {
                for path in places.find(&case) {
                    let files = out.by_file.entry(source.path().to_owned()).or_default();
                    if !files.iter().any(|file| file == path) {
                        files.push(path.to_owned());
                    }
                    let outcome = out.of.entry(path.to_owned()).or_default();
                    match case.fate {
                        Fate::Passed => outcome.passed += 1,
                        Fate::Skipped => outcome.skipped += 1,
                        Fate::Failed => {
                            let at = source.at(case.range.clone());
                            outcome.failed.push((case.name.clone(), at));
                        }
                    }
                }
            }
        }
        out
    }

    /// Whether every JUnit file could be read.
    pub fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = r#"<?xml version="1.0"?>
<testsuites><testsuite name="all" file="tests/inherited_test.py">
  <testcase classname="tests.test_search.TestCity" name="by_city"/>
  <testcase classname="tests.test_pay" name="pays"><failure message="no"/></testcase>
  <testcase classname="x" name="late" file="./tests/late_test.go"><skipped/></testcase>
  <testcase classname="y" name="from_suite"/>
</testsuite></testsuites>"#;

    #[test]
    fn a_case_counts_for_its_file() {
        let tests = [
            "tests/test_search.py",
            "tests/test_pay.py",
            "tests/late_test.go",
            "tests/inherited_test.py",
        ];
        let source = Source::new("junit.xml", XML);
        let all = Outcomes::new(&[source], tests);
        assert!(all.is_whole());
        assert!(all.of["tests/test_search.py"].is_proof());
        assert_eq!(all.of["tests/test_pay.py"].failed[0].0, "pays");
        assert!(!all.of["tests/late_test.go"].is_proof());
        assert!(all.of["tests/inherited_test.py"].is_proof());
    }

    #[test]
    fn what_is_no_junit_is_a_fault_and_proves_nothing() {
        for text in [
            "",
            "<html/>",
            "<testsuite><testcase>",
            "<testsuite></wrong>",
            "not xml",
        ] {
            let all = Outcomes::new(&[Source::new("junit.xml", text)], ["tests/a.rs"]);
            assert!(!all.is_whole() && all.of.is_empty(), "{text}");
        }
    }
}
