//! The contents of debug sections, each read and unpacked once, when something first needs it.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gimli::{AttributeValue, DebugInfoOffset, Dwarf, EndianSlice, RunTimeEndian, Section, SectionId, Unit};

use super::decompress::{unpack, Allowance};
use super::layout::{DebugLayout, Packing, Span};
use super::opening::{Opening, Unreadable};
use super::strings::Strings;
use crate::image::reader::Reader;

/// Borrowed from [`Sections`], which outlives every use: both live and die with one [`super::Debug`].
pub type Bytes = EndianSlice<'static, RunTimeEndian>;

/// What reading types, functions and lines needs; indexes and macros are never looked at.
const WANTED: [SectionId; 10] = [
    SectionId::DebugAbbrev,
    SectionId::DebugAddr,
    SectionId::DebugInfo,
    SectionId::DebugLine,
    SectionId::DebugLineStr,
    SectionId::DebugRanges,
    SectionId::DebugRngLists,
    SectionId::DebugStr,
    SectionId::DebugStrOffsets,
    SectionId::DebugTypes,
];

/// Memory for all sections of one file together.
const LARGEST_SUM: u64 = 3 << 30;

pub struct Sections {
    pub dwarf: Dwarf<Bytes>,
    pub(super) opening: Opening,
    /// Of `.debug_str` and of `.debug_line_str`.
    pub strings: Strings,
    pub line_strings: Strings,
    pub endian: RunTimeEndian,
    /// Sections that could not be read, and why.
    pub notes: Vec<String>,
    /// Bytes of `.debug_info`, unpacked and in the file, and of other sections: bounds for what a sound file can say.
    pub info_size: usize,
    pub packed_info_size: usize,
    pub range_size: usize,
    pub string_size: usize,
    _owned: Vec<Box<[u8]>>,
}

impl Sections {
    pub fn read(reader: &Reader, layout: &DebugLayout) -> Self {
        let endian = if layout.little_endian { RunTimeEndian::Little } else { RunTimeEndian::Big };
        let mut owned: Vec<Box<[u8]>> = Vec::new();
        let mut notes = Vec::new();
        let mut allowance = Allowance::new(reader.len(), LARGEST_SUM);
        let dwarf = Dwarf::load(|id| -> Result<Bytes, core::convert::Infallible> {
            let span = WANTED.contains(&id).then(|| layout.spans.iter().find(|s| s.name == id.name().as_bytes()));
            let contents = match span.flatten() {
                None => Box::default(),
                Some(span) => contents(reader, span, &mut allowance).unwrap_or_else(|reason| {
                    notes.push(format!("section {} is not read: {reason}", id.name()));
                    Box::default()
                }),
            };
            // The heap block stays where it is while `_owned` holds it.
            let bytes = unsafe { core::slice::from_raw_parts(contents.as_ptr(), contents.len()) };
            owned.push(contents);
            Ok(EndianSlice::new(bytes, endian))
        });
        let Ok(dwarf) = dwarf;
        let info = layout.spans.iter().find(|span| span.name == b".debug_info");
        Sections {
            info_size: dwarf.debug_info.reader().len(),
            packed_info_size: info.map_or(0, |span| usize::try_from(span.size).unwrap_or(usize::MAX)),
            range_size: dwarf.ranges.debug_ranges().reader().len() + dwarf.ranges.debug_rnglists().reader().len(),
            string_size: dwarf.debug_str.reader().len(),
            opening: Opening::new(&dwarf),
            strings: Strings::new(*dwarf.debug_str.reader()),
            line_strings: Strings::new(*dwarf.debug_line_str.reader()),
            dwarf,
            endian,
            notes,
            _owned: owned,
        }
    }
}

impl Sections {
    /// The unit whose header is at an offset of `.debug_info`.
    pub fn unit_at(&self, offset: u32) -> Result<Unit<Bytes>, Unreadable> {
        let header = self.dwarf.unit_header(DebugInfoOffset(offset as usize))?;
        self.unit(header).map(|(unit, _)| unit)
    }

    /// The string that an attribute is or refers to.
    pub fn text(&self, unit: &Unit<Bytes>, value: AttributeValue<Bytes>) -> Option<Bytes> {
        match value {
            AttributeValue::DebugStrRef(offset) => self.strings.at(offset.0),
            AttributeValue::DebugLineStrRef(offset) => self.line_strings.at(offset.0),
            AttributeValue::DebugStrOffsetsIndex(index) => self.strings.at(self.dwarf.string_offset(unit, index).ok()?.0),
            other => self.dwarf.attr_string(unit, other).ok(),
        }
    }
}

fn contents(reader: &Reader, span: &Span, allowance: &mut Allowance) -> Result<Box<[u8]>, String> {
    allowance.take(span.size, span.unpacked)?;
    let packed = reader.take(span.offset, span.size).map_err(|failure| failure.reason)?;
    if span.packing == Packing::Plain {
        return Ok(packed);
    }
    unpack(&packed, span.packing, span.unpacked)
}
