//! The contents of debug sections, each read and unpacked once, when something first needs it.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
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
    /// What sections that are read later may claim.
    allowance: RefCell<Allowance>,
    _owned: Vec<Box<[u8]>>,
}

impl Sections {
    pub fn read(reader: &Reader, layout: &DebugLayout) -> Self {
        let endian = if layout.little_endian { RunTimeEndian::Little } else { RunTimeEndian::Big };
        let mut owned: Vec<Box<[u8]>> = Vec::new();
        let mut notes = Vec::new();
        let mut allowance = Allowance::new(reader.len(), LARGEST_SUM);
        let dwarf = Dwarf::load(|id| -> Result<Bytes, core::convert::Infallible> {
            let wanted = if WANTED.contains(&id) { contents(reader, layout, id, &mut allowance) } else { Ok(Box::default()) };
            let contents = wanted.unwrap_or_else(|reason| {
                notes.push(reason);
                Box::default()
            });
            // SAFETY: the heap block stays where it is while `_owned` holds it.
            let bytes = unsafe { borrowed(&contents) };
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
            allowance: RefCell::new(allowance),
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

/// A section that few questions need, with the memory that it lies in; nothing where the file has none of that name.
pub struct Late {
    pub bytes: Bytes,
    _owned: Box<[u8]>,
}

impl Late {
    pub fn new(owned: Box<[u8]>, endian: RunTimeEndian) -> Self {
        // SAFETY: the heap block stays where it is, and whoever uses the bytes lives no longer than `_owned`.
        let bytes = unsafe { borrowed(&owned) };
        Late { bytes: EndianSlice::new(bytes, endian), _owned: owned }
    }

    pub fn read(reader: &Reader, layout: &DebugLayout, sections: &Sections, id: SectionId) -> Result<Self, String> {
        Ok(Late::new(contents(reader, layout, id, &mut sections.allowance.borrow_mut())?, sections.endian))
    }
}

/// # Safety
/// The memory outlives every use.
unsafe fn borrowed(contents: &[u8]) -> &'static [u8] {
    core::slice::from_raw_parts(contents.as_ptr(), contents.len())
}

fn contents(reader: &Reader, layout: &DebugLayout, id: SectionId, allowance: &mut Allowance) -> Result<Box<[u8]>, String> {
    let span = layout.spans.iter().find(|span| span.name == id.name().as_bytes());
    let unpacked = span.map_or_else(|| Ok(Box::default()), |span| unpacked(reader, span, allowance));
    unpacked.map_err(|reason| format!("section {} is not read: {reason}", id.name()))
}

fn unpacked(reader: &Reader, span: &Span, allowance: &mut Allowance) -> Result<Box<[u8]>, String> {
    allowance.take(span.size, span.unpacked)?;
    let packed = reader.take(span.offset, span.size).map_err(|failure| failure.reason)?;
    if span.packing == Packing::Plain {
        return Ok(packed);
    }
    unpack(&packed, span.packing, span.unpacked)
}
