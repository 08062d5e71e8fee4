//! What the manifests of a bag say of its files. There may be millions: each claim is held once, and small.

use super::digest::{Algorithm, Hashers};
use super::fault::{BagFault, BagFaultKind as Kind};
use super::manifest::manifest_lines;
use super::places::Places;
use super::source::Source;
use super::verify::in_scope;
use crate::hex::hex;
use crate::name::fold;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};

/// A manifest in the bag, as its name says.
pub(super) struct ManifestFile<'a> {
    pub(super) path: &'a str,
    pub(super) algorithm: Algorithm,
    /// True for a tag manifest.
    pub(super) tags: bool,
}

/// What a manifest says of a file.
pub(super) struct Claim<'a> {
    path: Cow<'a, str>,
    digest: Said,
    line: u64,
    pub(super) manifest: &'a str,
    algorithm: Algorithm,
    /// The file has another form of the name that is listed.
    is_twin: bool,
}

/// A digest as a manifest gives it.
#[derive(PartialEq, Eq)]
enum Said {
    /// 64 lower-case hex digits, as most are.
    Bytes([u8; 32]),
    /// Any other run of lower-case hex digits.
    Text(Box<str>),
}

impl Said {
    fn of(text: &str) -> Self {
        let nibble = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let mut bytes = [0; 32];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let fits = rest.is_empty() && pairs.len() == bytes.len();
        let whole = bytes.iter_mut().zip(pairs).all(|(byte, &[high, low])| {
            let value = nibble(high).zip(nibble(low));
            *byte = value.map_or(0, |(high, low)| high << 4 | low);
            value.is_some()
        });
        match fits && whole {
            true => Self::Bytes(bytes),
            false => Self::Text(text.into()),
        }
    }
}

impl<'a> ManifestFile<'a> {
    /// Reads its lines; `strict`: as version 1.0 wants them.
    pub(super) fn read(
        &self,
        text: &str,
        strict: bool,
        places: &Places<'a>,
        claims: &mut Vec<Claim<'a>>,
        faults: &mut Vec<BagFault>,
    ) {
        let path = self.path;
        // A vector that grows by doubling is half empty.
        claims.reserve_exact(text.bytes().filter(|byte| *byte == b'\n').count());
        for line in manifest_lines(text, strict) {
            let line = match line {
                Ok(line) => line,
                Err(number) => {
                    let detail = "must be a digest, blanks and a path";
                    faults.push(BagFault::error(Kind::Line, path, detail).at(number));
                    continue;
                }
            };
            let payload = line.path.starts_with("data/");
            if !in_scope(&line.path) || payload == self.tags {
                let detail = format!("{} may not be listed here", line.path.escape_debug());
                faults.push(BagFault::error(Kind::Scope, path, detail).at(line.number));
                continue;
            }
            if let Some(how) = line.loose {
                faults.push(BagFault::warning(Kind::Loose, path, how).at(line.number));
            }
            let (listed, is_twin) = match places.of(&line.path) {
                Some(found) => (Cow::Borrowed(found.path), found.is_twin),
                None => (Cow::Owned(line.path), false),
            };
            if is_twin {
                let shown = listed.escape_debug();
                let detail = format!("listed under another form of its name than that of {shown}");
                faults.push(BagFault::warning(Kind::Twin, path, detail).at(line.number));
            }
            claims.push(Claim {
                path: listed,
                digest: Said::of(&line.digest),
                line: line.number,
                manifest: path,
                algorithm: self.algorithm,
                is_twin,
            });
        }
    }
}

/// What the manifests say, by file; of one file, in the order in which it is said.
pub(super) struct Claims<'a>(Vec<Claim<'a>>);

impl<'a> Claims<'a> {
    pub(super) fn new(mut claims: Vec<Claim<'a>>) -> Self {
        claims.sort_by(|a, b| a.path.cmp(&b.path));
        Self(claims)
    }

    /// What is said of one file.
    pub(super) fn of(&self, path: &str) -> &[Claim<'a>] {
        let first = self.0.partition_point(|claim| *claim.path < *path);
        let rest = self.0.get(first..).unwrap_or_default();
        let count = rest.iter().take_while(|claim| claim.path == path).count();
        rest.get(..count).unwrap_or_default()
    }

    /// Whether anything is said of a file.
    pub(super) fn has(&self, path: &str) -> bool {
        self.0
            .binary_search_by(|claim| (*claim.path).cmp(path))
            .is_ok()
    }

    /// Whether one of these manifests says anything.
    pub(super) fn are_by(&self, manifests: &[&str]) -> bool {
        self.0
            .iter()
            .any(|claim| manifests.contains(&claim.manifest))
    }

    fn files(&self) -> impl Iterator<Item = &[Claim<'a>]> {
        self.0.chunk_by(|a, b| a.path == b.path)
    }

