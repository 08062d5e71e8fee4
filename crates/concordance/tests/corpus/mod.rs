//! A generated repository in which everything is traced, with defects planted where it says.
//!
//! The plan of the corpus knows what is wrong before any tool has looked: [`Corpus::expected`]
//! is written by the hand that plants, never computed from the text. The same shape and seed give
//! the same bytes everywhere.

// The tags below are made for the corpus. concordance:ignore-file
mod plant;
mod random;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

pub(crate) use random::Random;

/// How large a corpus is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Another seed gives another corpus.
    pub(crate) seed: u64,
    /// Groups of requirements; each has [`PARTS`] requirements of its own.
    pub(crate) groups: usize,
    /// Files in all, blueprints included; no fewer than needed to trace everything.
    pub(crate) files: usize,
    /// Bytes in all, roughly.
    pub(crate) bytes: usize,
    /// Defects of each kind.
    pub(crate) defects: usize,
}

/// Requirements of a group.
pub(crate) const PARTS: usize = 5;

/// Groups in a blueprint.
const GROUPS_A_FILE: usize = 10;

/// A finding that must be there: code without the tool's name, path, line (0: any).
pub(crate) type Expected = (&'static str, String, u32);

/// A requirement, and what serves it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Requirement {
    pub(crate) id: String,
    pub(crate) designs: Vec<usize>,
    pub(crate) code: Vec<String>,
    pub(crate) tests: Vec<String>,
    pub(crate) sentence: String,
    pub(crate) criteria: Vec<String>,
    /// Lines that a defect adds to its text.
    pub(crate) extra: Vec<String>,
    pub(crate) is_planned: bool,
    pub(crate) is_empty: bool,
    pub(crate) is_twice: bool,
}

/// A design.
#[derive(Debug, Clone, Default)]
pub(crate) struct Design {
    pub(crate) id: String,
    pub(crate) needs: Vec<String>,
    pub(crate) code: Vec<String>,
}

/// A file that holds tags between lines that hold none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tagged {
    pub(crate) tags: Vec<String>,
    pub(crate) size: usize,
}

/// A generated repository.
#[derive(Debug, Default)]
pub(crate) struct Corpus {
    pub(crate) requirements: Vec<Requirement>,
    pub(crate) designs: Vec<Design>,
    /// Code and tests by path.
    pub(crate) tagged: BTreeMap<String, Tagged>,
    /// Everything, as it is written.
    pub(crate) files: BTreeMap<String, String>,
    /// Exactly what `check` must find in the tree as it is written first.
    pub(crate) expected: BTreeSet<Expected>,
    /// Files that change once the crosswalk was made; `None`: the file goes.
    pub(crate) late: BTreeMap<String, Option<String>>,
    /// What `check` must find besides after that.
    pub(crate) expected_late: BTreeSet<Expected>,
}

impl Corpus {
    /// Makes one.
    pub(crate) fn new(shape: Shape) -> Corpus {
        let mut random = Random::new(shape.seed);
        let mut corpus = Corpus::clean(shape, &mut random);
        let planted = plant::plant(&mut corpus, shape, &mut random);
        corpus.write_blueprints(&planted);
        corpus.write_plan(&planted);
        corpus.write_tagged(&planted, &mut random);
        corpus.write_rest(shape, &mut random);
        plant::late(&mut corpus, &planted);
        corpus
    }

    /// Everything traced: a requirement has one or two designs, every design code, every
    /// requirement tests, every code file a tag.
    fn clean(shape: Shape, random: &mut Random) -> Corpus {
        let mut corpus = Corpus::default();
        for group in 1..=shape.groups {
            for part in 1..=PARTS {
                let mut requirement = Requirement {
                    id: format!("NT-{group}.{part}"),
                    sentence: text::sentence(random),
                    is_planned: true,
                    ..Requirement::default()
                };
                for _ in 0..=random.below(2) {
                    let number = corpus.designs.len() + 1;
                    requirement.designs.push(corpus.designs.len());
                    corpus.designs.push(Design {
                        id: format!("TD-{number}"),
                        needs: vec![requirement.id.clone()],
                        code: Vec::new(),
                    });
                }
                corpus.requirements.push(requirement);
            }
        }
        let others = 4 + 2 * shape.groups.div_ceil(GROUPS_A_FILE);
        let left = shape.files.saturating_sub(others);
        let code = (left * 6 / 10).max(corpus.designs.len());
        let tests = (left * 3 / 10).max(corpus.requirements.len());
        let size = shape.bytes / shape.files.max(1);
        for number in 0..code {
            let at = number % corpus.designs.len();
            let path = format!("src/m{:03}/f{number:05}.rs", number % 251);
            let tag = format!("[impl->{}]", corpus.designs[at].id);
            corpus.put(&path, tag, size);
            corpus.designs[at].code.push(path);
        }
        for number in 0..tests {
            let at = number % corpus.requirements.len();
            let path = format!("tests/t{:03}/f{number:05}.rs", number % 97);
            let tag = format!("[verify->{}]", corpus.requirements[at].id);
            corpus.put(&path, tag, size);
            corpus.requirements[at].tests.push(path);
        }
        for requirement in &mut corpus.requirements {
            let code = requirement.designs.iter();
            let code = code.flat_map(|at| corpus.designs[*at].code.iter().cloned());
            requirement.code = code.collect();
            let test = requirement.tests.first().cloned().unwrap_or_default();
            requirement.criteria = vec![format!("- `{test}::works` passes")];
        }
        corpus
    }

