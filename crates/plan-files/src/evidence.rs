//! What claims are checked against.

use std::collections::BTreeSet;

use sha2::Digest as _;
use trueline_core::artifact::blueprint::BlueprintIndex;
use trueline_core::artifact::queue::Status;
use trueline_core::scalar::Sha256;
use trueline_core::{Finding, Location, Rule};
use trueline_kit::{Artifact, Context, Error};
use trueline_plan::{CheckFact, Checklist, Claims, Field, Item, Known, Plan, rules};

use crate::{File, Files, checks};

/// Recorded checks, ids of the blueprints, check lists.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Recorded checks, judged.
    pub checks: Vec<CheckFact>,
    /// Ids that the blueprints declare.
    pub known: Known,
    /// Check lists, with their paths.
    pub checklists: Vec<(String, Checklist)>,
    /// Why some checks cannot be judged here: see [`crate::missing_history`].
    pub unknown: Option<String>,
    lists: Vec<Checklist>,
}

/// Which check lists are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lists {
    /// Those of the verticals, and the outline.
    All,
    /// Those of the verticals alone: for pages, which do not rest on the page that they replace.
    OfVerticals,
}

impl Evidence {
    /// Reads all of it; what cannot be read is a finding.
    ///
    /// # Errors
    /// A file or folder cannot be read at all.
    pub fn gather(
        ctx: &Context,
        plan: &Plan<'_>,
        lists: Lists,
    ) -> Result<(Evidence, Vec<Finding>), Error> {
        let judged = checks::judged(ctx, plan)?;
        let mut findings = judged.findings;
        let known = Known {
            nt: index(ctx, Artifact::NtIndex, &mut findings)?,
            td: index(ctx, Artifact::TdIndex, &mut findings)?,
        };
        let mut paths: BTreeSet<&str> = plan
            .verticals()
            .filter_map(|vertical| vertical.checklist.as_deref())
            .collect();
        if lists == Lists::All {
            paths.insert(ctx.config().path(Artifact::OutlineMd));
        }
        let mut checklists = Vec::new();
        for path in paths {
            match ctx.read(path) {
                Ok(Some(bytes)) => {
                    let file = File {
                        path: path.to_owned(),
                        bytes,
                    };
                    checklists.push((path.to_owned(), Checklist::read(&file.input())));
                }
                Ok(None) => {}
                Err(error) => ctx.failed(&error),
            }
        }
        let lists = checklists.iter().map(|(_, list)| list.clone()).collect();
        let evidence = Evidence {
            checks: judged.checks,
            unknown: judged.unknown,
            known,
            checklists,
            lists,
        };
        Ok((evidence, findings))
    }

    /// The check list at a path.
    pub fn checklist(&self, path: &str) -> Option<&Checklist> {
        let found = self.checklists.iter().find(|(name, _)| name == path);
        found.map(|(_, list)| list)
    }

    /// For [`Plan::check`].
    pub fn claims(&self) -> Claims<'_> {
        Claims {
            checks: &self.checks,
            checklists: &self.lists,
            known: &self.known,
        }
    }
}

fn index(
    ctx: &Context,
    artifact: Artifact,
    findings: &mut Vec<Finding>,
) -> Result<Option<BTreeSet<String>>, Error> {
    let path = ctx.config().path(artifact);
    let Some(bytes) = ctx.read(path)? else {
        return Ok(None);
    };
    match serde_json::from_slice::<BlueprintIndex>(&bytes) {
        Ok(index) => Ok(Some(index.items.keys().map(ToString::to_string).collect())),
        Err(error) => {
            let message = format!("the index cannot be read: {error}");
            findings.push(
                Finding::new(&rules::BAD_FILE, Location::file(path), message)
                    .help("write it again: `concordance index`"),
            );
            Ok(None)
        }
    }
}

/// SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256::from(<[u8; 32]>::from(sha2::Sha256::digest(bytes)))
}

/// Findings about the files that done items name as evidence.
pub fn files_of(ctx: &Context, files: &Files, plan: &Plan<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(queue) = plan.queue() else {
        return findings;
    };
    let places = queue.places(files.queue_aliases());
    let done = plan.items().filter(|item| item.status() == Status::Done);
    for row in done.filter_map(Item::queued) {
        let listed = row.evidence().map(|e| (Field::Evidence, e.path, e.sha256));
        let packs = row.attach_packs();
        let packs = packs.map(|path| (Field::AttachPacks, path, None));
        for (field, path, digest) in listed.chain(packs) {
            if let Some((rule, message)) = judge(ctx, row.id(), path, digest) {
                let at = places.of_element(row, field, path);
                let subject = format!("{} {path}", row.id());
                findings.push(Finding::new(rule, at, message).subject(subject));
            }
        }
    }
    findings
}

/// What is wrong with one file of evidence.
fn judge(
    ctx: &Context,
    id: &str,
    path: &str,
    digest: Option<&str>,
) -> Option<(&'static Rule, String)> {
    match ctx.read(path) {
        Ok(Some(bytes)) => {
            let fits = digest.is_none_or(|digest| digest == sha256(&bytes).to_string());
            let message = format!("`{path}`, evidence of `{id}`, has changed");
            (!fits).then_some((&rules::EVIDENCE_CHANGED, message))
        }
        Ok(None) => {
            let message = format!("`{path}`, evidence of `{id}`, does not exist");
            Some((&rules::EVIDENCE_MISSING, message))
        }
        Err(error) => {
            let message = format!("`{path}`, evidence of `{id}`: {}", error.message());
            Some((&rules::EVIDENCE_MISSING, message))
        }
    }
}
