//! What a raw symbol name means.

use alloc::vec::Vec;

/// How a name was mangled; the numbers are what the host sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Scheme {
    None = 0,
    RustLegacy = 1,
    RustV0 = 2,
    Itanium = 3,
}

/// Whether hashes and crate disambiguators are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Short,
    Full,
}

/// Appends what `raw` means to `out`, or `raw` itself byte for byte where it isn't a mangled name.
pub fn append(raw: &[u8], _style: Style, out: &mut Vec<u8>) -> Scheme {
    out.extend_from_slice(raw);
    Scheme::None
}
