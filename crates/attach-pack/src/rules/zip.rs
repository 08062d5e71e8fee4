//! What can be wrong with the container.

use super::rules;
use crate::zip::FaultKind as Kind;
use trueline_core::Rule;

const MEND: &str = "Do not unpack it. Take the pack from its source again, or build it again with `attach-pack build`.";

rules! { ZIP, 35:
    NOT_ZIP = "zip-not-zip", Error, "The file is no zip archive",
        why: "There is neither the beginning nor the end of an archive: a wrong file, or one that was cut on both sides.",
        example: "attach-pack verify notes.txt", mend: MEND;
    TRUNCATED = "zip-truncated", Error, "The archive is cut off",
        why: "A part of the evidence is gone: an upload or a copy ended early.",
        example: "head -c 1000 run-attach.zip > cut.zip", mend: MEND;
    PREPENDED = "zip-prepended", Error, "Bytes stand before the first entry",
        why: "A file that is both a program and an archive shows one content to a person and another to a tool.",
        example: "cat script.sh run-attach.zip > both.zip", mend: MEND;
    TRAILING = "zip-trailing", Error, "Bytes stand after the end of the archive",
        why: "No digest holds them, and some tools look there for another archive.",
        example: "printf x >> run-attach.zip", mend: MEND;
    COMMENT = "zip-comment", Error, "The archive or an entry has a comment",
        why: "A comment is content that no manifest lists; a pack has none.",
        example: "zip -z run-attach.zip", mend: MEND;
    MULTI_DISK = "zip-multi-disk", Error, "The archive says that it is one of several parts",
        why: "Readers disagree on what such an archive holds.",
        example: "zip -s 1m …", mend: MEND;
    ZIP64 = "zip-zip64", Error, "The zip64 records are wrong, or stand where nothing needs them",
        why: "Tools that read them and tools that do not would see two different archives.",
        example: "an end record that says 3 entries beside a zip64 record that says 4", mend: MEND;
    DIRECTORY = "zip-directory", Error, "The directory is not where, or not what, the end record says",
        why: "The list of what is inside cannot be relied on.",
        example: "an end record that counts 3 entries over a directory of 2", mend: MEND;
    TOO_MANY = "zip-too-many-entries", Error, "The archive has more entries than are read",
        why: "A limit (4,000,000) keeps a hostile archive from taking all memory.",
        example: "an archive of 5,000,000 empty files", mend: "Split the evidence into several packs.";
    SLIP = "zip-slip", Error, "An entry would be written outside of the folder it is unpacked in",
        why: "Unpacking it can overwrite any file of the reader: the attack is known as zip slip.",
        example: "an entry named ../../.ssh/authorized_keys", mend: MEND;
    NAME = "zip-name", Error, "An entry has a name that is not the same file on every system",
        why: "Names that are not UTF-8 in form NFC, that are reserved on Windows, or that hold control or bidirectional characters are lost, changed or misread somewhere.",
        example: "data/NUL.txt", mend: "Rename the file and build the pack again.";
    DUPLICATE = "zip-duplicate", Error, "Two entries have one name",
        why: "Which one a tool shows differs from tool to tool, so one content can be checked and another used.",
        example: "data/report.md twice", mend: MEND;
    CASE_TWIN = "zip-case-twin", Error, "Two names differ only in case",
        why: "On macOS and Windows one of the two files would overwrite the other.",
        example: "data/a.txt beside data/A.txt", mend: "Rename one of the files and build the pack again.";
    NORMALIZATION_TWIN = "zip-normalization-twin", Error, "Two names differ only in their Unicode form",
        why: "On some file systems one of the two files would overwrite the other.",
        example: "é as one character beside e with an accent", mend: "Rename one of the files and build the pack again.";
    FILE_AND_FOLDER = "zip-file-and-folder", Error, "A name is a file here and a folder there",
        why: "Both cannot be unpacked.",
        example: "data/a beside data/a/b", mend: MEND;
    LINK = "zip-link", Error, "An entry is a symbolic link",
        why: "A link can lead out of the folder that it is unpacked in, and what it shows is not in the pack.",
        example: "ln -s /etc/passwd data/x", mend: MEND;
    DEVICE = "zip-device", Error, "An entry is a device, a pipe or a socket",
        why: "It is no evidence, and unpacking or reading it can hang or harm.",
        example: "an entry of mode 020644", mend: MEND;
    FOLDER = "zip-folder", Error, "An entry is a folder",
        why: "Packs list files alone; folder entries carry modes and dates that no digest holds.",
        example: "data/logs/", mend: MEND;
    ENCRYPTED = "zip-encrypted", Error, "An entry is encrypted",
        why: "Evidence that cannot be read by everyone is none.",
        example: "zip -e", mend: MEND;
    METHOD = "zip-method", Error, "An entry is compressed in a way that packs do not use",
        why: "Only stored and deflate are read by every tool.",
        example: "7z a -mm=LZMA", mend: MEND;
    DESCRIPTOR = "zip-descriptor", Error, "A data descriptor follows an entry",
        why: "Its size is then said in three places, and readers trust different ones.",
        example: "zip - < input > out.zip", mend: MEND;
    EXTRA = "zip-extra-field", Error, "An entry has an extra field other than zip64",
        why: "Extra fields carry names, dates and owners that no digest holds; some override the entry's own name.",
        example: "zip without -X", mend: MEND;
    NAME_MISMATCH = "zip-name-mismatch", Error, "An entry has one name in the directory and another before its data",
        why: "Tools that read from the front and tools that read from the end would see different files.",
        example: "data/report.md in the directory, run.sh in the local header", mend: MEND;
    LOCAL_MISSING = "zip-local-missing", Error, "There is no entry where the directory says",
        why: "The content that is listed is not there.",
        example: "an offset that points into another entry's data", mend: MEND;
    SIZE_MISMATCH = "zip-size-mismatch", Error, "An entry has two different sizes or checksums",
        why: "The header before the data and the directory must agree; readers trust different ones.",
        example: "a local header that says 10 bytes, a directory that says 20", mend: MEND;
    HIDDEN = "zip-hidden", Error, "There is an entry that the directory does not name",
        why: "Tools that read from the front unpack it; those that list the archive do not show it.",
        example: "a local entry between two listed ones", mend: MEND;
    SLACK = "zip-slack", Error, "There are bytes that belong to nothing",
        why: "No digest holds them, so anything can be hidden there.",
        example: "20 bytes between two entries", mend: MEND;
    OVERLAP = "zip-overlap", Error, "Two entries share bytes",
        why: "That is how a small file unpacks to a huge one. Such entries are not read.",
        example: "a thousand entries that point at one block of zeros", mend: MEND;
    ORDER = "zip-order", Error, "The entries do not stand in the order of the form",
        why: "A pack has one order (payload by name, then the tag files), so that one content is one file.",
        example: "bagit.txt before data/report.md", mend: MEND;
    BOMB = "zip-bomb", Error, "An entry unpacks to far more than it says by its size",
        why: "Content of more than 256 times its data, above 1 MiB, is how archives fill a disk. It is not read.",
        example: "1 GB of zeros in 1 MB", mend: MEND;
    SIZE_LIE = "zip-size-lie", Error, "The content of an entry is longer or shorter than said",
        why: "A reader that trusts the size shows a part, or runs over its limits.",
        example: "100 bytes said, 200,000 unpacked", mend: MEND;
    CRC = "zip-crc", Error, "The content of an entry does not have its checksum",
        why: "The content was changed or damaged after the pack was made.",
        example: "one bit of data/report.md flipped", mend: MEND;
    DEFLATE = "zip-deflate", Error, "The data of an entry is no deflate stream",
        why: "The content cannot be had: it was damaged, or made to break readers.",
        example: "zeros in place of the data", mend: MEND;
    NOT_CANONICAL = "zip-not-canonical", Error, "A header differs from the one form that packs have",
        why: "Dates, modes, flags and versions are fixed, so that the same content is the same file and no bit is free.",
        example: "touch -d yesterday … && zip …", mend: MEND;
    SEAL = "zip-seal", Error, "The seal is missing, misplaced or wrong",
        why: "The seal holds the compressed bytes: without it they could be exchanged for others of the same content.",
        example: "the archive was packed again by another tool", mend: MEND;
}

