//! The `concordance` command: its code is the crate `trueline_concordance`.
// [impl->TD-1.1]

fn main() -> std::process::ExitCode {
    trueline_concordance::main()
}
