//! The bag inside the container: BagIt (RFC 8493), as we write it and as others do.
//!
//! What we write is one form: version 1.0, UTF-8, SHA-256, manifests sorted by the bytes of the path, two spaces between
//! digest and path, `%`, CR and LF of a path percent-encoded. The **pack id** is the SHA-256 of the tag manifest: it
//! stands for every byte of every file and for nothing else (not for the zip around them).
//!
//! [`verify`] takes any bag of versions 0.93 to 1.0; [`verify_strict`] only our form.

mod claims;
mod digest;
mod fault;
mod folder;
mod form;
mod info;
mod manifest;
mod places;
mod source;
mod strict;
mod text;
mod verify;

pub use digest::Algorithm;
pub use fault::{BagFault, BagFaultKind, Severity};
pub use folder::FolderSource;
pub use form::{BAGIT, PayloadFile, pack_id, render_info, render_manifest};
pub use info::InfoLine;
pub use manifest::{Line, decode_path, encode_path, parse_manifest};
pub use source::{BagFile, Source, ZipSource};
pub(crate) use strict::digest_of;
pub use strict::verify_strict;
pub use verify::{MAX_TAG_FILE, verify};
