//! Names: nested, local, unqualified.

use super::super::tree::{Id, Node};
use super::super::words;
use super::{Parser, Shape};
use alloc::vec::Vec;

impl Parser<'_, '_> {
    pub fn nested_name(&mut self, mut shape: Option<&mut Shape>) -> Option<Id> {
        self.at += 1;
        let mut qualifiers = self.qualifiers();
        qualifiers.reference = if self.eat(b'O') { 2 } else { u8::from(self.eat(b'R')) };
        if let Some(shape) = shape.as_deref_mut() {
            shape.qualifiers = qualifiers;
        }
        let mut so_far: Option<Id> = None;
        if self.eat_all(b"St") {
            so_far = Some(self.add(Node::Name(b"std")));
        }
        let mut last_remembered = false;
        while !self.eat(b'E') {
            self.eat(b'L');
            // A data member's initialiser is a scope of its own.
            if so_far.is_some() && self.eat(b'M') {
                continue;
            }
            let code = self.peek();
            if code == b'I' {
                let name = so_far?;
                let arguments = self.template_arguments()?;
                if let Some(shape) = shape.as_deref_mut() {
                    shape.ends_with_arguments = true;
                    shape.arguments = Some(arguments);
                }
                let id = self.add(Node::WithArguments { name, arguments });
                so_far = Some(self.remember(id));
                last_remembered = true;
                continue;
            }
            if let Some(shape) = shape.as_deref_mut() {
                shape.ends_with_arguments = false;
            }
            let component = match code {
                b'T' => self.template_parameter()?,
                b'S' if self.peek_at(1) != b't' => {
                    if so_far.is_some() {
                        return None;
                    }
                    so_far = Some(self.substitution()?);
                    last_remembered = false;
                    continue;
                }
                b'D' if matches!(self.peek_at(1), b't' | b'T') => return None,
                _ => self.unqualified_name(so_far, shape.as_deref_mut())?,
            };
            let id = match so_far {
                Some(scope) => self.add(Node::Nested { scope, name: component }),
                None => component,
            };
            so_far = Some(self.remember(id));
            last_remembered = true;
        }
        // The whole is remembered by whoever uses it as a type.
        if last_remembered {
            self.substitutions.pop();
        }
        so_far
    }

    pub fn local_name(&mut self, mut shape: Option<&mut Shape>) -> Option<Id> {
        self.at += 1;
        let function = self.encoding()?;
        if let (Some(shape), Node::Function(function)) = (shape.as_deref_mut(), self.tree.get(function)) {
            shape.arguments = function.arguments;
        }
        if !self.eat(b'E') {
            return None;
        }
        let entity = if self.eat(b's') {
            self.discriminator();
            self.add(Node::Name(b"string literal"))
        } else {
            if self.eat(b'd') {
                let number = self.sequence(10)?;
                let scope = self.add(Node::DefaultArgument(number));
                let name = self.name(shape)?;
                self.add(Node::Nested { scope, name })
            } else {
                let entity = self.name(shape)?;
                self.discriminator();
                entity
            }
        };
        Some(self.add(Node::Local { function, entity }))
    }

    pub fn discriminator(&mut self) {
        if self.peek() != b'_' {
            // Old compilers wrote bare digits at the end of a name.
            if self.input[self.at..].iter().all(u8::is_ascii_digit) {
                self.at = self.input.len();
            }
            return;
        }
        let mut end = self.at + 1;
        let long = self.input.get(end) == Some(&b'_');
        end += usize::from(long);
        let digits = self.input[end..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        match (long, digits) {
            (false, 1..) => self.at = end + 1,
            (true, 1..) if self.input.get(end + digits) == Some(&b'_') => self.at = end + digits + 1,
            _ => {}
        }
    }

    /// `scope` is what the name is in, for constructors.
    pub fn unqualified_name(&mut self, scope: Option<Id>, shape: Option<&mut Shape>) -> Option<Id> {
        let mut name = match self.peek() {
            b'1'..=b'9' => self.source_name()?,
            b'U' => self.unnamed()?,
            b'C' | b'D' if self.peek_at(1) != b'C' => self.structor(scope?, shape)?,
            b'D' => self.bindings()?,
            _ => self.operator(shape)?,
        };
        while self.eat(b'B') {
            let tag = self.counted()?;
            name = self.add(Node::Tagged { name, tag });
        }
        Some(name)
    }

    pub fn unnamed(&mut self) -> Option<Id> {
        if self.eat_all(b"Ut") {
            let number = self.sequence(10)?;
            return Some(self.add(Node::Unnamed(number)));
        }
        if !self.eat_all(b"Ul") {
            return None;
        }
        let mut types = Vec::new();
        if !self.eat(b'v') {
            while self.peek() != b'E' {
                types.push(self.kind()?);
            }
        }
        if !self.eat(b'E') {
            return None;
        }
        let number = self.sequence(10)?;
        let parameters = self.tree.list(&types);
        Some(self.add(Node::Lambda { parameters, number }))
    }

    pub fn structor(&mut self, class: Id, shape: Option<&mut Shape>) -> Option<Id> {
        let destructor = self.peek() == b'D';
        let known = if destructor { b"012345".as_slice() } else { b"12345".as_slice() };
        if !known.contains(&self.peek_at(1)) {
            return None;
        }
        self.at += 2;
        if let Some(shape) = shape {
            shape.without_result = true;
        }
        Some(self.add(Node::Structor { class, destructor }))
    }

    pub fn bindings(&mut self) -> Option<Id> {
        self.at += 2;
        let mut names = Vec::new();
        while !self.eat(b'E') {
            names.push(self.source_name()?);
        }
        let list = self.tree.list(&names);
        Some(self.add(Node::Bindings(list)))
    }

    pub fn operator(&mut self, shape: Option<&mut Shape>) -> Option<Id> {
        let code = [self.peek(), self.peek_at(1)];
        match &code {
            b"cv" => {
                self.at += 2;
                let kind = self.kind_before_arguments()?;
                if let Some(shape) = shape {
                    shape.without_result = true;
                }
                Some(self.add(Node::Conversion(kind)))
            }
            b"li" => {
                self.at += 2;
                let name = self.source_name()?;
                Some(self.add(Node::LiteralOperator(name)))
            }
            _ => {
                let text = words::operator(code)?;
                self.at += 2;
                Some(self.add(Node::Operator(text)))
            }
        }
    }
}
