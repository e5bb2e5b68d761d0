//! What symbols are called, and the order and grouping that follow from it.

use alloc::vec::Vec;

use super::names::NameHash;
use super::table::Table;
use crate::demangle::{self, Scheme, Style};

const NONE: u32 = u32::MAX;

/// Demangled names of a table's rows, each worked out once, one after another in one block of text.
pub struct Texts {
    style: Style,
    pub blob: Vec<u8>,
    pub start: Vec<u32>,
    pub len: Vec<u32>,
    pub scheme: Vec<u8>,
    /// 1 where a name has a byte that may not reach a terminal as it is: a control character, or anything not ASCII.
    pub unclean: Vec<u8>,
}

impl Texts {
    pub fn new(style: Style, rows: usize) -> Self {
        Texts {
            style,
            blob: Vec::new(),
            start: alloc::vec![NONE; rows],
            len: alloc::vec![0; rows],
            scheme: alloc::vec![0; rows],
            unclean: alloc::vec![0; rows],
        }
    }

    /// Makes sure of the names of `rows`. False when they don't fit in 4 GiB; none is changed then.
    pub fn prepare(&mut self, table: &Table, rows: impl Iterator<Item = u32>) -> bool {
        for row in rows.map(|row| row as usize) {
            if row >= self.start.len() || self.start[row] != NONE {
                continue;
            }
            let start = self.blob.len();
            let scheme = demangle::append(table.name(row), self.style, &mut self.blob);
            let len = self.blob.len() - start;
            if self.blob.len() >= NONE as usize {
                self.blob.truncate(start);
                return false;
            }
            self.start[row] = start as u32;
            self.len[row] = len as u32;
            self.scheme[row] = scheme as u8;
            self.unclean[row] = self.blob[start..].iter().any(|&byte| !(0x20..0x7f).contains(&byte)) as u8;
        }
        true
    }

    pub fn text(&self, row: usize) -> &[u8] {
        match self.start[row] {
            NONE => &[],
            start => &self.blob[start as usize..(start + self.len[row]) as usize],
        }
    }

    /// How many of `rows` share each row's path, generic arguments left open.
    pub fn copies(&self, rows: &[u32]) -> Vec<u32> {
        let keys: Vec<u64> = rows
            .iter()
            .map(|&row| path_hash(self.text(row as usize), self.scheme[row as usize]))
            .collect();
        let mut slots = alloc::vec![(0u64, 0u32); (rows.len() * 2).next_power_of_two().max(16)];
        let mask = slots.len() - 1;
        let slot_of = |slots: &[(u64, u32)], key: u64| {
            let mut at = key as usize & mask;
            while slots[at].1 != 0 && slots[at].0 != key {
                at = (at + 1) & mask;
            }
            at
        };
        for &key in &keys {
            let at = slot_of(&slots, key);
            slots[at] = (key, slots[at].1 + 1);
        }
        keys.iter().map(|&key| slots[slot_of(&slots, key)].1).collect()
    }

    /// Sorts `rows` by name, then by address. The first bytes of names are compared as one number: paths of one crate
    /// share long beginnings, so the numbers are taken after what all the rows share.
    pub fn sort_by_name(&self, table: &Table, rows: &mut [u32]) {
        let mut keyed: Vec<(u64, u32)> = rows.iter().map(|&row| (prefix(self.text(row as usize)), row)).collect();
        keyed.sort_unstable_by(|a, b| {
            a.0.cmp(&b.0)
                .then_with(|| self.text(a.1 as usize).cmp(self.text(b.1 as usize)))
                .then_with(|| table.address[a.1 as usize].cmp(&table.address[b.1 as usize]))
                .then(a.1.cmp(&b.1))
        });
        for (row, (_, sorted)) in rows.iter_mut().zip(keyed) {
            *row = sorted;
        }
    }
}

fn prefix(text: &[u8]) -> u64 {
    let mut bytes = [0u8; 8];
    let known = text.len().min(8);
    bytes[..known].copy_from_slice(&text[..known]);
    u64::from_be_bytes(bytes)
}

pub fn sort_by_address(table: &Table, rows: &mut [u32]) {
    rows.sort_unstable_by_key(|&row| (table.address[row as usize], row));
}

pub fn sort_by_raw_name(table: &Table, rows: &mut [u32]) {
    rows.sort_unstable_by(|&a, &b| {
        let (a, b) = (a as usize, b as usize);
        (table.name(a), table.address[a], a).cmp(&(table.name(b), table.address[b], b))
    });
}

/// Largest first.
pub fn sort_by_size(table: &Table, rows: &mut [u32]) {
    rows.sort_unstable_by_key(|&row| (!table.size[row as usize], table.address[row as usize], row));
}

/// A key that instances of one generic function share: `f::<u8>` and `f::<u16>`, `<Vec<u8>>::push` and
/// `<Vec<u16>>::push`. What precedes `as` in `<T as Trait>::f` tells different functions apart and is kept, less its own
/// arguments.
fn path_hash(text: &[u8], scheme: u8) -> u64 {
    let mut hash = NameHash::new(0);
    let rust = scheme == Scheme::RustV0 as u8 || scheme == Scheme::RustLegacy as u8;
    if !rust || !text.contains(&b'<') {
        hash.add(text);
        return hash.finish();
    }
    let mut kept = 0; // start of the run not yet added
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'<' && at > 0 && follows_path(text[at - 1]) {
            let run = &text[kept..at];
            hash.add(run.strip_suffix(b"::").unwrap_or(run));
            at = after_arguments(text, at);
            kept = at;
        } else {
            at += 1;
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
    for (at, &byte) in text.iter().enumerate().skip(open) {
        match byte {
            b'<' => depth += 1,
            b'>' if text[at - 1] != b'-' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}
