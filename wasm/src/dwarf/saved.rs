//! The index as bytes, for a file on disk. What is read back is checked: no row may refer outside its table.

use alloc::vec::Vec;
use core::mem::size_of;

use super::index::{Counts, Index, NONE};

const MAGIC: u64 = u64::from_le_bytes(*b"rsymidx1");
const TABLES: usize = 10;

/// Rows of fixed layout, of integers alone: any bytes are one.
trait Plain: Copy {}
impl Plain for u8 {}
impl Plain for u32 {}
impl Plain for super::index::FunctionRow {}
impl Plain for super::index::CopyRow {}
impl Plain for super::index::RangeRow {}
impl Plain for super::index::UnitRow {}
impl Plain for super::index::Text {}

pub fn save(index: &Index) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend_from_slice(&MAGIC.to_le_bytes());
    let Counts { out_of_line, inlined, dead_out_of_line, dead_inlined } = index.counts;
    for count in [out_of_line, inlined, dead_out_of_line, dead_inlined] {
        bytes.extend_from_slice(&count.to_le_bytes());
    }
    for length in lengths(index) {
        bytes.extend_from_slice(&(length as u32).to_le_bytes());
    }
    append(&mut bytes, &index.functions);
    append(&mut bytes, &index.copies);
    append(&mut bytes, &index.ranges);
    append(&mut bytes, &index.units);
    append(&mut bytes, &index.files);
    append(&mut bytes, &index.notes);
    append(&mut bytes, &index.dies);
    append(&mut bytes, &index.by_function);
    append(&mut bytes, &index.by_address);
    append(&mut bytes, &index.text);
    bytes
}

/// The index that the bytes hold; `None` where they hold none, or one that contradicts itself.
pub fn load(bytes: &[u8]) -> Option<Index> {
    let mut at = bytes;
    if take::<u32>(&mut at, 2)? != [MAGIC as u32, (MAGIC >> 32) as u32] {
        return None;
    }
    let counts = take::<u32>(&mut at, 4)?;
    let lengths = take::<u32>(&mut at, TABLES)?;
    let length = |table: usize| lengths[table] as usize;
    let mut index = Index {
        counts: Counts {
            out_of_line: counts[0],
            inlined: counts[1],
            dead_out_of_line: counts[2],
            dead_inlined: counts[3],
        },
        functions: take(&mut at, length(0))?,
        copies: take(&mut at, length(1))?,
        ranges: take(&mut at, length(2))?,
        units: take(&mut at, length(3))?,
        files: take(&mut at, length(4))?,
        notes: take(&mut at, length(5))?,
        dies: take(&mut at, length(6))?,
        by_function: take(&mut at, length(7))?,
        by_address: take(&mut at, length(8))?,
        text: take(&mut at, length(9))?,
        ..Index::default()
    };
    if !at.is_empty() || !is_sound(&index) {
        return None;
    }
    index.measure_reach();
    Some(index)
}

fn lengths(index: &Index) -> [usize; TABLES] {
    [
        index.functions.len(),
        index.copies.len(),
        index.ranges.len(),
        index.units.len(),
        index.files.len(),
        index.notes.len(),
        index.dies.len(),
        index.by_function.len(),
        index.by_address.len(),
        index.text.len(),
    ]
}

fn append<T: Plain>(bytes: &mut Vec<u8>, rows: &[T]) {
    // SAFETY: the rows are integers without padding between them.
    bytes.extend_from_slice(unsafe { core::slice::from_raw_parts(rows.as_ptr().cast(), core::mem::size_of_val(rows)) });
}

fn take<T: Plain>(bytes: &mut &[u8], count: usize) -> Option<Vec<T>> {
    let size = count.checked_mul(size_of::<T>())?;
    let (own, rest) = bytes.split_at_checked(size)?;
    *bytes = rest;
    let mut rows: Vec<T> = Vec::with_capacity(count);
    // SAFETY: there is room for `count` rows, and any bytes are rows.
    unsafe {
        core::ptr::copy_nonoverlapping(own.as_ptr(), rows.as_mut_ptr().cast(), size);
        rows.set_len(count);
    }
    Some(rows)
}

fn is_sound(index: &Index) -> bool {
    let within = |start: u32, len: u32, all: usize| start as usize + len as usize <= all;
    let optional = |row: u32, all: usize| row == NONE || (row as usize) < all;
    let count = index.copies.len();
    let functions = index.functions.iter().all(|function| {
        within(function.dies, function.dies_len, index.dies.len())
            && within(function.copies, function.out_of_line.saturating_add(function.inlined), index.by_function.len())
            && optional(function.file, index.files.len())
    });
    let copies = index.copies.iter().enumerate().all(|(row, copy)| {
        within(copy.ranges, copy.ranges_len, index.ranges.len())
            && copy.ranges_len > 0
            && (copy.function as usize) < index.functions.len()
            // The copy around comes first: chains of callers end.
            && (copy.caller == NONE || (copy.caller as usize) < row)
            && copy.end as usize > row
            && copy.end as usize <= count
            && (copy.unit as usize) < index.units.len()
            && optional(copy.call_file, index.files.len())
    });
    let units = index.units.iter().all(|unit| within(unit.ranges, unit.ranges_len, index.ranges.len()));
    let rows = |rows: &[u32]| rows.iter().all(|&row| (row as usize) < count);
    functions && copies && units && rows(&index.by_function) && rows(&index.by_address)
}
