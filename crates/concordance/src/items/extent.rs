//! How far each item reaches, and which part of it is its own.

use std::ops::Range;

use trueline_text::markdown::Markdown;

use super::Form;
use super::declare::Declared;

/// An item's declaration with its stretches of the file.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) declared: Declared,
    pub(super) range: Range<usize>,
    pub(super) own: Vec<Range<usize>>,
    pub(super) inside: Option<usize>,
}

#[derive(Debug, Default)]
pub(super) struct Nested {
    pub(super) items: Vec<Placed>,
    pub(super) outside: Vec<Range<usize>>,
}

/// Gives each declaration its range and puts them into each other.
///
/// A heading reaches to the next one of its level; front matter to the end of the file; a comment
/// to the next comment that declares an item, or the end of its section, or the end of the file
/// where no heading is before it; a bold lead to the end of its paragraph or list item. A range
/// never reaches beyond the one around it.
pub(super) fn nest(text: &str, markdown: &Markdown, declared: Vec<Declared>) -> Nested {
    let comments: Vec<usize> = declared
        .iter()
        .filter(|one| one.form == Form::Comment)
        .map(|one| one.head.start)
        .collect();
    let mut items: Vec<Placed> = declared
        .into_iter()
        .map(|one| {
            let range = extent(text, markdown, &one, &comments);
            Placed {
                declared: one,
                range,
                own: Vec::new(),
                inside: None,
            }
        })
        .collect();
    items.sort_by_key(|item| (item.range.start, std::cmp::Reverse(item.range.end)));

    let mut outside = Vec::new();
    let mut stack: Vec<usize> = Vec::new();
    let mut at = 0;
    for index in 0..items.len() {
        let Some(mut range) = items.get(index).map(|item| item.range.clone()) else {
            continue;
        };
        close(&mut items, &mut stack, &mut outside, &mut at, range.start);
        let around = stack.last().copied();
        if let Some(end) = around.and_then(|around| Some(items.get(around)?.range.end)) {
            range.end = range.end.min(end);
        }
        give(&mut items, around, &mut outside, at..range.start);
        at = range.start;
        if let Some(item) = items.get_mut(index) {
            item.inside = around;
            item.range = range;
        }
        stack.push(index);
    }
    close(&mut items, &mut stack, &mut outside, &mut at, text.len());
    let around = stack.last().copied();
    give(&mut items, around, &mut outside, at..text.len());
    Nested { items, outside }
}

/// Ends the items that end at or before an offset.
fn close(
    items: &mut [Placed],
    stack: &mut Vec<usize>,
    outside: &mut Vec<Range<usize>>,
    at: &mut usize,
    upto: usize,
) {
    while let Some(&top) = stack.last() {
        let end = items.get(top).map_or(0, |item| item.range.end);
        if end > upto || (end == upto && *at == upto && end == 0) {
            return;
        }
        give(items, Some(top), outside, *at..end);
        *at = (*at).max(end);
        stack.pop();
    }
}

fn give(
    items: &mut [Placed],
    owner: Option<usize>,
    outside: &mut Vec<Range<usize>>,
    part: Range<usize>,
) {
    if part.start >= part.end {
        return;
    }
    match owner.and_then(|owner| items.get_mut(owner)) {
        Some(item) => item.own.push(part),
        None => outside.push(part),
    }
}

fn extent(text: &str, markdown: &Markdown, one: &Declared, comments: &[usize]) -> Range<usize> {
    let fallback = one.head.clone();
    match one.form {
        Form::FrontMatter => 0..text.len(),
        Form::Heading => markdown
            .sections
            .get(one.place)
            .map_or(fallback, |section| section.range.clone()),
        Form::Bold => markdown
            .bold_leads
            .get(one.place)
            .map_or(fallback, |lead| lead.block.clone()),
        Form::Comment => {
            let start = one.head.start;
            let next = comments.partition_point(|other| *other <= start);
            let next = comments.get(next).copied().unwrap_or(text.len());
            let section = markdown.section_at(start);
            let end = match section.and_then(|at| markdown.sections.get(at)) {
                None => text.len(),
                Some(around) => {
                    let below = text.get(one.head.end..).unwrap_or_default();
                    let content = one.head.end + (below.len() - below.trim_start().len());
                    let own = markdown
                        .section_at(content)
                        .and_then(|at| markdown.sections.get(at))
                        .filter(|section| section.range.start == content);
                    own.map_or(around.range.end, |section| section.range.end)
                }
            };
            start..end.min(next).max(one.head.end)
        }
    }
}
