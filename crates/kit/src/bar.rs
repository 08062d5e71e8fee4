//! A progress bar for long work: on standard error, on a terminal, and only past one second.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::context::Context;
use crate::escape;

/// Work that is done sooner shows nothing.
const DELAY: Duration = Duration::from_secs(1);

/// How far a piece of work is.
///
/// Nothing is drawn with `-q`, where standard error is no terminal, or within the first second.
/// It is gone from the screen when it is dropped: what a command says, it says afterwards.
pub struct Bar {
    inner: ProgressBar,
    begun: Instant,
    wanted: Mutex<bool>,
}

impl Context {
    /// Begins a bar over `total` steps of something, named in the plural (`files`).
    pub fn bar(&self, total: u64, what: &str) -> Bar {
        let inner = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {prefix} {wide_msg}");
        // The template is a constant, and right.
        inner.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        inner.set_prefix(what.to_owned());
        Bar {
            inner,
            begun: Instant::now(),
            wanted: Mutex::new(!self.is_quiet() && self.terminal.is_process()),
        }
    }
}

impl Bar {
    /// One more step is done.
    pub fn step(&self) {
        self.advance(1);
    }

    /// More steps are done.
    pub fn advance(&self, steps: u64) {
        self.show();
        self.inner.inc(steps);
    }

    /// Says what is being done now; control characters are escaped.
    pub fn now(&self, text: &str) {
        self.inner.set_message(escape::line(text).into_owned());
        self.show();
    }

    /// Draws from now on, once the first second is over. indicatif itself draws on terminals
    /// only.
    fn show(&self) {
        if self.begun.elapsed() < DELAY {
            return;
        }
        let mut wanted = self
            .wanted
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if std::mem::take(&mut *wanted) {
            self.inner.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.inner.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(wanted: bool, age: Duration) -> Bar {
        Bar {
            inner: ProgressBar::with_draw_target(Some(3), ProgressDrawTarget::hidden()),
            begun: Instant::now().checked_sub(age).unwrap(),
            wanted: Mutex::new(wanted),
        }
    }

    #[test]
    fn it_shows_past_one_second_and_never_when_it_is_not_wanted() {
        for (wanted, age, asked) in [
            (true, Duration::ZERO, false),
            (true, DELAY, true),
            (false, DELAY, false),
        ] {
            let bar = bar(wanted, age);
            bar.step();
            let is_left = *bar.wanted.lock().unwrap();
            assert_eq!(wanted && !is_left, asked, "{wanted} {age:?}");
            assert_eq!(bar.inner.position(), 1);
        }
    }
}
