//! Finds the places where items are declared.

use std::num::NonZeroU32;
use std::ops::Range;

use trueline_core::Id;
use trueline_text::markdown::Markdown;
use trueline_text::yaml;

use super::{Fault, Form, Holds};
use crate::ids::{Kind, Prefixes};

/// A declaration, before anything else of the item is known.
#[derive(Debug, Clone)]
pub(super) struct Declared {
    pub(super) id: Id,
    pub(super) kind: Kind,
    pub(super) revision: Option<NonZeroU32>,
    pub(super) form: Form,
    /// The id.
    pub(super) at: Range<usize>,
    /// Heading, comment, front matter, or bold text.
    pub(super) head: Range<usize>,
    /// Place of the section, for a heading; of the block, for a bold lead.
    pub(super) place: usize,
    pub(super) title: Option<String>,
    /// Attributes of a comment or front matter: key in lower case, value, place of the value.
    pub(super) fields: Vec<(String, String, Range<usize>)>,
}

/// Longest text that is looked at as an id, in bytes.
const MAX_TOKEN: usize = 200;

pub(super) fn declarations(
    text: &str,
    markdown: &Markdown,
    holds: Holds,
    prefixes: &Prefixes,
    faults: &mut Vec<Fault>,
) -> Vec<Declared> {
    let mut finder = Finder {
        text,
        prefixes,
        faults,
        found: Vec::new(),
    };
    finder.front_matter(markdown);
    finder.comments(markdown);
    finder.headings(markdown);
    finder.bold_leads(markdown, holds);
    let mut found = finder.found;
    found.sort_by_key(|declared| (declared.head.start, declared.form));
    found
}

struct Finder<'a> {
    text: &'a str,
    prefixes: &'a Prefixes,
    faults: &'a mut Vec<Fault>,
    found: Vec<Declared>,
}

/// An id at the start of a text, its revision, and what follows.
struct Lead<'t> {
    id: Id,
    kind: Kind,
    revision: Option<NonZeroU32>,
    /// Bytes of the id within the text.
    at: Range<usize>,
    rest: &'t str,
}

/// What the start of a text is.
enum Start<'t> {
    Id(Lead<'t>),
    /// Meant as an id, and none: its text, and what is wrong.
    Bad(String, String),
    Other,
}

