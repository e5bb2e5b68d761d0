//! Copies brought together by the function that they are copies of.

use alloc::string::String;
use alloc::vec::Vec;

use hashbrown::HashMap;

use super::build::Builder;
use super::declarations::{Declaration, Declarations};
use super::index::{Counts, FunctionRow, Index, Text, NONE, PARTIAL};
use super::sections::{Bytes, Sections};

/// DIEs kept for each function, to read its parameters from.
const MOST_DIES: usize = 6;

/// What makes two declarations the same function: the linkage name; else the path and where it is written; else, where
/// not even that is told, that they are one DIE.
#[derive(PartialEq, Eq, Hash)]
enum Identity<'a> {
    Linkage(&'a [u8]),
    Written(Vec<u8>, u32, u32),
    Die(u32),
}

/// The function that a declaration and those it refers to describe.
struct Described<'a> {
    identity: Identity<'a>,
    linkage: Option<Bytes>,
    path: Vec<u8>,
    file: u32,
    line: u32,
    flags: u32,
    is_bare: bool,
}

pub fn assemble(builder: Builder<'_>, counts: Counts, notes: Vec<String>) -> Index {
    let Builder { sections, declarations, files, mut names, mut copies, origins, ranges, units, .. } = builder;
    let mut functions: Vec<FunctionRow> = Vec::new();
    let mut dies: Vec<Vec<u32>> = Vec::new();
    let mut known: HashMap<Identity<'_>, u32> = HashMap::new();
    // By declaration: most copies of a function refer to the same one.
    let mut by_declaration: Vec<u32> = alloc::vec![NONE; declarations.rows.len()];
    let mut unnamed: Vec<usize> = Vec::new();
    for (row, origin) in origins.iter().enumerate() {
        let is_inlined = copies[row].caller != NONE;
        // An inlined instance refers to its origin by offset, code out of line is its declaration's own.
        let first = if is_inlined { declarations.at(*origin) } else { Some(*origin) };
        let Some(first) = first else {
            unnamed.push(row);
            continue;
        };
        if by_declaration[first as usize] == NONE {
            let described = describe(&declarations, first, sections);
            let language = units.get(copies[row].unit as usize).map_or(0, |unit| unit.language);
            by_declaration[first as usize] = *known.entry(described.identity).or_insert_with(|| {
                let is_partial = described.is_bare && language == u32::from(gimli::DW_LANG_Rust.0);
                functions.push(FunctionRow {
                    linkage: described.linkage.map_or_else(Text::default, |linkage| names.keep(linkage)),
                    path: names.append(&described.path),
                    file: described.file,
                    line: described.line,
                    flags: described.flags | if is_partial { PARTIAL } else { 0 },
                    ..FunctionRow::default()
                });
                dies.push(Vec::new());
                functions.len() as u32 - 1
            });
        }
        let function = by_declaration[first as usize];
        copies[row].function = function;
        functions[function as usize].flags |= declarations.rows[first as usize].flags;
        let counter = if is_inlined {
            &mut functions[function as usize].inlined
        } else {
            &mut functions[function as usize].out_of_line
        };
        *counter += 1;
        let own = &mut dies[function as usize];
        if own.len() < MOST_DIES {
            for (offset, _) in declarations.chain(first) {
                if own.len() < MOST_DIES && !own.contains(&offset) {
                    own.push(offset);
                }
            }
        }
    }
    if !unnamed.is_empty() {
        for row in &unnamed {
            copies[*row].function = functions.len() as u32;
        }
        let inlined = unnamed.iter().filter(|row| copies[**row].caller != NONE).count();
        functions.push(FunctionRow {
            path: names.append(b"(unknown)"),
            file: NONE,
            flags: PARTIAL,
            inlined: inlined as u32,
            out_of_line: (unnamed.len() - inlined) as u32,
            ..FunctionRow::default()
        });
        dies.push(Vec::new());
    }
    let mut index = Index { counts, functions, copies, ranges, units, ..Index::default() };
    for (function, own) in index.functions.iter_mut().zip(&dies) {
        function.dies = index.dies.len() as u32;
        function.dies_len = own.len() as u32;
        index.dies.extend_from_slice(own);
    }
    for note in notes {
        index.notes.push(names.append(note.as_bytes()));
    }
    if !unnamed.is_empty() {
        let note = alloc::format!("{} copies refer to no function that could be read", unnamed.len());
        index.notes.push(names.append(note.as_bytes()));
    }
    if names.is_full {
        index.notes.push(names.append(b"its names take more than 512 MiB: some are missing"));
    }
    index.files = files.rows;
    index.text = names.text;
    index.sort();
    index
}

fn describe<'s>(declarations: &Declarations, first: u32, sections: &'s Sections) -> Described<'s> {
    let mut linkage: Option<Bytes> = None;
    let (mut file, mut line, mut flags, mut last) = (NONE, 0, 0, 0);
    let mut named: Option<&Declaration> = None;
    for (offset, declaration) in declarations.chain(first) {
        linkage = linkage.or_else(|| declaration.linkage.and_then(|name| name.bytes(sections)));
        if file == NONE {
            (file, line) = (declaration.file, declaration.line);
        }
        flags |= declaration.flags;
        last = offset;
        // The declaration that the others refer to stands where the source has it.
        named = declaration.name.map(|_| declaration).or(named);
    }
    let mut path = Vec::new();
    if let Some(declaration) = named {
        declarations.path(declaration, sections, &mut path);
    }
    let identity = match linkage {
        Some(linkage) => Identity::Linkage(linkage.slice()),
        None if file != NONE && !path.is_empty() => Identity::Written(path.clone(), file, line),
        None => Identity::Die(last),
    };
    let is_bare = linkage.is_none() && named.is_some_and(|declaration| declaration.scope == NONE);
    Described { identity, linkage, path, file, line, flags, is_bare }
}

impl Index {
    /// Works out the orders that copies are looked up in.
    fn sort(&mut self) {
        let mut start = 0;
        for function in &mut self.functions {
            function.copies = start;
            start += function.out_of_line + function.inlined;
        }
        let mut next: Vec<u32> = self.functions.iter().map(|function| function.copies).collect();
        self.by_function = alloc::vec![0; self.copies.len()];
        for (row, copy) in self.copies.iter().enumerate() {
            let place = &mut next[copy.function as usize];
            self.by_function[*place as usize] = row as u32;
            *place += 1;
        }
        let copies = &self.copies;
        for function in &self.functions {
            let first = function.copies as usize;
            let own = &mut self.by_function[first..first + (function.out_of_line + function.inlined) as usize];
            own.sort_by_key(|&row| (copies[row as usize].caller != NONE, copies[row as usize].low));
        }
        let mut by_address: Vec<u32> = (0..copies.len() as u32).filter(|&row| copies[row as usize].caller == NONE).collect();
        by_address.sort_by_key(|&row| copies[row as usize].low);
        self.by_address = by_address;
        self.measure_reach();
    }
}
