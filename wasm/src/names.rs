//! Demangled names as flat columns, which the host reads in place.

use crate::demangle::{self, Scheme, Style};
use crate::filter::{Sink, Wanted};
use alloc::vec::Vec;

/// `text[offsets[i]..offsets[i + 1]]` is name `i`, and `schemes[i]` how it was mangled. The raw columns are filled
/// only for names that were found in a text.
pub struct Names {
    style: Style,
    text: Vec<u8>,
    offsets: Vec<u32>,
    schemes: Vec<u8>,
    raw: Vec<u8>,
    raw_offsets: Vec<u32>,
}

impl Names {
    pub fn new(style: Style) -> Self {
        Names {
            style,
            text: Vec::new(),
            offsets: alloc::vec![0],
            schemes: Vec::new(),
            raw: Vec::new(),
            raw_offsets: alloc::vec![0],
        }
    }

    pub fn reserve(&mut self, count: usize, raw_bytes: usize) {
        self.text.reserve(raw_bytes);
        self.offsets.reserve(count);
        self.schemes.reserve(count);
    }

    pub fn append(&mut self, raw: &[u8]) {
        let scheme = demangle::append(raw, self.style, &mut self.text);
        self.end_name(scheme);
    }

    pub fn append_given(&mut self, raw: &[u8]) {
        let scheme = demangle::append_given(raw, self.style, &mut self.text);
        self.end_name(scheme);
    }

    /// A name that is not mangled; what a terminal must not get is escaped in it.
    pub fn append_plain(&mut self, name: &[u8]) {
        let start = self.text.len();
        self.text.extend_from_slice(name);
        demangle::sanitise(&mut self.text, start);
        self.end_name(Scheme::None);
    }

    fn end_name(&mut self, scheme: Scheme) {
        self.offsets.push(self.text.len() as u32);
        self.schemes.push(scheme as u8);
    }

    pub fn clear(&mut self) {
        self.text.clear();
        self.offsets.truncate(1);
        self.schemes.clear();
        self.raw.clear();
        self.raw_offsets.truncate(1);
    }

    /// All names behind each other.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Column by number: text, offsets, schemes, raw, raw offsets. Address and length in bytes.
    pub fn column(&self, number: u32) -> (*const u8, usize) {
        let bytes = |column: &[u8]| (column.as_ptr(), column.len());
        let numbers = |column: &[u32]| (column.as_ptr().cast(), core::mem::size_of_val(column));
        match number {
            0 => bytes(&self.text),
            1 => numbers(&self.offsets),
            2 => bytes(&self.schemes),
            3 => bytes(&self.raw),
            _ => numbers(&self.raw_offsets),
        }
    }
}

impl Sink for Names {
    fn text(&mut self, _: &[u8]) {}

    fn name(&mut self, raw: &[u8], wanted: Wanted) -> bool {
        let start = self.text.len();
        let scheme = demangle::append(raw, self.style, &mut self.text);
        if !wanted.includes(scheme) {
            self.text.truncate(start);
            return false;
        }
        self.end_name(scheme);
        self.raw.extend_from_slice(raw);
        self.raw_offsets.push(self.raw.len() as u32);
        true
    }

    fn len(&self) -> usize {
        self.text.len() + self.raw.len()
    }
}
