//! Sections, from the headings.

use super::{Markdown, Section};
use crate::slug::Slugger;

/// Gives the headings their anchors, divides the text into sections, and tells tables,
/// tasks and bold text which section they are in.
pub(super) fn divide(src: &str, markdown: &mut Markdown) {
    let mut slugger = Slugger::new();
    for heading in &mut markdown.headings {
        heading.anchor = slugger.slug(&heading.text);
        // What is left of white space where an image or HTML was, counts in the anchor but
        // not in the text; with a line break it is the other way round.
        heading.text = heading.text.trim().replace('\n', " ");
    }
    let mut sections: Vec<Section> = Vec::new();
    let mut open: Vec<(u8, usize)> = Vec::new();
    for (slot, heading) in markdown.headings.iter().enumerate() {
        if heading.is_nested {
            continue;
        }
        let before = src
            .as_bytes()
            .get(..heading.range.start)
            .unwrap_or_default();
        let bom = if src.starts_with('\u{FEFF}') { 3 } else { 0 };
        let line = memchr::memrchr(b'\n', before).map_or(bom, |at| at + 1);
        let start = line.max(
            markdown
                .front_matter
                .as_ref()
                .map_or(0, |found| found.range.end),
        );
        if let Some(last) = sections.last_mut() {
            last.own.end = start;
        }
        while let Some((level, done)) = open.last().copied() {
            if level < heading.level {
                break;
            }
            if let Some(section) = sections.get_mut(done) {
                section.range.end = start;
            }
            open.pop();
        }
        let parent = open.last().map(|(_, section)| *section);
        open.push((heading.level, sections.len()));
        sections.push(Section {
            heading: slot,
            range: start..src.len(),
            own: start..src.len(),
            parent,
        });
    }
    markdown.preamble = 0..sections
        .first()
        .map_or(src.len(), |section| section.own.start);
    let section_at = |offset: usize| {
        sections
            .partition_point(|section| section.own.start <= offset)
            .checked_sub(1)
    };
    for table in &mut markdown.tables {
        table.section = section_at(table.range.start);
    }
    for task in &mut markdown.tasks {
        task.section = section_at(task.range.start);
    }
    for lead in &mut markdown.bold_leads {
        lead.section = section_at(lead.range.start);
    }
    markdown.sections = sections;
}
