//! Cuts a file at its markers, line by line.

use crate::regions::{Frame, Piece};

/// Why a file is not touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Damage {
    /// 1-based line.
    pub(crate) line: u32,
    /// What is wrong there.
    pub(crate) message: String,
}

/// A marker line.
enum Marker<'t> {
    Begin(&'t str),
    End(&'t str),
}

fn marker(line: &str) -> Option<Marker<'_>> {
    let inner = line
        .trim()
        .strip_prefix("<!--")?
        .strip_suffix("-->")?
        .trim();
    let inner = inner.strip_prefix("progress:")?;
    let (kind, name) = inner.split_once(' ')?;
    let name = name.trim();
    match kind {
        "begin" => Some(Marker::Begin(name)),
        "end" => Some(Marker::End(name)),
        _ => None,
    }
}

/// A file that is being cut.
pub(crate) struct Cut<'n> {
    names: &'n [&'static str],
    pub(crate) frame: Frame,
    /// What is kept since the last region.
    text: String,
    /// Names of the regions so far.
    found: Vec<String>,
    /// Name and first line of the region that is open.
    open: Option<(String, u32)>,
    damages: Vec<Damage>,
}

impl<'n> Cut<'n> {
    pub(crate) fn new(names: &'n [&'static str]) -> Self {
        Cut {
            names,
            frame: Frame {
                pieces: Vec::new(),
                end: "\n",
            },
            text: String::new(),
            found: Vec::new(),
            open: None,
            damages: Vec::new(),
        }
    }

    fn known(&self, name: &str) -> Option<&'static str> {
        self.names.iter().copied().find(|known| *known == name)
    }

    fn damage(&mut self, line: u32, message: String) {
        self.damages.push(Damage { line, message });
    }

    /// Takes the next line.
    pub(crate) fn line(&mut self, number: u32, line: &str) {
        match marker(line) {
            Some(Marker::Begin(name)) => {
                if let Some((outer, _)) = &self.open {
                    let message = format!("`{name}` begins inside `{outer}`, which has no end");
                    self.damage(number, message);
                }
                if self.found.iter().any(|other| other == name) {
                    self.damage(number, format!("`{name}` is there twice"));
                }
                self.open = Some((name.to_owned(), number));
                if let Some(known) = self.known(name) {
                    let text = std::mem::take(&mut self.text);
                    self.frame.pieces.push(Piece::Text(text));
                    self.frame.pieces.push(Piece::Region(known));
                    return;
                }
            }
            Some(Marker::End(name)) => match self.open.take() {
                Some((begun, _)) if begun == name => {
                    let is_known = self.known(name).is_some();
                    self.found.push(begun);
                    if is_known {
                        return;
                    }
                }
                Some((begun, _)) => {
                    self.damage(number, format!("`{name}` ends where `{begun}` was begun"));
                }
                None => self.damage(number, format!("`{name}` ends and was never begun")),
            },
            None => {}
        }
        let open = self.open.as_ref();
        if open.is_none_or(|(name, _)| self.known(name).is_none()) {
            self.text.push_str(line);
        }
    }

    /// What was cut, or why nothing can be.
    pub(crate) fn finish(mut self) -> Result<Frame, Vec<Damage>> {
        if let Some((name, line)) = self.open.take() {
            self.damage(line, format!("`{name}` begins and never ends"));
        }
        if !self.damages.is_empty() {
            return Err(self.damages);
        }
        self.frame.pieces.push(Piece::Text(self.text));
        Ok(self.frame)
    }
}
