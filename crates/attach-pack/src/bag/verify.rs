//! Verification of any bag, versions 0.93 to 1.0. All faults are listed.

use super::claims::{Claims, ManifestFile};
use super::digest::Algorithm;
use super::fault::{BagFault, BagFaultKind as Kind};
use super::info::{parse_info, parse_oxum};
use super::manifest::split_lines;
use super::places::Places;
use super::source::Source;
use super::text::decode;
use std::collections::BTreeSet;

/// The largest tag file that is read, in bytes.
pub const MAX_TAG_FILE: u64 = 256 << 20;
/// The versions that are known.
const VERSIONS: [&str; 6] = ["0.93", "0.94", "0.95", "0.96", "0.97", "1.0"];

struct Declaration {
    version: String,
    encoding: String,
}

/// Verifies a bag; empty: valid and complete.
pub fn verify(source: &dyn Source) -> Vec<BagFault> {
    let mut faults = Vec::new();
    for (path, what) in source.irregular() {
        faults.push(BagFault::error(Kind::Irregular, path, what.as_str()));
    }
    let Some(declaration) = declaration(source, &mut faults) else {
        faults.sort();
        return faults;
    };
    let present: BTreeSet<&str> = source
        .files()
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    let payload: Vec<&str> = present
        .iter()
        .copied()
        .filter(|path| path.starts_with("data/"))
        .collect();
    let strict = declaration.version == "1.0";
    let places = Places::new(&present, strict);
    let mut claims = Vec::new();
    let mut listings: Vec<&str> = Vec::new();
    for path in &present {
        let Some((algorithm, tags)) = manifest_name(path) else {
            continue;
        };
        let Some(algorithm) = Algorithm::of_name(algorithm) else {
            faults.push(BagFault::error(Kind::Algorithm, path, ""));
            continue;
        };
        let manifest = ManifestFile {
            path,
            algorithm,
            tags,
        };
        if let Some(text) = tag_text(source, path, &declaration, &mut faults) {
            manifest.read(&text, strict, &places, &mut claims, &mut faults);
        }
        if !tags {
            listings.push(path);
        }
    }
    let claims = Claims::new(claims);
    claims.twice(strict, &mut faults);
    if listings.is_empty() {
        faults.push(BagFault::error(Kind::Incomplete, "", "no payload manifest"));
    }
    if payload.is_empty() && claims.are_by(&listings) {
        faults.push(BagFault::error(
            Kind::Incomplete,
            "data",
            "no payload folder",
        ));
    }
    for path in &payload {
        let by: BTreeSet<&str> = claims.of(path).iter().map(|one| one.manifest).collect();
        let without: Vec<&str> = listings
            .iter()
            .copied()
            .filter(|name| !by.contains(name))
            .collect();
        if without.len() == listings.len() || strict && !without.is_empty() {
            faults.push(BagFault::error(
                Kind::Unlisted,
                path,
                format!("not in {}", without.join(", ")),
            ));
        }
    }
    fetch(source, &declaration, &present, &claims, &mut faults);
    info(source, &declaration, &mut faults);
    claims.twins(&mut faults);
    faults.extend(
        payload
            .iter()
            .filter(|path| is_system_file(path))
            .map(|path| {
                BagFault::warning(
                    Kind::Loose,
                    path,
                    "systems make and drop such files by themselves",
                )
            }),
    );
    faults.extend(claims.check(source, &present));
    faults.sort();
    faults.dedup();
    faults
}

/// The algorithm of a manifest's name, and whether it is one of tag files.
fn manifest_name(path: &str) -> Option<(&str, bool)> {
    let name = path.strip_suffix(".txt")?;
    match name.strip_prefix("tagmanifest-") {
        Some(algorithm) => Some((algorithm, true)),
        None => Some((name.strip_prefix("manifest-")?, false)),
    }
    .filter(|(algorithm, _)| !algorithm.contains('/'))
}

fn declaration(source: &dyn Source, faults: &mut Vec<BagFault>) -> Option<Declaration> {
    const FILE: &str = "bagit.txt";
    let mut fault = |kind, detail: &str| faults.push(BagFault::error(kind, FILE, detail));
    let Ok(bytes) = source.bytes(FILE, 4096) else {
        fault(Kind::Declaration, "missing or unreadable");
        return None;
    };
    if bytes.starts_with(b"\xEF\xBB\xBF")
        || bytes.starts_with(b"\xFF\xFE")
        || bytes.starts_with(b"\xFE\xFF")
    {
        fault(Kind::Encoding, "begins with a byte order mark");
        return None;
    }
    let Ok(text) = String::from_utf8(bytes) else {
        fault(Kind::Encoding, "not UTF-8");
        return None;
    };
    let mut lines = split_lines(&text).filter(|line| !line.trim().is_empty());
    let value = |line: Option<&str>, label: &str| {
        let (name, value) = line?.split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case(label)
            .then(|| value.trim().to_owned())
    };
    let (first, second) = (lines.next(), lines.next());
    let (Some(version), Some(encoding)) = (
        value(first, "BagIt-Version"),
        value(second, "Tag-File-Character-Encoding"),
    ) else {
        fault(
            Kind::Declaration,
            "must say BagIt-Version, then Tag-File-Character-Encoding",
        );
        return None;
    };
    if !VERSIONS.contains(&version.as_str()) {
        fault(
            Kind::Version,
            &format!("version {}", version.escape_debug()),
        );
        return None;
    }
    let exact = first == Some(&format!("BagIt-Version: {version}"))
        && second == Some(&format!("Tag-File-Character-Encoding: {encoding}"))
        && lines.next().is_none();
    if version == "1.0" && !exact {
        fault(
            Kind::Declaration,
            "version 1.0 allows two lines, and one space after the colon",
        );
    }
    Some(Declaration { version, encoding })
}

