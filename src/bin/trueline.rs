//! The `trueline` command: its code is the crate `trueline_setup`.

fn main() -> std::process::ExitCode {
    trueline_setup::main()
}
