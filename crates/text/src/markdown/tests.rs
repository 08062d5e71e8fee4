use proptest::prelude::*;

use super::*;

const SAMPLE: &str = "---
id: NT-1
---
Preamble <!-- one --> text.

# Top *title* `code`

<!-- id: NT-0001 | brief -->
<a id=\"here\"></a><a name='there'>

- [x] **NT-1.1** done [link](to.md#x)
  - [ ] nested

    second paragraph
- **bold** rest

**TD-2** paragraph with `[tag]` and ![alt](i.png)

> ## Quoted

## Sub

| id | what |
|----|------|
| a  | `b\\|c` **d** |
| e  |

```rust
## no heading
```

    indented

Setext
text
------

# Top title code
";

fn check(src: &str) {
    let found = parse(src);
    let text = |range: &Range<usize>| src[range.clone()].to_owned();
    let front = found.front_matter.clone().unwrap();
    assert_eq!(text(&front.inner).trim_end(), "id: NT-1");
    assert!(src[front.range.end..].starts_with("Preamble"));

    let headings: Vec<(u8, &str, &str)> = found
        .headings
        .iter()
        .map(|h| (h.level, h.text.as_str(), h.anchor.as_str()))
        .collect();
    assert_eq!(
        headings,
        [
            (1, "Top title code", "top-title-code"),
            (2, "Quoted", "quoted"),
            (2, "Sub", "sub"),
            (2, "Setext text", "setexttext"),
            (1, "Top title code", "top-title-code-1"),
        ]
    );
    assert_eq!(text(&found.headings[0].range), "# Top *title* `code`");
    assert!(src[found.headings[0].text_offset..].starts_with("Top"));
    assert!(found.headings[1].is_nested);

    let sections: Vec<(&str, Option<usize>)> = found
        .sections
        .iter()
        .map(|s| (found.headings[s.heading].text.as_str(), s.parent))
        .collect();
    assert_eq!(
        sections,
        [
            ("Top title code", None),
            ("Sub", Some(0)),
            ("Setext text", Some(0)),
            ("Top title code", None)
        ]
    );
    assert_eq!(found.sections[0].range.end, found.sections[3].range.start);
    assert!(text(&found.sections[1].own).starts_with("## Sub"));

    let comments: Vec<(String, bool)> = found
        .comments
        .iter()
        .map(|c| (text(&c.inner), c.is_block))
        .collect();
    assert_eq!(
        comments,
        [
            (" one ".to_owned(), false),
            (" id: NT-0001 | brief ".to_owned(), true)
        ]
    );
    let anchors: Vec<&str> = found.html_anchors.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(anchors, ["here", "there"]);

    let tasks: Vec<(bool, &str, usize, String, Option<usize>)> = found
        .tasks
        .iter()
        .map(|t| {
            (
                t.is_checked,
                t.text.as_str(),
                t.depth,
                text(&t.range),
                t.section,
            )
        })
        .collect();
    assert_eq!(
        tasks,
        [
            (true, "NT-1.1 done link", 1, "[x]".to_owned(), Some(0)),
            (false, "nested", 2, "[ ]".to_owned(), Some(0))
        ]
    );
    assert!(text(&found.tasks[0].item).ends_with("second paragraph"));

    let leads: Vec<(&str, bool, String)> = found
        .bold_leads
        .iter()
        .map(|b| (b.text.as_str(), b.is_item, text(&b.range)))
        .collect();
    assert_eq!(
        leads,
        [
            ("NT-1.1", true, "**NT-1.1**".to_owned()),
            ("bold", true, "**bold**".to_owned()),
            ("TD-2", false, "**TD-2**".to_owned()),
        ]
    );

    let links: Vec<(&str, &str, bool)> = found
        .links
        .iter()
        .map(|l| (l.destination.as_str(), l.text.as_str(), l.is_image))
        .collect();
    assert_eq!(links, [("to.md#x", "link", false), ("i.png", "alt", true)]);

    let [table] = found.tables.as_slice() else {
        panic!("{:?}", found.tables)
    };
    let row = |row: &Row| {
        row.cells
            .iter()
            .map(|cell| (cell.text.clone(), text(&cell.range)))
            .collect::<Vec<_>>()
    };
    let same = |text: &str| (text.to_owned(), text.to_owned());
    assert_eq!(row(&table.header), [same("id"), same("what")]);
    assert_eq!(
        row(&table.rows[0]),
        [same("a"), ("b|c d".to_owned(), "`b\\|c` **d**".to_owned())]
    );
    assert_eq!(row(&table.rows[1])[0], same("e"));
    assert!(src[table.header.range.start..].starts_with("| id"));
    assert_eq!(table.section, Some(1));

    let infos: Vec<Option<&str>> = found
        .code_blocks
        .iter()
        .map(|b| b.info.as_deref())
        .collect();
    assert_eq!(infos, [Some("rust"), None]);
    assert!(found.is_code(src.find("no heading").unwrap()));
    assert!(found.is_code(src.find("[tag]").unwrap()));
    assert!(!found.is_code(src.find("Setext").unwrap()));
}

#[test]
fn everything_in_its_place() {
    check(SAMPLE);
    check(&SAMPLE.replace('\n', "\r\n"));
    check(&format!("\u{FEFF}{SAMPLE}"));
    check(&format!("\u{FEFF}{}", SAMPLE.replace('\n', "\r\n")));
}

#[test]
fn front_matter_is_only_at_the_start() {
    for none in [
        "\n---\na: 1\n---\n",
        "---\n\na: 1\n---\n",
        "---\na: 1\n",
        "--- \n",
        "----\na\n---\n",
        "---",
        "x\n---\n",
    ] {
        assert_eq!(parse(none).front_matter, None, "{none:?}");
    }
    let empty = parse("---\n---\n# T\n");
    assert_eq!(
        empty.front_matter,
        Some(FrontMatter {
            range: 0..8,
            inner: 4..4
        })
    );
    assert_eq!(
        (empty.preamble, empty.sections[0].own.clone()),
        (0..8, 8..12)
    );
    assert_eq!(parse("---\na: 1\n...").front_matter.unwrap().inner, 4..9);
    assert_eq!(parse("a\n---\n").headings[0].level, 2);
}

#[test]
fn comments_of_all_kinds() {
    let src = "<!-- a --> <!--b-->\n\ntext <!----> <!-- c\nd --> `<!-- no -->`\n\n<div>\n<!-- e -->\n</div>\n\n    <!-- code -->\n\n<!-- open\nto the end";
    let found = parse(src);
    let inner: Vec<&str> = found
        .comments
        .iter()
        .map(|comment| &src[comment.inner.clone()])
        .collect();
    assert_eq!(
        inner,
        [" a ", "b", "", " c\nd ", " e ", " open\nto the end"]
    );
    let flags: Vec<(bool, bool)> = found
        .comments
        .iter()
        .map(|c| (c.is_block, c.is_closed))
        .collect();
    assert_eq!(
        flags,
        [
            (true, true),
            (true, true),
            (false, true),
            (false, true),
            (true, true),
            (true, false)
        ]
    );
}

#[test]
fn html_anchors() {
    let src = "<a id=x>\n\n<A NAME = 'y' id=\"y\"/>\n\ntext <span id='z'>q</span> <b name=n> <a href=\"<id=no>\"> <!-- <a id=hidden> --> `<a id=code>`\n\n<p\n id=split>";
    let names: Vec<String> = parse(src)
        .html_anchors
        .into_iter()
        .map(|anchor| anchor.name)
        .collect();
    assert_eq!(names, ["x", "y", "z", "split"]);
}

/// Comparing each id with all before it takes minutes.
#[test]
fn a_tag_with_very_many_ids_is_quick() {
    let ids: String = (0..200_000).map(|n| format!(" id=x{n}")).collect();
    let found = parse(&format!("<a name=n{ids}>"));
    let names: Vec<&str> = found.html_anchors.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["n", "x0"]);
}

