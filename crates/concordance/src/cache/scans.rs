//! The tags of files: by stat in the working tree, by blob in commits.

use std::cell::Cell;
use std::io;
use std::num::NonZeroU32;

use trueline_core::{Id, Span};
use trueline_kit::git::Oid;

use super::codec::{Give, Reader, Writer};
use super::stat::{Horizon, Stat};
use super::store::Store;
use crate::hash::HashMap;
use crate::ids::Kind;
use crate::tags::{FileScan, Link, TagKind};

const FILE: &str = "tags.bin";

/// Most blobs that are remembered; more and all are forgotten.
const MAX_BLOBS: usize = 100_000;

/// Remembered tags, as they were written: they are taken apart when they are asked for. What a
/// file with problems says is never stored: those are read anew each time.
#[derive(Debug, Default)]
pub struct Scans {
    bytes: Vec<u8>,
    /// Ordered by path.
    files: Vec<File>,
    blobs: HashMap<String, Part>,
    horizon: Option<Horizon>,
    /// The file after the one that was found last: mostly they are asked for in their order.
    next: Cell<usize>,
}

/// Where something stands in the bytes.
#[derive(Debug, Clone, Copy)]
struct Part {
    start: u32,
    end: u32,
}

#[derive(Debug)]
struct File {
    path: Part,
    stat: Stat,
    links: Part,
}

impl Scans {
    /// Reads what is remembered.
    pub fn read(store: &Store) -> Scans {
        let Some((mut scans, horizon)) = store.read_by(FILE, Scans::unpack) else {
            return Scans::default();
        };
        scans.horizon = Some(horizon);
        scans
    }

    fn unpack(bytes: &[u8]) -> Option<Scans> {
        let mut from = Reader(bytes);
        let at = |from: &Reader<'_>| u32::try_from(bytes.len() - from.0.len()).ok();
        let mut files: Vec<File> = Vec::new();
        let mut last = None;
        while from.is_more()? {
            let path = from.text()?;
            if last.replace(path).is_some_and(|last| last >= path) {
                return None;
            }
            let end = at(&from)?;
            let start = end.checked_sub(u32::try_from(path.len()).ok()?)?;
            let size = from.number()?;
            let modified = from.number()?.cast_signed();
            let changed = from.number()?.cast_signed();
            let stat = Stat(size, modified, changed, from.number()?);
            let links = at(&from)?;
            skip_links(&mut from)?;
            files.push(File {
                path: Part { start, end },
                stat,
                links: Part {
                    start: links,
                    end: at(&from)?,
                },
            });
        }
        let mut blobs = HashMap::default();
        for _ in 0..from.count()? {
            let name = from.text()?.to_owned();
            let start = at(&from)?;
            skip_links(&mut from)?;
            let end = at(&from)?;
            blobs.insert(name, Part { start, end });
        }
        from.is_done().then(|| Scans {
            bytes: bytes.to_vec(),
            files,
            blobs,
            horizon: None,
            next: Cell::new(0),
        })
    }

    fn bytes(&self, part: Part) -> &[u8] {
        let range = usize::try_from(part.start)
            .ok()
            .zip(usize::try_from(part.end).ok());
        let bytes = range.and_then(|(start, end)| self.bytes.get(start..end));
        bytes.unwrap_or_default()
    }

    fn find(&self, path: &str) -> Option<&File> {
        let is = |file: &&File| self.bytes(file.path) == path.as_bytes();
        let next = self.next.get();
        if let Some(file) = self.files.get(next).filter(is) {
            self.next.set(next + 1);
            return Some(file);
        }
        let place = self
            .files
            .binary_search_by(|file| self.bytes(file.path).cmp(path.as_bytes()))
            .ok()?;
        self.next.set(place + 1);
        self.files.get(place)
    }

    /// What a file of the working tree said, if it surely is the same.
    pub fn file(&self, path: &str, stat: Stat) -> Option<FileScan> {
        let file = self.find(path)?;
        let is_same = file.stat == stat && self.horizon?.trusts(stat);
        is_same
            .then(|| take_links(self.bytes(file.links)))
            .flatten()
    }

    /// What a blob said. Markdown is read by other rules, so the path's kind counts.
    pub fn blob(&self, oid: &Oid, is_markdown: bool) -> Option<FileScan> {
        take_links(self.bytes(*self.blobs.get(&name(oid, is_markdown))?))
    }

