//! Reads a review: what it is about, whether acceptance is met, what it decides.
//!
//! Two shapes are known. Markdown with lines of `KEY: value` (in any list, quote or emphasis, not
//! in code): `Source` or `Reviewed run report`, `WBS`, `ACCEPTANCE`, `Decision`. JSON with the
//! members `item`, `report`, `acceptance`, `decision`. What stands in prose decides nothing.

use trueline_core::artifact::queue::Status;
use trueline_plan::Aliases;
use trueline_text::markdown;

/// Whether what was accepted is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acceptance {
    /// `met`, `yes`, `pass`.
    Met,
    /// `unmet`, `no`, `partial` and the like.
    Unmet,
}

/// A value and the byte of the file that it begins at.
pub(crate) type At<T> = (T, usize);

/// What a review says. Each value with its place; `None` where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Review {
    /// Ids of items that it says it is about.
    pub(crate) items: Vec<At<String>>,
    /// Path of the run report.
    pub(crate) report: Option<At<String>>,
    pub(crate) acceptance: Option<At<Acceptance>>,
    pub(crate) decision: Option<At<Status>>,
    /// Why acceptance is not met, where it says so.
    pub(crate) reason: Option<String>,
    /// What cannot be used, and where.
    pub(crate) faults: Vec<At<String>>,
}

/// Reads a review of either shape.
pub(crate) fn read(text: &str, aliases: &Aliases) -> Review {
    let mut review = Review::default();
    if text
        .trim_start_matches('\u{FEFF}')
        .trim_start()
        .starts_with('{')
    {
        json(text, aliases, &mut review);
    } else {
        lines(text, aliases, &mut review);
    }
    review
}

fn lines(text: &str, aliases: &Aliases, review: &mut Review) {
    let document = markdown::parse(text);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let body = line.trim_start_matches(|c: char| c.is_whitespace() || ">-*+_#".contains(c));
        let offset = start + line.len() - body.len();
        let Some((key, value)) = body.split_once(':') else {
            continue;
        };
        if document.is_code(offset) {
            continue;
        }
        let key = key.trim_matches(is_mark).to_lowercase();
        let value = value.trim_matches(is_mark);
        review.member(&key, value, offset, aliases);
    }
}

/// White space and marks of emphasis or code.
fn is_mark(c: char) -> bool {
    c.is_whitespace() || matches!(c, '*' | '_' | '`')
}

fn json(text: &str, aliases: &Aliases, review: &mut Review) {
    let (document, errors) = trueline_text::json::parse(text);
    if let Some(error) = errors.first() {
        review.faults.push((error.message.clone(), error.offset));
        return;
    }
    for (key, node) in document
        .root()
        .into_iter()
        .flat_map(trueline_text::json::Node::members)
    {
        let value = match node.raw() {
            "true" => "yes".to_owned(),
            "false" => "no".to_owned(),
            "null" => continue,
            _ => match node.as_str() {
                Some(text) => text.into_owned(),
                None => continue,
            },
        };
        review.member(
            &key.to_lowercase(),
            value.trim(),
            node.span().start,
            aliases,
        );
    }
}

impl Review {
    fn member(&mut self, key: &str, value: &str, at: usize, aliases: &Aliases) {
        match key {
            "source" | "reviewed run report" | "run report" | "report" if self.report.is_none() => {
                let path = value.split(is_mark).find(|word| !word.is_empty());
                self.report = path.map(|path| (path.to_owned(), at));
            }
            "wbs" | "item" | "task_id" => {
                let ids = value
                    .split([',', ' '])
                    .filter(|id| trueline_core::id::is_id(id));
                self.items.extend(ids.map(|id| (id.to_owned(), at)));
            }
            "acceptance" => self.accept(value, at),
            "decision" => self.decide(value, at, aliases),
            _ => {}
        }
    }

