//! One record of a file, as its readers see it.

use trueline_core::artifact::plan::Tier;
use trueline_core::artifact::queue::Status;

use crate::table::{Evidence, List, Rare, Record, Slice, Table};

/// One item of one file.
#[derive(Clone, Copy)]
pub struct Row<'t, 'a> {
    pub(crate) table: &'t Table<'a>,
    pub(crate) record: &'t Record,
}

macro_rules! texts {
    ($of:ident, $($(#[doc = $doc:expr])+ $name:ident,)+) => {
        $($(#[doc = $doc])+
        pub fn $name(self) -> Option<&'t str> {
            self.optional(self.$of().$name)
        })+
    };
}

macro_rules! lists {
    ($of:ident, $($(#[doc = $doc:expr])+ $name:ident,)+) => {
        $($(#[doc = $doc])+
        pub fn $name(self) -> impl ExactSizeIterator<Item = &'t str> + Clone {
            self.table.list(self.$of().$name)
        })+
    };
}

impl<'t> Row<'t, '_> {
    fn optional(self, slice: Slice) -> Option<&'t str> {
        (!slice.is_none()).then(|| self.table.text(slice))
    }

    /// Id: never empty, always of the form of an id.
    pub fn id(self) -> &'t str {
        self.table.text(self.record.id)
    }

    fn common(self) -> &'t Record {
        self.record
    }

    fn rare(self) -> &'t Rare {
        self.record.rare()
    }

    texts! {
        common,
        /// Title.
        title,
        /// Who answers for it.
        owner,
        /// Who may take it.
        agent,
        /// Phase.
        phase,
        /// Weight, as written.
        weight,
    }

    texts! {
        rare,
        /// Kind of work.
        kind,
        /// Branch.
        branch,
        /// Why it cannot go on.
        blocked_reason,
        /// Verdict, as written.
        verdict,
        /// Vertical.
        vertical,
        /// Day it is due.
        due,
        /// When it became done.
        done_at,
    }

    lists! {
        common,
        /// Items that have to be done before it.
        dependencies,
        /// Requirements.
        nt_refs,
        /// Designs.
        td_refs,
        /// Paths it changes.
        scope,
        /// What has to be true for it to be done.
        exit_criteria,
        /// Tests that prove it.
        tests,
    }

    lists! {
        rare,
        /// Items that came out of it.
        follow_ups,
        /// Run reports.
        run_reports,
        /// Attach packs.
        attach_packs,
        /// Paths it is about.
        code_paths,
    }

    /// Files that show it is done.
    pub fn evidence(self) -> impl ExactSizeIterator<Item = Evidence<'t>> + Clone {
        let table = self.table;
        table
            .pair_list(self.rare().evidence)
            .iter()
            .map(move |(path, digest)| Evidence {
                path: table.text(*path),
                sha256: (!digest.is_none()).then(|| table.text(*digest)),
            })
    }

    /// Who has taken it, and until when.
    pub fn claim(self) -> Option<(&'t str, &'t str)> {
        self.pair(self.rare().claim)
    }

    /// Why it is put off, and who agreed.
    pub fn deferred(self) -> Option<(&'t str, &'t str)> {
        self.pair(self.rare().deferred)
    }

    fn pair(self, list: List) -> Option<(&'t str, &'t str)> {
        let (a, b) = self.table.pair_list(list).first()?;
        Some((self.optional(*a)?, self.optional(*b)?))
    }

    /// Order among ready items.
    pub fn priority(self) -> Option<u32> {
        self.record.priority
    }

    /// How often it was tried.
    pub fn attempts(self) -> Option<u32> {
        self.rare().attempts
    }

    /// Where it stands; `None` where the record states none, or one that is not known.
    pub fn status(self) -> Option<Status> {
        self.record.status
    }

    /// Strictness.
    pub fn tier(self) -> Option<Tier> {
        self.record.tier
    }

    /// Bytes of the record in its file.
    pub fn span(self) -> std::ops::Range<usize> {
        self.record.span.0 as usize..self.record.span.1 as usize
    }

    /// The record as it stands in its file.
    pub fn raw(self) -> &'t str {
        self.table.source.get(self.span()).unwrap_or_default()
    }
}
