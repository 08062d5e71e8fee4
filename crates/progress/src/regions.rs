//! Generated text between markers; everything else in the file is somebody's and stays.

use std::io::{self, BufRead};

use crate::cut::{Cut, Damage};
use crate::sheet::Sheet;

/// A piece of generated text.
pub(crate) struct Region<'r> {
    /// Name in its markers.
    pub(crate) name: &'static str,
    /// Writes its lines, with a final line break. A page of a large plan is larger than the plan: it
    /// is made once, in its place.
    pub(crate) write: Box<dyn Fn(&mut Sheet<'_>) + 'r>,
}

impl Region<'_> {
    /// Writes it between its markers.
    fn frame(&self, out: &mut Sheet<'_>) {
        out.body()
            .push_str(&format!("<!-- progress:begin {} -->\n", self.name));
        (self.write)(out);
        out.body()
            .push_str(&format!("<!-- progress:end {} -->\n", self.name));
        out.settle();
    }
}

/// A file cut at its regions: what stands between them, which is kept, and their names.
pub(crate) struct Frame {
    pub(crate) pieces: Vec<Piece>,
    /// Line end of the file's first line.
    pub(crate) end: &'static str,
}

/// A part of it.
pub(crate) enum Piece {
    Text(String),
    Region(&'static str),
}

impl Frame {
    /// A new file.
    pub(crate) fn fresh(heading: &str) -> Frame {
        Frame {
            pieces: vec![Piece::Text(format!("# {heading}\n"))],
            end: "\n",
        }
    }

    /// Cuts a file at the regions of these names, line by line: what was generated is not kept.
    /// `None` where it is not UTF-8.
    pub(crate) fn read(
        mut old: impl BufRead,
        names: &[&'static str],
    ) -> io::Result<Option<Result<Frame, Vec<Damage>>>> {
        let mut cut = Cut::new(names);
        let mut bytes = Vec::new();
        let mut number = 0;
        while old.read_until(b'\n', &mut bytes)? > 0 {
            let Ok(line) = std::str::from_utf8(&bytes) else {
                return Ok(None);
            };
            number += 1;
            if number == 1 && line.ends_with("\r\n") {
                cut.frame.end = "\r\n";
            }
            cut.line(number, line);
            bytes.clear();
        }
        Ok(Some(cut.finish()))
    }

    /// Whether there is nothing in it but white space.
    pub(crate) fn is_blank(&self) -> bool {
        let mut pieces = self.pieces.iter();
        pieces.all(|piece| matches!(piece, Piece::Text(text) if text.trim().is_empty()))
    }

    /// The file with its regions made new. A region that the file does not have comes after the one
    /// before it, or at the end.
    pub(crate) fn fill(&self, regions: &[Region<'_>], out: &mut Sheet<'_>) {
        let has = |region: &Region<'_>| {
            let mut pieces = self.pieces.iter();
            pieces.any(|piece| matches!(piece, Piece::Region(name) if *name == region.name))
        };
        // Each present region with those after it that are not there.
        let mut groups: Vec<Vec<&Region<'_>>> = Vec::new();
        let mut missing: Vec<&Region<'_>> = Vec::new();
        for region in regions {
            match groups.last_mut() {
                _ if has(region) => groups.push(vec![region]),
                Some(group) => group.push(region),
                None => missing.push(region),
            }
        }
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.kept(text),
                Piece::Region(name) => {
                    let mut of_name = groups.iter();
                    let group =
                        of_name.find(|group| group.first().is_some_and(|r| r.name == *name));
                    for (at, region) in group.into_iter().flatten().enumerate() {
                        if at > 0 {
                            out.kept(self.end);
                        }
                        region.frame(out);
                    }
                }
            }
        }
        for region in missing {
            if !out.is_empty() && !out.ends_line() {
                out.kept(self.end);
            }
            if !out.is_empty() {
                out.kept(self.end);
            }
            region.frame(out);
        }
    }
}

