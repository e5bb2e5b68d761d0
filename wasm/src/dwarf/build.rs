//! One pass over all units: every function and inlined instance with code, and where each was declared.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gimli::{AttributeValue, DebugInfoOffset, Unit, UnitHeader, UnitType};

use super::attributes::Said;
use super::declarations::Declarations;
use super::files::Files;
use super::index::{CopyRow, Counts, Index, RangeRow, Text, UnitRow, NONE};
use super::layout::DebugLayout;
use super::names::Names;
use super::sections::{Bytes, Sections};

/// Reasons given one by one; the others are counted.
const MOST_REASONS: usize = 3;
/// What a damaged file may describe beyond a multiple of its size.
const LEAST_BUDGET: usize = 1 << 16;
/// Attributes for each byte.
const MOST_ATTRIBUTES: usize = 16;
/// Bytes of a function or inlined instance with all that belongs to it.
const LEAST_ROW: usize = 8;
pub(super) const MOST_RANGES_OF_ONE: usize = 1 << 20;

pub struct Builder<'a> {
    pub(super) sections: &'a Sections,
    pub(super) layout: &'a DebugLayout,
    pub(super) declarations: Declarations,
    pub(super) files: Files,
    pub(super) names: Names,
    pub(super) copies: Vec<CopyRow>,
    /// For each copy its DIE's row in `declarations`, or [`NONE`], and what an inlined one refers to.
    pub(super) origins: Vec<u32>,
    pub(super) ranges: Vec<RangeRow>,
    pub(super) units: Vec<UnitRow>,
    pub(super) counts: Counts,
    reasons: Vec<String>,
    failed: usize,
    /// Functions and inlined instances whose ranges are damaged.
    pub(super) bad_ranges: usize,
    /// Units that leave all but their addresses to a `.dwo` file.
    split: usize,
    /// Ranges that are read, attributes, and rows for functions and copies.
    pub(super) range_budget: usize,
    pub(super) attribute_budget: usize,
    pub(super) row_budget: usize,
}

impl<'a> Builder<'a> {
    pub fn new(sections: &'a Sections, layout: &'a DebugLayout) -> Self {
        Builder {
            sections,
            layout,
            declarations: Declarations::default(),
            files: Files::new(sections.info_size),
            names: Names::new(sections.info_size.saturating_add(sections.string_size)),
            copies: Vec::new(),
            origins: Vec::new(),
            ranges: Vec::new(),
            units: Vec::new(),
            counts: Counts::default(),
            reasons: Vec::new(),
            failed: 0,
            bad_ranges: 0,
            split: 0,
            // A range takes three bytes at least, a DIE with one eight.
            range_budget: LEAST_BUDGET + sections.info_size / 4 + sections.range_size / 2,
            // Few DIEs have more attributes than bytes: flags, and constants that their abbreviation holds.
            attribute_budget: LEAST_BUDGET.saturating_add(sections.info_size.saturating_mul(MOST_ATTRIBUTES)),
            row_budget: 2 * LEAST_BUDGET + (sections.info_size / LEAST_ROW).min(sections.packed_info_size.saturating_mul(2)),
        }
    }

    pub fn build(mut self) -> Index {
        let mut headers = self.sections.dwarf.units();
        loop {
            match headers.next() {
                Ok(None) => break,
                Ok(Some(header)) => self.add_unit(header),
                Err(error) => {
                    self.fail(format!("the list of units ends early: {error}"));
                    break;
                }
            }
        }
        let mut notes: Vec<String> = self.sections.notes.clone();
        if self.bad_ranges > 0 {
            notes.push(format!("the address ranges of {} copies are damaged or too many: parts of them are missing", self.bad_ranges));
        }
        if self.split > 0 {
            notes.push(format!("{} of its units are split off into .dwo or .dwp files, which are not read", self.split));
        }
        if self.failed > 0 {
            let shown = self.reasons.join("; ");
            let more = if self.failed > self.reasons.len() { "; …" } else { "" };
            notes.push(format!("{} of its parts could not be read whole: {shown}{more}", self.failed));
        }
        let counts = self.counts;
        super::assemble::assemble(self, counts, notes)
    }

    fn fail(&mut self, reason: String) {
        self.failed += 1;
        if self.reasons.len() < MOST_REASONS {
            self.reasons.push(reason);
        }
    }

    fn add_unit(&mut self, header: UnitHeader<Bytes>) {
        let Some(offset) = header.debug_info_offset() else { return };
        if matches!(header.type_(), UnitType::Type { .. } | UnitType::SplitType { .. }) {
            return;
        }
        let version = u32::from(header.version());
        match self.sections.unit(header) {
            Err(error) => self.fail(format!("the unit at {:#x}: {error}", offset.0)),
            Ok((unit, lines)) => {
                let row = self.unit_row(&unit, offset, version);
                self.units.push(row);
                let trouble = self.add_entries(&unit).err();
                for (part, error) in [("", trouble), ("the line program of ", lines)] {
                    if let Some(error) = error {
                        self.fail(format!("{part}the unit at {:#x}: {error}", offset.0));
                    }
                }
            }
        }
    }

    fn unit_row(&mut self, unit: &Unit<Bytes>, offset: DebugInfoOffset, version: u32) -> UnitRow {
        let root = unit.entry(unit.header.root_offset()).unwrap_or_default();
        let is_split = root.has_attr(gimli::DW_AT_dwo_name) || root.has_attr(gimli::DW_AT_GNU_dwo_name);
        self.split += usize::from(is_split);
        let mut text = |attribute| -> Text {
            let value = root.attr_value(attribute).and_then(|value| self.sections.text(unit, value));
            value.map_or_else(Text::default, |bytes| self.names.keep(bytes))
        };
        let producer = text(gimli::DW_AT_producer);
        let name = text(gimli::DW_AT_name);
        let language = match root.attr_value(gimli::DW_AT_language) {
            Some(AttributeValue::Language(language)) => u32::from(language.0),
            _ => 0,
        };
        let start = self.ranges.len();
        let mut said = Said::default();
        for attribute in root.attrs() {
            said.note(attribute.name(), attribute.value(), unit, self.sections);
        }
        self.read_ranges(unit, &said, start);
        UnitRow {
            offset: offset.0 as u32,
            version,
            language,
            flags: 0,
            producer,
            name,
            ranges: start as u32,
            ranges_len: (self.ranges.len() - start) as u32,
            lines: unit.line_program.as_ref().map_or(NONE, |program| program.header().offset().0 as u32),
        }
    }

    /// Keeps a range of live code, as part of those from `first` on.
    pub(super) fn push_range(&mut self, first: usize, start: u64, end: u64) {
        if self.range_budget == 0 || self.ranges.len() - first >= MOST_RANGES_OF_ONE {
            return;
        }
        self.range_budget -= 1;
        if start < end && start != 0 && self.layout.holds_code(start) {
            self.ranges.push(RangeRow { start, end });
        }
    }
}