    /// Files that a manifest lists more than once.
    pub(super) fn twice(&self, strict: bool, faults: &mut Vec<BagFault>) {
        for claims in self.files().filter(|claims| claims.len() > 1) {
            let mut before: BTreeMap<&str, &Said> = BTreeMap::new();
            for claim in claims {
                let Some(said) = before.insert(claim.manifest, &claim.digest) else {
                    continue;
                };
                if claim.is_twin {
                    continue;
                }
                let fault = match *said == claim.digest && !strict {
                    true => BagFault::warning,
                    false => BagFault::error,
                };
                let detail = format!("{} is listed again", claim.path.escape_debug());
                faults.push(fault(Kind::Twice, claim.manifest, detail).at(claim.line));
            }
        }
    }

    /// Listed names that are one file on some systems.
    pub(super) fn twins(&self, faults: &mut Vec<BagFault>) {
        // Of each name a number, not its folded form: only where two have the same are the forms compared.
        let hasher = RandomState::new();
        let mut names: Vec<(u64, &str)> = self
            .files()
            .filter_map(|claims| claims.first())
            .map(|claim| (hasher.hash_one(fold(&claim.path)), &*claim.path))
            .collect();
        names.sort_unstable();
        for alike in names
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|alike| alike.len() > 1)
        {
            let mut seen: BTreeMap<String, &str> = BTreeMap::new();
            for (_, path) in alike {
                if let Some(other) = seen.insert(fold(path), path) {
                    let detail = format!("one file with {} on some systems", other.escape_debug());
                    faults.push(BagFault::warning(Kind::Twin, path, detail));
                }
            }
        }
    }

    /// Compares all that is said with the files.
    pub(super) fn check(&self, source: &dyn Source, present: &BTreeSet<&str>) -> Vec<BagFault> {
        self.0
            .par_chunk_by(|a, b| a.path == b.path)
            .flat_map_iter(|claims| check_file(source, claims, present))
            .collect()
    }
}

fn check_file(
    source: &dyn Source,
    claims: &[Claim<'_>],
    present: &BTreeSet<&str>,
) -> Vec<BagFault> {
    let path = claims.first().map_or("", |claim| &*claim.path);
    let said = |kind, detail: &str| {
        let shown = path.escape_debug();
        claims
            .iter()
            .map(|claim| {
                BagFault::error(kind, claim.manifest, format!("{shown}: {detail}")).at(claim.line)
            })
            .collect::<Vec<_>>()
    };
    if !present.contains(path) {
        return said(Kind::Missing, "not there");
    }
    let mut algorithms: Vec<Algorithm> = claims.iter().map(|claim| claim.algorithm).collect();
    algorithms.sort();
    algorithms.dedup();
    let known = source
        .known_sha256(path)
        .filter(|_| algorithms == [Algorithm::Sha256]);
    let digests = match known {
        Some(digest) => vec![hex(&digest)],
        None => {
            let mut hashers = Hashers::new(&algorithms);
            if let Err(error) = source.read(path, &mut |piece| hashers.update(piece)) {
                return said(Kind::Unreadable, &error.to_string());
            }
            hashers.finish()
        }
    };
    let found: BTreeMap<Algorithm, String> = algorithms.into_iter().zip(digests).collect();
    claims
        .iter()
        .filter_map(|claim| {
            let is = found
                .get(&claim.algorithm)
                .map_or("unknown", String::as_str);
            let detail = || format!("{}: is {is}", path.escape_debug());
            (claim.digest != Said::of(is))
                .then(|| BagFault::error(Kind::Digest, claim.manifest, detail()).at(claim.line))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_the_same_only_digit_by_digit() {
        let full = "0a".repeat(32);
        assert!(matches!(Said::of(&full), Said::Bytes(bytes) if bytes == [10; 32]));
        assert!(Said::of(&full) == Said::of(&full));
        let other = format!("{}0b", "0a".repeat(31));
        assert!(Said::of(&full) != Said::of(&other));
        for odd in ["", "0", "0a", &"0a".repeat(33), &"0".repeat(63), "unknown"] {
            assert!(matches!(Said::of(odd), Said::Text(text) if *text == *odd));
        }
    }

    #[test]
    fn a_file_is_found_among_those_with_like_names() {
        let present = BTreeSet::from(["data/a", "data/b"]);
        let places = Places::new(&present, true);
        let manifest = ManifestFile {
            path: "manifest-sha256.txt",
            algorithm: Algorithm::Sha256,
            tags: false,
        };
        let (mut claims, mut faults) = (Vec::new(), Vec::new());
        let text = "00 data/b\n01 data/a\n02 data/B\n03 data/b\n04 data/gone\n";
        manifest.read(text, true, &places, &mut claims, &mut faults);
        let claims = Claims::new(claims);
        claims.twice(true, &mut faults);
        let lines = |path: &str| -> Vec<u64> { claims.of(path).iter().map(|c| c.line).collect() };
        assert_eq!(lines("data/b"), [1, 3, 4]);
        assert_eq!(lines("data/gone"), [5]);
        assert!(lines("data/c").is_empty() && !claims.has("data/c") && claims.has("data/a"));
        let said: Vec<(Kind, u64)> = faults.iter().map(|f| (f.kind, f.line)).collect();
        // Under another form of its name it is a twin, and not listed twice for that.
        assert_eq!(said, [(Kind::Twin, 3), (Kind::Twice, 4)]);
    }
}
