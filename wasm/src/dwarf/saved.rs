//! The index as bytes, for a file on disk. What is read back is checked: no row may refer outside its table.
//!
//! Magic, the number of rows of each table, zeroes up to a multiple of 8 bytes, then the tables, that of 8-byte fields
//! first.

use alloc::vec::Vec;

use super::index::{Index, NONE};
use super::rows::{Block, Rows};

const MAGIC: &[u8; 8] = b"rsymidx7";
const TABLES: usize = 13;
const PADDING: usize = (MAGIC.len() + TABLES * 4).next_multiple_of(8) - (MAGIC.len() + TABLES * 4);

pub fn save(index: &Index) -> Vec<u8> {
    let Index { counts, ranges, functions, copies, units, files, notes, dies, .. } = index;
    let Index { by_function, by_address, by_entry, by_name, text, .. } = index;
    let tables: [(usize, &[u8]); TABLES] = [
        (ranges.len(), ranges.bytes()),
        (counts.len(), counts.bytes()),
        (functions.len(), functions.bytes()),
        (copies.len(), copies.bytes()),
        (units.len(), units.bytes()),
        (files.len(), files.bytes()),
        (notes.len(), notes.bytes()),
        (dies.len(), dies.bytes()),
        (by_function.len(), by_function.bytes()),
        (by_address.len(), by_address.bytes()),
        (by_entry.len(), by_entry.bytes()),
        (by_name.len(), by_name.bytes()),
        (text.len(), text.bytes()),
    ];
    let mut bytes = Vec::with_capacity(tables.iter().map(|(_, rows)| rows.len()).sum::<usize>() + 64);
    bytes.extend_from_slice(MAGIC);
    for (count, _) in &tables {
        bytes.extend_from_slice(&(*count as u32).to_le_bytes());
    }
    bytes.resize(bytes.len() + PADDING, 0);
    for (_, rows) in &tables {
        bytes.extend_from_slice(rows);
    }
    bytes
}

/// The index that the block holds; `None` where it holds none, or one that contradicts itself.
pub fn load(block: Block) -> Option<Index> {
    let index = parse(block)?;
    is_sound(&index).then_some(index)
}

fn parse(block: Block) -> Option<Index> {
    let mut rest = block.bytes().strip_prefix(MAGIC)?;
    let mut counts = [0; TABLES];
    for count in &mut counts {
        let (own, others) = rest.split_first_chunk()?;
        *count = u32::from_le_bytes(*own) as usize;
        rest = others;
    }
    rest = rest.get(PADDING..)?;
    let mut next = counts.into_iter();
    let mut count = || next.next().unwrap_or(0);
    let at = &mut rest;
    // SAFETY: the index keeps the block as long as the rows.
    let mut index = unsafe {
        Index {
            ranges: Rows::take(at, count())?,
            counts: Rows::take(at, count())?,
            functions: Rows::take(at, count())?,
            copies: Rows::take(at, count())?,
            units: Rows::take(at, count())?,
            files: Rows::take(at, count())?,
            notes: Rows::take(at, count())?,
            dies: Rows::take(at, count())?,
            by_function: Rows::take(at, count())?,
            by_address: Rows::take(at, count())?,
            by_entry: Rows::take(at, count())?,
            by_name: Rows::take(at, count())?,
            text: Rows::take(at, count())?,
            ..Index::default()
        }
    };
    if !rest.is_empty() {
        return None;
    }
    index.saved = Some(block);
    Some(index)
}

fn is_sound(index: &Index) -> bool {
    // In 64 bits: on the target the sum of two numbers that a file names may not fit.
    let within = |start: u32, len: u32, all: usize| u64::from(start) + u64::from(len) <= all as u64;
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
            && optional(copy.call_file, index.files.len())
    });
    let units = index.units.iter().all(|unit| within(unit.ranges, unit.ranges_len, index.ranges.len()));
    let by_function = index.by_function.iter().all(|&row| (row as usize) < count);
    // Those in order of address are out of line.
    let is_outermost = |row: &u32| index.copies.get(*row as usize).is_some_and(|copy| copy.caller == NONE);
    let by_address = index.by_address.iter().all(is_outermost) && index.by_entry.iter().all(is_outermost);
    let names = index.by_name.iter().all(|&row| (row as usize) < index.functions.len());
    let is_counted = index.counts.len() == 1;
    is_counted && functions && copies && units && names && by_function && by_address
}
