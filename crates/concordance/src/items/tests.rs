use proptest::prelude::*;
use trueline_kit::Source;

use super::*;
use crate::ids::Prefixes;

fn blueprint(text: &str) -> Blueprint {
    let holds = Holds { nt: true, td: true };
    read(Source::new("docs/nt.md", text), holds, &Prefixes::default())
}

fn ids(text: &str) -> Vec<String> {
    blueprint(text)
        .items
        .iter()
        .map(|item| item.id.to_string())
        .collect()
}

fn one(text: &str) -> Item {
    let mut items = blueprint(text).items;
    assert_eq!(items.len(), 1, "{text}");
    items.remove(0)
}

/// Every byte belongs to exactly one item or to none.
fn sum(blueprint: &Blueprint) -> Result<(), String> {
    let mut all: Vec<Range<usize>> = blueprint.outside.clone();
    for item in &blueprint.items {
        all.extend(item.own.iter().cloned());
    }
    all.sort_by_key(|range| range.start);
    let mut at = 0;
    for range in all {
        if range.start != at || range.end <= range.start {
            return Err(format!("{range:?} after {at}"));
        }
        at = range.end;
    }
    if at == blueprint.source.text().len() {
        Ok(())
    } else {
        Err(format!("ends at {at}"))
    }
}

#[test]
fn four_ways_to_declare() {
    assert_eq!(
        ids("# R\n\n## NT-1 One\n\nText.\n\n### NT-1.1 Sub\n\nText.\n"),
        ["NT-1", "NT-1.1"]
    );
    assert_eq!(
        ids("<!-- id: NT-0001 | source: a\\b.docx -->\n\nText.\n"),
        ["NT-0001"]
    );
    assert_eq!(ids("---\nid: TD-7\nphase: P1\n---\n\nText.\n"), ["TD-7"]);
    assert_eq!(
        ids("- **NT-1** One.\n- **NT-2:** Two.\n\n**NT-3 Three.** More.\n"),
        ["NT-1", "NT-2", "NT-3"]
    );
    assert_eq!(
        ids("## [NT-1] A\n## `NT-2`: B\n## NT-3 — C\n## NT-4.\n"),
        ["NT-1", "NT-2", "NT-3", "NT-4"]
    );
}

#[test]
fn titles_anchors_briefs() {
    let item = one("## NT-1.2~3: The *title* `x`\n\nFirst sentence, e.g. this. Second.\n");
    assert_eq!(item.title, "The title x");
    assert_eq!(item.anchor.as_deref(), Some("nt-123-the-title-x"));
    assert_eq!(item.brief.as_deref(), Some("First sentence, e.g. this."));
    assert_eq!(item.revision.get(), 3);
    let item = one("<!-- id: NT-0001 -->\n\n# Booking flow\n\nA guest books.\n");
    assert_eq!(item.title, "Booking flow");
    assert_eq!(item.anchor.as_deref(), Some("booking-flow"));
    assert_eq!(item.brief.as_deref(), Some("A guest books."));
    let long = one(&format!("## NT-1 T\n\n{}\n", "word ".repeat(100)));
    assert!(
        long.brief
            .as_ref()
            .is_some_and(|brief| brief.chars().count() <= 200 && brief.ends_with('…'))
    );
}

#[test]
fn attributes_in_every_form() {
    let item = one(
        "## TD-1 T\n\nIt works. Needs: NT-1.1, NT-1.2\nPhase: P2\n- **Acceptance:** `docs/a/NT-1.md`\n",
    );
    let needs: Vec<&str> = item.needs.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(needs, ["NT-1.1", "NT-1.2"]);
    assert_eq!(item.phase.as_deref(), Some("P2"));
    assert_eq!(
        item.acceptance.map(|(path, _)| path).as_deref(),
        Some("docs/a/NT-1.md")
    );
    let item = one("<!-- id: TD-1~2 | phase: P1 | needs: NT-1 NT-2 | level: should -->\nText.\n");
    assert_eq!(
        (item.needs.len(), item.revision.get(), item.level),
        (2, 2, Binding::Should)
    );
    let item = one("---\nid: TD-1\nneeds: [NT-1, NT-2]\nrevision: 4\n---\nText.\n");
    assert_eq!((item.needs.len(), item.revision.get()), (2, 4));
    let text = "## TD-1 T\n\n```\nNeeds: NT-1\n```\n";
    assert_eq!(one(text).needs, []);
}

#[test]
fn levels_come_from_words_in_capitals() {
    for (text, level) in [
        ("It MUST work.", Binding::Must),
        ("It SHOULD work and MAY sing.", Binding::Should),
        ("It MAY work and SHOULD sing.", Binding::Should),
        ("It MAY work.", Binding::May),
        ("It must work. `MAY`", Binding::May),
        ("It works.", Binding::Must),
    ] {
        assert_eq!(
            one(&format!("## NT-1 T\n\n{text}\n")).level,
            level,
            "{text}"
        );
    }
}

