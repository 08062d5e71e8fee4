//! Settings from a revision that the change at hand cannot touch.

use trueline_core::{Finding, Location};

use crate::config::{Config, MAX_CONFIG_BYTES};
use crate::context::Context;
use crate::error::Error;
use crate::files::Files;
use crate::git::Oid;
use crate::rules::CONFIG_CHANGED;
use crate::source::Source;

impl Context {
    /// Reads trueline.toml (allows, levels and everything else) from the commit that `base`
    /// names instead of from the working tree, and gives that commit. Where the two differ, the
    /// note `config-changed` is reported.
    ///
    /// A base that is not there makes the check inconclusive (exit code 3). A configuration
    /// outside the root, given with `--config`, stays: the change cannot reach it.
    pub fn trust(&mut self, base: &str) -> Result<Oid, Error> {
        let commit = self.git().commit(base)?;
        let Some(path) = self.config_path.clone() else {
            return Ok(commit);
        };
        let shown = format!("{base}:{path}");
        let bytes = self.git().show(&commit, &path, MAX_CONFIG_BYTES)?;
        let text = match bytes {
            Some(bytes) => Some(Source::decode(&shown, bytes)?),
            None => None,
        };
        let theirs = self.config.source().map(Source::text);
        if theirs == text.as_ref().map(Source::text) {
            return Ok(commit);
        }
        let config = match &text {
            Some(source) => Config::parse(&path, source.text()).or_else(|_| {
                // Named after the revision, so that no line of another text is shown.
                Config::parse(&shown, source.text())
            })?,
            None => Config::default(),
        };
        let message = match (theirs, &text) {
            (Some(_), None) => format!("`{path}` is new since `{base}`: defaults are used"),
            (None, _) => format!("`{path}` was removed since `{base}`, whose copy is used"),
            _ => format!("`{path}` differs from `{base}`, whose copy is used"),
        };
        self.report(
            Finding::new(&CONFIG_CHANGED, Location::file(path.as_str()), message).subject(path),
        );
        self.files = Files::new(self.root().to_owned(), config.limits.file_bytes);
        self.config = config;
        self.from_base = true;
        Ok(commit)
    }
}
