//! Any text as an ownership file, its last line as a path: no panic, and what is generated without a fault agrees with it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (text, path) = text.rsplit_once('\n').unwrap_or((text, "a/b"));
    trueline_locks::fuzzing::ownership(text, &[path, "src/a.rs", "a", "a/b/c"]);
});
