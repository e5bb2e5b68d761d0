//! Symbols as columns: one call hands the host a whole table.

use alloc::boxed::Box;
use alloc::vec::Vec;

/// What a symbol stands for; the numbers are what the host sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    None = 0,
    Function = 1,
    Data = 2,
    Tls = 3,
    Section = 4,
    File = 5,
    Ifunc = 6,
    Other = 7,
}

pub const UNDEFINED: u8 = 1;
pub const DYNAMIC: u8 = 2;
/// A code/data boundary mark of ARM, RISC-V and their like, or a compiler's local label.
pub const MAPPING: u8 = 4;

pub const LOCAL: u8 = 0;
pub const GLOBAL: u8 = 1;
pub const WEAK: u8 = 2;
pub const UNIQUE: u8 = 10;

/// Section numbers above every real one.
pub const SECTION_UNDEFINED: u32 = 0xffff_ffff;
pub const SECTION_ABSOLUTE: u32 = 0xffff_fffe;
pub const SECTION_COMMON: u32 = 0xffff_fffd;
/// An index the file's section table does not have.
pub const SECTION_UNKNOWN: u32 = 0xffff_fffc;

#[derive(Clone, Copy)]
pub struct Symbol<'a> {
    pub address: u64,
    pub size: u64,
    pub name: &'a [u8],
    pub kind: Kind,
    pub binding: u8,
    pub flags: u8,
    pub section: u32,
    /// The class letter of `nm`.
    pub letter: u8,
}

/// Columns of equal length. Names are borrowed from `strings`, which the table owns.
#[derive(Default)]
pub struct Table {
    pub address: Vec<u64>,
    pub size: Vec<u64>,
    pub name: Vec<*const u8>,
    pub name_len: Vec<u32>,
    pub section: Vec<u32>,
    pub kind: Vec<u8>,
    pub binding: Vec<u8>,
    pub flags: Vec<u8>,
    pub letter: Vec<u8>,
    strings: Vec<Box<[u8]>>,
    /// Functions the file has but does not name (wasm modules).
    pub unnamed: u32,
}

impl Table {
    pub fn with_capacity(rows: usize) -> Self {
        Table {
            address: Vec::with_capacity(rows),
            size: Vec::with_capacity(rows),
            name: Vec::with_capacity(rows),
            name_len: Vec::with_capacity(rows),
            section: Vec::with_capacity(rows),
            kind: Vec::with_capacity(rows),
            binding: Vec::with_capacity(rows),
            flags: Vec::with_capacity(rows),
            letter: Vec::with_capacity(rows),
            strings: Vec::new(),
            unnamed: 0,
        }
    }

    pub fn len(&self) -> usize {
        self.address.len()
    }

    /// Takes a string table; names pushed afterwards may point into what is returned.
    pub fn keep(&mut self, strings: Box<[u8]>) -> &'static [u8] {
        // The heap block stays where it is until the table is dropped, and names are only read through the table.
        let kept = unsafe { core::slice::from_raw_parts(strings.as_ptr(), strings.len()) };
        self.strings.push(strings);
        kept
    }

    pub fn push(&mut self, symbol: Symbol<'static>) {
        self.address.push(symbol.address);
        self.size.push(symbol.size);
        self.name.push(symbol.name.as_ptr());
        self.name_len.push(symbol.name.len() as u32);
        self.section.push(symbol.section);
        self.kind.push(symbol.kind as u8);
        self.binding.push(symbol.binding);
        self.flags.push(symbol.flags);
        self.letter.push(symbol.letter);
    }

    pub fn name(&self, row: usize) -> &[u8] {
        unsafe { core::slice::from_raw_parts(self.name[row], self.name_len[row] as usize) }
    }

    /// Rows of the kinds in `kinds` (one bit each). `defined` and `undefined` say which of the two are wanted;
    /// `dynamic` restricts to what the dynamic table has.
    pub fn select(&self, kinds: u32, defined: bool, undefined: bool, dynamic: bool) -> Vec<u32> {
        let mut rows = Vec::with_capacity(self.len());
        for row in 0..self.len() {
            let flags = self.flags[row];
            let wanted = if flags & UNDEFINED != 0 { undefined } else { defined };
            if wanted && kinds >> self.kind[row] & 1 != 0 && (!dynamic || flags & DYNAMIC != 0) {
                rows.push(row as u32);
            }
        }
        rows
    }
}
