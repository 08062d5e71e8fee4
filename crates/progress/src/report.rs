//! Everything that pages are made of.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use trueline_core::Ratio;
use trueline_core::artifact::progress::{PhaseProgress, Progress};
use trueline_core::weight::{display, percent};
use trueline_core::{Finding, Id};
use trueline_kit::{Artifact, Context, Error};
use trueline_plan::{Aliases, CheckFact, Coverage, Input, Inputs, Options, Plan};
use trueline_plan_files::{Evidence, Files, Lists};

use crate::access::Access;
use crate::figures::{Facts, Figures, figures};
use crate::history::{self, History, Until};
use crate::ledgers::{self, Ledgers};

/// What figures rest on, read from the repository.
pub(crate) struct Basis {
    pub(crate) evidence: Evidence,
    pub(crate) coverage: Option<Coverage>,
    pub(crate) access: Option<Access>,
    ceiling: Ratio,
    credit: BTreeMap<String, Ratio>,
}

impl Basis {
    /// Reads it; what cannot be read is a finding.
    pub(crate) fn read(
        ctx: &Context,
        plan: &Plan<'_>,
        lists: Lists,
    ) -> Result<(Basis, Vec<Finding>), Error> {
        let config = ctx.config();
        let (evidence, mut findings) = Evidence::gather(ctx, plan, lists)?;
        let path = config.path(Artifact::Crosswalk);
        let coverage = ctx.read(path)?.map(|bytes| {
            let input = Input {
                path,
                bytes: &bytes,
            };
            let (coverage, found) = Coverage::read(&input, &evidence.checks);
            findings.extend(found);
            coverage
        });
        let path = config.path(Artifact::ReadinessMatrix);
        let access = ctx.read(path)?.map(|bytes| {
            let text = String::from_utf8_lossy(&bytes);
            Access::read(path, &text)
        });
        let hundred = Ratio::from_integer(BigInt::from(100));
        let basis = Basis {
            evidence,
            coverage,
            access: access.filter(|access| !access.rows.is_empty()),
            ceiling: config.progress.default_ceiling.value() / hundred,
            credit: config
                .progress
                .credit
                .iter()
                .map(|(status, weight)| (status.clone(), weight.value().clone()))
                .collect(),
        };
        Ok((basis, findings))
    }

    /// The figures of a plan on this basis.
    pub(crate) fn figures(&self, ctx: &Context, plan: &Plan<'_>) -> Figures {
        let has_doc = |path: &str| matches!(ctx.read(path), Ok(Some(_)));
        figures(
            plan,
            &Facts {
                coverage: self.coverage.as_ref(),
                checks: self.checks(),
                access: self.access.as_ref(),
                has_doc: &has_doc,
                ceiling: self.ceiling.clone(),
                credit: self.credit.clone(),
            },
        )
    }

    pub(crate) fn checks(&self) -> &[CheckFact] {
        &self.evidence.checks
    }
}

/// Everything that pages are made of.
pub(crate) struct Report<'p, 'a> {
    pub(crate) plan: &'p Plan<'a>,
    pub(crate) basis: &'p Basis,
    pub(crate) figures: Figures,
    pub(crate) history: History,
    pub(crate) ledgers: Ledgers,
    /// Items whose status changed since the last publication, in words.
    pub(crate) reasons: Vec<String>,
    /// Completion of the present statuses in the plan last published, where that is another.
    pub(crate) in_old_plan: Option<Ratio>,
    /// Days that "upcoming" looks ahead.
    pub(crate) upcoming_days: u64,
    /// Folder of the pages.
    pub(crate) progress_path: String,
    pub(crate) outline_path: String,
}

impl<'p, 'a> Report<'p, 'a> {
    pub(crate) fn make(
        ctx: &Context,
        files: &Files,
        plan: &'p Plan<'a>,
        basis: &'p Basis,
        until: Until,
    ) -> Result<Self, Error> {
        let mut report = Report {
            plan,
            basis,
            figures: basis.figures(ctx, plan),
            history: history::read(ctx, until)?,
            ledgers: ledgers::read(ctx)?,
            reasons: Vec::new(),
            in_old_plan: None,
            upcoming_days: ctx.config().progress.upcoming_days,
            progress_path: ctx.config().path(Artifact::ProgressMd).to_owned(),
            outline_path: ctx.config().path(Artifact::OutlineMd).to_owned(),
        };
        report.look_back(ctx, files);
        Ok(report)
    }

