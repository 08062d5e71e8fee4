//! Phases, claims and what they are checked against.

use trueline_core::artifact::check::CheckStatus;
use trueline_core::artifact::queue::Status;
use trueline_plan::{CheckFact, Checklist, Claims, Plan};

use crate::case::{At, Case, at, input, ready, states};
use crate::reading::POR;

#[test]
fn phases() {
    let por = r#"{"phases":[{"id":"P1","title":"One","weight":0.5,"depends_on":["P2"]},{"id":"P2","title":"Two","weight":0.4,"depends_on":["P1","P9"]},{"id":"P1","title":"x","weight":0}],
"items":[{"id":"A","phase":"P7","title":"a"},{"id":"B","title":"b"}]}"#;
    let case = Case {
        por: Some(por),
        ..Case::default()
    };
    let codes: Vec<&str> = case.findings().iter().map(|f| f.0).collect();
    assert_eq!(
        codes,
        [
            "phase-weights",
            "unknown-phase",
            "duplicate-id",
            "cycle",
            "unknown-phase",
            "unknown-phase"
        ]
    );
}

#[test]
fn phases_gate_only_when_asked() {
    let queue = "{\"id\":\"A\",\"status\":\"todo\"}\n{\"id\":\"B\",\"status\":\"todo\"}\n";
    let por = POR.replace(r#""dependencies":["A"],"#, "");
    let mut case = Case::both(&por, queue);
    assert_eq!(ready(&case.plan().0), ["A", "B"]);
    case.options.gate_phases = true;
    assert_eq!(ready(&case.plan().0), ["A"]);
}

#[test]
fn named_phases_weigh_what_their_items_weigh() {
    let queue = r#"{"id":"A","title":"a","status":"todo","phase":"Build","weight":3}
{"id":"B","title":"b","status":"todo","phase":"Boot"}
{"id":"C","title":"c","status":"todo"}
"#;
    let case = Case::queue(queue);
    let (plan, _) = case.plan();
    let phases: Vec<String> = plan
        .phases()
        .map(|phase| format!("{} {}", phase.id, phase.weight_text()))
        .collect();
    assert_eq!(phases, ["Boot 0.2", "Build 0.6", "- 0.2"]);
}

#[test]
fn claims() {
    let queue = r#"{"id":"A","title":"a","status":"doing"}
{"id":"B","title":"b","status":"done","dependencies":["A"]}
{"id":"C","title":"c","status":"done","verdict":"FAIL","attach_packs":["p"]}
{"id":"D","title":"d","status":"blocked"}
{"id":"E","title":"e","status":"finished"}
{"id":"F","title":"f","status":"done"}
"#;
    let mut case = Case::queue(queue);
    let check = |name: &str, status, id: &str| CheckFact {
        name: name.into(),
        path: format!("ops/checks/{name}.json"),
        status,
        reason: None,
        command: Vec::new(),
        items: vec![id.into()],
        is_current: true,
        is_unknown: false,
    };
    case.checks = vec![
        check("x", CheckStatus::Fail, "B"),
        check("y", CheckStatus::Pass, "F"),
        check("z", CheckStatus::Inconclusive, "C"),
    ];
    case.checklists = vec![Checklist::read(&input(
        "list.md",
        "- [x] A: begun\n- [x] WBS-1 not ours\n- [ ] **W-1** x\n",
    ))];
    assert_eq!(
        case.findings(),
        [
            ("unknown-status", 5, 32),
            ("done-before-dependency", 2, 32),
            ("done-with-failing-check", 2, 32),
            ("done-without-evidence", 2, 32),
            ("done-with-failing-check", 3, 32),
            ("done-with-failing-check", 3, 49),
            ("blocked-without-reason", 4, 32),
        ]
    );
}

#[test]
fn boxes_contradict() {
    let queue = "{\"id\":\"W-1\",\"title\":\"a\",\"status\":\"done\",\"attach_packs\":[\"p\"]}\n{\"id\":\"W-2\",\"title\":\"b\",\"status\":\"todo\"}\n";
    let mut case = Case::queue(queue);
    case.checklists = vec![Checklist::read(&input(
        "list.md",
        "# L\n\n- [ ] **W-1** one\n- [x] W-2: two\n- [ ] W-2 again\n- [x] see W-2\n",
    ))];
    assert_eq!(
        case.findings(),
        [("checklist-mismatch", 3, 3), ("checklist-mismatch", 4, 3)]
    );
    assert_eq!(case.checklists[0].boxes, (2, 4));
}

#[test]
fn references() {
    let queue = r#"{"id":"W-1","title":"a","status":"todo","nt_refs":["NT-1","NT-0002"],"td_refs":["TD-9"]}
{"id":"W-01","title":"b","status":"todo","nt_refs":["NT-1"],"td_refs":["TD-1"]}
"#;
    let mut case = Case::queue(queue);
    let set = |ids: &[&str]| Some(ids.iter().map(|id| (*id).to_owned()).collect());
    case.known.nt = set(&["NT-1", "NT-2"]);
    case.known.td = set(&["TD-1"]);
    assert_eq!(
        case.findings(),
        [
            ("id-twins", 1, 7),
            ("unknown-ref", 1, 59),
            ("unknown-ref", 1, 81)
        ]
    );
}

#[test]
fn foreign_shapes_through_aliases() {
    let queue = r#"{"task_id": "WBS-002", "agent": "AGENT-2", "status": "in_progress", "blueprint_ids": ["TD-7", "NT-3", "TD-8"], "title": "Core", "phase": "Backend", "depends_on": ["WBS-001"], "acceptance_criteria": ["x"], "priority": "medium"}
{"task_id": "WBS-001", "agent": "AGENT-1", "status": "complete", "title": "Setup", "phase": "Bootstrap", "depends_on": [], "priority": 1}
"#;
    let mut case = Case::queue(queue);
    for (field, name) in [
        ("id", "task_id"),
        ("owner", "agent"),
        ("refs", "blueprint_ids"),
        ("dependencies", "depends_on"),
        ("exit_criteria", "acceptance_criteria"),
    ] {
        case.aliases.field(field, name).unwrap();
    }
    for (field, foreign, ours) in [
        ("status", "in_progress", "doing"),
        ("status", "complete", "done"),
        ("priority", "medium", "3"),
    ] {
        case.aliases.value(field, foreign, ours).unwrap();
    }
    let (plan, findings) = case.plan();
    assert!(findings.is_empty(), "{findings:?}");
    let item = plan.find("WBS-002").unwrap();
    assert_eq!(item.owner(), Some("AGENT-2"));
    assert_eq!(item.nt_refs().collect::<Vec<_>>(), ["NT-3"]);
    assert_eq!(item.td_refs().collect::<Vec<_>>(), ["TD-7", "TD-8"]);
    assert_eq!(item.priority(), Some(3));
    assert_eq!(item.status(), Status::Doing);
    assert_eq!(item.exit_criteria().collect::<Vec<_>>(), ["x"]);
    assert_eq!(plan.find("WBS-001").unwrap().status(), Status::Done);
    assert_eq!(case.findings(), [("done-without-evidence", 2, 54)]);
}

#[test]
fn plans_of_other_shapes() {
    let list = r#"[{"id":"A","title":"a","description":"d"}, 7, {"title":"no id"}]"#;
    let case = Case {
        por: Some(list),
        ..Case::default()
    };
    let (plan, findings) = case.plan();
    assert_eq!(ready(&plan), ["A"]);
    let found: Vec<At> = findings.iter().map(at).collect();
    assert_eq!(found, [("wrong-type", 1, 44), ("missing-field", 1, 47)]);
    for (bad, code) in [
        ("{", "bad-file"),
        ("", "bad-file"),
        ("7", "bad-file"),
        ("{\"version\":2}", "newer-version"),
        ("{\"items\":{}}", "wrong-type"),
        ("{\"phases\":[{\"id\":\"P\"}]}", "wrong-type"),
    ] {
        let case = Case {
            por: Some(bad),
            ..Case::default()
        };
        assert_eq!(case.findings().first().map(|f| f.0), Some(code), "{bad}");
    }
}

#[test]
fn put_off() {
    let por = r#"{"items":[{"id":"A","title":"a","deferred":{"reason":"later","approved_by":"po"}},{"id":"B","title":"b","dependencies":["A"]},{"id":"C","title":"c","deferred":{"reason":"later"}}]}"#;
    let case = Case {
        por: Some(por),
        ..Case::default()
    };
    let (plan, findings) = case.plan();
    assert_eq!(states(&plan), ["A deferred", "B waiting", "C ready"]);
    assert_eq!(
        findings.iter().map(at).collect::<Vec<_>>(),
        [("wrong-type", 1, 160)]
    );
}

#[test]
fn nothing_at_all() {
    let (plan, findings) = Case::default().plan();
    assert!(findings.is_empty());
    assert_eq!(plan.items().len(), 0);
    assert!(plan.critical_path(true).nodes.is_empty());
    assert!(Case::queue("").findings().is_empty());
}

#[test]
fn the_rest_of_the_findings() {
    let por =
        r#"{"items":[{"id":"A","title":"a","deferred":{"reason":"later","approved_by":"po"}}]}"#;
    let queue = "{\"id\":\"A\",\"status\":\"todo\",\"attach_packs\":[\"p\"],\"status\":\"done\"}\n";
    let case = Case::both(por, queue);
    assert_eq!(
        case.findings(),
        [("duplicate-key", 1, 48), ("deferred-done", 1, 57)]
    );
    let case = Case::queue("{\"id\":\"A\",\"title\":\"a\",\"status\":\"todo\",\"nt_refs\":[]}\n");
    let inputs = case.inputs();
    let (plan, _) = Plan::join(&inputs);
    let claims = Claims {
        checks: &[],
        checklists: &[],
        known: &case.known,
    };
    let found: Vec<At> = plan.check(&inputs, &claims).iter().map(at).collect();
    assert_eq!(found, [("missing-ref", 1, 49), ("missing-ref", 1, 1)]);
}
