//! What is wrong within blueprints.

use trueline_core::{Level, Rule};

/// Two items have the same id.
pub const DUPLICATE_ID: Rule = Rule {
    code: "duplicate-id",
    level: Level::Error,
    summary: "Two items have the same id",
    why: "A tag or a trailer that names the id could mean either of them, so neither can be \
          proven. Only the first one is indexed.",
    example: "## NT-1.2 Search\n…\n## NT-1.2 Booking",
    mend: "Give the later item a new id; never reuse one.",
};

/// Two ids differ only by leading zeros.
pub const TWIN_ID: Rule = Rule {
    code: "twin-id",
    level: Level::Warning,
    summary: "Two ids differ only by leading zeros",
    why: "`NT-1` and `NT-0001` are different ids here, but people take them for the same one, and \
          a tag lands on the wrong item.",
    example: "## NT-1 Search\n…\n## NT-0001 Booking",
    mend: "Write the ids of a repository with the same number of digits, and give one of the two \
           another number.",
};

/// Something that was meant as an id, or an attribute, and is none.
pub const MALFORMED_ID: Rule = Rule {
    code: "malformed-id",
    level: Level::Error,
    summary: "An id or an attribute of an item is malformed",
    why: "An item whose id cannot be read is not indexed: nothing can be traced to it, and its \
          absence would look like full coverage.",
    example: "## NT-1..2 Search",
    mend: "Write the id as prefix, dash and numbers with dots between them: `NT-1.2`; a revision \
           as `~2`; a level as must, should or may.",
};

/// An id that is smaller than the one before it.
pub const OUT_OF_ORDER_ID: Rule = Rule {
    code: "out-of-order-id",
    level: Level::Warning,
    summary: "An id stands after a greater one",
    why: "People look an item up by its number. One that stands elsewhere is overlooked, or \
          written a second time.",
    example: "## NT-2 Booking\n…\n## NT-1 Search",
    mend: "Move the item to its place. Do not renumber: ids are for good.",
};

/// An item without text.
pub const EMPTY_ITEM: Rule = Rule {
    code: "empty-item",
    level: Level::Warning,
    summary: "An item has no text",
    why: "A title alone does not say what must be true, so no test can prove it.",
    example: "## NT-1.2 Search\n\n## NT-1.3 Booking",
    mend: "Say in a sentence what must be true, with MUST, SHOULD or MAY.",
};

/// Text that begins in the middle of a sentence.
pub const HEADLESS_TEXT: Rule = Rule {
    code: "headless-text",
    level: Level::Warning,
    summary: "An item's text begins in mid-sentence, without a heading",
    why: "Text that was cut by length rather than by meaning belongs to two items at once: \
          neither can be understood, implemented or proven alone.",
    example: "<!-- id: NT-0002 -->\n\nand reviews per role.",
    mend: "Move the beginning of the sentence here, or its end to the item before, and give the \
           item a heading.",
};

/// A link that leads nowhere.
pub const BROKEN_LINK: Rule = Rule {
    code: "broken-link",
    level: Level::Error,
    summary: "A link in a blueprint leads nowhere",
    why: "Readers follow links from one item to another. One that leads nowhere hides what the \
          item depends on.",
    example: "See [booking](nt.md#nt-12-bookings).",
    mend: "Point the link to the heading's anchor as the code host makes it; `concordance index` \
           writes every anchor to toc-cache.json.",
};

/// Items need each other in a circle.
pub const NEEDS_CYCLE: Rule = Rule {
    code: "needs-cycle",
    level: Level::Error,
    summary: "Items need each other in a circle",
    why: "Deep coverage asks whether everything that an item rests on is covered. In a circle \
          that question has no answer.",
    example: "## TD-1 A\nNeeds: TD-2\n\n## TD-2 B\nNeeds: TD-1",
    mend: "Remove the `Needs:` that points back.",
};
