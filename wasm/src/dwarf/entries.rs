//! The DIEs of one unit: functions, inlined instances, and what encloses them.

use gimli::{Abbreviation, DwTag, EntriesRaw, RngListIter, Unit};

use super::attributes::{High, Name, Said};
use super::build::{Builder, MOST_RANGES_OF_ONE};
use super::declarations::Declaration;
use super::files::UnitFiles;
use super::index::{CopyRow, HAS_TYPES, NOCALL, NONE};
use super::opening::Unreadable;
use super::scope::{Levels, Scope};
use super::sections::Bytes;

/// DIEs read per call. The host compiles a function quickly at first and well once it was called often: one call for a
/// whole unit would run slowly to its end.
const BLOCK: usize = 512;
#[derive(Clone, Copy)]
struct Entry {
    tag: DwTag,
    offset: u32,
}

impl Builder<'_> {
    pub(super) fn add_entries(&mut self, unit: &Unit<Bytes>) -> Result<(), Unreadable> {
        let mut entries = unit.entries_raw(None)?;
        let mut levels = Levels::default();
        let mut files = UnitFiles::new(unit);
        let result = self.walk(unit, &mut entries, &mut levels, &mut files);
        self.leave(&mut levels, isize::MIN);
        result
    }

    fn walk(
        &mut self,
        unit: &Unit<Bytes>,
        entries: &mut EntriesRaw<'_, Bytes>,
        levels: &mut Levels,
        files: &mut UnitFiles,
    ) -> Result<(), Unreadable> {
        while !entries.is_empty() {
            self.walk_block(unit, entries, levels, files)?;
        }
        Ok(())
    }

    #[inline(never)]
    fn walk_block(
        &mut self,
        unit: &Unit<Bytes>,
        entries: &mut EntriesRaw<'_, Bytes>,
        levels: &mut Levels,
        files: &mut UnitFiles,
    ) -> Result<(), Unreadable> {
        for _ in 0..BLOCK {
            if entries.is_empty() {
                break;
            }
            let depth = entries.next_depth();
            let offset = entries.next_offset();
            let Some(abbreviation) = entries.read_abbreviation()? else { continue };
            self.leave(levels, depth);
            let attributes = self.attribute_budget.checked_sub(abbreviation.attributes().len());
            self.attribute_budget = attributes.ok_or(Unreadable::Excessive("more attributes"))?;
            let tag = abbreviation.tag();
            let scope = match tag {
                gimli::DW_TAG_subprogram | gimli::DW_TAG_inlined_subroutine => {
                    let at = offset.to_debug_info_offset(&unit.header).map_or(0, |offset| offset.0);
                    let entry = Entry { tag, offset: at as u32 };
                    Some(self.code(unit, entry, abbreviation, entries, levels, files)?)
                }
                gimli::DW_TAG_namespace
                | gimli::DW_TAG_module
                | gimli::DW_TAG_structure_type
                | gimli::DW_TAG_class_type
                | gimli::DW_TAG_union_type
                | gimli::DW_TAG_enumeration_type
                | gimli::DW_TAG_interface_type => {
                    if !matches!(tag, gimli::DW_TAG_namespace | gimli::DW_TAG_module) {
                        self.note_types();
                    }
                    if abbreviation.has_children() {
                        Some(self.named(unit, abbreviation, entries)?)
                    } else {
                        entries.skip_attributes(abbreviation.attributes())?;
                        None
                    }
                }
                _ => {
                    let is_typed = || abbreviation.attributes().iter().any(|own| own.name() == gimli::DW_AT_type);
                    match tag {
                        gimli::DW_TAG_base_type | gimli::DW_TAG_pointer_type => self.note_types(),
                        // Without its type it is a part of an inlined instance, described elsewhere.
                        gimli::DW_TAG_formal_parameter if is_typed() => self.note_types(),
                        _ => {}
                    }
                    entries.skip_attributes(abbreviation.attributes())?;
                    None
                }
            };
            if let Some(scope) = scope.filter(|_| abbreviation.has_children()) {
                levels.push(scope, depth)?;
            }
        }
        Ok(())
    }

    fn note_types(&mut self) {
        if let Some(unit) = self.units.last_mut() {
            unit.flags |= HAS_TYPES;
        }
    }

    fn named(
        &mut self,
        unit: &Unit<Bytes>,
        abbreviation: &Abbreviation,
        entries: &mut EntriesRaw<'_, Bytes>,
    ) -> gimli::Result<Scope> {
        let mut name = None;
        for specification in abbreviation.attributes() {
            let attribute = entries.read_attribute(*specification)?;
            if attribute.name() == gimli::DW_AT_name {
                name = Name::of(attribute.value(), unit, self.sections);
            }
        }
        if abbreviation.tag() == gimli::DW_TAG_namespace && name.is_none() {
            name = Some(Name::Bytes(Bytes::new(b"(anonymous namespace)", self.sections.endian)));
        }
        Ok(Scope::Named(name))
    }

    #[inline(never)]
    fn code(
        &mut self,
        unit: &Unit<Bytes>,
        entry: Entry,
        abbreviation: &Abbreviation,
        entries: &mut EntriesRaw<'_, Bytes>,
        levels: &mut Levels,
        files: &mut UnitFiles,
    ) -> Result<Scope, Unreadable> {
        self.row_budget = self.row_budget.checked_sub(1).ok_or(Unreadable::Excessive("more functions"))?;
        let mut said = Said::default();
        for specification in abbreviation.attributes() {
            let attribute = entries.read_attribute(*specification)?;
            said.note(attribute.name(), attribute.value(), unit, self.sections);
        }
        let [decl_file, call_file] = [said.decl_file, said.call_file].map(|number| match number {
            Some(number) => files.row(number, self.sections, unit, &mut self.files, &mut self.names),
            None => NONE,
        });
        let is_inlined = entry.tag == gimli::DW_TAG_inlined_subroutine;
        let declaration = if is_inlined {
            NONE
        } else {
            let declared = Declaration {
                link: said.link.unwrap_or(NONE),
                scope: levels.scope_row(&mut self.declarations),
                name: said.name,
                linkage: said.linkage,
                file: decl_file,
                line: said.decl_line,
                flags: if said.is_nocall { NOCALL } else { 0 },
            };
            self.declarations.push(entry.offset, declared)
        };
        if !said.has_code() {
            self.counts.without_code += u32::from(!is_inlined && !said.is_abstract);
            return Ok(Scope::Code { copy: NONE, declaration });
        }
        let caller = levels.code();
        let first = self.ranges.len();
        self.read_ranges(unit, &said, first);
        // An inlined instance is live only inside live code.
        let is_live = self.ranges.len() > first && (!is_inlined || caller.is_some_and(|copy| copy != NONE));
        self.count(is_inlined, is_live);
        if !is_live {
            self.ranges.truncate(first);
            return Ok(Scope::Code { copy: NONE, declaration });
        }
        let ranges = &mut self.ranges[first..];
        let said_entry = said.entry(ranges[0].start);
        // An entry outside of the code is damage.
        let is_inside = ranges.iter().any(|range| range.start <= said_entry && said_entry < range.end);
        let entry_pc = if is_inside { said_entry } else { ranges[0].start };
        ranges.sort_unstable_by_key(|range| range.start);
        let copy = self.copies.len() as u32;
        self.copies.push(CopyRow {
            function: NONE,
            caller: if is_inlined { caller.unwrap_or(NONE) } else { NONE },
            end: copy + 1,
            ranges: first as u32,
            ranges_len: ranges.len() as u32,
            call_file,
            call_line: said.call_line,
            call_column: said.call_column,
            die: entry.offset,
            ..CopyRow::at(entry_pc)
        });
        self.origins.push(if is_inlined { said.link.unwrap_or(NONE) } else { declaration });
        Ok(Scope::Code { copy, declaration })
    }

    pub(super) fn read_ranges(&mut self, unit: &Unit<Bytes>, said: &Said, first: usize) {
        if let Some(ranges) = said.ranges {
            // A damaged list gives the ranges before the damage.
            let is_whole = match self.sections.dwarf.attr_ranges(unit, ranges) {
                Ok(Some(list)) => self.read_list(list, first),
                _ => false,
            };
            self.bad_ranges += usize::from(!is_whole);
            return;
        }
        if let Some(low) = said.low {
            let end = match said.high {
                Some(High::Address(end)) => end,
                Some(High::Size(size)) => low.saturating_add(size),
                None => low,
            };
            self.push_range(first, low, end);
        }
    }

    /// Whether the list was read to its end.
    fn read_list(&mut self, mut list: RngListIter<Bytes>, first: usize) -> bool {
        loop {
            match list.next() {
                Ok(None) => return true,
                Ok(Some(range)) if self.ranges.len() - first < MOST_RANGES_OF_ONE && self.range_budget > 0 => {
                    self.push_range(first, range.begin, range.end);
                }
                _ => return false,
            }
        }
    }

    fn count(&mut self, is_inlined: bool, is_live: bool) {
        let counter = match (is_inlined, is_live) {
            (false, true) => &mut self.counts.out_of_line,
            (false, false) => &mut self.counts.dead_out_of_line,
            (true, true) => &mut self.counts.inlined,
            (true, false) => &mut self.counts.dead_inlined,
        };
        *counter += 1;
    }

    /// DIEs at this depth and deeper are behind it: copies from here on are no longer inside them.
    fn leave(&mut self, levels: &mut Levels, depth: isize) {
        let end = self.copies.len() as u32;
        while let Some(scope) = levels.pop(depth) {
            if let Scope::Code { copy, .. } = scope {
                if let Some(row) = self.copies.get_mut(copy as usize) {
                    row.end = end;
                }
            }
        }
    }
}
