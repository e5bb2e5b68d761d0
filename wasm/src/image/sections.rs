//! The class letters of `nm`, worked out from sections as binutils does.

use object::elf;
use object::read::elf::SectionHeader;

/// Lower-case letter for a symbol defined in this section: t code, r read-only, d data, b no bits, n not loaded.
pub fn letter<S: SectionHeader>(section: &S, endian: S::Endian, name: &[u8]) -> u8 {
    for (prefix, letter) in [(".drectve", b'i'), (".edata", b'e'), (".idata", b'i'), (".pdata", b'p')] {
        if let Some(rest) = name.strip_prefix(prefix.as_bytes()) {
            if matches!(rest.first(), None | Some(b'.' | b'$' | b'0'..=b'9')) {
                return letter;
            }
        }
    }
    let flags = section.sh_flags(endian).0;
    let has = |flag: elf::SectionFlags| flags & flag.0 != 0;
    let contents = section.sh_type(endian) != elf::SHT_NOBITS;
    let allocated = has(elf::SHF_ALLOC);
    if has(elf::SHF_EXECINSTR) {
        b't'
    } else if allocated && contents {
        if has(elf::SHF_WRITE) {
            b'd'
        } else {
            b'r'
        }
    } else if !contents {
        b'b'
    } else if is_debugging(name) {
        b'N'
    } else if !has(elf::SHF_WRITE) {
        b'n'
    } else {
        b'?'
    }
}

fn is_debugging(name: &[u8]) -> bool {
    [
        ".debug",
        ".gnu.debuglto_.debug_",
        ".gnu.linkonce.wi.",
        ".zdebug",
        ".line",
        ".stab",
    ]
    .iter()
    .any(|prefix| name.starts_with(prefix.as_bytes()))
}
