//! Builds the rows from blueprints, tags, commits, plan and queue, and what was there before.

mod row;

use std::collections::BTreeMap;

use trueline_core::Id;
use trueline_core::artifact::crosswalk::LinkKind;

use super::book::{Book, BookRow};
use super::designs::designs_of;
use super::keep::is_peoples;
use crate::hash::{HashMap, HashSet};
use crate::history::Commit;
use crate::ids::Kind;
use crate::model::Model;
use crate::settings::{Class, Settings};
use crate::tagged::Tagged;
use crate::tags::TagKind;
use crate::trailers::ClaimKind;
use crate::tree::Tree;
use crate::work::{Work, WorkItem};

/// What a crosswalk is made from.
pub struct Sources<'s, 'c> {
    /// The blueprints.
    pub model: &'s Model,
    /// The tags.
    pub tagged: &'s Tagged,
    /// Plan and queue.
    pub work: &'s Work,
    /// The commits of the range, oldest first.
    pub commits: &'s [Commit],
    /// Renames of the range: before, after.
    pub renames: &'s BTreeMap<String, String>,
    /// The files that there are.
    pub tree: &'s Tree<'c>,
    /// Globs and paths.
    pub settings: &'s Settings,
    /// The crosswalk as it was.
    pub old: &'s Book,
    /// Whether rows of removed items go even where people wrote into them.
    pub prune: bool,
}

/// A new crosswalk, and what was left out of it.
#[derive(Debug, Clone)]
pub struct Built {
    /// The crosswalk.
    pub book: Book,
    /// What the old one had and the new one has not, for people.
    pub dropped: Vec<String>,
    /// Items that no blueprint declares any more, whose rows were kept for what people wrote.
    pub removed: Vec<Id>,
}

type Lists = HashMap<Id, Vec<Id>>;

/// Builds the crosswalk.
pub fn build(from: &Sources<'_, '_>) -> Built {
    let mut builder = Builder::new(from);
    let mut rows = Vec::with_capacity(from.old.rows.len());
    for entry in from.model.of_kind(Kind::Nt) {
        rows.push(builder.row(Some(&entry.item.id), None));
    }
    let lone: Vec<Id> = from
        .model
        .of_kind(Kind::Td)
        .map(|entry| entry.item.id.clone())
        .filter(|td| !builder.mapped.contains(td))
        .collect();
    for td in &lone {
        rows.push(builder.row(None, Some(td)));
    }
    builder.keep_peoples_rows(&mut rows);
    let (dropped, removed) = (builder.dropped, builder.removed);
    let old = from.old;
    Built {
        book: Book {
            source: None,
            rows,
            integrations: old.integrations.clone(),
            waivers: old.waivers.clone(),
            raw_waivers: old.raw_waivers.clone(),
            extra: old.extra.clone(),
            named: Vec::new(),
            faults: Vec::new(),
        },
        dropped,
        removed,
    }
}

struct Builder<'s, 'c> {
    from: &'s Sources<'s, 'c>,
    old: HashMap<&'s Id, &'s BookRow>,
    /// Designs of each requirement, some twice.
    tds: Lists,
    /// Designs that some requirement maps.
    mapped: HashSet<Id>,
    /// Files by item: list, path, kind.
    files: HashMap<&'s Id, Vec<(TagKind, &'s str, LinkKind)>>,
    /// Files of items that are gone, and that commits of the range changed; some twice.
    gone: HashMap<&'s Id, Vec<&'s str>>,
    /// Work items by the requirements and designs that they name.
    naming: HashMap<&'s Id, Vec<&'s WorkItem>>,
    /// Commits by the ids that they claim.
    claiming: HashMap<&'s Id, Vec<&'s Commit>>,
    /// Files whose tags are not known now.
    unscanned: HashSet<&'s str>,
    dropped: Vec<String>,
    removed: Vec<Id>,
}

