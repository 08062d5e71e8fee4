//! The one place that time comes from.

use jiff::{SignedDuration, Timestamp};

/// The clock. Reports what the system says; with the feature `testing`, the time in the
/// environment variable `TRUELINE_TEST_NOW` (RFC 3339) where that is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    fixed: Option<Timestamp>,
}

impl Clock {
    /// The clock of this process.
    pub(crate) fn of_process() -> Self {
        #[cfg(feature = "testing")]
        if let Ok(text) = std::env::var("TRUELINE_TEST_NOW") {
            return Clock {
                fixed: text.parse().ok(),
            };
        }
        Clock { fixed: None }
    }

    /// A clock that stands still.
    #[cfg(feature = "testing")]
    pub fn fixed(at: Timestamp) -> Self {
        Clock { fixed: Some(at) }
    }

    /// Now, to the second (what artifacts hold), in UTC.
    pub fn now(&self) -> Timestamp {
        let now = self.fixed.unwrap_or_else(Timestamp::now);
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    /// Time since `earlier`; negative where that lies ahead.
    pub fn since(&self, earlier: Timestamp) -> SignedDuration {
        self.now().duration_since(earlier)
    }
}
