//! What symbols are called, and how many share a name.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::names::NameHash;
use super::search;
use super::table::Table;
use crate::demangle::{self, Scheme, Style};

const BLOCK: usize = 512;
const STORE: usize = 1 << 20;
/// A name is seldom longer, so that a store seldom has to move while one is written.
const ROOM: usize = 16 << 10;
/// Demangled names of one file in bytes, beyond a multiple of the names they are made from: the others stay as they are.
/// A short name can mean a megabyte.
const LEAST_NAMES: usize = 64 << 20;
const MOST_PER_BYTE: usize = 16;

/// Whether a name is known, and whether a terminal may see it as it is; the numbers are what the host sees.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    Unknown = 0,
    Clean = 1,
    /// It has a control character, or a byte that is not ASCII and may be anything.
    Unclean = 2,
}

/// One demangled name; 12 bytes on the target.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Text {
    at: *const u8,
    len: u32,
    scheme: u8,
    pub state: State,
}

impl Text {
    pub fn bytes(&self) -> &[u8] {
        unsafe { core::slice::from_raw_parts(self.at, self.len as usize) }
    }
}

const UNKNOWN: Text = Text {
    at: core::ptr::NonNull::dangling().as_ptr(),
    len: 0,
    scheme: 0,
    state: State::Unknown,
};

/// Demangled names of a table's rows, each worked out once, in stores that are added and not enlarged.
pub struct Texts {
    style: Style,
    pub texts: Vec<Text>,
    stores: Vec<Vec<u8>>,
    /// Bytes that may still be written; each name adds to it.
    budget: usize,
}

impl Texts {
    pub fn new(style: Style) -> Self {
        Texts {
            style,
            texts: Vec::new(),
            stores: Vec::new(),
            budget: LEAST_NAMES,
        }
    }

    /// Makes sure of the names of `rows`.
    pub fn prepare(&mut self, table: &Table, rows: &[u32]) {
        if self.texts.is_empty() {
            self.texts.resize(table.len(), UNKNOWN);
        }
        for block in rows.chunks(BLOCK) {
            self.prepare_block(table, block);
        }
    }

    #[inline(never)]
    fn prepare_block(&mut self, table: &Table, rows: &[u32]) {
        for row in rows.iter().map(|&row| row as usize) {
            if self.texts.get(row).is_none_or(|text| text.state != State::Unknown) {
                continue;
            }
            let raw = table.name(row);
            let wanted = ROOM + raw.len() * 4;
            let Some(store) = roomy(&mut self.stores, wanted) else { return };
            let (before, start) = (store.as_ptr(), store.len());
            let scheme = if self.budget > 0 {
                demangle::append(raw, self.style, store)
            } else {
                store.extend_from_slice(raw);
                Scheme::None
            };
            let (after, text) = (store.as_ptr(), &store[start..]);
            self.budget = self.budget.saturating_add(raw.len().saturating_mul(MOST_PER_BYTE)).saturating_sub(text.len());
            let text = Text {
                at: text.as_ptr(),
                len: text.len() as u32,
                scheme: scheme as u8,
                state: state_of(text),
            };
            if after != before {
                self.rebase(before, start, after);
            }
            self.texts[row] = text;
        }
    }

    /// A name so long that its store had to move takes the names before it along.
    #[cold]
    fn rebase(&mut self, before: *const u8, len: usize, after: *const u8) {
        for text in self.texts.iter_mut().filter(|text| text.state != State::Unknown) {
            let offset = (text.at as usize).wrapping_sub(before as usize);
            if offset < len || (offset == len && text.len == 0) {
                text.at = after.wrapping_add(offset);
            }
        }
    }

    pub fn text(&self, row: u32) -> &[u8] {
        self.texts.get(row as usize).map_or(&[], Text::bytes)
    }

