//! The gate: what closes it keeps the pack from being written, unless it is allowed in trueline.toml.

use std::sync::atomic::{AtomicBool, Ordering};
use trueline_core::{Finding, Level, Location, Span};
use trueline_kit::Context;
use trueline_secrets::Hit;

use crate::hex::{hex, sha256};
use crate::rules;

/// The gate of one build. Threads may share it.
pub(super) struct Gate<'a> {
    ctx: &'a Context,
    closed: AtomicBool,
    lowered: AtomicBool,
}

impl<'a> Gate<'a> {
    pub(super) fn new(ctx: &'a Context) -> Self {
        Self {
            ctx,
            closed: AtomicBool::new(false),
            lowered: AtomicBool::new(false),
        }
    }

    pub(super) fn ctx(&self) -> &Context {
        self.ctx
    }

    /// Something is in the way of the pack.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Closed by a finding that `[levels]` made less than an error.
    pub(super) fn is_lowered(&self) -> bool {
        self.lowered.load(Ordering::Relaxed)
    }

    /// Reports a finding that closes the gate; true if it is allowed, and so does not.
    pub(super) fn stop(&self, finding: Finding) -> bool {
        let ctx = self.ctx;
        let today = ctx.clock().now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let allowed = ctx
            .config()
            .allows()
            .iter()
            .any(|allow| allow.matches(ctx.tool(), &finding) && !allow.is_expired(today));
        if !allowed {
            self.closed.store(true, Ordering::Relaxed);
            let level = ctx.config().level(ctx.tool(), finding.rule.code);
            if level.is_some_and(|level| level != Some(Level::Error)) {
                self.lowered.store(true, Ordering::Relaxed);
            }
        }
        ctx.report(finding);
        allowed
    }

    /// Reports a finding that no allow can let pass.
    pub(super) fn close(&self, finding: Finding) {
        self.stop(finding);
        self.closed.store(true, Ordering::Relaxed);
    }

    /// A secret that another scanner found.
    pub(super) fn foreign_secret(
        &self,
        path: &str,
        line: u32,
        column: u32,
        rule: &str,
        secret: &str,
    ) {
        let at = match line {
            0 => Location::file(path),
            line => Location::at(path, Span::point(line, column.max(1))),
        };
        let fingerprint = hex(&sha256(secret.as_bytes()));
        let rule = trueline_kit::escape::line(rule);
        let message = format!("a secret (rule {rule}), fingerprint {fingerprint}");
        let finding = Finding::new(&rules::SECRET, at, message);
        self.stop(finding.subject(fingerprint).redacted());
    }

    /// A secret in a file, or in a file inside of it.
    pub(super) fn secret(&self, path: &str, inner: Option<&str>, hit: &Hit) -> bool {
        let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let rule = hit.rule;
        let (at, place) = match inner {
            None => (
                Location::at(path, Span::point(narrow(hit.line), narrow(hit.column))),
                String::new(),
            ),
            Some(inner) => (
                Location::file(path),
                format!(" in `{}`, line {}", inner.escape_debug(), hit.line),
            ),
        };
        let message = format!(
            "a secret{place} (rule {rule}), fingerprint {}",
            hit.fingerprint
        );
        self.stop(
            Finding::new(&rules::SECRET, at, message)
                .subject(hit.fingerprint.as_str())
                .redacted(),
        )
    }
}
