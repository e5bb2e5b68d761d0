//! COFF objects, those with very many sections (bigobj) too, and what they share with PE images: sections.

use alloc::vec::Vec;
use object::pe;
use object::read::coff::CoffHeader;
use object::{LittleEndian as LE, ReadRef};

use super::coff_symbols::{self, Source};
use super::elf::ImageType;
use super::failure::Failure;
use super::native::{self, padded, Facts};
use super::reader::Reader;
use super::table::Table;
use super::wire::Wire;

/// First two bytes of an object for a machine that Rust or C compilers have; others have no sign to know them by.
pub const MACHINES: [u16; 8] = [0x14c, 0x1c0, 0x1c4, 0x200, 0x8664, 0xa641, 0xa64e, 0xaa64];
/// The class identifier that tells a bigobj from import members and intermediate code.
pub const BIGOBJ: [u8; 16] = pe::ANON_OBJECT_HEADER_BIGOBJ_CLASS_ID.0;

pub struct Object<'a> {
    reader: &'a Reader,
    machine: u16,
    sections: &'a [pe::ImageSectionHeader],
    source: Option<Source>,
}

impl<'a> Object<'a> {
    pub fn read(reader: &'a Reader) -> Result<Self, Failure> {
        let mut start = [0u8; 4];
        reader.fill(0, &mut start)?;
        if start == [0, 0, 0xff, 0xff] {
            Self::read_as::<pe::AnonObjectHeaderBigobj>(reader)
        } else {
            Self::read_as::<pe::ImageFileHeader>(reader)
        }
    }

    fn read_as<C: CoffHeader>(reader: &'a Reader) -> Result<Self, Failure> {
        let mut offset = 0;
        let header = C::parse(reader, &mut offset)?;
        let sections = reader
            .read_slice_at(offset, header.number_of_sections() as usize)
            .map_err(|()| Failure::input("its section headers lie outside the file"))?;
        Ok(Object {
            reader,
            machine: header.machine().0,
            sections,
            source: Source::of(header),
        })
    }

    pub fn describe(&self, wire: &mut Wire) -> Result<(), Failure> {
        Facts {
            image_type: ImageType::Relocatable,
            is_64: is_64(self.machine),
            little_endian: true,
            machine: (self.machine.into(), 0),
            stripped: self.source.is_none(),
            entry: None,
            build_id: None,
            interpreter: None,
            soname: None,
            runpath: Vec::new(),
            needed: Vec::new(),
            pdb: None,
        }
        .write(wire);
        wire.u32(0); // segments
        describe_sections(self.reader, self.sections, self.source.as_ref(), 0, wire)
    }

    pub fn symbols(&self) -> Result<Table, Failure> {
        let mut table = Table::default();
        if let Some(source) = &self.source {
            let names = section_names(self.reader, self.sections, Some(source))?;
            coff_symbols::add(self.reader, source, self.sections, &names, 0, &mut table)?;
        }
        Ok(table)
    }
}

fn is_64(machine: u16) -> bool {
    matches!(machine, 0x200 | 0x8664 | 0xa641 | 0xa64e | 0xaa64)
}

/// Names of sections, those too long for their field from the string table.
pub fn section_names(
    reader: &Reader,
    sections: &[pe::ImageSectionHeader],
    source: Option<&Source>,
) -> Result<Vec<Vec<u8>>, Failure> {
    let has_long = sections.iter().any(|section| section.name[0] == b'/');
    let strings = match source {
        Some(source) if has_long => source.strings(reader)?,
        _ => Vec::new().into_boxed_slice(),
    };
    // Names of one table may overlap: what all of them may have together is bounded by it.
    let mut left = strings.len().saturating_mul(4);
    let names = sections.iter().map(|section| {
        let name = padded(&section.name);
        let Ok(Some(at)) = section.name_offset() else { return name.to_vec() };
        let rest = strings.get(at as usize..).unwrap_or_default();
        let long = padded(&rest[..rest.len().min(left)]);
        left -= long.len();
        if long.is_empty() { name } else { long }.to_vec()
    });
    Ok(names.collect())
}

/// Sections in the order that the host reads them; `base` is added to the addresses of an image.
pub fn describe_sections(
    reader: &Reader,
    sections: &[pe::ImageSectionHeader],
    source: Option<&Source>,
    base: u64,
    wire: &mut Wire,
) -> Result<(), Failure> {
    let names = section_names(reader, sections, source)?;
    wire.u32(sections.len() as u32);
    for (section, name) in sections.iter().zip(&names) {
        let flags = section.characteristics.get(LE).0;
        let has = |flag: pe::SectionFlags| flags & flag.0 != 0;
        let (virtual_size, raw_size) = (section.virtual_size.get(LE), section.size_of_raw_data.get(LE));
        native::Section {
            name,
            kind: flags,
            address: base.wrapping_add(section.virtual_address.get(LE).into()),
            offset: section.pointer_to_raw_data.get(LE).into(),
            // An image's raw size is rounded up; an object has no other.
            size: if virtual_size == 0 { raw_size } else { virtual_size }.into(),
            executable: has(pe::IMAGE_SCN_MEM_EXECUTE) || has(pe::IMAGE_SCN_CNT_CODE),
            loaded: !has(pe::IMAGE_SCN_MEM_DISCARDABLE) && !has(pe::IMAGE_SCN_LNK_REMOVE) && !has(pe::IMAGE_SCN_LNK_INFO),
        }
        .write(wire);
    }
    Ok(())
}