/// Puts a generated last line at the end: an earlier one, known by its beginning, goes.
pub(crate) fn last_line(text: &str, beginning: &str, line: &str) -> String {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let trimmed = text.trim_end_matches(['\r', '\n', ' ']);
    let start = trimmed.rfind('\n').map_or(0, |at| at + 1);
    let kept = match trimmed.get(start..) {
        Some(last) if last.starts_with(beginning) => trimmed.get(..start).unwrap_or_default(),
        _ => text,
    };
    let mut out = kept.to_owned();
    if !out.is_empty() && !out.ends_with('\n') {
        out.push_str(end);
    }
    let blank = format!("{end}{end}");
    if !out.is_empty() && !out.ends_with(&blank) {
        out.push_str(end);
    }
    out.push_str(line);
    out.push_str(end);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn region(name: &'static str, body: &'static str) -> Region<'static> {
        Region {
            name,
            write: Box::new(move |out| out.body().push_str(body)),
        }
    }

    fn fresh(heading: &str, regions: &[Region<'_>]) -> String {
        filled(&Frame::fresh(heading), regions)
    }

    fn update(old: &str, regions: &[Region<'_>]) -> Result<String, Vec<Damage>> {
        let names: Vec<&'static str> = regions.iter().map(|region| region.name).collect();
        let frame = Frame::read(old.as_bytes(), &names).unwrap().unwrap()?;
        Ok(filled(&frame, regions))
    }

    fn filled(frame: &Frame, regions: &[Region<'_>]) -> String {
        Sheet::text(frame.end, |sheet| frame.fill(regions, sheet)).unwrap()
    }

    #[test]
    fn what_is_no_text_is_not_cut() {
        assert!(Frame::read(&b"a\n\xff\n"[..], &["a"]).unwrap().is_none());
    }

    #[test]
    fn regions_of_other_names_are_text() {
        let old = "<!-- progress:begin x -->\nmine\n<!-- progress:end x -->\n";
        let new = update(old, &[region("a", "1\n")]).unwrap();
        assert!(new.starts_with(old), "{new}");
        assert_eq!(update(&new, &[region("a", "1\n")]).unwrap(), new);
    }

    #[test]
    fn hand_written_text_stays() {
        let one = [region("a", "1\n"), region("b", "2\n")];
        let text = fresh("T", &one);
        assert_eq!(
            text,
            "# T\n\n<!-- progress:begin a -->\n1\n<!-- progress:end a -->\n\n<!-- progress:begin b -->\n2\n<!-- progress:end b -->\n"
        );
        let edited = format!("intro\n{}\ttail \n", text.replace("\n\n", "\nmine\n"));
        let two = [region("a", "3\n4\n"), region("b", "")];
        assert_eq!(
            update(&edited, &two).unwrap(),
            "intro\n# T\nmine\n<!-- progress:begin a -->\n3\n4\n<!-- progress:end a -->\nmine\n<!-- progress:begin b -->\n<!-- progress:end b -->\n\ttail \n"
        );
    }

    #[test]
    fn line_ends_are_the_files_own() {
        let old = "x\r\n<!-- progress:begin a -->\r\nold\r\n<!-- progress:end a -->\r\n";
        assert_eq!(
            update(old, &[region("a", "1\n2\n")]).unwrap(),
            "x\r\n<!-- progress:begin a -->\r\n1\r\n2\r\n<!-- progress:end a -->\r\n"
        );
    }

    #[test]
    fn missing_regions_come_after_the_one_before() {
        let old = "<!-- progress:begin a -->\n<!-- progress:end a -->\nmine\n";
        let both = [region("a", "1\n"), region("b", "2\n")];
        let new = update(old, &both).unwrap();
        assert!(new.ends_with("<!-- progress:end b -->\nmine\n"), "{new}");
        assert_eq!(update(&new, &both).unwrap(), new);
        let by_hand = update("# Log\n", &both).unwrap();
        assert!(
            by_hand.starts_with("# Log\n\n<!-- progress:begin a -->"),
            "{by_hand}"
        );
        assert_eq!(update(&by_hand, &both).unwrap(), by_hand);
    }

    #[test]
    fn damage_is_an_error() {
        for (text, lines) in [
            ("<!-- progress:begin a -->\n", vec![1]),
            ("<!-- progress:end a -->\n", vec![1]),
            (
                "<!-- progress:begin a -->\n<!-- progress:begin b -->\n<!-- progress:end b -->\n",
                vec![2],
            ),
            (
                "<!-- progress:begin a -->\n<!-- progress:end b -->\n",
                vec![2],
            ),
            (
                "<!--progress:begin a-->\n<!-- progress:end a -->\n<!-- progress:begin a -->\n<!-- progress:end a -->\n",
                vec![3],
            ),
        ] {
            let damages = update(text, &[region("a", "")]).unwrap_err();
            assert_eq!(
                damages.iter().map(|d| d.line).collect::<Vec<_>>(),
                lines,
                "{text}"
            );
        }
    }

    #[test]
    fn the_last_line_is_replaced() {
        let line = |text| last_line(text, "Done: ", "Done: 2");
        assert_eq!(line("a\n"), "a\n\nDone: 2\n");
        assert_eq!(line("a\n\nDone: 1\n"), "a\n\nDone: 2\n");
        assert_eq!(line("a\n\nDone: 1\n\n\n"), "a\n\nDone: 2\n");
        assert_eq!(line(""), "Done: 2\n");
        assert_eq!(line("Done: 1"), "Done: 2\n");
        assert_eq!(line("Done: 1\nb"), "Done: 1\nb\n\nDone: 2\n");
        assert_eq!(line("a\r\n"), "a\r\n\r\nDone: 2\r\n");
    }

    proptest! {
        #[test]
        fn twice_is_once(lines in proptest::collection::vec("[ab]{0,2}|<!-- progress:(begin|end) [ab] -->", 0..8), crlf in any::<bool>()) {
            let text = lines.join(if crlf { "\r\n" } else { "\n" });
            let regions = [region("a", "1\n"), region("b", "2\n3\n")];
            if let Ok(once) = update(&text, &regions) {
                let once = last_line(&once, "Done: ", "Done: 1");
                let twice = last_line(&update(&once, &regions).unwrap(), "Done: ", "Done: 1");
                prop_assert_eq!(once, twice);
            }
        }
    }
}
