//! The parts of names and types that stand around others.

use super::super::tree::{Function, Id, Node, Qualifiers};
use super::super::words;
use super::{Form, Printer, DEEPEST};

impl Printer<'_, '_> {
    pub fn function(&mut self, Function { result, name, parameters, qualifiers, .. }: Function) -> Option<()> {
        if let Some(result) = result {
            self.left(result)?;
            if !self.has_right(result) {
                self.put(b" ");
            }
        }
        self.print(name)?;
        self.put(b"(");
        self.list(parameters)?;
        self.put(b")");
        self.qualifiers(qualifiers);
        match result {
            Some(result) => self.right(result),
            None => Some(()),
        }
    }

    /// A class's own name without its scope and arguments.
    pub fn base_name(&mut self, class: Id) -> Option<()> {
        let mut id = class;
        for _ in 0..DEEPEST {
            id = match self.tree.get(self.resolve(id)) {
                Node::Nested { name, .. } | Node::WithArguments { name, .. } | Node::Tagged { name, .. } => name,
                Node::Local { entity, .. } => entity,
                Node::Standard { base, .. } => {
                    self.put(base);
                    return Some(());
                }
                _ => return self.print(id),
            };
        }
        None
    }

    pub fn literal(&mut self, kind: Id, value: &[u8]) -> Option<()> {
        let suffix = match self.tree.get(self.resolve(kind)) {
            Node::Name(text) => words::literal_suffix(text),
            _ => None,
        };
        if suffix.is_none() {
            self.put(b"(");
            self.print(kind)?;
            self.put(b")");
        }
        match value {
            [b'n', digits @ ..] => {
                self.put(b"-");
                self.put(digits);
            }
            digits => self.put(digits),
        }
        self.put(suffix.unwrap_or(b""));
        Some(())
    }

    /// A member's address is written without its signature, a function's with it, as c++filt does.
    pub fn address(&mut self, of: Id) -> Option<()> {
        self.put(b"&");
        match self.tree.get(of) {
            Node::Function(Function { name, qualifiers, .. })
                if qualifiers == Qualifiers::default() && matches!(self.tree.get(name), Node::Nested { .. }) =>
            {
                self.print(name)
            }
            Node::Name(_) | Node::Nested { .. } => self.print(of),
            _ => {
                self.put(b"(");
                self.print(of)?;
                self.put(b")");
                Some(())
            }
        }
    }

    pub fn qualifiers(&mut self, qualifiers: Qualifiers) {
        if qualifiers.constant {
            self.put(b" const");
        }
        if qualifiers.volatile {
            self.put(b" volatile");
        }
        if qualifiers.restrict {
            self.put(b" restrict");
        }
        match qualifiers.reference {
            1 => self.put(b" &"),
            2 => self.put(b" &&"),
            _ => {}
        }
    }

    pub fn right(&mut self, id: Id) -> Option<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        match self.tree.get(id) {
            Node::Parameter(_) if self.in_lambda => {}
            Node::Parameter(_) => self.through(id, Self::right)?,
            Node::Pointer(to) | Node::Member { to, .. } => self.behind_pointee(to)?,
            Node::Reference { .. } => {
                let (to, _) = self.collapsed(id);
                self.behind_pointee(to)?;
            }
            Node::Qualified { inner, .. } | Node::Vendor { inner, .. } | Node::Suffixed { inner, .. } => {
                self.right(inner)?;
            }
            Node::Array { of, length } => {
                self.put(if self.out.last() == Some(&b']') { b"[" } else { b" [" });
                if let Some(length) = length {
                    self.print(length)?;
                }
                self.put(b"]");
                self.right(of)?;
            }
            Node::FunctionType { result, parameters, qualifiers, noexcept } => {
                self.put(b"(");
                self.list(parameters)?;
                self.put(b")");
                self.qualifiers(qualifiers);
                if noexcept {
                    self.put(b" noexcept");
                }
                self.right(result)?;
            }
            _ => {}
        }
        self.depth -= 1;
        Some(())
    }

    pub fn pointee(&mut self, to: Id) -> Option<()> {
        self.left(to)?;
        match self.form(to) {
            Form::Plain => {}
            Form::Array => self.put(b" ("),
            Form::Function => self.put(b"("),
        }
        Some(())
    }

    pub fn behind_pointee(&mut self, to: Id) -> Option<()> {
        if self.form(to) != Form::Plain {
            self.put(b")");
        }
        self.right(to)
    }
}
