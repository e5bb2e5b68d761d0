//! The common part of the Itanium grammar: names and encodings. `None` means "not here", never "not a name".

mod names;

use super::tree::{Function, Id, List, Node, Qualifiers, Tree};
use super::words;
use alloc::vec::Vec;

/// Productions inside each other.
const DEEPEST: u32 = 200;

pub struct Parser<'a, 't> {
    pub input: &'a [u8],
    pub at: usize,
    pub tree: &'t mut Tree<'a>,
    pub substitutions: Vec<Id>,
    depth: u32,
}

/// What an encoding must know of the name it begins with.
#[derive(Default, Clone, Copy)]
pub struct Shape {
    qualifiers: Qualifiers,
    arguments: Option<List>,
    ends_with_arguments: bool,
    without_result: bool,
}

impl<'a, 't> Parser<'a, 't> {
    pub fn new(input: &'a [u8], tree: &'t mut Tree<'a>) -> Self {
        Parser {
            input,
            at: 0,
            tree,
            substitutions: Vec::with_capacity(32),
            depth: 0,
        }
    }

    #[inline]
    pub fn peek(&self) -> u8 {
        self.peek_at(0)
    }

    /// 0 behind the end; no production has a NUL.
    #[inline]
    pub fn peek_at(&self, offset: usize) -> u8 {
        self.input.get(self.at + offset).copied().unwrap_or(0)
    }

    #[inline]
    pub fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    #[inline]
    pub fn eat_all(&mut self, text: &[u8]) -> bool {
        let found = self.input[self.at..].starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    pub fn nest<T>(&mut self, parse: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let result = parse(self);
        self.depth -= 1;
        result
    }

    pub fn add(&mut self, node: Node<'a>) -> Id {
        self.tree.add(node)
    }

    pub fn remember(&mut self, id: Id) -> Id {
        self.substitutions.push(id);
        id
    }

    /// `name`, or a function's name with its signature, or a special name. The marker `_Z` is behind us.
    pub fn encoding(&mut self) -> Option<Id> {
        self.nest(|parser| match parser.peek() {
            b'T' | b'G' => parser.special(),
            _ => parser.function_or_data(),
        })
    }

    fn function_or_data(&mut self) -> Option<Id> {
        let mut shape = Shape::default();
        let name = self.name(Some(&mut shape))?;
        if self.ends_encoding() {
            return Some(name);
        }
        let result = if shape.ends_with_arguments && !shape.without_result { Some(self.kind()?) } else { None };
        let parameters = self.parameters()?;
        let Shape { qualifiers, arguments, .. } = shape;
        Some(self.add(Node::Function(Function { name, result, parameters, qualifiers, arguments })))
    }

    fn ends_encoding(&self) -> bool {
        matches!(self.peek(), 0 | b'E' | b'.')
    }

    /// At least one type; a single `v` is an empty list.
    fn parameters(&mut self) -> Option<List> {
        if self.eat(b'v') {
            return self.ends_encoding().then(List::default);
        }
        let mut types = Vec::new();
        while !self.ends_encoding() {
            types.push(self.kind()?);
        }
        (!types.is_empty()).then(|| self.tree.list(&types))
    }

    pub fn name(&mut self, shape: Option<&mut Shape>) -> Option<Id> {
        self.nest(|parser| match parser.peek() {
            b'N' => parser.nested_name(shape),
            b'Z' => parser.local_name(shape),
            b'S' if parser.peek_at(1) != b't' => {
                let name = parser.substitution()?;
                if parser.peek() != b'I' {
                    return None;
                }
                parser.with_arguments(name, shape)
            }
            _ => parser.unscoped_name(shape),
        })
    }

    fn unscoped_name(&mut self, mut shape: Option<&mut Shape>) -> Option<Id> {
        let in_std = self.eat_all(b"St");
        self.eat(b'L');
        let mut name = self.unqualified_name(None, shape.as_deref_mut())?;
        if in_std {
            let scope = self.add(Node::Name(b"std"));
            name = self.add(Node::Nested { scope, name });
        }
        if self.peek() != b'I' {
            return Some(name);
        }
        self.remember(name);
        self.with_arguments(name, shape)
    }

    fn with_arguments(&mut self, name: Id, shape: Option<&mut Shape>) -> Option<Id> {
        let arguments = self.template_arguments()?;
        if let Some(shape) = shape {
            shape.ends_with_arguments = true;
            shape.arguments = Some(arguments);
        }
        Some(self.add(Node::WithArguments { name, arguments }))
    }

    pub fn source_name(&mut self) -> Option<Id> {
        let text = self.counted()?;
        let unnamed = text.starts_with(b"_GLOBAL_") && text.len() >= 10 && matches!(text[8], b'_' | b'.' | b'$') && text[9] == b'N';
        Some(self.add(Node::Name(if unnamed { b"(anonymous namespace)" } else { text })))
    }

    pub fn counted(&mut self) -> Option<&'a [u8]> {
        let length: usize = self.digits()?.iter().try_fold(0usize, |sum, digit| {
            sum.checked_mul(10)?.checked_add(usize::from(digit - b'0'))
        })?;
        let text = self.input.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        (length > 0).then_some(text)
    }

    pub fn digits(&mut self) -> Option<&'a [u8]> {
        let rest = &self.input[self.at..];
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += length;
        (length > 0).then_some(&rest[..length])
    }

    /// `_` is 0, `0_` is 1, in `base` 10 or 36 with upper-case letters.
    pub fn sequence(&mut self, base: u32) -> Option<u32> {
        if self.eat(b'_') {
            return Some(0);
        }
        let mut value = 0u32;
        loop {
            let digit = match self.peek() {
                digit @ b'0'..=b'9' => digit - b'0',
                digit @ b'A'..=b'Z' if base == 36 => digit - b'A' + 10,
                b'_' if value < u32::MAX => {
                    self.at += 1;
                    return Some(value + 1);
                }
                _ => return None,
            };
            value = value.checked_mul(base)?.checked_add(u32::from(digit))?;
            self.at += 1;
        }
    }

    pub fn qualifiers(&mut self) -> Qualifiers {
        let restrict = self.eat(b'r');
        let volatile = self.eat(b'V');
        let constant = self.eat(b'K');
        Qualifiers { constant, volatile, restrict, reference: 0 }
    }

    pub fn substitution(&mut self) -> Option<Id> {
        self.at += 1;
        if let Some((text, base)) = words::standard(self.peek()) {
            self.at += 1;
            let mut id = self.add(Node::Standard { text, base });
            while self.eat(b'B') {
                let tag = self.counted()?;
                let tagged = self.add(Node::Tagged { name: id, tag });
                id = self.remember(tagged);
            }
            return Some(id);
        }
        let index = self.sequence(36)?;
        self.substitutions.get(index as usize).copied()
    }

    pub fn template_parameter(&mut self) -> Option<Id> {
        self.at += 1;
        let index = self.sequence(10)?;
        Some(self.add(Node::Parameter(index)))
    }

    pub fn template_arguments(&mut self) -> Option<List> {
        self.at += 1;
        let mut arguments = Vec::new();
        while !self.eat(b'E') {
            arguments.push(self.template_argument()?);
        }
        Some(self.tree.list(&arguments))
    }
}
