//! Recorded checks, and what each counts as now.

use std::collections::{BTreeMap, BTreeSet};

use trueline_core::artifact::check::{Check, CheckStatus};
use trueline_core::scalar::Text;
use trueline_core::{Finding, Location, Span};
use trueline_kit::git::Entry;
use trueline_kit::{Artifact, Context, Error};
use trueline_plan::{CheckFact, Plan, rules};

use crate::evidence::sha256;
use crate::inputs::digest;

/// Most checks that are read.
const MAX_CHECKS: usize = 10_000;

/// Recorded checks, and what each counts as now.
#[derive(Debug, Clone, Default)]
pub struct Judged {
    /// The checks, in the order of their files.
    pub checks: Vec<CheckFact>,
    /// Files that cannot be read.
    pub findings: Vec<Finding>,
    /// Why some cannot be judged here.
    pub unknown: Option<String>,
}

/// The error of a command whose answer needs history that is not here.
pub fn missing_history(cause: &str) -> Error {
    let error = Error::inconclusive(format!("recorded checks cannot be judged: {cause}"));
    error.hint(if cause.contains("dubious ownership") {
        "git config --global --add safe.directory FOLDER"
    } else {
        "it takes git and the whole history: `git fetch --unshallow`, or in CI fetch-depth: 0"
    })
}

/// Whether git can be asked: not where there is no repository.
///
/// # Errors
/// There is one, and git does not read it.
pub fn has_git(ctx: &Context) -> Result<bool, Error> {
    let mut folders = ctx.root().ancestors();
    match ctx.git().require() {
        Ok(()) => Ok(true),
        Err(error) if folders.any(|folder| folder.join(".git").exists()) => Err(error),
        Err(_) => Ok(false),
    }
}

/// Every `ops/checks/*.json`, judged. A pass counts while its evidence is as it was and its
/// commit is an ancestor of the present one, or the files that it speaks about are the same in
/// both (as after a squash); else it is inconclusive.
///
/// # Errors
/// The folder or a file cannot be read.
pub fn judged(ctx: &Context, plan: &Plan<'_>) -> Result<Judged, Error> {
    let folder = ctx.config().path(Artifact::ChecksDir);
    let gates: BTreeSet<&str> = plan
        .phases()
        .filter_map(|phase| phase.record.as_ref()?.gate.as_ref())
        .flat_map(|gate| gate.checks.iter().map(Text::as_str))
        .collect();
    let mut judge = Judge {
        ctx,
        plan,
        answers: BTreeMap::new(),
        tree: None,
    };
    let mut judged = Judged::default();
    for name in names(ctx, folder)? {
        let path = format!("{folder}/{name}");
        let Some(bytes) = ctx.read(&path)? else {
            continue;
        };
        let check: Check = match serde_json::from_slice(&bytes) {
            Ok(check) => check,
            Err(error) => {
                judged.findings.push(unreadable(path, &error));
                continue;
            }
        };
        let (is_current, answer) = judge.judge(&check, gates.contains(check.name.as_str()))?;
        let passes = check.status == CheckStatus::Pass;
        let is_unknown = passes && matches!(answer, Answer::Unknown(_));
        let reason = match answer {
            Answer::Holds => None,
            Answer::Lost(why) | Answer::Unknown(why) => Some(why),
        };
        if is_unknown && judged.unknown.is_none() {
            judged.unknown.clone_from(&reason);
        }
        judged.checks.push(CheckFact {
            name: check.name.as_str().to_owned(),
            path,
            status: match reason.is_some() && passes {
                true => CheckStatus::Inconclusive,
                false => check.status,
            },
            reason,
            items: check.items.iter().map(ToString::to_string).collect(),
            command: check.command,
            is_current,
            is_unknown,
        });
    }
    Ok(judged)
}

fn unreadable(path: String, error: &serde_json::Error) -> Finding {
    let line = u32::try_from(error.line()).unwrap_or(u32::MAX).max(1);
    let column = u32::try_from(error.column()).unwrap_or(u32::MAX).max(1);
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text).to_owned();
    let at = Location::at(path, Span::point(line, column));
    Finding::new(&rules::BAD_FILE, at, message)
}

