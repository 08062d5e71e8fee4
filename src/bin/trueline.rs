//! The `trueline` command: its code is the crate `trueline_setup`.
// [impl->TD-1.1]

fn main() -> std::process::ExitCode {
    trueline_setup::main()
}
