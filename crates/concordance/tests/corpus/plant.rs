//! The defects: each on a victim of its own, so that none hides or causes another.

use std::collections::{BTreeMap, BTreeSet};

use super::text::Page;
use super::{Corpus, Design, Expected, PARTS, Random, Requirement, Shape};

/// What was planted, as far as it shows only when files are written.
#[derive(Debug, Default)]
pub(crate) struct Planted {
    /// Findings at the heading of an item.
    at_item: BTreeMap<String, BTreeSet<&'static str>>,
    /// Findings at the first line of its criteria.
    at_criteria: BTreeMap<String, &'static str>,
    /// Findings at its extra line.
    at_extra: BTreeMap<String, &'static str>,
    /// Designs that nothing asks for.
    pub(crate) orphans: BTreeSet<String>,
    /// Designs that work items name and that do not exist, by requirement.
    pub(crate) dangling: BTreeMap<String, String>,
    /// Tags that are wrong, by file, and what is found.
    pub(crate) tags: BTreeMap<String, Vec<(String, &'static str)>>,
    /// Designs that begin a circle: the finding stands at their `Needs:`.
    circles: BTreeSet<String>,
    /// Requirements and designs whose text changes late; tests that go late.
    changed: Vec<String>,
    gone: Vec<String>,
}

/// Plants the defects of a shape.
pub(crate) fn plant(corpus: &mut Corpus, shape: Shape, random: &mut Random) -> Planted {
    let mut planted = Planted::default();
    // Victims have a group of their own: none touches another, not even as a neighbour.
    let groups = corpus.requirements.len() / PARTS;
    let kinds = KINDS.len();
    let wanted = (shape.defects * kinds).min(groups);
    for (number, group) in random.several(wanted, groups).into_iter().enumerate() {
        let victim = group * PARTS + random.below(PARTS);
        KINDS[number % kinds](corpus, &mut planted, victim, random);
    }
    planted
}

type Kind = fn(&mut Corpus, &mut Planted, usize, &mut Random);

const KINDS: [Kind; 17] = [
    untested,
    uncoded,
    undesigned,
    orphan,
    unknown_tag,
    revision,
    malformed,
    twice,
    unplanned,
    unmapped,
    placeholder,
    criteria,
    empty,
    link,
    dangling,
    circle,
    late_defects,
];

fn item(planted: &mut Planted, id: &str, code: &'static str) {
    planted
        .at_item
        .entry(id.to_owned())
        .or_default()
        .insert(code);
}

fn untested(corpus: &mut Corpus, planted: &mut Planted, at: usize, _: &mut Random) {
    let one = &corpus.requirements[at];
    for test in &one.tests {
        if let Some(file) = corpus.tagged.get_mut(test) {
            file.tags.clear();
        }
    }
    item(planted, &one.id, "uncovered-requirement");
}

fn uncoded(corpus: &mut Corpus, planted: &mut Planted, at: usize, _: &mut Random) {
    let one = &corpus.requirements[at];
    for code in &one.code {
        if let Some(file) = corpus.tagged.get_mut(code) {
            file.tags.clear();
        }
    }
    item(planted, &one.id, "uncovered-requirement");
}

/// Its designs go over to nobody, and its code to itself.
fn undesigned(corpus: &mut Corpus, planted: &mut Planted, at: usize, random: &mut Random) {
    orphan_all(corpus, planted, at, random);
    let one = &corpus.requirements[at];
    item(planted, &one.id, "uncovered-requirement");
}

/// One design that nobody asks for; a new one serves the requirement in its place.
fn orphan(corpus: &mut Corpus, planted: &mut Planted, at: usize, random: &mut Random) {
    orphan_all(corpus, planted, at, random);
    let id = format!("TD-{}", corpus.designs.len() + 1);
    let one = &mut corpus.requirements[at];
    let design = Design {
        id: id.clone(),
        needs: vec![one.id.clone()],
        code: one.code.clone(),
    };
    for code in &one.code {
        if let Some(file) = corpus.tagged.get_mut(code) {
            file.tags.push(format!("[impl->{id}]"));
        }
    }
    one.designs.push(corpus.designs.len());
    corpus.designs.push(design);
}

fn orphan_all(corpus: &mut Corpus, planted: &mut Planted, at: usize, _: &mut Random) {
    let one = &corpus.requirements[at];
    for design in &one.designs {
        let design = &mut corpus.designs[*design];
        design.needs.clear();
        planted.orphans.insert(design.id.clone());
        item(planted, &design.id, "orphan-design");
    }
    for code in &one.code {
        if let Some(file) = corpus.tagged.get_mut(code) {
            file.tags.push(format!("[impl->{}]", one.id));
        }
    }
}

fn wrong(corpus: &Corpus, planted: &mut Planted, at: usize, tag: String, code: &'static str) {
    let file = corpus.requirements[at]
        .code
        .first()
        .cloned()
        .unwrap_or_default();
    planted.tags.entry(file).or_default().push((tag, code));
}

fn unknown_tag(corpus: &mut Corpus, planted: &mut Planted, at: usize, random: &mut Random) {
    let id = format!("TD-{}", 900_000 + random.below(99_999));
    let tag = format!("[impl->{id}]");
    wrong(corpus, planted, at, tag, "unknown-id");
}

fn revision(corpus: &mut Corpus, planted: &mut Planted, at: usize, random: &mut Random) {
    let tag = format!(
        "[impl->{}~{}]",
        corpus.requirements[at].id,
        2 + random.below(7)
    );
    wrong(corpus, planted, at, tag, "wrong-revision");
}

fn malformed(corpus: &mut Corpus, planted: &mut Planted, at: usize, random: &mut Random) {
    let id = &corpus.requirements[at].id;
    let tag = match random.below(3) {
        0 => format!("[implements->{id}]"),
        1 => format!("[impl->{id}, ]"),
        _ => format!("[impl->{id}"),
    };
    wrong(corpus, planted, at, tag, "malformed-tag");
}

fn twice(corpus: &mut Corpus, _: &mut Planted, at: usize, _: &mut Random) {
    corpus.requirements[at].is_twice = true;
}

fn unplanned(corpus: &mut Corpus, planted: &mut Planted, at: usize, _: &mut Random) {
    corpus.requirements[at].is_planned = false;
    let id = corpus.requirements[at].id.clone();
    item(planted, &id, "unplanned-requirement");
}

fn unmapped(corpus: &mut Corpus, _: &mut Planted, at: usize, _: &mut Random) {
    let path = format!("src/nobody/f{at:05}.rs");
    let size = corpus.tagged.values().next().map_or(100, |file| file.size);
    let file = corpus.tagged.entry(path).or_default();
    file.size = size;
}

fn placeholder(corpus: &mut Corpus, planted: &mut Planted, at: usize, random: &mut Random) {
    let texts = [
        "- TBD",
        "- [ ] write tests",
        "- [describe it]",
        "- It works for everybody",
    ];
    let one = &mut corpus.requirements[at];
    one.criteria = vec![texts[random.below(texts.len())].to_owned()];
    planted
        .at_criteria
        .insert(one.id.clone(), "placeholder-acceptance");
}

fn criteria(corpus: &mut Corpus, planted: &mut Planted, at: usize, _: &mut Random) {
    let one = &mut corpus.requirements[at];
    one.criteria.clear();
    let id = one.id.clone();
    item(planted, &id, "missing-acceptance");
}

fn empty(corpus: &mut Corpus, planted: &mut Planted, at: usize, _: &mut Random) {
    corpus.requirements[at].is_empty = true;
    let id = corpus.requirements[at].id.clone();
    item(planted, &id, "missing-acceptance");
    item(planted, &id, "empty-item");
}

fn link(corpus: &mut Corpus, planted: &mut Planted, at: usize, random: &mut Random) {
    let target = match random.below(2) {
        0 => "nowhere.md".to_owned(),
        _ => "#no-such-anchor".to_owned(),
    };
    let one = &mut corpus.requirements[at];
    one.extra.push(format!("See [the other]({target})."));
    planted.at_extra.insert(one.id.clone(), "broken-link");
}

fn dangling(corpus: &mut Corpus, planted: &mut Planted, at: usize, random: &mut Random) {
    let id = format!("TD-{}", 800_000 + random.below(99_999));
    planted
        .dangling
        .insert(corpus.requirements[at].id.clone(), id);
}

/// Two designs of two requirements of a group need each other.
fn circle(corpus: &mut Corpus, planted: &mut Planted, at: usize, _: &mut Random) {
    let other = at / PARTS * PARTS + (at % PARTS + 1) % PARTS;
    let pick = |at: usize| corpus.requirements[at].designs.first().copied();
    if let (Some(a), Some(b)) = (pick(at.min(other)), pick(at.max(other))) {
        let (first, second) = (corpus.designs[a].id.clone(), corpus.designs[b].id.clone());
        corpus.designs[a].needs.push(second.clone());
        corpus.designs[b].needs.push(first.clone());
        planted.circles.insert(first);
        planted.deep(corpus, a);
        planted.deep(corpus, b);
    }
}

fn late_defects(corpus: &mut Corpus, planted: &mut Planted, at: usize, random: &mut Random) {
    let one = &corpus.requirements[at];
    if random.below(2) == 0 {
        planted.changed.push(one.id.clone());
    } else if let Some(test) = one.tests.first() {
        planted.gone.push(test.clone());
    }
}

impl Planted {
    /// A circle has no beginning: none of its designs is ever built.
    fn deep(&mut self, corpus: &Corpus, design: usize) {
        let nts = corpus.requirements.iter();
        for one in nts.filter(|one| one.designs.contains(&design)) {
            item(self, &one.id, "uncovered-requirement");
        }
    }