impl Finder<'_> {
    fn headings(&mut self, markdown: &Markdown) {
        for (place, section) in markdown.sections.iter().enumerate() {
            let Some(heading) = markdown.headings.get(section.heading) else {
                continue;
            };
            match self.start(&heading.text) {
                Start::Id(lead) => {
                    let at = self.find(heading.range.clone(), lead.id.as_str());
                    let title = title_after(lead.rest);
                    self.push(lead, Form::Heading, at, heading.range.clone(), place, title);
                }
                Start::Bad(token, message) => {
                    let at = self.find(heading.range.clone(), &token);
                    self.fault(at, message);
                }
                Start::Other => {}
            }
        }
    }

    fn bold_leads(&mut self, markdown: &Markdown, holds: Holds) {
        for (place, lead) in markdown.bold_leads.iter().enumerate() {
            let Start::Id(id) = self.start(&lead.text) else {
                continue;
            };
            if !holds.kind(id.kind) {
                continue;
            }
            let at = self.find(lead.range.clone(), id.id.as_str());
            let title = title_after(id.rest);
            self.push(id, Form::Bold, at, lead.range.clone(), place, title);
        }
    }

    fn comments(&mut self, markdown: &Markdown) {
        for (place, comment) in markdown.comments.iter().enumerate() {
            if !comment.is_block {
                continue;
            }
            let inner = self.text.get(comment.inner.clone()).unwrap_or_default();
            let fields = comment_fields(inner, comment.inner.start);
            let Some((key, value, at)) = fields.first().cloned() else {
                continue;
            };
            if key == "id" {
                self.declared(
                    Form::Comment,
                    &value,
                    at,
                    comment.range.clone(),
                    place,
                    fields,
                );
            }
        }
    }

    fn front_matter(&mut self, markdown: &Markdown) {
        let Some(matter) = &markdown.front_matter else {
            return;
        };
        let inner = self.text.get(matter.inner.clone()).unwrap_or_default();
        let (document, _) = yaml::parse(inner);
        let Some(root) = document
            .as_ref()
            .and_then(trueline_text::tree::Document::root)
        else {
            return;
        };
        let mut fields = Vec::new();
        for (key, node) in root.members() {
            let mut add = |node: trueline_text::tree::Node<'_>| {
                let value = node
                    .as_str()
                    .map_or_else(|| node.raw().to_owned(), std::borrow::Cow::into_owned);
                let span = node.span();
                let at = span.start + matter.inner.start..span.end + matter.inner.start;
                fields.push((key.to_lowercase(), value, at));
            };
            if node.items().next().is_some() {
                node.items().for_each(&mut add);
            } else {
                add(node);
            }
        }
        let id = fields.iter().find(|(key, ..)| key == "id").cloned();
        let Some((_, value, at)) = id else { return };
        // Site generators use `id` too: only what looks like one of ours is meant for us.
        if !matches!(self.start(&value), Start::Other) {
            self.declared(
                Form::FrontMatter,
                &value,
                at,
                matter.range.clone(),
                0,
                fields,
            );
        }
    }

    fn declared(
        &mut self,
        form: Form,
        value: &str,
        at: Range<usize>,
        head: Range<usize>,
        place: usize,
        fields: Vec<(String, String, Range<usize>)>,
    ) {
        match self.start(value) {
            Start::Id(lead) if lead.rest.trim().is_empty() => {
                let start = at.start + lead.at.start;
                let id_at = start..start + lead.id.as_str().len();
                let title = fields
                    .iter()
                    .find(|(key, ..)| key == "title")
                    .map(|(_, title, _)| title.clone());
                self.push(lead, form, id_at, head, place, title);
                if let Some(last) = self.found.last_mut() {
                    last.fields = fields;
                }
            }
            Start::Bad(_, message) => self.fault(at, message),
            _ => {
                let shown = shown(value);
                self.fault(at, format!("`{shown}` is not an id of a known prefix"));
            }
        }
    }

    fn push(
        &mut self,
        lead: Lead<'_>,
        form: Form,
        at: Range<usize>,
        head: Range<usize>,
        place: usize,
        title: Option<String>,
    ) {
        if lead.kind == Kind::Wbs {
            return;
        }
        self.found.push(Declared {
            id: lead.id,
            kind: lead.kind,
            revision: lead.revision,
            form,
            at,
            head,
            place,
            title,
            fields: Vec::new(),
        });
    }

    fn fault(&mut self, range: Range<usize>, message: String) {
        self.faults.push(Fault { range, message });
    }

    /// Where a text stands within a range of the file; the range itself where it does not.
    fn find(&self, range: Range<usize>, needle: &str) -> Range<usize> {
        let hay = self.text.get(range.clone()).unwrap_or_default();
        match hay.find(needle) {
            Some(at) => range.start + at..range.start + at + needle.len(),
            None => range,
        }
    }

    fn start<'t>(&self, text: &'t str) -> Start<'t> {
        let trimmed =
            text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '[' | '('));
        let skipped = text.len() - trimmed.len();
        let is_end = |c: char| {
            c.is_whitespace() || matches!(c, ':' | ',' | ';' | ']' | ')' | '|' | '—' | '–' | '/')
        };
        let end = trimmed.find(is_end).unwrap_or(trimmed.len());
        let token = trimmed.get(..end).unwrap_or_default().trim_end_matches('.');
        if token.len() > MAX_TOKEN {
            return Start::Other;
        }
        let rest = trimmed.get(token.len()..).unwrap_or_default();
        let (name, revision) = match token.split_once('~') {
            Some((name, number)) => (name, Some(number)),
            None => (token, None),
        };
        let known = Id::new(name)
            .ok()
            .and_then(|id| Some((self.prefixes.kind(&id)?, id)));
        let range = skipped..skipped + token.len();
        match known {
            Some((kind, id)) => {
                let number = revision.map(str::parse::<NonZeroU32>);
                match number {
                    Some(Err(_)) => Start::Bad(
                        token.to_owned(),
                        format!("`{token}`: a revision is a number from 1"),
                    ),
                    number => {
                        let (revision, rest) = match number {
                            Some(Ok(number)) => (Some(number), rest),
                            _ => revision_after(rest),
                        };
                        Start::Id(Lead {
                            id,
                            kind,
                            revision,
                            at: range,
                            rest,
                        })
                    }
                }
            }
            None => match self.meant(trimmed) {
                Some((token, message)) => Start::Bad(token, message),
                None => Start::Other,
            },
        }
    }

    /// What is wrong with a text that begins nearly like an id.
    fn meant(&self, text: &str) -> Option<(String, String)> {
        for (kind, prefixes) in self.prefixes.all() {
            if kind == Kind::Wbs {
                continue;
            }
            for prefix in prefixes {
                let Some((head, rest)) = text.split_at_checked(prefix.len()) else {
                    continue;
                };
                let number = rest.trim_start_matches(['-', '_', ' ', '.']);
                let is_near = rest.len() - number.len() <= 2
                    && head.eq_ignore_ascii_case(prefix)
                    && (number.starts_with(|c: char| c.is_ascii_digit()) || rest.trim_end() == "-");
                // In lower case without a dash it is prose: "nt 4 was slow".
                let is_meant = is_near && (head == prefix || rest.starts_with('-'));
                if is_meant {
                    // `NT 4` and its like are two words.
                    let words = if rest.starts_with(' ') { 2 } else { 1 };
                    let end = text
                        .match_indices(char::is_whitespace)
                        .nth(words - 1)
                        .map_or(text.len(), |(at, _)| at);
                    let token = shown(text.get(..end).unwrap_or(text));
                    let message = format!(
                        "`{token}` is no well-formed id: write `{prefix}-1` or `{prefix}-1.2`"
                    );
                    return Some((token, message));
                }
            }
        }
        None
    }
}

