//! Markdown as GitHub reads it, with the place of everything.
//!
//! CommonMark with tables, task lists, footnotes, strikethrough and alerts, read by
//! pulldown-cmark; YAML front matter is found here. Any text is Markdown, so nothing is
//! ever an error. All ranges are bytes of the text given, byte order mark included; CRLF
//! and LF do as well. Not done: bare URLs as links, `:emoji:`, mathematics.

mod html;
mod sections;
mod walk;

use std::ops::Range;

/// Largest text that is read (64 MiB); of a larger one only [`Markdown::too_long`] is set.
pub const MAX_BYTES: usize = 64 << 20;

/// Links and images inside one another whose text is kept.
pub const MAX_LINK_DEPTH: usize = 8;

/// What a Markdown text holds, each list in the order of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markdown {
    /// YAML between `---` lines at the very start.
    pub front_matter: Option<FrontMatter>,
    /// All headings, those in quotes and lists included.
    pub headings: Vec<Heading>,
    /// What is before the first section: front matter included, possibly empty.
    pub preamble: Range<usize>,
    /// One for each heading that is not in a quote or list.
    pub sections: Vec<Section>,
    /// HTML comments.
    pub comments: Vec<Comment>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Check boxes of task lists.
    pub tasks: Vec<Task>,
    /// List items and paragraphs that begin with bold text.
    pub bold_leads: Vec<BoldLead>,
    /// Links and images.
    pub links: Vec<Link>,
    /// Code in backticks within a line.
    pub code_spans: Vec<CodeSpan>,
    /// Fenced and indented code.
    pub code_blocks: Vec<CodeBlock>,
    /// HTML elements that links can lead to.
    pub html_anchors: Vec<HtmlAnchor>,
    /// The text is larger than [`MAX_BYTES`] and was not read.
    pub too_long: bool,
}

/// Front matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontMatter {
    /// Both fences included, the last one's line break too.
    pub range: Range<usize>,
    /// What is between the fences, for [`crate::yaml::parse`]; add `inner.start` to offsets.
    pub inner: Range<usize>,
}

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Text as rendered: without markup, line breaks as spaces.
    pub text: String,
    /// What `#…` links to it; see [`crate::slug`].
    pub anchor: String,
    /// The heading with its markup, without the line break.
    pub range: Range<usize>,
    /// First byte of the text; the end of the heading if it has none.
    pub text_offset: usize,
    /// Whether it stands in a quote, list or footnote; it begins no section then.
    pub is_nested: bool,
}

/// A heading and what follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Place of the heading in [`Markdown::headings`].
    pub heading: usize,
    /// To the next heading of the same or a higher level: its subsections included.
    pub range: Range<usize>,
    /// To the next heading of any level. The preamble and these, one after the other, are
    /// the whole text.
    pub own: Range<usize>,
    /// Place of the section it is a part of in [`Markdown::sections`].
    pub parent: Option<usize>,
}

/// An HTML comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// From `<!--` to `-->`.
    pub range: Range<usize>,
    /// What is between them.
    pub inner: Range<usize>,
    /// Whether it stands on lines of its own rather than within a paragraph.
    pub is_block: bool,
    /// Whether `-->` is there; if not, the comment goes to the end of its block.
    pub is_closed: bool,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The whole table.
    pub range: Range<usize>,
    /// The first row.
    pub header: Row,
    /// The others. GitHub drops cells beyond the header's and adds missing ones, empty.
    pub rows: Vec<Row>,
    /// Place of its section in [`Markdown::sections`].
    pub section: Option<usize>,
}

/// A row of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The row without its line break.
    pub range: Range<usize>,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Text as rendered: without markup, `<br>` as a space.
    pub text: String,
    /// The cell's content with its markup, without the white space around it.
    pub range: Range<usize>,
}

/// A check box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// `[x]` rather than `[ ]`.
    pub is_checked: bool,
    /// Text of the item as rendered, its first paragraph.
    pub text: String,
    /// The three bytes of the box.
    pub range: Range<usize>,
    /// The item, what is nested in it included.
    pub item: Range<usize>,
    /// Lists around it: 1 is outermost.
    pub depth: usize,
    /// Place of its section in [`Markdown::sections`].
    pub section: Option<usize>,
}

