//! The `progress` command: its code is the crate `trueline_progress`.

fn main() -> std::process::ExitCode {
    trueline_progress::main()
}
