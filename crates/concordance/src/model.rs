//! All blueprints of a state of the repository, and the items in them.

use std::collections::BTreeSet;
use std::collections::hash_map::Entry as Slot;
use std::ops::Range;
use std::sync::Arc;

use trueline_core::id::canonical;
use trueline_core::{Id, Location};
use trueline_kit::Error;

use crate::hash::HashMap;
use crate::ids::Kind;
use crate::items::{self, Blueprint, Holds, Item};
use crate::settings::Settings;
use crate::tree::Tree;

/// Every blueprint, read once; all commands work on this.
#[derive(Debug, Default)]
pub struct Model {
    /// The blueprints, ordered by path. One that is the same in two states is there once.
    pub blueprints: Vec<Arc<Blueprint>>,
    /// The first declaration of each id: places in `blueprints` and its items.
    first: HashMap<Id, (usize, usize)>,
    /// The first declarations in natural order of the ids: as in `first`.
    order: Vec<(usize, usize)>,
    /// The first item of each number, leading zeros left out.
    by_number: std::sync::OnceLock<HashMap<String, Id>>,
    /// The parts of each item that has any.
    children: std::sync::OnceLock<HashMap<Id, Vec<Id>>>,
    /// Items of other repositories: references to them lead somewhere.
    pub external: BTreeSet<Id>,
}

impl Model {
    /// Reads the blueprints of a tree. Those that cannot be read are named by [`Tree::unread`].
    ///
    /// # Errors
    /// When git cannot be read.
    pub fn read(tree: &Tree<'_>, settings: &Settings) -> Result<Self, Error> {
        Model::read_by(tree, settings, |_, _| None)
    }

    /// As [`Model::read`]; `known` may give a blueprint that was read before.
    ///
    /// # Errors
    /// As [`Model::read`].
    pub fn read_by(
        tree: &Tree<'_>,
        settings: &Settings,
        known: impl Fn(&str, Holds) -> Option<Arc<Blueprint>>,
    ) -> Result<Self, Error> {
        let mut blueprints = Vec::new();
        let files = tree.files().iter().map(String::as_str);
        let mut paths: Vec<(&str, Holds)> = files
            .filter_map(|path| Some((path, settings.holds(path)?)))
            .collect();
        // What a link to another blueprint declares is declared there.
        let mut targets = BTreeSet::new();
        for path in tree.links() {
            let Some(holds) = settings.holds(path) else {
                continue;
            };
            let is_twin = match tree.target(path)? {
                Some(target) => settings.holds(&target).is_some() || !targets.insert(target),
                None => false,
            };
            if !is_twin {
                paths.push((path, holds));
            }
        }
        paths.sort_unstable_by_key(|(path, _)| *path);
        for (path, holds) in paths {
            if let Some(blueprint) = known(path, holds) {
                blueprints.push(blueprint);
            } else if let Some(source) = tree.source(path)? {
                let blueprint = items::read(source, holds, &settings.prefixes);
                blueprints.push(Arc::new(blueprint));
            }
        }
        for path in tree.odd() {
            if settings.holds(path).is_some() {
                tree.mark_unread(path);
            }
        }
        Ok(Model::new(blueprints))
    }

    /// Joins blueprints, in the order of their paths.
    pub fn new(blueprints: Vec<Arc<Blueprint>>) -> Self {
        let count = blueprints.iter().map(|one| one.items.len()).sum();
        let mut first = HashMap::with_capacity_and_hasher(count, Default::default());
        let mut order: Vec<(&Id, (usize, usize))> = Vec::with_capacity(count);
        for (file, blueprint) in blueprints.iter().enumerate() {
            for (place, item) in blueprint.items.iter().enumerate() {
                if let Slot::Vacant(free) = first.entry(item.id.clone()) {
                    order.push((&item.id, (file, place)));
                    free.insert((file, place));
                }
            }
        }
        // Stable, because it is quick with what is in order mostly.
        order.sort_by_key(|(id, _)| *id);
        let order = order.into_iter().map(|(_, place)| place).collect();
        Model {
            blueprints,
            by_number: std::sync::OnceLock::new(),
            children: std::sync::OnceLock::new(),
            first,
            order,
            external: BTreeSet::new(),
        }
    }

