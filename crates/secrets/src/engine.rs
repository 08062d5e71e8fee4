//! The rules, compiled once: one set of keywords, one expression a rule (built when it is first needed).

use crate::benign::{entropy, is_digest, is_placeholder, looks_drawn, names_digest};
use crate::code::{is_code_name, is_split_word};
use crate::context::{name_of, names_no_secret};
use crate::keywords::{Keywords, Word};
use crate::rule::{Rule, Shape};
use crate::rules;
use regex::bytes::{Regex, RegexBuilder};
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

/// The most bytes before a keyword that a match, or the words that judge it, may lie in.
pub(crate) const BEFORE: usize = 160;
/// The most bytes after the start of a keyword, for every shape but [`Shape::Block`].
const AFTER: usize = 768;
/// The same for [`Shape::Block`].
const AFTER_BLOCK: usize = 16 * 1024;
/// How far a scan must be able to look ahead.
pub(crate) const REACH: usize = AFTER_BLOCK;
/// Entropy that only drawn characters have, in bits a byte.
const DRAWN: f64 = 5.0;
/// Keywords of so few bytes stand in any long run of base64.
const SHORT: usize = 5;
/// A run of base64 before a match that makes it a part of the run.
const LONG_RUN: usize = 80;
/// The least length of the lines of a wrapped text.
const WRAPPED: usize = 60;
/// What stands before a digest or a file in base64.
const LABELS: [&[u8]; 8] = [
    b"h1:", b"sha1-", b"sha256-", b"sha384-", b"sha512-", b"SHA256:", b"md5-", b"base64,",
];
/// A separator between the name of a secret and its value: `=`, `:=`, `=>`, `: `, `<-`, `", "`, `>` of an element.
const ASSIGN: &str = r#"[ \t\w.-]{0,32}[\]\s'"`\\)]{0,4}(?:,?\s{0,40}["']?value["']?\s{0,2})?(?:=>|<-|\|\||[:?+|]{0,4}=|:|>|,|\()[\s'"`=>|\\(@]{0,12}(?:(?:bearer|basic|token)[ \t]+)?"#;

/// The compiled set of all rules.
pub(crate) struct Engine {
    keywords: Keywords,
    /// For each word of `keywords`, the rules that it wakes.
    wakes: Vec<Vec<usize>>,
    /// The bytes of each word.
    lengths: Vec<usize>,
    compiled: Vec<OnceLock<Option<Regex>>>,
    rules: Vec<&'static Rule>,
}

/// A secret in a buffer, before positions are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) rule: usize,
    pub(crate) span: Range<usize>,
}

static ENGINE: LazyLock<Option<Engine>> = LazyLock::new(|| Engine::build(rules::all()));

