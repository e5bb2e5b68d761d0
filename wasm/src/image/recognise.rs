//! Which parser understands a file, told from its first bytes.

use super::coff;
use super::failure::Failure;
use super::fat::MOST_ARCHITECTURES;
use super::reader::Reader;
use super::Format;

const ENOUGH: usize = 32;

pub fn format_of(reader: &Reader) -> Result<Format, Failure> {
    let mut start = [0u8; ENOUGH];
    let known = (reader.len() as usize).min(start.len());
    reader.fill(0, &mut start[..known])?;
    let start = &start[..known];
    match start {
        [0x7f, b'E', b'L', b'F', ..] => Ok(Format::Elf),
        [0, b'a', b's', b'm', ..] => Ok(Format::Wasm),
        _ if start.starts_with(b"!<arch>\n") || start.starts_with(b"!<thin>\n") => Ok(Format::Archive),
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => Ok(Format::MachO),
        [0xca, 0xfe, 0xba, 0xbe, a, b, c, d, ..] if u32::from_be_bytes([*a, *b, *c, *d]) <= MOST_ARCHITECTURES => {
            Ok(Format::Fat)
        }
        [0xca, 0xfe, 0xba, 0xbf, ..] => Ok(Format::Fat),
        [b'M', b'Z', ..] if is_pe(reader) => Ok(Format::Pe),
        _ if is_coff(start) => Ok(Format::Coff),
        _ => Err(unrecognised(start)),
    }
}

/// Old programs of DOS begin as PE images do.
fn is_pe(reader: &Reader) -> bool {
    let mut word = [0u8; 4];
    let signature = reader.fill(0x3c, &mut word).and_then(|()| reader.fill(u32::from_le_bytes(word).into(), &mut word));
    signature.is_ok() && word == *b"PE\0\0"
}

/// COFF objects have no magic number: the machine's number, and no optional header.
fn is_coff(start: &[u8]) -> bool {
    match start {
        [0, 0, 0xff, 0xff, version, 0, ..] => *version >= 2 && start.get(12..28) == Some(&coff::BIGOBJ[..]),
        [a, b, ..] if coff::MACHINES.contains(&u16::from_le_bytes([*a, *b])) => start.get(16..18) == Some(&[0, 0]),
        _ => false,
    }
}

/// Says what the file is, where its first bytes tell, so that the user knows the path was right.
fn unrecognised(start: &[u8]) -> Failure {
    let known = match start {
        [0xca, 0xfe, 0xba, 0xbe, ..] => Some("a Java class"),
        [b'M', b'Z', ..] => Some("a program for DOS, or cut off"),
        [0, 0, 0xff, 0xff, 0, 0, ..] => Some("a member of a Windows import library"),
        [0, 0, 0xff, 0xff, ..] => Some("intermediate code of a Windows compiler"),
        [b'B', b'C', 0xc0, 0xde, ..] | [0xde, 0xc0, 0x17, 0x0b, ..] => Some("LLVM bitcode"),
        [0x1f, 0x8b, ..] => Some("compressed by gzip"),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => Some("compressed by xz"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("compressed by zstd"),
        [b'#', b'!', ..] => Some("a script"),
        [b'!', b'<', b'a' | b't', ..] => Some("cut off inside the first bytes of an archive"),
        _ => None,
    };
    let others = "not an ELF, Mach-O, PE or COFF file, a wasm module or an archive";
    match known {
        Some(what) => Failure::unsupported(&alloc::format!("it is {what}, {others}")),
        None => Failure::input(&alloc::format!("it is {others}")),
    }
}