    /// Reads history up to another commit; false where that is the same one.
    pub(crate) fn move_to(
        &mut self,
        ctx: &Context,
        files: &Files,
        until: Until,
    ) -> Result<bool, Error> {
        let history = history::read(ctx, until)?;
        if history.base == self.history.base {
            return Ok(false);
        }
        self.history = history;
        self.look_back(ctx, files);
        Ok(true)
    }

    /// Compares with what was published before.
    fn look_back(&mut self, ctx: &Context, files: &Files) {
        (self.reasons, self.in_old_plan) = (Vec::new(), None);
        let Some(previous) = &self.history.previous else {
            return;
        };
        if let Some(queue) = &previous.queue {
            self.reasons = changed(files, queue, self.plan);
        }
        let now = files.por.as_ref().map(|file| file.bytes.as_slice());
        if let Some(por) = &previous.por
            && now != Some(por.as_slice())
        {
            let old = old_plan(files, por);
            let completion = self.basis.figures(ctx, &old.0).overall;
            self.in_old_plan = Some(completion).filter(|_| old.0.is_readable());
        }
    }

    /// Change of the completion since the last publication.
    pub(crate) fn change(&self) -> Option<Ratio> {
        let previous = self.history.previous.as_ref()?;
        Some(&self.figures.overall - &previous.completion)
    }

    /// For progress.json.
    pub(crate) fn json(&self) -> Progress {
        let phases = self.plan.phases().zip(&self.figures.phases);
        Progress {
            version: trueline_core::artifact::Version::default(),
            base: self
                .history
                .base
                .as_ref()
                .map(|oid| oid.as_str().to_owned()),
            completion: percent(&self.figures.overall),
            exact: display(&self.figures.overall),
            phases: phases
                .map(|(phase, figures)| PhaseProgress {
                    id: phase.id.clone(),
                    title: phase.title().to_owned(),
                    weight: phase.weight_text(),
                    progress: percent(&figures.progress),
                    done: percent(&figures.done),
                    coverage: figures.coverage.as_ref().map(percent),
                    gate_met: figures.gate_met,
                    blockers: figures.blockers.clone(),
                    ready: figures
                        .ready
                        .iter()
                        .filter_map(|id| Id::new(self.plan.item(*id).id()).ok())
                        .collect(),
                })
                .collect(),
            items: self.figures.counts,
        }
    }
}

/// The plan of another time with the queue of now.
fn old_plan<'b>(files: &'b Files, por: &'b [u8]) -> (Plan<'b>, Vec<Finding>) {
    plan_of(files, por, files.por_aliases())
}

/// A plan of other items with the queue of now.
pub(crate) fn plan_of<'b>(
    files: &'b Files,
    bytes: &'b [u8],
    aliases: &Aliases,
) -> (Plan<'b>, Vec<Finding>) {
    let queue = files.queue.as_ref().map(trueline_plan_files::File::input);
    Plan::join(&Inputs {
        por: Some(Input { path: "por", bytes }),
        extra: &[],
        queue,
        por_aliases: aliases,
        extra_aliases: files.por_aliases(),
        queue_aliases: files.queue_aliases(),
        options: Options::default(),
    })
}

/// Items that stand elsewhere than in an earlier queue.
fn changed(files: &Files, queue: &[u8], plan: &Plan<'_>) -> Vec<String> {
    let aliases = Aliases::default();
    let (old, _) = Plan::join(&Inputs {
        por: None,
        extra: &[],
        queue: Some(Input {
            path: "queue",
            bytes: queue,
        }),
        por_aliases: &aliases,
        extra_aliases: &aliases,
        queue_aliases: files.queue_aliases(),
        options: Options::default(),
    });
    plan.items()
        .filter_map(|item| {
            let before = old.find(item.id()).map(trueline_plan::Item::status);
            let now = item.status();
            (before != Some(now) && (before.is_some() || item.queued().is_some())).then(|| {
                match before {
                    Some(_) => format!("{} {}", item.id(), now.as_str()),
                    None => format!("{} new", item.id()),
                }
            })
        })
        .collect()
}
