//! What is in a file: its format, its layout and its symbols. The host opens the file and answers reads of ranges.

mod archive;
mod coff;
mod coff_symbols;
pub(crate) mod elf;
mod elf_dynamic;
mod elf_symbols;
pub mod exports;
pub(crate) mod failure;
mod fat;
pub(crate) mod line_exports;
mod lines;
mod macho;
mod macho_symbols;
mod module;
mod names;
mod native;
mod order;
mod pe;
mod pe_names;
pub(crate) mod reader;
mod recognise;
mod search;
mod sections;
mod strings;
mod table;
mod text;
mod window;
pub(crate) mod wire;

use alloc::vec::Vec;

use elf::{Header32, Header64, Headers};
use failure::Failure;
use reader::Reader;
use table::Table;
use wire::Wire;

use crate::dwarf::layout::DebugLayout;

/// Which parser understands a file; the numbers are what the host sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Format {
    Elf = 0,
    Wasm = 1,
    Archive = 2,
    MachO = 3,
    Pe = 4,
    Coff = 5,
    /// Images for several architectures in one file.
    Fat = 6,
}

pub struct Image {
    reader: Reader,
    format: Format,
}

impl Image {
    pub fn open(source: u32, base: u64, len: u64) -> Result<Self, Failure> {
        let reader = Reader::new(source, base, len);
        let format = recognise::format_of(&reader)?;
        Ok(Image { reader, format })
    }

    /// The facts the host asks for once, in the order it reads them.
    pub fn describe(&self) -> Result<Vec<u8>, Failure> {
        let mut wire = Wire::default();
        wire.u8(self.format as u8);
        match self.format {
            Format::Elf if elf::is_64(&self.reader)? => Headers::<Header64>::read(&self.reader)?.describe(&mut wire),
            Format::Elf => Headers::<Header32>::read(&self.reader)?.describe(&mut wire),
            Format::Wasm => module::describe(&self.reader, &mut wire)?,
            Format::Archive => archive::describe(&self.reader, &mut wire)?,
            Format::MachO if macho::is_64(&self.reader)? => {
                macho::Headers::<macho::Header64>::read(&self.reader)?.describe(&mut wire)
            }
            Format::MachO => macho::Headers::<macho::Header32>::read(&self.reader)?.describe(&mut wire),
            Format::Pe => pe::Image::read(&self.reader)?.describe(&mut wire)?,
            Format::Coff => coff::Object::read(&self.reader)?.describe(&mut wire)?,
            Format::Fat => fat::describe(&self.reader, &mut wire)?,
        }
        Ok(wire.finish())
    }

    pub fn symbols(&self) -> Result<Table, Failure> {
        match self.format {
            Format::Elf if elf::is_64(&self.reader)? => Headers::<Header64>::read(&self.reader)?.symbols(),
            Format::Elf => Headers::<Header32>::read(&self.reader)?.symbols(),
            Format::Wasm => module::symbols(&self.reader),
            Format::MachO if macho::is_64(&self.reader)? => {
                macho::Headers::<macho::Header64>::read(&self.reader)?.symbols()
            }
            Format::MachO => macho::Headers::<macho::Header32>::read(&self.reader)?.symbols(),
            Format::Pe => pe::Image::read(&self.reader)?.symbols(),
            Format::Coff => coff::Object::read(&self.reader)?.symbols(),
            Format::Archive | Format::Fat => Ok(Table::default()),
        }
    }
}

impl Image {
    /// Where debug sections and code are, and a reader of the same file; `None` where there are no debug sections.
    pub fn debug_layout(&self) -> Option<(Reader, DebugLayout)> {
        let layout = match self.format {
            Format::Elf if elf::is_64(&self.reader).ok()? => DebugLayout::of_elf(&Headers::<Header64>::read(&self.reader).ok()?),
            Format::Elf => DebugLayout::of_elf(&Headers::<Header32>::read(&self.reader).ok()?),
            Format::Wasm => module::debug_layout(&self.reader).ok()?,
            Format::Archive | Format::MachO | Format::Pe | Format::Coff | Format::Fat => return None,
        };
        layout.spans.iter().any(|span| span.name == b".debug_info").then(|| (self.reader.again(), layout))
    }
}
