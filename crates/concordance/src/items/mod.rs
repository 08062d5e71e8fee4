//! Items: the requirements and designs that blueprints declare.
//!
//! [`read`] never fails: what is not right comes out as [`Fault`]s, and every byte of the file
//! belongs to exactly one item's own text or to the text outside all items.

mod attributes;
mod declare;
mod extent;
#[cfg(test)]
mod tests;
pub(crate) mod text;

use std::num::NonZeroU32;
use std::ops::Range;

use trueline_core::Id;
use trueline_core::artifact::blueprint::Binding;
use trueline_core::scalar::Sha256;
use trueline_kit::Source;
use trueline_text::markdown::{self, Markdown};

use crate::ids::{Kind, Prefixes};

/// How an item is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// `## NT-1.2 Title`.
    Heading,
    /// `<!-- id: NT-1.2 | phase: P1 -->`.
    Comment,
    /// `id: NT-1.2` between `---` lines at the start of a file.
    FrontMatter,
    /// A list item or paragraph that begins with `**NT-1.2**`.
    Bold,
}

/// A requirement or a design.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: Id,
    /// What it is.
    pub kind: Kind,
    /// How it is declared.
    pub form: Form,
    /// Where the id stands.
    pub at: Range<usize>,
    /// Everything from its declaration to its end, the items in it included.
    pub range: Range<usize>,
    /// Its own parts: `range` without the items in it.
    pub own: Vec<Range<usize>>,
    /// Title, without the id.
    pub title: String,
    /// Anchor of its heading.
    pub anchor: Option<String>,
    /// First sentence.
    pub brief: Option<String>,
    /// How binding it is.
    pub level: Binding,
    /// The item around it in the file (place in [`Blueprint::items`]).
    pub inside: Option<usize>,
    /// Phase it is due in.
    pub phase: Option<String>,
    /// Ids it needs, and where each stands.
    pub needs: Vec<(Id, Range<usize>)>,
    /// Revision of the text.
    pub revision: NonZeroU32,
    /// Where the revision stands, without its `~`, if it is stated.
    pub revision_at: Option<Range<usize>>,
    /// Digest of the normative text, white space folded.
    pub digest: Sha256,
    /// File with acceptance criteria, as the item names it.
    pub acceptance: Option<(String, Range<usize>)>,
    /// Acceptance criteria in the item itself.
    pub criteria: Option<Range<usize>>,
    /// Nothing but a title that binds nobody.
    pub is_empty: bool,
    /// The text begins in mid-sentence, without a heading: where.
    pub headless: Option<Range<usize>>,
}

/// What is wrong with a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub range: Range<usize>,
    /// What was found instead of an id or an attribute's value.
    pub message: String,
}

/// A file with items.
#[derive(Debug, Clone)]
pub struct Blueprint {
    /// Its text.
    pub source: Source,
    /// Its structure.
    pub markdown: Markdown,
    /// Its items, in the order of the file.
    pub items: Vec<Item>,
    /// The parts that belong to no item.
    pub outside: Vec<Range<usize>>,
    /// Malformed ids and attributes.
    pub faults: Vec<Fault>,
}

impl Blueprint {
    /// Path relative to the root.
    pub fn path(&self) -> &str {
        self.source.path()
    }
}

/// Which kinds of item a file is meant to declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holds {
    /// It matches the globs of requirements.
    pub nt: bool,
    /// It matches the globs of designs.
    pub td: bool,
}

impl Holds {
    /// Whether the kind is meant.
    pub fn kind(self, kind: Kind) -> bool {
        match kind {
            Kind::Nt => self.nt,
            Kind::Td => self.td,
            Kind::Wbs => false,
        }
    }
}

/// Reads the items of a blueprint.
///
/// A heading, comment or front matter declares an item of any kind; a bold lead only of the
/// kinds that the file is meant for (elsewhere it is a reference).
pub fn read(source: Source, holds: Holds, prefixes: &Prefixes) -> Blueprint {
    let markdown = markdown::parse(source.text());
    let text = source.text();
    let mut faults = Vec::new();
    let declared = declare::declarations(text, &markdown, holds, prefixes, &mut faults);
    let nested = extent::nest(text, &markdown, declared);
    let mut items = Vec::with_capacity(nested.items.len());
    for one in nested.items {
        items.push(attributes::item(
            text,
            &markdown,
            one,
            prefixes,
            &mut faults,
        ));
    }
    faults.sort_by_key(|fault| (fault.range.start, fault.range.end));
    Blueprint {
        source,
        markdown,
        items,
        outside: nested.outside,
        faults,
    }
}