    fn put(&mut self, path: &str, tag: String, size: usize) {
        let file = self.tagged.entry(path.to_owned()).or_default();
        file.tags.push(tag);
        file.size = size;
    }

    fn write_blueprints(&mut self, planted: &plant::Planted) {
        let per_file = PARTS * GROUPS_A_FILE;
        for (at, chunk) in self.requirements.chunks(per_file).enumerate() {
            let path = format!("docs/blueprints/nt/area-{at:04}.md");
            let mut page = text::Page::new(&format!("Area {at}"));
            for (number, one) in chunk.iter().enumerate() {
                if number % PARTS == 0 {
                    let group = one.id.split('.').next().unwrap_or_default();
                    page.line(&format!("## {group} Group"));
                    page.line("");
                    page.line("What belongs together MUST work together.");
                    page.line("");
                }
                planted.requirement(one, &path, &mut page, &mut self.expected);
            }
            self.files.insert(path, page.text);
        }
        for (at, chunk) in self.designs.chunks(100).enumerate() {
            let path = format!("docs/blueprints/td/part-{at:04}.md");
            let mut page = text::Page::new(&format!("Part {at}"));
            for design in chunk {
                planted.design(design, &path, &mut page, &mut self.expected);
            }
            self.files.insert(path, page.text);
        }
    }

    fn write_plan(&mut self, planted: &plant::Planted) {
        let path = "ops/queue.jsonl";
        let mut queue = String::new();
        let mut line = 0;
        for one in self.requirements.iter().filter(|one| one.is_planned) {
            line += 1;
            let tds: Vec<&str> = one
                .designs
                .iter()
                .map(|at| self.designs[*at].id.as_str())
                .filter(|td| !planted.orphans.contains(*td))
                .chain(planted.dangling.get(&one.id).map(String::as_str))
                .collect();
            let number = one.id.trim_start_matches("NT-");
            if tds.is_empty() {
                let expected = ("unlinked-item", path.to_owned(), line);
                self.expected.insert(expected);
            }
            if planted.dangling.contains_key(&one.id) {
                self.expected.insert(("unknown-id", path.to_owned(), line));
            }
            let tds: Vec<String> = tds.iter().map(|td| format!("\"{td}\"")).collect();
            queue.push_str(&format!(
                "{{\"id\": \"WBS-{number}\", \"title\": \"Build {number}\", \"status\": \"todo\", \"nt_refs\": [\"{}\"], \"td_refs\": [{}]}}\n",
                one.id,
                tds.join(", ")
            ));
        }
        self.files.insert(path.to_owned(), queue);
    }

    fn write_tagged(&mut self, planted: &plant::Planted, random: &mut Random) {
        for (path, file) in &self.tagged {
            let mut page = text::Page::code(random, file.size);
            for tag in &file.tags {
                page.tag(tag, random);
            }
            for (tag, code) in planted.tags.get(path).into_iter().flatten() {
                let line = page.tag(tag, random);
                self.expected.insert((code, path.clone(), line));
            }
            if file.tags.is_empty() && !planted.tags.contains_key(path) && path.starts_with("src/")
            {
                self.expected.insert(("unmapped-code", path.clone(), 0));
            }
            page.fill(random, file.size);
            self.files.insert(path.clone(), page.text);
        }
    }

    /// Files that hold what looks like tags and is none, and that hold nothing.
    fn write_rest(&mut self, shape: Shape, random: &mut Random) {
        let decoys = [
            (
                "notes/fence.md",
                "# Notes\n\n```\n// [impl->TD-999999]\n```\n\nand `[verify->NT-999999]` here\n",
            ),
            (
                "notes/ignored.txt",
                "concordance:ignore-start\n[impl->TD-999999]\nconcordance:ignore-end\n\nconcordance:ignore\n[impl->TD-999999]\nx[i->n] [a->b] [impl->RFC-1]\n",
            ),
            ("notes/binary.bin", "\0[impl->TD-999999]\n"),
            ("fixtures/.concordance-ignore", ""),
            ("fixtures/src/lib.rs", "// [impl->TD-999999]\n"),
        ];
        for (path, text) in decoys {
            self.files.insert(path.to_owned(), text.to_owned());
        }
        let size = shape.bytes / shape.files.max(1);
        let mut number = 0;
        while self.files.len() < shape.files {
            let mut page = text::Page::code(random, size);
            page.fill(random, size);
            let path = format!("notes/n{:03}/f{number:05}.txt", number % 31);
            self.files.insert(path, page.text);
            number += 1;
        }
    }

    /// Writes the tree.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(crate) fn write(&self, root: &Path) -> io::Result<()> {
        for (path, text) in &self.files {
            write(root, path, text)?;
        }
        Ok(())
    }

    /// Makes the late changes.
    ///
    /// # Errors
    /// When a file cannot be written or removed.
    pub(crate) fn write_late(&self, root: &Path) -> io::Result<()> {
        for (path, text) in &self.late {
            match text {
                Some(text) => write(root, path, text)?,
                None => fs::remove_file(root.join(path))?,
            }
        }
        Ok(())
    }

    /// What must be found after the late changes.
    pub(crate) fn expected_after(&self) -> BTreeSet<Expected> {
        self.expected.union(&self.expected_late).cloned().collect()
    }
}

fn write(root: &Path, path: &str, text: &str) -> io::Result<()> {
    let place = root.join(path);
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(place, text)
}
