//! The `attach-pack` command: its code is the crate `trueline_attach_pack`.
// [impl->TD-1.1]

fn main() -> std::process::ExitCode {
    trueline_attach_pack::main()
}
