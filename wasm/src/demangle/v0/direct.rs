//! The common part of v0's grammar, parsed and written in one pass. `None` means "not here", never "not a name".
//! The productions are those of RFC 2603 and of the rustc book's chapter on v0; so are their names.

use super::super::{Style, LONGEST};
use crate::bytes::push;
use alloc::vec::Vec;

/// Paths, types and constants inside each other; the reference implementation's limit.
const DEEPEST: u32 = 500;

/// More lifetimes in one binder than this are not for people to read.
const MOST_LIFETIMES: u64 = 26;

pub fn append(name: &[u8], style: Style, out: &mut Vec<u8>) -> Option<()> {
    let inner = name.strip_prefix(b"_R").or_else(|| name.strip_prefix(b"__R"))?;
    let limit = out.len() + LONGEST;
    let mut writer =
        Writer { inner, at: 0, depth: 0, bound: 0, full: style == Style::Full, silent: false, limit, out };
    if !inner.first()?.is_ascii_uppercase() {
        return None;
    }
    writer.path(true)?;
    if writer.peek().is_some_and(|next| next.is_ascii_uppercase()) {
        writer.silently(|writer| writer.path(false))?;
    }
    let (parsed, suffix) = inner.split_at(writer.at);
    if !parsed.is_ascii() || !(suffix.is_empty() || (suffix[0] == b'.' && suffix.iter().all(u8::is_ascii_graphic))) {
        return None;
    }
    writer.put(suffix);
    Some(())
}

struct Writer<'a> {
    /// The name behind `_R`; positions in backreferences count from here.
    inner: &'a [u8],
    at: usize,
    depth: u32,
    /// Lifetimes bound by the binders around.
    bound: u64,
    full: bool,
    /// Parse only.
    silent: bool,
    limit: usize,
    out: &'a mut Vec<u8>,
}

impl<'a> Writer<'a> {
    #[inline]
    fn put(&mut self, text: &[u8]) {
        if !self.silent {
            push(self.out, text);
        }
    }

    fn silently(&mut self, parse: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        let before = core::mem::replace(&mut self.silent, true);
        parse(self)?;
        self.silent = before;
        Some(())
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.inner.get(self.at).copied()
    }

    #[inline]
    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    #[inline]
    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    #[inline]
    fn enter(&mut self) -> Option<()> {
        self.depth += 1;
        (self.depth <= DEEPEST && self.out.len() <= self.limit).then_some(())
    }

    fn leave(&mut self) -> Option<()> {
        self.depth -= 1;
        Some(())
    }

    /// `_` is 0, `0_` is 1, and so on.
    fn base_62_number(&mut self) -> Option<u64> {
        let mut value = 0u64;
        if self.eat(b'_') {
            return Some(0);
        }
        loop {
            let digit = match self.next()? {
                digit @ b'0'..=b'9' => digit - b'0',
                digit @ b'a'..=b'z' => digit - b'a' + 10,
                digit @ b'A'..=b'Z' => digit - b'A' + 36,
                b'_' => return value.checked_add(1),
                _ => return None,
            };
            // A checked multiplication would be one of 128 bits.
            if value > u64::MAX / 62 - 1 {
                return None;
            }
            value = value * 62 + u64::from(digit);
        }
    }

    /// Absent is 0, present one more than the number.
    fn optional_number(&mut self, tag: u8) -> Option<u64> {
        if self.eat(tag) {
            self.base_62_number()?.checked_add(1)
        } else {
            Some(0)
        }
    }

    fn disambiguator(&mut self) -> Option<u64> {
        self.optional_number(b's')
    }

