//! One pass over the parser's events.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::{
    BoldLead, Cell, CodeBlock, CodeSpan, Heading, Link, LinkKind, MAX_LINK_DEPTH, Markdown, Row,
    Table, Task, html,
};

/// A text being gathered: where it begins in the pool.
type Gather = usize;

#[derive(Default)]
struct Walk<'s> {
    src: &'s str,
    found: Markdown,
    /// Rendered text of the present block.
    pool: String,
    /// Quotes, items and footnotes around the present place.
    containers: usize,
    lists: usize,
    /// The open items, innermost last.
    items: Vec<Range<usize>>,
    /// Text of the open heading, the last one found: not the same as what is in the pool,
    /// because the description of an image is no part of it.
    heading: Option<String>,
    cell: Option<Gather>,
    /// A task whose text is gathered; `None` once its first paragraph is over.
    task: Option<Gather>,
    links: Vec<(usize, Gather)>,
    link_depth: usize,
    images: usize,
    /// The block whose first text may be bold.
    lead: Option<(Range<usize>, bool)>,
    /// The bold text it begins with, and the nesting of bold text within.
    bold: Option<(BoldLead, Gather, usize)>,
}

/// Reads `src` from `shift` on; the parser's offsets count from there.
pub(super) fn walk(src: &str, shift: usize) -> Markdown {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_GFM;
    let mut walk = Walk {
        src,
        ..Walk::default()
    };
    let body = src.get(shift..).unwrap_or_default();
    for (event, range) in Parser::new_ext(body, options).into_offset_iter() {
        walk.event(event, range.start + shift..range.end + shift);
    }
    walk.found
}

