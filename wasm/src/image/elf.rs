//! ELF, 32 and 64 bits, either byte order: what the file says of itself.

use alloc::vec::Vec;
use object::elf;
use object::read::elf::{Dyn, FileHeader, ProgramHeader, SectionHeader};
use object::read::StringTable;
use object::{Endianness, ReadRef};

use super::failure::Failure;
use super::reader::Reader;
use super::wire::Wire;

pub type Header32 = elf::FileHeader32<Endianness>;
pub type Header64 = elf::FileHeader64<Endianness>;

/// A note, an interpreter or a dynamic table beyond this is damage.
const LARGEST_SMALL_TABLE: u64 = 16 << 20;

/// What the `type` field of the reply says.
#[derive(Clone, Copy)]
#[repr(u8)]
pub enum ImageType {
    Executable = 0,
    Pie = 1,
    Shared = 2,
    Relocatable = 3,
    Core = 4,
    None = 7,
}

pub fn is_64(reader: &Reader) -> Result<bool, Failure> {
    let mut ident = [0u8; 16];
    if reader.len() < ident.len() as u64 {
        return Err(Failure::input("the file ends inside its ELF header"));
    }
    reader.fill(0, &mut ident)?;
    let is_64 = match ident[4] {
        1 => false,
        2 => true,
        other => return Err(Failure::input(&alloc::format!("its ELF class is {other}, neither 32 nor 64 bits"))),
    };
    if ident[5] != 1 && ident[5] != 2 {
        return Err(Failure::input(&alloc::format!("its ELF byte order is {}, neither little nor big", ident[5])));
    }
    if ident[6] != 1 {
        return Err(Failure::input(&alloc::format!("its ELF version is {}, not 1", ident[6])));
    }
    Ok(is_64)
}

/// Headers of a file, read and checked once.
pub struct Headers<'a, H: FileHeader<Endian = Endianness>> {
    pub reader: &'a Reader,
    pub header: &'a H,
    pub endian: Endianness,
    pub segments: &'a [H::ProgramHeader],
    pub sections: &'a [H::SectionHeader],
    names: StringTable<'a, &'a Reader>,
}

impl<'a, H: FileHeader<Endian = Endianness>> Headers<'a, H> {
    pub fn read(reader: &'a Reader) -> Result<Self, Failure> {
        let header: &H = reader
            .read_at::<H>(0)
            .map_err(|()| Failure::input("the file ends inside its ELF header"))?;
        let endian = header.endian()?;
        let sections = header.section_headers(endian, reader)?;
        // A file may do without section names: its tables are found by their type.
        let names = header.section_strings(endian, reader, sections).unwrap_or_default();
        Ok(Headers {
            reader,
            header,
            endian,
            segments: header.program_headers(endian, reader)?,
            sections,
            names,
        })
    }

