//! A stretch of the file at a time, for tables whose entries lead to one place after another.

use alloc::vec::Vec;

use super::reader::Reader;

const SIZE: u64 = 4096;
/// No sound file makes anyone read and search more: 65,536 exported names, each a window away from the last, are half.
const BUDGET: u64 = 512 << 20;

pub struct Window<'a> {
    reader: &'a Reader,
    start: u64,
    bytes: Vec<u8>,
    left: u64,
}

impl<'a> Window<'a> {
    pub fn new(reader: &'a Reader) -> Self {
        Window {
            reader,
            start: 0,
            bytes: Vec::new(),
            left: BUDGET,
        }
    }

    /// Whether so much was asked for that nothing more is given.
    pub fn is_spent(&self) -> bool {
        self.left == 0
    }

    /// Exactly `len` bytes at `at`; None past the end of the file.
    pub fn bytes(&mut self, at: u64, len: usize) -> Option<&[u8]> {
        let inside = at >= self.start && at - self.start + len as u64 <= self.bytes.len() as u64;
        if !inside {
            let size = self.reader.len().checked_sub(at)?.min((len as u64).max(SIZE));
            if size < len as u64 || !self.spend(size) {
                return None;
            }
            self.start = at;
            self.bytes.resize(size as usize, 0);
            if self.reader.fill(at, &mut self.bytes).is_err() {
                self.bytes.clear();
                return None;
            }
        }
        let from = (at - self.start) as usize;
        self.bytes.get(from..from + len)
    }

    pub fn u16(&mut self, at: u64) -> Option<u16> {
        self.bytes(at, 2).map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]))
    }

    pub fn u32(&mut self, at: u64) -> Option<u32> {
        self.bytes(at, 4).map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// The bytes before the next NUL; None if there is none within `most`.
    pub fn string(&mut self, at: u64, most: usize) -> Option<&[u8]> {
        let rest = self.reader.len().checked_sub(at)?.min(most as u64) as usize;
        let mut len = rest.min(64);
        let end = loop {
            if !self.spend(len as u64) {
                return None;
            }
            match memchr::memchr(0, self.bytes(at, len)?) {
                Some(end) => break end,
                None if len == rest => return None,
                None => len = rest.min(len * 4),
            }
        };
        self.bytes(at, end)
    }

    fn spend(&mut self, bytes: u64) -> bool {
        self.left = self.left.saturating_sub(bytes);
        self.left > 0
    }
}