impl Walk<'_> {
    fn event(&mut self, event: Event<'_>, at: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, at),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text, &at),
            Event::Code(code) => {
                let text = self.code(code.into_string(), &at);
                self.text(&text, &at);
                self.found.code_spans.push(CodeSpan { text, range: at });
            }
            Event::InlineHtml(html) => {
                if html
                    .get(..3)
                    .is_some_and(|tag| tag.eq_ignore_ascii_case("<br"))
                {
                    self.pool.push(' ');
                }
                html::scan(self.src, at, false, &mut self.found);
            }
            Event::SoftBreak | Event::HardBreak => {
                self.pool.push('\n');
                if let Some(heading) = &mut self.heading {
                    heading.push('\n');
                }
            }
            Event::TaskListMarker(is_checked) => {
                self.task = Some(self.pool.len());
                self.found.tasks.push(Task {
                    is_checked,
                    text: String::new(),
                    range: at,
                    item: self.items.last().cloned().unwrap_or_default(),
                    depth: self.lists,
                    section: None,
                });
            }
            Event::FootnoteReference(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {
                self.lead = None;
            }
            // HTML blocks are taken whole, at their start.
            Event::Html(_) | Event::Rule => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, at: Range<usize>) {
        match tag {
            Tag::Paragraph if self.lead.is_none() => {
                self.lead = Some((trim_end(self.src, at), false));
            }
            Tag::Heading { level, .. } => {
                self.block();
                let range = trim_end(self.src, at);
                self.heading = Some(String::new());
                self.found.headings.push(Heading {
                    level: level as u8,
                    text: String::new(),
                    anchor: String::new(),
                    text_offset: range.end,
                    range,
                    is_nested: self.containers > 0,
                });
            }
            Tag::BlockQuote(_) | Tag::FootnoteDefinition(_) => {
                self.block();
                self.containers += 1;
            }
            Tag::List(_) => {
                self.end_task();
                self.block();
                self.lists += 1;
            }
            Tag::Item => {
                self.block();
                self.containers += 1;
                let range = trim_end(self.src, at);
                self.items.push(range.clone());
                self.lead = Some((range, true));
            }
            Tag::CodeBlock(kind) => {
                self.end_task();
                self.block();
                let info = match kind {
                    CodeBlockKind::Fenced(info) => Some(info.into_string()),
                    CodeBlockKind::Indented => None,
                };
                self.found.code_blocks.push(CodeBlock { range: at, info });
            }
            Tag::HtmlBlock => {
                self.end_task();
                self.lead = None;
                html::scan(self.src, at, true, &mut self.found);
            }
            Tag::Table(_) => {
                self.block();
                self.found.tables.push(Table {
                    range: trim_end(self.src, at),
                    header: Row::default(),
                    rows: Vec::new(),
                    section: None,
                });
            }
            Tag::TableHead => {
                if let Some(table) = self.found.tables.last_mut() {
                    table.header.range = trim_end(self.src, at);
                }
            }
            Tag::TableRow => {
                let range = trim_end(self.src, at);
                if let Some(table) = self.found.tables.last_mut() {
                    table.rows.push(Row {
                        range,
                        cells: Vec::new(),
                    });
                }
            }
            Tag::TableCell => {
                self.cell = Some(self.pool.len());
                let range = trim(self.src, at);
                let cell = Cell {
                    text: String::new(),
                    range,
                };
                if let Some(row) = self.row() {
                    row.cells.push(cell);
                }
            }
            Tag::Strong => self.strong(at),
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => self.link(link_type, dest_url.into_string(), at, false),
            Tag::Image {
                link_type,
                dest_url,
                ..
            } => {
                self.link(link_type, dest_url.into_string(), at, true);
                self.images += 1;
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => {
                self.end_task();
                self.lead = None;
            }
            TagEnd::Heading(_) => {
                let text = self.heading.take().unwrap_or_default();
                if let Some(heading) = self.found.headings.last_mut() {
                    heading.text = text;
                }
            }
            TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition => {
                self.containers = self.containers.saturating_sub(1);
            }
            TagEnd::List(_) => self.lists = self.lists.saturating_sub(1),
            TagEnd::Item => {
                self.end_task();
                self.block();
                self.items.pop();
                self.containers = self.containers.saturating_sub(1);
            }
            TagEnd::TableCell => {
                let start = self.cell.take();
                let text = self.gathered(start);
                if let Some(cell) = self.row().and_then(|row| row.cells.last_mut()) {
                    cell.text = text.trim().to_owned();
                }
            }
            TagEnd::Strong => self.end_strong(),
            TagEnd::Link => self.end_link(),
            TagEnd::Image => {
                self.images = self.images.saturating_sub(1);
                self.end_link();
            }
            _ => {}
        }
        let is_idle = self.heading.is_none() && self.cell.is_none() && self.task.is_none();
        if is_idle && self.links.is_empty() && self.bold.is_none() {
            self.pool.clear();
        }
    }

    fn text(&mut self, text: &str, at: &Range<usize>) {
        if self.bold.is_none() {
            self.lead = None;
        }
        if self.images == 0
            && let Some(gathered) = &mut self.heading
        {
            gathered.push_str(text);
            if let Some(heading) = self.found.headings.last_mut() {
                heading.text_offset = heading.text_offset.min(at.start);
            }
        }
        self.pool.push_str(text);
    }

    /// The parser makes two spaces of a CRLF in code and one of a LF; one is right.
    fn code(&self, code: String, at: &Range<usize>) -> String {
        let breaks = self
            .src
            .get(at.clone())
            .unwrap_or_default()
            .matches("\r\n")
            .count();
        if breaks == 0 {
            code
        } else {
            code.replacen("  ", " ", breaks)
        }
    }

    fn strong(&mut self, range: Range<usize>) {
        if let Some((_, _, nested)) = &mut self.bold {
            *nested += 1;
        } else if let Some((block, is_item)) = self.lead.take() {
            let lead = BoldLead {
                text: String::new(),
                range,
                block,
                is_item,
                section: None,
            };
            self.bold = Some((lead, self.pool.len(), 0));
        }
    }

    fn end_strong(&mut self) {
        match self.bold.take() {
            Some((mut lead, start, 0)) => {
                lead.text = self.gathered(Some(start)).replace('\n', " ");
                self.found.bold_leads.push(lead);
            }
            Some((lead, start, nested)) => self.bold = Some((lead, start, nested - 1)),
            None => {}
        }
    }

    fn link(&mut self, kind: LinkType, destination: String, range: Range<usize>, is_image: bool) {
        if self.bold.is_none() {
            self.lead = None;
        }
        self.link_depth += 1;
        if self.link_depth > MAX_LINK_DEPTH {
            return;
        }
        self.links.push((self.found.links.len(), self.pool.len()));
        self.found.links.push(Link {
            destination,
            text: String::new(),
            range,
            kind: match kind {
                LinkType::Inline | LinkType::WikiLink { .. } => LinkKind::Inline,
                LinkType::Autolink | LinkType::Email => LinkKind::Auto,
                _ => LinkKind::Reference,
            },
            is_image,
        });
    }

    fn end_link(&mut self) {
        self.link_depth = self.link_depth.saturating_sub(1);
        if self.link_depth >= MAX_LINK_DEPTH {
            return;
        }
        if let Some((slot, start)) = self.links.pop() {
            let text = self.gathered(Some(start)).replace('\n', " ");
            if let Some(link) = self.found.links.get_mut(slot) {
                link.text = text;
            }
        }
    }

    /// A block begins that is no paragraph: text after it begins no block.
    fn block(&mut self) {
        self.lead = None;
    }

    /// The text of the present task is complete.
    fn end_task(&mut self) {
        let start = self.task.take();
        if start.is_some() {
            let text = self.gathered(start);
            if let Some(task) = self.found.tasks.last_mut() {
                task.text = text.trim().replace('\n', " ");
            }
        }
    }

    fn gathered(&self, start: Option<Gather>) -> String {
        start
            .and_then(|start| self.pool.get(start..))
            .unwrap_or_default()
            .to_owned()
    }

    fn row(&mut self) -> Option<&mut Row> {
        let table = self.found.tables.last_mut()?;
        Some(table.rows.last_mut().unwrap_or(&mut table.header))
    }
}

fn trim_end(src: &str, range: Range<usize>) -> Range<usize> {
    let text = src.get(range.clone()).unwrap_or_default();
    range.start..range.start + text.trim_end().len()
}

fn trim(src: &str, range: Range<usize>) -> Range<usize> {
    let text = src.get(range.clone()).unwrap_or_default();
    let start = range.start + (text.len() - text.trim_start().len());
    start..start + text.trim().len()
}