/// `~2` after the id and a blank, as in `## NT-1 ~2 Title`.
fn revision_after(rest: &str) -> (Option<NonZeroU32>, &str) {
    let inner = rest.trim_start().strip_prefix('~');
    let digits = inner.map_or(0, |inner| {
        inner.bytes().take_while(u8::is_ascii_digit).count()
    });
    let split = inner.and_then(|inner| inner.split_at_checked(digits));
    match split.and_then(|(number, after)| Some((number.parse().ok()?, after))) {
        Some((number, after)) => (Some(number), after),
        None => (None, rest),
    }
}

fn title_after(rest: &str) -> Option<String> {
    let title = rest.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, ':' | ']' | ')' | '|' | '—' | '–' | '-' | '.' | ',' | ';')
    });
    // The final stop of a sentence was trimmed for the test only.
    let kept = rest.trim_end();
    let full = kept
        .find(title)
        .and_then(|at| kept.get(at..))
        .unwrap_or(title);
    (!title.is_empty()).then(|| full.to_owned())
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

/// `id: NT-1 | phase: P1` as fields.
fn comment_fields(inner: &str, offset: usize) -> Vec<(String, String, Range<usize>)> {
    let mut at = offset;
    let mut fields = Vec::new();
    for part in inner.split_inclusive(['|', '\n']) {
        let start = at;
        at += part.len();
        let body = part.trim_end_matches(['|', '\n', '\r']);
        let Some((key, value)) = body.split_once(':') else {
            continue;
        };
        let trimmed = value.trim();
        let lead = key.len() + 1 + (value.len() - value.trim_start().len());
        let place = start + lead..start + lead + trimmed.len();
        fields.push((key.trim().to_lowercase(), trimmed.to_owned(), place));
    }
    fields
}
