//! What is read, in which order, and what is told of it.

use trueline_core::artifact::queue::Status;
use trueline_plan::{Aliases, Input, Inputs, Options, Plan, Reason, State};

use crate::case::{At, Case, at, ready, states};

const CHAIN: &str = r#"{"id":"A","title":"a","status":"done","evidence":[{"path":"x","sha256":"y"}]}
{"id":"B","title":"b","status":"todo","dependencies":["A"]}
{"id":"C","title":"c","status":"todo","dependencies":["B"]}
{"id":"D","title":"d","status":"doing"}
"#;

#[test]
fn one_function_says_what_is_ready() {
    let case = Case::queue(CHAIN);
    let (plan, findings) = case.plan();
    assert!(findings.is_empty());
    assert_eq!(states(&plan), ["A done", "B ready", "C waiting", "D doing"]);
    assert_eq!(ready(&plan), ["B"]);
    let State::Waiting(reasons) = plan.find("C").unwrap().state() else {
        panic!("C waits");
    };
    assert_eq!(
        reasons,
        [Reason::Dependency {
            id: "B",
            status: Status::Todo,
            is_deferred: false
        }]
    );
    assert_eq!(reasons[0].to_string(), "depends on B, which is todo");
    assert_eq!(plan.find("C").unwrap().layer(), Some(2));
    assert!(plan.find("E").is_none());
}

#[test]
fn order_of_ready_items() {
    let queue = r#"{"id":"W-10","title":"t","status":"todo"}
{"id":"W-9","title":"t","status":"todo"}
{"id":"W-8","title":"t","status":"todo","priority":2}
{"id":"W-7","title":"t","status":"todo"}
{"id":"W-11","title":"t","status":"todo","dependencies":["W-10"]}
"#;
    let case = Case::queue(queue);
    assert_eq!(ready(&case.plan().0), ["W-8", "W-10", "W-7", "W-9"]);
}

#[test]
fn bad_lines_are_reported_and_counted() {
    let queue = "\u{FEFF}{\"id\":\"A\",\"title\":\"a\",\"status\":\"todo\"}\r\n\n{\"id\":\"B\",\n[1]\n{\"title\":\"x\",\"status\":\"todo\"}\n{\"id\":7}\n{\"id\":\"C D\",\"status\":\"todo\"}\n<<<<<<< HEAD\n=======\n>>>>>>> x\n{\"id\":\"E\",\"title\":\"\\u0065\",\"status\":\"todo\"}";
    let case = Case::queue(queue);
    let (plan, findings) = case.plan();
    let found: Vec<At> = findings.iter().map(at).collect();
    assert_eq!(
        found,
        [
            ("bad-line", 3, 11),
            ("bad-line", 4, 1),
            ("bad-line", 5, 1),
            ("missing-field", 6, 1),
            ("wrong-type", 6, 7),
            ("wrong-type", 7, 7),
            ("conflict-marker", 8, 1),
        ]
    );
    let accounts = plan.queue().unwrap().accounts();
    assert_eq!(
        (
            accounts.total,
            accounts.records,
            accounts.blank,
            accounts.bad
        ),
        (11, 2, 1, 8)
    );
    assert_eq!(ready(&plan), ["A", "E"]);
    assert_eq!(plan.find("E").unwrap().title(), Some("e"));
}

#[test]
fn a_field_that_looks_like_the_id_is_named_once() {
    let helps = |queue: &str| -> Vec<Option<String>> {
        let case = Case::queue(queue);
        let (_, findings) = case.plan();
        let lines = findings.into_iter();
        let lines = lines.filter(|one| one.message == "the record has no `id`");
        lines.map(|one| one.help).collect()
    };
    let found = helps("{\"n\":1,\"task_id\":\"W-1\"}\n{\"task_id\":\"W-2\"}\n");
    let said = found[0].as_deref().unwrap();
    assert!(
        said.contains("`id = [\"task_id\"]` in `[aliases.queue]`"),
        "{said}"
    );
    assert_eq!(found[1..], [None]);
    for other in [
        "{\"title\":\"W-1\"}",
        "{\"task_id\":\"two words\"}",
        "{\"task_id\":7}",
        "{\"my \\\" id\":\"W-1\"}",
    ] {
        assert_eq!(helps(other), [None], "{other}");
    }
}

