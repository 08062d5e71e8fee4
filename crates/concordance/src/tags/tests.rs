// The tags below are examples. concordance:ignore-file
use proptest::prelude::*;

use super::*;
use crate::ids::Prefixes;

fn scan(text: &str) -> FileScan {
    Scanner::new(Prefixes::default()).scan(text.as_bytes(), false)
}

fn links(text: &str) -> Vec<String> {
    scan(text).links.iter().map(show).collect()
}

fn show(link: &Link) -> String {
    let revision = link.revision.map(|r| format!("~{r}")).unwrap_or_default();
    let (line, column) = (link.span.line, link.span.column);
    format!(
        "{}:{}{revision}@{line}:{column}",
        link.kind.as_str(),
        link.id
    )
}

fn problems(text: &str) -> Vec<ProblemKind> {
    scan(text)
        .problems
        .into_iter()
        .map(|(_, kind)| kind)
        .collect()
}

#[test]
fn kinds_ids_revisions_and_places() {
    assert_eq!(links("[impl->TD-4.2]"), ["impl:TD-4.2@1:8"]);
    assert_eq!(
        links("é // [verify->NT-7.3~2, TD-1 ,WBS-9] x [impl -> NT-1]\n"),
        [
            "verify:NT-7.3~2@1:15",
            "verify:TD-1@1:25",
            "verify:WBS-9@1:31",
            "impl:NT-1@1:49"
        ]
    );
    assert_eq!(
        links("\u{feff}[impl->TD-1]\r\n\r\n\t[impl->TD-2]"),
        ["impl:TD-1@1:8", "impl:TD-2@3:9"]
    );
}

#[test]
fn what_is_no_tag() {
    for text in [
        "",
        "->",
        "[->NT-1]",
        "a[i->n]",
        "[a->b]",
        "[impl->dsn~x~1]",
        "impl->NT-1]",
        "(impl->NT-1)",
        "[Impl->NT-1]",
        "[impl>NT-1]",
        "[[impl]->NT-1]",
        "[impl->",
        "[impl-> ",
    ] {
        assert_eq!(scan(text), FileScan::default(), "{text}");
    }
}

#[test]
fn faults_are_named() {
    use ProblemKind::{BadId, NotClosed, TooManyIds, UnknownKind};
    assert_eq!(problems("[impl->NT-1\n]"), [NotClosed]);
    assert_eq!(problems("[covers->NT-1]"), [UnknownKind("covers".into())]);
    assert_eq!(problems("[impl->NT-1..2]"), [BadId("NT-1..2".into())]);
    assert_eq!(problems("[impl->NT-1,]"), [BadId(String::new())]);
    assert_eq!(problems("[impl->NT-1 NT-2]"), [BadId("NT-1 NT-2".into())]);
    assert_eq!(problems("[impl->NT-1~0]"), [BadId("NT-1~0".into())]);
    assert_eq!(problems("[impl->NT-1~+2]"), [BadId("NT-1~+2".into())]);
    assert_eq!(problems("[impl->NT-1, XX-2]"), [BadId("XX-2".into())]);
    assert_eq!(
        links("[impl->NT-1, XX-2]"),
        ["impl:NT-1@1:8"],
        "what is right counts"
    );
    let many = format!("[impl->{}NT-0]", "NT-1,".repeat(70));
    assert_eq!(problems(&many), [TooManyIds]);
    let long = format!("[impl->NT-1{}]", " ".repeat(5000));
    assert_eq!(problems(&long), [NotClosed]);
}

