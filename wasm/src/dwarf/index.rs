//! The index: what functions there are and where their copies lie, as flat tables that the host reads in place and that
//! can be saved as they are.

use alloc::vec::Vec;

use super::rows::{Block, Plain, Rows};

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
    /// The address of its first instruction, low half first. Parts that were moved away may lie below it.
    pub(super) entry: [u32; 2],
    pub function: u32,
    /// The copy that it is inlined into, or [`NONE`].
    pub caller: u32,
    pub end: u32,
    /// Its part of [`Index::ranges`]: at least one, by address.
    pub ranges: u32,
    pub ranges_len: u32,
    pub call_file: u32,
    pub call_line: u32,
    pub call_column: u32,
    pub die: u32,
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
    /// Where its line program is in `.debug_line`, or [`NONE`]. Units may share one.
    pub lines: u32,
}

#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct Counts {
    pub out_of_line: u32,
    pub inlined: u32,
    pub dead_out_of_line: u32,
    pub dead_inlined: u32,
    /// Functions without code of their own.
    pub inlined_only: u32,
    /// DIEs of functions that are defined, neither inlined nor out of line: folded onto another, or optimised away.
    pub without_code: u32,
}

impl CopyRow {
    pub fn at(entry: u64) -> Self {
        CopyRow { entry: [entry as u32, (entry >> 32) as u32], ..CopyRow::default() }
    }

    pub fn entry(&self) -> u64 {
        u64::from(self.entry[1]) << 32 | u64::from(self.entry[0])
    }
}

impl Plain for Text {}
impl Plain for FunctionRow {}
impl Plain for CopyRow {}
impl Plain for RangeRow {}
impl Plain for UnitRow {}
impl Plain for Counts {}

#[derive(Default)]
pub struct Index {
    pub counts: Rows<Counts>,
    pub ranges: Rows<RangeRow>,
    pub functions: Rows<FunctionRow>,
    pub copies: Rows<CopyRow>,
    /// By their offset.
    pub units: Rows<UnitRow>,
    /// Paths of source files.
    pub files: Rows<Text>,
    /// What could not be read, a line each.
    pub notes: Rows<Text>,
    /// Offsets of DIEs in `.debug_info`.
    pub dies: Rows<u32>,
    /// Rows of copies.
    pub by_function: Rows<u32>,
    /// Rows of copies out of line, by their lowest address.
    pub by_address: Rows<u32>,
    /// The same by entry.
    pub by_entry: Rows<u32>,
    /// Rows of functions, by linkage name; those without one by their path.
    pub by_name: Rows<u32>,
    pub text: Rows<u8>,
    /// For each of `by_address`, where the copies up to it end at the latest. Not saved.
    pub(super) reach: Vec<u64>,
    /// What the rows lie in where they were read from disk.
    pub(super) saved: Option<Block>,
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

    /// The lowest address of a copy.
    pub fn low(&self, copy: u32) -> u64 {
        self.ranges[self.copies[copy as usize].ranges as usize].start
    }

    /// The linkage name; of a function without one, its path.
    pub fn name(&self, function: u32) -> &[u8] {
        let row = &self.functions[function as usize];
        match self.text(row.linkage) {
            [] => self.text(row.path),
            linkage => linkage,
        }
    }

    /// Rows of the functions that [`Index::name`] gives this name.
    pub fn named(&self, name: &[u8]) -> &[u32] {
        let start = self.by_name.partition_point(|&row| self.name(row) < name);
        let count = self.by_name[start..].iter().take_while(|&&row| self.name(row) == name).count();
        &self.by_name[start..start + count]
    }

    /// The row of the unit that a DIE is in.
    pub fn unit_of(&self, die: u32) -> Option<u32> {
        (self.units.partition_point(|unit| unit.offset <= die) as u32).checked_sub(1)
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
        let after = self.by_address.partition_point(|&row| self.low(row) <= address);
        (0..after)
            .rev()
            .take_while(|&at| address < self.reach[at])
            .map(|at| self.by_address[at])
            .find(|&row| self.covers(&self.copies[row as usize], address))
    }

    pub fn measure_reach(&mut self) {
        let mut end = 0;
        self.reach = Vec::with_capacity(self.by_address.len());
        for &row in self.by_address.iter() {
            let ranges = self.ranges_of(&self.copies[row as usize]);
            end = ranges.iter().fold(end, |end, range| range.end.max(end));
            self.reach.push(end);
        }
    }
}
