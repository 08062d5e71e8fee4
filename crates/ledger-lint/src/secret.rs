//! Secrets in ledgers: reported without being shown, here and in every other finding of their
//! lines.

use std::collections::BTreeSet;

use trueline_core::{Finding, Location, Rule, Span};
use trueline_secrets::{Hit, Report};

use crate::fault::narrow;
use crate::ledger::{Format, Kind, Ledger};
use crate::rules::schema::{MISSING_FIELD, UNKNOWN_FIELD};
use crate::rules::security::{HARD_CODED_SECRET, SECRET_VALUE};
use crate::rules::syntax::{DUPLICATE_KEY, TOO_MANY_FINDINGS};

/// Adds a finding for every secret, and hides what the other findings of its line quote.
pub fn report(
    path: &str,
    ledger: &Ledger,
    found: &Report,
    has_mark: bool,
    findings: &mut Vec<Finding>,
) {
    if found.is_clean() {
        return;
    }
    let is_config =
        ledger.kind == Kind::State && matches!(ledger.format, Format::Yaml | Format::Table);
    let rule = if is_config {
        &HARD_CODED_SECRET
    } else {
        &SECRET_VALUE
    };
    let lines: BTreeSet<u32> = found.hits.iter().map(|hit| narrow(hit.line)).collect();
    for finding in findings.iter_mut() {
        let touches = finding.at.span.is_some_and(|span| {
            lines
                .range(span.line..=span.end_line.max(span.line))
                .next()
                .is_some()
        });
        if touches {
            finding.redacted = true;
            let names = names_only(finding);
            finding.message = hidden(&finding.message, names);
            finding.help = finding.help.as_deref().map(|help| hidden(help, names));
        }
    }
    for hit in &found.hits {
        let about = trueline_secrets::rules::all()
            .into_iter()
            .find(|rule| rule.id == hit.rule)
            .map_or("a secret", |rule| rule.about);
        let message = format!("looks like a secret ({}): {about}", hit.rule);
        let finding = Finding::new(rule, Location::at(path, span(hit, has_mark)), message);
        findings.push(finding.subject(&*hit.fingerprint).redacted());
    }
    if found.omitted > 0 {
        let message = format!("{} more secrets are not listed", found.omitted);
        findings.push(Finding::new(
            &TOO_MANY_FINDINGS,
            Location::file(path),
            message,
        ));
    }
}

fn span(hit: &Hit, has_mark: bool) -> Span {
    // The byte order mark has no column.
    let before = u64::from(has_mark && hit.line == 1);
    let column = narrow(hit.column.saturating_sub(before));
    Span {
        line: narrow(hit.line),
        column,
        end_line: narrow(hit.line),
        end_column: column.saturating_add(narrow(hit.end.saturating_sub(hit.start))),
    }
}

/// Whether a finding quotes names of fields, not values.
fn names_only(finding: &Finding) -> bool {
    let rules: [&Rule; 3] = [&MISSING_FIELD, &UNKNOWN_FIELD, &DUPLICATE_KEY];
    rules.contains(&finding.rule)
}

/// A message without what it quotes; short names of fields stay.
fn hidden(message: &str, names: bool) -> String {
    const SHORT: usize = 16;
    let mut out = String::with_capacity(message.len());
    for (slot, part) in message.split('`').enumerate() {
        if slot > 0 {
            out.push('`');
        }
        let is_name = names && part.chars().count() <= SHORT;
        if slot % 2 == 1 && !is_name {
            out.push_str("[hidden]");
        } else {
            out.push_str(part);
        }
    }
    out
}
