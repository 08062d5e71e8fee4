//! Golden cases: `tests/cmd/TOOL/CODE.case` is files (`=== path`), then commands (`$ …`) with
//! their exit code (`? 1`) and what they say. `BLESS=1` writes what the commands say now.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::Sandbox;

/// The cases of a tool, and what is special about them.
pub(crate) struct Cases {
    /// The tool.
    pub(crate) tool: &'static str,
    /// Runs a command: its exit code and what it says.
    pub(crate) run: fn(&Sandbox, &str) -> (i32, String),
    /// The bytes that the text of a file stands for.
    pub(crate) bytes: fn(&str) -> Vec<u8>,
    /// What is the same in each run of what a command says.
    pub(crate) stable: fn(&str) -> String,
}

impl Cases {
    /// Cases of plain files and commands.
    pub(crate) fn of(tool: &'static str) -> Cases {
        Cases {
            tool,
            run,
            bytes: |text| text.as_bytes().to_vec(),
            stable: str::to_owned,
        }
    }

    fn folder(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/cmd")
            .join(self.tool)
    }

    /// Runs all cases and compares them with what they say.
    pub(crate) fn check(&self) {
        let mut count = 0;
        for entry in std::fs::read_dir(self.folder()).unwrap() {
            let path = entry.unwrap().path();
            let case = std::fs::read_to_string(&path).unwrap();
            let now = self.replay(&case);
            count += 1;
            if std::env::var_os("BLESS").is_some() {
                std::fs::write(&path, &now).unwrap();
            } else {
                assert_eq!(now, case, "{}", path.display());
            }
        }
        assert!(count > 0, "no cases of {}", self.tool);
    }

    /// Runs a case and gives what it says now. White space at a line's end is nothing that a
    /// case could keep.
    fn replay(&self, case: &str) -> String {
        let sandbox = Sandbox::new();
        let mut out = String::new();
        let mut file: Option<(String, String)> = None;
        let mut is_output = false;
        let keep = |file: &mut Option<(String, String)>| {
            if let Some((path, text)) = file.take() {
                sandbox.write(&path, (self.bytes)(&text));
            }
        };
        for line in case.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                keep(&mut file);
                let (code, said) = (self.run)(&sandbox, command);
                writeln!(out, "$ {command}\n? {code}").unwrap();
                for line in (self.stable)(said.trim()).lines() {
                    writeln!(out, "{}", line.trim_end()).unwrap();
                }
                is_output = true;
            } else if let Some(path) = line.strip_prefix("=== ") {
                keep(&mut file);
                file = Some((path.to_owned(), String::new()));
                is_output = false;
                writeln!(out, "{line}").unwrap();
            } else if !is_output {
                if let Some((_, text)) = &mut file {
                    text.push_str(line);
                    text.push('\n');
                }
                writeln!(out, "{line}").unwrap();
            }
        }
        out
    }

    /// Rules of the tool, but for those `elsewhere`, that have no case of their name in which they
    /// fire. What is wrong before a tool has read its configuration has no tool's name.
    pub(crate) fn missing(&self, elsewhere: &[&str]) -> Vec<String> {
        let rules = Sandbox::new()
            .run(self.tool, &["rules", "--format", "json"])
            .exits(0)
            .json();
        let prefix = format!("{}/", self.tool);
        let codes = rules["rules"].as_array().unwrap().iter();
        let codes = codes.map(|rule| rule["code"].as_str().unwrap().replace(&prefix, ""));
        let fires = |code: &String| {
            let case = std::fs::read_to_string(self.folder().join(format!("{code}.case")));
            let case = case.unwrap_or_default();
            let mut names = [format!("[{prefix}{code}]: "), format!("[{code}]: ")].into_iter();
            names.any(|name| case.contains(&name))
        };
        codes
            .filter(|code| !elsewhere.contains(&code.as_str()) && !fires(code))
            .collect()
    }
}

/// Runs a tool, or git.
pub(crate) fn run(sandbox: &Sandbox, command: &str) -> (i32, String) {
    let words: Vec<&str> = command.split(' ').collect();
    let (tool, args) = words.split_first().unwrap();
    let ran = sandbox.run(tool, args);
    let said = format!("{}\n{}", ran.out.trim_end(), ran.err.trim_end());
    (ran.code, said)
}

/// Random and machine-made names stand as `…`: runs of seven hexadecimal digits and more.
pub(crate) fn without_names(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        let is_hex = word.len() >= 7 && word.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
        out.push_str(if is_hex { "…" } else { &word });
        word.clear();
        out.push(c);
    }
    out.pop();
    out
}
