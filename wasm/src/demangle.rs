//! What a raw symbol name means. Total and bounded: any bytes in, text out, and what isn't a mangled name comes back
//! byte for byte.

mod cxx;
mod legacy;
mod plain;
mod v0;

use alloc::vec::Vec;

pub use plain::sanitise;

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

/// No demangled name is longer, in bytes; one that would be comes back raw, or cut with a mark that says so. The longest
/// real name has 53,076.
const LONGEST: usize = 1 << 20;

/// Appends what `raw` means to `out`, or `raw` itself byte for byte where it isn't a mangled name. A symbol version
/// (`@VERS`, `@@VERS`) and compiler suffixes (`.cold`, `.warm`, `.N`) stay readable behind the name.
pub fn append(raw: &[u8], style: Style, out: &mut Vec<u8>) -> Scheme {
    let start = out.len();
    let scheme = match mangled_prefix(raw) {
        Some(prefix) => {
            let (name, version) = split_version(raw);
            let scheme = append_mangled(name, prefix, style, out);
            out.extend_from_slice(version);
            plain::sanitise(out, start);
            scheme
        }
        None => Scheme::None,
    };
    if scheme == Scheme::None || out.len() - start > LONGEST {
        out.truncate(start);
        out.extend_from_slice(raw);
        return Scheme::None;
    }
    scheme
}

/// As [`append`], for a name that the user says is one: also takes names whose leading underscore was stripped, as
/// some debuggers do. In free text or a symbol table such a word (`RC1a`) is more likely something else.
pub fn append_given(raw: &[u8], style: Style, out: &mut Vec<u8>) -> Scheme {
    if raw.starts_with(b"ZN") || raw.starts_with(b"R") {
        let mut underscored = Vec::with_capacity(raw.len() + 1);
        underscored.push(b'_');
        underscored.extend_from_slice(raw);
        let start = out.len();
        let scheme = append(&underscored, style, out);
        if scheme != Scheme::None {
            return scheme;
        }
        out.truncate(start);
    }
    append(raw, style, out)
}

/// The two manglings' markers; each may have one more underscore in front, as Mach-O puts before every name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Prefix {
    V0,
    Z,
}

fn mangled_prefix(raw: &[u8]) -> Option<Prefix> {
    let rest = raw.strip_prefix(b"_")?;
    let marker = match rest.first()? {
        b'_' => rest.get(1)?,
        first => first,
    };
    match marker {
        b'R' => Some(Prefix::V0),
        b'Z' => Some(Prefix::Z),
        _ if raw.starts_with(b"_GLOBAL_") => Some(Prefix::Z),
        _ => None,
    }
}

fn append_mangled(name: &[u8], prefix: Prefix, style: Style, out: &mut Vec<u8>) -> Scheme {
    match prefix {
        Prefix::V0 => v0::append(name, style, out),
        Prefix::Z => {
            if let Some(path) = legacy::Path::hashed(name) {
                path.append(style, out);
                return Scheme::RustLegacy;
            }
            // No C++ identifier holds `$`, which legacy Rust names are full of; a plain path that LLVM renamed reads
            // better without that. Otherwise the two readings of a path agree.
            if memchr::memchr(b'$', name).is_some() || legacy::without_llvm_rename(name).len() < name.len() {
                if let Some(path) = legacy::Path::any(name) {
                    path.append(style, out);
                    return Scheme::RustLegacy;
                }
            }
            if cxx::append(name, out) {
                return Scheme::Itanium;
            }
            match legacy::Path::any(name) {
                Some(path) => {
                    path.append(style, out);
                    Scheme::RustLegacy
                }
                None => Scheme::None,
            }
        }
    }
}

/// `name@VERS` or `name@@VERS`: the name and the rest, which begins with `@`.
fn split_version(raw: &[u8]) -> (&[u8], &[u8]) {
    let at = memchr::memchr(b'@', raw).unwrap_or(raw.len());
    if at < raw.len() && legacy::without_llvm_rename(raw).len() < at {
        return (raw, b"");
    }
    raw.split_at(at)
}

#[cfg(test)]
mod tests;
