//! What Mach-O, PE and COFF files say of themselves, in one form.

use alloc::vec::Vec;

use super::elf::ImageType;
use super::wire::Wire;

/// Facts that the three formats share; a format leaves out what it does not have.
pub struct Facts<'a> {
    pub image_type: ImageType,
    pub is_64: bool,
    pub little_endian: bool,
    /// Mach-O: type and subtype of the processor. PE and COFF: the machine, and 0.
    pub machine: (u32, u32),
    pub stripped: bool,
    pub entry: Option<u64>,
    /// Hexadecimal digits.
    pub build_id: Option<Vec<u8>>,
    pub interpreter: Option<&'a [u8]>,
    pub soname: Option<Vec<u8>>,
    pub runpath: Vec<&'a [u8]>,
    pub needed: Vec<Vec<u8>>,
    /// The file that holds the debug info of a PE image.
    pub pdb: Option<Vec<u8>>,
}

impl Facts<'_> {
    /// In the order that the host reads them; segments and sections follow.
    pub fn write(&self, wire: &mut Wire) {
        wire.u8(self.image_type as u8);
        wire.u8(if self.is_64 { 64 } else { 32 });
        wire.u8(self.little_endian as u8);
        wire.u32(self.machine.0);
        wire.u32(self.machine.1);
        wire.u8(self.stripped as u8);
        wire.u8(self.entry.is_some() as u8);
        wire.u64(self.entry.unwrap_or(0));
        wire.optional(self.build_id.as_deref());
        wire.optional(self.interpreter);
        wire.optional(self.soname.as_deref());
        wire.u32(self.runpath.len() as u32);
        for folder in &self.runpath {
            wire.bytes(folder);
        }
        wire.u32(self.needed.len() as u32);
        for name in &self.needed {
            wire.bytes(name);
        }
        wire.optional(self.pdb.as_deref());
    }
}

pub struct Segment {
    pub address: u64,
    pub offset: u64,
    pub file_size: u64,
    pub memory_size: u64,
    pub executable: bool,
    pub writable: bool,
}

impl Segment {
    pub fn write(&self, wire: &mut Wire) {
        wire.u64(self.address);
        wire.u64(self.offset);
        wire.u64(self.file_size);
        wire.u64(self.memory_size);
        wire.u8(self.executable as u8);
        wire.u8(self.writable as u8);
    }
}

pub struct Section<'a> {
    pub name: &'a [u8],
    /// Mach-O: the section's type. PE and COFF: its characteristics.
    pub kind: u32,
    pub address: u64,
    pub offset: u64,
    pub size: u64,
    pub executable: bool,
    pub loaded: bool,
}

impl Section<'_> {
    pub fn write(&self, wire: &mut Wire) {
        wire.bytes(self.name);
        wire.u32(self.kind);
        wire.u64(self.address);
        wire.u64(self.offset);
        wire.u64(self.size);
        wire.u8(self.executable as u8);
        wire.u8(self.loaded as u8);
    }
}

/// Lower-case digits.
pub fn hex(bytes: &[u8]) -> Vec<u8> {
    let digit = |nibble: u8| b"0123456789abcdef"[nibble as usize & 15];
    bytes.iter().flat_map(|&byte| [digit(byte >> 4), digit(byte)]).collect()
}

/// A field of fixed width, without the NULs that fill it.
pub fn padded(field: &[u8]) -> &[u8] {
    let end = field.iter().position(|&byte| byte == 0).unwrap_or(field.len());
    &field[..end]
}
