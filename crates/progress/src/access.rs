//! The matrix of access readiness: a Markdown table or CSV.

use trueline_text::markdown;

/// A row: one thing that somebody must be able to reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccessRow {
    /// Text of its first cell.
    pub(crate) name: String,
    /// Its status: the first word of the cell in upper case, `TODO` where that is empty.
    pub(crate) status: String,
    /// Whether it passes.
    pub(crate) passes: bool,
    /// Whether everything else waits for it.
    pub(crate) is_critical: bool,
}

/// The matrix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Access {
    /// Its rows, in the order of the file.
    pub(crate) rows: Vec<AccessRow>,
}

impl Access {
    /// Reads a matrix. The status is in the column whose head is `Status`, `Result` or
    /// `PASS/FAIL`; critical rows say `yes` or `critical` in the column `Critical`, or have the
    /// word `critical` in the column `Notes` (not after `not` or `non`). Files that end in `.csv` are
    /// CSV; others Markdown, of which the first table with a status column counts.
    pub(crate) fn read(path: &str, text: &str) -> Access {
        if path.ends_with(".csv") {
            let mut lines = text.lines().filter(|line| !line.trim().is_empty());
            let head = lines.next().map(csv_cells).unwrap_or_default();
            return of_table(&head, lines.map(csv_cells)).unwrap_or_default();
        }
        let document = markdown::parse(text);
        let cells = |row: &markdown::Row| -> Vec<String> {
            row.cells.iter().map(|cell| cell.text.clone()).collect()
        };
        document
            .tables
            .iter()
            .find_map(|table| of_table(&cells(&table.header), table.rows.iter().map(cells)))
            .unwrap_or_default()
    }

    /// The row of that name, in any case.
    pub(crate) fn row(&self, name: &str) -> Option<&AccessRow> {
        self.rows
            .iter()
            .find(|row| row.name.eq_ignore_ascii_case(name))
    }

    /// Rows that pass.
    pub(crate) fn passing(&self) -> usize {
        self.rows.iter().filter(|row| row.passes).count()
    }

    /// Critical rows.
    pub(crate) fn critical(&self) -> impl Iterator<Item = &AccessRow> {
        self.rows.iter().filter(|row| row.is_critical)
    }
}

fn of_table(head: &[String], rows: impl Iterator<Item = Vec<String>>) -> Option<Access> {
    let column = |names: &[&str]| {
        head.iter().position(|cell| {
            let cell = cell.trim().to_ascii_lowercase();
            names.contains(&cell.as_str())
        })
    };
    let status = column(&["status", "result", "pass/fail", "pass", "state"])?;
    let critical = column(&["critical", "critical?"]);
    let notes = column(&["notes", "note"]);
    let rows = rows
        .map(|cells| {
            let cell = |at: usize| cells.get(at).map_or("", |cell| cell.trim());
            let word = critical.map(|at| cell(at).to_ascii_lowercase());
            AccessRow {
                name: cell(0).to_owned(),
                status: word_of(cell(status)),
                passes: is_pass(cell(status)),
                is_critical: notes.is_some_and(|at| says_critical(cell(at)))
                    || word.is_some_and(|word| {
                        matches!(word.as_str(), "yes" | "y" | "x" | "critical" | "true")
                    }),
            }
        })
        .filter(|row| !row.name.is_empty())
        .collect();
    Some(Access { rows })
}

/// The first word of a status, in upper case.
fn word_of(cell: &str) -> String {
    let mut words = cell.split(|c: char| !c.is_alphanumeric());
    match words.find(|word| !word.is_empty()) {
        Some(word) if word.eq_ignore_ascii_case("passed") => "PASS".to_owned(),
        Some(word) => word.to_uppercase(),
        None => "TODO".to_owned(),
    }
}

/// Whether a note calls its row critical.
fn says_critical(note: &str) -> bool {
    let words: Vec<String> = note
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let is_not = |at: usize| {
        at.checked_sub(1)
            .and_then(|at| words.get(at))
            .is_some_and(|word| word == "not" || word == "non")
    };
    words
        .iter()
        .enumerate()
        .any(|(at, word)| word == "critical" && !is_not(at))
}

/// `PASS`, perhaps with more after it (`PASS (2026-01-15)`).
fn is_pass(cell: &str) -> bool {
    let word = cell
        .split(|c: char| !c.is_ascii_alphabetic())
        .find(|word| !word.is_empty());
    word.is_some_and(|word| {
        word.eq_ignore_ascii_case("pass") || word.eq_ignore_ascii_case("passed")
    })
}

/// The cells of a CSV line: commas, quotes doubled inside quotes. Line breaks in cells are not
/// read.
fn csv_cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut chars = line.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                if let Some(cell) = cells.last_mut() {
                    cell.push('"');
                }
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(c);
                }
            }
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_and_csv() {
        let md = "# Access\n\n| Access | Critical | Status | Log |\n|--|--|--|--|\n| GitHub | yes | **PASS** | x |\n| Registry | no | FAIL: no key | y |\n| CI | yes | ✅ PASS (today) | |\n";
        let access = Access::read("a.md", md);
        assert_eq!(access.rows.len(), 3);
        assert_eq!(access.passing(), 2);
        assert_eq!(access.critical().count(), 2);
        assert!(access.row("github").unwrap().passes);
        let csv = "access,critical,status\n\"Git, Hub\",yes,PASS\n\"a \"\"b\"\"\",no,PASSING\n";
        let access = Access::read("a.csv", csv);
        assert_eq!(access.rows[0].name, "Git, Hub");
        assert_eq!(access.rows[1].name, "a \"b\"");
        assert_eq!(access.passing(), 1);
    }

    #[test]
    fn notes_say_what_is_critical_and_a_row_keeps_its_status() {
        let md = "| Access | Status | Notes |\n|--|--|--|\n| Git | TODO | Critical: all waits |\n| Mail | blocked (key) | not critical |\n| CI | | CRITICAL |\n| Logs | Passed | non-critical |\n";
        let rows = Access::read("a.md", md).rows;
        let got: Vec<(&str, bool, bool)> = rows
            .iter()
            .map(|row| (row.status.as_str(), row.passes, row.is_critical))
            .collect();
        assert_eq!(
            got,
            [
                ("TODO", false, true),
                ("BLOCKED", false, false),
                ("TODO", false, true),
                ("PASS", true, false),
            ]
        );
    }

    #[test]
    fn nothing_to_read() {
        for text in ["", "# x", "| a | b |\n|--|--|\n| 1 | 2 |\n"] {
            assert_eq!(Access::read("a.md", text), Access::default());
        }
    }
}
