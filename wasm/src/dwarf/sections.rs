//! The contents of debug sections, each read and unpacked once, when something first needs it.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gimli::{
    AbbreviationsCacheStrategy, DebugInfoOffset, DebugLine, Dwarf, DwarfSections, EndianSlice, RunTimeEndian, Section, SectionId, Unit, UnitHeader,
};

use super::decompress::{unpack, Allowance};
use super::layout::{DebugLayout, Packing, Span};
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
    /// The same without line programs: a damaged one must not cost its unit.
    bare: Dwarf<Bytes>,
    pub endian: RunTimeEndian,
    /// Sections that could not be read, and why.
    pub notes: Vec<String>,
    /// Bytes of `.debug_info` and of the sections with ranges: bounds for what a sound file can say.
    pub info_size: usize,
    pub range_size: usize,
    _owned: Vec<Box<[u8]>>,
}

impl Sections {
    pub fn read(reader: &Reader, layout: &DebugLayout) -> Self {
        let endian = if layout.little_endian { RunTimeEndian::Little } else { RunTimeEndian::Big };
        let mut owned: Vec<Box<[u8]>> = Vec::new();
        let mut notes = Vec::new();
        let mut allowance = Allowance::new(LARGEST_SUM);
        let contents_of = |id: SectionId| -> Result<Bytes, core::convert::Infallible> {
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
        };
        let Ok(sections) = DwarfSections::load(contents_of);
        let mut dwarf = sections.borrow(|section| *section);
        let mut bare = sections.borrow(|section| *section);
        bare.debug_line = DebugLine::new(&[], endian);
        // Many units may share one table of abbreviations; parsing it for each would take the square of the time.
        dwarf.populate_abbreviations_cache(AbbreviationsCacheStrategy::Duplicates);
        let size = |id: SectionId| layout.spans.iter().filter(|s| s.name == id.name().as_bytes()).map(|s| s.size).sum::<u64>();
        Sections {
            info_size: dwarf.debug_info.reader().len(),
            range_size: (size(SectionId::DebugRanges) + size(SectionId::DebugRngLists)) as usize,
            dwarf,
            bare,
            endian,
            notes,
            _owned: owned,
        }
    }
}

impl Sections {
    /// A unit, and why its line program could not be read, if so.
    pub fn unit(&self, header: UnitHeader<Bytes>) -> gimli::Result<(Unit<Bytes>, Option<gimli::Error>)> {
        match self.dwarf.unit(header.clone()) {
            Ok(unit) => Ok((unit, None)),
            Err(error) => Ok((self.bare.unit(header)?, Some(error))),
        }
    }

    /// The unit whose header is at an offset of `.debug_info`.
    pub fn unit_at(&self, offset: u32) -> gimli::Result<Unit<Bytes>> {
        let header = self.dwarf.unit_header(DebugInfoOffset(offset as usize))?;
        self.unit(header).map(|(unit, _)| unit)
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
