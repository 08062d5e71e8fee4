//! The `queue` command: its code is the crate `trueline_queue`.
// [impl->TD-1.1]

fn main() -> std::process::ExitCode {
    trueline_queue::main()
}
