//! Units, with a bound on what opening them costs. Tables of abbreviations, line programs and names of files may be
//! shared by units: in a damaged file a large one by very many, each of which would read it again.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::fmt;
use gimli::{
    Abbreviations, AttributeValue, DebugAbbrev, DebugAbbrevOffset, DebugAddrBase, DebugLine, DebugLocListsBase, DebugRngListsBase,
    DebugStrOffsetsBase, Dwarf, EndianSlice, Reader, Section, Unit, UnitHeader,
};

use super::sections::{Bytes, Sections};

/// A table of abbreviations has some kilobytes, that of a whole program linked as one unit some ten.
const LARGEST_ABBREVIATIONS: usize = 1 << 20;
/// A line program's header: about 30 bytes for each source file.
const LARGEST_LINE_HEADER: usize = 2 << 20;
/// Abbreviations kept for other units with the same ones, in bytes of their section.
const MOST_KEPT: usize = 2 << 20;
/// Bytes read to open units, beyond a few times the size of what they are read from.
const LEAST_BUDGET: usize = 128 << 20;

/// What an attribute costs beside a byte of a table.
const ATTRIBUTE: usize = 32;

/// Why a unit, or a part of it, is not read.
#[derive(Debug)]
pub enum Unreadable {
    Damaged(gimli::Error),
    /// More than a file of its size can mean.
    Excessive(&'static str),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::Damaged(error) => error.fmt(out),
            Unreadable::Excessive(what) => write!(out, "{what} than its size allows"),
        }
    }
}

impl From<gimli::Error> for Unreadable {
    fn from(error: gimli::Error) -> Self {
        Unreadable::Damaged(error)
    }
}

pub struct Opening {
    /// Where tables of abbreviations begin: each ends before the next.
    tables: Vec<usize>,
    kept: RefCell<BTreeMap<usize, Arc<Abbreviations>>>,
    kept_size: Cell<usize>,
    budget: Cell<usize>,
}

impl Opening {
    pub fn new(dwarf: &Dwarf<Bytes>) -> Self {
        let mut tables = Vec::new();
        let mut headers = dwarf.units();
        while let Ok(Some(header)) = headers.next() {
            tables.push(header.debug_abbrev_offset().0);
        }
        let mut headers = dwarf.type_units();
        while let Ok(Some(header)) = headers.next() {
            tables.push(header.debug_abbrev_offset().0);
        }
        tables.sort_unstable();
        tables.dedup();
        let size = dwarf.debug_abbrev.reader().len() + dwarf.debug_line.reader().len();
        Opening {
            tables,
            kept: RefCell::default(),
            kept_size: Cell::new(0),
            budget: Cell::new(LEAST_BUDGET.saturating_add(size.saturating_mul(8))),
        }
    }

    fn spend(&self, bytes: usize) -> Result<(), Unreadable> {
        let left = self.budget.get().checked_sub(bytes);
        self.budget.set(left.ok_or(Unreadable::Excessive("more is shared by its units"))?);
        Ok(())
    }

    fn abbreviations(&self, dwarf: &Dwarf<Bytes>, offset: DebugAbbrevOffset) -> Result<Arc<Abbreviations>, Unreadable> {
        if let Some(kept) = self.kept.borrow().get(&offset.0) {
            return Ok(kept.clone());
        }
        let section = dwarf.debug_abbrev.reader();
        let next = self.tables.partition_point(|start| *start <= offset.0);
        let end = self.tables.get(next).map_or(section.len(), |next| section.len().min(*next));
        let size = end.saturating_sub(offset.0).min(LARGEST_ABBREVIATIONS);
        let own = EndianSlice::new(&section.slice()[..end.min(offset.0.saturating_add(size))], section.endian());
        self.spend(size)?;
        let abbreviations = Arc::new(DebugAbbrev::from(own).abbreviations(offset)?);
        if self.kept_size.get() + size > MOST_KEPT {
            self.kept.borrow_mut().clear();
            self.kept_size.set(0);
        }
        self.kept_size.set(self.kept_size.get() + size);
        self.kept.borrow_mut().insert(offset.0, abbreviations.clone());
        Ok(abbreviations)
    }
}

