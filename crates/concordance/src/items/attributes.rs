//! What an item says about itself.

use std::num::NonZeroU32;
use std::ops::Range;

use trueline_core::Id;
use trueline_core::artifact::blueprint::Binding;
use trueline_text::markdown::Markdown;

use super::extent::Placed;
use super::text::{binding, cut, first_sentence, fold, is_headless, plain, sha256};
use super::{Fault, Form, Item};
use crate::ids::Prefixes;

/// Longest title that is taken from the text, in characters.
const MAX_TITLE: usize = 80;

/// Most ids that one item may need.
const MAX_NEEDS: usize = 1024;

/// The item of a placed declaration.
pub(super) fn item(
    text: &str,
    markdown: &Markdown,
    placed: Placed,
    prefixes: &Prefixes,
    faults: &mut Vec<Fault>,
) -> Item {
    let mut reader = Reader {
        text,
        markdown,
        prefixes,
        faults,
        needs: Vec::new(),
        phase: None,
        level: None,
        revision: placed.declared.revision,
        revision_at: revision_at(text, &placed),
        acceptance: None,
        criteria: None,
    };
    for (key, value, at) in &placed.declared.fields {
        reader.field(key, value, at.clone());
    }
    let body = reader.body(&placed);
    let declared = placed.declared;
    let mut words = plain(&body);
    let heading = first_heading(markdown, &placed.range, &declared);
    let title = declared
        .title
        .or_else(|| heading.map(|(text, _)| text.to_owned()))
        .or_else(|| first_sentence(&words).map(|sentence| cut(&sentence, MAX_TITLE)))
        .unwrap_or_default();
    let anchor = match declared.form {
        Form::Heading => markdown
            .heading_of(declared.place)
            .map(|h| h.anchor.clone()),
        Form::Comment | Form::FrontMatter => heading.map(|(_, anchor)| anchor.to_owned()),
        Form::Bold => None,
    };
    let level = reader
        .level
        .or_else(|| binding(&words))
        .or_else(|| binding(&title));
    let begins = reader.begin(&placed.own, declared.head.end);
    let has_heading_first = heading.is_some()
        && begins.is_some_and(|at| {
            let found = markdown
                .headings
                .binary_search_by_key(&at, |h| h.range.start);
            found.is_ok()
        });
    let headless = match declared.form {
        Form::Comment | Form::FrontMatter if !has_heading_first && is_headless(&words) => {
            begins.map(|at| at..at + first_line(text, at))
        }
        _ => None,
    };
    let normative = fold(&format!("{title}\n{body}"));
    let is_empty = words.is_empty() && binding(&title).is_none();
    if heading.is_some_and(|(text, _)| words.starts_with(text)) && declared.form != Form::Heading {
        let skip = heading.map_or(0, |(text, _)| text.len());
        words = words.get(skip..).unwrap_or_default().trim().to_owned();
    }
    reader.needs.shrink_to_fit();
    Item {
        brief: first_sentence(&words),
        digest: sha256(normative.as_bytes()),
        id: declared.id,
        kind: declared.kind,
        form: declared.form,
        at: declared.at,
        range: placed.range,
        own: placed.own,
        title,
        anchor,
        level: level.unwrap_or_default(),
        inside: placed.inside,
        phase: reader.phase,
        needs: reader.needs,
        revision: reader.revision.unwrap_or(NonZeroU32::MIN),
        revision_at: reader.revision_at,
        acceptance: reader.acceptance,
        criteria: reader.criteria,
        is_empty,
        headless,
    }
}

/// The digits of `~2` after the id.
fn revision_at(text: &str, placed: &Placed) -> Option<Range<usize>> {
    placed.declared.revision?;
    let after = text.get(placed.declared.at.end..placed.declared.head.end)?;
    let tilde = after.find('~')? + 1;
    let digits = after
        .bytes()
        .skip(tilde)
        .take_while(u8::is_ascii_digit)
        .count();
    let start = placed.declared.at.end + tilde;
    Some(start..start + digits)
}

/// The first heading in the item, where it is not the declaration itself.
fn first_heading<'m>(
    markdown: &'m Markdown,
    range: &Range<usize>,
    declared: &super::declare::Declared,
) -> Option<(&'m str, &'m str)> {
    if matches!(declared.form, Form::Heading | Form::Bold) {
        return None;
    }
    let first = markdown
        .headings
        .partition_point(|heading| heading.range.start < range.start);
    let heading = markdown.headings.get(first)?;
    let is_inside = heading.range.start < range.end && !heading.is_nested;
    is_inside.then_some((heading.text.as_str(), heading.anchor.as_str()))
}

