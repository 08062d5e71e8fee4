//! Merges append-only ledgers: upstream's additions first, ours after, nothing lost or doubled.

use std::collections::HashMap;

use crate::fix::without_marks;
use crate::history::lines;

/// Why a merge is left to people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// A side changed a committed line.
    #[error("{0} changed committed lines: line {1} of the common base differs")]
    Rewritten(&'static str, usize),
    /// A document is broken, or has no list of records.
    #[error("{0} is not a document with a list of records")]
    Document(&'static str),
}

/// Merges three states of JSON Lines.
///
/// The result begins with all that upstream has. Both sides have to have the lines of the base, in
/// their order; byte order marks at the start of a side are not compared. A record that both added
/// stands once, where upstream has it; one that a side added twice stands twice.
///
/// # Errors
/// [`Conflict::Rewritten`].
pub fn merge(base: &[u8], upstream: &[u8], ours: &[u8]) -> Result<Vec<u8>, Conflict> {
    // Marks at the start of a file are no part of its first record, which may come to stand
    // elsewhere: there they would break it.
    let mark = upstream.len() - without_marks(upstream).len();
    let mut merged = upstream.get(..mark).unwrap_or_default().to_vec();
    let [base, upstream, ours] = [base, upstream, ours].map(|side| lines(without_marks(side)));
    let theirs = added(&base, &upstream, "upstream")?;
    let own = added(&base, &ours, "this branch")?;
    let mut known: HashMap<&[u8], usize> = HashMap::new();
    for line in &theirs {
        *known.entry(line.trim_ascii_end()).or_default() += 1;
    }
    let mut put = |line: &[u8]| {
        merged.extend_from_slice(line);
        merged.push(b'\n');
    };
    upstream.iter().for_each(|line| put(line));
    for line in own {
        match known.get_mut(line.trim_ascii_end()) {
            Some(count) if *count > 0 => *count -= 1,
            _ => put(line),
        }
    }
    Ok(merged)
}

/// The lines of a side that the base does not have. Those of the base stand in it in their order:
/// between them may be what an earlier merge put there.
fn added<'s>(
    base: &[&'s [u8]],
    side: &[&'s [u8]],
    name: &'static str,
) -> Result<Vec<&'s [u8]>, Conflict> {
    let mut committed = base.iter().peekable();
    let mut rest = side.to_vec();
    rest.retain(|line| committed.next_if_eq(&line).is_none());
    match committed.len() {
        0 => Ok(rest),
        left => Err(Conflict::Rewritten(name, base.len() - left + 1)),
    }
}

/// Merges three states of a JSON document that holds its records at a pointer: upstream's
/// document, with our new records after its own. All other fields are upstream's.
///
/// # Errors
/// [`Conflict::Document`] for a broken document, [`Conflict::Rewritten`] as in [`merge`].
pub fn merge_document(
    base: &str,
    upstream: &str,
    ours: &str,
    records: &str,
) -> Result<String, Conflict> {
    let tokens = |text: &str, name| -> Result<Vec<String>, Conflict> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let (document, errors) = trueline_text::json::parse(text);
        let list = document.at(records).filter(|_| errors.is_empty());
        let list = list.ok_or(Conflict::Document(name))?;
        Ok(list.items().map(|item| item.raw().to_owned()).collect())
    };
    let (base, theirs, own) = (
        tokens(base, "the common base")?,
        tokens(upstream, "upstream")?,
        tokens(ours, "this branch")?,
    );
    fn bytes(list: &[String]) -> Vec<&[u8]> {
        list.iter().map(String::as_bytes).collect()
    }
    let (base, theirs, own) = (bytes(&base), bytes(&theirs), bytes(&own));
    let new = added(&base, &theirs, "upstream")?;
    let mut patch = trueline_text::json::Patch::new();
    for token in added(&base, &own, "this branch")? {
        if !new.contains(&token) {
            patch.push(records, String::from_utf8_lossy(token).into_owned());
        }
    }
    if upstream.trim().is_empty() {
        return Ok(ours.to_owned());
    }
    patch
        .apply(upstream)
        .map_err(|_| Conflict::Document("upstream"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn merged(base: &str, upstream: &str, ours: &str) -> Result<String, Conflict> {
        let text = |word: &str| {
            word.chars()
                .map(|line| format!("{line}\n"))
                .collect::<String>()
        };
        let done = merge(
            text(base).as_bytes(),
            text(upstream).as_bytes(),
            text(ours).as_bytes(),
        )?;
        Ok(String::from_utf8(done).unwrap().replace('\n', ""))
    }

    #[test]
    fn upstream_first_then_ours() {
        assert_eq!(merged("a", "abc", "axy").unwrap(), "abcxy");
        assert_eq!(merged("", "b", "x").unwrap(), "bx");
        assert_eq!(merged("a", "abx", "axc").unwrap(), "abxc", "both added x");
        assert_eq!(merged("a", "ax", "axx").unwrap(), "axx", "ours twice");
        assert_eq!(
            merged("ab", "xb", "ab"),
            Err(Conflict::Rewritten("upstream", 1))
        );
        assert_eq!(
            merged("ab", "ab", "a"),
            Err(Conflict::Rewritten("this branch", 2))
        );
        assert_eq!(
            merge(b"a", b"a\nb", b"a\nc").unwrap(),
            b"a\nb\nc\n",
            "no final line end"
        );
    }

    #[test]
    fn lines_that_an_earlier_merge_put_between_are_kept_where_upstream_has_them() {
        assert_eq!(merged("ab", "acb", "abx").unwrap(), "acbx");
        assert_eq!(merged("ab", "abx", "acb").unwrap(), "abxc");
        assert_eq!(merged("ab", "acb", "acbx").unwrap(), "acbx");
        assert_eq!(
            merged("ab", "ba", "ab"),
            Err(Conflict::Rewritten("upstream", 2)),
            "moved"
        );
    }

    #[test]
    fn a_mark_at_the_start_of_our_file_breaks_no_record() {
        let bom = "\u{feff}";
        let done = |base: &str, upstream: &str, ours: &str| {
            let [base, upstream, ours] = [base, upstream, ours].map(str::as_bytes);
            String::from_utf8(merge(base, upstream, ours).unwrap()).unwrap()
        };
        assert_eq!(done("", "1\n", &format!("{bom}2\n")), "1\n2\n");
        assert_eq!(done("", "1\n", &format!("{bom}{bom}1\n3\n")), "1\n3\n");
        let marked = format!("{bom}1\n");
        assert_eq!(done("1\n", &marked, "1\n2\n"), format!("{marked}2\n"));
        assert_eq!(done("", &marked, &marked), marked);
    }

    #[test]
    fn documents() {
        let of = |list: &str| format!("{{\n  \"version\": 1,\n  \"records\": [{list}]\n}}\n");
        let done = merge_document(
            &of("1"),
            &of("1, 2.0"),
            &of("1, {\"a\": 1.10}, 2.0"),
            "/records",
        )
        .unwrap();
        assert_eq!(done, of("1, 2.0, {\"a\": 1.10}"));
        assert_eq!(
            merge_document("", "", &of("1"), "/records").unwrap(),
            of("1")
        );
        assert!(merge_document(&of("1"), &of("2"), &of("1"), "/records").is_err());
        assert!(merge_document(&of("1"), "{", &of("1"), "/records").is_err());
    }

    proptest! {
        #[test]
        fn nothing_lost_or_doubled(base in "[a-c]{0,4}", theirs in "[a-f]{0,5}", own in "[a-f]{0,5}") {
            let done = merged(&base, &format!("{base}{theirs}"), &format!("{base}{own}")).unwrap();
            let with_theirs = format!("{base}{theirs}");
            prop_assert!(done.starts_with(&with_theirs));
            for line in "abcdef".chars() {
                let count = |text: &str| text.matches(line).count();
                prop_assert_eq!(count(&done), count(&base) + count(&theirs).max(count(&own)));
            }
        }

        #[test]
        fn the_result_goes_on_from_both_and_merging_again_changes_nothing(base in "[a-c]{0,4}", theirs in "[a-f]{0,5}", own in "[a-f]{0,5}") {
            let (up, us) = (format!("{base}{theirs}"), format!("{base}{own}"));
            let done = merged(&base, &up, &us).unwrap();
            prop_assert_eq!(merged(&up, &up, &done).unwrap(), done.clone());
            prop_assert_eq!(merged(&base, &us, &us).unwrap(), us);
        }
    }
}
