//! PE images, 32 and 64 bits: programs and libraries of Windows.

use alloc::boxed::Box;
use alloc::vec::Vec;
use object::pe;
use object::read::coff::CoffHeader;
use object::read::pe::{DataDirectories, ImageNtHeaders, ImageOptionalHeader};
use object::{LittleEndian as LE, ReadRef};

use super::coff::{describe_sections, section_names};
use super::coff_symbols::{self, Source};
use super::elf::ImageType;
use super::failure::Failure;
use super::native::{self, Facts};
use super::pe_names::{Exports, Imports};
use super::reader::Reader;
use super::table::Table;
use super::window::Window;
use super::wire::Wire;

/// Entries of the debug directory beyond this are damage.
const MOST_DEBUG_ENTRIES: u32 = 64;
const LONGEST_PATH: usize = 4096;

/// Headers of an image, read and checked once.
pub struct Image<'a> {
    pub reader: &'a Reader,
    pub is_64: bool,
    pub base: u64,
    pub sections: &'a [pe::ImageSectionHeader],
    file: &'a pe::ImageFileHeader,
    directories: DataDirectories<'a>,
    entry: u32,
    /// The loader may place it anywhere.
    is_movable: bool,
    source: Option<Source>,
    /// Where sections begin, relative to the base, and their numbers; sorted.
    starts: Vec<(u32, usize)>,
}

impl<'a> Image<'a> {
    pub fn read(reader: &'a Reader) -> Result<Self, Failure> {
        match object::read::pe::optional_header_magic(reader)? {
            pe::IMAGE_NT_OPTIONAL_HDR32_MAGIC => Self::read_as::<pe::ImageNtHeaders32>(reader),
            pe::IMAGE_NT_OPTIONAL_HDR64_MAGIC => Self::read_as::<pe::ImageNtHeaders64>(reader),
            other => Err(Failure::input(&alloc::format!("its optional header is of kind {other:#x}, which no PE image has"))),
        }
    }

    fn read_as<N: ImageNtHeaders>(reader: &'a Reader) -> Result<Self, Failure> {
        let mut offset = pe::ImageDosHeader::parse(reader)?.nt_headers_offset().into();
        let (headers, directories) = N::parse(reader, &mut offset)?;
        let file = headers.file_header();
        if file.number_of_sections() == 0 {
            return Err(Failure::input("it is a PE image without sections"));
        }
        let sections: &[pe::ImageSectionHeader] = reader
            .read_slice_at(offset, file.number_of_sections() as usize)
            .map_err(|()| Failure::input("its section headers lie outside the file"))?;
        let optional = headers.optional_header();
        let start = |(number, section): (usize, &pe::ImageSectionHeader)| (section.virtual_address.get(LE), number);
        let mut starts: Vec<_> = sections.iter().enumerate().map(start).collect();
        starts.sort_unstable();
        Ok(Image {
            reader,
            is_64: headers.is_type_64(),
            base: optional.image_base(),
            sections,
            file,
            directories,
            entry: optional.address_of_entry_point(),
            is_movable: optional.dll_characteristics().0 & pe::IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE.0 != 0,
            source: Source::of(file),
            starts,
        })
    }

    /// The number of the section that a relative address is in.
    pub fn section_at(&self, address: u32) -> Option<usize> {
        let after = self.starts.partition_point(|(start, _)| *start <= address);
        let (_, number) = *self.starts[..after].last()?;
        self.sections[number].contains_rva(address).then_some(number)
    }

    /// Where a relative address is in the file.
    pub fn offset_of(&self, address: u32) -> Option<u64> {
        let (offset, _) = self.sections[self.section_at(address)?].pe_file_range_at(address)?;
        Some(offset.into())
    }

    /// Address and size of a data directory; None where the image has none.
    pub fn directory(&self, number: usize) -> Option<(u32, u32)> {
        self.directories.get(number).map(|directory| directory.address_range())
    }

    pub fn describe(&self, wire: &mut Wire) -> Result<(), Failure> {
        let characteristics = self.file.characteristics().0;
        let is_library = characteristics & pe::IMAGE_FILE_DLL.0 != 0;
        let codeview = self.codeview();
        let mut needed = Vec::new();
        Imports::new(self).libraries(|name| needed.push(name.to_vec()));
        Facts {
            image_type: match is_library {
                true => ImageType::Shared,
                false if self.is_movable => ImageType::Pie,
                false => ImageType::Executable,
            },
            is_64: self.is_64,
            little_endian: true,
            machine: (self.file.machine().0.into(), 0),
            stripped: self.source.is_none(),
            entry: (self.entry != 0).then(|| self.base.wrapping_add(self.entry.into())),
            build_id: codeview.as_ref().map(|(id, _)| id.clone()),
            interpreter: None,
            soname: Exports::new(self).and_then(|mut exports| exports.library()),
            runpath: Vec::new(),
            needed,
            pdb: codeview.map(|(_, path)| path).filter(|path| !path.is_empty()),
        }
        .write(wire);
        wire.u32(self.sections.len() as u32);
        for section in self.sections {
            let flags = section.characteristics.get(LE).0;
            let (offset, size) = section.pe_file_range();
            native::Segment {
                address: self.base.wrapping_add(section.virtual_address.get(LE).into()),
                offset: offset.into(),
                file_size: size.into(),
                memory_size: section.virtual_size.get(LE).into(),
                executable: flags & pe::IMAGE_SCN_MEM_EXECUTE.0 != 0,
                writable: flags & pe::IMAGE_SCN_MEM_WRITE.0 != 0,
            }
            .write(wire);
        }
        describe_sections(self.reader, self.sections, self.source.as_ref(), self.base, wire)
    }

    /// The symbol table where there is one, and the names by which the image is linked with others.
    pub fn symbols(&self) -> Result<Table, Failure> {
        let mut table = Table::default();
        if let Some(source) = &self.source {
            let names = section_names(self.reader, self.sections, Some(source))?;
            coff_symbols::add(self.reader, source, self.sections, &names, self.base, &mut table)?;
        }
        if let Some(exports) = Exports::new(self) {
            exports.add(&mut table)?;
        }
        Imports::new(self).add(&mut table)?;
        Ok(table)
    }

    /// What names the debug info: GUID and age as symbol servers write them, and the PDB's path.
    fn codeview(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let (address, size) = self.directory(pe::IMAGE_DIRECTORY_ENTRY_DEBUG)?;
        let at = self.offset_of(address)?;
        let mut window = Window::new(self.reader);
        let mut path = Window::new(self.reader);
        let entries = (size / core::mem::size_of::<pe::ImageDebugDirectory>() as u32).min(MOST_DEBUG_ENTRIES);
        (0..u64::from(entries)).find_map(|number| {
            let entry = at + number * core::mem::size_of::<pe::ImageDebugDirectory>() as u64;
            if window.u32(entry + 12)? != pe::IMAGE_DEBUG_TYPE_CODEVIEW.0 {
                return None;
            }
            let data = window.u32(entry + 24)?.into();
            let head: Box<[u8]> = path.bytes(data, 24)?.into();
            let rest = head.strip_prefix(b"RSDS")?;
            // The GUID's first three fields are numbers, written with their highest digit first.
            let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
            let mut id = native::hex(&order.map(|byte| rest[byte]));
            let age = u32::from_le_bytes([rest[16], rest[17], rest[18], rest[19]]);
            id.extend_from_slice(alloc::format!("{age:x}").as_bytes());
            Some((id, path.string(data + 24, LONGEST_PATH).unwrap_or_default().to_vec()))
        })
    }
}