    /// An item by its id.
    pub fn get(&self, id: &Id) -> Option<Entry<'_>> {
        self.entry(*self.first.get(id)?)
    }

    fn entry(&self, (file, place): (usize, usize)) -> Option<Entry<'_>> {
        let blueprint = self.blueprints.get(file)?;
        let item = blueprint.items.get(place)?;
        Some(Entry { blueprint, item })
    }

    /// Whether an id is declared.
    pub fn has(&self, id: &Id) -> bool {
        self.first.contains_key(id)
    }

    /// Has an id be the one that the blueprints hold: a large tree names each in many places, and
    /// what is one in memory is compared at once.
    pub fn share(&self, id: &mut Id) {
        if let Some((own, _)) = self.first.get_key_value(id) {
            id.clone_from(own);
        }
    }

    /// Whether an id is declared here or in another repository.
    pub fn knows(&self, id: &Id) -> bool {
        self.has(id) || self.external.contains(id)
    }

    /// The item whose id differs from this one only by leading zeros.
    pub fn twin(&self, id: &Id) -> Option<&Id> {
        let number = |entry: Entry<'_>| {
            let id = &entry.item.id;
            (canonical(id.as_str()), id.clone())
        };
        self.by_number
            .get_or_init(|| self.items().rev().map(number).collect())
            .get(&canonical(id.as_str()))
            .filter(|twin| *twin != id)
    }

    /// Every item once, in natural order of the ids.
    pub fn items(&self) -> impl DoubleEndedIterator<Item = Entry<'_>> {
        self.order.iter().filter_map(|place| self.entry(*place))
    }

    /// The items of a kind, in natural order of the ids.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = Entry<'_>> {
        self.items().filter(move |entry| entry.item.kind == kind)
    }

    /// A blueprint by its path.
    pub fn blueprint(&self, path: &str) -> Option<&Arc<Blueprint>> {
        self.blueprints
            .binary_search_by(|blueprint| blueprint.path().cmp(path))
            .ok()
            .and_then(|at| self.blueprints.get(at))
    }

    /// The item that an item is a part of: by dotted id, else by nesting.
    pub fn parent(&self, entry: Entry<'_>) -> Option<&Id> {
        let mut id = entry.item.id.as_str();
        while let Some((above, _)) = id.rsplit_once('.') {
            let known = Id::new(above)
                .ok()
                .and_then(|above| self.first.get_key_value(&above));
            if let Some((known, _)) = known {
                return Some(known);
            }
            id = above;
        }
        let mut inside = entry.item.inside;
        while let Some(item) = inside.and_then(|at| entry.blueprint.items.get(at)) {
            if item.kind == entry.item.kind && item.id != entry.item.id {
                return self.first.get_key_value(&item.id).map(|(id, _)| id);
            }
            inside = item.inside;
        }
        None
    }

    /// The parts of each item that has any.
    pub fn children(&self) -> &HashMap<Id, Vec<Id>> {
        self.children.get_or_init(|| {
            let mut children: HashMap<Id, Vec<Id>> = HashMap::default();
            for entry in self.items() {
                if let Some(parent) = self.parent(entry) {
                    let parts = children.entry(parent.clone()).or_default();
                    parts.push(entry.item.id.clone());
                }
            }
            children
        })
    }
}

/// An item and the file it stands in.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'m> {
    /// The file.
    pub blueprint: &'m Blueprint,
    /// The item.
    pub item: &'m Item,
}

impl<'m> Entry<'m> {
    /// Where the id stands.
    pub fn at(self) -> Location {
        self.place(self.item.at.clone())
    }

    /// The place of bytes of the file.
    pub fn place(self, range: Range<usize>) -> Location {
        self.blueprint.source.at(range)
    }

    /// The item's text, parts included.
    pub fn text(self) -> &'m str {
        self.blueprint
            .source
            .text()
            .get(self.item.range.clone())
            .unwrap_or_default()
    }
}
