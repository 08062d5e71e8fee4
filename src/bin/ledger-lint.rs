//! The `ledger-lint` command: its code is the crate `trueline_ledger_lint`.
// [impl->TD-1.1]

fn main() -> std::process::ExitCode {
    trueline_ledger_lint::main()
}
