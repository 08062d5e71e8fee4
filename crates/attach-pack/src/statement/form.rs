//! How a statement is written and read, and why one is refused.

use super::{PROVENANCE, Provenance, Resource, STATEMENT, Statement, TEST_RESULT, TestResult};
use serde::{Deserialize, Serialize};

/// Why a statement is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Not JSON, or not of this shape.
    #[error("not a statement: {0}")]
    Shape(String),
    /// Another `_type` or `predicateType`.
    #[error("the type is {0:?}")]
    Kind(String),
    /// No subject.
    #[error("no subject")]
    NoSubject,
    /// A subject without a digest.
    #[error("the subject {0:?} has no digest")]
    NoDigest(String),
    /// A digest that its algorithm cannot have made.
    #[error("{algorithm} cannot be {digest:?}")]
    Digest {
        /// The algorithm.
        algorithm: String,
        /// What stands for its digest.
        digest: String,
    },
}

/// A predicate that statements can be made of.
pub trait Predicate: Serialize + for<'de> Deserialize<'de> {
    /// Its `predicateType`.
    const TYPE: &'static str;
}

impl Predicate for Provenance {
    const TYPE: &'static str = PROVENANCE;
}

impl Predicate for TestResult {
    const TYPE: &'static str = TEST_RESULT;
}

impl<P: Predicate> Statement<P> {
    /// A statement about subjects.
    pub fn new(subject: Vec<Resource>, predicate: P) -> Self {
        Self {
            kind: STATEMENT.to_owned(),
            subject,
            predicate_type: P::TYPE.to_owned(),
            predicate,
        }
    }

    /// Two-space JSON with a final newline.
    ///
    /// # Errors
    /// The JSON writer failed, which it has no reason to.
    pub fn render(&self) -> Result<String, StatementError> {
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|error| StatementError::Shape(error.to_string()))?;
        text.push('\n');
        Ok(text)
    }

    /// Reads and checks a statement of this predicate.
    ///
    /// # Errors
    /// Another shape or type, or a subject or digest that cannot be.
    pub fn parse(text: &[u8]) -> Result<Self, StatementError> {
        let statement: Self = serde_json::from_slice(text)
            .map_err(|error| StatementError::Shape(error.to_string()))?;
        statement.check()?;
        Ok(statement)
    }

    /// Checks types, subjects and their digests.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), StatementError> {
        for (found, want) in [(&self.kind, STATEMENT), (&self.predicate_type, P::TYPE)] {
            if found != want {
                return Err(StatementError::Kind(found.clone()));
            }
        }
        if self.subject.is_empty() {
            return Err(StatementError::NoSubject);
        }
        for subject in &self.subject {
            if subject.digest.is_empty() {
                return Err(StatementError::NoDigest(
                    subject.name.clone().unwrap_or_default(),
                ));
            }
            for (algorithm, digest) in &subject.digest {
                let lengths: &[usize] = match algorithm.as_str() {
                    "sha256" => &[64],
                    "sha512" => &[128],
                    "sha1" => &[40],
                    "gitCommit" | "gitTree" | "gitBlob" | "gitTag" => &[40, 64],
                    _ => &[],
                };
                let lower = digest
                    .bytes()
                    .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
                if !lower
                    || digest.is_empty()
                    || !(lengths.is_empty() || lengths.contains(&digest.len()))
                {
                    return Err(StatementError::Digest {
                        algorithm: algorithm.clone(),
                        digest: digest.clone(),
                    });
                }
            }
        }
        Ok(())
    }
}
