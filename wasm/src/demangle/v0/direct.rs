//! The common part of v0's grammar, parsed and written in one pass. `None` means "not here", never "not a name".
//! The productions are those of RFC 2603 and of the rustc book's chapter on v0; so are their names.

mod types;

use super::super::{Scheme, Style, LONGEST};
use crate::bytes::push;
use alloc::vec::Vec;

/// Paths, types and constants inside each other; the reference implementation's limit.
const DEEPEST: u32 = 500;

/// More lifetimes in one binder than this are not for people to read.
const MOST_LIFETIMES: u64 = 26;

/// Bytes read again through backreferences: an implementation's path is read each time and never written, so time
/// isn't bounded by the text.
const MOST_REREAD: usize = 1 << 26;

/// `Scheme::None` where nobody should try: it would take too long.
pub fn append(name: &[u8], style: Style, out: &mut Vec<u8>) -> Option<Scheme> {
    let inner = name.strip_prefix(b"_R").or_else(|| name.strip_prefix(b"__R"))?;
    let limit = out.len() + LONGEST;
    let mut writer =
        Writer { inner, at: 0, depth: 0, bound: 0, full: style == Style::Full, silent: false, limit, reread: 0, out };
    if !inner.first()?.is_ascii_uppercase() {
        return None;
    }
    let read = writer.whole();
    if writer.reread > MOST_REREAD {
        return Some(Scheme::None);
    }
    read?;
    let (parsed, suffix) = inner.split_at(writer.at);
    if !parsed.is_ascii() || !(suffix.is_empty() || (suffix[0] == b'.' && suffix.iter().all(u8::is_ascii_graphic))) {
        return None;
    }
    writer.put(suffix);
    Some(Scheme::RustV0)
}

const NO_DIGIT: u8 = 0xff;

/// What each byte counts for. The digits of a hash are random, which no processor's guess at branches survives.
const BASE_62: [u8; 256] = {
    let mut values = [NO_DIGIT; 256];
    let digits = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut at = 0;
    while at < digits.len() {
        values[digits[at] as usize] = at as u8;
        at += 1;
    }
    values
};

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
    reread: usize,
    out: &'a mut Vec<u8>,
}

impl<'a> Writer<'a> {
    /// The path, and the crate that instantiated it.
    fn whole(&mut self) -> Option<()> {
        self.path(true)?;
        if self.peek().is_some_and(|next| next.is_ascii_uppercase()) {
            self.silently(|writer| writer.path(false))?;
        }
        Some(())
    }

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
            let byte = self.next()?;
            let digit = BASE_62[usize::from(byte)];
            if digit == NO_DIGIT {
                return if byte == b'_' { value.checked_add(1) } else { None };
            }
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
        self.reread += self.at - target as usize;
        self.at = after;
        if self.reread > MOST_REREAD {
            return None;
        }
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