impl Engine {
    /// The engine of all rules. `None` only if the rules themselves are broken, which a test excludes.
    pub(crate) fn get() -> Option<&'static Self> {
        ENGINE.as_ref()
    }

    fn build(rules: Vec<&'static Rule>) -> Option<Self> {
        let mut words: Vec<&'static str> = rules
            .iter()
            .flat_map(|rule| rule.keywords.iter().copied())
            .collect();
        words.sort_unstable_by_key(|word| word.to_ascii_lowercase());
        words.dedup_by_key(|word| word.to_ascii_lowercase());
        let wakes: Vec<Vec<usize>> = words
            .iter()
            .map(|word| {
                (0..rules.len())
                    .filter(|at| {
                        rules.get(*at).is_some_and(|rule| {
                            rule.keywords.iter().any(|k| k.eq_ignore_ascii_case(word))
                        })
                    })
                    .collect()
            })
            .collect();
        // A word is exact if every rule that it wakes asks for this very case.
        let exact = |word: &str, wakes: &[usize]| {
            wakes.iter().filter_map(|at| rules.get(*at)).all(|rule| {
                !takes_any_case(rule)
                    && rule
                        .keywords
                        .iter()
                        .all(|k| *k == word || !k.eq_ignore_ascii_case(word))
            })
        };
        let marked: Vec<Word> = words
            .iter()
            .zip(&wakes)
            .map(|(text, wakes)| Word {
                text,
                exact: exact(text, wakes),
            })
            .collect();
        Some(Self {
            keywords: Keywords::new(&marked),
            wakes,
            lengths: words.iter().map(|word| word.len()).collect(),
            compiled: rules.iter().map(|_| OnceLock::new()).collect(),
            rules,
        })
    }

    pub(crate) fn rule(&self, at: usize) -> Option<&'static Rule> {
        self.rules.get(at).copied()
    }

    /// The expression of a rule as it is tried, anchored and bounded by its shape.
    pub(crate) fn expression(rule: &Rule) -> String {
        let pattern = rule.pattern;
        match rule.shape {
            Shape::Token | Shape::Glued => format!(r"\A({pattern})(?:[^A-Za-z0-9_]|\z)"),
            Shape::Block => format!(r"\A({pattern})"),
            // The keyword is the start of the match: nothing else is worth a try.
            Shape::Around { before: 0, .. } => format!(r"\A({pattern})"),
            Shape::Around { .. } => match pattern.strip_prefix(r"\b") {
                Some(rest) => format!(r"(?:\b|\\[nrt]|%[0-9A-Fa-f]{{2}}|\[[0-9;]{{0,8}}m)({rest})"),
                None => format!("({pattern})"),
            },
            Shape::Assigned => {
                let names: Vec<String> = rule.keywords.iter().map(|k| regex::escape(k)).collect();
                format!(
                    r"(?i)\A(?:{}){ASSIGN}({pattern})(?:[^A-Za-z0-9_+/=~-]|\z)",
                    names.join("|")
                )
            }
        }
    }

    fn compiled(&self, at: usize) -> Option<&Regex> {
        self.compiled
            .get(at)?
            .get_or_init(|| {
                RegexBuilder::new(&Self::expression(self.rules.get(at)?))
                    .unicode(false)
                    .size_limit(4 << 20)
                    .dfa_size_limit(1 << 20)
                    .build()
                    .ok()
            })
            .as_ref()
    }

    /// All secrets whose keyword starts in `area` of `buffer`. The result depends on no more than [`BEFORE`] bytes
    /// before the keyword and [`REACH`] bytes after its start.
    pub(crate) fn find(&self, buffer: &[u8], area: Range<usize>, found: &mut Vec<Found>) {
        // A keyword may start in the area and end after it.
        let stop = area
            .end
            .saturating_add(self.keywords.longest())
            .min(buffer.len());
        let Some(text) = buffer.get(area.start..stop) else {
            return;
        };
        self.keywords.find(text, |word, start| {
            let at = area.start + start;
            let length = self.lengths.get(word).copied().unwrap_or_default();
            if at >= area.end {
                return;
            }
            for rule in self.wakes.get(word).into_iter().flatten() {
                if let Some(span) = self.try_rule(*rule, buffer, &(at..at + length)) {
                    found.push(Found { rule: *rule, span });
                }
            }
        });
    }

    fn try_rule(
        &self,
        index: usize,
        buffer: &[u8],
        keyword: &Range<usize>,
    ) -> Option<Range<usize>> {
        let rule = self.rules.get(index)?;
        let (before, after) = match rule.shape {
            Shape::Around { before, after } => (usize::from(before), usize::from(after)),
            Shape::Block => (0, AFTER_BLOCK),
            _ => (0, AFTER),
        };
        let from = keyword.start.saturating_sub(before.min(BEFORE));
        let word = buffer.get(keyword.clone())?;
        let same = takes_any_case(rule) || rule.keywords.iter().any(|k| k.as_bytes() == word);
        let plain = match rule.shape {
            Shape::Token => same && is_edge(buffer, keyword.start),
            // The alphabets of long tokens hold `-`: a search from each would look at the same bytes again.
            Shape::Block => {
                same && is_edge(buffer, keyword.start)
                    && (word.starts_with(b"-")
                        || !buffer
                            .get(..keyword.start)
                            .is_some_and(|b| b.ends_with(b"-")))
            }
            Shape::Glued => same,
            Shape::Assigned | Shape::Around { .. } => true,
        };
        if !plain {
            return None;
        }
        let to = keyword
            .start
            .saturating_add(after.min(REACH))
            .min(buffer.len());
        let window = buffer.get(from..to)?;
        let regex = self.compiled(index)?;
        let place = |span: Range<usize>| from + span.start..from + span.end;
        if matches!(rule.shape, Shape::Around { .. }) {
            // The first match in the window need not be the one that holds the keyword.
            return regex.captures_iter(window).find_map(|groups| {
                let whole = place(groups.get(0)?.range());
                let span = place(secret(&groups)?);
                let holds = whole.start <= keyword.start && keyword.end <= whole.end;
                (holds && judge(rule, buffer, keyword, &span)).then_some(span)
            });
        }
        if !regex.is_match(window) {
            return None;
        }
        let span = place(secret(&regex.captures(window)?)?);
        judge(rule, buffer, keyword, &span).then_some(span)
    }
}

