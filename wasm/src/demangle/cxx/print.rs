//! Writes a name in c++filt's spelling. A type has a left part and, for functions and arrays, a right one; what points
//! to it stands between them: `void (*` … `)(int)`.

mod parts;
mod resolve;

use super::super::LONGEST;
use super::tree::{Function, Id, List, Node, Tree};
use crate::bytes::push;
use alloc::vec::Vec;

/// Nodes inside each other: substitutions can make a tree deeper than its name is long.
const DEEPEST: u32 = 256;

/// Nodes written; packs of packs of nothing cost time without making text.
const MOST_STEPS: u32 = 1 << 20;

pub struct Printer<'a, 't> {
    tree: &'t Tree<'a>,
    out: &'t mut Vec<u8>,
    limit: usize,
    steps: u32,
    depth: u32,
    /// What template parameters stand for in the functions being written, from the outside in.
    scopes: Vec<List>,
    /// Which element of the packs is being written, inside an expansion.
    element: Option<u32>,
    in_lambda: bool,
}

/// What stands to the right of a type decides how a pointer to it is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Plain,
    Array,
    Function,
}

impl<'a, 't> Printer<'a, 't> {
    pub fn new(tree: &'t Tree<'a>, out: &'t mut Vec<u8>) -> Self {
        let limit = out.len() + LONGEST;
        Printer { tree, out, limit, steps: 0, depth: 0, scopes: Vec::new(), element: None, in_lambda: false }
    }

    pub fn print(&mut self, id: Id) -> Option<()> {
        self.left(id)?;
        self.right(id)
    }

    #[inline]
    fn put(&mut self, text: &[u8]) {
        push(self.out, text);
    }

    fn number(&mut self, value: u32) {
        let mut digits = [0; 10];
        let mut first = digits.len();
        let mut rest = value;
        loop {
            first -= 1;
            digits[first] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                return self.put(&digits[first..]);
            }
        }
    }

    fn left(&mut self, id: Id) -> Option<()> {
        self.depth += 1;
        self.steps += 1;
        if self.depth > DEEPEST || self.steps > MOST_STEPS || self.out.len() > self.limit {
            return None;
        }
        match self.tree.get(id) {
            Node::Parameter(index) if self.in_lambda => {
                self.put(b"auto:");
                self.number(index.checked_add(1)?);
            }
            Node::Parameter(_) => self.through(id, Self::left)?,
            Node::Name(text) => self.put(text),
            Node::Standard { text, .. } => self.put(text),
            Node::Nested { scope, name } => {
                self.print(scope)?;
                self.put(b"::");
                self.print(name)?;
            }
            Node::WithArguments { name, arguments } => {
                self.print(name)?;
                if self.out.last() == Some(&b'<') {
                    self.put(b" ");
                }
                self.put(b"<");
                // c++filt forgets the space of `> >` behind a comma that it took back.
                let taken_back = self.list(arguments)?;
                if !taken_back && self.out.last() == Some(&b'>') {
                    self.put(b" ");
                }
                self.put(b">");
            }
            Node::Local { function, entity } => {
                let Node::Function(function) = self.tree.get(function) else {
                    self.print(function)?;
                    self.put(b"::");
                    self.print(entity)?;
                    self.depth -= 1;
                    return Some(());
                };
                self.scoped(function.arguments, |printer| {
                    printer.function(Function { result: None, ..function })?;
                    printer.put(b"::");
                    printer.print(entity)
                })?;
            }
            Node::Structor { class, destructor } => {
                if destructor {
                    self.put(b"~");
                }
                self.base_name(class)?;
            }
            Node::Operator(text) => {
                self.put(b"operator");
                self.put(text);
            }
            Node::LiteralOperator(name) => {
                self.put(b"operator\"\" ");
                self.print(name)?;
            }
            Node::Conversion(kind) => {
                self.put(b"operator ");
                self.print(kind)?;
            }
            Node::Lambda { parameters, number } => {
                self.put(b"{lambda(");
                let outer = core::mem::replace(&mut self.in_lambda, true);
                self.list(parameters)?;
                self.in_lambda = outer;
                self.put(b")#");
                self.number(number.checked_add(1)?);
                self.put(b"}");
            }
            Node::Unnamed(number) => {
                self.put(b"{unnamed type#");
                self.number(number.checked_add(1)?);
                self.put(b"}");
            }
            Node::DefaultArgument(number) => {
                self.put(b"{default arg#");
                self.number(number.checked_add(1)?);
                self.put(b"}");
            }
            Node::Tagged { name, tag } => {
                self.print(name)?;
                self.put(b"[abi:");
                self.put(tag);
                self.put(b"]");
            }
            Node::Bindings(names) => {
                self.put(b"[");
                self.list(names)?;
                self.put(b"]");
            }
            Node::Function(function) => self.scoped(function.arguments, |printer| printer.function(function))?,
            Node::Special { text, of } => {
                self.put(text);
                self.print(of)?;
            }
            Node::Construction { of, within } => {
                self.put(b"construction vtable for ");
                self.print(of)?;
                self.put(b"-in-");
                self.print(within)?;
            }
            Node::ReferenceTemporary { of, number } => {
                self.put(b"reference temporary #");
                self.number(number);
                self.put(b" for ");
                self.print(of)?;
            }
            Node::Pointer(to) => {
                self.pointee(to)?;
                self.put(b"*");
            }
            Node::Reference { .. } => {
                let (to, rvalue) = self.collapsed(id);
                self.pointee(to)?;
                self.put(if rvalue { b"&&" } else { b"&" });
            }
            Node::Member { class, to } => {
                self.pointee(to)?;
                if self.form(to) == Form::Plain {
                    self.put(b" ");
                }
                self.print(class)?;
                self.put(b"::*");
            }
            Node::Qualified { inner, qualifiers } => {
                self.left(inner)?;
                self.qualifiers(self.missing(inner, qualifiers));
            }
            Node::Vendor { inner, text } => {
                self.left(inner)?;
                self.put(b" ");
                self.put(text);
            }
            Node::Suffixed { inner, text } => {
                self.left(inner)?;
                self.put(text);
            }
            Node::Array { of, .. } => self.left(of)?,
            Node::Vector { of, length } => {
                self.print(of)?;
                self.put(b" __vector(");
                self.put(length);
                self.put(b")");
            }
            Node::FunctionType { result, .. } => {
                self.left(result)?;
                if !self.has_right(result) {
                    self.put(b" ");
                }
            }
            Node::Pack(items) => {
                self.list(items)?;
            }
            Node::Expansion(pattern) => self.expansion(pattern)?,
            Node::Literal { kind, value } => self.literal(kind, value)?,
            Node::Boolean(value) => self.put(if value { b"true" } else { b"false" }),
            Node::Address(of) => self.address(of)?,
        }
        self.depth -= 1;
        Some(())
    }

    /// Separated by commas; what writes nothing (an empty pack) takes none. True when the last comma was taken back.
    fn list(&mut self, items: List) -> Option<bool> {
        let tree = self.tree;
        let start = self.out.len();
        let mut taken_back = false;
        for &item in tree.items(items) {
            let before = self.out.len();
            if before > start {
                self.put(b", ");
            }
            let behind_comma = self.out.len();
            self.print(item)?;
            taken_back = self.out.len() == behind_comma && behind_comma > before;
            if taken_back {
                self.out.truncate(before);
            }
        }
        Some(taken_back)
    }
}
