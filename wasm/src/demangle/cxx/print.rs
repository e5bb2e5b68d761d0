//! Writes a name in c++filt's spelling. A type has a left part and, for functions and arrays, a right one; what points
//! to it stands between them: `void (*` … `)(int)`.

use super::super::LONGEST;
use super::tree::{Function, Id, List, Node, Qualifiers, Tree};
use super::words;
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
enum Form {
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

    /// Follows parameters to what they stand for here.
    fn resolve(&self, id: Id) -> Id {
        let mut id = id;
        for _ in 0..DEEPEST {
            let Node::Parameter(index) = self.tree.get(id) else { return id };
            let Some(argument) = self.argument(index) else { return id };
            id = match (self.tree.get(argument), self.element) {
                (Node::Pack(items), Some(element)) => match self.tree.item(items, element) {
                    Some(item) => item,
                    None => return argument,
                },
                _ => argument,
            };
        }
        id
    }

    fn argument(&self, index: u32) -> Option<Id> {
        if self.in_lambda {
            return None;
        }
        self.tree.item(*self.scopes.last()?, index)
    }

    fn form(&self, id: Id) -> Form {
        let mut id = id;
        for _ in 0..DEEPEST {
            id = self.resolve(id);
            match self.tree.get(id) {
                Node::Array { .. } => return Form::Array,
                Node::FunctionType { .. } => return Form::Function,
                Node::Qualified { inner, .. } => id = inner,
                _ => return Form::Plain,
            }
        }
        Form::Plain
    }

    /// Whether something is written behind what a declarator stands for.
    fn has_right(&self, id: Id) -> bool {
        let mut id = id;
        for _ in 0..DEEPEST {
            id = self.resolve(id);
            match self.tree.get(id) {
                Node::Array { .. } | Node::FunctionType { .. } => return true,
                Node::Qualified { inner: next, .. }
                | Node::Pointer(next)
                | Node::Reference { to: next, .. }
                | Node::Member { to: next, .. } => id = next,
                _ => return false,
            }
        }
        false
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

    fn right(&mut self, id: Id) -> Option<()> {
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

    fn pointee(&mut self, to: Id) -> Option<()> {
        self.left(to)?;
        match self.form(to) {
            Form::Plain => {}
            Form::Array => self.put(b" ("),
            Form::Function => self.put(b"("),
        }
        Some(())
    }

    fn behind_pointee(&mut self, to: Id) -> Option<()> {
        if self.form(to) != Form::Plain {
            self.put(b")");
        }
        self.right(to)
    }

    /// A reference to a reference is one reference, to an rvalue only if both are.
    fn collapsed(&self, id: Id) -> (Id, bool) {
        let mut rvalue = true;
        let mut id = id;
        for _ in 0..DEEPEST {
            match self.tree.get(self.resolve(id)) {
                Node::Reference { to, rvalue: this } => {
                    rvalue &= this;
                    id = to;
                }
                _ => break,
            }
        }
        (id, rvalue)
    }

    /// A qualifier that a parameter's argument has already isn't written again.
    fn missing(&self, inner: Id, mut wanted: Qualifiers) -> Qualifiers {
        if let Node::Qualified { qualifiers: present, .. } = self.tree.get(self.resolve(inner)) {
            wanted.constant &= !present.constant;
            wanted.volatile &= !present.volatile;
            wanted.restrict &= !present.restrict;
        }
        wanted
    }

    fn qualifiers(&mut self, qualifiers: Qualifiers) {
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

    /// Writes what a parameter stands for. Parameters in that are those of the function around.
    fn through(&mut self, id: Id, write: fn(&mut Self, Id) -> Option<()>) -> Option<()> {
        let target = self.resolve(id);
        if target == id {
            return None;
        }
        let inner = self.scopes.pop();
        let element = self.element.take();
        write(self, target)?;
        self.element = element;
        self.scopes.extend(inner);
        Some(())
    }

    fn scoped(&mut self, arguments: Option<List>, write: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        let Some(arguments) = arguments else { return write(self) };
        self.scopes.push(arguments);
        write(self)?;
        self.scopes.pop();
        Some(())
    }

    fn function(&mut self, Function { result, name, parameters, qualifiers, .. }: Function) -> Option<()> {
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

    fn expansion(&mut self, pattern: Id) -> Option<()> {
        let Some(count) = self.pack_length(pattern, 0) else {
            self.print(pattern)?;
            self.put(b"...");
            return Some(());
        };
        let outer = self.element;
        let start = self.out.len();
        for element in 0..count {
            if self.out.len() > start {
                self.put(b", ");
            }
            self.element = Some(element);
            self.print(pattern)?;
        }
        self.element = outer;
        Some(())
    }

    /// The length of the first pack in a pattern.
    fn pack_length(&self, id: Id, depth: u32) -> Option<u32> {
        if depth > DEEPEST / 8 {
            return None;
        }
        let find = |id| self.pack_length(id, depth + 1);
        let any = |list| self.tree.items(list).iter().find_map(|&item| find(item));
        match self.tree.get(id) {
            Node::Parameter(index) => match self.tree.get(self.argument(index)?) {
                Node::Pack(items) => Some(items.length),
                _ => None,
            },
            Node::Nested { scope, name } => find(scope).or_else(|| find(name)),
            Node::WithArguments { name, arguments } => find(name).or_else(|| any(arguments)),
            Node::Pointer(to) | Node::Reference { to, .. } => find(to),
            Node::Member { class, to } => find(class).or_else(|| find(to)),
            Node::Qualified { inner, .. } | Node::Vendor { inner, .. } | Node::Suffixed { inner, .. } => find(inner),
            Node::Array { of, .. } | Node::Vector { of, .. } => find(of),
            Node::FunctionType { result, parameters, .. } => find(result).or_else(|| any(parameters)),
            _ => None,
        }
    }

    /// A class's own name without its scope and arguments.
    fn base_name(&mut self, class: Id) -> Option<()> {
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

    fn literal(&mut self, kind: Id, value: &[u8]) -> Option<()> {
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
    fn address(&mut self, of: Id) -> Option<()> {
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
}