    /// Writes a requirement.
    pub(crate) fn requirement(
        &self,
        one: &Requirement,
        path: &str,
        page: &mut Page,
        expected: &mut BTreeSet<Expected>,
    ) {
        let mut expect = |code, line| expected.insert((code, path.to_owned(), line));
        let line = page.line(&format!("### {} Title of {}", one.id, one.id));
        for code in self.at_item.get(&one.id).into_iter().flatten() {
            expect(code, line);
        }
        page.line("");
        if one.is_empty {
            return;
        }
        page.line(&one.sentence);
        page.line("");
        for extra in &one.extra {
            let line = page.line(extra);
            if let Some(code) = self.at_extra.get(&one.id) {
                expect(code, line);
            }
            page.line("");
        }
        if !one.criteria.is_empty() {
            page.line("#### Acceptance");
            page.line("");
            for criterion in &one.criteria {
                let line = page.line(criterion);
                if let Some(code) = self.at_criteria.get(&one.id) {
                    expect(code, line);
                }
            }
            page.line("");
        }
        if one.is_twice {
            let line = page.line(&format!("### {} Again", one.id));
            expect("duplicate-id", line);
            page.line("");
            page.line("This MUST be said once.");
            page.line("");
        }
    }

    /// Writes a design.
    pub(crate) fn design(
        &self,
        one: &Design,
        path: &str,
        page: &mut Page,
        expected: &mut BTreeSet<Expected>,
    ) {
        let mut expect = |code, line| expected.insert((code, path.to_owned(), line));
        let line = page.line(&format!("## {} Title of {}", one.id, one.id));
        for code in self.at_item.get(&one.id).into_iter().flatten() {
            expect(code, line);
        }
        page.line("");
        page.line("An index in memory keeps what was asked for last.");
        page.line("");
        if !one.needs.is_empty() {
            let line = page.line(&format!("Needs: {}", one.needs.join(", ")));
            if self.circles.contains(&one.id) {
                expect("needs-cycle", line);
            }
            page.line("");
        }
    }
}

/// The changes that come once a crosswalk was made.
pub(crate) fn late(corpus: &mut Corpus, planted: &Planted) {
    for id in &planted.changed {
        let heading = format!("### {id} Title");
        let found = corpus
            .files
            .iter()
            .find(|(_, text)| text.contains(&heading));
        let Some((path, text)) = found.map(|(path, text)| (path.clone(), text.clone())) else {
            continue;
        };
        let text = match corpus.late.get(&path) {
            Some(Some(late)) => late.clone(),
            _ => text,
        };
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let at = lines.iter().position(|line| line.starts_with(&heading));
        if let Some(at) = at {
            lines[at + 2].push_str(" And at once.");
            let line = u32::try_from(at + 1).unwrap_or(0);
            let expected = ("suspect-link", path.clone(), line);
            corpus.expected_late.insert(expected);
        }
        corpus.late.insert(path, Some(lines.join("\n") + "\n"));
    }
    for test in &planted.gone {
        let nt = corpus
            .requirements
            .iter()
            .position(|one| one.tests.contains(test));
        let Some(one) = nt.and_then(|at| corpus.requirements.get(at)) else {
            continue;
        };
        corpus.late.insert(test.clone(), None);
        let path = "docs/blueprints/crosswalk.json".to_owned();
        corpus.expected_late.insert(("dead-file", path, 0));
        if one.tests.len() == 1 {
            planted_uncovered(&mut corpus.expected_late, &corpus.files, &one.id);
        }
        // Acceptance criteria that name it lead nowhere, too.
        for (path, text) in &corpus.files {
            if path.starts_with("docs/blueprints/") && path.ends_with(".md") {
                for (at, _) in text
                    .lines()
                    .enumerate()
                    .filter(|(_, line)| line.contains(test.as_str()))
                {
                    let line = u32::try_from(at + 1).unwrap_or(0);
                    let expected = ("dead-file", path.clone(), line);
                    corpus.expected_late.insert(expected);
                }
            }
        }
    }
}

fn planted_uncovered(out: &mut BTreeSet<Expected>, files: &BTreeMap<String, String>, id: &str) {
    let heading = format!("### {id} Title");
    for (path, text) in files {
        let at = text.lines().position(|line| line.starts_with(&heading));
        if let Some(at) = at {
            let line = u32::try_from(at + 1).unwrap_or(0);
            out.insert(("uncovered-requirement", path.clone(), line));
        }
    }
}
