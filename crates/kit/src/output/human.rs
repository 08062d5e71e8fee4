//! For people: like rustc, with the source line and a caret.

use std::collections::BTreeMap;
use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level as Shown, Origin, Renderer, Snippet};
use trueline_core::{Level, Location, Span};

use super::excerpt::{Excerpt, excerpt};
use crate::escape;
use crate::report::{Reported, Run, Sources};
use crate::source::Source;

/// Writes every finding, an empty line after each.
pub fn output(sink: &mut dyn Write, run: &Run<'_>) -> io::Result<()> {
    let renderer = if run.styled {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut texts = Texts::new(run.sources);
    for reported in &run.findings {
        let text = finding(&renderer, &mut texts, reported, &reported.code(run.tool));
        writeln!(sink, "{text}\n")?;
    }
    Ok(())
}

/// Renders places that explain an error: findings whose code means nothing.
pub(crate) fn places(
    sink: &mut dyn Write,
    findings: &[trueline_core::Finding],
    sources: &dyn Sources,
    styled: bool,
) -> io::Result<()> {
    let renderer = if styled {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut texts = Texts::new(sources);
    for found in findings {
        let reported = Reported {
            finding: found.clone(),
            level: found.level.unwrap_or(found.rule.level),
            fingerprint: String::new(),
        };
        let text = finding(&renderer, &mut texts, &reported, found.rule.code);
        writeln!(sink, "{text}\n")?;
    }
    Ok(())
}

/// The texts that were needed so far; findings come ordered by path, so only a few are kept.
struct Texts<'a> {
    sources: &'a dyn Sources,
    known: BTreeMap<String, Option<Source>>,
}

impl<'a> Texts<'a> {
    fn new(sources: &'a dyn Sources) -> Self {
        Texts {
            sources,
            known: BTreeMap::new(),
        }
    }

    /// `main` is the path of the finding: its text stays, however many places are related.
    fn excerpt(&mut self, at: &Location, main: &str) -> Option<Excerpt> {
        let span = at.span?;
        if !self.known.contains_key(&at.path) {
            if self.known.len() >= 8 {
                self.known.retain(|path, _| path == main);
            }
            let source = self.sources.source(&at.path);
            self.known.insert(at.path.clone(), source);
        }
        excerpt(self.known.get(&at.path)?.as_ref()?, span)
    }
}

fn finding(renderer: &Renderer, texts: &mut Texts<'_>, reported: &Reported, code: &str) -> String {
    let finding = &reported.finding;
    let level = match reported.level {
        Level::Error => Shown::ERROR,
        Level::Warning => Shown::WARNING,
        Level::Note => Shown::NOTE,
    };
    let title = level
        .primary_title(escape::line(&finding.message))
        .id(escape::line(code));
    let show = |texts: &mut Texts<'_>, at: &Location| match finding.redacted {
        true => None,
        false => texts.excerpt(at, &finding.at.path),
    };
    let mut far = 0;
    let excerpt = show(texts, &finding.at);
    let is_far =
        |excerpt: &Option<Excerpt>| usize::from(excerpt.as_ref().is_some_and(|it| !it.is_whole));
    far += is_far(&excerpt);
    let mut group = place(Group::with_title(title), &finding.at, excerpt);
    if let Some(help) = &finding.help {
        group = group.element(Shown::HELP.message(escape::lines(help)));
    }
    let mut groups = vec![group];
    for related in &finding.related {
        let title = Shown::NOTE.secondary_title(escape::line(&related.message));
        let excerpt = show(texts, &related.at);
        far += is_far(&excerpt);
        groups.push(place(Group::with_title(title), &related.at, excerpt));
    }
    without_marks(renderer.render(&groups), far)
}

/// The renderer marks a snippet that has no path of its own with an empty `:::`: takes out the
/// first `count` of them.
fn without_marks(text: String, mut count: usize) -> String {
    if count == 0 {
        return text;
    }
    let mut lines = Vec::new();
    for line in text.lines() {
        if count > 0 && anstream::adapter::strip_str(line).to_string().trim() == ":::" {
            count -= 1;
        } else {
            lines.push(line);
        }
    }
    lines.join("\n")
}

fn place<'a>(group: Group<'a>, at: &Location, excerpt: Option<Excerpt>) -> Group<'a> {
    let path = escape::line(&at.path).into_owned();
    let mut origin = Origin::path(path.clone());
    if let Some(Span { line, column, .. }) = at.span {
        origin = origin.line(wide(line)).char_column(wide(column));
    }
    let Some(excerpt) = excerpt else {
        return group.element(origin);
    };
    let snippet = Snippet::source(excerpt.text)
        .line_start(wide(excerpt.line))
        .annotation(AnnotationKind::Primary.span(excerpt.range));
    match excerpt.is_whole {
        true => group.element(snippet.path(path)),
        false => group.element(origin).element(snippet),
    }
}

fn wide(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
