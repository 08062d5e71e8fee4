//! The fields of a work item that the plan reads.

macro_rules! fields {
    ($($(#[doc = $doc:expr])+ $name:ident = $key:literal,)+) => {
        /// A field of a work item, in the plan of record or in the queue.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Field {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Field {
            /// Every field.
            pub const ALL: &[Field] = &[$(Field::$name,)+];

            /// Its name on disk.
            pub const fn key(self) -> &'static str {
                match self {
                    $(Field::$name => $key,)+
                }
            }

            /// The field of that name.
            pub fn of_key(key: &str) -> Option<Field> {
                match key {
                    $($key => Some(Field::$name),)+
                    _ => None,
                }
            }
        }
    };
}

fields! {
    /// Id.
    Id = "id",
    /// Title.
    Title = "title",
    /// Where it stands.
    Status = "status",
    /// Who answers for it.
    Owner = "owner",
    /// Who may take it.
    Agent = "agent",
    /// Paths it changes.
    Scope = "scope",
    /// Phase.
    Phase = "phase",
    /// Weight within its phase.
    Weight = "weight",
    /// Items that have to be done before it.
    Dependencies = "dependencies",
    /// What has to be true for it to be done.
    ExitCriteria = "exit_criteria",
    /// Tests that prove it.
    Tests = "tests",
    /// Requirements.
    NtRefs = "nt_refs",
    /// Designs.
    TdRefs = "td_refs",
    /// Requirements and designs in one list, told apart by prefix: for aliases only.
    Refs = "refs",
    /// Order among ready items.
    Priority = "priority",
    /// Kind of work.
    Kind = "type",
    /// Branch.
    Branch = "branch",
    /// Who has taken it, until when.
    Claim = "claim",
    /// Items that came out of it.
    FollowUps = "follow_ups",
    /// Files that show it is done.
    Evidence = "evidence",
    /// Run reports.
    RunReports = "run_reports",
    /// Attach packs.
    AttachPacks = "attach_packs",
    /// When it became done.
    DoneAt = "done_at",
    /// How often it was tried.
    Attempts = "attempts",
    /// Why it cannot go on.
    BlockedReason = "blocked_reason",
    /// Verdict of a check or review, where the line holds one.
    Verdict = "verdict",
    /// Strictness.
    Tier = "tier",
    /// Vertical.
    Vertical = "vertical",
    /// Paths it is about.
    CodePaths = "code_paths",
    /// Day it is due.
    Due = "due",
    /// Why it is put off, and who agreed.
    Deferred = "deferred",
}

impl Field {
    /// Its bit in a [`FieldSet`].
    const fn bit(self) -> u64 {
        1 << (self as u8)
    }
}

/// A set of fields.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FieldSet(u64);

impl FieldSet {
    pub(crate) const EMPTY: FieldSet = FieldSet(0);

    pub(crate) fn contains(self, field: Field) -> bool {
        self.0 & field.bit() != 0
    }

    /// True when it was not there yet.
    pub(crate) fn insert(&mut self, field: Field) -> bool {
        let new = !self.contains(field);
        self.0 |= field.bit();
        new
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Field> {
        Field::ALL
            .iter()
            .copied()
            .filter(move |f| self.contains(*f))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_bit_and_a_key_of_its_own() {
        assert!(Field::ALL.len() <= 64);
        for field in Field::ALL {
            assert_eq!(Field::of_key(field.key()), Some(*field));
        }
        let mut set = FieldSet::default();
        assert_eq!(set.iter().count(), 0);
        assert!(set.insert(Field::Deferred));
        assert!(!set.insert(Field::Deferred));
        assert_eq!(set.iter().collect::<Vec<_>>(), [Field::Deferred]);
    }
}
