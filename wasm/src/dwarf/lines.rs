//! Line tables, one unit at a time, when an address of the unit is asked for.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use gimli::{ColumnType, Reader, Section};

use super::files;
use super::index::{Index, UnitRow, NONE};
use super::layout::DebugLayout;
use super::opening::Unreadable;
use super::sections::Sections;

/// Rows kept for later questions; when there are more, they are read again.
const MOST_KEPT: usize = 4 << 20;
/// Rows of one program. The largest sound ones have some hundred thousand.
const MOST_OF_ONE: usize = 2 << 20;
/// Bytes of all paths. Each may be long, and a program may name as many as it has rows.
const MOST_PATHS: usize = 32 << 20;

const STATEMENT: u8 = 1;
const PROLOGUE_END: u8 = 2;
const END: u8 = 4;

#[derive(Clone, Copy)]
pub struct Row {
    pub address: u64,
    /// Row of [`Lines::paths`], or [`NONE`].
    pub file: u32,
    pub line: u32,
    pub column: u32,
    /// 1 is_stmt, 2 prologue_end, 4 the end of a sequence: nothing holds from here on.
    pub flags: u8,
}

#[derive(Default)]
pub struct Lines {
    /// By where the line program is.
    programs: BTreeMap<u32, Vec<Row>>,
    kept: usize,
    pub paths: Vec<Vec<u8>>,
    paths_size: usize,
    known: BTreeMap<Vec<u8>, u32>,
}

impl Lines {
    /// Rows of the units that cover any of `start..end`, cut to it: the first is the one that holds at `start`.
    pub fn within(&mut self, index: &Index, sections: &Sections, layout: &DebugLayout, start: u64, end: u64) -> Vec<Row> {
        let mut found: Vec<Row> = Vec::new();
        let mut read: BTreeSet<u32> = BTreeSet::new();
        // Sound programs don't overlap: together they are no longer than their section.
        let mut budget = sections.dwarf.debug_line.reader().len();
        for unit in units_of(index, start, end) {
            let unit = &index.units[unit as usize];
            if unit.lines == NONE || !read.insert(unit.lines) {
                continue;
            }
            let Some(left) = budget.checked_sub(program_size(unit.lines, sections)) else { continue };
            budget = left;
            let rows = self.program(unit, sections, layout);
            let first = rows.partition_point(|row| row.address <= start).saturating_sub(1);
            let last = rows.partition_point(|row| row.address < end);
            if first < last {
                // A row that ended before the range does not hold in it.
                let rows = &rows[first..last];
                found.extend(rows.iter().filter(|row| row.address >= start || row.flags & END == 0));
            }
        }
        found.sort_by_key(|row| row.address);
        found
    }

    fn program(&mut self, unit: &UnitRow, sections: &Sections, layout: &DebugLayout) -> &[Row] {
        if !self.programs.contains_key(&unit.lines) {
            let rows = self.read(unit.offset, sections, layout).unwrap_or_default();
            if self.kept + rows.len() > MOST_KEPT {
                self.programs.clear();
                self.kept = 0;
            }
            self.kept += rows.len();
            self.programs.insert(unit.lines, rows);
        }
        self.programs.get(&unit.lines).map_or(&[], |rows| rows)
    }

    /// The rows of a unit's sequences of live code, by address; what comes before a damaged instruction counts.
    fn read(&mut self, offset: u32, sections: &Sections, layout: &DebugLayout) -> Result<Vec<Row>, Unreadable> {
        let unit = sections.unit_at(offset)?;
        let mut sequences: Vec<Vec<Row>> = Vec::new();
        let mut files: BTreeMap<u64, u32> = BTreeMap::new();
        if let Some(program) = unit.line_program.clone() {
            let mut rows = program.rows();
            let mut sequence: Vec<Row> = Vec::new();
            let mut count = 0;
            while let Ok(Some((header, row))) = rows.next_row() {
                count += 1;
                if count > MOST_OF_ONE {
                    break;
                }
                let number = row.file_index();
                let file = match files.get(&number) {
                    Some(file) => *file,
                    None => {
                        let has_room = self.paths_size < MOST_PATHS;
                        let file = self.file(has_room.then(|| files::path(sections, &unit, header, number)).flatten());
                        files.insert(number, file);
                        file
                    }
                };
                sequence.push(Row {
                    address: row.address(),
                    file,
                    line: row.line().map_or(0, |line| line.get().min(u64::from(u32::MAX)) as u32),
                    column: match row.column() {
                        ColumnType::LeftEdge => 0,
                        ColumnType::Column(column) => column.get().min(u64::from(u32::MAX)) as u32,
                    },
                    flags: (row.is_stmt() as u8) * STATEMENT
                        + (row.prologue_end() as u8) * PROLOGUE_END
                        + (row.end_sequence() as u8) * END,
                });
                if row.end_sequence() {
                    let done = core::mem::take(&mut sequence);
                    if done[0].address != 0 && layout.holds_code(done[0].address) {
                        sequences.push(done);
                    }
                }
            }
        }
        sequences.sort_by_key(|rows| rows[0].address);
        let mut rows = sequences.concat();
        // Within a sequence addresses never fall; sequences that overlap are damage, and must still be searchable.
        if !rows.is_sorted_by_key(|row| row.address) {
            rows.sort_by_key(|row| row.address);
        }
        Ok(rows)
    }

    fn file(&mut self, path: Option<Vec<u8>>) -> u32 {
        let Some(path) = path else { return NONE };
        if let Some(row) = self.known.get(&path) {
            return *row;
        }
        let row = self.paths.len() as u32;
        self.paths_size += path.len();
        self.paths.push(path.clone());
        self.known.insert(path, row);
        row
    }
}

/// What the program's header says, without reading it.
fn program_size(offset: u32, sections: &Sections) -> usize {
    let mut reader = *sections.dwarf.debug_line.reader();
    let length = reader.skip(offset as usize).and_then(|()| reader.read_initial_length());
    length.map_or(0, |(length, _)| length.min(reader.len()))
}

/// Units whose ranges meet `start..end`. A unit that names no ranges is known by its functions.
fn units_of(index: &Index, start: u64, end: u64) -> Vec<u32> {
    let mut units: Vec<u32> = Vec::new();
    for (row, unit) in index.units.iter().enumerate() {
        let first = unit.ranges as usize;
        let ranges = index.ranges.get(first..first + unit.ranges_len as usize).unwrap_or_default();
        if ranges.iter().any(|range| range.start < end && start < range.end) {
            units.push(row as u32);
        }
    }
    let around = index.out_of_line_at(start).and_then(|copy| index.unit_of(index.copies[copy as usize].die));
    if let Some(unit) = around {
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    units
}
