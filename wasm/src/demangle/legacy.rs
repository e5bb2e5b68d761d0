//! Rust's legacy mangling: `_ZN`, counted path segments, `E`; punctuation as `$NAME$`, and `..` for `::`.

use super::Style;
use crate::bytes::push;
use alloc::vec::Vec;

/// A name that follows the grammar.
pub struct Path<'a> {
    /// The segments, from the first count to the byte before `E`.
    segments: &'a [u8],
    /// Where the last segment's text begins in `segments`.
    last: usize,
    /// What follows `E`, without LLVM's rename: empty, or begins with a dot.
    suffix: &'a [u8],
}

/// `h` and sixteen digits: the last segment rustc gives every legacy name.
const HASH_LENGTH: usize = 17;

/// Shorter hashes occur only in examples; a C++ name such as `codec::h264` must not pass for one.
const SHORT_HASH: &[u8] = b"h0";

impl<'a> Path<'a> {
    /// A name that ends in rustc's hash, which no C++ name does.
    pub fn hashed(name: &'a [u8]) -> Option<Self> {
        Self::any(name).filter(|path| {
            let last = path.last_segment();
            path.ends_in_hash() && (last.len() == HASH_LENGTH || (last.len() > 4 && last.starts_with(SHORT_HASH)))
        })
    }

    pub fn any(name: &'a [u8]) -> Option<Self> {
        let name = without_llvm_rename(name);
        let inner = name.strip_prefix(b"_ZN").or_else(|| name.strip_prefix(b"__ZN"))?;
        let mut at = 0;
        let mut last = 0;
        while *inner.get(at)? != b'E' {
            let (length, text) = count(inner, at)?;
            last = text;
            at = text.checked_add(length)?;
        }
        let suffix = &inner[at + 1..];
        let readable = suffix.is_empty() || (suffix[0] == b'.' && suffix.iter().all(u8::is_ascii_graphic));
        (readable && inner[..at].is_ascii()).then_some(Path { segments: &inner[..at], last, suffix })
    }

    fn last_segment(&self) -> &'a [u8] {
        &self.segments[self.last..]
    }

    fn ends_in_hash(&self) -> bool {
        matches!(self.last_segment(), [b'h', digits @ ..] if digits.iter().all(u8::is_ascii_hexdigit))
    }

    pub fn append(&self, style: Style, out: &mut Vec<u8>) {
        let hide_hash = style == Style::Short && self.ends_in_hash();
        let mut at = 0;
        while let Some((length, text)) = count(self.segments, at) {
            if hide_hash && text == self.last {
                break;
            }
            if at != 0 {
                push(out, b"::");
            }
            at = text + length;
            append_segment(&self.segments[text..at], out);
        }
        push(out, self.suffix);
    }
}

/// The decimal count at `at`, and where the text behind it begins.
fn count(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let mut text = at;
    let mut length = 0usize;
    while let Some(digit @ b'0'..=b'9') = bytes.get(text) {
        length = length.checked_mul(10)?.checked_add(usize::from(digit - b'0'))?;
        text += 1;
    }
    (text > at).then_some((length, text))
}

/// `.llvm.` and upper-case hexadecimal digits, which LLVM adds when it makes a local name global. An old form has an
/// `@` and a number as well.
pub fn without_llvm_rename(name: &[u8]) -> &[u8] {
    const MARK: &[u8] = b".llvm.";
    let Some(at) = memchr::memchr_iter(b'.', name).find(|&at| name[at..].starts_with(MARK)) else { return name };
    let hash = &name[at + MARK.len()..];
    if hash.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F' | b'@')) {
        &name[..at]
    } else {
        name
    }
}

fn append_segment(segment: &[u8], out: &mut Vec<u8>) {
    // An identifier can't begin with `$`, so rustc puts an underscore before one.
    let mut rest = if segment.starts_with(b"_$") { &segment[1..] } else { segment };
    while let Some(at) = rest.iter().position(|&byte| byte == b'$' || byte == b'.') {
        push(out, &rest[..at]);
        rest = &rest[at..];
        if rest[0] == b'.' {
            let path = rest.starts_with(b"..");
            push(out, if path { b"::" } else { b"." });
            rest = &rest[if path { 2 } else { 1 }..];
            continue;
        }
        let Some(end) = rest[1..].iter().position(|&byte| byte == b'$') else { break };
        if !append_escape(&rest[1..=end], out) {
            break;
        }
        rest = &rest[end + 2..];
    }
    push(out, rest);
}

/// What stands between two `$`; false where it isn't one of rustc's escapes.
fn append_escape(escape: &[u8], out: &mut Vec<u8>) -> bool {
    out.push(match escape {
        b"LT" => b'<',
        b"GT" => b'>',
        b"RF" => b'&',
        b"C" => b',',
        b"BP" => b'*',
        b"LP" => b'(',
        b"RP" => b')',
        b"SP" => b'@',
        _ => return append_code_point(escape, out),
    });
    true
}

/// `u` and lower-case hexadecimal digits: one character, unless it is a control character.
fn append_code_point(escape: &[u8], out: &mut Vec<u8>) -> bool {
    let Some(digits) = escape.strip_prefix(b"u") else { return false };
    let mut code = 0u32;
    for &digit in digits {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return false,
        };
        if code > char::MAX as u32 {
            return false;
        }
        code = code * 16 + u32::from(value);
    }
    match char::from_u32(code) {
        Some(c) if !digits.is_empty() && !c.is_control() => {
            push(out, c.encode_utf8(&mut [0; 4]).as_bytes());
            true
        }
        _ => false,
    }
}
