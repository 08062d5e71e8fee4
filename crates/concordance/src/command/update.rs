//! `concordance update`.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::ManuallyDrop;

use trueline_kit::git::{Change, Oid, Status, Target};
use trueline_kit::{Context, Error, Mode, Source};

use super::index::unwritten;
use crate::cache::{Commits, Store};
use crate::crosswalk::{Book, Sources, build, write};
use crate::gate::removed;
use crate::history::{self, Commit, Ends, History};
use crate::model::Model;
use crate::settings::Settings;
use crate::tagged::Tagged;
use crate::tree::{Tree, is_there};
use crate::work::Work;

/// Take blueprints, tags, plan, queue and commits into the crosswalk.
#[derive(Debug, clap::Args)]
pub(crate) struct Update {
    /// Take the commits since this revision, too
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// The last commit to take [default: HEAD and the working tree]
    #[arg(long, value_name = "REV", requires = "base")]
    head: Option<String>,
    /// Drop the rows of removed items even where people wrote into them
    #[arg(long)]
    prune: bool,
    /// Write nothing; exit 1 if the crosswalk is behind
    #[arg(long)]
    check: bool,
}

impl Update {
    pub(crate) fn run(&self, ctx: &Context) -> Result<(), Error> {
        let git = ctx.git();
        let head = self
            .head
            .as_deref()
            .map(|rev| git.commit(rev))
            .transpose()?;
        let tree = match &head {
            Some(head) => Tree::commit(ctx, head)?,
            None => Tree::work(ctx)?,
        };
        let settings = Settings::for_tree(ctx.config(), &tree);
        let store = Store::open(ctx, &settings);
        let mut range = ManuallyDrop::new(match &self.base {
            Some(base) => Range::for_rows(ctx, &settings, &tree, base, head.as_ref())?,
            None => Range::default(),
        });
        // These end with the process: taking them down would cost as much as a tenth of making
        // them.
        let model = ManuallyDrop::new(Model::read(&tree, &settings)?);
        range
            .commits
            .iter_mut()
            .for_each(|commit| commit.claims.share(&model));
        let mut tagged = ManuallyDrop::new(match &head {
            Some(_) => Tagged::commit(&tree, &settings, None, store.as_ref())?,
            None => Tagged::work(ctx, &tree, &settings, store.as_ref()),
        });
        tagged.share(&model);
        let (work, unreadable) = Work::read(&tree, &settings, ctx.config())?;
        let work = ManuallyDrop::new(work);
        let source = ctx.source(&settings.crosswalk);
        let is_hidden = source.is_none() && is_there(ctx, &settings.crosswalk);
        let mut old = ManuallyDrop::new(Book::read(source));
        old.share(&model);
        let is_broken = is_hidden
            || !old.faults.is_empty()
            || !unreadable.is_empty()
            || !tree.unread().is_empty();
        ctx.report_all(old.faults.clone());
        ctx.report_all(unreadable);
        ctx.report_all(tagged.findings());
        if is_broken {
            // In a commit nothing has said so yet.
            for path in tree.unread().iter().filter(|_| head.is_some()) {
                ctx.warn(format!("`{path}` cannot be read as UTF-8 text"));
            }
            return Err(unwritten("the crosswalk"));
        }
        let built = ManuallyDrop::new(build(&Sources {
            model: &model,
            tagged: &tagged,
            work: &work,
            commits: &range.commits,
            renames: &range.renames,
            tree: &tree,
            settings: &settings,
            old: &old,
            prune: self.prune,
        }));
        // The commits are in the rows now, and what follows takes memory of its own.
        let count = range.commits.len();
        drop(ManuallyDrop::into_inner(range));
        for line in &built.dropped {
            ctx.note(format!("dropped {line}"));
        }
        if built.removed.is_empty() {
            // No finding is shown with the old text: the new one has its place.
            old.source = None;
        }
        let text = write(&built.book);
        let changed = ctx.generate(
            &settings.crosswalk,
            text.as_bytes(),
            Mode::of_check(self.check),
        )?;
        if !built.removed.is_empty() {
            // Findings are shown with the text on disk.
            let written;
            let shown = match self.check {
                true => &*old,
                false => {
                    written = Book::read(Some(Source::new(settings.crosswalk.as_str(), text)));
                    &written
                }
            };
            ctx.report_all(removed(shown, &built.removed));
        }
        let state = if changed.any() {
            "changed"
        } else {
            "up to date"
        };
        let rows = built.book.rows.len();
        ctx.note(format!(
            "{rows} rows from {count} commits and {} tagged files: {state}",
            tagged.files.len()
        ));
        Ok(())
    }
}

