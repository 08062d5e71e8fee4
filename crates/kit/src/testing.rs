//! For the tests of tools: runs in this process, and what every tool's rules must hold.
//!
//! Only with the feature `testing`.

use std::ffi::OsString;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use clap::Subcommand;

use crate::terminal::Sink;
use crate::tool::{Streams, Tool, start};

/// What a run of a tool did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Exit code.
    pub code: u8,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Runs a tool in this process, with `--root` and then the arguments.
pub fn run<C: Subcommand>(tool: &Tool<C>, root: &Path, args: &[&str]) -> Ran {
    let mut all: Vec<OsString> = vec![tool.name.into(), "--root".into(), root.into()];
    all.extend(args.iter().map(OsString::from));
    let (stdout, stderr) = (Arc::default(), Arc::default());
    let streams = Streams {
        stdout: Sink::Memory(Arc::clone(&stdout)),
        stderr: Sink::Memory(Arc::clone(&stderr)),
    };
    let exit = start(tool, all, &streams);
    Ran {
        code: exit.code(),
        stdout: text(&stdout),
        stderr: text(&stderr),
    }
}

fn text(bytes: &Mutex<Vec<u8>>) -> String {
    let bytes = bytes.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Asserts what every tool's rules must hold: codes are unique kebab-case words, no text is
/// empty, every schema exists, and `docs_md` (docs/tools/<tool>.md) has a heading for each code.
///
/// # Panics
/// Where one does not.
pub fn check_rules<C>(tool: &Tool<C>, docs_md: &str) {
    let rules = tool.all_rules();
    let headings: Vec<&str> = docs_md
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches('#').trim().trim_matches('`'))
        .collect();
    let mut faults = Vec::new();
    for pair in rules.windows(2) {
        if let [a, b] = pair
            && a.code == b.code
        {
            faults.push(format!("`{}` is there twice", a.code));
        }
    }
    for rule in rules {
        let code = rule.code;
        let is_kebab = !code.is_empty()
            && code.split('-').all(|word| {
                !word.is_empty()
                    && word
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            });
        if !is_kebab {
            faults.push(format!("`{code}` is not kebab-case"));
        }
        let texts = [
            ("summary", rule.summary),
            ("why", rule.why),
            ("example", rule.example),
            ("mend", rule.mend),
        ];
        for (name, text) in texts {
            if text.trim().is_empty() {
                faults.push(format!("`{code}` has no {name}"));
            }
        }
        if rule.summary.ends_with('.') || rule.summary.contains('\n') {
            faults.push(format!(
                "the summary of `{code}` is not one line without a final stop"
            ));
        }
        let full = format!("{}/{code}", tool.name);
        if !headings
            .iter()
            .any(|heading| *heading == code || *heading == full)
        {
            faults.push(format!(
                "docs/tools/{}.md has no heading `{code}`",
                tool.name
            ));
        }
    }
    for name in tool.schemas {
        if trueline_core::schema::get(name).is_none() {
            faults.push(format!("there is no schema `{name}`"));
        }
    }
    assert!(faults.is_empty(), "{}: {}", tool.name, faults.join("; "));
}

/// The Markdown of a rule's section in docs/tools/<tool>.md, for a first version of that file.
pub fn rule_page(rule: &trueline_core::Rule) -> String {
    crate::common::page(rule)
}