    /// How many of `rows` share each row's path, generic arguments left open.
    pub fn copies(&self, rows: &[u32]) -> Vec<u32> {
        let mut counts = Counts::for_keys(rows.len());
        let mut found: Vec<u32> = Vec::with_capacity(rows.len());
        for block in rows.chunks(BLOCK) {
            self.count_block(block, &mut counts, &mut found);
        }
        for slot in found.iter_mut() {
            *slot = counts.slots[*slot as usize].1;
        }
        found
    }

    #[inline(never)]
    fn count_block(&self, rows: &[u32], counts: &mut Counts, found: &mut Vec<u32>) {
        for &row in rows {
            let scheme = self.texts.get(row as usize).map_or(0, |text| text.scheme);
            found.push(counts.add(path_hash(self.text(row), scheme)));
        }
    }
}

/// The last store, or a new one where it has less room.
fn roomy(stores: &mut Vec<Vec<u8>>, wanted: usize) -> Option<&mut Vec<u8>> {
    if stores.last().is_none_or(|store| store.capacity() - store.len() < wanted) {
        stores.push(Vec::with_capacity(wanted.max(STORE)));
    }
    stores.last_mut()
}

/// Counts by key: open addressing, at most half full.
struct Counts {
    slots: Box<[(u64, u32)]>,
}

impl Counts {
    fn for_keys(count: usize) -> Self {
        let size = (count * 2).next_power_of_two().max(16);
        Counts {
            slots: alloc::vec![(0, 0); size].into_boxed_slice(),
        }
    }

    /// Counts the key once more; returns where its count is.
    fn add(&mut self, key: u64) -> u32 {
        let mask = self.slots.len() - 1;
        let mut at = key as usize & mask;
        while self.slots[at].1 != 0 && self.slots[at].0 != key {
            at = (at + 1) & mask;
        }
        self.slots[at] = (key, self.slots[at].1 + 1);
        at as u32
    }
}

/// Eight bytes at a time: a byte is printable ASCII if it is 0x20 or more, below 0x80, and not 0x7f.
pub fn state_of(text: &[u8]) -> State {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = ONES << 7;
    let mut bad = 0;
    let mut words = text.chunks_exact(8);
    for word in &mut words {
        let word = u64::from_le_bytes([word[0], word[1], word[2], word[3], word[4], word[5], word[6], word[7]]);
        // Borrows and carries only run on from a byte that is bad already.
        bad |= (word | word.wrapping_sub(ONES * 0x20) | word.wrapping_add(ONES)) & HIGH;
    }
    if bad != 0 || words.remainder().iter().any(|byte| !(0x20..0x7f).contains(byte)) {
        State::Unclean
    } else {
        State::Clean
    }
}

/// A key that instances of one generic function share: `f::<u8>` and `f::<u16>`, `<Vec<u8>>::push` and
/// `<Vec<u16>>::push`. What precedes `as` in `<T as Trait>::f` tells different functions apart and is kept, less its own
/// arguments.
fn path_hash(text: &[u8], scheme: u8) -> u64 {
    let mut hash = NameHash::new(0);
    let rust = scheme == Scheme::RustV0 as u8 || scheme == Scheme::RustLegacy as u8;
    let mut kept = 0; // start of the run not yet added
    let mut from = 1;
    while let Some(at) = rust.then(|| search::position(text, from, b'<', b'<')).flatten() {
        from = at + 1;
        if follows_path(text[at - 1]) {
            let run = &text[kept..at];
            hash.add(run.strip_suffix(b"::").unwrap_or(run));
            kept = after_arguments(text, at);
            from = kept;
        }
    }
    hash.add(&text[kept..]);
    hash.finish()
}

fn follows_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b':' || byte >= 0x80
}

/// The position after the `>` that closes the `<` at `open`; `->` closes nothing.
fn after_arguments(text: &[u8], open: usize) -> usize {
    let mut depth = 0usize;
    let mut from = open;
    while let Some(at) = search::position(text, from, b'<', b'>') {
        from = at + 1;
        if text[at] == b'<' {
            depth += 1;
        } else if text[at - 1] != b'-' {
            depth -= 1;
            if depth == 0 {
                return from;
            }
        }
    }
    text.len()
}
