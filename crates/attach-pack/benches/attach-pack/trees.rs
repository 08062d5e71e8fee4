//! The generated trees.

use super::Done;
use std::path::Path;

/// A generator of numbers: the same trees every time (xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// About as many bytes of what test logs and reports hold: words, times, digests, ids, JSON.
fn log(numbers: &mut Numbers, size: usize) -> Vec<u8> {
    const WORDS: [&str; 24] = [
        "booking", "request", "accepted", "worker", "started", "test", "passed", "failed", "cache",
        "queue", "user", "page", "render", "retry", "timeout", "connect", "response", "status",
        "module", "compile", "warning", "index", "update", "done",
    ];
    let mut text = String::with_capacity(size + 256);
    while text.len() < size {
        let (a, b) = (numbers.next(), numbers.next());
        let word = |n: u64| WORDS[usize::try_from(n % 24).unwrap_or(0)];
        let line = match a % 4 {
            0 => format!(
                "2026-01-15T12:{:02}:{:02}.{:03}Z INFO {} {} {} id={a:016x}\n",
                b % 60,
                a % 60,
                b % 1000,
                word(a >> 8),
                word(b >> 8),
                word(a >> 16)
            ),
            1 => format!(
                "test {}::{}_{} ... ok ({}.{:03}s)\n",
                word(a >> 9),
                word(b >> 3),
                word(b >> 9),
                a % 3,
                b % 1000
            ),
            2 => format!(
                "{{\"name\":\"{} {}\",\"ms\":{},\"sha256\":\"{a:016x}{b:016x}{:016x}{:016x}\"}}\n",
                word(a >> 7),
                word(b >> 5),
                b % 100_000,
                a ^ b,
                b.rotate_left(9)
            ),
            _ => format!(
                "    at {}.{} ({}/src/{}.ts:{}:{})\n",
                word(a >> 5),
                word(b >> 6),
                word(a >> 12),
                word(b >> 12),
                a % 900,
                b % 90
            ),
        };
        text.push_str(&line);
    }
    text.truncate(size);
    text.into_bytes()
}

fn noise(numbers: &mut Numbers, size: usize) -> Vec<u8> {
    (0..size.div_ceil(8))
        .flat_map(|_| numbers.next().to_le_bytes())
        .take(size)
        .collect()
}

/// 200 files of very different sizes: half of the bytes are logs, half is what images and archives are.
pub(super) fn mixed(tree: &Path, megabytes: usize) -> Done<usize> {
    const COUNT: usize = 200;
    let mut numbers = Numbers(7);
    let weights: Vec<u64> = (0..COUNT).map(|_| 1 + numbers.below(10).pow(3)).collect();
    let total: u64 = weights.iter().sum();
    for (at, weight) in weights.iter().enumerate() {
        let size = usize::try_from(weight * 1_000_000 * megabytes as u64 / total)?;
        let (name, bytes) = match at % 2 {
            0 => (format!("log-{at:03}.txt"), log(&mut numbers, size)),
            _ => (format!("shot-{at:03}.png"), noise(&mut numbers, size)),
        };
        std::fs::write(tree.join(name), bytes)?;
    }
    Ok(COUNT)
}

/// Files of 1 to 4 KB in folders of 500.
pub(super) fn small(tree: &Path, files: usize) -> Done<usize> {
    let mut numbers = Numbers(11);
    for at in 0..files {
        let folder = tree.join(format!("part-{:04}", at / 500));
        if at % 500 == 0 {
            std::fs::create_dir_all(&folder)?;
        }
        let size = 1000 + usize::try_from(numbers.below(3000))?;
        std::fs::write(
            folder.join(format!("case-{at:06}.log")),
            log(&mut numbers, size),
        )?;
    }
    Ok(files)
}
