//! Every kind of finding that this tool has.

mod bag;
mod build;
mod zip;

pub(crate) use bag::of_bag;
pub(crate) use build::*;
pub(crate) use zip::of_zip;

/// Makes constants of rules, and the list of them.
macro_rules! rules {
    ($list:ident, $count:literal: $($name:ident = $code:literal, $level:ident, $summary:literal,
        why: $why:literal, example: $example:literal, mend: $mend:expr;)+) => {
        $(pub(crate) const $name: trueline_core::Rule = trueline_core::Rule {
            code: $code,
            level: trueline_core::Level::$level,
            summary: $summary,
            why: $why,
            example: $example,
            mend: $mend,
        };)+

        pub(super) const $list: [&trueline_core::Rule; $count] = [$(&$name,)+];
    };
}
pub(crate) use rules;

/// All rules of the tool.
pub(crate) const ALL: &[&trueline_core::Rule] = &join();

const COUNT: usize = build::BUILD.len() + bag::BAG.len() + zip::ZIP.len();

const fn join() -> [&'static trueline_core::Rule; COUNT] {
    let mut all = [build::BUILD[0]; COUNT];
    let mut at = 0;
    while at < COUNT {
        all[at] = if at < build::BUILD.len() {
            build::BUILD[at]
        } else if at < build::BUILD.len() + bag::BAG.len() {
            bag::BAG[at - build::BUILD.len()]
        } else {
            zip::ZIP[at - build::BUILD.len() - bag::BAG.len()]
        };
        at += 1;
    }
    all
}
