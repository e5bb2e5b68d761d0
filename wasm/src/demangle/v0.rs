//! Rust's v0 mangling. Nearly every name is written in one pass by [`direct`]; the rest (punycode, structural
//! constants, anything malformed) goes to the reference implementation, which takes two passes and a formatter.

mod direct;

use super::legacy::without_llvm_rename;
use super::{Scheme, Style, LONGEST};
use alloc::vec::Vec;
use core::fmt::{self, Write};

/// Appends what `name` means, or nothing where it isn't a v0 name.
pub fn append(name: &[u8], style: Style, out: &mut Vec<u8>) -> Scheme {
    let start = out.len();
    let shorter = without_llvm_rename(name);
    if let Some(scheme) = direct::append(shorter, style, out) {
        if scheme == Scheme::None {
            out.truncate(start);
        }
        return scheme;
    }
    out.truncate(start);
    let scheme = append_by_reference(shorter, style, out);
    if scheme != Scheme::None {
        return scheme;
    }
    out.truncate(start);
    // The vendor's suffix may also begin with a dollar: macOS's thread-local variables have `$tlv$init`.
    match memchr::memchr(b'$', shorter) {
        Some(at) => {
            let scheme = append_by_reference(&shorter[..at], style, out);
            if scheme != Scheme::None && style == Style::Full {
                out.extend_from_slice(&shorter[at..]);
            }
            scheme
        }
        None => Scheme::None,
    }
}

/// Bytes times backreferences: what the reference implementation may read where it reads everything again each time.
const MOST_WORK: usize = 1 << 26;

fn append_by_reference(name: &[u8], style: Style, out: &mut Vec<u8>) -> Scheme {
    if memchr::memchr_iter(b'B', name).count().saturating_mul(name.len()) > MOST_WORK {
        return Scheme::None;
    }
    let Ok(text) = core::str::from_utf8(name) else { return Scheme::None };
    let Ok(parsed) = rustc_demangle::try_demangle(text) else { return Scheme::None };
    let mut sink = Bounded { out, left: LONGEST };
    let written = match style {
        Style::Short => write!(sink, "{parsed:#}"),
        Style::Full => write!(sink, "{parsed}"),
    };
    match written {
        Ok(()) => Scheme::RustV0,
        Err(_) => Scheme::None,
    }
}

struct Bounded<'a> {
    out: &'a mut Vec<u8>,
    left: usize,
}

impl Write for Bounded<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.left = self.left.checked_sub(text.len()).ok_or(fmt::Error)?;
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests;