#[test]
fn headings_of_all_kinds() {
    let found = parse(
        "#\n\n# a ![pic](p) <b>c</b> [l](u) ~~s~~ &amp; \\* #\n\n   ## indented\n\n####### no\n\n#no\n",
    );
    let texts: Vec<&str> = found
        .headings
        .iter()
        .map(|heading| heading.text.as_str())
        .collect();
    assert_eq!(texts, ["", "a  c l s & *", "indented"]);
    let anchors = parse("# ![badge](b) Title <a id=x></a>\n").headings;
    assert_eq!(
        (anchors[0].text.as_str(), anchors[0].anchor.as_str()),
        ("Title", "-title-")
    );
    assert_eq!(found.links[0].text, "pic");
    assert_eq!(
        found.sections[2].own.start,
        found.headings[2].range.start - 3,
        "from the start of the line"
    );
    let empty = &found.headings[0];
    assert_eq!((empty.range.clone(), empty.text_offset), (0..1, 1));
}

#[test]
fn nothing_at_all() {
    let found = parse("");
    assert_eq!((found.preamble.clone(), found.sections.len()), (0..0, 0));
    assert_eq!(parse("\u{FEFF}# A\n").sections[0].own, 3..7);
    assert_eq!(found.section_at(0), None);
}

#[test]
fn hostile_nesting() {
    let deep = 3000;
    for text in [
        "> ", "- ", "[", "![", "*", "**a ", "<a ", "<!--", "`", "- [ ] ", "[a](", "| ", "# ",
    ] {
        let _ = parse(&text.repeat(deep));
    }
    let images = format!("{}x{}", "![".repeat(deep), "](u)".repeat(deep));
    let total: usize = parse(&images)
        .links
        .iter()
        .map(|link| link.text.len())
        .sum();
    assert!(total < images.len() * MAX_LINK_DEPTH);
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => Just("\n".to_owned()),
        1 => Just("\r\n".to_owned()),
        1 => Just("\n\n".to_owned()),
        4 => "[#>*_`~<!|\\-\\[\\]() :=x1.&;\t]{1,4}",
        2 => "(# |## |- |- \\[ \\] |1\\. |> |    |```|---\n|\\*\\*|<!--|-->|<a id=|\\|--\\|\n|\u{FEFF}|\\[\\^1\\]: |!\\[)",
        2 => "[a-cé𝄞]{1,3}",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn sections_tile_the_text(src in pieces()) {
        let found = parse(&src);
        let mut at = found.preamble.end;
        prop_assert_eq!(found.preamble.start, 0);
        for (slot, section) in found.sections.iter().enumerate() {
            prop_assert_eq!(section.own.start, at);
            at = section.own.end;
            prop_assert!(section.range.end >= at && src.get(section.range.clone()).is_some());
            let level = found.heading_of(slot).unwrap().level;
            let next = found.sections[slot + 1..].iter().find(|next| found.headings[next.heading].level <= level);
            prop_assert_eq!(section.range.end, next.map_or(src.len(), |next| next.own.start));
            if let Some(parent) = section.parent {
                let parent = &found.sections[parent];
                prop_assert!(parent.range.start < section.range.start && section.range.end <= parent.range.end);
            }
        }
        prop_assert_eq!(at, src.len());
    }

    #[test]
    fn ranges_are_parts_of_the_text(src in pieces()) {
        let found = parse(&src);
        let mut ranges: Vec<Range<usize>> = Vec::new();
        ranges.extend(found.headings.iter().map(|heading| heading.range.clone()));
        ranges.extend(found.headings.iter().map(|heading| heading.text_offset..heading.range.end));
        ranges.extend(found.comments.iter().flat_map(|comment| [comment.range.clone(), comment.inner.clone()]));
        ranges.extend(found.tasks.iter().flat_map(|task| [task.range.clone(), task.item.clone()]));
        ranges.extend(found.bold_leads.iter().flat_map(|lead| [lead.range.clone(), lead.block.clone()]));
        ranges.extend(found.links.iter().map(|link| link.range.clone()));
        ranges.extend(found.code_spans.iter().map(|span| span.range.clone()));
        ranges.extend(found.code_blocks.iter().map(|block| block.range.clone()));
        ranges.extend(found.html_anchors.iter().map(|anchor| anchor.range.clone()));
        for table in &found.tables {
            for row in std::iter::once(&table.header).chain(&table.rows) {
                ranges.push(row.range.clone());
                ranges.extend(row.cells.iter().map(|cell| cell.range.clone()));
            }
        }
        for range in ranges {
            prop_assert!(src.get(range.clone()).is_some(), "{:?} of {:?}", range, src);
        }
        for task in &found.tasks {
            prop_assert_eq!(src[task.range.clone()].len(), 3);
        }
        let mut anchors: Vec<&str> = found.headings.iter().map(|heading| heading.anchor.as_str()).collect();
        anchors.sort_unstable();
        anchors.dedup();
        prop_assert_eq!(anchors.len(), found.headings.len());
    }

    #[test]
    fn line_endings_and_byte_order_marks_change_nothing(src in pieces()) {
        let unix = src.replace(['\r', '\u{FEFF}'], "");
        let windows = format!("\u{FEFF}{}", unix.replace('\n', "\r\n"));
        let (unix, windows) = (parse(&unix), parse(&windows));
        let texts = |found: &Markdown| found.headings.iter().map(|h| (h.level, h.text.clone(), h.anchor.clone())).collect::<Vec<_>>();
        prop_assert_eq!(texts(&unix), texts(&windows));
        prop_assert_eq!(unix.sections.len(), windows.sections.len());
        prop_assert_eq!(unix.tasks.len(), windows.tasks.len());
        prop_assert_eq!(unix.comments.len(), windows.comments.len());
        prop_assert_eq!(unix.front_matter.is_some(), windows.front_matter.is_some());
    }

    #[test]
    fn never_panics(src in any::<String>()) {
        let _ = parse(&src);
    }
}