    fn identifier(&mut self) -> Option<&'a [u8]> {
        let mut length = match self.next()? {
            digit @ b'0'..=b'9' => usize::from(digit - b'0'),
            _ => return None,
        };
        if length != 0 {
            while let Some(digit @ b'0'..=b'9') = self.peek() {
                length = length.checked_mul(10)?.checked_add(usize::from(digit - b'0'))?;
                self.at += 1;
            }
        }
        self.eat(b'_');
        let text = self.inner.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(text)
    }

    /// Writes what stands at an earlier position, which the number behind the `B` just read gives.
    fn backreference(&mut self, write: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        let tag = self.at - 1;
        let target = self.base_62_number()?;
        if target >= tag as u64 {
            return None;
        }
        if self.silent {
            return Some(());
        }
        self.enter()?;
        let after = core::mem::replace(&mut self.at, target as usize);
        write(self)?;
        self.at = after;
        self.leave()
    }

    fn path(&mut self, in_value: bool) -> Option<()> {
        self.enter()?;
        match self.next()? {
            b'C' => {
                let disambiguator = self.disambiguator()?;
                let name = self.identifier()?;
                self.put(name);
                if self.full && disambiguator != 0 {
                    self.put(b"[");
                    self.number(disambiguator, 16);
                    self.put(b"]");
                }
            }
            b'N' => {
                let namespace = self.next()?;
                if !namespace.is_ascii_alphabetic() {
                    return None;
                }
                self.path(in_value)?;
                let disambiguator = self.disambiguator()?;
                let name = self.identifier()?;
                if namespace.is_ascii_lowercase() {
                    if !name.is_empty() {
                        self.put(b"::");
                        self.put(name);
                    }
                } else {
                    self.special(namespace, disambiguator, name);
                }
            }
            tag @ (b'M' | b'X' | b'Y') => {
                if tag != b'Y' {
                    self.disambiguator()?;
                    self.silently(|writer| writer.path(false))?;
                }
                self.put(b"<");
                self.kind()?;
                if tag != b'M' {
                    self.put(b" as ");
                    self.path(false)?;
                }
                self.put(b">");
            }
            b'I' => {
                self.path(in_value)?;
                self.put(if in_value { b"::<" } else { b"<" });
                self.list(b", ", Self::generic_argument)?;
                self.put(b">");
            }
            b'B' => self.backreference(|writer| writer.path(in_value))?,
            _ => return None,
        }
        self.leave()
    }

    /// Closures, shims and other compiler-made things: `{closure#0}`.
    fn special(&mut self, namespace: u8, disambiguator: u64, name: &[u8]) {
        self.put(b"::{");
        match namespace {
            b'C' => self.put(b"closure"),
            b'S' => self.put(b"shim"),
            other => self.put(&[other]),
        }
        if !name.is_empty() {
            self.put(b":");
            self.put(name);
        }
        self.put(b"#");
        self.number(disambiguator, 10);
        self.put(b"}");
    }

    /// Elements up to `E`; returns how many.
    fn list(&mut self, separator: &[u8], element: impl Fn(&mut Self) -> Option<()>) -> Option<usize> {
        let mut count = 0;
        while !self.eat(b'E') {
            if count > 0 {
                self.put(separator);
            }
            element(self)?;
            count += 1;
        }
        Some(count)
    }

    fn generic_argument(&mut self) -> Option<()> {
        match self.peek()? {
            b'L' => {
                self.at += 1;
                let index = self.base_62_number()?;
                self.lifetime(index)
            }
            b'K' => {
                self.at += 1;
                self.constant()
            }
            _ => self.kind(),
        }
    }

    /// A type. (`type` is a word of the language.)
    fn kind(&mut self) -> Option<()> {
        let tag = self.next()?;
        let basic = basic_type(tag);
        if !basic.is_empty() {
            self.put(basic);
            return Some(());
        }
        self.enter()?;
        match tag {
            b'R' | b'Q' => {
                self.put(b"&");
                if self.eat(b'L') {
                    let index = self.base_62_number()?;
                    if index != 0 {
                        self.lifetime(index)?;
                        self.put(b" ");
                    }
                }
                if tag == b'Q' {
                    self.put(b"mut ");
                }
                self.kind()?;
            }
            b'P' => {
                self.put(b"*const ");
                self.kind()?;
            }
            b'O' => {
                self.put(b"*mut ");
                self.kind()?;
            }
            b'A' => {
                self.put(b"[");
                self.kind()?;
                self.put(b"; ");
                self.constant()?;
                self.put(b"]");
            }
            b'S' => {
                self.put(b"[");
                self.kind()?;
                self.put(b"]");
            }
            b'T' => {
                self.put(b"(");
                let count = self.list(b", ", Self::kind)?;
                self.put(if count == 1 { b",)" } else { b")" });
            }
            b'F' => self.binder(Self::function)?,
            b'D' => {
                self.put(b"dyn ");
                self.binder(|writer| writer.list(b" + ", Self::dyn_trait).map(|_| ()))?;
                if !self.eat(b'L') {
                    return None;
                }
                let index = self.base_62_number()?;
                if index != 0 {
                    self.put(b" + ");
                    self.lifetime(index)?;
                }
            }
            b'B' => self.backreference(Self::kind)?,
            _ => {
                self.at -= 1;
                self.path(false)?;
            }
        }
        self.leave()
    }

    fn function(&mut self) -> Option<()> {
        if self.eat(b'U') {
            self.put(b"unsafe ");
        }
        if self.eat(b'K') {
            self.put(b"extern \"");
            if self.eat(b'C') {
                self.put(b"C");
            } else {
                let convention = self.identifier()?;
                if convention.is_empty() {
                    return None;
                }
                // The name's dashes are written as underscores.
                for &byte in convention {
                    self.put(if byte == b'_' { b"-" } else { core::slice::from_ref(&byte) });
                }
            }
            self.put(b"\" ");
        }
        self.put(b"fn(");
        self.list(b", ", Self::kind)?;
        self.put(b")");
        if self.eat(b'u') {
            return Some(());
        }
        self.put(b" -> ");
        self.kind()
    }

    fn dyn_trait(&mut self) -> Option<()> {
        let mut open = self.path_with_open_generics()?;
        while self.eat(b'p') {
            self.put(if open { b", " } else { b"<" });
            open = true;
            let name = self.identifier()?;
            self.put(name);
            self.put(b" = ");
            if self.eat(b'K') {
                self.constant()?;
            } else {
                self.kind()?;
            }
        }
        if open {
            self.put(b">");
        }
        Some(())
    }

    /// Leaves out the closing `>`, since associated types follow in the same brackets; true where there were any.
    fn path_with_open_generics(&mut self) -> Option<bool> {
        if self.eat(b'B') {
            let mut open = false;
            self.backreference(|writer| {
                open = writer.path_with_open_generics()?;
                Some(())
            })?;
            return Some(open);
        }
        if self.eat(b'I') {
            self.path(false)?;
            self.put(b"<");
            self.list(b", ", Self::generic_argument)?;
            return Some(true);
        }
        self.path(false)?;
        Some(false)
    }

    fn binder(&mut self, write: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        let count = self.optional_number(b'G')?;
        if count > MOST_LIFETIMES {
            return None;
        }
        if count > 0 {
            self.put(b"for<");
            for index in 0..count {
                if index > 0 {
                    self.put(b", ");
                }
                self.bound += 1;
                self.lifetime(1)?;
            }
            self.put(b"> ");
        }
        write(self)?;
        self.bound -= count;
        Some(())
    }

    /// By de Bruijn index: 1 is the innermost, 0 one that was erased.
    fn lifetime(&mut self, index: u64) -> Option<()> {
        if self.silent {
            return Some(());
        }
        if index == 0 {
            self.put(b"'_");
            return Some(());
        }
        match self.bound.checked_sub(index)? {
            depth @ 0..=25 => self.put(&[b'\'', b'a' + depth as u8]),
            depth => {
                self.put(b"'_");
                self.number(depth, 10);
            }
        }
        Some(())
    }

    /// Integers, booleans and `_`; other constants are rare.
    fn constant(&mut self) -> Option<()> {
        self.enter()?;
        let tag = self.next()?;
        match tag {
            b'p' => self.put(b"_"),
            b'h' | b't' | b'm' | b'y' | b'o' | b'j' => self.integer(tag)?,
            b'a' | b's' | b'l' | b'x' | b'n' | b'i' => {
                if self.eat(b'n') {
                    self.put(b"-");
                }
                self.integer(tag)?;
            }
            b'b' => match self.hexadecimal()? {
                0 => self.put(b"false"),
                1 => self.put(b"true"),
                _ => return None,
            },
            b'B' => self.backreference(Self::constant)?,
            _ => return None,
        }
        self.leave()
    }

    fn integer(&mut self, tag: u8) -> Option<()> {
        let value = self.hexadecimal()?;
        self.number(value, 10);
        if self.full {
            self.put(basic_type(tag));
        }
        Some(())
    }

    /// Lower-case digits and `_`; what exceeds 64 bits is left to the reference implementation.
    fn hexadecimal(&mut self) -> Option<u64> {
        let mut value = 0u64;
        loop {
            let digit = match self.next()? {
                digit @ b'0'..=b'9' => digit - b'0',
                digit @ b'a'..=b'f' => digit - b'a' + 10,
                b'_' => return Some(value),
                _ => return None,
            };
            if value >> 60 != 0 {
                return None;
            }
            value = value << 4 | u64::from(digit);
        }
    }

    fn number(&mut self, mut value: u64, base: u64) {
        let mut digits = [0; 20];
        let mut first = digits.len();
        loop {
            first -= 1;
            digits[first] = b"0123456789abcdef"[(value % base) as usize];
            value /= base;
            if value == 0 {
                return self.put(&digits[first..]);
            }
        }
    }
}

fn basic_type(tag: u8) -> &'static [u8] {
    match tag {
        b'a' => b"i8",
        b'b' => b"bool",
        b'c' => b"char",
        b'd' => b"f64",
        b'e' => b"str",
        b'f' => b"f32",
        b'h' => b"u8",
        b'i' => b"isize",
        b'j' => b"usize",
        b'l' => b"i32",
        b'm' => b"u32",
        b'n' => b"i128",
        b'o' => b"u128",
        b'p' => b"_",
        b's' => b"i16",
        b't' => b"u16",
        b'u' => b"()",
        b'v' => b"...",
        b'x' => b"i64",
        b'y' => b"u64",
        b'z' => b"!",
        _ => b"",
    }
}
