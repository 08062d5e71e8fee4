//! The records of a zip, as bytes (APPNOTE 6.3.10, sections 4.3.7 to 4.3.16).

/// Content of at least this size has its sizes in a zip64 field. Below 2^32 by more than deflate can grow.
pub const BIG: u64 = 0xF000_0000;
/// The value of a 32-bit field whose real value is in a zip64 field.
pub(crate) const FULL: u32 = u32::MAX;
/// The same for the 16-bit counts.
pub(crate) const FULL_COUNT: u16 = u16::MAX;
pub(crate) const LOCAL: u32 = 0x0403_4b50;
pub(crate) const CENTRAL: u32 = 0x0201_4b50;
pub(crate) const END: u32 = 0x0605_4b50;
pub(crate) const END64: u32 = 0x0606_4b50;
pub(crate) const LOCATOR64: u32 = 0x0706_4b50;
pub(crate) const LOCAL_SIZE: u64 = 30;
pub(crate) const CENTRAL_SIZE: u64 = 46;
pub(crate) const END_SIZE: u64 = 22;
pub(crate) const END64_SIZE: u64 = 56;
pub(crate) const LOCATOR_SIZE: u64 = 20;
/// Names are UTF-8.
pub(crate) const FLAGS: u16 = 0x0800;
/// 1980-01-01, the first day that the format knows.
pub(crate) const DATE: u16 = 0x0021;
/// A regular file, in the upper half of the external attributes.
const REGULAR: u32 = 0o100_000;

/// How the data of an entry is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// As it is.
    Stored,
    /// RFC 1951.
    Deflated,
}

impl Method {
    pub(crate) fn code(self) -> u16 {
        match self {
            Self::Stored => 0,
            Self::Deflated => 8,
        }
    }
}

/// All that both headers of an entry say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) name: Vec<u8>,
    pub(crate) executable: bool,
    pub(crate) method: Method,
    pub(crate) crc: u32,
    /// Bytes in the zip.
    pub(crate) packed: u64,
    /// Bytes of content.
    pub(crate) size: u64,
    /// Where the local header begins.
    pub(crate) offset: u64,
}

/// Bytes in the order in which zip writes numbers.
#[derive(Default)]
struct Out(Vec<u8>);

impl Out {
    fn n16(mut self, value: u16) -> Self {
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }
    fn n32(mut self, value: u32) -> Self {
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }
    fn n64(mut self, value: u64) -> Self {
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }
    fn bytes(mut self, value: &[u8]) -> Self {
        self.0.extend_from_slice(value);
        self
    }
}

/// A 64-bit value in a 32-bit field.
fn clip(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(FULL)
}

impl Header {
    pub(crate) fn is_big(&self) -> bool {
        self.size >= BIG
    }

    fn version(&self, far: bool) -> u16 {
        if self.is_big() || far { 45 } else { 20 }
    }

    fn name_length(&self) -> u16 {
        u16::try_from(self.name.len()).unwrap_or(u16::MAX)
    }

    fn sizes(&self) -> (u32, u32) {
        if self.is_big() {
            (FULL, FULL)
        } else {
            (clip(self.packed), clip(self.size))
        }
    }

    /// Bytes of the local header with its name.
    pub(crate) fn local_length(&self) -> u64 {
        LOCAL_SIZE + self.name.len() as u64 + if self.is_big() { 20 } else { 0 }
    }

    /// The local header with its name.
    pub(crate) fn local(&self) -> Vec<u8> {
        let (packed, size) = self.sizes();
        let out = Out::default()
            .n32(LOCAL)
            .n16(self.version(false))
            .n16(FLAGS)
            .n16(self.method.code())
            .n16(0)
            .n16(DATE)
            .n32(self.crc)
            .n32(packed)
            .n32(size)
            .n16(self.name_length())
            .n16(if self.is_big() { 20 } else { 0 })
            .bytes(&self.name);
        if self.is_big() {
            out.n16(1).n16(16).n64(self.size).n64(self.packed).0
        } else {
            out.0
        }
    }

    /// The entry of the directory.
    pub(crate) fn central(&self) -> Vec<u8> {
        let far = self.offset >= u64::from(FULL);
        let (packed, size) = self.sizes();
        let fields = 16 * u16::from(self.is_big()) + 8 * u16::from(far);
        let mode = REGULAR | if self.executable { 0o755 } else { 0o644 };
        let mut out = Out::default()
            .n32(CENTRAL)
            .n16(3 << 8 | self.version(far))
            .n16(self.version(far))
            .n16(FLAGS)
            .n16(self.method.code())
            .n16(0)
            .n16(DATE)
            .n32(self.crc)
            .n32(packed)
            .n32(size)
            .n16(self.name_length())
            .n16(if fields > 0 { fields + 4 } else { 0 })
            .n16(0)
            .n16(0)
            .n16(0)
            .n32(mode << 16)
            .n32(clip(self.offset))
            .bytes(&self.name);
        if fields > 0 {
            out = out.n16(1).n16(fields);
            if self.is_big() {
                out = out.n64(self.size).n64(self.packed);
            }
            if far {
                out = out.n64(self.offset);
            }
        }
        out.0
    }
}

/// What follows the directory: the zip64 records where a field of the end record is too small, then the end record.
pub(crate) fn end(count: u64, directory: u64, offset: u64) -> Vec<u8> {
    let wide =
        count >= u64::from(FULL_COUNT) || directory >= u64::from(FULL) || offset >= u64::from(FULL);
    let mut out = Out::default();
    if wide {
        out = out
            .n32(END64)
            .n64(END64_SIZE - 12)
            .n16(3 << 8 | 45)
            .n16(45)
            .n32(0)
            .n32(0)
            .n64(count)
            .n64(count)
            .n64(directory)
            .n64(offset)
            .n32(LOCATOR64)
            .n32(0)
            .n64(offset.saturating_add(directory))
            .n32(1);
    }
    let entries = u16::try_from(count).unwrap_or(FULL_COUNT);
    out.n32(END)
        .n16(0)
        .n16(0)
        .n16(entries)
        .n16(entries)
        .n32(clip(directory))
        .n32(clip(offset))
        .n16(0)
        .0
}

/// Reads numbers from a record; what lies beyond its end is 0.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl Fields<'_> {
    pub(crate) fn n16(self, at: usize) -> u16 {
        self.array(at).map_or(0, u16::from_le_bytes)
    }
    pub(crate) fn n32(self, at: usize) -> u32 {
        self.array(at).map_or(0, u32::from_le_bytes)
    }
    pub(crate) fn n64(self, at: usize) -> u64 {
        self.array(at).map_or(0, u64::from_le_bytes)
    }
    fn array<const N: usize>(self, at: usize) -> Option<[u8; N]> {
        self.0.get(at..at.checked_add(N)?)?.try_into().ok()
    }
}