fn tag_text(
    source: &dyn Source,
    path: &str,
    declared: &Declaration,
    faults: &mut Vec<BagFault>,
) -> Option<String> {
    let bytes = match source.bytes(path, MAX_TAG_FILE) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => {
            faults.push(BagFault::error(
                Kind::TooLarge,
                path,
                format!("more than {MAX_TAG_FILE} bytes"),
            ));
            return None;
        }
        Err(error) => {
            faults.push(BagFault::error(Kind::Unreadable, path, error.to_string()));
            return None;
        }
    };
    let text = decode(bytes, &declared.encoding);
    if text.is_none() {
        let detail = format!("not {}", declared.encoding.escape_debug());
        faults.push(BagFault::error(Kind::Encoding, path, detail));
    }
    let text = text?;
    match text.strip_prefix('\u{FEFF}') {
        Some(rest) => {
            faults.push(BagFault::error(
                Kind::Encoding,
                path,
                "begins with a byte order mark",
            ));
            Some(rest.to_owned())
        }
        None => Some(text),
    }
}

/// True if a path stays in the bag on every system.
pub(super) fn in_scope(path: &str) -> bool {
    let drive = matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    !drive
        && !path.starts_with(['/', '\\', '~'])
        && !path.contains('\0')
        && !path.split(['/', '\\']).any(|part| part == "..")
}

fn fetch(
    source: &dyn Source,
    declared: &Declaration,
    present: &BTreeSet<&str>,
    claims: &Claims<'_>,
    faults: &mut Vec<BagFault>,
) {
    const FILE: &str = "fetch.txt";
    if !present.contains(FILE) {
        return;
    }
    let Some(text) = tag_text(source, FILE, declared, faults) else {
        return;
    };
    for (number, line) in (1u64..).zip(split_lines(&text)) {
        if line.trim().is_empty() {
            continue;
        }
        let mut parts = line.splitn(3, [' ', '\t']);
        let (url, length, path) = (
            parts.next(),
            parts.next(),
            parts.next().map(str::trim_start),
        );
        let length_fits = length.is_some_and(|l| l == "-" || l.parse::<u64>().is_ok());
        let (Some(_), true, Some(path)) = (url, length_fits, path.filter(|p| !p.is_empty())) else {
            faults.push(
                BagFault::error(Kind::Line, FILE, "must be a URL, a length and a path").at(number),
            );
            continue;
        };
        let path = super::manifest::decode_path(path.strip_prefix("./").unwrap_or(path));
        let shown = path.escape_debug();
        if !in_scope(&path) || !path.starts_with("data/") {
            faults.push(
                BagFault::error(Kind::Scope, FILE, format!("{shown} is no payload")).at(number),
            );
        } else if !claims.has(&path) {
            faults.push(
                BagFault::error(Kind::Unlisted, FILE, format!("{shown} is in no manifest"))
                    .at(number),
            );
        } else if !present.contains(path.as_str()) {
            faults.push(
                BagFault::error(Kind::Missing, FILE, format!("{shown} was not fetched")).at(number),
            );
        }
    }
}

fn info(source: &dyn Source, declared: &Declaration, faults: &mut Vec<BagFault>) {
    // Called package-info.txt before version 0.95.
    for file in ["bag-info.txt", "package-info.txt"] {
        if source.files().iter().all(|f| f.path != file) {
            continue;
        }
        let Some(text) = tag_text(source, file, declared, faults) else {
            continue;
        };
        let (lines, bad) = parse_info(&text);
        for number in bad {
            faults.push(
                BagFault::error(Kind::Line, file, "must be a label, a colon and a value")
                    .at(number),
            );
        }
        let payload = || {
            source
                .files()
                .iter()
                .filter(|f| f.path.starts_with("data/"))
        };
        let have = (
            payload().map(|f| f.size).sum::<u64>(),
            payload().count() as u64,
        );
        for line in lines
            .iter()
            .filter(|line| line.label.eq_ignore_ascii_case("Payload-Oxum"))
        {
            if parse_oxum(&line.value) != Some(have) {
                let detail = format!(
                    "says {}, is {}.{}",
                    line.value.escape_debug(),
                    have.0,
                    have.1
                );
                faults.push(BagFault::error(Kind::Oxum, file, detail).at(line.number));
            }
        }
    }
}

/// Files that file managers write beside others.
fn is_system_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let known = [".DS_Store", "Thumbs.db", "desktop.ini"];
    known.iter().any(|one| name.eq_ignore_ascii_case(one)) || name.starts_with("._")
}
