//! The `ledger-lint` command: its code is the crate `trueline_ledger_lint`.

fn main() -> std::process::ExitCode {
    trueline_ledger_lint::main()
}
