//! The Itanium grammar: types, template arguments and special names.

use super::parse::Parser;
use super::tree::{Id, Node, Qualifiers};
use super::words;
use alloc::vec::Vec;

impl<'a> Parser<'a, '_> {
    /// A type. (`type` is a word of the language.)
    pub fn kind(&mut self) -> Option<Id> {
        self.nest(|parser| parser.any_kind(true))
    }

    /// The type of a conversion operator: template arguments behind it are the operator's.
    pub fn kind_before_arguments(&mut self) -> Option<Id> {
        self.nest(|parser| parser.any_kind(false))
    }

    fn any_kind(&mut self, take_arguments: bool) -> Option<Id> {
        let code = self.peek();
        if let Some(text) = words::builtin(code) {
            self.at += 1;
            return Some(self.add(Node::Name(text)));
        }
        let id = match code {
            b'r' | b'V' | b'K' => self.qualified()?,
            b'P' => {
                self.at += 1;
                let to = self.kind()?;
                self.add(Node::Pointer(to))
            }
            b'R' | b'O' => {
                self.at += 1;
                let to = self.kind()?;
                self.add(Node::Reference { to, rvalue: code == b'O' })
            }
            b'C' | b'G' => {
                self.at += 1;
                let inner = self.kind()?;
                self.add(Node::Suffixed { inner, text: if code == b'C' { b" _Complex" } else { b" _Imaginary" } })
            }
            b'U' if !matches!(self.peek_at(1), b'l' | b't') => {
                self.at += 1;
                let text = self.counted()?;
                if self.peek() == b'I' {
                    return None;
                }
                let inner = self.kind()?;
                self.add(Node::Vendor { inner, text })
            }
            b'u' => {
                self.at += 1;
                self.source_name()?
            }
            b'A' => self.array()?,
            b'M' => {
                self.at += 1;
                let class = self.kind()?;
                let to = self.kind()?;
                self.add(Node::Member { class, to })
            }
            b'F' => self.function_type(Qualifiers::default(), false)?,
            b'D' => match self.extended()? {
                (id, true) => id,
                done => return Some(done.0),
            },
            b'T' if !matches!(self.peek_at(1), b's' | b'u' | b'e') => {
                let parameter = self.template_parameter()?;
                if take_arguments && self.peek() == b'I' {
                    self.remember(parameter);
                    let arguments = self.template_arguments()?;
                    self.add(Node::WithArguments { name: parameter, arguments })
                } else {
                    parameter
                }
            }
            b'S' if self.peek_at(1) != b't' => {
                let name = self.substitution()?;
                if !(take_arguments && self.peek() == b'I') {
                    return Some(name);
                }
                let arguments = self.template_arguments()?;
                self.add(Node::WithArguments { name, arguments })
            }
            _ => {
                if code == b'T' {
                    self.at += 2;
                }
                self.name(None)?
            }
        };
        Some(self.remember(id))
    }

    fn qualified(&mut self) -> Option<Id> {
        let qualifiers = self.qualifiers();
        if self.peek() == b'F' {
            return self.function_type(qualifiers, false);
        }
        let inner = self.kind()?;
        Some(self.add(Node::Qualified { inner, qualifiers }))
    }

    fn array(&mut self) -> Option<Id> {
        self.at += 1;
        let length = match self.peek() {
            b'_' => None,
            b'0'..=b'9' => {
                let digits = self.digits()?;
                Some(self.add(Node::Name(digits)))
            }
            _ => Some(self.expression()?),
        };
        if !self.eat(b'_') {
            return None;
        }
        let of = self.kind()?;
        Some(self.add(Node::Array { of, length }))
    }

    fn function_type(&mut self, mut qualifiers: Qualifiers, noexcept: bool) -> Option<Id> {
        self.at += 1;
        self.eat(b'Y');
        let result = self.kind()?;
        let mut types = Vec::new();
        loop {
            match self.peek() {
                b'E' => break,
                b'v' if types.is_empty() => self.at += 1,
                b'R' if self.peek_at(1) == b'E' => {
                    self.at += 1;
                    qualifiers.reference = 1;
                }
                b'O' if self.peek_at(1) == b'E' => {
                    self.at += 1;
                    qualifiers.reference = 2;
                }
                _ => types.push(self.kind()?),
            }
        }
        self.at += 1;
        let parameters = self.tree.list(&types);
        Some(self.add(Node::FunctionType { result, parameters, qualifiers, noexcept }))
    }

    /// What begins with `D`, and whether it can be referred back to.
    fn extended(&mut self) -> Option<(Id, bool)> {
        let code = self.peek_at(1);
        self.at += 2;
        if let Some(text) = words::extended_builtin(code) {
            return Some((self.add(Node::Name(text)), false));
        }
        let id = match code {
            b'p' => {
                let pattern = self.kind()?;
                self.add(Node::Expansion(pattern))
            }
            b'o' if self.peek() == b'F' => self.function_type(Qualifiers::default(), true)?,
            b'v' => {
                let length = self.digits()?;
                if !self.eat(b'_') {
                    return None;
                }
                let of = self.kind()?;
                self.add(Node::Vector { of, length })
            }
            _ => return None,
        };
        Some((id, true))
    }

    pub fn template_argument(&mut self) -> Option<Id> {
        match self.peek() {
            b'L' => self.literal(),
            b'X' => {
                self.at += 1;
                let id = self.expression()?;
                self.eat(b'E').then_some(id)
            }
            b'J' => {
                self.at += 1;
                let mut items = Vec::new();
                while !self.eat(b'E') {
                    items.push(self.nest(Self::template_argument)?);
                }
                let list = self.tree.list(&items);
                Some(self.add(Node::Pack(list)))
            }
            _ => self.kind(),
        }
    }

    /// The few expressions that are common as template arguments.
    fn expression(&mut self) -> Option<Id> {
        if self.eat_all(b"ad") {
            if !self.eat_all(b"L_Z") {
                return None;
            }
            let of = self.encoding()?;
            return self.eat(b'E').then(|| self.add(Node::Address(of)));
        }
        match self.peek() {
            b'L' => self.literal(),
            b'T' => self.template_parameter(),
            _ => None,
        }
    }

    fn literal(&mut self) -> Option<Id> {
        self.at += 1;
        // Old compilers left the underscore out.
        if self.eat_all(b"_Z") || self.eat(b'Z') {
            let id = self.encoding()?;
            return self.eat(b'E').then_some(id);
        }
        if self.eat_all(b"b0E") {
            return Some(self.add(Node::Boolean(false)));
        }
        if self.eat_all(b"b1E") {
            return Some(self.add(Node::Boolean(true)));
        }
        // Floating-point literals are written as bytes.
        if matches!(self.peek(), b'd' | b'e' | b'f' | b'g' | b'A') {
            return None;
        }
        let kind = self.kind()?;
        let start = self.at;
        self.eat(b'n');
        self.digits()?;
        let value = &self.input[start..self.at];
        self.eat(b'E').then(|| self.add(Node::Literal { kind, value }))
    }
}