/// The commits of a range and the renames in it.
#[derive(Debug, Default)]
pub(crate) struct Range {
    pub(crate) commits: Vec<Commit>,
    pub(crate) renames: BTreeMap<String, String>,
    pub(crate) changes: Vec<Change>,
    pub(crate) merge_base: Option<Oid>,
}

impl Range {
    /// What happened since the merge base of `base` and HEAD, up to the working tree.
    pub(crate) fn read(ctx: &Context, settings: &Settings, base: &str) -> Result<Range, Error> {
        Range::between(ctx, settings, &Ends::of(&ctx.git(), base, None)?)
    }

    /// As [`Range::read`], of ends that are known.
    pub(crate) fn between(ctx: &Context, settings: &Settings, ends: &Ends) -> Result<Range, Error> {
        let git = ctx.git();
        let changes = git.diff(&ends.merge_base, Target::WorkTree)?;
        Range::of(ctx, settings, History::new(&git), ends, changes)
    }

    /// As [`Range::read`], for rows alone: of the changes only renames are needed, and without a
    /// new path there are none. That the index tells without a look at every file. Where there is
    /// a `head`, up to that.
    fn for_rows(
        ctx: &Context,
        settings: &Settings,
        tree: &Tree<'_>,
        base: &str,
        head: Option<&Oid>,
    ) -> Result<Range, Error> {
        let git = ctx.git();
        let mut history = History::new(&git);
        let store = Store::open(ctx, settings);
        let ends = match Commits::are_new(store.as_ref()) {
            true => Ends::of_new(&mut history, base, head)?,
            false => Ends::of(&git, base, head)?,
        };
        let changes = match head {
            Some(head) => git.diff(&ends.merge_base, Target::Commit(head))?,
            None if history::has_new_files(&mut history, tree, &ends.merge_base)? => {
                git.diff(&ends.merge_base, Target::WorkTree)?
            }
            None => Vec::new(),
        };
        Range::of(ctx, settings, history, &ends, changes)
    }

    fn of(
        ctx: &Context,
        settings: &Settings,
        history: History<'_>,
        ends: &Ends,
        changes: Vec<Change>,
    ) -> Result<Range, Error> {
        let mut renames = BTreeMap::new();
        let mut note = |old: Option<&str>, new: Option<&str>| {
            if let (Some(old), Some(new)) = (old, new)
                && old != new
            {
                renames.insert(old.to_owned(), new.to_owned());
            }
        };
        let commits = history::commits(
            history,
            ends,
            &settings.prefixes,
            Store::open(ctx, settings).as_ref(),
        )?;
        for changed in commits.iter().flat_map(|commit| &commit.changes) {
            note(changed.before(), changed.after());
        }
        for change in changes
            .iter()
            .filter(|change| change.status == Status::Renamed)
        {
            let path = |side: &Option<trueline_kit::git::Side>| {
                side.as_ref()
                    .and_then(|side| side.path.as_str().map(str::to_owned))
            };
            note(path(&change.old).as_deref(), path(&change.new).as_deref());
        }
        Ok(Range {
            commits,
            renames: closed(&renames),
            changes,
            merge_base: Some(ends.merge_base.clone()),
        })
    }
}

impl Range {
    /// The paths that differ, both sides of a rename, and new files of the working tree that git
    /// does not know yet.
    pub(crate) fn changed(&self, tree: &Tree<'_>) -> BTreeSet<String> {
        let known = self.changes.iter().flat_map(Change::paths);
        let known = known.filter_map(|path| path.as_str().map(str::to_owned));
        known.chain(tree.untracked().map(str::to_owned)).collect()
    }
}

/// Most renames of one file that are followed.
const MAX_HOPS: usize = 64;

/// Each old path with where it ends up after every rename. A circle ends where it began.
fn closed(renames: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let last = |start: &String| {
        let mut at = start;
        for _ in 0..MAX_HOPS {
            match renames.get(at) {
                Some(next) if next != start => at = next,
                _ => break,
            }
        }
        at.clone()
    };
    renames.keys().map(|old| (old.clone(), last(old))).collect()
}
