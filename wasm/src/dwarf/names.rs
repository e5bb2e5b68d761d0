//! Text of the index, each string kept once, however often the debug info repeats it.

use alloc::vec::Vec;

use hashbrown::HashMap;

use super::index::Text;
use super::sections::Bytes;

/// All text of an index together: a part for any file, and so much for each byte of names and DIEs.
const LEAST: usize = 32 << 20;
const LARGEST: usize = 1 << 29;
const MOST_PER_BYTE: usize = 2;

pub struct Names {
    pub text: Vec<u8>,
    /// By where a string lies in its section: the same string is nearly always the same bytes there.
    known: HashMap<(usize, usize), Text>,
    largest: usize,
    pub is_full: bool,
}

impl Names {
    /// `size`: bytes that sound text is made of.
    pub fn new(size: usize) -> Self {
        let largest = size.saturating_mul(MOST_PER_BYTE).saturating_add(LEAST).min(LARGEST);
        Names { text: Vec::new(), known: HashMap::new(), largest, is_full: false }
    }

    pub fn keep(&mut self, bytes: Bytes) -> Text {
        let key = (bytes.slice().as_ptr() as usize, bytes.slice().len());
        if let Some(text) = self.known.get(&key) {
            return *text;
        }
        let text = self.append(bytes.slice());
        self.known.insert(key, text);
        text
    }

    /// Keeps bytes that no section holds as they are.
    pub fn append(&mut self, bytes: &[u8]) -> Text {
        if self.text.len() + bytes.len() > self.largest {
            self.is_full = true;
            return Text::default();
        }
        self.append_always(bytes)
    }

    /// The same for our own words, which are few.
    pub fn append_always(&mut self, bytes: &[u8]) -> Text {
        let text = Text { at: self.text.len() as u32, len: bytes.len() as u32 };
        self.text.extend_from_slice(bytes);
        text
    }
}