/// A list item or paragraph that begins with bold text (after its check box, if any).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoldLead {
    /// The bold text as rendered.
    pub text: String,
    /// The bold text with its markup.
    pub range: Range<usize>,
    /// The item or paragraph.
    pub block: Range<usize>,
    /// Whether it is a list item.
    pub is_item: bool,
    /// Place of its section in [`Markdown::sections`].
    pub section: Option<usize>,
}

/// How a link is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// `[text](destination)`.
    Inline,
    /// `[text][label]`, `[label][]` or `[label]`, with the destination elsewhere.
    Reference,
    /// `<https://…>` or `<mail@…>`.
    Auto,
}

/// A link or an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it leads, escapes resolved.
    pub destination: String,
    /// Text as rendered; of an image its description.
    pub text: String,
    /// The link with its markup.
    pub range: Range<usize>,
    /// How it is written.
    pub kind: LinkKind,
    /// Whether it is an image.
    pub is_image: bool,
}

/// Code within a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeSpan {
    /// The code.
    pub text: String,
    /// The code with its backticks.
    pub range: Range<usize>,
}

/// A block of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeBlock {
    /// The block with its fences.
    pub range: Range<usize>,
    /// What stands after the opening fence (`rust`); `None` if the code is indented.
    pub info: Option<String>,
}

/// An HTML element with an `id`, or an `a` element with a `name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlAnchor {
    /// The id or name.
    pub name: String,
    /// The opening tag.
    pub range: Range<usize>,
}

/// Reads a Markdown text.
#[must_use]
pub fn parse(src: &str) -> Markdown {
    if src.len() > MAX_BYTES {
        return Markdown {
            preamble: 0..src.len(),
            too_long: true,
            ..Markdown::default()
        };
    }
    let front_matter = front_matter(src);
    let bom = if src.starts_with('\u{FEFF}') { 3 } else { 0 };
    let body = front_matter.as_ref().map_or(bom, |found| found.range.end);
    let mut markdown = walk::walk(src, body);
    markdown.front_matter = front_matter;
    sections::divide(src, &mut markdown);
    markdown
}

impl Markdown {
    /// Place of the section that a byte is in, in [`Markdown::sections`]; `None` before
    /// the first one.
    #[must_use]
    pub fn section_at(&self, offset: usize) -> Option<usize> {
        self.sections
            .partition_point(|section| section.own.start <= offset)
            .checked_sub(1)
    }

    /// The heading of a section.
    #[must_use]
    pub fn heading_of(&self, section: usize) -> Option<&Heading> {
        self.headings.get(self.sections.get(section)?.heading)
    }

    /// Whether a byte is in code, so that what looks like markup there is none.
    #[must_use]
    pub fn is_code(&self, offset: usize) -> bool {
        let block = self
            .code_blocks
            .partition_point(|block| block.range.start <= offset);
        let span = self
            .code_spans
            .partition_point(|span| span.range.start <= offset);
        let in_block = block.checked_sub(1).and_then(|at| self.code_blocks.get(at));
        let in_span = span.checked_sub(1).and_then(|at| self.code_spans.get(at));
        in_block.is_some_and(|block| offset < block.range.end)
            || in_span.is_some_and(|span| offset < span.range.end)
    }
}

/// YAML front matter: a first line `---`, not followed by a blank one, and a later line
/// `---` or `...`.
fn front_matter(src: &str) -> Option<FrontMatter> {
    let start = if src.starts_with('\u{FEFF}') { 3 } else { 0 };
    let mut lines = src.get(start..)?.split_inclusive('\n');
    let opening = lines.next()?;
    if opening.trim_end() != "---" || !opening.ends_with('\n') {
        return None;
    }
    let inner = start + opening.len();
    let mut at = inner;
    for line in lines {
        let fence = line.trim_end();
        if fence == "---" || fence == "..." {
            return Some(FrontMatter {
                range: start..at + line.len(),
                inner: inner..at,
            });
        }
        if at == inner && fence.is_empty() {
            return None;
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests;
