//! DIEs of functions, with or without code, and the namespaces and types around them.

use alloc::vec::Vec;

use super::index::NONE;
use super::attributes::Name;
use super::sections::Sections;

/// A namespace or type that holds functions.
struct ScopeRow {
    parent: u32,
    name: Option<Name>,
}

pub struct Declaration {
    /// What its abstract origin or specification is, by offset; or [`NONE`].
    pub link: u32,
    pub scope: u32,
    pub name: Option<Name>,
    pub linkage: Option<Name>,
    pub file: u32,
    pub line: u32,
    pub flags: u32,
}

#[derive(Default)]
pub struct Declarations {
    pub rows: Vec<Declaration>,
    /// Of each row's DIE in `.debug_info`, rising. Apart from the rows, since nearly every copy is looked up in it.
    offsets: Vec<u32>,
    scopes: Vec<ScopeRow>,
}

/// A sound chain has three links: inlined instance, abstract instance, declaration.
const LONGEST_CHAIN: usize = 8;
/// Segments of one path, and bytes.
const DEEPEST: usize = 256;
const LONGEST_PATH: usize = 1 << 16;

impl Declarations {
    pub fn push(&mut self, offset: u32, declaration: Declaration) -> u32 {
        self.offsets.push(offset);
        self.rows.push(declaration);
        self.rows.len() as u32 - 1
    }

    pub fn add_scope(&mut self, parent: u32, name: Option<Name>) -> u32 {
        self.scopes.push(ScopeRow { parent, name });
        self.scopes.len() as u32 - 1
    }

    pub fn name(&self, row: u32) -> Option<Name> {
        self.rows.get(row as usize).and_then(|row| row.name)
    }

    pub fn at(&self, offset: u32) -> Option<u32> {
        self.offsets.binary_search(&offset).ok().map(|row| row as u32)
    }

    /// The declaration and those that it refers to, one after another, each with its DIE's offset.
    pub fn chain(&self, first: u32) -> impl Iterator<Item = (u32, &Declaration)> {
        let mut next = Some(first);
        (0..LONGEST_CHAIN).map_while(move |_| {
            let at = next? as usize;
            let row = self.rows.get(at)?;
            next = if row.link == NONE { None } else { self.at(row.link) };
            Some((self.offsets[at], row))
        })
    }

    /// Names from the outermost scope to the declaration's own, joined by `::`.
    pub fn path(&self, declaration: &Declaration, sections: &Sections, path: &mut Vec<u8>) {
        let mut names: Vec<Option<Name>> = alloc::vec![declaration.name];
        let mut scope = declaration.scope;
        while let Some(row) = self.scopes.get(scope as usize).filter(|_| names.len() < DEEPEST) {
            names.push(row.name);
            scope = row.parent;
        }
        path.clear();
        for name in names.iter().rev().filter_map(|name| name.and_then(|name| name.bytes(sections))) {
            if path.len() + name.slice().len() > LONGEST_PATH {
                break;
            }
            if !path.is_empty() {
                path.extend_from_slice(b"::");
            }
            path.extend_from_slice(name.slice());
        }
    }
}
