//! The `queue` command: its code is the crate `trueline_queue`.

fn main() -> std::process::ExitCode {
    trueline_queue::main()
}
