//! The index: what functions there are and where their copies lie, as flat tables that the host reads in place and that
//! can be saved as they are.

use alloc::vec::Vec;

/// No row.
pub const NONE: u32 = u32::MAX;

/// A piece of [`Index::text`].
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Text {
    pub at: u32,
    pub len: u32,
}

pub const NOCALL: u32 = 1;
/// Neither linkage name nor scope is told, only the last segment.
pub const PARTIAL: u32 = 2;

#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct FunctionRow {
    /// Empty where there is none.
    pub linkage: Text,
    pub path: Text,
    /// Row of [`Index::files`], or [`NONE`].
    pub file: u32,
    pub line: u32,
    pub flags: u32,
    /// Its part of [`Index::dies`].
    pub dies: u32,
    pub dies_len: u32,
    /// Its part of [`Index::by_function`]: those out of line, then those inlined, each by address.
    pub copies: u32,
    pub out_of_line: u32,
    pub inlined: u32,
}

/// Copies of one unit are in the order of their DIEs: those inside a copy follow it, up to `end`.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct CopyRow {
    pub low: u64,
    /// All ranges together.
    pub size: u64,
    pub function: u32,
    /// The copy that it is inlined into, or [`NONE`].
    pub caller: u32,
    pub end: u32,
    /// Its part of [`Index::ranges`].
    pub ranges: u32,
    pub ranges_len: u32,
    pub call_file: u32,
    pub call_line: u32,
    pub call_column: u32,
    pub die: u32,
    pub unit: u32,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[repr(C)]
pub struct RangeRow {
    pub start: u64,
    pub end: u64,
}

/// Some DIE describes a type.
pub const HAS_TYPES: u32 = 1;

#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct UnitRow {
    pub offset: u32,
    /// DWARF version.
    pub version: u32,
    /// DW_LANG.
    pub language: u32,
    pub flags: u32,
    pub producer: Text,
    pub name: Text,
    pub ranges: u32,
    pub ranges_len: u32,
}

#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct Counts {
    pub out_of_line: u32,
    pub inlined: u32,
    pub dead_out_of_line: u32,
    pub dead_inlined: u32,
}

#[derive(Default)]
pub struct Index {
    pub counts: Counts,
    pub functions: Vec<FunctionRow>,
    pub copies: Vec<CopyRow>,
    pub ranges: Vec<RangeRow>,
    pub units: Vec<UnitRow>,
    /// Paths of source files.
    pub files: Vec<Text>,
    /// What could not be read, a line each.
    pub notes: Vec<Text>,
    /// Offsets of DIEs in `.debug_info`.
    pub dies: Vec<u32>,
    /// Rows of copies.
    pub by_function: Vec<u32>,
    /// Rows of copies out of line, by address.
    pub by_address: Vec<u32>,
    pub text: Vec<u8>,
    /// For each of `by_address`, where the copies up to it end at the latest. Not saved.
    pub(super) reach: Vec<u64>,
}

impl Index {
    /// What the text is, or nothing where it lies outside.
    pub fn text(&self, text: Text) -> &[u8] {
        let start = text.at as usize;
        self.text.get(start..start + text.len as usize).unwrap_or_default()
    }

    pub fn ranges_of(&self, copy: &CopyRow) -> &[RangeRow] {
        let start = copy.ranges as usize;
        self.ranges.get(start..start + copy.ranges_len as usize).unwrap_or_default()
    }

    pub fn covers(&self, copy: &CopyRow, address: u64) -> bool {
        self.ranges_of(copy).iter().any(|range| range.start <= address && address < range.end)
    }

    /// Rows of the copies under way at an address, the innermost first.
    pub fn frames(&self, address: u64) -> Vec<u32> {
        let Some(outermost) = self.out_of_line_at(address) else {
            return Vec::new();
        };
        let mut frames = alloc::vec![outermost];
        let mut row = outermost + 1;
        let end = self.copies[outermost as usize].end;
        while row < end {
            let copy = &self.copies[row as usize];
            if copy.caller != NONE && self.covers(copy, address) {
                frames.push(row);
                row += 1;
            } else {
                row = copy.end.max(row + 1);
            }
        }
        frames.reverse();
        frames
    }

    /// The copy out of line whose ranges hold the address; of several the one that begins last.
    pub fn out_of_line_at(&self, address: u64) -> Option<u32> {
        let after = self.by_address.partition_point(|&row| self.copies[row as usize].low <= address);
        (0..after)
            .rev()
            .take_while(|&at| address < self.reach[at])
            .map(|at| self.by_address[at])
            .find(|&row| self.covers(&self.copies[row as usize], address))
    }

    pub fn measure_reach(&mut self) {
        let mut end = 0;
        self.reach = Vec::with_capacity(self.by_address.len());
        for &row in &self.by_address {
            let ranges = self.ranges_of(&self.copies[row as usize]);
            end = ranges.iter().fold(end, |end, range| range.end.max(end));
            self.reach.push(end);
        }
    }
}
