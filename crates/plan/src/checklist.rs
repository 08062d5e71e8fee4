//! Markdown check boxes that stand for items.

use trueline_core::id::is_id;
use trueline_core::{Location, Span};
use trueline_text::{LineIndex, markdown};

use crate::table::Input;

/// The boxes of one Markdown file whose text begins with an id.
#[derive(Debug, Clone, Default)]
pub struct Checklist {
    /// All boxes of the file, with or without an id: ticked, all.
    pub boxes: (u64, u64),
    pub(crate) entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) is_checked: bool,
    pub(crate) at: Location,
}

impl Checklist {
    /// Reads a Markdown file; one that is no UTF-8 has no boxes.
    pub fn read(input: &Input<'_>) -> Checklist {
        let Ok(text) = std::str::from_utf8(input.bytes) else {
            return Checklist::default();
        };
        let document = markdown::parse(text);
        let index = LineIndex::new(input.bytes);
        let ticked = document.tasks.iter().filter(|task| task.is_checked).count();
        let entries = document
            .tasks
            .iter()
            .filter_map(|task| {
                let word = task.text.split_whitespace().next()?;
                let id = word.trim_end_matches([':', ',', '.', ';']);
                // An ordinary word is no id: one has a dash and a digit.
                if !is_id(id) || !id.contains('-') || !id.bytes().any(|b| b.is_ascii_digit()) {
                    return None;
                }
                let (start, end) = (
                    index.position(task.range.start),
                    index.position(task.range.end),
                );
                let span = Span {
                    line: start.line,
                    column: start.column,
                    end_line: end.line,
                    end_column: end.column,
                };
                Some(Entry {
                    id: id.to_owned(),
                    is_checked: task.is_checked,
                    at: Location::at(input.path, span),
                })
            })
            .collect();
        Checklist {
            boxes: (ticked as u64, document.tasks.len() as u64),
            entries,
        }
    }
}
