//! Ready items, layers, cycles and critical paths against networkx (PyPI), over many random plans
//! with dangling and repeated dependencies, repeated ids and circles.
//!
//! Without Python or networkx the test says so and passes, unless `TRUELINE_REQUIRE_TOOLS` is set.
// [verify->NT-5.1]
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it leaves out"
)]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use trueline_plan::{Aliases, Input, Inputs, Options, Plan};

const PLANS: u64 = 400;

/// A small generator whose numbers depend on nothing but the seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound.max(1)
    }
}

/// The lines of a queue. Of four kinds: a clean one, and ones with what is wrong in real ones.
fn lines(seed: u64) -> Vec<Value> {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let count = 1 + random.below(40);
    let (dangles, circles, repeats) = (seed % 4 == 1, seed % 4 >= 2, seed % 4 == 3);
    let mut lines: Vec<Value> = (0..count)
        .map(|at| {
            let mut dependencies: Vec<String> = (0..random.below(4))
                .filter(|_| at > 0 || circles)
                .map(|_| match circles && random.below(8) == 0 {
                    true => format!("W-{}", random.below(count)),
                    false => format!("W-{}", random.below(at)),
                })
                .collect();
            if (dangles || repeats) && random.below(8) == 0 {
                dependencies.push("W-999".to_owned());
            }
            let status = ["todo", "todo", "doing", "review", "blocked", "done", "done", "done"]
                [usize::try_from(random.below(8)).unwrap()];
            let weight = format!("{}.{}", random.below(20), random.below(100));
            json!({"id": format!("W-{at}"), "title": "x", "status": status, "weight": weight, "dependencies": dependencies})
        })
        .collect();
    if repeats {
        for _ in 0..1 + random.below(3) {
            let at = usize::try_from(random.below(count)).unwrap();
            let mut again = lines[at].clone();
            again["status"] = (*["todo", "done"]
                .get(usize::from(random.below(2) == 0))
                .unwrap())
            .into();
            lines.push(again);
        }
    }
    lines
}

/// The queue as text: weights are numbers there.
fn text(lines: &[Value]) -> String {
    let lines = lines.iter().map(|line| {
        let weight = line["weight"].as_str().unwrap();
        let quoted = format!("\"weight\":\"{weight}\"");
        let text = line.to_string();
        assert!(text.contains(&quoted), "{text}");
        text.replace(&quoted, &format!("\"weight\":{weight}"))
    });
    lines.map(|line| line + "\n").collect()
}

fn python(plans: &[Vec<Value>]) -> Option<Vec<Value>> {
    let missing = |why: &str| {
        assert!(
            std::env::var_os("TRUELINE_REQUIRE_TOOLS").is_none(),
            "python3 with networkx is required: {why}"
        );
        eprintln!("skipped: python3 with networkx is not there ({why})");
        None
    };
    let found = Command::new("python3")
        .args(["-c", "import networkx"])
        .output();
    match found {
        Err(error) => return missing(&error.to_string()),
        Ok(output) if !output.status.success() => {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            return missing(text.lines().last().unwrap_or_default());
        }
        Ok(_) => {}
    }
    let mut child = Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = serde_json::to_vec(plans).unwrap();
    child.stdin.take().unwrap().write_all(&input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the oracle failed");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn networkx_agrees() {
    let plans: Vec<Vec<Value>> = (0..PLANS).map(lines).collect();
    let Some(answers) = python(&plans) else {
        return;
    };
    assert_eq!(answers.len(), plans.len());
    let (mut cycles, mut ready) = (0, 0);
    for (seed, (lines, answer)) in plans.iter().zip(&answers).enumerate() {
        let text = text(lines);
        let aliases = Aliases::default();
        let (plan, _) = Plan::join(&Inputs {
            por: None,
            extra: &[],
            queue: Some(Input {
                path: "queue",
                bytes: text.as_bytes(),
            }),
            por_aliases: &aliases,
            extra_aliases: &aliases,
            queue_aliases: &aliases,
            options: Options::default(),
        });
        let show = || format!("plan {seed}:\n{text}");
        let mut ours: Vec<&str> = plan.ready().iter().map(|item| item.id()).collect();
        ours.sort_unstable();
        assert_eq!(json!(ours), answer["ready"], "ready, {}", show());
        ready += ours.len();
        let layers: BTreeMap<&str, u32> = plan
            .items()
            .filter_map(|item| Some((item.id(), item.layer()?)))
            .collect();
        let theirs: BTreeMap<&str, u32> = answer["layers"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(id, layer)| (id.as_str(), u32::try_from(layer.as_u64().unwrap()).unwrap()))
            .collect();
        assert_eq!(layers, theirs, "layers, {}", show());
        let mut ours: Vec<Vec<&str>> = plan
            .cycles()
            .iter()
            .map(|members| {
                let mut ids: Vec<&str> = members
                    .iter()
                    .map(|node| plan.item(plan.of_node(*node)).id())
                    .collect();
                ids.sort_unstable();
                ids
            })
            .collect();
        ours.sort();
        assert_eq!(json!(ours), answer["cycles"], "cycles, {}", show());
        cycles += ours.len();
        for (only_open, name) in [(true, "open"), (false, "all")] {
            let path = plan.critical_path(only_open);
            let weight = plan.path_weight(&path);
            let ours = json!([weight.numer().to_string(), weight.denom().to_string()]);
            assert_eq!(ours, answer[name], "critical path ({name}), {}", show());
            let sum = plan.weigh(path.nodes.iter().map(|node| plan.of_node(*node)));
            assert_eq!(
                sum,
                weight,
                "the path weighs what its items weigh, {}",
                show()
            );
            for pair in path.nodes.windows(2).filter(|_| !only_open) {
                assert!(
                    plan.graph().targets(pair[1]).contains(&pair[0]),
                    "{}",
                    show()
                );
            }
        }
    }
    // The plans are not all of one kind.
    assert!(cycles > 50 && ready > 200, "{cycles} cycles, {ready} ready");
}
