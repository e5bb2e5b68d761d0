//! Types, generic arguments' lifetimes and constants.

use super::{Writer, MOST_LIFETIMES};

impl Writer<'_> {
    /// A type. (`type` is a word of the language.)
    pub fn kind(&mut self) -> Option<()> {
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

    pub fn function(&mut self) -> Option<()> {
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

    pub fn dyn_trait(&mut self) -> Option<()> {
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
    pub fn path_with_open_generics(&mut self) -> Option<bool> {
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

    pub fn binder(&mut self, write: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
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
    pub fn lifetime(&mut self, index: u64) -> Option<()> {
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

    /// Integers, booleans, characters and `_`; other constants are rare.
    pub fn constant(&mut self) -> Option<()> {
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
            b'c' => match self.hexadecimal()? {
                // Quotes, backslashes and what is not ASCII may need an escape.
                code @ 0x20..=0x7e if code != 0x27 && code != 0x5c => self.put(&[b'\'', code as u8, b'\'']),
                _ => return None,
            },
            b'B' => self.backreference(Self::constant)?,
            _ => return None,
        }
        self.leave()
    }

    pub fn integer(&mut self, tag: u8) -> Option<()> {
        let digits = self.inner.get(self.at..)?;
        match self.hexadecimal() {
            Some(value) => self.number(value, 10),
            // More than 64 bits are left as they are.
            None => {
                let end = digits.iter().position(|digit| !matches!(digit, b'0'..=b'9' | b'a'..=b'f'))?;
                let significant = digits[..end].iter().position(|&digit| digit != b'0').map_or(0, |zeros| end - zeros);
                if significant <= 16 || digits[end] != b'_' {
                    return None;
                }
                self.at = self.inner.len() - digits.len() + end + 1;
                self.put(b"0x");
                self.put(&digits[..end]);
            }
        }
        if self.full {
            self.put(basic_type(tag));
        }
        Some(())
    }

    /// Lower-case digits and `_`; none where it is more than 64 bits.
    pub fn hexadecimal(&mut self) -> Option<u64> {
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