#[test]
fn bytes_that_are_no_text_are_one_bad_line() {
    let queue = b"{\"id\":\"A\",\"title\":\"\xFF\",\"status\":\"todo\"}\n{\"id\":\"B\",\"title\":\"b\",\"status\":\"todo\"}\n";
    let aliases = Aliases::default();
    let inputs = Inputs {
        por: None,
        extra: &[],
        queue: Some(Input {
            path: "queue",
            bytes: queue,
        }),
        por_aliases: &aliases,
        extra_aliases: &aliases,
        queue_aliases: &aliases,
        options: Options::default(),
    };
    let (plan, findings) = Plan::join(&inputs);
    assert_eq!(
        findings.iter().map(at).collect::<Vec<_>>(),
        [("bad-line", 1, 20)]
    );
    assert_eq!(ready(&plan), ["B"]);
}

#[test]
fn graph_findings() {
    let queue = r#"{"id":"A","title":"a","status":"todo","dependencies":["B"]}
{"id":"B","title":"b","status":"todo","dependencies":["C"]}
{"id":"C","title":"c","status":"todo","dependencies":["A","Z"]}
{"id":"D","title":"d","status":"todo"}
{"id":"D","title":"e","status":"todo"}
{"id":"F","title":"f","status":"todo","dependencies":["F"]}
"#;
    let case = Case::queue(queue);
    let (plan, findings) = case.plan();
    let found: Vec<At> = findings.iter().map(at).collect();
    assert_eq!(
        found,
        [
            ("duplicate-id", 5, 7),
            ("dangling-dependency", 3, 59),
            ("cycle", 1, 54),
            ("cycle", 6, 54),
        ]
    );
    assert_eq!(
        findings[2].message,
        "3 items depend on each other: A -> B -> C -> A"
    );
    assert_eq!(findings[3].message, "`F` depends on itself");
    assert!(ready(&plan).is_empty());
}

#[test]
fn a_duplicate_counts_as_its_least_advanced_line() {
    let queue = r#"{"id":"A","title":"a","status":"done","attach_packs":["p"]}
{"id":"A","title":"a","status":"todo"}
{"id":"B","title":"b","status":"todo","dependencies":["A"]}
"#;
    assert_eq!(
        states(&Case::queue(queue).plan().0),
        ["A waiting", "B waiting"]
    );
}

pub(crate) const POR: &str = r#"{"version": 1,
 "phases": [{"id":"P1","title":"One","weight":0.1},{"id":"P2","title":"Two","weight":0.9,"depends_on":["P1"]}],
 "items": [{"id":"A","phase":"P1","title":"a","nt_refs":["NT-1"],"td_refs":["TD-1"]},
  {"id":"B","phase":"P2","title":"b","dependencies":["A"],"nt_refs":["NT-1"],"td_refs":["TD-1"]}]}"#;

#[test]
fn plan_owns_and_queue_differs() {
    let queue = r#"{"id":"A","status":"todo","title":"other","dependencies":["B"],"weight":1.0,"phase":"P1"}
{"id":"C","status":"todo","title":"c"}
"#;
    let case = Case::both(POR, queue);
    assert_eq!(
        case.findings(),
        [
            ("plan-mismatch", 1, 35),
            ("plan-mismatch", 1, 58),
            ("unqueued-item", 4, 9),
            ("unplanned-item", 2, 7),
        ]
    );
    let (plan, _) = case.plan();
    assert_eq!(states(&plan), ["A ready", "B waiting", "C ready"]);
    assert_eq!(plan.find("A").unwrap().title(), Some("a"));
}
