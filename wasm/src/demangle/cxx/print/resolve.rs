//! Template parameters and packs: what they stand for where they are written.

use super::super::tree::{Id, List, Node, Qualifiers};
use super::{Form, Printer, DEEPEST, MOST_STEPS};

impl Printer<'_, '_> {
    /// Follows parameters to what they stand for here.
    pub fn resolve(&self, id: Id) -> Id {
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

    pub fn argument(&self, index: u32) -> Option<Id> {
        if self.in_lambda {
            return None;
        }
        self.tree.item(*self.scopes.last()?, index)
    }

    pub fn form(&self, id: Id) -> Form {
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
    pub fn has_right(&self, id: Id) -> bool {
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

    /// Writes what a parameter stands for. Parameters in that are those of the function around.
    pub fn through(&mut self, id: Id, write: fn(&mut Self, Id) -> Option<()>) -> Option<()> {
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

    pub fn scoped(&mut self, arguments: Option<List>, write: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        let Some(arguments) = arguments else { return write(self) };
        self.scopes.push(arguments);
        write(self)?;
        self.scopes.pop();
        Some(())
    }

    pub fn expansion(&mut self, pattern: Id) -> Option<()> {
        let Some(count) = self.pack_length(pattern, 0)? else {
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

    /// The length of the first pack in a pattern, if it has one. Substitutions make a small pattern a tree of many nodes:
    /// looking at them counts as writing them does.
    fn pack_length(&mut self, id: Id, depth: u32) -> Option<Option<u32>> {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return None;
        }
        if depth > DEEPEST / 8 {
            return Some(None);
        }
        let none = List::default();
        let (first, second, list) = match self.tree.get(id) {
            Node::Parameter(index) => {
                let argument = self.argument(index).map(|argument| self.tree.get(argument));
                return Some(if let Some(Node::Pack(items)) = argument { Some(items.length) } else { None });
            }
            Node::Nested { scope, name } => (scope, Some(name), none),
            Node::WithArguments { name, arguments } => (name, None, arguments),
            Node::Pointer(to) | Node::Reference { to, .. } => (to, None, none),
            Node::Member { class, to } => (class, Some(to), none),
            Node::Qualified { inner, .. } | Node::Vendor { inner, .. } | Node::Suffixed { inner, .. } => {
                (inner, None, none)
            }
            Node::Array { of, .. } | Node::Vector { of, .. } => (of, None, none),
            Node::FunctionType { result, parameters, .. } => (result, None, parameters),
            _ => return Some(None),
        };
        let tree = self.tree;
        for id in [first].into_iter().chain(second).chain(tree.items(list).iter().copied()) {
            let length = self.pack_length(id, depth + 1)?;
            if length.is_some() {
                return Some(length);
            }
        }
        Some(None)
    }

    /// A reference to a reference is one reference, to an rvalue only if both are.
    pub fn collapsed(&self, id: Id) -> (Id, bool) {
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
    pub fn missing(&self, inner: Id, mut wanted: Qualifiers) -> Qualifiers {
        if let Node::Qualified { qualifiers: present, .. } = self.tree.get(self.resolve(inner)) {
            wanted.constant &= !present.constant;
            wanted.volatile &= !present.volatile;
            wanted.restrict &= !present.restrict;
        }
        wanted
    }
}
