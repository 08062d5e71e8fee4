//! Objects that were read lately.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::mem;
use std::rc::Rc;

use crate::Kind;

/// Bytes of those that will be asked for, and of those that may be.
const MOST: usize = 2 << 20;

/// Larger objects are not kept.
const LARGEST: usize = 1 << 20;

/// Classes of buffers: by powers of two, up to the largest that are kept.
const CLASSES: usize = LARGEST.ilog2() as usize + 1;

/// An object and what it is.
pub(crate) type Object = (Kind, Rc<Vec<u8>>);

/// Where an object stands: the number of its pack and its offset there.
pub(crate) type Place = (u32, u64);

type Map = HashMap<Place, Object, BuildHasherDefault<Mix>>;

/// Objects that were read lately, by their places: those that a difference, or the next commit,
/// will ask for again. The last version of a folder will be; one from which a later was made is
/// only asked for where history branches. So there are two maps, and what is in the second goes
/// first.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    last: Map,
    passed: Map,
    last_bytes: usize,
    passed_bytes: usize,
    /// Buffers that are used no longer, by class.
    spare: [Vec<Vec<u8>>; CLASSES],
}

impl Recent {
    /// An object that was put here, if it is still known.
    pub(crate) fn get(&mut self, place: Place) -> Option<Object> {
        let found = self.last.get(&place).or_else(|| self.passed.get(&place));
        found.cloned()
    }

    /// Takes in an object.
    pub(crate) fn put(&mut self, place: Place, object: Object) {
        let size = size(&object);
        if size > LARGEST {
            return;
        }
        if self.last_bytes + size > MOST {
            self.forget();
            mem::swap(&mut self.last, &mut self.passed);
            self.passed_bytes = mem::take(&mut self.last_bytes);
        }
        self.last_bytes += size;
        self.last.insert(place, object);
    }

    /// Says that another object was made from one.
    pub(crate) fn pass(&mut self, place: Place) {
        let Some(object) = self.last.remove(&place) else {
            return;
        };
        let size = size(&object);
        self.last_bytes = self.last_bytes.saturating_sub(size);
        if self.passed_bytes + size > MOST {
            self.forget();
        }
        self.passed_bytes += size;
        self.passed.insert(place, object);
    }

    /// Lets what was passed go, but for its buffers.
    fn forget(&mut self) {
        self.passed_bytes = 0;
        self.spare.iter_mut().for_each(Vec::clear);
        for (_, (_, bytes)) in self.passed.drain() {
            if let Ok(mut bytes) = Rc::try_unwrap(bytes)
                && bytes.capacity().is_power_of_two()
                && let Some(class) = self.spare.get_mut(class(bytes.capacity()))
            {
                bytes.clear();
                class.push(bytes);
            }
        }
    }

    /// An empty buffer that has room for so many bytes: one that was used before, if there is one.
    /// Trees are read by the ten thousand; asking for memory and giving it back took a fifth of
    /// the time.
    pub(crate) fn buffer(&mut self, room: usize) -> Vec<u8> {
        let room = room.max(1).next_power_of_two();
        let class = self.spare.get_mut(class(room));
        class
            .and_then(Vec::pop)
            .unwrap_or_else(|| Vec::with_capacity(room))
    }
}

/// What an object takes, with what a map needs for it.
fn size((_, bytes): &Object) -> usize {
    bytes.capacity() + 64
}

/// The class of buffers with room for so many bytes, a power of two.
fn class(room: usize) -> usize {
    usize::try_from(room.trailing_zeros()).unwrap_or(CLASSES)
}

/// Places are no input that someone could choose for collisions' sake: a multiplication does.
#[derive(Debug, Default)]
pub(crate) struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes
            .iter()
            .for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ mixed >> 32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(size: usize) -> Object {
        (Kind::Tree, Rc::new(vec![0; size]))
    }

    #[test]
    fn what_was_passed_goes_first_and_memory_is_bounded() {
        let mut recent = Recent::default();
        recent.put((0, 7), object(1000));
        for offset in 1000..2000 {
            recent.put((0, offset), object(100_000));
            recent.pass((0, offset - 1));
            assert!(recent.get((0, 7)).is_some(), "{offset}");
            assert!(offset == 1000 || recent.get((0, offset - 1)).is_some());
        }
        assert!(recent.get((0, 1000)).is_none() && recent.get((0, 1999)).is_some());
        // Without a word of what was passed, all grows old.
        for offset in 3000..4000 {
            recent.put((0, offset), object(100_000));
            assert!(recent.last_bytes <= MOST && recent.passed_bytes <= MOST);
            assert!((recent.last.len() + recent.passed.len()) * 100_000 <= 2 * MOST);
        }
        assert!(recent.get((0, 7)).is_none());
        recent.put((1, 1), object(LARGEST + 1));
        assert!(recent.get((1, 1)).is_none());
    }

    #[test]
    fn buffers_are_used_again() {
        let mut recent = Recent::default();
        let mut buffer = recent.buffer(5000);
        assert_eq!(buffer.capacity(), 8192);
        buffer.resize(5000, 1);
        let address = buffer.as_ptr();
        recent.put((0, 1), (Kind::Tree, Rc::new(buffer)));
        recent.pass((0, 1));
        recent.forget();
        let other = recent.buffer(4000);
        assert_ne!(other.as_ptr(), address);
        let again = recent.buffer(8000);
        assert!(again.is_empty() && again.as_ptr() == address);
        assert!(recent.buffer(0).capacity() >= 1 && recent.buffer(LARGEST * 4).is_empty());
    }
}
