//! Where a file keeps its debug sections, and where its code is: all that reading DWARF needs of the file's format.

use alloc::vec::Vec;
use object::elf;
use object::read::elf::{CompressionHeader, FileHeader, SectionHeader};
use object::{Endianness, ReadRef};

use crate::image::elf::Headers;
use crate::image::reader::Reader;

/// How a section's contents are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Packing {
    Plain = 0,
    Zlib = 1,
    Zstd = 2,
    /// `.zdebug_…`: "ZLIB", the size as eight big-endian bytes, then zlib.
    ZlibGnu = 3,
    Unknown = 4,
}

/// A debug section in the file.
#[derive(Clone, Debug)]
pub struct Span {
    /// Without `.z`: always `.debug_…`.
    pub name: Vec<u8>,
    pub offset: u64,
    pub size: u64,
    pub packing: Packing,
    /// What the compression header claims; equals `size` for plain contents.
    pub unpacked: u64,
}

impl Span {
    pub fn plain(name: &[u8], offset: u64, size: u64) -> Self {
        Span { name: name.to_vec(), offset, size, packing: Packing::Plain, unpacked: size }
    }
}

#[derive(Clone, Debug)]
pub struct DebugLayout {
    pub spans: Vec<Span>,
    /// Half-open address ranges of executable sections, sorted.
    pub code: Vec<(u64, u64)>,
    pub little_endian: bool,
    /// Addresses and references are relocated only when it is linked.
    pub relocatable: bool,
}

impl DebugLayout {
    pub fn of_elf<H: FileHeader<Endian = Endianness>>(headers: &Headers<'_, H>) -> Self {
        let endian = headers.endian;
        let mut layout = DebugLayout {
            spans: Vec::new(),
            code: Vec::new(),
            little_endian: headers.header.is_little_endian(),
            relocatable: headers.header.e_type(endian) == elf::ET_REL,
        };
        for section in headers.sections {
            let address: u64 = section.sh_addr(endian).into();
            let size: u64 = section.sh_size(endian).into();
            let flags = section.sh_flags(endian);
            if flags.contains(elf::SHF_EXECINSTR) && flags.contains(elf::SHF_ALLOC) {
                layout.code.push((address, address.saturating_add(size)));
            }
            let name = headers.section_name(section);
            if section.sh_type(endian) == elf::SHT_NOBITS {
                continue;
            }
            if name.starts_with(b".debug_") || name.starts_with(b".zdebug_") {
                layout.spans.push(span(headers, section, name));
            }
        }
        layout.code.sort_unstable();
        layout
    }

    /// Whether an address lies in executable code: what the linker discarded does not.
    pub fn holds_code(&self, address: u64) -> bool {
        let after = self.code.partition_point(|(start, _)| *start <= address);
        // Sections of code seldom overlap; the few before the address are looked at, not only the last.
        self.code[..after].iter().rev().take(8).any(|(_, end)| address < *end)
    }
}

fn span<H: FileHeader<Endian = Endianness>>(headers: &Headers<'_, H>, section: &H::SectionHeader, name: &[u8]) -> Span {
    let endian = headers.endian;
    let offset: u64 = section.sh_offset(endian).into();
    let size: u64 = section.sh_size(endian).into();
    let plain = |name: &[u8]| Span::plain(name, offset, size);
    if let Some(rest) = name.strip_prefix(b".z") {
        let mut own = plain(b".");
        own.name.extend_from_slice(rest);
        return gnu_header(headers.reader, &own).unwrap_or(own);
    }
    match section.compression(endian, headers.reader) {
        Ok(None) => plain(name),
        Ok(Some((header, start, size))) => Span {
            name: name.to_vec(),
            offset: start,
            size,
            packing: match header.ch_type(endian) {
                elf::ELFCOMPRESS_ZLIB => Packing::Zlib,
                elf::ELFCOMPRESS_ZSTD => Packing::Zstd,
                _ => Packing::Unknown,
            },
            unpacked: header.ch_size(endian).into(),
        },
        Err(_) => Span { packing: Packing::Unknown, ..plain(name) },
    }
}

fn gnu_header(reader: &Reader, span: &Span) -> Option<Span> {
    let header = reader.read_bytes_at(span.offset, 12.min(span.size)).ok()?;
    let size = header.strip_prefix(b"ZLIB")?;
    Some(Span {
        name: span.name.clone(),
        offset: span.offset + 12,
        size: span.size - 12,
        packing: Packing::ZlibGnu,
        unpacked: u64::from_be_bytes(size.try_into().ok()?),
    })
}