    fn accept(&mut self, value: &str, at: usize) {
        if value.contains('|') {
            let message = "`ACCEPTANCE` is the template's: `met` or `unmet` was never chosen";
            self.faults.push((message.to_owned(), at));
            return;
        }
        let (word, rest) = split_word(value);
        let acceptance = match word.as_str() {
            "met" | "yes" | "pass" | "passed" | "accepted" => Acceptance::Met,
            "unmet" | "no" | "not" | "fail" | "failed" | "rejected" | "partial" | "partially" => {
                Acceptance::Unmet
            }
            _ => {
                let message = format!("`ACCEPTANCE: {value}` is neither `met` nor `unmet`");
                self.faults.push((message, at));
                return;
            }
        };
        match self.acceptance {
            Some((other, _)) if other != acceptance => {
                let message = "`ACCEPTANCE` is there twice, and says two things".to_owned();
                self.faults.push((message, at));
            }
            _ => self.acceptance = Some((acceptance, at)),
        }
        let why = rest.trim_matches(|c: char| c.is_whitespace() || "-–—:,.".contains(c));
        if acceptance == Acceptance::Unmet && !why.is_empty() {
            self.reason = Some(why.to_owned());
        }
    }

    fn decide(&mut self, value: &str, at: usize, aliases: &Aliases) {
        let (word, _) = split_word(value);
        let whole = value.to_lowercase();
        let status = aliases.status(&word).or(match whole.trim_end_matches('.') {
            "in progress" | "in_progress" | "in-progress" => Some(Status::Doing),
            "complete" | "completed" => Some(Status::Done),
            _ => None,
        });
        match (status, self.decision) {
            (None, _) => {
                let message = format!("`Decision: {value}` names no status");
                self.faults.push((message, at));
            }
            (Some(status), Some((other, _))) if other != status => {
                let message = "`Decision` is there twice, and says two things".to_owned();
                self.faults.push((message, at));
            }
            (Some(status), _) => self.decision = Some((status, at)),
        }
    }
}

/// The first word in lower case, without what is no part of it, and what follows it.
fn split_word(value: &str) -> (String, &str) {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let end = value.find(|c| !is_part(c)).unwrap_or(value.len());
    let (word, rest) = value.split_at(end);
    (word.to_lowercase(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Review {
        super::read(text, &Aliases::default())
    }

    #[test]
    fn lines_of_any_dress_are_read() {
        let review = read(
            "# Review\n\n- Source: **docs/runs/a.md**\n> WBS: W-1, W-2\n\n```\nDecision: done\n```\nThe decision: we are happy.\n\nACCEPTANCE: unmet — no end-to-end test.\n**Decision:** in_progress\n",
        );
        assert_eq!(review.report.unwrap().0, "docs/runs/a.md");
        let items: Vec<String> = review.items.into_iter().map(|(id, _)| id).collect();
        assert_eq!(items, ["W-1", "W-2"]);
        assert_eq!(review.acceptance.unwrap().0, Acceptance::Unmet);
        assert_eq!(review.reason.as_deref(), Some("no end-to-end test"));
        assert_eq!(review.decision.unwrap().0, Status::Doing);
        assert_eq!(review.faults, []);
    }

    #[test]
    fn the_other_shapes_are_read() {
        let review = read(
            "> Reviewed run report: `docs/runs/a b.md`\nACCEPTANCE: Met\nDecision: Completed.\n",
        );
        assert_eq!(review.report.unwrap().0, "docs/runs/a");
        assert_eq!(review.acceptance.unwrap().0, Acceptance::Met);
        assert_eq!(review.decision.unwrap().0, Status::Done);
        let review = read(
            "{\"item\": \"W-1\", \"report\": \"r.md\", \"acceptance\": true, \"decision\": \"done\"}",
        );
        assert_eq!(review.items.first().unwrap().0, "W-1");
        assert_eq!(review.acceptance.unwrap().0, Acceptance::Met);
        assert_eq!(review.decision.unwrap().0, Status::Done);
    }

    #[test]
    fn what_cannot_be_used_is_told() {
        for (text, part) in [
            ("ACCEPTANCE: met | unmet — <short reason>\n", "template"),
            ("ACCEPTANCE: perhaps\n", "neither"),
            ("ACCEPTANCE: met\nACCEPTANCE: no\n", "two things"),
            ("Decision: ship it\n", "names no status"),
            ("Decision: done\nDecision: blocked\n", "two things"),
            ("{\"decision\": \n", ""),
        ] {
            let review = read(text);
            assert_eq!(review.faults.len(), 1, "{text}");
            assert!(
                review.faults[0].0.contains(part),
                "{text}: {:?}",
                review.faults
            );
        }
        // Prose decides nothing.
        assert_eq!(
            read("It is reasonable to mark W-1 as complete.\n").decision,
            None
        );
    }
}