/// True if the case of the keyword does not count.
fn takes_any_case(rule: &Rule) -> bool {
    matches!(rule.shape, Shape::Assigned | Shape::Around { .. }) || rule.pattern.starts_with("(?i)")
}

/// The span of the first group of the rule's own that took part, else of the group that the engine put around it.
fn secret(groups: &regex::bytes::Captures<'_>) -> Option<Range<usize>> {
    (2..groups.len())
        .find_map(|at| groups.get(at))
        .or_else(|| groups.get(1))
        .map(|group| group.range())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// True if a token may start here: no word character before, save the end of an escape (`\n`, `%3D`, `\u003d`, a
/// terminal's colour).
fn is_edge(buffer: &[u8], at: usize) -> bool {
    let before = buffer.get(at.saturating_sub(12)..at).unwrap_or_default();
    match before {
        [] => true,
        [.., last] if !is_word(*last) => true,
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => true,
        [.., b'\\', b'u', a, b, c, d] if [a, b, c, d].iter().all(|x| x.is_ascii_hexdigit()) => true,
        [head @ .., b'm'] => {
            let digits = head
                .iter()
                .rev()
                .take_while(|b| b.is_ascii_digit() || **b == b';')
                .count();
            let head = head.get(..head.len() - digits).unwrap_or_default();
            head.ends_with(b"\x1b[") || head.ends_with(b"[") && digits > 0
        }
        _ => false,
    }
}

/// True in the middle of a long run of base64 (an image, a certificate, a digest with its label), where any short
/// prefix comes up sooner or later.
fn is_in_blob(buffer: &[u8], keyword: usize, span: &Range<usize>) -> bool {
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_' | b'-');
    let head = buffer
        .get(keyword.saturating_sub(BEFORE)..span.start)
        .unwrap_or_default();
    let run = head.iter().rev().take_while(|b| base64(b)).count();
    let head = head.get(..head.len() - run).unwrap_or_default();
    if run >= LONG_RUN || LABELS.iter().any(|label| head.ends_with(label)) {
        return true;
    }
    // A line of a wrapped text is as long as the line before it, and as full.
    let Some((b'\n', before)) = head.split_last() else {
        return false;
    };
    let before = before.strip_suffix(b"\r").unwrap_or(before);
    let line = before.iter().rev().take_while(|b| base64(b)).count();
    let here = buffer.get(span.start - run..).unwrap_or_default();
    line >= WRAPPED && here.iter().take_while(|b| base64(b) || **b == b'=').count() <= line && {
        let start = before.len() - line;
        start == 0 || before.get(start - 1) == Some(&b'\n')
    }
}

/// The tests on the value that no expression can make.
fn judge(rule: &Rule, buffer: &[u8], keyword: &Range<usize>, span: &Range<usize>) -> bool {
    let Some(value) = buffer.get(span.clone()) else {
        return false;
    };
    if rule.check.is_some_and(|check| !check(value)) {
        return false;
    }
    if rule.shape == Shape::Block {
        // A text of words has less than this.
        let drawn = looks_drawn(value) || entropy(value) >= DRAWN;
        return drawn && entropy(value) * 10.0 >= f64::from(rule.min_entropy);
    }
    if is_placeholder(value) || entropy(value) * 10.0 < f64::from(rule.min_entropy) {
        return false;
    }
    // Of a value with a name, the name is what may have come up by chance.
    let telling = match rule.shape {
        Shape::Assigned => keyword,
        _ => span,
    };
    if keyword.len() <= SHORT && is_in_blob(buffer, keyword.start, telling) {
        return false;
    }
    if rule.shape == Shape::Assigned
        && keyword.len() < SHORT
        && is_split_word(buffer.get(keyword.clone()).unwrap_or_default())
    {
        return false;
    }
    if rule.generic
        && (is_digest(value)
            || !looks_drawn(value)
            || value.ends_with(b"..")
            || is_code_name(value)
            || names_no_secret(name_of(buffer, keyword, span)))
    {
        return false;
    }
    if rule.shape == Shape::Assigned
        && (is_digest(value) || value.iter().all(u8::is_ascii_hexdigit))
    {
        let context = buffer
            .get(keyword.start.saturating_sub(32)..span.start)
            .unwrap_or_default();
        let line =
            memchr::memrchr(b'\n', context.get(..32).unwrap_or_default()).map_or(0, |at| at + 1);
        return !names_digest(context.get(line..).unwrap_or(context));
    }
    true
}
