//! What must not be in a ledger.

use trueline_core::Level::{Error, Warning};
use trueline_core::Rule;

use super::rule;

/// Two keys.
pub static MISSING_SIGNOFF: Rule = rule(
    "missing-signoff",
    Error,
    "An approval without two signatures",
    "Destructive and costly steps take two people: the file is an approval only with `SIGNOFF: true`, initials and time, twice.",
    "SIGNOFF: true\n(no initials, no time)",
    "Add `SIGNOFF: true AB 2026-01-15T12:00:00Z`, one line an approver.",
);

/// Looks like a secret.
pub static SECRET_VALUE: Rule = rule(
    "secret-value",
    Error,
    "A value that looks like a secret",
    "Ledgers are committed and packed; whoever reads the repository has the secret. It is not shown here.",
    "{\"reason\": \"used <a token of a code host>\"}",
    "Rotate the secret first: it is known. Then write its name in its place, `[APP]/[ENV]/[SUBSYSTEM]/[KEY]`.",
);

/// In configuration.
pub static HARD_CODED_SECRET: Rule = rule(
    "hard-coded-secret",
    Error,
    "A secret in configuration",
    "Configuration names secrets; their values live in the secret store alone.",
    "default: <a database address with its password>",
    "Rotate the secret, keep it in the store and refer to it by name.",
);

/// Not of the form.
pub static SECRET_NAME: Rule = rule(
    "secret-name",
    Error,
    "A secret's name that is not `[APP]/[ENV]/[SUBSYSTEM]/[KEY]`",
    "Rotation, registry and integrations are joined by the name.",
    "{\"name\": \"DB_URL\"}",
    "Name the secret by application, environment, subsystem and key: `shop/prod/api/DB_URL`.",
);

/// A path of one machine.
pub static LOCAL_PATH: Rule = rule(
    "local-path",
    Warning,
    "A path that exists on one machine only",
    "Nobody else can follow it, and it tells the user's name.",
    "{\"report_path\": \"/home/alex/shop/docs/runs/r1.md\"}",
    "Write the path relative to the repository's root: `docs/runs/r1.md`.",
);
