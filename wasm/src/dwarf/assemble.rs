//! Copies brought together by the function that they are copies of.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use hashbrown::HashMap;

use super::build::Builder;
use super::declarations::{Declaration, Declarations, LONGEST_CHAIN};
use super::index::{CopyRow, Counts, FunctionRow, Index, Text, NONE, PARTIAL};
use super::sections::{Bytes, Sections};

/// Bytes of names that functions are told apart by, again and again where many declarations have the same. Beyond a part
/// for any file, so much for each byte of DIEs.
const LEAST_BUDGET: usize = 256 << 20;
const MOST_PER_BYTE: usize = 16;

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
    /// A name or reference leads nowhere.
    is_damaged: bool,
}

pub fn assemble(builder: Builder<'_>, counts: Counts, notes: Vec<String>) -> Index {
    let Builder { sections, declarations, files, mut names, mut copies, origins, ranges, units, .. } = builder;
    let mut functions: Vec<FunctionRow> = Vec::new();
    let mut dies: Vec<Vec<u32>> = Vec::new();
    let mut known: HashMap<Identity<'_>, u32> = HashMap::new();
    // By declaration: most copies of a function refer to the same one.
    let mut by_declaration: Vec<u32> = alloc::vec![NONE; declarations.rows.len()];
    let mut unnamed: Vec<usize> = Vec::new();
    let mut damaged = 0usize;
    let mut budget = sections.info_size.saturating_mul(MOST_PER_BYTE).saturating_add(LEAST_BUDGET);
    for (row, origin) in origins.iter().enumerate() {
        let is_inlined = copies[row].caller != NONE;
        // An inlined instance refers to its origin by offset, code out of line is its declaration's own.
        let first = if is_inlined { declarations.at(*origin) } else { Some(*origin) };
        let Some(first) = first else {
            unnamed.push(row);
            continue;
        };
        if by_declaration[first as usize] == NONE {
            let described = describe(&declarations, first, sections, !names.is_full && budget > 0);
            let size = described.linkage.map_or(0, |linkage| linkage.slice().len()) + described.path.len();
            budget = budget.saturating_sub(size);
            damaged += usize::from(described.is_damaged);
            let unit = units.partition_point(|unit| unit.offset <= copies[row].die).checked_sub(1);
            let language = unit.map_or(0, |unit| units[unit].language);
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
            path: names.append_always(b"(unknown)"),
            file: NONE,
            flags: PARTIAL,
            inlined: inlined as u32,
            out_of_line: (unnamed.len() - inlined) as u32,
            ..FunctionRow::default()
        });
        dies.push(Vec::new());
    }
    let mut kept: Vec<u32> = Vec::new();
    for (function, own) in functions.iter_mut().zip(&dies) {
        function.dies = kept.len() as u32;
        function.dies_len = own.len() as u32;
        kept.extend_from_slice(own);
    }
    let mut told: Vec<Text> = notes.iter().map(|note| names.append_always(note.as_bytes())).collect();
    if !unnamed.is_empty() {
        let note = format!("of {} copies the function they belong to could not be read", unnamed.len());
        told.push(names.append_always(note.as_bytes()));
    }
    if damaged > 0 {
        let note = format!("of {damaged} functions a name or a reference is damaged");
        told.push(names.append_always(note.as_bytes()));
    }
    if names.is_full || budget == 0 {
        told.push(names.append_always(b"its names are longer than its size allows: some are missing"));
    }
    let inlined_only = functions.iter().filter(|function| function.out_of_line == 0).count() as u32;
    let by_function = by_function(&mut functions, &copies);
    let mut index = Index {
        counts: alloc::vec![Counts { inlined_only, ..counts }].into(),
        ranges: ranges.into(),
        functions: functions.into(),
        copies: copies.into(),
        units: units.into(),
        files: files.rows.into(),
        notes: told.into(),
        dies: kept.into(),
        by_function: by_function.into(),
        text: names.text.into(),
        ..Index::default()
    };
    let mut by_name: Vec<u32> = (0..index.functions.len() as u32).collect();
    by_name.sort_by(|&a, &b| index.name(a).cmp(index.name(b)));
    index.by_name = by_name.into();
    let is_outermost = |row: &u32| index.copies[*row as usize].caller == NONE;
    let mut by_address: Vec<u32> = (0..index.copies.len() as u32).filter(is_outermost).collect();
    by_address.sort_by_key(|&row| index.low(row));
    index.by_address = by_address.clone().into();
    by_address.sort_by_key(|&row| index.copies[row as usize].entry());
    index.by_entry = by_address.into();
    index.measure_reach();
    index
}

/// Rows of copies, those of one function together: out of line first, then by address.
fn by_function(functions: &mut [FunctionRow], copies: &[CopyRow]) -> Vec<u32> {
    let mut next: Vec<u32> = Vec::with_capacity(functions.len());
    let mut start = 0;
    for function in functions.iter_mut() {
        function.copies = start;
        next.push(start);
        start += function.out_of_line + function.inlined;
    }
    let mut rows = alloc::vec![0; copies.len()];
    for (row, copy) in copies.iter().enumerate() {
        let place = &mut next[copy.function as usize];
        rows[*place as usize] = row as u32;
        *place += 1;
    }
    for function in functions {
        let first = function.copies as usize;
        rows[first..first + (function.out_of_line + function.inlined) as usize].sort_by_key(|&row| {
            let copy = &copies[row as usize];
            (copy.caller != NONE, copy.entry())
        });
    }
    rows
}

/// Without names where they are not wanted any more: then each declaration is a function of its own.
fn describe<'s>(declarations: &Declarations, first: u32, sections: &'s Sections, is_named: bool) -> Described<'s> {
    let mut linkage: Option<Bytes> = None;
    let (mut file, mut line, mut flags, mut last, mut is_damaged) = (NONE, 0, 0, 0, false);
    let mut named: Option<&Declaration> = None;
    for (step, (offset, declaration)) in declarations.chain(first).enumerate() {
        let names = [declaration.linkage, declaration.name].map(|name| name.filter(|_| is_named));
        is_damaged |= names.iter().flatten().any(|name| name.bytes(sections).is_none());
        // A chain that goes on for ever is cut off.
        is_damaged |= step + 1 == LONGEST_CHAIN || (declaration.link != NONE && declarations.at(declaration.link).is_none());
        linkage = linkage.or_else(|| names[0].and_then(|name| name.bytes(sections)));
        if file == NONE {
            (file, line) = (declaration.file, declaration.line);
        }
        flags |= declaration.flags;
        last = offset;
        // The declaration that the others refer to stands where the source has it.
        named = names[1].map(|_| declaration).or(named);
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
    Described { identity, linkage, path, file, line, flags, is_bare, is_damaged }
}
