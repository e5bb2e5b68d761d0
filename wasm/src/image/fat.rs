//! Universal (fat) files: one image for each architecture, told as an archive's members are.

use alloc::borrow::Cow;
use alloc::format;
use object::macho::{FatArch32, FatArch64};
use object::read::macho::{FatArch, MachOFatFile};

use super::failure::Failure;
use super::reader::Reader;
use super::wire::Wire;

/// A Java class begins as a universal file does; its version, 45 or more, is where that has the count.
pub const MOST_ARCHITECTURES: u32 = 39;

pub fn describe(reader: &Reader, wire: &mut Wire) -> Result<(), Failure> {
    let mut magic = [0u8; 4];
    reader.fill(0, &mut magic)?;
    if magic[3] == 0xbf {
        describe_arches::<FatArch64>(reader, wire)
    } else {
        describe_arches::<FatArch32>(reader, wire)
    }
}

fn describe_arches<A: FatArch>(reader: &Reader, wire: &mut Wire) -> Result<(), Failure> {
    let mut count = [0u8; 4];
    reader.fill(4, &mut count)?;
    if u32::from_be_bytes(count) > MOST_ARCHITECTURES {
        return Err(Failure::input("it is damaged: it claims more architectures than there are"));
    }
    let fat = MachOFatFile::<A>::parse(reader)?;
    if fat.arches().is_empty() {
        return Err(Failure::input("it is a universal file without architectures"));
    }
    wire.u8(0); // not thin
    for arch in fat.arches() {
        let (offset, size) = arch.file_range();
        if size == 0 {
            return Err(Failure::input("it is a universal file with an architecture that has no bytes"));
        }
        wire.u8(1);
        wire.bytes(architecture(arch.cputype().0, arch.cpusubtype().0).as_bytes());
        wire.u64(offset);
        wire.u64(size);
    }
    wire.u8(0);
    wire.optional(None);
    Ok(())
}

/// The name that Apple's tools and LLVM's give an architecture; the highest byte of the subtype holds capabilities.
fn architecture(cpu: u32, subtype: u32) -> Cow<'static, str> {
    let name = match (cpu, subtype & 0x00ff_ffff) {
        (7, _) => "i386",
        (0x0100_0007, 8) => "x86_64h",
        (0x0100_0007, _) => "x86_64",
        (12, 5) => "armv4t",
        (12, 6) => "armv6",
        (12, 7) => "armv5e",
        (12, 9) => "armv7",
        (12, 11) => "armv7s",
        (12, 12) => "armv7k",
        (12, 14) => "armv6m",
        (12, 15) => "armv7m",
        (12, 16) => "armv7em",
        (12, _) => "arm",
        (0x0100_000c, 2) => "arm64e",
        (0x0100_000c, _) => "arm64",
        (0x0200_000c, _) => "arm64_32",
        (18, _) => "ppc",
        (0x0100_0012, _) => "ppc64",
        _ => return Cow::Owned(format!("cpu {cpu:#x}.{subtype:#x}")),
    };
    Cow::Borrowed(name)
}
