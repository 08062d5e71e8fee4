//! Exit codes, the same for every tool, and which one wins where several apply.

use std::process::ExitCode;

/// What the exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Exit {
    /// 0: everything that was asked for was done, and nothing is wrong.
    #[default]
    Clean,
    /// 1: findings at level error (with `--strict`, warnings too).
    Findings,
    /// 2: usage, configuration or I/O: part or all of the job was not done.
    Failed,
    /// 3: a check could not be completed, so that nobody may treat it as passed.
    Inconclusive,
    /// 101: a bug in the tool.
    Bug,
}

impl Exit {
    /// The number that the process ends with.
    pub const fn code(self) -> u8 {
        match self {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Failed => 2,
            Exit::Inconclusive => 3,
            Exit::Bug => 101,
        }
    }

    /// What the exit code of one of our tools says; `None` is an end by a signal.
    pub const fn of_code(code: Option<i32>) -> Exit {
        match code {
            Some(0) => Exit::Clean,
            Some(1) => Exit::Findings,
            Some(3) => Exit::Inconclusive,
            Some(101) => Exit::Bug,
            _ => Exit::Failed,
        }
    }

    /// The one of the two that wins: 101, then 2, 3, 1, 0.
    #[must_use]
    pub const fn worst(self, other: Exit) -> Exit {
        if self.rank() >= other.rank() {
            self
        } else {
            other
        }
    }

    const fn rank(self) -> u8 {
        match self {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Inconclusive => 2,
            Exit::Failed => 3,
            Exit::Bug => 4,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precedence() {
        let order = [
            Exit::Clean,
            Exit::Findings,
            Exit::Inconclusive,
            Exit::Failed,
            Exit::Bug,
        ];
        assert_eq!(order.map(Exit::code), [0, 1, 3, 2, 101]);
        for (low, a) in order.into_iter().enumerate() {
            for (high, b) in order.into_iter().enumerate() {
                let want = if low >= high { a } else { b };
                assert_eq!(a.worst(b), want, "{a:?} {b:?}");
            }
        }
    }
}
