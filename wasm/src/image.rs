//! What is in a file: its format, its layout and its symbols. The host opens the file and answers reads of ranges.

mod archive;
pub(crate) mod elf;
mod elf_dynamic;
mod elf_symbols;
pub mod exports;
pub(crate) mod failure;
mod line_exports;
mod lines;
mod module;
mod names;
mod order;
pub(crate) mod reader;
mod search;
mod sections;
mod table;
mod text;
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
}

pub struct Image {
    reader: Reader,
    format: Format,
}

impl Image {
    pub fn open(source: u32, base: u64, len: u64) -> Result<Self, Failure> {
        let reader = Reader::new(source, base, len);
        let format = format_of(&reader)?;
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
        }
        Ok(wire.finish())
    }

    pub fn symbols(&self) -> Result<Table, Failure> {
        match self.format {
            Format::Elf if elf::is_64(&self.reader)? => Headers::<Header64>::read(&self.reader)?.symbols(),
            Format::Elf => Headers::<Header32>::read(&self.reader)?.symbols(),
            Format::Wasm => module::symbols(&self.reader),
            Format::Archive => Ok(Table::default()),
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
            Format::Archive => return None,
        };
        layout.spans.iter().any(|span| span.name == b".debug_info").then(|| (self.reader.again(), layout))
    }
}

fn format_of(reader: &Reader) -> Result<Format, Failure> {
    let mut start = [0u8; 8];
    let known = (reader.len() as usize).min(start.len());
    reader.fill(0, &mut start[..known])?;
    let start = &start[..known];
    match start {
        [0x7f, b'E', b'L', b'F', ..] => Ok(Format::Elf),
        [0, b'a', b's', b'm', ..] => Ok(Format::Wasm),
        b"!<arch>\n" | b"!<thin>\n" => Ok(Format::Archive),
        _ => Err(unrecognised(start)),
    }
}

/// Says what the file is, where its first bytes tell, so that the user knows the path was right.
fn unrecognised(start: &[u8]) -> Failure {
    let known = match start {
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => Some("a Mach-O file"),
        // A Java class has the same first bytes; a fat file names few architectures, a class a version above 44.
        [0xca, 0xfe, 0xba, 0xbe, _, _, _, count, ..] if *count < 40 => Some("a universal Mach-O file"),
        [0xca, 0xfe, 0xba, 0xbe, ..] => Some("a Java class"),
        [b'M', b'Z', ..] => Some("a PE file"),
        [b'B', b'C', 0xc0, 0xde, ..] => Some("LLVM bitcode"),
        [0x1f, 0x8b, ..] => Some("compressed by gzip"),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => Some("compressed by xz"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("compressed by zstd"),
        [b'#', b'!', ..] => Some("a script"),
        [b'!', b'<', b'a' | b't', ..] => Some("cut off inside the first bytes of an archive"),
        _ => None,
    };
    match known {
        Some(what) => Failure::unsupported(&alloc::format!("it is {what}, not an ELF file, a wasm module or an archive")),
        None => Failure::input("it is not an ELF file, a wasm module or an archive"),
    }
}
