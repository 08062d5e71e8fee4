//! Which prefixes mean what.

use trueline_core::Id;

/// The prefixes of the three kinds of id, without the dash, as trueline.toml sets them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefixes {
    /// Requirements: `NT`.
    pub nt: Vec<String>,
    /// Technical designs: `TD`.
    pub td: Vec<String>,
    /// Work items: `WBS`.
    pub wbs: Vec<String>,
}

impl Default for Prefixes {
    fn default() -> Self {
        let one = |prefix: &str| vec![prefix.to_owned()];
        Prefixes {
            nt: one("NT"),
            td: one("TD"),
            wbs: one("WBS"),
        }
    }
}

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A requirement.
    Nt,
    /// A technical design.
    Td,
    /// A work item.
    Wbs,
}

impl Kind {
    /// The key of the trailer that names it, whatever the prefix: `NT`.
    pub const fn key(self) -> &'static str {
        match self {
            Kind::Nt => "NT",
            Kind::Td => "TD",
            Kind::Wbs => "WBS",
        }
    }

    /// What people call it: "requirement".
    pub const fn noun(self) -> &'static str {
        match self {
            Kind::Nt => "requirement",
            Kind::Td => "design",
            Kind::Wbs => "work item",
        }
    }
}

impl Prefixes {
    /// Each kind with its prefixes.
    pub fn all(&self) -> [(Kind, &[String]); 3] {
        [
            (Kind::Nt, &self.nt),
            (Kind::Td, &self.td),
            (Kind::Wbs, &self.wbs),
        ]
    }

    /// What a text that begins with a prefix and a dash names; the longest prefix counts.
    pub fn kind_of(&self, text: &str) -> Option<Kind> {
        self.split(text).map(|(kind, _)| kind)
    }

    /// What the id names, if it is well formed: something with a number follows the prefix, and
    /// no part between dots or dashes is empty (`NT-1.2`, not `NT-`, `NT-1..2` or `NT-x`).
    pub fn kind(&self, id: &Id) -> Option<Kind> {
        let (kind, rest) = self.split(id.as_str())?;
        let is_well_formed = rest.bytes().any(|b| b.is_ascii_digit())
            && rest.split(['.', '-']).all(|part| !part.is_empty());
        is_well_formed.then_some(kind)
    }

    fn split<'t>(&self, text: &'t str) -> Option<(Kind, &'t str)> {
        let mut best: Option<(usize, Kind, &str)> = None;
        for (kind, prefixes) in self.all() {
            for prefix in prefixes {
                let rest = text
                    .strip_prefix(prefix.as_str())
                    .and_then(|rest| rest.strip_prefix('-'));
                if let Some(rest) = rest
                    && best.is_none_or(|(length, ..)| prefix.len() > length)
                {
                    best = Some((prefix.len(), kind, rest));
                }
            }
        }
        best.map(|(_, kind, rest)| (kind, rest))
    }

    /// The kind that a trailer's key names: `NT`, `TD`, `WBS` or a prefix of one of them,
    /// without regard to case.
    pub fn kind_of_key(&self, key: &str) -> Option<Kind> {
        let is = |name: &str| key.eq_ignore_ascii_case(name);
        self.all()
            .into_iter()
            .find(|(kind, prefixes)| is(kind.key()) || prefixes.iter().any(|own| is(own)))
            .map(|(kind, _)| kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        let prefixes = Prefixes {
            nt: vec!["NT".into(), "V-NT".into()],
            ..Prefixes::default()
        };
        let kind = |text: &str| prefixes.kind(&Id::new(text).unwrap());
        assert_eq!(kind("NT-1.2"), Some(Kind::Nt));
        assert_eq!(kind("V-NT-1"), Some(Kind::Nt));
        assert_eq!(kind("TD-0001"), Some(Kind::Td));
        assert_eq!(kind("WBS-017-R"), Some(Kind::Wbs));
        for bad in [
            "NT", "NT-", "NT-x", "NT-1.", "NT-1..2", "NTX-1", "nt-1", "NT-1-",
        ] {
            assert_eq!(kind(bad), None, "{bad}");
        }
        assert_eq!(prefixes.kind_of("NT-"), Some(Kind::Nt));
        assert_eq!(prefixes.kind_of_key("nt"), Some(Kind::Nt));
        assert_eq!(prefixes.kind_of_key("wbs"), Some(Kind::Wbs));
    }
}
