//! What time says about a record.

use trueline_core::Level::{Error, Warning};
use trueline_core::Rule;

use super::rule;

/// No offset.
pub static NAIVE_TIME: Rule = rule(
    "naive-time",
    Error,
    "A time without its offset",
    "Nobody can tell which moment is meant; records of two machines cannot be ordered.",
    "{\"timestamp\": \"2025-11-24T18:21:42\"}",
    "Write UTC with a `Z`: `2025-11-24T18:21:42Z`.",
);

/// Ahead of the clock.
pub static FUTURE_TIME: Rule = rule(
    "future-time",
    Error,
    "A record from the future",
    "A record says what happened; one that lies ahead was made up, or the clock is wrong. Five minutes are allowed for clocks that differ.",
    "{\"timestamp\": \"2099-01-01T00:00:00Z\"}",
    "Correct the time; `ledger-lint append` stamps it.",
);

/// Before the record above it.
pub static TIME_BACKWARDS: Rule = rule(
    "time-backwards",
    Warning,
    "A record older than the one before it",
    "Records are appended, so times grow. A smaller one was put in later or has a wrong time. A merge puts the records of another branch below: with `--base` only the records of this branch are compared.",
    "{\"timestamp\": \"2025-11-24T10:00:00Z\"}\n{\"timestamp\": \"2025-11-24T09:00:00Z\"}",
    "Append, do not insert; correct the time if it is wrong.",
);

/// Interval is over.
pub static OVERDUE_ROTATION: Rule = rule(
    "overdue-rotation",
    Error,
    "A secret whose rotation is overdue",
    "The registry promises a new value at an interval; the ledger shows none in time.",
    "registry: `APP/prod/api/DB_URL` 90d; last rotated 200 days ago",
    "Rotate the secret, then `ledger-lint append rotation`.",
);

/// Nothing shows that the new value works.
pub static UNPROVEN_ROTATION: Rule = rule(
    "unproven-rotation",
    Warning,
    "A rotation without proof",
    "A rotation counts when the new value was read and deployed; without a proof the old one may still be in use.",
    "{\"name\": \"APP/prod/api/DB_URL\", …}   (no proof)",
    "Run the read-then-deploy smoke test and name its log in `proof`.",
);

/// Over.
pub static EXPIRED: Rule = rule(
    "expired",
    Error,
    "An exception, approval, justification or flag that has expired",
    "What was agreed for a time is no longer agreed.",
    "{\"id\": \"EX-1\", \"expiry\": \"2025-01-01T00:00:00Z\"}",
    "Take it back as `rollback` says, or have a new one approved.",
);