    /// Remembers the files of a working tree, ordered by path, in place of those before.
    pub fn write_files<'s>(
        &self,
        store: &Store,
        files: impl Iterator<Item = (&'s str, Stat, Option<&'s FileScan>)>,
    ) {
        let none = FileScan::default();
        store.write_by(FILE, |give| {
            let mut out = Writer::default();
            for (path, stat, scan) in files {
                let scan = scan.unwrap_or(&none);
                if scan.problems.is_empty() {
                    out.is_more(true);
                    put_file(path, stat, &mut out);
                    put_links(&scan.links, &mut out);
                    out.pass_on(give)?;
                }
            }
            out.is_more(false);
            self.put_blobs([].into_iter(), &mut out, give)
        });
    }

    /// Remembers blobs besides those before.
    pub fn write_blobs(mut self, store: &Store, new: Vec<(Oid, bool, FileScan)>) {
        if self.blobs.len() + new.len() > MAX_BLOBS {
            self.blobs.clear();
        }
        // The horizon of the new file would hold for the old stats, too: only those that are
        // still trusted stay.
        let is_kept = |file: &&File| self.horizon.is_some_and(|time| time.trusts(file.stat));
        let new: HashMap<String, FileScan> = new
            .into_iter()
            .filter(|(.., scan)| scan.problems.is_empty())
            .map(|(oid, is_markdown, scan)| (name(&oid, is_markdown), scan))
            .collect();
        self.blobs.retain(|name, _| !new.contains_key(name));
        store.write_by(FILE, |give| {
            let mut out = Writer::default();
            for file in self.files.iter().filter(is_kept) {
                let path = std::str::from_utf8(self.bytes(file.path)).unwrap_or_default();
                out.is_more(true);
                put_file(path, file.stat, &mut out);
                out.0.extend_from_slice(self.bytes(file.links));
                out.pass_on(give)?;
            }
            out.is_more(false);
            self.put_blobs(new.iter(), &mut out, give)
        });
    }

    fn put_blobs<'s>(
        &self,
        new: impl ExactSizeIterator<Item = (&'s String, &'s FileScan)>,
        out: &mut Writer,
        give: &mut Give<'_>,
    ) -> io::Result<()> {
        out.count(self.blobs.len() + new.len());
        for (name, links) in &self.blobs {
            out.text(name);
            out.0.extend_from_slice(self.bytes(*links));
            out.pass_on(give)?;
        }
        for (name, scan) in new {
            out.text(name);
            put_links(&scan.links, out);
            out.pass_on(give)?;
        }
        give(&out.0)
    }
}

fn put_file(path: &str, stat: Stat, out: &mut Writer) {
    let Stat(size, modified, changed, inode) = stat;
    out.text(path);
    for number in [
        size,
        modified.cast_unsigned(),
        changed.cast_unsigned(),
        inode,
    ] {
        out.number(number);
    }
}

/// Kinds of tag and item, id, revision (0: none) and span of each.
fn put_links(links: &[Link], out: &mut Writer) {
    out.count(links.len());
    for link in links {
        let of = match link.of {
            Kind::Nt => 0,
            Kind::Td => 1,
            Kind::Wbs => 2,
        };
        out.number(u64::from(link.kind == TagKind::Verify) | of << 1);
        out.text(link.id.as_str());
        out.number(u64::from(link.revision.map_or(0, NonZeroU32::get)));
        let span = link.span;
        for number in [span.line, span.column, span.end_line, span.end_column] {
            out.number(u64::from(number));
        }
    }
}

fn skip_links(from: &mut Reader<'_>) -> Option<()> {
    for _ in 0..from.count()? {
        from.number()?;
        from.text()?;
        for _ in 0..5 {
            from.number()?;
        }
    }
    Some(())
}

fn take_links(bytes: &[u8]) -> Option<FileScan> {
    let mut from = Reader(bytes);
    let count = from.count()?;
    let mut links = Vec::with_capacity(count);
    for _ in 0..count {
        let kinds = from.number()?;
        let id = Id::new(from.text()?).ok()?;
        let mut small = || from.number().and_then(|number| u32::try_from(number).ok());
        let revision = NonZeroU32::new(small()?);
        let span = Span {
            line: small()?,
            column: small()?,
            end_line: small()?,
            end_column: small()?,
        };
        links.push(Link {
            kind: match kinds & 1 {
                1 => TagKind::Verify,
                _ => TagKind::Impl,
            },
            id,
            of: match kinds >> 1 {
                0 => Kind::Nt,
                1 => Kind::Td,
                2 => Kind::Wbs,
                _ => return None,
            },
            revision,
            span,
        });
    }
    let problems = Vec::new();
    from.is_done().then_some(FileScan { links, problems })
}

fn name(oid: &Oid, is_markdown: bool) -> String {
    match is_markdown {
        true => format!("{oid}m"),
        false => oid.to_string(),
    }
}
