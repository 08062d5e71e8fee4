//! Everything that is known about a state of the repository.

use std::collections::BTreeMap;

use trueline_core::Finding;
use trueline_kit::config::Config;
use trueline_kit::git::{Change, Oid};
use trueline_kit::{Context, Error};

use crate::cache::Store;
use crate::crosswalk::{Book, Sources, build};
use crate::hash::HashSet;
use crate::history::Commit;
use crate::model::Model;
use crate::settings::Settings;
use crate::tagged::Tagged;
use crate::tree::Tree;
use crate::work::Work;

/// A state of the repository, read whole.
pub struct State<'c> {
    /// Globs and paths.
    pub settings: Settings,
    /// Its files.
    pub tree: Tree<'c>,
    /// Its blueprints.
    pub model: Model,
    /// Its tags.
    pub tagged: Tagged,
    /// Its plan and queue.
    pub work: Work,
    /// Its crosswalk as it stands on disk.
    pub book: Book,
    /// The crosswalk as it would be made now: the one on disk, with the tags, the plan and the
    /// commits that are judged.
    pub joined: Book,
    /// What could not be read.
    pub faults: Vec<Finding>,
    /// Blueprints, plan, queue or crosswalk that are there and could not be read whole.
    pub unread: Vec<String>,
}

impl<'c> State<'c> {
    /// The working tree. Links that the trailers of `commits` make count.
    ///
    /// # Errors
    /// When git or a folder cannot be read.
    pub fn work(
        ctx: &'c Context,
        commits: &[Commit],
        renames: &BTreeMap<String, String>,
    ) -> Result<Self, Error> {
        let tree = Tree::work(ctx)?;
        let settings = Settings::for_tree(ctx.config(), &tree);
        State::work_by(ctx, tree, settings, commits, renames)
    }

    /// A working tree by these settings: those of another state, so that a change cannot have its
    /// own files left out.
    ///
    /// # Errors
    /// As [`State::work`].
    pub fn work_by(
        ctx: &Context,
        tree: Tree<'c>,
        settings: Settings,
        commits: &[Commit],
        renames: &BTreeMap<String, String>,
    ) -> Result<Self, Error> {
        let store = Store::open(ctx, &settings);
        let tagged = Tagged::work(ctx, &tree, &settings, store.as_ref());
        let model = Model::read(&tree, &settings)?;
        let config = ctx.config();
        State::join(settings, tree, model, tagged, config, commits, renames)
    }

    /// A commit. `same` is another state and the changes between the two.
    ///
    /// # Errors
    /// When git cannot be read.
    pub fn commit(
        ctx: &Context,
        commit: &Oid,
        same: Option<(&State<'_>, &[Change])>,
    ) -> Result<State<'static>, Error> {
        State::commit_by(ctx, Tree::commit(ctx, commit)?, same)
    }

    /// As [`State::commit`], of the commit's tree.
    ///
    /// # Errors
    /// When git cannot be read.
    pub fn commit_by(
        ctx: &Context,
        tree: Tree<'static>,
        same: Option<(&State<'_>, &[Change])>,
    ) -> Result<State<'static>, Error> {
        let settings = Settings::for_tree(ctx.config(), &tree);
        let store = Store::open(ctx, &settings);
        let tags = same.map(|(state, changes)| (&state.tagged, changes));
        let tagged = Tagged::commit(&tree, &settings, tags, store.as_ref())?;
        let changed: HashSet<&str> = same
            .iter()
            .flat_map(|(_, changes)| changes.iter().flat_map(Change::paths))
            .filter_map(|path| path.as_str())
            .collect();
        // A blueprint that git takes for the same is.
        let model = Model::read_by(&tree, &settings, |path, holds| {
            let (state, _) = same?;
            let is_same = !changed.contains(path)
                && tree.has(path)
                && state.tree.has(path)
                && state.settings.holds(path) == Some(holds);
            is_same
                .then(|| state.model.blueprint(path).cloned())
                .flatten()
        })?;
        let config = ctx.config();
        State::join(settings, tree, model, tagged, config, &[], &BTreeMap::new())
    }

    /// Whether everything that counts was read: only then may anything be written from it. What
    /// was not is a finding or was said already, except for paths that are not UTF-8.
    pub fn is_whole(&self) -> bool {
        self.faults.is_empty() && self.unread.is_empty()
    }

    fn join<'t>(
        settings: Settings,
        tree: Tree<'t>,
        model: Model,
        mut tagged: Tagged,
        config: &Config,
        commits: &[Commit],
        renames: &BTreeMap<String, String>,
    ) -> Result<State<'t>, Error> {
        let (work, mut faults) = Work::read(&tree, &settings, config)?;
        tagged.share(&model);
        let mut book = Book::read(tree.source(&settings.crosswalk)?);
        book.share(&model);
        faults.extend(book.faults.iter().cloned());
        let unread = tree.unread();
        let joined = build(&Sources {
            model: &model,
            tagged: &tagged,
            work: &work,
            commits,
            renames,
            tree: &tree,
            settings: &settings,
            old: &book,
            prune: false,
        })
        .book;
        Ok(State {
            settings,
            tree,
            model,
            tagged,
            work,
            book,
            joined,
            faults,
            unread,
        })
    }
}
