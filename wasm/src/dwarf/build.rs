//! One pass over all units: every function and inlined instance with code, and where each was declared.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gimli::{AttributeValue, DebugInfoOffset, Unit, UnitHeader, UnitType};

use super::declarations::Declarations;
use super::files::Files;
use super::index::{CopyRow, Counts, Index, RangeRow, Text, UnitRow};
use super::layout::DebugLayout;
use super::names::Names;
use super::sections::{Bytes, Sections};

/// Reasons given one by one; the others are counted.
const MOST_REASONS: usize = 3;
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
    pub(super) range_budget: usize,
}

impl<'a> Builder<'a> {
    pub fn new(sections: &'a Sections, layout: &'a DebugLayout) -> Self {
        Builder {
            sections,
            layout,
            declarations: Declarations::default(),
            files: Files::default(),
            names: Names::default(),
            copies: Vec::new(),
            origins: Vec::new(),
            ranges: Vec::new(),
            units: Vec::new(),
            counts: Counts::default(),
            reasons: Vec::new(),
            failed: 0,
            range_budget: sections.info_size + sections.range_size,
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
        if self.failed > 0 {
            let shown = self.reasons.join("; ");
            let more = if self.failed > self.reasons.len() { "; …" } else { "" };
            notes.push(format!("{} of its units could not be read whole: {shown}{more}", self.failed));
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
        match self.sections.dwarf.unit(header) {
            Err(error) => self.fail(format!("the unit at {:#x}: {error}", offset.0)),
            Ok(unit) => {
                let row = self.unit_row(&unit, offset, version);
                self.units.push(row);
                if let Err(error) = self.add_entries(&unit) {
                    self.fail(format!("the unit at {:#x}: {error}", offset.0));
                }
            }
        }
    }

    fn unit_row(&mut self, unit: &Unit<Bytes>, offset: DebugInfoOffset, version: u32) -> UnitRow {
        let root = unit.entry(unit.header.root_offset()).unwrap_or_default();
        let mut text = |attribute| -> Text {
            let value = root.attr_value(attribute).and_then(|value| self.sections.dwarf.attr_string(unit, value).ok());
            value.map_or_else(Text::default, |bytes| self.names.keep(bytes))
        };
        let producer = text(gimli::DW_AT_producer);
        let name = text(gimli::DW_AT_name);
        let language = match root.attr_value(gimli::DW_AT_language) {
            Some(AttributeValue::Language(language)) => u32::from(language.0),
            _ => 0,
        };
        let start = self.ranges.len();
        if let Ok(mut found) = self.sections.dwarf.unit_ranges(unit) {
            while let Ok(Some(range)) = found.next() {
                self.push_range(start, range.begin, range.end);
            }
        }
        UnitRow {
            offset: offset.0 as u32,
            version,
            language,
            flags: 0,
            producer,
            name,
            ranges: start as u32,
            ranges_len: (self.ranges.len() - start) as u32,
        }
    }

    /// Keeps a range of live code, as part of those from `first` on.
    pub(super) fn push_range(&mut self, first: usize, start: u64, end: u64) {
        if start >= end || start == 0 || !self.layout.holds_code(start) {
            return;
        }
        if self.range_budget == 0 || self.ranges.len() - first >= MOST_RANGES_OF_ONE {
            return;
        }
        self.range_budget -= 1;
        self.ranges.push(RangeRow { start, end });
    }
}