#[test]
fn backticks_fences_and_directives_suppress() {
    for text in [
        "see `[impl->NT-1]` here",
        "see ``a ` [impl->NT-1]`` here",
        "/// ```\n/// [impl->NT-1]\n/// ```\n",
        "~~~~\n~~~\n[impl->NT-1]\n~~~~\n",
        "// concordance:ignore\n// [impl->NT-1]\n",
        "// [impl->NT-1] concordance:ignore\n",
        "# concordance:ignore-start\n[impl->NT-1]\n[impl->NT-2\n# concordance:ignore-end\n",
        "[impl->NT-1]\n# concordance:ignore-file\n",
    ] {
        assert_eq!(scan(text), FileScan::default(), "{text}");
    }
    for text in [
        "a ` b [impl->NT-1] no end",
        "`a` [impl->NT-1] `b`",
        "`` a ` [impl->NT-1] ` b",
        "```\nnot closed in code\n[impl->NT-1]\n",
        "```rust\n```\n[impl->NT-1]\n```rust\n```\n",
        "concordance:ignore\n\n[impl->NT-1]",
        "concordance:ignored\n[impl->NT-1]",
        "# concordance:ignore-start\n# concordance:ignore-end\n[impl->NT-1]\n",
    ] {
        assert_eq!(scan(text).links.len(), 1, "{text}");
    }
    let markdown = Scanner::new(Prefixes::default()).scan(b"```\n[impl->NT-1]\n", true);
    assert_eq!(
        markdown,
        FileScan::default(),
        "an open fence goes to the end in Markdown"
    );
    let open = "[impl->NT-1]\nconcordance:ignore-start\n[impl->NT-2]\n";
    assert_eq!(links(open).len(), 2);
    assert_eq!(problems(open), [ProblemKind::OpenIgnore]);
}

#[test]
fn files_of_every_kind_in_order_with_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let mut names = Vec::new();
    for number in 0..200 {
        let name = format!("f{number}");
        let bytes: Vec<u8> = match number % 5 {
            0 => b"\0[impl->NT-1]".to_vec(),
            1 => b"\xff\xfe [impl->NT-1]".to_vec(),
            2 => b"nothing".to_vec(),
            3 => Vec::new(),
            _ => format!("[verify->NT-{number}]").into_bytes(),
        };
        std::fs::write(folder.path().join(&name), bytes).unwrap();
        names.push(name);
    }
    names.push("missing".into());
    // A size that is no longer right changes nothing.
    let sizes = [None, Some(0), Some(1), Some(12), Some(13), Some(1 << 20)];
    let all = names
        .iter()
        .map(String::as_str)
        .zip(sizes.into_iter().cycle());
    let paths: Vec<(&str, Option<u64>)> = all.collect();
    let scanner = Scanner::new(Prefixes::default());
    let one = scan_files(folder.path(), &paths, &scanner, 1);
    assert_eq!(one.len(), 81);
    assert_eq!(one.last().unwrap().1, Scanned::Missing);
    assert_eq!(scan_files(folder.path(), &paths, &scanner, 4), one);
    assert_eq!(scan_files(folder.path(), &[], &scanner, 4), []);
}

#[test]
fn many_brackets_stay_linear() {
    let text = "`[impl->NT-1,".repeat(20_000);
    assert!(scan(&text).problems.len() <= 20_000);
    let text = "[impl->".repeat(200_000);
    assert_eq!(scan(&text), FileScan::default());
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        Scanner::new(Prefixes::default()).scan(&bytes, true);
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(prop::sample::select(vec![
        "[impl->", "[verify->", "NT-1", "TD-2~3", "]", ",", " ", "\n", "`", "```\n", "~~~", "é",
        "concordance:ignore", "-start", "-end", "//", "->", "[",
    ]), 0..40)) {
        let text = pieces.concat();
        let found = scan(&text);
        for link in &found.links {
            let line = text.split('\n').nth(link.span.line as usize - 1).unwrap();
            let shown: String = line
                .chars()
                .skip(link.span.column as usize - 1)
                .take((link.span.end_column - link.span.column) as usize)
                .collect();
            prop_assert!(shown.starts_with(link.id.as_str()), "{shown:?}");
        }
        // Lines ended the other way hold the same tags.
        let other = scan(&text.replace('\n', "\r\n"));
        prop_assert_eq!(found.links, other.links);
    }

    #[test]
    fn a_written_tag_is_found(
        ids in prop::collection::vec("(NT|TD|WBS)-[0-9]{1,4}([.][0-9]{1,2}){0,2}(~[1-9][0-9]{0,3})?", 1..8),
        before in "[a-zA-Z /#*]{0,20}",
        after in "[a-zA-Z /#*]{0,20}",
    ) {
        let text = format!("{before}[verify->{}]{after}", ids.join(", "));
        prop_assert_eq!(scan(&text).links.len(), ids.len());
    }
}
