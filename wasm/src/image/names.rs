//! Names as keys: hashing, and finding a name that a table already has.

use alloc::vec::Vec;

use super::search;
use super::table::{Symbol, Table, LOCAL};

const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// A running hash over pieces of a name; equal for equal concatenations only if the pieces are cut alike.
#[derive(Clone, Copy)]
pub struct NameHash(u64);

impl NameHash {
    pub fn new(seed: u64) -> Self {
        NameHash(seed ^ MULTIPLIER)
    }

    pub fn add(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            self.mix(u64::from_le_bytes([
                word[0], word[1], word[2], word[3], word[4], word[5], word[6], word[7],
            ]));
        }
        let mut last = [0u8; 8];
        let rest = words.remainder();
        last[..rest.len()].copy_from_slice(rest);
        self.mix(u64::from_le_bytes(last) ^ (bytes.len() as u64) << 56);
    }

    fn mix(&mut self, word: u64) {
        let mixed = (self.0 ^ word).wrapping_mul(MULTIPLIER);
        self.0 = mixed ^ (mixed >> 29);
    }

    pub fn finish(self) -> u64 {
        let mixed = self.0.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 32)
    }
}

/// What precedes a symbol version: `memcpy` of `memcpy@@GLIBC_2.14`.
pub fn without_version(name: &[u8]) -> &[u8] {
    match search::position(name, 0, b'@', b'@') {
        Some(at) if at > 0 => &name[..at],
        _ => name,
    }
}

/// Eight bytes at a time.
fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let (mut x, mut y) = (a.chunks_exact(8), b.chunks_exact(8));
    x.by_ref().zip(y.by_ref()).all(|(x, y)| word(x) == word(y)) && x.remainder() == y.remainder()
}

fn word(bytes: &[u8]) -> u64 {
    bytes.first_chunk::<8>().map_or(0, |word| u64::from_le_bytes(*word))
}

const EMPTY: u32 = u32::MAX;
const BLOCK: usize = 1024;

/// The visible symbols of a table by name and address: open addressing, at most half full.
pub struct NameSet {
    slots: Vec<u32>,
}

fn key(name: &[u8], address: u64) -> u64 {
    let mut hash = NameHash::new(address);
    hash.add(without_version(name));
    hash.finish()
}

impl NameSet {
    pub fn of(table: &Table) -> Self {
        let count = table.symbols.iter().filter(|symbol| symbol.binding != LOCAL).count();
        let mut set = NameSet {
            slots: alloc::vec![EMPTY; (count * 2).next_power_of_two().max(16)],
        };
        for (block, symbols) in table.symbols.chunks(BLOCK).enumerate() {
            set.add(symbols, block * BLOCK);
        }
        set
    }

    #[inline(never)]
    fn add(&mut self, symbols: &[Symbol], first: usize) {
        let mask = self.slots.len() - 1;
        for (at, symbol) in symbols.iter().enumerate() {
            if symbol.binding == LOCAL {
                continue;
            }
            let mut slot = key(symbol.name(), symbol.address) as usize & mask;
            while self.slots[slot] != EMPTY {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = (first + at) as u32;
        }
    }

    /// The row of this name at this address; versions are not compared.
    pub fn find(&self, table: &Table, name: &[u8], address: u64) -> Option<usize> {
        let mask = self.slots.len() - 1;
        let mut at = key(name, address) as usize & mask;
        while self.slots[at] != EMPTY {
            let row = self.slots[at] as usize;
            if table.symbols[row].address == address && same(without_version(table.name(row)), without_version(name)) {
                return Some(row);
            }
            at = (at + 1) & mask;
        }
        None
    }
}