#[test]
fn the_digest_is_of_the_normative_text() {
    let digest = |text: &str| one(text).digest;
    let base = digest("## NT-1 T\n\nA  b\nc.\n");
    for same in [
        "## NT-1 T\r\n\r\nA b c.\r\n",
        "\u{feff}# NT-1~2 T\n\nA b c.",
        "## NT-2 T\n\nA b c.\nPhase: P1\nNeeds: TD-1\n<!-- note -->\n",
        "<!-- id: NT-1 | title: T -->\nA b c.\n",
    ] {
        assert_eq!(digest(same), base, "{same}");
    }
    assert_ne!(digest("## NT-1 T\n\nA b d.\n"), base);
    assert_ne!(digest("## NT-1 U\n\nA b c.\n"), base);
}

#[test]
fn what_is_malformed() {
    for text in [
        "## NT-1..2 T\n",
        "## NT_1 T\n",
        "## NT 12 T\n",
        "## NT-\n",
        "## nt-1 T\n",
        "## NT-1~0 T\n",
        "<!-- id: XX-1 -->\n",
        "<!-- id: NT-1 NT-2 -->\n",
        "---\nid: NT-1..2\n---\n",
        "## NT-1 T\nLevel: high\n",
        "## NT-1 T\nNeeds: TD-1..2\n",
        "## NT-1 T\nRevision: x\n",
    ] {
        assert_eq!(blueprint(text).faults.len(), 1, "{text}");
    }
    for text in [
        "## NTFS\n",
        "## NT notes\n",
        "## See NT-1..2\n",
        "---\nid: overview\n---\n",
        "nt 4 was slow\n",
        "## WBS-1 x\n",
    ] {
        assert_eq!(blueprint(text).faults, [], "{text}");
        assert_eq!(ids(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn extents_nest() {
    let text = "intro\n\n## NT-1 A\n\na\n\n### Notes\n\nn\n\n### NT-1.1 B\n\nb\n\n- **NT-1.1.1** c\n- x\n\n## NT-2 C\n\nd\n";
    let found = blueprint(text);
    sum(&found).unwrap();
    let slices: Vec<&str> = found
        .items
        .iter()
        .map(|item| &text[item.range.clone()])
        .collect();
    assert!(
        slices[0].starts_with("## NT-1 A")
            && slices[0].contains("Notes")
            && slices[0].ends_with("- x\n\n")
    );
    assert_eq!(slices[2].trim_end(), "- **NT-1.1.1** c");
    let inside: Vec<Option<usize>> = found.items.iter().map(|item| item.inside).collect();
    assert_eq!(inside, [None, Some(0), Some(1), None]);
    let two = "<!-- id: NT-1 -->\n# A\na\n# B\nb\n<!-- id: NT-2 -->\n# C\nc\n";
    let found = blueprint(two);
    sum(&found).unwrap();
    assert!(two[found.items[0].range.clone()].ends_with("b\n"));
}

#[test]
fn empty_and_headless() {
    assert!(one("## NT-1 T\n\n").is_empty);
    assert!(one("<!-- id: NT-1 -->\n").is_empty);
    assert!(!one("## NT-1 It MUST work\n").is_empty);
    assert!(!one("- **NT-1** works\n").is_empty);
    assert!(
        one("<!-- id: NT-1 -->\n\nriants)**\n\nMore.\n")
            .headless
            .is_some()
    );
    assert!(
        one("<!-- id: NT-1 -->\n\n# lower\n\nMore.\n")
            .headless
            .is_none()
    );
    assert!(one("<!-- id: NT-1 -->\n\nUpper.\n").headless.is_none());
}

#[test]
fn bold_leads_are_references_elsewhere() {
    let holds = Holds {
        nt: false,
        td: true,
    };
    let text = "## TD-1 T\n\n- **NT-1** is met.\n";
    let found = read(Source::new("td.md", text), holds, &Prefixes::default());
    assert_eq!(found.items.len(), 1);
}

#[test]
fn strange_files() {
    for text in [
        "",
        "\u{feff}",
        "\r\n",
        "---\n",
        "---\nid: NT-1\n",
        "<!-- id: NT-1",
        "#\n",
        "## NT-1",
    ] {
        sum(&blueprint(text)).unwrap();
    }
    let deep = format!("{}**NT-1** x", "> ".repeat(2000));
    sum(&blueprint(&deep)).unwrap();
    let many: String = (0..5000).map(|n| format!("## NT-{n} t\n\n")).collect();
    sum(&blueprint(&many)).unwrap();
}

proptest! {
    #[test]
    fn no_text_is_lost(lines in prop::collection::vec(prop::sample::select(vec![
        "# NT-1 A", "## NT-1.1 B", "### NT-2 C", "## Plain", "<!-- id: NT-3 -->", "<!-- id: NT-4 | phase: P1 -->",
        "- **NT-5** x", "  - **NT-6** y", "**NT-7** z", "text", "", "", "> ## NT-8", "```", "---", "id: NT-9",
        "1. **NT-10** a", "===", "<!-- x", "-->", "| a | b |", "Needs: TD-1",
    ]), 0..30), crlf in any::<bool>()) {
        let text = lines.join(if crlf { "\r\n" } else { "\n" });
        let found = blueprint(&text);
        prop_assert_eq!(sum(&found), Ok(()));
        for item in &found.items {
            prop_assert!(item.range.contains(&item.at.start), "{item:?}");
        }
    }

    #[test]
    fn any_text(text in "(NT-|TD-|[#*<>!: \\n0-9~.-]|id|[a-z]){0,80}") {
        prop_assert_eq!(sum(&blueprint(&text)), Ok(()));
    }
}
