//! The calls of the host. A [`Debug`] is given back to `debug_free`; everything else is borrowed from it until the next
//! call that changes it.
#![allow(clippy::missing_safety_doc)]

use alloc::boxed::Box;
use alloc::vec::Vec;
use memchr::memmem::Finder;

use super::index::{Index, NONE};
use super::rows::Block;
use super::Debug;
use crate::demangle::Style;
use crate::image::exports::Opened;
use crate::image::wire::Wire;
use crate::names::Names;

/// Demangled names of all functions in bytes, beyond a multiple of what they are made from: the others stay as they are.
/// A short name can mean a megabyte.
const LEAST_NAMES: usize = 32 << 20;
const MOST_PER_BYTE: usize = 8;

/// The debug info of an image, which may be freed before it; null where it has none. The reply lists its sections.
#[no_mangle]
pub unsafe extern "C" fn debug_open(opened: *const Opened) -> *mut Debug {
    let Some((reader, layout)) = (*opened).debug_layout() else {
        return core::ptr::null_mut();
    };
    let mut wire = Wire::default();
    wire.u8(layout.relocatable as u8);
    wire.u32(layout.spans.len() as u32);
    for span in &layout.spans {
        wire.bytes(&span.name);
        wire.u64(span.size);
        wire.u8(span.packing as u8);
        wire.u64(span.unpacked);
    }
    let mut debug = Debug::new(reader, layout);
    debug.reply = wire.finish();
    Box::into_raw(Box::new(debug))
}

#[no_mangle]
pub unsafe extern "C" fn debug_free(debug: *mut Debug) {
    drop(Box::from_raw(debug));
}

#[no_mangle]
pub unsafe extern "C" fn debug_reply(debug: *const Debug) -> *const u8 {
    (*debug).reply.as_ptr()
}

#[no_mangle]
pub unsafe extern "C" fn debug_reply_len(debug: *const Debug) -> usize {
    (*debug).reply.len()
}

/// Makes the index from the debug sections.
#[no_mangle]
pub unsafe extern "C" fn debug_build(debug: *mut Debug) {
    (*debug).build();
}

/// Takes an index that `debug_save` gave; 0 where the bytes are none. They came from `alloc`, and are no longer the host's.
#[no_mangle]
pub unsafe extern "C" fn debug_load(debug: *mut Debug, bytes: *mut u8, len: usize) -> u32 {
    (*debug).load(Block::from_host(bytes, len)).into()
}

/// The index as bytes, in the reply.
#[no_mangle]
pub unsafe extern "C" fn debug_save(debug: *mut Debug) {
    let debug = &mut *debug;
    debug.reply = debug.save();
}

fn table(debug: &Debug, number: u32) -> &[u8] {
    let index = &debug.index;
    match number {
        0 => index.functions.bytes(),
        1 => index.copies.bytes(),
        2 => index.ranges.bytes(),
        3 => index.units.bytes(),
        4 => index.files.bytes(),
        5 => index.notes.bytes(),
        6 => index.dies.bytes(),
        7 => index.by_function.bytes(),
        8 => index.by_entry.bytes(),
        9 => index.text.bytes(),
        _ => index.counts.bytes(),
    }
}

/// A table of the index by number, its rows as in [`super::index`]: address.
#[no_mangle]
pub unsafe extern "C" fn debug_table(debug: *const Debug, number: u32) -> *const u8 {
    table(&*debug, number).as_ptr()
}

/// The same: size in bytes.
#[no_mangle]
pub unsafe extern "C" fn debug_table_size(debug: *const Debug, number: u32) -> usize {
    table(&*debug, number).len()
}

/// The demangled names of all functions, in their order; where one has no linkage name, its path.
#[no_mangle]
pub unsafe extern "C" fn debug_paths(debug: *mut Debug) -> *const Names {
    let Debug { index, paths, .. } = &mut *debug;
    paths.get_or_insert_with(|| {
        let mut names = Names::new(Style::Short);
        let largest = index.text.len().saturating_mul(MOST_PER_BYTE).saturating_add(LEAST_NAMES);
        for row in 0..index.functions.len() as u32 {
            if names.text().len() < largest {
                append_path(index, row, &mut names);
            } else {
                names.append_plain(index.name(row));
            }
        }
        names
    })
}

fn append_path(index: &Index, row: u32, names: &mut Names) {
    let function = &index.functions[row as usize];
    match index.text(function.linkage) {
        [] => names.append_plain(index.text(function.path)),
        linkage => names.append(linkage),
    }
}

/// The same of one function, in the reply.
#[no_mangle]
pub unsafe extern "C" fn debug_path(debug: *mut Debug, row: u32) {
    let debug = &mut *debug;
    let mut names = Names::new(Style::Short);
    append_path(&debug.index, row, &mut names);
    debug.reply = names.text().to_vec();
}

/// Rows of functions whose linkage name contains the first text, or whose path contains the second.
///
/// As a list of u32 in the reply.
#[no_mangle]
pub unsafe extern "C" fn debug_search(debug: *mut Debug, raw: *const u8, raw_len: usize, path: *const u8, path_len: usize) {
    let debug = &mut *debug;
    let raw = Finder::new(core::slice::from_raw_parts(raw, raw_len));
    let path = Finder::new(core::slice::from_raw_parts(path, path_len));
    let index = &debug.index;
    let found = index.functions.iter().enumerate().filter(|(_, function)| {
        raw.find(index.text(function.linkage)).is_some() || path.find(index.text(function.path)).is_some()
    });
    let found: Vec<u32> = found.map(|(row, _)| row as u32).collect();
    debug.reply = list(&found);
}

/// Rows of functions of this linkage name, and of this path where they have none, as a list of u32 in the reply.
#[no_mangle]
pub unsafe extern "C" fn debug_named(debug: *mut Debug, name: *const u8, len: usize) {
    let debug = &mut *debug;
    debug.reply = list(debug.index.named(core::slice::from_raw_parts(name, len)));
}

fn list(rows: &[u32]) -> Vec<u8> {
    let mut wire = Wire::default();
    wire.u32(rows.len() as u32);
    for row in rows {
        wire.u32(*row);
    }
    wire.finish()
}

/// Rows of the copies under way at an address, the innermost first, as a list of u32 in the reply.
#[no_mangle]
pub unsafe extern "C" fn debug_frames(debug: *mut Debug, address: u64) {
    let debug = &mut *debug;
    debug.reply = list(&debug.index.frames(address));
}

/// Line rows of a range, in the reply: a list of paths, then a list of rows.
#[no_mangle]
pub unsafe extern "C" fn debug_lines(debug: *mut Debug, start: u64, end: u64) {
    let debug = &mut *debug;
    debug.sections();
    let Some(sections) = debug.sections.get() else { return };
    let rows = debug.lines.within(&debug.index, sections, &debug.layout, start, end);
    let mut named: Vec<u32> = rows.iter().map(|row| row.file).filter(|file| *file != NONE).collect();
    named.sort_unstable();
    named.dedup();
    let mut wire = Wire::default();
    wire.u32(named.len() as u32);
    for file in &named {
        wire.bytes(&debug.lines.paths[*file as usize]);
    }
    wire.u32(rows.len() as u32);
    for row in rows {
        wire.u64(row.address);
        wire.u32(named.binary_search(&row.file).map_or(NONE, |at| at as u32));
        wire.u32(row.line);
        wire.u32(row.column);
        wire.u8(row.flags);
    }
    debug.reply = wire.finish();
}
