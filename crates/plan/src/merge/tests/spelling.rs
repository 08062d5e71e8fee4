//! What is the same and only written otherwise, and what only looks the same.

use super::{ConflictKind, clean, merged};

/// A file written anew with escapes was in conflict with every edit of the other side.
#[test]
fn another_spelling_is_no_change() {
    let base = "{\"id\":\"A\",\"title\":\"Größe & <b>\",\"n\":1}\n";
    let ours = base.replace("\"n\":1", "\"n\":2");
    let theirs = "{\"n\":1,\"title\":\"Gr\\u00f6\\u00dfe \\u0026 \\u003cb>\",\"id\":\"A\"}\n";
    assert_eq!(clean(base, &ours, theirs), ours);
    let both = clean(base, theirs, &ours);
    assert_eq!(both, theirs.replace("\"n\":1", "\"n\":2"));
    // Removed there, only written anew here.
    assert_eq!(clean(base, theirs, ""), "");
    assert_eq!(clean(base, "", theirs), "");
}

/// Two records of one id were merged into each other by their turn.
#[test]
fn lines_of_one_id_are_not_told_apart() {
    let (first, second) = (
        "{\"id\":\"A\",\"title\":\"x\"}\n",
        "{\"id\":\"A\",\"title\":\"y\"}\n",
    );
    let base = format!("{first}{{\"id\":\"B\"}}\n{second}");
    let ours = format!("{{\"id\":\"B\"}}\n{second}");
    let theirs = base.replace("\"x\"", "\"x\",\"n\":1");
    assert_eq!(clean(&base, &ours, &base), ours);
    assert_eq!(clean(&base, &base, &theirs), theirs);
    let result = merged(&base, &ours, &theirs);
    assert_eq!(result.conflicts.len(), 1);
    assert_eq!(result.conflicts[0].kind, ConflictKind::Several);
    let text = String::from_utf8(result.bytes).unwrap();
    let edited = first.replace("\"x\"", "\"x\",\"n\":1");
    let block = format!("<<<<<<< ours\n{second}=======\n{edited}{second}>>>>>>> theirs\n");
    assert!(text.contains(&block), "{text}");
    assert!(text.contains("{\"id\":\"B\"}\n"), "{text}");
}

/// An edge that both sides made at different times was there twice.
#[test]
fn an_edge_is_one_thing() {
    let line = |edges: &str| format!("{{\"id\":\"A\",\"dependencies\":[{edges}]}}\n");
    let edge = |day: u8, by: &str| {
        format!(
            "{{\"depends_on_id\":\"B\",\"type\":\"blocks\",\"created_at\":\"2026-01-0{day}T00:00:00Z\",\"created_by\":\"{by}\"}}"
        )
    };
    let (early, late) = (line(&edge(1, "x")), line(&edge(2, "y")));
    assert_eq!(clean(&line(""), &early, &late), early);
    assert_eq!(clean(&line(""), &late, &early), early);
}

#[test]
fn an_item_that_was_opened_again_stays_open() {
    let line = |status: &str| format!("{{\"id\":\"A\",\"status\":\"{status}\"}}\n");
    assert_eq!(
        clean(&line("closed"), &line("open"), &line("done")),
        line("open")
    );
    assert_eq!(
        clean(&line("closed"), &line("done"), &line("open")),
        line("open")
    );
}

#[test]
fn times_may_be_numbers() {
    let line = |at: u64| format!("{{\"id\":\"A\",\"updated_at\":{at},\"created_at\":1}}\n");
    assert_eq!(clean(&line(1), &line(3), &line(2)), line(3));
    assert_eq!(clean(&line(1), &line(2), &line(3)), line(3));
}

/// Took time that grew with the square of the number of lines, or of elements.
#[test]
fn many_lines_of_one_id_and_long_lists_take_no_time() {
    let lines = "{\"id\":\"A\"}\n".repeat(20_000);
    let result = merged(
        &lines,
        &lines.replacen("}", ",\"n\":1}", 1),
        &format!("{lines}{{\"id\":\"B\"}}\n"),
    );
    assert_eq!(result.conflicts.len(), 0);
    let line = |more: &str| {
        let list: Vec<String> = (0..20_000).map(|n| n.to_string()).collect();
        format!("{{\"id\":\"A\",\"l\":[{}{more}]}}\n", list.join(","))
    };
    let both = clean(&line(""), &line(",\"a\""), &line(",\"b\""));
    assert_eq!(both, line(",\"a\",\"b\""));
}
