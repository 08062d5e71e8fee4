//! The one screen at the end, for people and for job summaries.

use std::io::{self, Write};

use trueline_core::chain::ChainStep;
use trueline_core::report::{ReportFinding, Summary};
use trueline_kit::output::markdown::cell;
use trueline_kit::{Exit, escape};

use super::outcome::Outcome;

/// Writes the screen for people.
pub(super) fn human(out: &mut dyn Write, outcome: &Outcome, show: usize) -> io::Result<()> {
    let steps = outcome.steps();
    let width = steps
        .iter()
        .map(|step| short(step).chars().count())
        .max()
        .unwrap_or(0);
    for step in steps {
        let (name, purpose) = (short(step), &step.purpose);
        writeln!(out, "  {name:width$}  {purpose:<39}  {}", verdict(step))?;
    }
    for step in steps {
        if let Some(error) = &step.error {
            writeln!(out, "\n{} said:", escape::line(&name(step)))?;
            for line in error.lines().take(8) {
                writeln!(out, "    {}", escape::line(line))?;
            }
        }
    }
    let findings = outcome.worst_findings();
    if !findings.is_empty() {
        writeln!(out)?;
    }
    for finding in findings.iter().take(show) {
        let (place, message) = (place(finding), &finding.message);
        writeln!(
            out,
            "{}[{}] {}: {}",
            finding.level,
            finding.code,
            escape::line(&place),
            escape::line(message)
        )?;
    }
    if findings.len() > show {
        writeln!(
            out,
            "… and {} more: --show {} or --format json",
            findings.len() - show,
            findings.len()
        )?;
    }
    writeln!(out)?;
    if !outcome.written().is_empty() {
        let written = outcome.written().join(", ");
        writeln!(out, "wrote  {}", escape::line(&written))?;
    }
    writeln!(out, "found  {}", counts(&outcome.summary()))?;
    writeln!(
        out,
        "exit   {} ({})",
        outcome.exit().code(),
        meaning(outcome.exit())
    )
}

/// Writes the screen as Markdown.
pub(super) fn markdown(out: &mut dyn Write, outcome: &Outcome, show: usize) -> io::Result<()> {
    writeln!(out, "### trueline chain: {}\n", meaning(outcome.exit()))?;
    writeln!(out, "| Step | Asks whether | Answer |\n| --- | --- | --- |")?;
    for step in outcome.steps() {
        writeln!(
            out,
            "| `{}` | {} | {} |",
            cell(&name(step)),
            step.purpose,
            verdict(step)
        )?;
    }
    let findings = outcome.worst_findings();
    if !findings.is_empty() {
        writeln!(out, "\n| Level | Place | Finding |\n| --- | --- | --- |")?;
    }
    for finding in findings.iter().take(show) {
        writeln!(
            out,
            "| {} | {} | `{}` {} |",
            finding.level,
            cell(&place(finding)),
            finding.code,
            cell(&finding.message)
        )?;
    }
    if findings.len() > show {
        writeln!(out, "\n… and {} more.", findings.len() - show)?;
    }
    writeln!(
        out,
        "\n{}; exit code {}.",
        counts(&outcome.summary()),
        outcome.exit().code()
    )
}

fn name(step: &ChainStep) -> String {
    format!("{} {}", step.tool, step.command)
}

/// The name, cut to what one column of the screen holds.
fn short(step: &ChainStep) -> String {
    const WIDTH: usize = 28;
    let name = escape::line(&name(step)).into_owned();
    if name.chars().count() <= WIDTH {
        return name;
    }
    let mut cut: String = name.chars().take(WIDTH - 1).collect();
    cut.push('…');
    cut
}

fn place(finding: &ReportFinding) -> String {
    match (finding.line, finding.column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}", finding.path),
        (Some(line), None) => format!("{}:{line}", finding.path),
        _ => finding.path.clone(),
    }
}

fn verdict(step: &ChainStep) -> String {
    match step.exit_code {
        Some(1) if step.error.is_none() && step.summary.errors == 0 && step.repeated > 0 => {
            format!("NO, {} as above", step.repeated)
        }
        Some(0 | 1) if step.error.is_none() => match step.summary {
            Summary {
                errors: 0,
                warnings: 0,
                ..
            } => "yes".to_owned(),
            Summary { errors: 0, .. } if step.exit_code == Some(0) => {
                format!("yes, {}", counts(&step.summary))
            }
            _ => format!("NO, {}", counts(&step.summary)),
        },
        Some(3) => "not known: a check could not be completed".to_owned(),
        Some(code) => format!("not done: exit code {code}"),
        None => "not done: could not be run".to_owned(),
    }
}

fn counts(summary: &Summary) -> String {
    let mut parts = Vec::new();
    for (count, one, many) in [
        (summary.errors, "error", "errors"),
        (summary.warnings, "warning", "warnings"),
        (summary.notes, "note", "notes"),
        (summary.allowed, "allowed", "allowed"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {}", if count == 1 { one } else { many }));
        }
    }
    if parts.is_empty() {
        "nothing".to_owned()
    } else {
        parts.join(", ")
    }
}

fn meaning(exit: Exit) -> &'static str {
    match exit {
        Exit::Clean => "clean",
        Exit::Findings => "findings",
        Exit::Failed => "part of the work was not done",
        Exit::Inconclusive => "inconclusive: a check could not be completed",
        Exit::Bug => "a bug in a tool",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::step::{Step, StepResult};

    #[test]
    fn the_name_of_a_pack_does_not_reach_the_terminal_as_it_is() {
        let mut outcome = Outcome::default();
        outcome.add(StepResult {
            step: Step {
                tool: "attach-pack",
                args: vec!["verify".into(), "a\u{1b}[2J.zip".into()],
                purpose: "p",
            },
            exit_code: None,
            report: None,
            error: Some("said".into()),
        });
        outcome.finish(vec!["docs/\u{1b}]0;x\u{7}.md".into()]);
        let mut bytes = Vec::new();
        human(&mut bytes, &outcome, 10).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.chars().any(|char| char.is_control() && char != '\n'));
        assert!(text.contains("a\\u{1b}[2J.zip said:"), "{text}");
    }
}
