//! What a rule is.

/// How the expression of a rule is placed against the keyword that woke it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The keyword is the start of the token, in this very case (any, if the expression begins with `(?i)`), and no word character stands before it.
    Token,
    /// As [`Shape::Token`], but the token may follow a word character (its prefix is telling enough).
    Glued,
    /// The keyword names the secret; an assignment or the like follows, then the value that the expression describes.
    Assigned,
    /// The keyword stands somewhere in the match; the expression runs, unanchored, in a window around the keyword.
    Around {
        /// Bytes of the window before the keyword, at most 160.
        before: u16,
        /// Bytes of the window from the start of the keyword on, at most 16 KiB.
        after: u16,
    },
    /// As [`Shape::Token`], for long texts (key blocks, web tokens): the window after the keyword is 16 KiB.
    Block,
}

/// One format of secret.
///
/// The expression is in the syntax of the `regex` crate, in byte mode (no Unicode classes). If it has a capture group,
/// the first one that takes part is the secret; else the whole match is.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// A stable kebab-case name, unique among the rules.
    pub id: &'static str,
    /// What the secret opens, for people.
    pub about: &'static str,
    /// Lower bound on what a match contains; ASCII, compared without case (see [`Shape`] for where case counts).
    pub keywords: &'static [&'static str],
    /// The expression: of the token, or for [`Shape::Assigned`] of the value alone.
    pub pattern: &'static str,
    /// Where the expression is tried.
    pub shape: Shape,
    /// The least Shannon entropy of the secret, in tenths of a bit a byte; 0 for no threshold.
    pub min_entropy: u8,
    /// True for the rules that know a context but no format: they yield to any other rule and refuse whatever looks
    /// like a digest or a UUID.
    pub generic: bool,
    /// A last look at the secret, for what no expression can say; false: it is none.
    pub check: Option<fn(&[u8]) -> bool>,
}

impl Rule {
    pub(crate) const fn token(
        id: &'static str,
        about: &'static str,
        keywords: &'static [&'static str],
        pattern: &'static str,
    ) -> Self {
        Self {
            id,
            about,
            keywords,
            pattern,
            shape: Shape::Token,
            min_entropy: 0,
            generic: false,
            check: None,
        }
    }

    pub(crate) const fn assigned(
        id: &'static str,
        about: &'static str,
        keywords: &'static [&'static str],
        pattern: &'static str,
    ) -> Self {
        Self {
            shape: Shape::Assigned,
            min_entropy: 25,
            ..Self::token(id, about, keywords, pattern)
        }
    }

    pub(crate) const fn shape(self, shape: Shape) -> Self {
        Self { shape, ..self }
    }

    /// A window that is wide enough for most.
    pub(crate) const fn around(self) -> Self {
        self.within(160, 768)
    }

    pub(crate) const fn within(self, before: u16, after: u16) -> Self {
        self.shape(Shape::Around { before, after })
    }

    pub(crate) const fn entropy(self, tenths: u8) -> Self {
        Self {
            min_entropy: tenths,
            ..self
        }
    }

    pub(crate) const fn check(self, check: fn(&[u8]) -> bool) -> Self {
        Self {
            check: Some(check),
            ..self
        }
    }

    pub(crate) const fn generic(self) -> Self {
        Self {
            generic: true,
            ..self
        }
    }
}
