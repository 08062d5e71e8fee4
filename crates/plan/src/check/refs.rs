//! Phases, ids and references.

use std::collections::BTreeSet;

use num_traits::One;
use trueline_core::id::canonical;
use trueline_core::weight::display;
use trueline_core::{Finding, Ratio};

use super::Context;
use crate::join::Known;
use crate::plan::Phase;
use crate::{Field, rules};

/// Weights of the phases, their order, and items outside them.
pub(super) fn phases(context: &Context<'_, '_>, findings: &mut Vec<Finding>) {
    let plan = context.plan;
    let Some(places) = context.plans.first() else {
        return;
    };
    let wide = |(start, end): (u32, u32)| start as usize..end as usize;
    let declared: Vec<&Phase> = plan
        .phases
        .iter()
        .filter(|phase| phase.record.is_some())
        .collect();
    if declared.is_empty() {
        return;
    }
    let sum: Ratio = declared.iter().map(|phase| phase.weight.clone()).sum();
    if !sum.is_one() {
        let at = places.at(wide(plan.phases_span));
        let message = format!("the phase weights sum to {}, not to 1", display(&sum));
        findings.push(Finding::new(&rules::PHASE_WEIGHTS, at, message).subject("phases"));
    }
    let mut seen = BTreeSet::new();
    for phase in &declared {
        let at = places.at(wide(phase.span.unwrap_or_default()));
        if !seen.insert(phase.id.as_str()) {
            let message = format!("`{}` is the id of another phase already", phase.id);
            findings
                .push(Finding::new(&rules::DUPLICATE_ID, at.clone(), message).subject(&phase.id));
        }
        let gate = phase
            .record
            .as_ref()
            .and_then(|record| record.gate.as_ref());
        if gate.is_some_and(|gate| gate.ceiling.is_some()) && phase.ceiling().is_none() {
            let message = format!(
                "the `ceiling` of phase `{}` is neither a share below 1 nor a percentage below 100",
                phase.id
            );
            findings.push(Finding::new(&rules::WRONG_TYPE, at.clone(), message).subject("ceiling"));
        }
        let unknown = phase.record.iter().flat_map(|record| &record.depends_on);
        for id in unknown.filter(|id| !plan.phases.iter().any(|p| p.id == id.as_str())) {
            let message = format!(
                "phase `{}` depends on `{id}`, which does not exist",
                phase.id
            );
            findings
                .push(Finding::new(&rules::UNKNOWN_PHASE, at.clone(), message).subject(&phase.id));
        }
    }
    if let Some(first) = plan.phase_cycle.first().and_then(|id| plan.phase(*id)) {
        let ids = plan.phase_cycle.iter().filter_map(|id| plan.phase(*id));
        let path: Vec<&str> = ids.map(|phase| phase.id.as_str()).collect();
        let message = format!(
            "phases depend on each other: {} -> {}",
            path.join(" -> "),
            first.id
        );
        let at = places.at(wide(first.span.unwrap_or_default()));
        findings.push(Finding::new(&rules::CYCLE, at, message).subject(&first.id));
    }
    for item in plan.items().filter(|item| item.phase().is_none()) {
        if item.planned().is_none() {
            continue;
        }
        let at = context.planned(item, Field::Phase);
        let message = match item.planned().and_then(crate::row::Row::phase) {
            Some(phase) => format!(
                "`{}` names the phase `{phase}`, which does not exist",
                item.id()
            ),
            None => format!("`{}` names no phase and is in no percentage", item.id()),
        };
        findings.push(Finding::new(&rules::UNKNOWN_PHASE, at, message).subject(item.id()));
    }
}

/// A list of references: its field, what it names, the ids, those that are declared.
type RefList<'p> = (
    Field,
    &'static str,
    Vec<&'p str>,
    &'p Option<BTreeSet<String>>,
);

/// Twins, and references to requirements and designs.
pub(super) fn refs(context: &Context<'_, '_>, known: &Known, findings: &mut Vec<Finding>) {
    let items = context.plan.items();
    // Twins stand side by side in the natural order.
    for (a, b) in items.clone().zip(items.clone().skip(1)) {
        if canonical(a.id()) == canonical(b.id()) {
            let message = format!("`{}` and `{}` differ only by zeros", b.id(), a.id());
            let finding = Finding::new(&rules::ID_TWINS, context.planned(b, Field::Id), message);
            let other = context.planned(a, Field::Id);
            findings.push(finding.related(other, "the other one").subject(b.id()));
        }
    }
    for item in items {
        let lists: [RefList<'_>; 2] = [
            (
                Field::NtRefs,
                "requirement",
                item.nt_refs().collect(),
                &known.nt,
            ),
            (Field::TdRefs, "design", item.td_refs().collect(), &known.td),
        ];
        for (field, what, refs, known) in lists {
            if refs.is_empty() {
                let at = context.planned(item, field);
                let message = format!("`{}` names no {what}", item.id());
                let subject = format!("{} {}", item.id(), field.key());
                findings.push(Finding::new(&rules::MISSING_REF, at, message).subject(subject));
            }
            let Some(known) = known else {
                continue;
            };
            for id in refs.into_iter().filter(|id| !known.contains(*id)) {
                let at = ref_place(context, item, field, id);
                let message = format!(
                    "`{}` names the {what} `{id}`, which no blueprint declares",
                    item.id()
                );
                let mut finding = Finding::new(&rules::UNKNOWN_REF, at, message).subject(item.id());
                let form = canonical(id);
                if let Some(twin) = known.iter().find(|other| canonical(other) == form) {
                    finding =
                        finding.help(format!("`{twin}` is declared: use that form of the id"));
                }
                findings.push(finding);
            }
        }
    }
}

/// References can come from their own list or from one of both kinds.
fn ref_place(
    context: &Context<'_, '_>,
    item: crate::Item<'_, '_>,
    field: Field,
    id: &str,
) -> trueline_core::Location {
    let own = item
        .owning_plan()
        .is_some_and(|row| row.record.seen.contains(field));
    let field = if own { field } else { Field::Refs };
    context.element(item, field, id)
}
