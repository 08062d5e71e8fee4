//! What every binary does alike: help, versions, usage errors, rules, explanations, schemas,
//! generated manuals, closed pipes.
// [verify->NT-1.2]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::process::Stdio;

use common::{Sandbox, TOOLS, ran};

#[test]
fn help_and_version_are_what_was_asked_for() {
    let sandbox = Sandbox::bare();
    for (tool, _) in TOOLS {
        sandbox
            .run(tool, &["--help"])
            .exits(0)
            .says("Usage:")
            .says("Examples:")
            .says("--format");
        sandbox
            .run(tool, &["--version"])
            .exits(0)
            .says(&format!("{tool} {}", env!("CARGO_PKG_VERSION")));
    }
}

#[test]
fn usage_errors_exit_2_and_say_nothing_on_standard_output() {
    let sandbox = Sandbox::bare();
    for (tool, _) in TOOLS {
        for args in [
            &["--no-such-flag"][..],
            &[],
            &["explain", "no-such-code"],
            &["schema", "no-such-schema"],
        ] {
            let ran = sandbox.run(tool, args).exits(2);
            assert_eq!(ran.out, "", "{tool} {args:?}");
            assert!(!ran.err.is_empty(), "{tool} {args:?}");
        }
    }
}

#[test]
fn every_code_is_explained() {
    let sandbox = Sandbox::bare();
    for (tool, _) in TOOLS {
        let rules = sandbox
            .run(tool, &["rules", "--format", "json"])
            .exits(0)
            .json();
        let rules = rules["rules"].as_array().unwrap();
        assert!(!rules.is_empty(), "{tool}");
        for rule in rules {
            let code = rule["code"].as_str().unwrap();
            assert!(code.starts_with(&format!("{tool}/")), "{tool}: {code}");
            sandbox.run(tool, &["explain", code]).exits(0).says(code);
        }
    }
}

#[test]
fn schemas_are_the_committed_ones() {
    let sandbox = Sandbox::bare();
    for (tool, _) in TOOLS {
        let list = sandbox.run(tool, &["schema"]).exits(0).out;
        for name in list
            .lines()
            .filter_map(|line| line.split_whitespace().next())
        {
            let printed = sandbox.run(tool, &["schema", name]).exits(0).out;
            let committed = std::fs::read_to_string(format!(
                "{}/schemas/{name}.schema.json",
                env!("CARGO_MANIFEST_DIR")
            ));
            assert_eq!(printed, committed.unwrap(), "{tool} schema {name}");
        }
    }
}

#[test]
fn manuals_and_completions_are_generated() {
    let sandbox = Sandbox::new();
    for (tool, _) in TOOLS {
        sandbox.run(tool, &["generate", "man", "man"]).exits(0);
        sandbox
            .run(tool, &["generate", "completions", "completions"])
            .exits(0);
        assert!(
            sandbox.read(&format!("man/{tool}.1")).contains(".TH"),
            "{tool}"
        );
        assert!(
            sandbox
                .read(&format!("completions/{tool}.bash"))
                .contains(tool),
            "{tool}"
        );
    }
}

#[test]
fn a_closed_pipe_is_success() {
    let sandbox = Sandbox::bare();
    for (tool, _) in TOOLS {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = sandbox
            .command(tool)
            .arg("rules")
            .stdout(writer)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let ran = ran(&output);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{tool}");
    }
}
