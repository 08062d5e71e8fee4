//! Draws strings from expressions, with a fixed sequence of numbers.

use regex_syntax::hir::{Class, Hir, HirKind};

/// A fixed sequence of numbers (xorshift*), so that every run draws the same.
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(mixed % limit.max(1) as u64).unwrap()
    }

    pub(crate) fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    /// `count` characters of an alphabet.
    pub(crate) fn text(&mut self, alphabet: &[u8], count: usize) -> String {
        (0..count)
            .map(|_| char::from(alphabet[self.below(alphabet.len())]))
            .collect()
    }

    pub(crate) fn hex(&mut self, count: usize) -> String {
        self.text(b"0123456789abcdef", count)
    }

    pub(crate) fn uuid(&mut self) -> String {
        [8, 4, 4, 4, 12].map(|n| self.hex(n)).join("-")
    }

    /// A string that the expression matches.
    pub(crate) fn draw_from(&mut self, pattern: &str) -> Vec<u8> {
        let hir = regex_syntax::ParserBuilder::new()
            .unicode(false)
            .utf8(false)
            .build()
            .parse(pattern)
            .unwrap();
        let mut out = Vec::new();
        self.write(&hir, &mut out);
        out
    }

    fn write(&mut self, hir: &Hir, out: &mut Vec<u8>) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => out.extend_from_slice(&literal.0),
            HirKind::Class(class) => out.push(self.member(class)),
            HirKind::Repetition(rep) => {
                let least = usize::try_from(rep.min).unwrap();
                let most = rep
                    .max
                    .map_or(least + 12, |max| (max as usize).min(least + 80));
                for _ in 0..least + self.below(most - least + 1) {
                    self.write(&rep.sub, out);
                }
            }
            HirKind::Capture(group) => self.write(&group.sub, out),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.write(part, out)),
            HirKind::Alternation(parts) => {
                let at = self.below(parts.len());
                self.write(&parts[at], out);
            }
        }
    }

    fn member(&mut self, class: &Class) -> u8 {
        let bytes: Vec<u8> = match class {
            Class::Bytes(class) => class.iter().flat_map(|r| r.start()..=r.end()).collect(),
            Class::Unicode(class) => class
                .iter()
                .flat_map(|r| r.start()..=r.end())
                .filter(char::is_ascii)
                .map(|c| c as u8)
                .collect(),
        };
        // Printable members where there are any: a wide class stands for text.
        let printable: Vec<u8> = bytes.iter().copied().filter(u8::is_ascii_graphic).collect();
        let from = if printable.is_empty() {
            bytes
        } else {
            printable
        };
        from[self.below(from.len())]
    }
}
