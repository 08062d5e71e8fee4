//! Lines of prose and of code, and pages that know on which line they are.

use super::Random;

const WORDS: [&str; 24] = [
    "guest", "price", "booking", "search", "host", "night", "city", "room", "payment", "message",
    "calendar", "review", "refund", "photo", "invoice", "address", "filter", "account", "session",
    "report", "limit", "queue", "market", "tax",
];

pub(crate) fn word(random: &mut Random) -> &'static str {
    WORDS[random.below(WORDS.len())]
}

pub(crate) fn sentence(random: &mut Random) -> String {
    let (a, b, c) = (word(random), word(random), word(random));
    format!("The {a} MUST be shown with its {b} and no other {c}.")
}

/// A text that is written line by line.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) text: String,
    lines: u32,
}

impl Page {
    pub(crate) fn new(title: &str) -> Self {
        let mut page = Page::default();
        page.line(&format!("# {title}"));
        page.line("");
        page
    }

    /// The beginning of a code file of about that size.
    pub(crate) fn code(random: &mut Random, size: usize) -> Self {
        let mut page = Page::default();
        page.text.reserve(size + 256);
        for _ in 0..random.below(6) {
            page.code_line(random);
        }
        page
    }

    /// Adds a line; gives its number.
    pub(crate) fn line(&mut self, line: &str) -> u32 {
        self.text.push_str(line);
        self.text.push('\n');
        self.lines += 1;
        self.lines
    }

    pub(crate) fn tag(&mut self, tag: &str, random: &mut Random) -> u32 {
        let line = self.line(&format!("// {tag} the {}", word(random)));
        for _ in 0..random.below(4) {
            self.code_line(random);
        }
        line
    }

    pub(crate) fn fill(&mut self, random: &mut Random, size: usize) {
        while self.text.len() < size {
            self.code_line(random);
        }
    }

    fn code_line(&mut self, random: &mut Random) {
        let (a, b) = (word(random), word(random));
        let line = match random.below(24) {
            0 => format!("fn {a}_{b}(input: &str) -> Option<u32> {{"),
            1 => format!(
                "    let {a} = |x: u32| -> u32 {{ x + {} }};",
                random.below(99)
            ),
            2 => "}".to_owned(),
            3 => String::new(),
            4 => format!("    {a}[i] = {b}[i - 1]; // the {a} before"),
            5 => format!("    // {a}: see the {b} of the {a}"),
            n => format!("    let {a}_{n} = {b}.{a}({n}).unwrap_or_default();"),
        };
        self.line(&line);
    }
}
