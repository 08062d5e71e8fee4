//! Inputs on values, and what is joined of them.

use trueline_core::Finding;
use trueline_plan::{Aliases, CheckFact, Checklist, Claims, Input, Inputs, Known, Options, Plan};

/// Code, line, column.
pub(crate) type At = (&'static str, u32, u32);

pub(crate) fn at(finding: &Finding) -> At {
    let span = finding
        .at
        .span
        .map_or((0, 0), |span| (span.line, span.column));
    (finding.rule.code, span.0, span.1)
}

#[derive(Default)]
pub(crate) struct Case<'a> {
    pub(crate) por: Option<&'a str>,
    pub(crate) queue: Option<&'a str>,
    pub(crate) aliases: Aliases,
    pub(crate) options: Options,
    pub(crate) checks: Vec<CheckFact>,
    pub(crate) checklists: Vec<Checklist>,
    pub(crate) known: Known,
}

pub(crate) fn input<'a>(path: &'a str, text: &'a str) -> Input<'a> {
    Input {
        path,
        bytes: text.as_bytes(),
    }
}

impl<'a> Case<'a> {
    pub(crate) fn queue(queue: &'a str) -> Self {
        Case {
            queue: Some(queue),
            ..Case::default()
        }
    }

    pub(crate) fn both(por: &'a str, queue: &'a str) -> Self {
        Case {
            por: Some(por),
            queue: Some(queue),
            ..Case::default()
        }
    }

    pub(crate) fn inputs(&self) -> Inputs<'a, '_> {
        Inputs {
            por: self.por.map(|text| input("por", text)),
            extra: &[],
            queue: self.queue.map(|text| input("queue", text)),
            por_aliases: &self.aliases,
            extra_aliases: &self.aliases,
            queue_aliases: &self.aliases,
            options: self.options,
        }
    }

    pub(crate) fn plan(&self) -> (Plan<'a>, Vec<Finding>) {
        Plan::join(&self.inputs())
    }

    /// Every finding but missing references.
    pub(crate) fn findings(&self) -> Vec<At> {
        let inputs = self.inputs();
        let (plan, mut findings) = Plan::join(&inputs);
        let claims = Claims {
            checks: &self.checks,
            checklists: &self.checklists,
            known: &self.known,
        };
        findings.extend(plan.check(&inputs, &claims));
        findings
            .iter()
            .map(at)
            .filter(|(code, ..)| *code != "missing-ref")
            .collect()
    }
}

pub(crate) fn ready(plan: &Plan<'_>) -> Vec<String> {
    plan.ready()
        .iter()
        .map(|item| item.id().to_owned())
        .collect()
}

pub(crate) fn states(plan: &Plan<'_>) -> Vec<String> {
    plan.items()
        .map(|item| format!("{} {}", item.id(), item.state().as_str()))
        .collect()
}
