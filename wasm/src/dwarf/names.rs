//! Text of the index, each string kept once, however often the debug info repeats it.

use alloc::vec::Vec;

use hashbrown::HashMap;

use super::index::Text;
use super::sections::Bytes;

/// All text of an index together.
const LARGEST: usize = 1 << 29;

#[derive(Default)]
pub struct Names {
    pub text: Vec<u8>,
    /// By where a string lies in its section: the same string is nearly always the same bytes there.
    known: HashMap<(usize, usize), Text>,
    pub is_full: bool,
}

impl Names {
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
        if self.text.len() + bytes.len() > LARGEST {
            self.is_full = true;
            return Text::default();
        }
        let text = Text { at: self.text.len() as u32, len: bytes.len() as u32 };
        self.text.extend_from_slice(bytes);
        text
    }
}
