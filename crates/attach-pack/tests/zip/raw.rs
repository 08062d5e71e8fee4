//! A zip writer without scruples.

pub(crate) fn n16(value: u64) -> Vec<u8> {
    value.to_le_bytes()[..2].to_vec()
}

pub(crate) fn n32(value: u64) -> Vec<u8> {
    value.to_le_bytes()[..4].to_vec()
}

/// Every field of an entry, in both headers.
#[derive(Clone)]
pub(crate) struct Raw {
    pub(crate) name: Vec<u8>,
    pub(crate) local_name: Vec<u8>,
    pub(crate) data: Vec<u8>,
    pub(crate) method: u64,
    pub(crate) crc: u64,
    pub(crate) packed: u64,
    pub(crate) size: u64,
    pub(crate) local_size: u64,
    pub(crate) flags: u64,
    pub(crate) date: u64,
    pub(crate) mode: u64,
    pub(crate) extra: Vec<u8>,
    pub(crate) comment: Vec<u8>,
    pub(crate) after: Vec<u8>,
    /// Not in the directory.
    pub(crate) hidden: bool,
    /// Offset in the directory instead of the real one.
    pub(crate) offset: Option<u64>,
}

impl Raw {
    pub(crate) fn new(name: &str, content: &[u8]) -> Self {
        Self {
            name: name.into(),
            local_name: name.into(),
            data: content.to_vec(),
            method: 0,
            crc: u64::from(crc32fast::hash(content)),
            packed: content.len() as u64,
            size: content.len() as u64,
            local_size: content.len() as u64,
            flags: 0x800,
            date: 0x21,
            mode: 0o100_644,
            extra: Vec::new(),
            comment: Vec::new(),
            after: Vec::new(),
            hidden: false,
            offset: None,
        }
    }

    fn local(&self) -> Vec<u8> {
        [
            b"PK\x03\x04".to_vec(),
            n16(20),
            n16(self.flags),
            n16(self.method),
            n16(0),
            n16(self.date),
            n32(self.crc),
            n32(self.packed),
            n32(self.local_size),
            n16(self.local_name.len() as u64),
            n16(0),
            self.local_name.clone(),
        ]
        .concat()
    }

    fn central(&self, offset: u64) -> Vec<u8> {
        [
            b"PK\x01\x02".to_vec(),
            n16(3 << 8 | 20),
            n16(20),
            n16(self.flags),
            n16(self.method),
            n16(0),
            n16(self.date),
            n32(self.crc),
            n32(self.packed),
            n32(self.size),
            n16(self.name.len() as u64),
            n16(self.extra.len() as u64),
            n16(self.comment.len() as u64),
            n16(0),
            n16(0),
            n32(self.mode << 16),
            n32(self.offset.unwrap_or(offset)),
            self.name.clone(),
            self.extra.clone(),
            self.comment.clone(),
        ]
        .concat()
    }
}

pub(crate) fn end(count: u64, size: u64, offset: u64, comment: &[u8]) -> Vec<u8> {
    [
        b"PK\x05\x06".to_vec(),
        n16(0),
        n16(0),
        n16(count),
        n16(count),
        n32(size),
        n32(offset),
        n16(comment.len() as u64),
        comment.to_vec(),
    ]
    .concat()
}

/// The entries, sealed, as an archive.
pub(crate) fn archive(entries: &[Raw]) -> Vec<u8> {
    let mut entries = entries.to_vec();
    let digests = entries.iter().filter(|e| !e.hidden).map(|e| sha(&e.data));
    let seal = trueline_attach_pack::zip::seal_text(digests);
    entries.push(Raw::new("run-1/zip-seal-sha256.txt", seal.as_bytes()));
    entries.push(Raw::new("run-1/tagmanifest-sha256.txt", b""));
    let (mut out, mut directory, mut count) = (Vec::new(), Vec::new(), 0);
    for entry in &entries {
        if !entry.hidden {
            directory.extend(entry.central(out.len() as u64));
            count += 1;
        }
        out.extend(entry.local());
        out.extend(&entry.data);
        out.extend(&entry.after);
    }
    let end = end(count, directory.len() as u64, out.len() as u64, b"");
    [out, directory, end].concat()
}

fn sha(bytes: &[u8]) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).into()
}

/// A deflate stream.
pub(crate) fn deflate(content: &[u8]) -> Vec<u8> {
    let mut compressor = libdeflater::Compressor::new(libdeflater::CompressionLvl::best());
    let mut out = vec![0; compressor.deflate_compress_bound(content.len())];
    let length = compressor.deflate_compress(content, &mut out).unwrap();
    out.truncate(length);
    out
}

pub(crate) fn deflated(name: &str, content: &[u8]) -> Raw {
    let data = deflate(content);
    Raw {
        method: 8,
        packed: data.len() as u64,
        data,
        ..Raw::new(name, content)
    }
}
