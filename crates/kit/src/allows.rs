//! Applies `[levels]` and `[[allow]]` to what was found.

use jiff::civil::Date;
use trueline_core::{Finding, Level, Location, Rule};

use crate::config::Config;
use crate::rules::{EXPIRED_ALLOW, UNUSED_ALLOW};

/// What is left after levels and allows.
pub(crate) struct Judged {
    pub(crate) findings: Vec<(Finding, Level)>,
    pub(crate) allowed: u64,
}

/// Who is running, and how far it looked.
pub(crate) struct Judge<'a> {
    pub(crate) tool: &'a str,
    pub(crate) rules: &'a [&'static Rule],
    pub(crate) config: &'a Config,
    pub(crate) today: Date,
    /// Every check of the tool ran: an allow that matched nothing is unused.
    pub(crate) complete: bool,
    /// The configuration is not the one in the working tree, so its lines mean nothing there.
    pub(crate) from_base: bool,
}

impl Judge<'_> {
    pub(crate) fn judge(&self, found: Vec<Finding>) -> Judged {
        let allows = self.config.allows();
        let mut used = vec![false; allows.len()];
        let mut findings = Vec::with_capacity(found.len());
        let mut allowed = 0;
        for finding in found {
            let Some(level) = self.level(&finding) else {
                continue;
            };
            let mut is_allowed = false;
            for (allow, used) in allows.iter().zip(&mut used) {
                if allow.matches(self.tool, &finding) && !allow.is_expired(self.today) {
                    *used = true;
                    is_allowed = true;
                }
            }
            if is_allowed {
                allowed += 1;
            } else {
                findings.push((finding, level));
            }
        }
        for (allow, used) in allows.iter().zip(used) {
            let codes = self.rules.iter().map(|rule| rule.code);
            if !allow.is_for(self.tool, codes) {
                continue;
            }
            let target = allow.target();
            let code = &allow.code;
            let finding = if let Some(day) = allow.expires.filter(|_| allow.is_expired(self.today))
            {
                let message = format!("the allow of `{code}` for `{target}` expired on {day}");
                self.about(&EXPIRED_ALLOW, allow, message)
            } else if self.complete && !used {
                let message = format!("the allow of `{code}` for `{target}` silences nothing");
                self.about(&UNUSED_ALLOW, allow, message)
            } else {
                continue;
            };
            if let Some(level) = self.level(&finding) {
                findings.push((finding, level));
            }
        }
        Judged { findings, allowed }
    }

    fn about(&self, rule: &'static Rule, allow: &crate::config::Allow, message: String) -> Finding {
        let mut at = self.config.location(&allow.range);
        if self.from_base {
            at = Location::file(at.path);
        }
        Finding::new(rule, at, message)
            .subject(format!("{} {}", allow.code, allow.target()))
            .help(rule.mend)
    }

    fn level(&self, finding: &Finding) -> Option<Level> {
        let own = finding.level.unwrap_or(finding.rule.level);
        self.config
            .level(self.tool, finding.rule.code)
            .unwrap_or(Some(own))
    }
}
