//! The `locks` command: its code is the crate `trueline_locks`.
// [impl->TD-1.1]

fn main() -> std::process::ExitCode {
    trueline_locks::main()
}
