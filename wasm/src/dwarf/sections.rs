//! The contents of debug sections, each read and unpacked once, when something first needs it.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use gimli::{AbbreviationsCacheStrategy, Dwarf, EndianSlice, RunTimeEndian, Section, SectionId};

use super::decompress::unpack;
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
        let mut sum = 0u64;
        let dwarf = Dwarf::load(|id| -> Result<Bytes, core::convert::Infallible> {
            let span = WANTED.contains(&id).then(|| layout.spans.iter().find(|s| s.name == id.name().as_bytes()));
            let contents = match span.flatten() {
                None => Box::default(),
                Some(span) => contents(reader, span, &mut sum).unwrap_or_else(|reason| {
                    notes.push(format!("section {} is not read: {reason}", id.name()));
                    Box::default()
                }),
            };
            // The heap block stays where it is while `_owned` holds it.
            let bytes = unsafe { core::slice::from_raw_parts(contents.as_ptr(), contents.len()) };
            owned.push(contents);
            Ok(EndianSlice::new(bytes, endian))
        });
        let Ok(mut dwarf) = dwarf;
        // Many units may share one table of abbreviations; parsing it for each would take the square of the time.
        dwarf.populate_abbreviations_cache(AbbreviationsCacheStrategy::Duplicates);
        let size = |id: SectionId| layout.spans.iter().filter(|s| s.name == id.name().as_bytes()).map(|s| s.size).sum::<u64>();
        Sections {
            info_size: dwarf.debug_info.reader().len(),
            range_size: (size(SectionId::DebugRanges) + size(SectionId::DebugRngLists)) as usize,
            dwarf,
            endian,
            notes,
            _owned: owned,
        }
    }
}

fn contents(reader: &Reader, span: &Span, sum: &mut u64) -> Result<Box<[u8]>, String> {
    *sum = sum.saturating_add(span.unpacked);
    if *sum > LARGEST_SUM {
        return Err(String::from("the debug sections are larger than 3 GiB together"));
    }
    let packed = reader.take(span.offset, span.size).map_err(|failure| failure.reason)?;
    if span.packing == Packing::Plain {
        return Ok(packed);
    }
    unpack(&packed, span.packing, span.unpacked)
}
