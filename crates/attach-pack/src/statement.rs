//! in-toto Statements v1 that a pack carries: SLSA provenance v1 and test-result v0.1.
//!
//! Fields as in the specifications of in-toto/attestation and slsa.dev; those that a pack has no use for are left out.

mod form;

pub use form::{Predicate, StatementError};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `_type` of every statement.
pub const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// `predicateType` of a [`Provenance`].
pub const PROVENANCE: &str = "https://slsa.dev/provenance/v1";
/// `predicateType` of a [`TestResult`].
pub const TEST_RESULT: &str = "https://in-toto.io/attestation/test-result/v0.1";

/// Digests by the name of the algorithm (`sha256`, `gitCommit`), in lower-case hex.
pub type Digests = BTreeMap<String, String>;

/// What a statement is about, or what it refers to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// A name, unique in its list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// What it is, byte for byte.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub digest: Digests,
}

impl Resource {
    /// A resource with a name and one digest.
    pub fn new(name: &str, algorithm: &str, digest: &str) -> Self {
        Self {
            name: Some(name.to_owned()),
            uri: None,
            digest: Digests::from([(algorithm.to_owned(), digest.to_owned())]),
        }
    }
}

/// A claim (the predicate) about subjects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Statement<P> {
    /// [`STATEMENT`].
    #[serde(rename = "_type")]
    pub kind: String,
    /// At least one, each with a digest.
    pub subject: Vec<Resource>,
    /// Which predicate it is.
    pub predicate_type: String,
    /// The claim.
    pub predicate: P,
}

/// How the run came about (SLSA provenance v1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// What was asked for.
    pub build_definition: BuildDefinition,
    /// Who did it, and when.
    pub run_details: RunDetails,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildDefinition {
    /// A URI that says how to read the parameters.
    pub build_type: String,
    /// Parameters under control of whoever asked.
    pub external_parameters: BTreeMap<String, String>,
    /// What the run rested on: the commit, the report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolved_dependencies: Vec<Resource>,
}

/// Who did it, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunDetails {
    /// The tool.
    pub builder: Builder,
    /// Times and names of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
}

/// The tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Builder {
    /// A URI.
    pub id: String,
}

/// Times and names of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// The name of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invocation_id: Option<String>,
    /// RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_on: Option<String>,
    /// RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_on: Option<String>,
}

/// The verdict of a test run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// Every test passed or was skipped.
    Passed,
    /// Passed, with something to look at: nothing ran, or the log is cut off.
    Warned,
    /// A test failed.
    Failed,
}

/// What the tests said (test-result v0.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestResult {
    /// The verdict.
    pub result: Verdict,
    /// What was configured: the logs that the verdict was read from. Required by the specification, may be empty.
    pub configuration: Vec<Resource>,
    /// Names of tests that passed, where known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_tests: Vec<String>,
    /// Names of tests with warnings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warned_tests: Vec<String>,
    /// Names of tests that failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_tests: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Statement<TestResult> {
        Statement::new(
            vec![
                Resource::new("manifest-sha256.txt", "sha256", &"0a".repeat(32)),
                Resource::new("commit", "gitCommit", &"1b".repeat(20)),
            ],
            TestResult {
                result: Verdict::Failed,
                configuration: vec![Resource::new("data/tests.txt", "sha256", &"2c".repeat(32))],
                passed_tests: vec![],
                warned_tests: vec![],
                failed_tests: vec!["a::b".to_owned()],
            },
        )
    }

    #[test]
    fn what_is_written_is_read() {
        let text = sample().render().unwrap();
        assert!(
            text.starts_with("{\n  \"_type\": \"https://in-toto.io/Statement/v1\",\n  \"subject\""),
            "{text}"
        );
        assert!(text.contains("\"result\": \"FAILED\"") && text.ends_with("}\n"));
        assert_eq!(Statement::parse(text.as_bytes()), Ok(sample()));
        assert!(Statement::<Provenance>::parse(text.as_bytes()).is_err());
    }

    #[test]
    fn provenance() {
        let statement = Statement::new(
            vec![Resource::new("m", "sha256", &"0".repeat(64))],
            Provenance {
                build_definition: BuildDefinition {
                    build_type: "https://trueline.dev/attach-pack/run/1".to_owned(),
                    external_parameters: BTreeMap::from([(
                        "run".to_owned(),
                        "docs/runs/x.md".to_owned(),
                    )]),
                    resolved_dependencies: vec![],
                },
                run_details: RunDetails {
                    builder: Builder {
                        id: "https://trueline.dev/attach-pack".to_owned(),
                    },
                    metadata: None,
                },
            },
        );
        let text = statement.render().unwrap();
        assert!(
            text.contains("\"buildDefinition\"")
                && text.contains("\"externalParameters\"")
                && !text.contains("metadata")
        );
        assert_eq!(Statement::parse(text.as_bytes()), Ok(statement));
    }

    #[test]
    fn refusals() {
        let change = |edit: fn(&mut Statement<TestResult>)| {
            let mut statement = sample();
            edit(&mut statement);
            statement.check()
        };
        assert_eq!(change(|_| ()), Ok(()));
        assert!(matches!(
            change(|s| s.kind.push('0')),
            Err(StatementError::Kind(_))
        ));
        assert!(matches!(
            change(|s| s.predicate_type.clear()),
            Err(StatementError::Kind(_))
        ));
        assert_eq!(
            change(|s| s.subject.clear()),
            Err(StatementError::NoSubject)
        );
        assert!(matches!(
            change(|s| s.subject[0].digest.clear()),
            Err(StatementError::NoDigest(_))
        ));
        for bad in ["", "zz", "0A", &"0".repeat(63), &"G".repeat(64)] {
            let mut statement = sample();
            statement.subject[0]
                .digest
                .insert("sha256".to_owned(), bad.to_owned());
            assert!(
                matches!(statement.check(), Err(StatementError::Digest { .. })),
                "{bad}"
            );
        }
        assert!(Statement::<TestResult>::parse(b"[").is_err());
    }
}
