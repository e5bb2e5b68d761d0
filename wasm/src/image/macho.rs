//! Mach-O, 32 and 64 bits, either byte order: what the file says of itself.

use alloc::vec::Vec;
use object::macho;
use object::read::macho::{LoadCommandIterator, LoadCommandVariant, MachHeader, Section as _, Segment as _};
use object::{Endianness, ReadRef};

use super::elf::ImageType;
use super::failure::Failure;
use super::native::{self, Facts};
use super::reader::Reader;
use super::wire::Wire;

pub type Header32 = macho::MachHeader32<Endianness>;
pub type Header64 = macho::MachHeader64<Endianness>;

/// More bytes of load commands are damage: a large program has some ten thousand.
const LARGEST_COMMANDS: u32 = 16 << 20;
/// Commands, segments, sections and libraries beyond this are damage.
const MOST_COMMANDS: u32 = 100_000;

pub fn is_64(reader: &Reader) -> Result<bool, Failure> {
    let mut magic = [0u8; 4];
    reader.fill(0, &mut magic)?;
    Ok(magic.contains(&0xcf))
}

/// Where the symbols and their names are in the file: offset and count, offset and size.
#[derive(Clone, Copy)]
pub struct Symtab {
    pub symbols: (u64, u64),
    pub strings: (u64, u64),
}

/// Load commands of a file, read and checked once.
pub struct Headers<'a, M: MachHeader<Endian = Endianness>> {
    pub reader: &'a Reader,
    pub header: &'a M,
    pub endian: Endianness,
    pub symtab: Option<Symtab>,
    pub sections: Vec<&'a M::Section>,
    segments: Vec<&'a M::Segment>,
    commands: LoadCommandIterator<'a, Endianness>,
    /// Symbols that no other file sees; None where the file does not sort them apart.
    locals: Option<u32>,
}

impl<'a, M: MachHeader<Endian = Endianness>> Headers<'a, M> {
    pub fn read(reader: &'a Reader) -> Result<Self, Failure> {
        let header: &M = reader
            .read_at::<M>(0)
            .map_err(|()| Failure::input("the file ends inside its Mach-O header"))?;
        let endian = header.endian()?;
        if header.ncmds(endian) == 0 {
            return Err(Failure::input("its Mach-O header is followed by no load commands"));
        }
        if header.sizeofcmds(endian) > LARGEST_COMMANDS || header.ncmds(endian) > MOST_COMMANDS {
            return Err(Failure::input("it is damaged: its Mach-O header claims too many load commands"));
        }
        let mut headers = Headers {
            reader,
            header,
            endian,
            symtab: None,
            sections: Vec::new(),
            segments: Vec::new(),
            commands: header.load_commands(endian, reader, 0)?,
            locals: None,
        };
        for command in headers.commands {
            let command = command?;
            if let Some((segment, rest)) = M::Segment::from_command(command)? {
                headers.sections.extend(segment.sections(endian, rest)?);
                headers.segments.push(segment);
            } else if let Some(symtab) = command.symtab()? {
                headers.symtab = Some(Symtab {
                    symbols: (symtab.symoff.get(endian).into(), symtab.nsyms.get(endian).into()),
                    strings: (symtab.stroff.get(endian).into(), symtab.strsize.get(endian).into()),
                });
            } else if let Some(dysymtab) = command.dysymtab()? {
                headers.locals = Some(dysymtab.nlocalsym.get(endian));
            }
        }
        Ok(headers)
    }

    /// Whether it is linked: other files then see its external symbols through the dynamic linker.
    pub fn is_linked(&self) -> bool {
        self.header.filetype(self.endian) != macho::MH_OBJECT
    }

