//! trueline.toml's aliases as the plan understands them.

use trueline_kit::{Artifact, Context, Error};
use trueline_plan::Aliases;

/// The aliases of an artifact.
///
/// # Errors
/// An alias that means nothing.
pub fn of(ctx: &Context, artifact: Artifact) -> Result<Aliases, Error> {
    let config = ctx.config();
    let mut aliases = Aliases::default();
    aliases.prefixes(&config.ids.td);
    let Some(declared) = config.aliases(artifact) else {
        return Ok(aliases);
    };
    let refuse = |error: trueline_plan::BadAlias| {
        Error::config(format!("[aliases.{}]: {error}", artifact.key()))
    };
    for (field, names) in &declared.fields {
        for name in names {
            aliases.field(field, name).map_err(refuse)?;
        }
    }
    for (field, pairs) in &declared.values {
        for (foreign, ours) in pairs {
            aliases.value(field, foreign, ours).map_err(refuse)?;
        }
    }
    Ok(aliases)
}
