//! `[[allow]]`: findings that somebody has decided to live with, and why.

use std::ops::Range;

use jiff::civil::Date;
use trueline_core::Finding;
use trueline_scope::Glob;

use super::globs::glob;
use super::reader::Table;

/// One `[[allow]]`.
#[derive(Debug, Clone)]
pub struct Allow {
    /// Tool that the code is qualified with, where it is.
    pub tool: Option<String>,
    /// Code without the tool.
    pub code: String,
    /// Paths that it is for; `None` for every path.
    pub path: Option<(String, Glob)>,
    /// Subject that it is for: an id, mostly.
    pub id: Option<String>,
    /// Why; never empty.
    pub reason: String,
    /// Who decided.
    pub approved_by: Option<String>,
    /// Last day on which it holds (UTC).
    pub expires: Option<Date>,
    /// Bytes of its code in trueline.toml.
    pub(crate) range: Range<usize>,
}

impl Allow {
    pub(crate) fn read(table: &Table<'_, '_>, text: &str) -> Option<Allow> {
        for key in ["code", "reason"] {
            table.require(key);
        }
        let code = table.text("code");
        let path = table.text("path");
        let id = table.text("id");
        let reason = table.text("reason");
        let approved_by = table.text("approved_by").map(|by| by.value);
        let expires = table.date("expires").map(|day| day.value);
        let problems = table.problems();
        if path.is_none() && id.is_none() && !table.has("path") && !table.has("id") {
            problems.put(
                table.range(),
                "an allow needs a `path` or an `id`",
                Some("`path = \"**\"` is every path".into()),
            );
        }
        let path = match path {
            None => None,
            Some(pattern) => {
                let glob = glob(&pattern, text, problems)?;
                Some((pattern.value, glob))
            }
        };
        table.finish();
        let code = code?;
        let (tool, name) = match code.value.split_once('/') {
            Some((tool, name)) => (Some(tool.to_owned()), name.to_owned()),
            None => (None, code.value),
        };
        Some(Allow {
            tool,
            code: name,
            path,
            id: id.map(|id| id.value),
            reason: reason?.value,
            approved_by,
            expires,
            range: code.range,
        })
    }

    /// Whether the code can be one of this tool's.
    pub(crate) fn is_for(&self, tool: &str, mut codes: impl Iterator<Item = &'static str>) -> bool {
        match &self.tool {
            Some(name) => name == tool,
            None => codes.any(|code| code == self.code),
        }
    }

    /// Whether it speaks of this finding. The day is not looked at.
    pub fn matches(&self, tool: &str, finding: &Finding) -> bool {
        self.code == finding.rule.code
            && self.tool.as_deref().is_none_or(|name| name == tool)
            && self
                .path
                .as_ref()
                .is_none_or(|(_, glob)| glob.matches(&finding.at.path))
            && self
                .id
                .as_ref()
                .is_none_or(|id| finding.subject.as_ref() == Some(id))
    }

    /// Whether its last day lies before `today`.
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|day| day < today)
    }

    /// What it is for, as it is written: `docs/**` or `NT-1.2`.
    pub(crate) fn target(&self) -> String {
        let path = self.path.as_ref().map(|(text, _)| text.as_str());
        let parts: Vec<&str> = path.into_iter().chain(self.id.as_deref()).collect();
        parts.join(", ")
    }
}
