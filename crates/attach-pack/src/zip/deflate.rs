//! Compression: which method an entry gets, and its bytes. Depends on the content and the level alone.

use super::record::Method;
use super::{MAX_RATIO, RATIO_FROM};
use flate2::{Compress, Compression, FlushCompress, Status};
use libdeflater::{CompressionLvl, Compressor};
use std::cell::RefCell;

/// Content up to this size is compressed in one piece and in memory.
pub const WHOLE: u64 = 4 << 20;
/// Larger content is compressed in blocks of this size that know nothing of each other.
pub const BLOCK: usize = 1 << 20;
/// Size of one of the three samples that tell whether compressing pays.
const SAMPLE: usize = 8 << 10;
/// Content is stored if deflate leaves more than this many hundredths of it.
const WORTH: usize = 97;

/// How hard to compress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Level {
    /// Store everything: bytes that stay the same for ever.
    Store,
    /// Good size at high speed.
    #[default]
    Normal,
    /// Better size, in one piece: for text that hardly shrinks and stands in every pack.
    Hard,
}

/// libdeflate's level for content in one piece.
const WHOLE_LEVEL: i32 = 4;
/// The same for what is worth more work: digests, and files so small that it is little.
const HARD_LEVEL: i32 = 6;
/// The largest of such files.
const SMALL: usize = 16 << 10;
/// zlib-rs's level for blocks.
const BLOCK_LEVEL: u32 = 4;

/// The data of an entry of at most [`WHOLE`] bytes; `None`: stored.
pub(super) fn whole(content: &[u8], level: Level) -> Option<Vec<u8>> {
    if level == Level::Store || content.len() < 32 || !pays(content) {
        return None;
    }
    let hard = level == Level::Hard || content.len() <= SMALL;
    let packed = libdeflate(content, if hard { HARD_LEVEL } else { WHOLE_LEVEL })?;
    let small = packed.len() * 100 <= content.len() * WORTH;
    let size = content.len() as u64;
    let bomb = size > RATIO_FROM && packed.len() as u64 * MAX_RATIO < size;
    (small && !bomb).then_some(packed)
}

/// The method of larger content, by its first block.
pub(super) fn method_of_blocks(first: &[u8], level: Level) -> Method {
    if level != Level::Store && !first.is_empty() && pays(first) {
        Method::Deflated
    } else {
        Method::Stored
    }
}

/// One block of a deflate stream. `None` if the compressor fails, which it has no reason to.
pub(super) fn block(content: &[u8], last: bool) -> Option<Vec<u8>> {
    let packed = zlib(content, last, BLOCK_LEVEL)?;
    // A few bytes more than the limit asks, so that a whole of such blocks keeps it too.
    let least = content.len() / usize::try_from(MAX_RATIO).unwrap_or(usize::MAX) + 16;
    if packed.len() < least && content.len() > 4096 {
        return zlib(content, last, 0);
    }
    Some(packed)
}

fn zlib(content: &[u8], last: bool, level: u32) -> Option<Vec<u8>> {
    let mut compress = Compress::new(Compression::new(level), false);
    let mut out = Vec::with_capacity(content.len() / 2 + 1024);
    let flush = if last {
        FlushCompress::Finish
    } else {
        FlushCompress::Sync
    };
    loop {
        let done = usize::try_from(compress.total_in()).ok()?;
        let rest = content.get(done..)?;
        out.reserve(64 << 10);
        let status = compress.compress_vec(rest, &mut out, flush).ok()?;
        let all_in = compress.total_in() == content.len() as u64;
        match status {
            Status::StreamEnd => return Some(out),
            // Room left in the output means that the flush is complete.
            Status::Ok | Status::BufError if all_in && !last && out.len() < out.capacity() => {
                return Some(out);
            }
            Status::BufError if out.len() < out.capacity() => return None,
            _ => {}
        }
    }
}

thread_local! {
    /// Of each thread, by level: a compressor's tables are larger than most files.
    static COMPRESSORS: RefCell<Vec<(i32, Compressor)>> = const { RefCell::new(Vec::new()) };
    /// What a content becomes, before its size is known.
    static OUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

fn libdeflate(content: &[u8], level: i32) -> Option<Vec<u8>> {
    COMPRESSORS.with_borrow_mut(|all| {
        if !all.iter().any(|(of, _)| *of == level) {
            all.push((level, Compressor::new(CompressionLvl::new(level).ok()?)));
        }
        let (_, compressor) = all.iter_mut().find(|(of, _)| *of == level)?;
        let bound = compressor.deflate_compress_bound(content.len());
        OUT.with_borrow_mut(|out| {
            out.resize(bound.max(out.len()), 0);
            let length = compressor.deflate_compress(content, out).ok()?;
            let packed = out.get(..length).map(<[u8]>::to_vec);
            if content.len() as u64 > WHOLE {
                *out = Vec::new();
            }
            packed
        })
    })
}

/// False if three samples (start, middle, end) shrink by less than three hundredths: images, archives, cipher texts.
fn pays(content: &[u8]) -> bool {
    if content.len() < 8 * SAMPLE {
        return true;
    }
    let middle = (content.len() - SAMPLE) / 2;
    let starts = [0, middle, content.len() - SAMPLE];
    let samples: Vec<u8> = starts
        .iter()
        .filter_map(|from| content.get(*from..from + SAMPLE))
        .flatten()
        .copied()
        .collect();
    libdeflate(&samples, 1).is_none_or(|packed| packed.len() * 100 <= samples.len() * WORTH)
}
