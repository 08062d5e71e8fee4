//! The `locks` command: its code is the crate `trueline_locks`.

fn main() -> std::process::ExitCode {
    trueline_locks::main()
}
