//! Strings of one section. Each byte is looked at once or nearly so, however many attributes refer into a long string.

use alloc::collections::BTreeMap;
use core::cell::RefCell;
use gimli::Reader;

use super::sections::Bytes;

/// Nearly all strings end within so many bytes; where the others end is remembered.
const NEAR: usize = 256;

pub struct Strings {
    section: Bytes,
    /// By the end of each long string, the first place that it was looked for from. Bytes without an end go up to the
    /// section's own.
    far: RefCell<BTreeMap<usize, usize>>,
}

impl Strings {
    pub fn new(section: Bytes) -> Self {
        Strings { section, far: RefCell::default() }
    }

    /// The string that begins at the offset; `None` outside of the section, and where no string ends.
    pub fn at(&self, offset: usize) -> Option<Bytes> {
        let text = self.section.slice();
        let rest = text.get(offset..)?;
        let end = match memchr::memchr(0, &rest[..rest.len().min(NEAR)]) {
            Some(len) => offset + len,
            None => self.far_end(offset),
        };
        (end < text.len()).then(|| Bytes::new(&text[offset..end], self.section.endian()))
    }

    fn far_end(&self, offset: usize) -> usize {
        let text = self.section.slice();
        let mut far = self.far.borrow_mut();
        let next = far.range(offset..).next().map(|(end, start)| (*end, *start));
        let unseen = match next {
            Some((end, start)) if start <= offset => return end,
            Some((_, start)) => &text[offset..start],
            None => &text[offset..],
        };
        let known_end = next.map_or(text.len(), |(end, _)| end);
        let end = memchr::memchr(0, unseen).map_or(known_end, |len| offset + len);
        far.insert(end, offset);
        end
    }
}
