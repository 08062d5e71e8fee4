//! Many commits at once, through `git fast-import`.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Done;
use crate::corpus::{Corpus, Random};

/// Adds commits to `main`: each adds a line to a code file and to a test of a requirement, and
/// says so in its trailers.
pub(crate) fn import(root: &Path, corpus: &Corpus, count: usize) -> Done {
    let mut child = Command::new("git")
        .args(["fast-import", "--quiet"])
        .current_dir(root)
        .stdin(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().ok_or("no pipe to git")?;
    let mut random = Random::new(7);
    let mut texts = std::collections::HashMap::new();
    for number in 0..count {
        let one = &corpus.requirements[random.below(corpus.requirements.len())];
        let design = one
            .designs
            .first()
            .map(|at| corpus.designs[*at].id.as_str());
        let files = [one.code.first(), one.tests.first()];
        let message = format!(
            "Change {number}\n\nWhat the {number}th change is for, said in a sentence or two\nof prose.\n\nNT: {}\nTD: {}\nWBS: WBS-{}\n",
            one.id,
            design.unwrap_or("TD-1"),
            one.id.trim_start_matches("NT-"),
        );
        writeln!(input, "commit refs/heads/main")?;
        writeln!(
            input,
            "committer Bench <bench@example.org> {} +0000",
            1_767_300_000 + number
        )?;
        write!(input, "data {}\n{message}", message.len())?;
        if number == 0 {
            writeln!(input, "from refs/heads/main^0")?;
        }
        for path in files.into_iter().flatten() {
            if matches!(corpus.late.get(path), Some(None)) {
                continue;
            }
            let text: &mut String = texts
                .entry(path.as_str())
                .or_insert_with(|| corpus.files.get(path).cloned().unwrap_or_default());
            text.push_str(&format!("// change {number}\n"));
            write!(
                input,
                "M 100644 inline {path}\ndata {}\n{text}\n",
                text.len()
            )?;
        }
    }
    drop(input);
    let status = child.wait()?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("git fast-import: {status}").into()),
    }
}
