//! What can be wrong with the bag inside.

use super::rules;
use crate::bag::BagFaultKind as Kind;
use trueline_core::Rule;

const MEND: &str = "Take the bag from its source again. A pack is never edited: build a new one with `attach-pack build`.";

rules! { BAG, 18:
    DECLARATION = "bag-declaration", Error, "The declaration `bagit.txt` is missing or malformed",
        why: "Without it the folder is no bag, and nothing says how its other files are to be read.",
        example: "BagIt-Version 1.0", mend: MEND;
    VERSION = "bag-version", Error, "The version of BagIt is not known",
        why: "Versions 0.93 to 0.97 and 1.0 are read; what another one means cannot be checked.",
        example: "BagIt-Version: 2.0", mend: "Use a newer attach-pack, or have the bag made in version 1.0.";
    ENCODING = "bag-encoding", Error, "A tag file is not in the encoding that the bag declares",
        why: "Names in it could be read as other names.",
        example: "a byte order mark at the start of bagit.txt", mend: MEND;
    TOO_LARGE = "bag-too-large", Error, "A tag file is larger than is read",
        why: "A limit of 256 MiB keeps a hostile bag from taking all memory.",
        example: "a manifest of 1 GB", mend: "Split the bag.";
    INCOMPLETE = "bag-incomplete", Error, "The bag has no payload, or no manifest of it",
        why: "Nothing says what the content must be.",
        example: "rm manifest-sha256.txt", mend: MEND;
    LINE = "bag-line", Error, "A line of a tag file cannot be read",
        why: "It may stand for a file that is then not checked.",
        example: "a digest without a path in manifest-sha256.txt", mend: MEND;
    SCOPE = "bag-scope", Error, "A path of a manifest leads out of the bag",
        why: "Checking or fetching it would touch files that are no part of the bag.",
        example: "<digest>  ../../etc/passwd", mend: MEND;
    TWICE = "bag-twice", Error, "A path is listed more than once",
        why: "Two digests for one file contradict each other, or one of them hides the other.",
        example: "data/report.md on two lines of manifest-sha256.txt", mend: MEND;
    TWIN = "bag-twin", Warning, "Two paths differ only in case or Unicode form",
        why: "On macOS and Windows one of the two files would overwrite the other.",
        example: "data/a.txt beside data/A.txt", mend: "Rename one of the files and make the bag again.";
    MISSING = "bag-missing", Error, "A listed file is not there",
        why: "A part of the evidence is gone.",
        example: "rm data/tests.txt", mend: MEND;
    UNLISTED = "bag-unlisted", Error, "A payload file is in no manifest",
        why: "Nothing says what its content must be: it was added later.",
        example: "cp other.log data/", mend: MEND;
    DIGEST = "bag-digest", Error, "The content of a file is not what the manifest says",
        why: "The file was changed after the bag was made.",
        example: "sed -i s/FAILED/ok/ data/tests.txt", mend: MEND;
    OXUM = "bag-oxum", Error, "The number of files or bytes is not what `Payload-Oxum` says",
        why: "Files came or went after the bag was made.",
        example: "Payload-Oxum: 10.1 over two files", mend: MEND;
    IRREGULAR = "bag-irregular", Error, "There is something other than a regular file, or a name that is not portable",
        why: "Links and devices hold no content of their own; some names are other files elsewhere.",
        example: "ln -s /etc/passwd data/x", mend: MEND;
    UNREADABLE = "bag-unreadable", Error, "A file cannot be read",
        why: "What cannot be read cannot be checked, and what was not checked must not pass.",
        example: "chmod 000 data/tests.txt", mend: "Make the file readable, or take the bag from its source again.";
    ALGORITHM = "bag-algorithm", Error, "A manifest uses a digest that is not known",
        why: "MD5, SHA-1 and SHA-2 are checked; a manifest that is not checked must not pass.",
        example: "manifest-crc32.txt", mend: "Have the bag made with SHA-256 or SHA-512.";
    LOOSE = "bag-loose", Warning, "Not every tool or system takes this alike",
        why: "The bag is valid, but a stricter reader, or a system that makes or drops such files by itself, may see another one.",
        example: "<digest> *./data/a.txt, or a file Thumbs.db", mend: "Have the bag made again, without such files and with plain lines.";
    NOT_CANONICAL = "bag-not-canonical", Error, "A file of the bag differs from the one form that packs have",
        why: "Each tag file follows from the others, byte for byte, so that no bit of a pack is free.",
        example: "an extra tag file notes.txt", mend: MEND;
}

/// The rule of a kind of fault.
pub(crate) fn of_bag(kind: Kind) -> &'static Rule {
    match kind {
        Kind::Declaration => &DECLARATION,
        Kind::Version => &VERSION,
        Kind::Encoding => &ENCODING,
        Kind::TooLarge => &TOO_LARGE,
        Kind::Incomplete => &INCOMPLETE,
        Kind::Line => &LINE,
        Kind::Scope => &SCOPE,
        Kind::Twice => &TWICE,
        Kind::Twin => &TWIN,
        Kind::Missing => &MISSING,
        Kind::Unlisted => &UNLISTED,
        Kind::Digest => &DIGEST,
        Kind::Oxum => &OXUM,
        Kind::Irregular => &IRREGULAR,
        Kind::Unreadable => &UNREADABLE,
        Kind::Algorithm => &ALGORITHM,
        Kind::Loose => &LOOSE,
        Kind::NotCanonical => &NOT_CANONICAL,
    }
}
