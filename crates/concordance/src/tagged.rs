//! The tags of a whole tree.

use std::collections::BTreeMap;

use trueline_core::{Finding, Location};
use trueline_kit::git::Change;
use trueline_kit::{Context, Error};

use crate::cache::{self, Scans, Stat, Store};
use crate::hash::HashSet;
use crate::model::Model;
use crate::rules;
use crate::settings::Settings;
use crate::tags::{
    FileScan, Link, MAX_SCANNED, ProblemKind, Scanned, Scanner, is_markdown, scan_bytes, scan_files,
};
use crate::tree::Tree;

/// Tags by file.
#[derive(Debug, Clone, Default)]
pub struct Tagged {
    /// What each file says; files that say nothing are left out.
    pub files: BTreeMap<String, FileScan>,
    /// Files that were not read, and why.
    pub skipped: Vec<(String, String)>,
}

impl Tagged {
    /// Scans the working tree: what `store` does not remember of it.
    pub fn work(
        ctx: &Context,
        tree: &Tree<'_>,
        settings: &Settings,
        store: Option<&Store>,
    ) -> Self {
        let scans = store.map(Scans::read).unwrap_or_default();
        let mut out = Tagged::default();
        let all = tree.files().iter().map(String::as_str);
        let scanned: Vec<(&str, Option<Stat>)> = all
            .zip(tree.all_stats())
            .filter(|(path, _)| settings.is_scanned(path))
            .collect();
        let mut paths = Vec::new();
        let mut files = Vec::new();
        for (path, stat) in &scanned {
            match stat.and_then(|stat| scans.file(path, stat)) {
                Some(scan) => files.extend(out.take(path, Scanned::Text(scan))),
                None => paths.push((*path, stat.map(Stat::size))),
            }
        }
        let scanner = Scanner::new(settings.prefixes.clone());
        let mut missing = HashSet::default();
        let found = scan_files(ctx.root(), &paths, &scanner, cache::threads());
        files.reserve_exact(found.len());
        for (at, scanned) in found {
            if let Some((path, _)) = paths.get(at) {
                if scanned == Scanned::Missing {
                    missing.insert(*path);
                }
                files.extend(out.take(path, scanned));
            }
        }
        out.files = files.into_iter().collect();
        out.odd(tree, settings);
        if let Some(store) = store.filter(|_| !paths.is_empty()) {
            let skipped: HashSet<&str> =
                out.skipped.iter().map(|(path, _)| path.as_str()).collect();
            let mut tagged = out.files.iter().peekable();
            let files = scanned.iter().filter_map(|(path, stat)| {
                let own = tagged.next_if(|(tagged, _)| tagged.as_str() == *path);
                let is_read = !skipped.contains(path) && !missing.contains(path);
                let stat = stat.filter(|_| is_read)?;
                Some((*path, stat, own.map(|(_, scan)| scan)))
            });
            scans.write_files(store, files);
        }
        out
    }

    /// Paths that are not UTF-8 can be in no crosswalk.
    fn odd(&mut self, tree: &Tree<'_>, settings: &Settings) {
        let odd = tree.odd().iter().filter(|path| settings.is_scanned(path));
        let why = "its path is not UTF-8: no tag in it counts, and no row can name it";
        self.skipped
            .extend(odd.map(|path| (path.clone(), why.to_owned())));
    }

