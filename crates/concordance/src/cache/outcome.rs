//! The findings of a check, for as long as nothing that it read has changed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use trueline_core::{Finding, Level, Location, Related, Span};
use trueline_kit::Context;

use super::stat::{OnDisk, Stat, look};
use super::store::{Store, hex};
use crate::rules;
use crate::tree::Tree;

/// Outcomes that are kept: one for each of so many ways to ask.
const SLOTS: u8 = 16;

type Place = (String, Option<[u32; 4]>);

#[derive(Debug, Serialize, Deserialize)]
struct StoredFinding {
    code: String,
    level: Option<u8>,
    at: Place,
    message: String,
    help: Option<String>,
    related: Vec<(Place, String)>,
    subject: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    inputs: String,
    /// When the file that was touched last was.
    newest: i64,
    /// Files that were asked for and that git does not list; `None`: there was none.
    asked: BTreeMap<String, Option<Stat>>,
    findings: Vec<StoredFinding>,
    notes: Vec<String>,
}

/// Everything besides files that an outcome rests on.
#[derive(Debug, Default)]
pub struct Inputs(Vec<String>);

impl Inputs {
    /// Adds a text.
    pub fn add(&mut self, text: impl Into<String>) {
        self.0.push(text.into());
    }
}

/// The place for the outcome of one check.
pub struct Memo {
    store: Store,
    name: String,
    inputs: String,
    newest: i64,
}

impl Memo {
    /// The place for a check of a tree. `None` where some file cannot be looked at.
    pub fn new(store: &Store, tree: &Tree<'_>, inputs: &Inputs) -> Option<Memo> {
        let mut hash = Sha256::new();
        let mut put = |bytes: &[u8]| {
            hash.update(bytes.len().to_le_bytes());
            hash.update(bytes);
        };
        put(store.build().as_bytes());
        let slot = super::store::digest(&inputs.0.iter().map(String::as_bytes).collect::<Vec<_>>());
        put(slot.as_bytes());
        let mut newest = i64::MIN;
        let mut line = Vec::with_capacity(256);
        for (path, stat, is_known) in tree.stats()? {
            line.clear();
            line.extend_from_slice(path.as_bytes());
            line.push(u8::from(is_known));
            for number in [
                stat.0,
                stat.1.cast_unsigned(),
                stat.2.cast_unsigned(),
                stat.3,
            ] {
                line.extend_from_slice(&number.to_le_bytes());
            }
            put(&line);
            newest = newest.max(stat.touched());
        }
        for path in tree.odd() {
            put(path.as_bytes());
        }
        for path in tree.links() {
            put(path.as_bytes());
            put(tree.target(path).ok()?.unwrap_or_default().as_bytes());
        }
        let number = u8::from_str_radix(slot.get(..2)?, 16).ok()? % SLOTS;
        Some(Memo {
            store: store.clone(),
            name: format!("outcome-{number:02}.json"),
            inputs: hex(&hash.finalize()),
            newest,
        })
    }

    /// The findings and notes, if nothing that they rest on has changed.
    pub fn get(&self, ctx: &Context) -> Option<(Vec<Finding>, Vec<String>)> {
        let (stored, horizon) = self.store.read::<Stored>(&self.name)?;
        if stored.inputs != self.inputs || stored.newest > horizon.0 {
            return None;
        }
        for (path, before) in &stored.asked {
            let now = match look(&ctx.root().join(path)) {
                OnDisk::File(stat) if horizon.trusts(stat) => Some(stat),
                OnDisk::Gone => None,
                _ => return None,
            };
            if now != *before {
                return None;
            }
        }
        let findings: Option<Vec<Finding>> = stored.findings.into_iter().map(unpack).collect();
        Some((findings?, stored.notes))
    }

    /// Remembers an outcome, where everything that was read is known well enough.
    pub fn put(&self, ctx: &Context, tree: &Tree<'_>, findings: &[Finding], notes: &[String]) {
        let mut asked = BTreeMap::new();
        for path in tree.asked() {
            let stat = match look(&ctx.root().join(&path)) {
                OnDisk::File(stat) if self.store.horizon.trusts(stat) => Some(stat),
                OnDisk::Gone => None,
                _ => return,
            };
            asked.insert(path, stat);
        }
        if self.newest > self.store.horizon.0 || !tree.unread().is_empty() {
            return;
        }
        let Some(findings) = findings.iter().map(pack).collect::<Option<Vec<_>>>() else {
            return;
        };
        let stored = Stored {
            inputs: self.inputs.clone(),
            newest: self.newest,
            asked,
            findings,
            notes: notes.to_vec(),
        };
        self.store.write(&self.name, &stored);
    }
}

fn place(at: &Location) -> Place {
    let span = at
        .span
        .map(|s| [s.line, s.column, s.end_line, s.end_column]);
    (at.path.clone(), span)
}

fn location((path, span): Place) -> Location {
    Location {
        path,
        span: span.map(|[line, column, end_line, end_column]| Span {
            line,
            column,
            end_line,
            end_column,
        }),
    }
}

const LEVELS: [Level; 3] = [Level::Error, Level::Warning, Level::Note];

/// `None` for what this tool has no rule for.
fn pack(finding: &Finding) -> Option<StoredFinding> {
    let is_own = rules::ALL.iter().any(|rule| rule.code == finding.rule.code);
    let level = match finding.level {
        None => None,
        Some(level) => Some(u8::try_from(LEVELS.iter().position(|one| *one == level)?).ok()?),
    };
    (is_own && !finding.redacted).then(|| StoredFinding {
        code: finding.rule.code.to_owned(),
        level,
        at: place(&finding.at),
        message: finding.message.clone(),
        help: finding.help.clone(),
        related: finding
            .related
            .iter()
            .map(|one| (place(&one.at), one.message.clone()))
            .collect(),
        subject: finding.subject.clone(),
    })
}

fn unpack(stored: StoredFinding) -> Option<Finding> {
    let rule = rules::ALL.iter().find(|rule| rule.code == stored.code)?;
    let mut finding = Finding::new(rule, location(stored.at), stored.message);
    finding.level = match stored.level {
        None => None,
        Some(at) => Some(*LEVELS.get(usize::from(at))?),
    };
    finding.help = stored.help;
    finding.subject = stored.subject;
    finding.related = stored
        .related
        .into_iter()
        .map(|(at, message)| Related {
            at: location(at),
            message,
        })
        .collect();
    Some(finding)
}
