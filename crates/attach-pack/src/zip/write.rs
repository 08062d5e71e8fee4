//! The writer of the canonical form.

use super::deflate::{self, BLOCK, Level, WHOLE};
use super::record::{Header, Method, end};
use super::{TAG_MANIFEST, seal_name, seal_text};
use crate::hex::sha256;
use crate::name::{self, NameFault};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Blocks that are compressed at once, and so held in memory.
const AT_ONCE: usize = 4;

/// Why an entry or a pack could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The output or the input failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The name may not stand in a pack.
    #[error("{name:?}: {fault}")]
    Name {
        /// The name, as well as it can be shown.
        name: String,
        /// What is wrong with it.
        fault: NameFault,
    },
    /// The input gave other than the announced number of bytes: it changed while it was read.
    #[error("{name:?} changed while it was read: {expected} bytes announced, {found} read")]
    Changed {
        /// The entry.
        name: String,
        /// Bytes announced.
        expected: u64,
        /// Bytes read (at least).
        found: u64,
    },
    /// The compressor failed.
    #[error("{0:?} could not be compressed")]
    Compress(String),
    /// A whole entry of more than [`WHOLE`] bytes: those are streamed.
    #[error("{0:?} is too large to be held in memory")]
    TooLarge(String),
}

/// An entry that is ready to be written; made by [`prepare`], by many threads if wished.
#[derive(Debug, Clone)]
pub struct Prepared {
    header: Header,
    data: Vec<u8>,
    data_digest: [u8; 32],
    /// SHA-256 of the content.
    pub sha256: [u8; 32],
}

/// Compresses and hashes the content of one entry of at most [`WHOLE`] bytes.
///
/// # Errors
/// A refused name, or content that is too large.
pub fn prepare(
    name: &str,
    executable: bool,
    content: Vec<u8>,
    level: Level,
) -> Result<Prepared, WriteError> {
    prepare_up_to(WHOLE, name, executable, content, level)
}

/// The same of content of up to `most` bytes.
pub(crate) fn prepare_up_to(
    most: u64,
    name: &str,
    executable: bool,
    content: Vec<u8>,
    level: Level,
) -> Result<Prepared, WriteError> {
    check_name(name)?;
    let size = content.len() as u64;
    if size > most {
        return Err(WriteError::TooLarge(name.to_owned()));
    }
    let digest = sha256(&content);
    let crc = crc32fast::hash(&content);
    let (method, data, data_digest) = match deflate::whole(&content, level) {
        Some(packed) => {
            let packed_digest = sha256(&packed);
            (Method::Deflated, packed, packed_digest)
        }
        None => (Method::Stored, content, digest),
    };
    Ok(Prepared {
        header: Header {
            name: name.as_bytes().to_vec(),
            executable,
            method,
            crc,
            packed: data.len() as u64,
            size,
            offset: 0,
        },
        data,
        data_digest,
        sha256: digest,
    })
}

/// Writes a pack, entry by entry, in the order given. The caller keeps names unique and in order.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    at: u64,
    headers: Vec<Header>,
    digests: Vec<[u8; 32]>,
    contents: Vec<[u8; 32]>,
}

impl<W: Write + Seek + Send> Writer<W> {
    /// A writer at the start of an empty output.
    pub fn new(out: W) -> Self {
        Self {
            out,
            at: 0,
            headers: Vec::new(),
            digests: Vec::new(),
            contents: Vec::new(),
        }
    }

    /// What is written so far: the name, the size and the SHA-256 of each content.
    pub fn written(&self) -> impl Iterator<Item = (&str, u64, [u8; 32])> {
        self.headers
            .iter()
            .zip(&self.contents)
            .map(|(header, content)| {
                let name = std::str::from_utf8(&header.name).unwrap_or_default();
                (name, header.size, *content)
            })
    }

    /// Writes an entry that is in memory.
    ///
    /// # Errors
    /// The output failed.
    pub fn add(&mut self, entry: Prepared) -> Result<(), WriteError> {
        let Prepared {
            mut header,
            data,
            data_digest,
            sha256,
        } = entry;
        header.offset = self.at;
        let local = header.local();
        self.out.write_all(&local)?;
        self.out.write_all(&data)?;
        self.at += (local.len() + data.len()) as u64;
        self.headers.push(header);
        self.digests.push(data_digest);
        self.contents.push(sha256);
        Ok(())
    }

