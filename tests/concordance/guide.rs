//! The commands of the guide in docs/tools/concordance.md do what the guide says.

use super::base;
use super::common::Sandbox;

/// The repository that the guide speaks of: requirements, and nothing that leads to them.
fn untraced() -> Sandbox {
    let sandbox = base();
    sandbox.git(&["switch", "-q", "main"]);
    for path in [
        "src/search.rs",
        "src/inbox.rs",
        "tests/search.rs",
        "tests/inbox.rs",
    ] {
        let text = sandbox.read(path);
        let lines = text
            .lines()
            .filter(|line| !line.contains("->NT-") && !line.contains("->TD-"));
        let kept: Vec<&str> = lines.collect();
        assert!(kept.len() < text.lines().count(), "{path} had a tag");
        sandbox.write(path, kept.join("\n") + "\n");
    }
    sandbox.commit("Before");
    sandbox
}

/// The lines of the fences under a heading.
fn commands(page: &str, heading: &str) -> Vec<String> {
    let (_, rest) = page.split_once(heading).unwrap();
    let section = rest.split("\n## ").next().unwrap();
    let fences = section.split("```sh\n").skip(1);
    fences
        .flat_map(|fence| fence.split("```").next().unwrap().lines())
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_guide_does_what_it_says() {
    let page = include_str!("../../docs/tools/concordance.md");
    let sandbox = untraced();
    let all = commands(page, "\n## Adopting it\n");
    assert!(all.len() > 20, "{all:#?}");
    let mut findings = String::new();
    for line in &all {
        let (command, said) = line.split_once('#').unwrap_or((line, ""));
        let said = said.trim();
        match command.trim().strip_prefix("concordance ") {
            Some(args) => {
                let args: Vec<&str> = args.split_whitespace().collect();
                let ran = sandbox.run("concordance", &args);
                let expected = if said.starts_with("exits 1") { 1 } else { 0 };
                assert_eq!(ran.code, expected, "{line}\n{}{}", ran.out, ran.err);
                if let Some((_, code)) = said.split_once("exits 1: ")
                    && !code.contains(' ')
                {
                    assert!(
                        ran.out.contains(&format!("[concordance/{code}]")),
                        "{line}\n{}",
                        ran.out
                    );
                }
                findings.push_str(&ran.out);
            }
            None => {
                let mut shell = sandbox.command("sh");
                let output = shell.args(["-c", command]).output().unwrap();
                assert!(output.status.success(), "{line}: {output:?}");
            }
        }
    }
    for code in ["uncovered-requirement", "shrunk-baseline"] {
        assert!(
            findings.contains(&format!("[concordance/{code}]")),
            "{code}"
        );
    }
    let row = sandbox.read("docs/blueprints/crosswalk.json");
    assert!(row.contains("src/inbox.rs"), "{row}");
}
