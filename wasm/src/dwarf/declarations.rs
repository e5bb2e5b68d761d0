//! DIEs of functions, with or without code, and the namespaces and types around them.

use alloc::vec::Vec;

use super::index::NONE;
use super::sections::Bytes;

/// A namespace or type that holds functions.
struct ScopeRow {
    parent: u32,
    name: Option<Bytes>,
}

pub struct Declaration {
    /// In `.debug_info`; declarations are in this order.
    pub offset: u32,
    /// What its abstract origin or specification is, by offset; or [`NONE`].
    pub link: u32,
    pub scope: u32,
    pub name: Option<Bytes>,
    pub linkage: Option<Bytes>,
    pub file: u32,
    pub line: u32,
    pub flags: u32,
}

#[derive(Default)]
pub struct Declarations {
    pub rows: Vec<Declaration>,
    scopes: Vec<ScopeRow>,
}

/// A sound chain has three links: inlined instance, abstract instance, declaration.
const LONGEST_CHAIN: usize = 8;
/// Segments of one path, and bytes.
const DEEPEST: usize = 256;
const LONGEST_PATH: usize = 1 << 16;

impl Declarations {
    pub fn push(&mut self, declaration: Declaration) -> u32 {
        self.rows.push(declaration);
        self.rows.len() as u32 - 1
    }

    pub fn add_scope(&mut self, parent: u32, name: Option<Bytes>) -> u32 {
        self.scopes.push(ScopeRow { parent, name });
        self.scopes.len() as u32 - 1
    }

    pub fn name(&self, row: u32) -> Option<Bytes> {
        self.rows.get(row as usize).and_then(|row| row.name)
    }

    pub fn at(&self, offset: u32) -> Option<u32> {
        self.rows.binary_search_by_key(&offset, |row| row.offset).ok().map(|row| row as u32)
    }

    /// The declaration and those that it refers to, one after another.
    pub fn chain(&self, first: u32) -> impl Iterator<Item = &Declaration> {
        let mut next = Some(first);
        (0..LONGEST_CHAIN).map_while(move |_| {
            let row = self.rows.get(next? as usize)?;
            next = if row.link == NONE { None } else { self.at(row.link) };
            Some(row)
        })
    }

    /// Names from the outermost scope to the declaration's own, joined by `::`.
    pub fn path(&self, declaration: &Declaration, path: &mut Vec<u8>) {
        let mut names: Vec<&[u8]> = Vec::new();
        let mut scope = declaration.scope;
        while let Some(row) = self.scopes.get(scope as usize).filter(|_| names.len() < DEEPEST) {
            names.extend(row.name.as_ref().map(|name| name.slice()));
            scope = row.parent;
        }
        path.clear();
        for name in names.iter().rev().copied().chain(declaration.name.as_ref().map(|name| name.slice())) {
            if path.len() + name.len() > LONGEST_PATH {
                break;
            }
            if !path.is_empty() {
                path.extend_from_slice(b"::");
            }
            path.extend_from_slice(name);
        }
    }
}
