//! Any bytes as a queue, and as a plan of record: every line is accounted for, each item answers, and
//! no answer contradicts another.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trueline_plan::{Aliases, Input, Inputs, Options, Plan, State};

fuzz_target!(|bytes: &[u8]| {
    let (por, queue) = match bytes.split_first() {
        Some((at, rest)) => rest.split_at(usize::from(*at).min(rest.len())),
        None => (&[][..], &[][..]),
    };
    let mut aliases = Aliases::default();
    aliases.field("id", "task_id").expect("a field");
    aliases.field("refs", "blueprint_ids").expect("a field");
    aliases.value("status", "in_progress", "doing").expect("a status");
    let input = |path, bytes| Input { path, bytes };
    let (plan, findings) = Plan::join(&Inputs {
        por: (!por.is_empty()).then(|| input("por", por)),
        extra: &[],
        queue: Some(input("queue", queue)),
        por_aliases: &aliases,
        extra_aliases: &aliases,
        queue_aliases: &aliases,
        options: Options { gate_phases: bytes.len() % 2 == 0 },
    });
    let table = plan.queue().expect("a queue was given");
    let counts = table.accounts();
    assert_eq!(counts.total, counts.records + counts.blank + counts.bad);
    assert!(counts.bad == 0 || !findings.is_empty());
    let ready = plan.ready();
    for item in plan.items() {
        let is_listed = ready.iter().any(|other| other.id() == item.id());
        assert_eq!(is_listed, item.state() == State::Ready);
        if let State::Waiting(reasons) = item.state() {
            assert!(!reasons.is_empty());
        }
        assert_eq!(plan.find(item.id()).map(|found| found.id()), Some(item.id()));
    }
    for only_open in [false, true] {
        let path = plan.critical_path(only_open);
        assert!(path.nodes.len() <= plan.items().len());
    }
});