impl<'s, 'c> Builder<'s, 'c> {
    fn new(from: &'s Sources<'s, 'c>) -> Self {
        let mut tds: Lists = HashMap::default();
        let mut mapped = HashSet::default();
        for (td, nts) in designs_of(from.model, from.work, from.commits) {
            for nt in nts {
                tds.entry(nt).or_default().push(td.clone());
            }
            mapped.insert(td);
        }
        let mut builder = Builder {
            from,
            old: from
                .old
                .rows
                .iter()
                .filter_map(|row| Some((row.id()?, row)))
                .collect(),
            tds,
            mapped,
            files: HashMap::default(),
            gone: HashMap::default(),
            naming: HashMap::default(),
            claiming: HashMap::default(),
            unscanned: from
                .tagged
                .skipped
                .iter()
                .map(|(path, _)| path.as_str())
                .filter(|path| from.tree.has(path))
                .collect(),
            dropped: Vec::new(),
            removed: Vec::new(),
        };
        for item in from.work.items.values() {
            for id in item.nt.iter().chain(&item.td) {
                builder.naming.entry(id).or_default().push(item);
            }
        }
        for commit in from.commits {
            for claim in &commit.claims.claims {
                builder.claiming.entry(&claim.id).or_default().push(commit);
            }
        }
        builder.old_designs();
        builder.tags();
        builder.trailers();
        builder
    }

    /// Designs that a row had, and that nothing else says: they came from commits that are no
    /// longer in the range, or from people.
    fn old_designs(&mut self) {
        for row in &self.from.old.rows {
            let Some(nt) = &row.row.nt else { continue };
            for td in &row.row.td {
                if self.from.model.has(td) && self.from.model.has(nt) {
                    self.tds.entry(nt.clone()).or_default().push(td.clone());
                    self.mapped.insert(td.clone());
                } else if self.from.model.has(nt) {
                    let line = format!("`{td}` from the row of `{nt}`: no blueprint declares it");
                    self.dropped.push(line);
                }
            }
        }
    }

    fn tags(&mut self) {
        for (path, link) in self.from.tagged.links() {
            if self.from.model.has(&link.id) {
                let list = self.files.entry(&link.id).or_default();
                list.push((link.kind, path, LinkKind::Tag));
            }
        }
    }

    fn trailers(&mut self) {
        // Many commits change the same file.
        let mut facts: HashMap<&'s str, (&'s str, Class, bool)> = HashMap::default();
        for commit in self.from.commits {
            for path in commit.paths() {
                let (path, class, is_there) = *facts.entry(path).or_insert_with(|| {
                    let path = self.renamed(path);
                    let class = self.from.settings.class(path);
                    (path, class, self.from.tree.has(path))
                });
                if class == Class::Other {
                    continue;
                }
                for claim in commit
                    .claims
                    .claims
                    .iter()
                    .filter(|one| one.of != Kind::Wbs)
                {
                    let list = match (class, claim.kind) {
                        (Class::Code, ClaimKind::Serves | ClaimKind::Implements) => TagKind::Impl,
                        (Class::Test, ClaimKind::Serves | ClaimKind::Verifies) => TagKind::Verify,
                        _ => continue,
                    };
                    if is_there {
                        let files = self.files.entry(&claim.id).or_default();
                        files.push((list, path, LinkKind::Trailer));
                    } else {
                        self.gone.entry(&claim.id).or_default().push(path);
                    }
                }
            }
        }
    }

    /// Where a path of a commit, or of the old crosswalk, is now.
    fn renamed<'p>(&self, path: &'p str) -> &'p str
    where
        's: 'p,
    {
        match self.from.renames.get(path) {
            Some(new) if !self.from.tree.has(path) => new,
            _ => path,
        }
    }

    /// Rows of items that no blueprint declares any more: kept where people wrote into them.
    fn keep_peoples_rows(&mut self, rows: &mut Vec<BookRow>) {
        let made: HashSet<Id> = rows.iter().filter_map(|row| row.id().cloned()).collect();
        for row in &self.from.old.rows {
            let Some(id) = row.id() else { continue };
            if made.contains(id) {
                continue;
            }
            let is_gone = !self.from.model.has(id);
            let is_kept = is_peoples(row, self.from.old, self.from.work);
            if is_gone && is_kept && !self.from.prune {
                self.removed.push(id.clone());
                rows.push(BookRow {
                    span: 0..0,
                    ..row.clone()
                });
            } else if is_gone {
                self.dropped
                    .push(format!("the row of `{id}`: no blueprint declares it"));
            } else if row.is_lone() && row.has_peoples_fields() {
                rows.push(self.row(None, Some(id)));
            }
        }
        fn key(row: &BookRow) -> (bool, Option<&Id>) {
            (row.row.nt.is_none(), row.id())
        }
        // Sorting takes memory for as many rows again, and mostly nothing was added.
        if !rows.is_sorted_by_key(key) {
            rows.sort_by(|a, b| key(a).cmp(&key(b)));
        }
    }
}