/// The rule of a kind of fault.
pub(crate) fn of_zip(kind: Kind) -> &'static Rule {
    match kind {
        Kind::NotZip => &NOT_ZIP,
        Kind::Truncated => &TRUNCATED,
        Kind::Prepended => &PREPENDED,
        Kind::Trailing => &TRAILING,
        Kind::Comment => &COMMENT,
        Kind::MultiDisk => &MULTI_DISK,
        Kind::Zip64 => &ZIP64,
        Kind::Directory => &DIRECTORY,
        Kind::TooMany => &TOO_MANY,
        Kind::Slip => &SLIP,
        Kind::Name => &NAME,
        Kind::Duplicate => &DUPLICATE,
        Kind::CaseTwin => &CASE_TWIN,
        Kind::NormalizationTwin => &NORMALIZATION_TWIN,
        Kind::FileAndFolder => &FILE_AND_FOLDER,
        Kind::Link => &LINK,
        Kind::Device => &DEVICE,
        Kind::Folder => &FOLDER,
        Kind::Encrypted => &ENCRYPTED,
        Kind::Method => &METHOD,
        Kind::Descriptor => &DESCRIPTOR,
        Kind::Extra => &EXTRA,
        Kind::NameMismatch => &NAME_MISMATCH,
        Kind::LocalMissing => &LOCAL_MISSING,
        Kind::SizeMismatch => &SIZE_MISMATCH,
        Kind::Hidden => &HIDDEN,
        Kind::Slack => &SLACK,
        Kind::Overlap => &OVERLAP,
        Kind::Order => &ORDER,
        Kind::Bomb => &BOMB,
        Kind::SizeLie => &SIZE_LIE,
        Kind::Crc => &CRC,
        Kind::Deflate => &DEFLATE,
        Kind::NotCanonical => &NOT_CANONICAL,
        Kind::Seal => &SEAL,
    }
}