    fn image_type(&self) -> ImageType {
        let position_independent = self.header.flags(self.endian).0 & macho::MH_PIE.0 != 0;
        match self.header.filetype(self.endian) {
            macho::MH_OBJECT => ImageType::Relocatable,
            macho::MH_EXECUTE if position_independent => ImageType::Pie,
            macho::MH_EXECUTE | macho::MH_PRELOAD => ImageType::Executable,
            macho::MH_DYLIB | macho::MH_BUNDLE | macho::MH_DYLINKER | macho::MH_DYLIB_STUB | macho::MH_KEXT_BUNDLE => {
                ImageType::Shared
            }
            macho::MH_CORE => ImageType::Core,
            _ => ImageType::None,
        }
    }

    fn text_address(&self) -> Option<u64> {
        let text = self.segments.iter().find(|segment| segment.name() == b"__TEXT")?;
        Some(text.vmaddr(self.endian).into())
    }

    /// Facts in the order that the host reads them.
    pub fn describe(&self, wire: &mut Wire) {
        let endian = self.endian;
        let mut facts = Facts {
            image_type: self.image_type(),
            is_64: self.header.is_type_64(),
            little_endian: self.header.is_little_endian(),
            machine: (self.header.cputype(endian).0, self.header.cpusubtype(endian).0),
            stripped: match (self.symtab, self.locals) {
                (None, _) => true,
                (Some(symtab), locals) => symtab.symbols.1 == 0 || (self.is_linked() && locals == Some(0)),
            },
            entry: None,
            build_id: None,
            interpreter: None,
            soname: None,
            runpath: Vec::new(),
            needed: Vec::new(),
            pdb: None,
        };
        for command in self.commands.map_while(Result::ok) {
            let string = |name| command.string(endian, name).ok();
            match command.variant() {
                Ok(LoadCommandVariant::Uuid(uuid)) => facts.build_id = Some(native::hex(&uuid.uuid)),
                Ok(LoadCommandVariant::EntryPoint(main)) => {
                    facts.entry = self.text_address().map(|text| text.wrapping_add(main.entryoff.get(endian)));
                }
                Ok(LoadCommandVariant::LoadDylinker(linker)) => facts.interpreter = string(linker.name),
                Ok(LoadCommandVariant::IdDylib(id)) => facts.soname = string(id.dylib.name).map(<[u8]>::to_vec),
                Ok(LoadCommandVariant::Dylib(library)) => {
                    facts.needed.extend(string(library.dylib.name).map(<[u8]>::to_vec));
                }
                Ok(LoadCommandVariant::Rpath(path)) => facts.runpath.extend(string(path.path)),
                _ => {}
            }
        }
        facts.write(wire);
        self.describe_layout(wire);
    }

    fn describe_layout(&self, wire: &mut Wire) {
        let endian = self.endian;
        wire.u32(self.segments.len() as u32);
        for segment in &self.segments {
            let protection = segment.initprot(endian).0;
            native::Segment {
                address: segment.vmaddr(endian).into(),
                offset: segment.fileoff(endian).into(),
                file_size: segment.filesize(endian).into(),
                memory_size: segment.vmsize(endian).into(),
                executable: protection & macho::VM_PROT_EXECUTE.0 != 0,
                writable: protection & macho::VM_PROT_WRITE.0 != 0,
            }
            .write(wire);
        }
        wire.u32(self.sections.len() as u32);
        for section in &self.sections {
            let name = [section.segment_name(), section.name()].join(&b","[..]);
            native::Section {
                name: &name,
                kind: section.section_type(endian).0.into(),
                address: section.addr(endian).into(),
                offset: section.offset(endian).into(),
                size: section.size(endian).into(),
                executable: has_code(section.flags(endian)),
                loaded: section.flags(endian).0 & macho::S_ATTR_DEBUG.0 == 0,
            }
            .write(wire);
        }
    }
}

pub fn has_code(flags: macho::SectionFlags) -> bool {
    flags.0 & (macho::S_ATTR_PURE_INSTRUCTIONS.0 | macho::S_ATTR_SOME_INSTRUCTIONS.0) != 0
}
