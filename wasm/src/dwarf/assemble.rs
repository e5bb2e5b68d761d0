//! Copies brought together by the function that they are copies of.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::build::Builder;
use super::declarations::Declaration;
use super::index::{Counts, FunctionRow, Index, Text, NONE, PARTIAL};

/// DIEs kept for each function, to read its parameters from.
const MOST_DIES: usize = 6;

/// What makes two declarations the same function: the linkage name; else the path and where it is written; else, where
/// not even that is told, that they are one DIE.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Identity<'a> {
    Linkage(&'a [u8]),
    Written(Vec<u8>, u32, u32),
    Die(u32),
}

/// The function that a declaration and those it refers to describe.
struct Described<'a> {
    identity: Identity<'a>,
    linkage: Option<super::sections::Bytes>,
    path: Vec<u8>,
    file: u32,
    line: u32,
    flags: u32,
    is_bare: bool,
}

pub fn assemble(builder: Builder<'_>, counts: Counts, notes: Vec<String>) -> Index {
    let Builder { declarations, files, mut names, mut copies, origins, ranges, units, .. } = builder;
    let mut functions: Vec<FunctionRow> = Vec::new();
    let mut dies: Vec<Vec<u32>> = Vec::new();
    let mut known: BTreeMap<Identity<'_>, u32> = BTreeMap::new();
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
            let described = describe(declarations.chain(first), |d, path| declarations.path(d, path));
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
            for declaration in declarations.chain(first) {
                if own.len() < MOST_DIES && !own.contains(&declaration.offset) {
                    own.push(declaration.offset);
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

fn describe<'d>(
    chain: impl Iterator<Item = &'d Declaration>,
    mut path_of: impl FnMut(&Declaration, &mut Vec<u8>),
) -> Described<'d> {
    let mut linkage: Option<(&'d [u8], super::sections::Bytes)> = None;
    let (mut file, mut line, mut flags, mut last_offset, mut is_bare) = (NONE, 0, 0, 0, false);
    let mut path = Vec::new();
    for declaration in chain {
        if linkage.is_none() {
            linkage = declaration.linkage.map(|bytes| (bytes.slice(), bytes));
        }
        if file == NONE {
            (file, line) = (declaration.file, declaration.line);
        }
        flags |= declaration.flags;
        last_offset = declaration.offset;
        // The declaration that others refer to stands where the source has it.
        if declaration.name.is_some() {
            path_of(declaration, &mut path);
            is_bare = declaration.scope == NONE;
        }
    }
    let identity = match linkage {
        Some((bytes, _)) => Identity::Linkage(bytes),
        None if file != NONE && !path.is_empty() => Identity::Written(path.clone(), file, line),
        None => Identity::Die(last_offset),
    };
    Described { identity, linkage: linkage.map(|(_, bytes)| bytes), path, file, line, flags, is_bare: is_bare && linkage.is_none() }
}

impl Index {
    /// Works out the orders that copies are looked up in.
    fn sort(&mut self) {
        let copies = &self.copies;
        let mut by_function: Vec<u32> = (0..copies.len() as u32).collect();
        by_function.sort_by_key(|&row| {
            let copy = &copies[row as usize];
            (copy.function, copy.caller != NONE, copy.low)
        });
        let mut start = 0;
        for function in &mut self.functions {
            function.copies = start;
            start += function.out_of_line + function.inlined;
        }
        self.by_function = by_function;
        let mut by_address: Vec<u32> = (0..copies.len() as u32).filter(|&row| copies[row as usize].caller == NONE).collect();
        by_address.sort_by_key(|&row| copies[row as usize].low);
        self.by_address = by_address;
        self.measure_reach();
    }
}
