use proptest::prelude::*;
use trueline_kit::Source;

use super::*;

fn book(text: &str) -> Book {
    Book::read(Some(Source::new("crosswalk.json", text)))
}

fn rows(text: &str) -> Book {
    let book = book(&format!("{{\"rows\": [{text}]}}"));
    assert_eq!(book.faults, [], "{text}");
    book
}

#[test]
fn what_the_type_does_not_name_stays() {
    let text = r#"{"note": {"x": 1.10}, "rows": [{"nt": "NT-1", "mine": [1.0, "é\u0000"]}],
        "integrations": [{"name": "mail", "own": 1e3}], "waivers": []}"#;
    let once = write(&book(text));
    let want = "{\n  \"version\": 1,\n  \"rows\": [\n    {\"nt\": \"NT-1\", \"mine\": [1.0, \"é\\u0000\"]}\n  ],\n  \
                \"integrations\": [\n    {\"name\": \"mail\", \"own\": 1e3}\n  ],\n  \"note\": {\"x\": 1.10}\n}\n";
    assert_eq!(once, want);
    assert_eq!(write(&book(&once)), once);
}

#[test]
fn faults_have_places_and_hide_nothing() {
    let text = "{\"rows\": [\n{\"nt\": \"NT-1\"},\n{\"nt\": 7},\n{},\n{\"td\": [\"TD-1\"], \"status\": \"late\"}\n]}";
    let book = book(text);
    let lines: Vec<u32> = book
        .faults
        .iter()
        .map(|f| f.at.span.unwrap().line)
        .collect();
    assert_eq!(lines, [3, 4, 5]);
    assert_eq!(book.rows.len(), 1);
    for bad in [
        "",
        "[]",
        "{\"version\": 2}",
        "{\"version\": 0}",
        "{\"rows\": [], \"rows\": []}",
        "{",
    ] {
        assert!(!super::tests::book(bad).faults.is_empty(), "{bad}");
    }
    assert_eq!(super::tests::book("{}").faults, []);
}

#[test]
fn merges_by_row_and_field() {
    let base = rows(r#"{"nt": "NT-1", "td": ["TD-1", "TD-2"], "owner": "ada"}, {"nt": "NT-2"}"#);
    let ours =
        rows(r#"{"nt": "NT-1", "td": ["TD-1", "TD-2", "TD-10"], "owner": "ada"}, {"nt": "NT-3"}"#);
    let theirs = rows(
        r#"{"nt": "NT-1", "td": ["TD-2", "TD-9"], "owner": "ben", "risk": "low"}, {"nt": "NT-2"}"#,
    );
    let merged = merge(&base, &ours, &theirs);
    assert_eq!(merged.conflicts, Vec::<String>::new());
    let text = write(&merged.book);
    assert!(
        text.contains(
            r#"{"nt": "NT-1", "td": ["TD-2", "TD-9", "TD-10"], "owner": "ben", "risk": "low"}"#
        ),
        "{text}"
    );
    assert!(text.contains("NT-3") && !text.contains("NT-2"));
    let carla = rows(r#"{"nt": "NT-1", "td": ["TD-1", "TD-2"], "owner": "carla"}"#);
    let clash = merge(&base, &carla, &theirs);
    assert_eq!(clash.conflicts, ["NT-1 owner"]);
}

fn any_book() -> impl Strategy<Value = Book> {
    let row = (
        1_u8..5,
        prop::collection::btree_set(1_u8..5, 0..4),
        prop::option::of(0_u8..3),
    );
    prop::collection::btree_map(1_u8..5, row, 0..4).prop_map(|all| {
        let text: Vec<String> = all
            .into_iter()
            .map(|(nt, (_, tds, owner))| {
                let tds: Vec<String> = tds.iter().map(|td| format!("\"TD-{td}\"")).collect();
                let owner = owner
                    .map(|o| format!(", \"owner\": \"o{o}\""))
                    .unwrap_or_default();
                format!(
                    "{{\"nt\": \"NT-{nt}\", \"td\": [{}]{owner}}}",
                    tds.join(", ")
                )
            })
            .collect();
        rows(&text.join(", "))
    })
}

proptest! {
    #[test]
    fn merging_with_the_base_gives_the_side(base in any_book(), side in any_book()) {
        let clean = write(&side);
        let one = merge(&base, &side, &base);
        let two = merge(&base, &base, &side);
        if one.conflicts.is_empty() {
            prop_assert_eq!(write(&one.book), clean.clone());
        }
        if two.conflicts.is_empty() {
            prop_assert_eq!(write(&two.book), clean);
        }
    }

    #[test]
    fn merging_commutes_where_it_is_clean(base in any_book(), a in any_book(), b in any_book()) {
        let (one, two) = (merge(&base, &a, &b), merge(&base, &b, &a));
        prop_assert_eq!(one.conflicts.is_empty(), two.conflicts.is_empty());
        if one.conflicts.is_empty() {
            prop_assert_eq!(write(&one.book), write(&two.book));
        }
    }

    #[test]
    fn any_text_is_read(text in "[{}\\[\\]\",: a-z0-9]{0,60}") {
        book(&text);
    }
}
