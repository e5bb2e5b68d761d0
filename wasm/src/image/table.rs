//! Symbols as rows of fixed layout: the host reads a whole table in place.

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

/// One symbol; 32 bytes on the target, where a pointer has four.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Symbol {
    pub address: u64,
    pub size: u64,
    name: *const u8,
    name_len: u32,
    pub section: u32,
    pub kind: Kind,
    pub binding: u8,
    pub flags: u8,
    /// The class letter of `nm`.
    pub letter: u8,
}

#[cfg(target_arch = "wasm32")]
const _: () = assert!(core::mem::size_of::<Symbol>() == 32);

impl Symbol {
    /// A symbol without address, size and flags, to be filled in.
    pub fn named(name: &'static [u8], kind: Kind, binding: u8, section: u32, letter: u8) -> Self {
        Symbol {
            address: 0,
            size: 0,
            name: name.as_ptr(),
            name_len: name.len() as u32,
            section,
            kind,
            binding,
            flags: 0,
            letter,
        }
    }

    pub fn has_name(&self) -> bool {
        self.name_len != 0
    }

    pub fn rename(&mut self, name: &'static [u8]) {
        self.name = name.as_ptr();
        self.name_len = name.len() as u32;
    }

    /// Valid as long as the table that owns the strings.
    pub fn name(&self) -> &[u8] {
        unsafe { core::slice::from_raw_parts(self.name, self.name_len as usize) }
    }
}

/// Symbols whose names are borrowed from `strings`, which the table owns.
#[derive(Default)]
pub struct Table {
    pub symbols: Vec<Symbol>,
    strings: Vec<Box<[u8]>>,
    /// Functions the file has but does not name (wasm modules).
    pub unnamed: u32,
}

impl Table {
    pub fn with_capacity(rows: usize) -> Self {
        Table {
            symbols: Vec::with_capacity(rows),
            strings: Vec::new(),
            unnamed: 0,
        }
    }

    pub fn len(&self) -> usize {
        self.symbols.len()
    }

    /// Takes a string table; names pushed afterwards may point into what is returned.
    pub fn keep(&mut self, strings: Box<[u8]>) -> &'static [u8] {
        // The heap block stays where it is until the table is dropped, and names are only read through the table.
        let kept = unsafe { core::slice::from_raw_parts(strings.as_ptr(), strings.len()) };
        self.strings.push(strings);
        kept
    }

    pub fn name(&self, row: usize) -> &[u8] {
        self.symbols[row].name()
    }

    /// Rows of the kinds in `kinds` (one bit each). `defined` and `undefined` say which of the two are wanted;
    /// `dynamic` restricts to what the dynamic table has; `marks` lets mapping symbols through.
    pub fn select(&self, kinds: u32, defined: bool, undefined: bool, dynamic: bool, marks: bool) -> Vec<u32> {
        let wanted = Wanted {
            kinds,
            defined,
            undefined,
            dynamic,
            marks,
        };
        let mut rows = Vec::with_capacity(self.len());
        for (number, block) in self.symbols.chunks(BLOCK).enumerate() {
            wanted.select(block, number * BLOCK, &mut rows);
        }
        rows
    }
}

const BLOCK: usize = 1024;

struct Wanted {
    kinds: u32,
    defined: bool,
    undefined: bool,
    dynamic: bool,
    marks: bool,
}

impl Wanted {
    #[inline(never)]
    fn select(&self, symbols: &[Symbol], first: usize, rows: &mut Vec<u32>) {
        for (at, symbol) in symbols.iter().enumerate() {
            let there = if symbol.flags & UNDEFINED != 0 { self.undefined } else { self.defined };
            if there
                && self.kinds >> symbol.kind as u8 & 1 != 0
                && (!self.dynamic || symbol.flags & DYNAMIC != 0)
                && (self.marks || symbol.flags & MAPPING == 0)
            {
                rows.push((first + at) as u32);
            }
        }
    }
}