    /// The tags of a commit's tree. `same` gives the tags of another tree and the changes between
    /// the two: only files that differ are read again.
    ///
    /// # Errors
    /// When git cannot be read.
    pub fn commit(
        tree: &Tree<'_>,
        settings: &Settings,
        same: Option<(&Tagged, &[Change])>,
        store: Option<&Store>,
    ) -> Result<Self, Error> {
        let scanner = Scanner::new(settings.prefixes.clone());
        let mut out = Tagged::default();
        out.odd(tree, settings);
        let scans = store.map(Scans::read).unwrap_or_default();
        let mut new = Vec::new();
        let mut read = |path: &str, out: &mut Tagged| -> Result<(), Error> {
            if !settings.is_scanned(path) {
                return Ok(());
            }
            let is_markdown = is_markdown(path);
            let known = tree.oid(path).and_then(|oid| scans.blob(oid, is_markdown));
            if let Some(scan) = known {
                out.add(path, Scanned::Text(scan));
                return Ok(());
            }
            if let Some(bytes) = tree.bytes(path)? {
                let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                let scanned = match size > MAX_SCANNED {
                    true => Scanned::TooLarge(size),
                    false => scan_bytes(&bytes, path, &scanner),
                };
                if let (Scanned::Text(scan), Some(oid)) = (&scanned, tree.oid(path)) {
                    new.push((oid.clone(), is_markdown, scan.clone()));
                }
                out.add(path, scanned);
            }
            Ok(())
        };
        let Some((other, changes)) = same else {
            for path in tree.files() {
                read(path, &mut out)?;
            }
            return Ok(out);
        };
        let mut changed: Vec<&str> = changes
            .iter()
            .flat_map(Change::paths)
            .filter_map(|path| path.as_str())
            .collect();
        changed.sort_unstable();
        changed.dedup();
        for (path, scan) in &other.files {
            if changed.binary_search(&path.as_str()).is_err() && tree.has(path) {
                out.files.insert(path.clone(), scan.clone());
            }
        }
        for (path, why) in &other.skipped {
            if changed.binary_search(&path.as_str()).is_err() && tree.has(path) {
                out.skipped.push((path.clone(), why.clone()));
            }
        }
        for path in changed {
            read(path, &mut out)?;
        }
        if let Some(store) = store.filter(|_| !new.is_empty()) {
            scans.write_blobs(store, new);
        }
        Ok(out)
    }

    fn add(&mut self, path: &str, scanned: Scanned) {
        let new = self.take(path, scanned);
        self.files.extend(new);
    }

    /// What is to be added to the files; what was not read is noted.
    fn take(&mut self, path: &str, scanned: Scanned) -> Option<(String, FileScan)> {
        let skipped = match scanned {
            Scanned::Text(scan) if scan == FileScan::default() => return None,
            Scanned::Text(scan) => return Some((path.to_owned(), scan)),
            // A deleted file that is still in the index.
            Scanned::Binary | Scanned::Missing => return None,
            Scanned::TooLarge(size) => {
                format!("it has {size} bytes, more than the limit of {MAX_SCANNED}")
            }
            Scanned::Failed(error) => format!("it cannot be read: {error}"),
        };
        self.skipped.push((path.to_owned(), skipped));
        None
    }

    /// Has every link name its item by the id that the blueprints hold.
    pub fn share(&mut self, model: &Model) {
        let links = self.files.values_mut().flat_map(|scan| &mut scan.links);
        links.for_each(|link| model.share(&mut link.id));
    }

    /// Every link with its file.
    pub fn links(&self) -> impl Iterator<Item = (&str, &Link)> {
        self.files
            .iter()
            .flat_map(|(path, scan)| scan.links.iter().map(move |link| (path.as_str(), link)))
    }

    /// What is wrong with tags in themselves.
    pub fn findings(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        for (path, scan) in &self.files {
            for (span, problem) in &scan.problems {
                let at = Location::at(path.as_str(), *span);
                out.push(problem_finding(at, problem));
            }
        }
        for (path, why) in &self.skipped {
            let message = format!("not scanned for tags: {why}");
            out.push(Finding::new(
                &rules::NOT_SCANNED,
                Location::file(path.as_str()),
                message,
            ));
        }
        out
    }
}

fn problem_finding(at: Location, problem: &ProblemKind) -> Finding {
    let message = match problem {
        ProblemKind::NotClosed => "a tag that is not closed by `]` on its line".to_owned(),
        ProblemKind::UnknownKind(word) => format!("`{word}` is no kind of tag"),
        ProblemKind::BadId(text) if text.is_empty() => "an id is missing".to_owned(),
        ProblemKind::BadId(text) => format!("`{text}` is no id of a known prefix"),
        ProblemKind::TooManyIds => "more than 64 ids in one tag".to_owned(),
        ProblemKind::OpenIgnore => {
            "`concordance:ignore-start` has no `concordance:ignore-end`: it suppresses nothing"
                .to_owned()
        }
    };
    let finding = Finding::new(&rules::MALFORMED_TAG, at, message);
    match problem {
        ProblemKind::UnknownKind(_) => finding.help("write `impl` or `verify`"),
        _ => finding,
    }
}