impl Sections {
    /// A unit, and why its line program is not read, if so.
    pub fn unit(&self, header: UnitHeader<Bytes>) -> Result<(Unit<Bytes>, Option<Unreadable>), Unreadable> {
        let abbreviations = self.opening.abbreviations(&self.dwarf, header.debug_abbrev_offset())?;
        let lines = self.root_cost(&header, &abbreviations)?;
        let lines = match lines {
            ..=LARGEST_LINE_HEADER => self.opening.spend(lines),
            _ => Err(Unreadable::Excessive("its line program names more files")),
        };
        if let Err(unreadable) = lines {
            return Ok((self.without_lines(header, abbreviations)?, Some(unreadable)));
        }
        match Unit::new_with_abbreviations(&self.dwarf, header.clone(), abbreviations.clone()) {
            Ok(unit) => Ok((unit, None)),
            Err(error) => Ok((self.without_lines(header, abbreviations)?, Some(error.into()))),
        }
    }

    /// The unit as [`Unit::new_with_abbreviations`] gives it, less its line program: a damaged one must not cost the rest.
    fn without_lines(&self, header: UnitHeader<Bytes>, abbreviations: Arc<Abbreviations>) -> gimli::Result<Unit<Bytes>> {
        let (encoding, kind) = (header.encoding(), self.dwarf.file_type);
        let mut unit = Unit {
            abbreviations,
            name: None,
            comp_dir: None,
            low_pc: 0,
            str_offsets_base: DebugStrOffsetsBase::default_for_encoding_and_file(encoding, kind),
            addr_base: DebugAddrBase(0),
            loclists_base: DebugLocListsBase::default_for_encoding_and_file(encoding, kind),
            rnglists_base: DebugRngListsBase::default_for_encoding_and_file(encoding, kind),
            line_program: None,
            dwo_id: None,
            header,
        };
        let root = unit.entry(unit.header.root_offset())?;
        for attribute in root.attrs() {
            match attribute.value() {
                AttributeValue::DebugStrOffsetsBase(base) => unit.str_offsets_base = base,
                AttributeValue::DebugAddrBase(base) => unit.addr_base = base,
                AttributeValue::DebugLocListsBase(base) => unit.loclists_base = base,
                AttributeValue::DebugRngListsBase(base) => unit.rnglists_base = base,
                _ => {}
            }
        }
        let text = |name| root.attr_value(name).and_then(|value| self.text(&unit, value));
        let (name, directory) = (text(gimli::DW_AT_name), text(gimli::DW_AT_comp_dir));
        let low = root.attr_value(gimli::DW_AT_low_pc).and_then(|value| self.dwarf.attr_address(&unit, value).ok().flatten());
        Ok(Unit { name, comp_dir: directory, low_pc: low.unwrap_or(0), ..unit })
    }

    /// Spends what reading the unit's first DIE costs; returns the size of its line program's header.
    fn root_cost(&self, header: &UnitHeader<Bytes>, abbreviations: &Abbreviations) -> Result<usize, Unreadable> {
        let mut entries = header.entries_raw(abbreviations, None)?;
        let root = entries.read_abbreviation()?.ok_or(gimli::Error::MissingUnitDie)?;
        self.opening.spend(root.attributes().len().saturating_mul(ATTRIBUTE))?;
        let mut lines = 0;
        for specification in root.attributes() {
            let attribute = entries.read_attribute(*specification)?;
            match attribute.value() {
                AttributeValue::DebugLineRef(offset) => lines = line_header_size(&self.dwarf.debug_line, offset.0).unwrap_or(0),
                AttributeValue::DebugStrRef(offset) => self.opening.spend(self.strings.at(offset.0).map_or(0, |text| text.len()))?,
                AttributeValue::DebugLineStrRef(offset) => {
                    self.opening.spend(self.line_strings.at(offset.0).map_or(0, |text| text.len()))?;
                }
                _ => {}
            }
        }
        Ok(lines)
    }
}

/// DWARF 5, 6.2.4: unit_length, version, address and segment sizes since version 5, header_length. What is cut off is
/// refused before it costs anything.
fn line_header_size(section: &DebugLine<Bytes>, offset: usize) -> gimli::Result<usize> {
    let mut reader = *section.reader();
    reader.skip(offset)?;
    let (_, format) = reader.read_initial_length()?;
    match reader.read_u16()? {
        2..=4 => {}
        5 => reader.skip(2)?,
        _ => return Ok(0),
    }
    let size = reader.read_length(format)?;
    Ok(if size > reader.len() { 0 } else { size })
}