/// Names of the JSON files of a folder, sorted; none where there is no folder.
fn names(ctx: &Context, folder: &str) -> Result<Vec<String>, Error> {
    let entries = match std::fs::read_dir(ctx.root().join(folder)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::on(format!("`{folder}`"), &error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Error::on(format!("`{folder}`"), &error))?;
        if let Ok(name) = entry.file_name().into_string()
            && name.ends_with(".json")
        {
            names.push(name);
        }
    }
    if names.len() > MAX_CHECKS {
        let message = format!("`{folder}` holds more than {MAX_CHECKS} checks");
        return Err(Error::io(message));
    }
    names.sort();
    Ok(names)
}

/// Whether a check's word still counts.
#[derive(Debug, Clone)]
enum Answer {
    Holds,
    /// It does not, and why.
    Lost(String),
    /// What it takes to tell is not here, and why.
    Unknown(String),
}

/// Judges checks; each commit is asked for once.
struct Judge<'j> {
    ctx: &'j Context,
    plan: &'j Plan<'j>,
    answers: BTreeMap<String, Answer>,
    /// Files of the present commit, once they were needed.
    tree: Option<Vec<Entry>>,
}

impl Judge<'_> {
    /// Whether the inputs are unchanged (only looked at for gates), and the answer.
    fn judge(&mut self, check: &Check, is_gate: bool) -> Result<(bool, Answer), Error> {
        for evidence in &check.evidence {
            let why = match self.ctx.read(&evidence.path)? {
                None => "is gone",
                Some(bytes) if sha256(&bytes) != evidence.sha256 => "has changed",
                Some(_) => continue,
            };
            return Ok((true, Answer::Lost(format!("`{}` {why}", evidence.path))));
        }
        let answer = match &check.commit {
            Some(commit) => self.commit(commit)?,
            None => match has_git(self.ctx) {
                Ok(true) if self.ctx.git().head()?.is_some() => {
                    let why = "it names no commit, so that nobody knows what was tested";
                    Answer::Lost(why.to_owned())
                }
                Ok(_) => Answer::Holds,
                Err(error) => Answer::Unknown(error.message().to_owned()),
            },
        };
        let holds = matches!(answer, Answer::Holds);
        if check.inputs.is_none() || check.commit.is_none() || holds && !is_gate {
            return Ok((true, answer));
        }
        let is_same = self.is_same(check)?;
        Ok((is_same, if is_same { Answer::Holds } else { answer }))
    }

    /// Whether what was tested is what there is.
    fn is_same(&mut self, check: &Check) -> Result<bool, Error> {
        if self.tree.is_none() {
            let git = self.ctx.git();
            if git.require().is_err() {
                return Ok(false);
            }
            self.tree = match git.head()? {
                Some(head) => Some(git.ls_tree(&head)?),
                None => Some(Vec::new()),
            };
        }
        let entries = self.tree.as_deref().unwrap_or_default();
        let now = digest(self.ctx, self.plan, &check.items, entries);
        Ok(check.inputs.is_some_and(|then| then == now))
    }

    fn commit(&mut self, commit: &str) -> Result<Answer, Error> {
        if let Some(answer) = self.answers.get(commit) {
            return Ok(answer.clone());
        }
        let answer = ask(self.ctx, commit)?;
        self.answers.insert(commit.to_owned(), answer.clone());
        Ok(answer)
    }
}

fn ask(ctx: &Context, commit: &str) -> Result<Answer, Error> {
    let git = ctx.git();
    if let Err(error) = git.require() {
        return Ok(Answer::Unknown(error.message().to_owned()));
    }
    let short: String = commit.chars().take(12).collect();
    let Some(oid) = git.rev_parse(commit)? else {
        return Ok(match git.is_shallow()? {
            true => Answer::Unknown(format!(
                "this clone is shallow, and the commit {short} is not in it"
            )),
            false => Answer::Lost(format!("its commit {short} does not exist here")),
        });
    };
    let Some(head) = git.head()? else {
        return Ok(Answer::Lost("nothing is committed yet".to_owned()));
    };
    Ok(match git.is_ancestor(&oid, &head) {
        Ok(true) => Answer::Holds,
        Ok(false) => Answer::Lost(format!("its commit {short} is no ancestor of this one")),
        Err(error) => Answer::Unknown(error.message().to_owned()),
    })
}
