//! The `concordance` command: its code is the crate `trueline_concordance`.

fn main() -> std::process::ExitCode {
    trueline_concordance::main()
}