    pub fn section_name(&self, section: &H::SectionHeader) -> &'a [u8] {
        section.name(self.endian, self.names).unwrap_or_default()
    }

    fn segment_bytes(&self, segment: &H::ProgramHeader) -> Option<&'a [u8]> {
        let size: u64 = segment.p_filesz(self.endian).into();
        if size > LARGEST_SMALL_TABLE {
            return None;
        }
        segment.data(self.endian, self.reader).ok()
    }

    fn segment_of(&self, kind: elf::ProgramType) -> Option<&'a H::ProgramHeader> {
        self.segments.iter().find(|s| s.p_type(self.endian) == kind)
    }

    pub fn is_core(&self) -> bool {
        self.header.e_type(self.endian) == elf::ET_CORE
    }

    pub fn section_of(&self, kind: elf::SectionType) -> Option<(usize, &'a H::SectionHeader)> {
        self.sections.iter().enumerate().find(|(_, s)| s.sh_type(self.endian) == kind)
    }

    /// Where a linked address is in the file.
    pub fn offset_of(&self, address: u64) -> Option<u64> {
        self.segments.iter().find_map(|segment| {
            let start: u64 = segment.p_vaddr(self.endian).into();
            let size: u64 = segment.p_filesz(self.endian).into();
            let offset: u64 = segment.p_offset(self.endian).into();
            let inside = segment.p_type(self.endian) == elf::PT_LOAD && address >= start && address - start < size;
            inside.then(|| offset.checked_add(address - start)).flatten()
        })
    }

    fn build_id(&self) -> Option<&'a [u8]> {
        if self.is_core() {
            return None;
        }
        let from_segments = self.segments.iter().filter_map(|segment| {
            // The type first: other segments are large, and would be read.
            if segment.p_type(self.endian) != elf::PT_NOTE {
                return None;
            }
            self.segment_bytes(segment)?;
            segment.notes(self.endian, self.reader).ok().flatten()
        });
        let from_sections = self.sections.iter().filter_map(|section| {
            let size: u64 = section.sh_size(self.endian).into();
            if size > LARGEST_SMALL_TABLE {
                return None;
            }
            section.notes(self.endian, self.reader).ok().flatten()
        });
        from_segments
            .chain(from_sections)
            .flat_map(|notes| notes.map_while(Result::ok))
            .find(|note| note.name() == elf::ELF_NOTE_GNU && note.n_type(self.endian).0 == elf::NT_GNU_BUILD_ID.0)
            .map(|note| note.desc())
    }

    fn interpreter(&self) -> Option<&'a [u8]> {
        let bytes = self.segment_bytes(self.segment_of(elf::PT_INTERP)?)?;
        bytes.split(|&byte| byte == 0).next()
    }

    /// Tags and values of the dynamic table, up to its end mark.
    pub fn dynamic(&self) -> Vec<(i64, u64)> {
        let entries = self
            .segment_of(elf::PT_DYNAMIC)
            .filter(|segment| self.segment_bytes(segment).is_some())
            .and_then(|segment| segment.dynamic(self.endian, self.reader).ok().flatten());
        entries
            .unwrap_or_default()
            .iter()
            .map(|entry| (entry.tag(self.endian).0 as i64, entry.val(self.endian)))
            .take_while(|(tag, _)| *tag != elf::DT_NULL.0 as i64)
            .collect()
    }

    /// Facts in the order that `readFacts` of the host reads them.
    pub fn describe(&self, wire: &mut Wire) {
        let endian = self.endian;
        let dynamic = self.dynamic();
        let value = |tag: elf::DynamicTag| dynamic.iter().find(|(t, _)| *t == tag.0 as i64).map(|(_, v)| *v);
        let strings = value(elf::DT_STRTAB).and_then(|address| self.offset_of(address));
        let size = value(elf::DT_STRSZ).unwrap_or(0);
        let string = |at: u64| -> Option<&'a [u8]> {
            let strings = strings?;
            (at < size)
                .then(|| self.reader.read_bytes_at_until(strings.checked_add(at)?..strings.checked_add(size)?, 0).ok())
                .flatten()
        };
        let string_of = |tag| value(tag).and_then(string);
        let interpreter = self.interpreter();
        let soname = string_of(elf::DT_SONAME);
        let says_pie = value(elf::DT_FLAGS_1).unwrap_or(0) & u64::from(elf::DF_1_PIE.0) != 0;
        let image_type = match self.header.e_type(endian) {
            elf::ET_EXEC => ImageType::Executable,
            elf::ET_DYN if says_pie || (interpreter.is_some() && soname.is_none()) => ImageType::Pie,
            elf::ET_DYN => ImageType::Shared,
            elf::ET_REL => ImageType::Relocatable,
            elf::ET_CORE => ImageType::Core,
            _ => ImageType::None,
        };
        wire.u8(image_type as u8);
        wire.u8(if self.header.is_class_64() { 64 } else { 32 });
        wire.u8(self.header.is_little_endian() as u8);
        wire.u32(self.header.e_machine(endian).0.into());
        wire.u8(self.section_of(elf::SHT_SYMTAB).is_none() as u8);
        wire.u64(self.header.e_entry(endian).into());
        wire.optional(self.build_id());
        wire.optional(interpreter);
        wire.optional(soname);
        wire.optional(string_of(elf::DT_RPATH));
        wire.optional(string_of(elf::DT_RUNPATH));
        let needed: Vec<&[u8]> = dynamic
            .iter()
            .filter(|(tag, _)| *tag == elf::DT_NEEDED.0 as i64)
            .filter_map(|(_, at)| string(*at))
            .collect();
        wire.u32(needed.len() as u32);
        for name in needed {
            wire.bytes(name);
        }
        self.describe_layout(wire);
    }

    fn describe_layout(&self, wire: &mut Wire) {
        let endian = self.endian;
        let loaded: Vec<_> = self.segments.iter().filter(|s| s.p_type(endian) == elf::PT_LOAD).collect();
        wire.u32(loaded.len() as u32);
        for segment in loaded {
            let flags = segment.p_flags(endian).0;
            wire.u64(segment.p_vaddr(endian).into());
            wire.u64(segment.p_offset(endian).into());
            wire.u64(segment.p_filesz(endian).into());
            wire.u64(segment.p_memsz(endian).into());
            wire.u8((flags & elf::PF_X.0 != 0) as u8);
            wire.u8((flags & elf::PF_W.0 != 0) as u8);
        }
        wire.u32(self.sections.len() as u32);
        for section in self.sections {
            let flags = section.sh_flags(endian).0;
            wire.bytes(self.section_name(section));
            wire.u32(section.sh_type(endian).0);
            wire.u64(section.sh_addr(endian).into());
            wire.u64(section.sh_offset(endian).into());
            wire.u64(section.sh_size(endian).into());
            wire.u8((flags & elf::SHF_EXECINSTR.0 != 0) as u8);
            wire.u8((flags & elf::SHF_ALLOC.0 != 0) as u8);
        }
    }
}
