//! Generated text between markers; everything else in the file is somebody's and stays.

/// A piece of generated text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Region {
    /// Name in its markers.
    pub(crate) name: &'static str,
    /// Lines, with a final line break.
    pub(crate) body: String,
}

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

/// A new file.
pub(crate) fn fresh(heading: &str, regions: &[Region]) -> String {
    let mut out = format!("# {heading}\n");
    for region in regions {
        out.push('\n');
        out.push_str(&framed(region, "\n"));
    }
    out
}

fn framed(region: &Region, end: &str) -> String {
    let body = region.body.replace('\n', end);
    let name = region.name;
    format!("<!-- progress:begin {name} -->{end}{body}<!-- progress:end {name} -->{end}")
}

/// The file with its regions made new.
///
/// A region that the file does not have comes after the one before it, or at the end. Line ends
/// are those of the file's first line.
pub(crate) fn update(old: &str, regions: &[Region]) -> Result<String, Vec<Damage>> {
    let end = match old.split_once('\n') {
        Some((first, _)) if first.ends_with('\r') => "\r\n",
        _ => "\n",
    };
    let found = scan(old)?;
    let mut out = String::with_capacity(old.len());
    let mut at = 0;
    let mut missing: Vec<&Region> = Vec::new();
    let mut pieces: Vec<(usize, usize, String)> = Vec::new();
    for region in regions {
        match found.iter().find(|(name, ..)| *name == region.name) {
            Some((_, start, stop)) => pieces.push((*start, *stop, framed(region, end))),
            None => match pieces.last_mut() {
                // After the region before it, which is replaced anyhow.
                Some((.., text)) => {
                    text.push_str(end);
                    text.push_str(&framed(region, end));
                }
                None => missing.push(region),
            },
        }
    }
    // Pieces stand in the order of the regions; the file may have them in another.
    pieces.sort_by_key(|(start, ..)| *start);
    for (start, stop, text) in pieces {
        out.push_str(old.get(at..start).unwrap_or_default());
        out.push_str(&text);
        at = stop;
    }
    out.push_str(old.get(at..).unwrap_or_default());
    for region in missing {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push_str(end);
        }
        if !out.is_empty() {
            out.push_str(end);
        }
        out.push_str(&framed(region, end));
    }
    Ok(out)
}

/// Name, first byte and byte after the end of every region.
type Found<'t> = (&'t str, usize, usize);

fn scan(text: &str) -> Result<Vec<Found<'_>>, Vec<Damage>> {
    let mut found: Vec<Found<'_>> = Vec::new();
    let mut damages = Vec::new();
    let mut open: Option<(&str, usize, u32)> = None;
    let mut offset = 0;
    for (number, line) in (1u32..).zip(text.split_inclusive('\n')) {
        let mut damage = |message: String| {
            damages.push(Damage {
                line: number,
                message,
            });
        };
        match marker(line) {
            Some(Marker::Begin(name)) => {
                if let Some((outer, ..)) = open {
                    damage(format!(
                        "`{name}` begins inside `{outer}`, which has no end"
                    ));
                }
                if found.iter().any(|(other, ..)| *other == name) {
                    damage(format!("`{name}` is there twice"));
                }
                open = Some((name, offset, number));
            }
            Some(Marker::End(name)) => match open.take() {
                Some((begun, start, _)) if begun == name => {
                    found.push((name, start, offset + line.len()));
                }
                Some((begun, ..)) => damage(format!("`{name}` ends where `{begun}` was begun")),
                None => damage(format!("`{name}` ends and was never begun")),
            },
            None => {}
        }
        offset += line.len();
    }
    if let Some((name, _, line)) = open {
        let message = format!("`{name}` begins and never ends");
        damages.push(Damage { line, message });
    }
    if damages.is_empty() {
        Ok(found)
    } else {
        Err(damages)
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

    fn region(name: &'static str, body: &str) -> Region {
        Region {
            name,
            body: body.to_owned(),
        }
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