fn first_line(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.lines().next().unwrap_or_default().trim_end().len()
}

struct Reader<'a> {
    text: &'a str,
    markdown: &'a Markdown,
    prefixes: &'a Prefixes,
    faults: &'a mut Vec<Fault>,
    needs: Vec<(Id, Range<usize>)>,
    phase: Option<String>,
    level: Option<Binding>,
    revision: Option<NonZeroU32>,
    revision_at: Option<Range<usize>>,
    acceptance: Option<(String, Range<usize>)>,
    criteria: Option<Range<usize>>,
}

impl Reader<'_> {
    /// Takes an attribute; false where the key is none that an item has.
    fn field(&mut self, key: &str, value: &str, at: Range<usize>) -> bool {
        match key {
            "needs" | "implements" | "covers" | "satisfies" | "nt" | "td" => {
                self.ids(value, at);
            }
            "phase" => self.phase = Some(clean(value).to_owned()).filter(|p| !p.is_empty()),
            "level" => match clean(value).to_ascii_lowercase().as_str() {
                "must" | "shall" => self.level = Some(Binding::Must),
                "should" => self.level = Some(Binding::Should),
                "may" => self.level = Some(Binding::May),
                _ => self.fault(at, "a level is must, should or may".into()),
            },
            "revision" => match clean(value).parse() {
                Ok(number) => {
                    self.revision = Some(number);
                    let lead = value.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
                    let digits = value
                        .bytes()
                        .skip(lead)
                        .take_while(u8::is_ascii_digit)
                        .count();
                    self.revision_at = Some(at.start + lead..at.start + lead + digits);
                }
                Err(_) => self.fault(at, "a revision is a number from 1".into()),
            },
            "acceptance" | "acceptance criteria" => match path_in(value) {
                Some(path) => self.acceptance = Some((path.to_owned(), at)),
                None => self.criteria = Some(at),
            },
            _ => return false,
        }
        true
    }

    fn fault(&mut self, range: Range<usize>, message: String) {
        self.faults.push(Fault { range, message });
    }

    /// Reads a list of ids; gives the bytes up to the end of the last one.
    fn ids(&mut self, value: &str, at: Range<usize>) -> usize {
        let mut end = 0;
        let mut offset = 0;
        for part in value.split_inclusive(|c: char| c == ',' || c == ';' || c.is_whitespace()) {
            let start = offset;
            offset += part.len();
            let word = part.trim_matches(|c: char| {
                c.is_whitespace() || matches!(c, ',' | ';' | '*' | '`' | '[' | ']' | '(' | ')')
            });
            let word = word.trim_end_matches('.');
            if word.is_empty() || matches!(word, "and" | "none" | "-" | "—") {
                continue;
            }
            let name = word.split_once('~').map_or(word, |(name, _)| name);
            let known = Id::new(name)
                .ok()
                .filter(|id| self.prefixes.kind(id).is_some());
            let lead = part.find(word).unwrap_or(0);
            let place = at.start + start + lead..at.start + start + lead + word.len();
            match known {
                Some(id) if self.needs.len() < MAX_NEEDS => {
                    self.needs.push((id, place));
                    end = offset;
                }
                None if self.prefixes.kind_of(name).is_some() => {
                    let shown: String = word.chars().take(40).collect();
                    self.fault(place, format!("`{shown}` is no well-formed id"));
                    end = offset;
                }
                _ => break,
            }
        }
        end
    }

    /// The normative text: the item's own parts without its declaration, comments and
    /// attributes, which are read on the way.
    fn body(&mut self, placed: &Placed) -> String {
        let mut out = String::new();
        for part in &placed.own {
            let start = part.start.max(match placed.declared.form {
                Form::Bold => self.after_lead(placed),
                _ => placed.declared.head.end,
            });
            if start < part.end {
                self.part(start..part.end, &mut out);
            }
        }
        out
    }

    fn after_lead(&self, placed: &Placed) -> usize {
        let end = placed.declared.head.end;
        let rest = self.text.get(end..placed.range.end).unwrap_or_default();
        end + (rest.len() - rest.trim_start_matches([':', ' ', '—', '–']).len())
    }

    fn part(&mut self, part: Range<usize>, out: &mut String) {
        let mut at = part.start;
        let text = self.text.get(part).unwrap_or_default();
        for line in text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            if self.is_comment(start) {
                continue;
            }
            self.note_criteria(start);
            // Without a colon it is no attribute.
            if memchr::memchr(b':', line.as_bytes()).is_none()
                || self
                    .markdown
                    .is_code(start + (line.len() - line.trim_start().len()))
            {
                out.push_str(line);
                continue;
            }
            if let Some((key, value, offset)) = attribute(line)
                && self.field(&key, value, start + offset..start + offset + value.len())
            {
                continue;
            }
            match self.needs_at_end(line, start) {
                Some(kept) => {
                    out.push_str(kept);
                    out.push('\n');
                }
                None => out.push_str(line),
            }
        }
    }

    /// `…on every example. Needs: NT-1.1, NT-1.2`: the line without the attribute.
    fn needs_at_end<'l>(&mut self, line: &'l str, start: usize) -> Option<&'l str> {
        let at = ["Needs:", "Implements:", "Satisfies:"]
            .iter()
            .find_map(|key| Some((line.find(key)?, key.len())));
        let (key, length) = at?;
        let before = line.get(..key)?;
        let value = line.get(key + length..)?;
        let is_word = before.is_empty() || before.ends_with([' ', '\t', '(']);
        if !is_word || self.markdown.is_code(start + key) {
            return None;
        }
        let place = start + key + length;
        let read = self.ids(value, place..place + value.len());
        (read > 0).then_some(before)
    }

    fn is_comment(&self, at: usize) -> bool {
        let before = self
            .markdown
            .comments
            .partition_point(|comment| comment.range.start <= at);
        let comment = before
            .checked_sub(1)
            .and_then(|i| self.markdown.comments.get(i));
        comment.is_some_and(|comment| comment.is_block && at < comment.range.end)
    }

    /// A heading such as "Acceptance criteria" in the item: what follows it are the criteria.
    fn note_criteria(&mut self, at: usize) {
        let place = self
            .markdown
            .sections
            .partition_point(|s| s.range.start < at);
        let section = self
            .markdown
            .sections
            .get(place)
            .filter(|s| s.range.start == at);
        let Some(section) = section else { return };
        let Some(heading) = self.markdown.headings.get(section.heading) else {
            return;
        };
        if heading.text.to_lowercase().starts_with("acceptance") {
            self.criteria = Some(heading.range.end..section.range.end);
        }
    }

    /// Where the text begins after the declaration.
    fn begin(&self, own: &[Range<usize>], head_end: usize) -> Option<usize> {
        own.iter().find_map(|part| {
            let start = part.start.max(head_end);
            let text = self.text.get(start..part.end.max(start))?;
            let trimmed = text.trim_start();
            (!trimmed.is_empty()).then(|| start + (text.len() - trimmed.len()))
        })
    }
}

/// `Key: value`, `- **Key:** value`: key in lower case, value, and the value's offset.
fn attribute(line: &str) -> Option<(String, &str, usize)> {
    let body = line.trim_start_matches([' ', '\t', '-', '*', '+', '>', '_']);
    let (key, value) = body.split_once(':')?;
    if key.len() > 24 {
        return None;
    }
    let offset = line.len() - value.len();
    let trimmed = value.trim_start_matches(['*', '_', ' ', '\t']);
    let offset = offset + (value.len() - trimmed.len());
    let key = key.trim_end_matches(['*', '_', ' ']).to_lowercase();
    Some((key, trimmed.trim_end(), offset))
}

fn clean(value: &str) -> &str {
    value.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '`' | '_' | '.' | '"'))
}

/// The path of `docs/x.md`, `` `docs/x.md` `` or `[text](docs/x.md)`.
fn path_in(value: &str) -> Option<&str> {
    let value = match value.split_once("](") {
        Some((_, rest)) => rest.split(')').next().unwrap_or_default(),
        None => value,
    };
    let path = clean(value);
    let is_path = !path.contains(char::is_whitespace)
        && path
            .rsplit('/')
            .next()
            .is_some_and(|name| name.contains('.'));
    is_path.then_some(path)
}
