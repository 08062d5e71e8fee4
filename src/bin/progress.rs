//! The `progress` command: its code is the crate `trueline_progress`.
// [impl->TD-1.1]

fn main() -> std::process::ExitCode {
    trueline_progress::main()
}
