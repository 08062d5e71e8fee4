//! Records of work items as they were read: one table a file.

use std::borrow::Cow;

use trueline_core::artifact::plan::Tier;
use trueline_core::artifact::queue::Status;

use crate::field::FieldSet;
use crate::row::Row;

/// A file to read.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Path relative to the root, for findings.
    pub path: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// Largest file that is read, in bytes (1 GiB): positions are kept in 32 bits.
pub(crate) const MAX_BYTES: usize = 1 << 30;

/// Bytes in the source or, beyond its end, in the pool of decoded texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slice {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

impl Slice {
    pub(crate) const NONE: Slice = Slice {
        start: u32::MAX,
        len: 0,
    };

    pub(crate) fn is_none(self) -> bool {
        self.start == u32::MAX
    }
}

/// A stretch of one of the table's lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct List {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl List {
    pub(crate) const EMPTY: List = List { start: 0, end: 0 };
}

/// One item of one file. Texts and lists lie in the table.
///
/// A queue has many of them: what few items have lies apart, so that the others are small.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// Bytes of the object in the file.
    pub(crate) span: (u32, u32),
    pub(crate) id: Slice,
    pub(crate) title: Slice,
    pub(crate) owner: Slice,
    pub(crate) agent: Slice,
    pub(crate) phase: Slice,
    pub(crate) weight: Slice,
    pub(crate) dependencies: List,
    pub(crate) nt_refs: List,
    pub(crate) td_refs: List,
    pub(crate) scope: List,
    pub(crate) exit_criteria: List,
    pub(crate) tests: List,
    pub(crate) priority: Option<u32>,
    pub(crate) status: Option<Status>,
    pub(crate) tier: Option<Tier>,
    pub(crate) seen: FieldSet,
    rare: Option<Box<Rare>>,
}

/// What most items do not have.
#[derive(Debug, Clone)]
pub(crate) struct Rare {
    pub(crate) kind: Slice,
    pub(crate) branch: Slice,
    pub(crate) blocked_reason: Slice,
    pub(crate) verdict: Slice,
    pub(crate) vertical: Slice,
    pub(crate) due: Slice,
    pub(crate) done_at: Slice,
    pub(crate) follow_ups: List,
    pub(crate) run_reports: List,
    pub(crate) attach_packs: List,
    pub(crate) code_paths: List,
    /// In `Table::pairs`: path, digest.
    pub(crate) evidence: List,
    /// In `Table::pairs`: at most one; owner, end of the lease.
    pub(crate) claim: List,
    /// In `Table::pairs`: at most one; reason, approval.
    pub(crate) deferred: List,
    pub(crate) attempts: Option<u32>,
}

impl Record {
    pub(crate) const fn new() -> Self {
        Record {
            span: (0, 0),
            id: Slice::NONE,
            title: Slice::NONE,
            owner: Slice::NONE,
            agent: Slice::NONE,
            phase: Slice::NONE,
            weight: Slice::NONE,
            dependencies: List::EMPTY,
            nt_refs: List::EMPTY,
            td_refs: List::EMPTY,
            scope: List::EMPTY,
            exit_criteria: List::EMPTY,
            tests: List::EMPTY,
            priority: None,
            status: None,
            tier: None,
            seen: FieldSet::EMPTY,
            rare: None,
        }
    }

    pub(crate) fn rare(&self) -> &Rare {
        static NOTHING: Rare = Rare::new();
        self.rare.as_deref().unwrap_or(&NOTHING)
    }

    pub(crate) fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_with(|| Box::new(Rare::new()))
    }
}

impl Rare {
    const fn new() -> Self {
        Rare {
            kind: Slice::NONE,
            branch: Slice::NONE,
            blocked_reason: Slice::NONE,
            verdict: Slice::NONE,
            vertical: Slice::NONE,
            due: Slice::NONE,
            done_at: Slice::NONE,
            follow_ups: List::EMPTY,
            run_reports: List::EMPTY,
            attach_packs: List::EMPTY,
            code_paths: List::EMPTY,
            evidence: List::EMPTY,
            claim: List::EMPTY,
            deferred: List::EMPTY,
            attempts: None,
        }
    }
}

/// What became of the lines or elements of a file: `records + blank + bad` is `total`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Accounts {
    /// Lines (of a queue) or elements (of a plan's list).
    pub total: u64,
    /// Items read.
    pub records: u64,
    /// Lines with nothing but white space.
    pub blank: u64,
    /// What could not be used; each has a finding.
    pub bad: u64,
}

/// The items of one file, in the order of the file.
#[derive(Debug, Clone)]
pub struct Table<'a> {
    pub(crate) path: String,
    pub(crate) source: Cow<'a, str>,
    pub(crate) pool: String,
    pub(crate) texts: Vec<Slice>,
    pub(crate) pairs: Vec<(Slice, Slice)>,
    pub(crate) records: Vec<Record>,
    pub(crate) accounts: Accounts,
}

/// A file that shows an item is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence<'t> {
    /// Path relative to the root.
    pub path: &'t str,
    /// SHA-256 of its bytes, as written; `None` where the record states none.
    pub sha256: Option<&'t str>,
}

impl<'a> Table<'a> {
    /// Path of the file.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What became of every line or element.
    pub fn accounts(&self) -> Accounts {
        self.accounts
    }

    /// The rows in the order of the file.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_, 'a>> {
        self.records.iter().map(|record| Row {
            table: self,
            record,
        })
    }

    pub(crate) fn row(&self, at: u32) -> Option<Row<'_, 'a>> {
        let record = self.records.get(at as usize)?;
        Some(Row {
            table: self,
            record,
        })
    }

    pub(crate) fn text(&self, slice: Slice) -> &str {
        let (start, len) = (slice.start as usize, slice.len as usize);
        let (from, start) = match start.checked_sub(self.source.len()) {
            Some(start) => (self.pool.as_str(), start),
            None => (self.source.as_ref(), start),
        };
        from.get(start..start + len).unwrap_or_default()
    }

    pub(crate) fn list(&self, list: List) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.texts
            .get(list.start as usize..list.end as usize)
            .unwrap_or_default()
            .iter()
            .map(|slice| self.text(*slice))
    }

    pub(crate) fn pair_list(&self, list: List) -> &[(Slice, Slice)] {
        self.pairs
            .get(list.start as usize..list.end as usize)
            .unwrap_or_default()
    }
}
