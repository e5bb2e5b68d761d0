//! What a C++ name is made of. Nodes refer to each other by number; one that was substituted is shared.

use alloc::vec::Vec;

pub type Id = u32;

/// A run of `Tree::lists`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct List {
    pub start: u32,
    pub length: u32,
}

/// `const`, `volatile` and `restrict`; for member functions also the reference qualifier.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Qualifiers {
    pub constant: bool,
    pub volatile: bool,
    pub restrict: bool,
    /// 0 none, 1 `&`, 2 `&&`.
    pub reference: u8,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Function {
    pub name: Id,
    pub result: Option<Id>,
    pub parameters: List,
    pub qualifiers: Qualifiers,
    /// What template parameters in it stand for.
    pub arguments: Option<List>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Node<'a> {
    Name(&'a [u8]),
    /// A standard abbreviation: what it is, and the name its constructors have.
    Standard { text: &'static [u8], base: &'static [u8] },
    Nested { scope: Id, name: Id },
    WithArguments { name: Id, arguments: List },
    /// Something inside a function.
    Local { function: Id, entity: Id },
    /// A constructor or destructor of `class`.
    Structor { class: Id, destructor: bool },
    Operator(&'static [u8]),
    LiteralOperator(Id),
    Conversion(Id),
    Lambda { parameters: List, number: u32 },
    Unnamed(u32),
    /// Counted from the last parameter.
    DefaultArgument(u32),
    Tagged { name: Id, tag: &'a [u8] },
    Bindings(List),
    Function(Function),
    Special { text: &'static [u8], of: Id },
    Construction { of: Id, within: Id },
    ReferenceTemporary { of: Id, number: u32 },
    Pointer(Id),
    Reference { to: Id, rvalue: bool },
    Member { class: Id, to: Id },
    Qualified { inner: Id, qualifiers: Qualifiers },
    Vendor { inner: Id, text: &'a [u8] },
    Suffixed { inner: Id, text: &'static [u8] },
    Array { of: Id, length: Option<Id> },
    Vector { of: Id, length: &'a [u8] },
    FunctionType { result: Id, parameters: List, qualifiers: Qualifiers, noexcept: bool },
    Pack(List),
    Expansion(Id),
    /// A template's parameter. What it stands for depends on where it is written: a substitution may repeat one that
    /// was first used inside another function. Among a generic lambda's own parameters it is an `auto`.
    Parameter(u32),
    Literal { kind: Id, value: &'a [u8] },
    Boolean(bool),
    Address(Id),
}

pub struct Tree<'a> {
    pub nodes: Vec<Node<'a>>,
    pub lists: Vec<Id>,
}

impl<'a> Tree<'a> {
    /// Room for most names: growing in steps costs more than the parsing.
    pub fn with_room() -> Self {
        Tree { nodes: Vec::with_capacity(64), lists: Vec::with_capacity(32) }
    }

    pub fn add(&mut self, node: Node<'a>) -> Id {
        self.nodes.push(node);
        self.nodes.len() as Id - 1
    }

    pub fn list(&mut self, items: &[Id]) -> List {
        let start = self.lists.len() as u32;
        self.lists.extend_from_slice(items);
        List { start, length: items.len() as u32 }
    }

    pub fn get(&self, id: Id) -> Node<'a> {
        self.nodes[id as usize]
    }

    pub fn items(&self, list: List) -> &[Id] {
        &self.lists[list.start as usize..(list.start + list.length) as usize]
    }

    pub fn item(&self, list: List, index: u32) -> Option<Id> {
        self.items(list).get(index as usize).copied()
    }
}
