//! The Itanium C++ ABI's mangling, in c++filt's spelling. Nearly every name is parsed and written here; what has
//! expressions in it, or is malformed, goes to a complete but slower library with a spelling of its own.

mod parse;
mod print;
mod special;
mod tree;
mod types;
mod words;

use super::LONGEST;
use alloc::vec::Vec;
use core::fmt;
use cpp_demangle::{BorrowedSymbol, DemangleNodeType, DemangleOptions, DemangleWrite, ParseOptions};
use parse::Parser;
use print::Printer;
use tree::Tree;

/// For the library: deep enough for real names, shallow enough for a 1 MB stack.
const DEEPEST: u32 = 160;

/// Appends what `name` means; false, with `out` unchanged, where it isn't such a name.
pub fn append(name: &[u8], out: &mut Vec<u8>) -> bool {
    let Some((text, key)) = constructors_keyed_to(name) else { return append_encoding(name, out) };
    let start = out.len();
    out.extend_from_slice(text);
    // One prefix only, as in c++filt: a key that has another is a name as it stands, however many follow.
    if append_encoding(key, out) {
        return true;
    }
    let is_plain = !key.is_empty() && !key.starts_with(b"_Z") && key.iter().all(u8::is_ascii_graphic);
    if is_plain {
        out.extend_from_slice(key);
    } else {
        out.truncate(start);
    }
    is_plain
}

fn append_encoding(name: &[u8], out: &mut Vec<u8>) -> bool {
    let start = out.len();
    if direct(name, out).is_some() {
        return true;
    }
    out.truncate(start);
    let (name, clones) = name.split_at(memchr::memchr(b'.', name).unwrap_or(name.len()));
    if is_mangled(name) && is_suffix(clones) && by_library(name, out) {
        respell_literals(out, start);
        append_clones(clones, out);
        return true;
    }
    out.truncate(start);
    false
}

/// Without the marker the library would take a word for a type: `a` for a `signed char`.
fn is_mangled(name: &[u8]) -> bool {
    name.starts_with(b"_Z") || name.starts_with(b"__Z")
}

fn direct(name: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let inner = name.strip_prefix(b"_Z").or_else(|| name.strip_prefix(b"__Z"))?;
    let mut tree = Tree::with_room();
    let mut parser = Parser::new(inner, &mut tree);
    let root = parser.encoding()?;
    let rest = &inner[parser.at..];
    if !is_suffix(rest) {
        return None;
    }
    Printer::new(&tree, out).print(root)?;
    append_clones(rest, out);
    Some(())
}

/// Functions that run the constructors or destructors of a file's globals are named after its first one.
fn constructors_keyed_to(name: &[u8]) -> Option<(&'static [u8], &[u8])> {
    let rest = name.strip_prefix(b"_GLOBAL_")?;
    match rest {
        [b'_' | b'.' | b'$', b'I', b'_', key @ ..] => Some((b"global constructors keyed to ", key)),
        [b'_' | b'.' | b'$', b'D', b'_', key @ ..] => Some((b"global destructors keyed to ", key)),
        _ => None,
    }
}

fn is_suffix(rest: &[u8]) -> bool {
    rest.is_empty() || (rest[0] == b'.' && rest.iter().all(u8::is_ascii_graphic))
}

/// `.constprop.0.cold` becomes ` [clone .constprop.0] [clone .cold]`; anything else is left as it is.
fn append_clones(clones: &[u8], out: &mut Vec<u8>) {
    let mut rest = clones;
    while let Some(length) = clone_length(rest) {
        out.extend_from_slice(b" [clone ");
        out.extend_from_slice(&rest[..length]);
        out.extend_from_slice(b"]");
        rest = &rest[length..];
    }
    out.extend_from_slice(rest);
}

/// A dot and a word, then dots and numbers; or a dot and a number.
fn clone_length(text: &[u8]) -> Option<usize> {
    let run = |from: usize, fits: fn(&u8) -> bool| text[from..].iter().take_while(|byte| fits(byte)).count();
    if text.first() != Some(&b'.') {
        return None;
    }
    let mut at = 1 + run(1, |byte| matches!(byte, b'a'..=b'z' | b'_' | b'0'..=b'9'));
    if at == 1 {
        return None;
    }
    while text.get(at) == Some(&b'.') {
        let digits = run(at + 1, u8::is_ascii_digit);
        if digits == 0 {
            break;
        }
        at += 1 + digits;
    }
    Some(at)
}

fn by_library(name: &[u8], out: &mut Vec<u8>) -> bool {
    let Ok(symbol) = BorrowedSymbol::new_with_options(name, &ParseOptions::default().recursion_limit(DEEPEST)) else {
        return false;
    };
    let mut sink = Bounded { out, left: LONGEST };
    let options = DemangleOptions::new().recursion_limit(DEEPEST);
    symbol.structured_demangle(&mut sink, &options).is_ok()
}

/// The library writes `(unsigned int)4` where c++filt writes `4u`.
fn respell_literals(out: &mut Vec<u8>, start: usize) {
    const KINDS: [&[u8]; 5] = [b"unsigned int", b"unsigned long long", b"unsigned long", b"long long", b"long"];
    let text = out.split_off(start);
    let mut rest = text.as_slice();
    while let Some(at) = memchr::memchr(b'(', rest) {
        let (before, behind) = rest.split_at(at);
        out.extend_from_slice(before);
        let literal = KINDS.iter().find_map(|kind| {
            let value = behind[1..].strip_prefix(*kind)?.strip_prefix(b")")?;
            let sign = usize::from(value.first() == Some(&b'-'));
            let digits = value[sign..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            (digits > 0).then(|| (value.split_at(sign + digits), words::literal_suffix(kind).unwrap_or(b"")))
        });
        match literal {
            Some(((value, further), suffix)) => {
                out.extend_from_slice(value);
                out.extend_from_slice(suffix);
                rest = further;
            }
            None => {
                out.push(b'(');
                rest = &behind[1..];
            }
        }
    }
    out.extend_from_slice(rest);
}

/// A few bytes of substitutions can stand for gigabytes of text.
struct Bounded<'a> {
    out: &'a mut Vec<u8>,
    left: usize,
}

impl DemangleWrite for Bounded<'_> {
    fn push_demangle_node(&mut self, _: DemangleNodeType) {}

    fn write_string(&mut self, text: &str) -> fmt::Result {
        self.left = self.left.checked_sub(text.len()).ok_or(fmt::Error)?;
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