    /// Writes an entry of `size` bytes from a stream, in bounded memory; its header is filled in afterwards. `see` is
    /// shown every piece of the content in order, on another thread while the pieces are compressed. Returns the SHA-256
    /// of the content.
    ///
    /// # Errors
    /// A refused name, a stream of another size than announced, a failing stream or output.
    pub fn add_stream(
        &mut self,
        name: &str,
        executable: bool,
        size: u64,
        input: &mut (dyn Read + Send),
        level: Level,
        see: &mut (dyn FnMut(&[u8]) + Send),
    ) -> Result<[u8; 32], WriteError> {
        check_name(name)?;
        let changed = |found| WriteError::Changed {
            name: name.to_owned(),
            expected: size,
            found,
        };
        let mut input = input.take(size.saturating_add(1));
        let mut header = Header {
            name: name.as_bytes().to_vec(),
            executable,
            method: Method::Stored,
            crc: 0,
            packed: 0,
            size,
            offset: self.at,
        };
        self.out.write_all(&header.local())?;
        let (mut content, mut data) = (Sha256::new(), Sha256::new());
        let mut crc = crc32fast::Hasher::new();
        let mut blocks = read_blocks(&mut input)?;
        header.method =
            deflate::method_of_blocks(blocks.first().map_or(&[][..], Vec::as_slice), level);
        let mut read = 0u64;
        // Compressed, and written beside the work on what follows.
        let mut waiting: Vec<Vec<u8>> = Vec::new();
        let mut put = |out: &mut W, block: &[u8]| {
            header.packed += block.len() as u64;
            out.write_all(block)
        };
        loop {
            read += blocks.iter().map(|block| block.len() as u64).sum::<u64>();
            if blocks.is_empty() && read < size || read > size {
                return Err(changed(read));
            }
            let ends = read == size;
            let next = |input: &mut _| match ends {
                true => Ok(Vec::new()),
                false => read_blocks(input),
            };
            let out = &mut self.out;
            let following = match header.method {
                Method::Stored => {
                    let look = || blocks.iter().for_each(|block| see(block));
                    let store = || {
                        for block in &blocks {
                            content.update(block);
                            crc.update(block);
                            put(out, block)?;
                        }
                        next(&mut input)
                    };
                    rayon::join(look, store).1?
                }
                Method::Deflated => {
                    let pack = || deflate_blocks(&blocks, ends);
                    let look = || {
                        for block in waiting.drain(..) {
                            data.update(&block);
                            put(out, &block)?;
                        }
                        let following = next(&mut input)?;
                        for block in &blocks {
                            content.update(block);
                            crc.update(block);
                            see(block);
                        }
                        Ok::<_, io::Error>(following)
                    };
                    let (packed, following) = rayon::join(pack, look);
                    waiting = packed.ok_or_else(|| WriteError::Compress(name.to_owned()))?;
                    following?
                }
            };
            blocks = following;
            if ends {
                break;
            }
        }
        for block in waiting {
            data.update(&block);
            put(&mut self.out, &block)?;
        }
        let mut more = [0];
        if read == size && input.read(&mut more)? > 0 {
            return Err(changed(read + 1));
        }
        header.crc = crc.finalize();
        self.out.seek(SeekFrom::Start(header.offset))?;
        self.out.write_all(&header.local())?;
        self.at = header.offset + header.local_length() + header.packed;
        self.out.seek(SeekFrom::Start(self.at))?;
        let method = header.method;
        self.headers.push(header);
        let content = content.finalize().into();
        self.digests.push(match method {
            Method::Stored => content,
            Method::Deflated => data.finalize().into(),
        });
        self.contents.push(content);
        Ok(content)
    }

    /// Writes the seal and the tag manifest into the folder `base`, then the directory and the end; flushes and returns
    /// the output.
    ///
    /// # Errors
    /// The output failed, or `base` is no name of a folder.
    pub fn finish(mut self, base: &str, tag_manifest: &str) -> Result<W, WriteError> {
        let seal = seal_text(std::mem::take(&mut self.digests));
        for (name, text) in [
            (seal_name(base), seal.as_str()),
            (format!("{base}/{TAG_MANIFEST}"), tag_manifest),
        ] {
            let size = text.len() as u64;
            self.add_stream(
                &name,
                false,
                size,
                &mut text.as_bytes(),
                Level::Store,
                &mut |_| (),
            )?;
        }
        let start = self.at;
        for header in &self.headers {
            let central = header.central();
            self.out.write_all(&central)?;
            self.at += central.len() as u64;
        }
        self.out
            .write_all(&end(self.headers.len() as u64, self.at - start, start))?;
        self.out.flush()?;
        Ok(self.out)
    }
}

fn check_name(name: &str) -> Result<(), WriteError> {
    match name::check(name.as_bytes()).first() {
        Some(fault) => Err(WriteError::Name {
            name: name.to_owned(),
            fault: *fault,
        }),
        None => Ok(()),
    }
}

/// Up to [`AT_ONCE`] full blocks; a shorter one is the last of the input.
fn read_blocks(input: &mut impl Read) -> io::Result<Vec<Vec<u8>>> {
    let mut blocks = Vec::with_capacity(AT_ONCE);
    while blocks.len() < AT_ONCE {
        let mut block = Vec::with_capacity(BLOCK);
        input.by_ref().take(BLOCK as u64).read_to_end(&mut block)?;
        let short = block.len() < BLOCK;
        if !block.is_empty() {
            blocks.push(block);
        }
        if short {
            break;
        }
    }
    Ok(blocks)
}

/// Compresses blocks side by side; `end`: the last of them ends the stream.
fn deflate_blocks(blocks: &[Vec<u8>], end: bool) -> Option<Vec<Vec<u8>>> {
    let last = blocks.len().saturating_sub(1);
    blocks
        .par_iter()
        .enumerate()
        .map(|(at, block)| deflate::block(block, end && at == last))
        .collect()
}
