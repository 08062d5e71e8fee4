//! `data/repo.bundle`: the commits since a base, for one who has no access to the repository.

use super::gate::Gate;
use super::gather::Gather;
use super::input::Input;
use trueline_kit::Error;
use trueline_secrets::Scanner;

/// Where it stands in the bag.
const PATH: &str = "data/repo.bundle";

/// Takes the commits between the base and the commit that is checked out. What they add is searched for secrets here:
/// inside of the bundle it is compressed.
pub(super) fn gather(gather: &mut Gather<'_>, gate: &Gate<'_>) -> Result<(), Error> {
    let job = gather.job;
    if !job.settings.bundle {
        return Ok(());
    }
    let git = job.ctx.git();
    let Some(base) = &job.settings.base else {
        let error = Error::usage("a bundle of all commits would hold all that was ever committed");
        return Err(error.hint("--base REV: the bundle has the commits since then"));
    };
    let head = git.commit("HEAD")?;
    let from = git.merge_base(&git.commit(base)?, &head)?;
    if from == head {
        return Err(Error::usage(format!(
            "there is no commit between `{base}` and HEAD to bundle"
        )));
    }
    let range = format!("{}..{}", from.as_str(), head.as_str());
    // Every commit's own change, so that what a later one takes out again is searched too.
    let changes = git.stdout(&[
        "log",
        "-p",
        "-m",
        "-U0",
        "--text",
        "--no-renames",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--no-show-signature",
        "--format=%B",
        &range,
        "--",
    ])?;
    let mut scanner = Scanner::new();
    scanner.feed(&changes);
    let found = scanner.finish();
    let input = Input::bytes(PATH, "bundle", Vec::new());
    super::look::report(gate, &input, Some("the changes in it"), &found);
    // One thread: the same commits give the same bytes with one version of git.
    let exclude = format!("^{}", from.as_str());
    let bytes = git.stdout(&[
        "-c",
        "pack.threads=1",
        "bundle",
        "create",
        "-q",
        "-",
        "HEAD",
        &exclude,
    ])?;
    gather.put(Input::bytes(PATH, "bundle", bytes));
    Ok(())
}
