//! What the host calls for names. A pointer that a `_new` or `_demangle` function returns is released by the `_free`
//! function beside it; every other one is borrowed until the next call on the same object.
#![allow(clippy::missing_safety_doc)]

use crate::demangle::Style;
use crate::filter::{Filter, Text};
use crate::names::Names;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::slice;

const fn style(full: u32) -> Style {
    if full == 0 {
        Style::Short
    } else {
        Style::Full
    }
}

/// Demangles `count` names: name `i` is `bytes[offsets[i]..offsets[i + 1]]`. `given`: the user says they are names.
#[no_mangle]
pub unsafe extern "C" fn names_demangle(
    bytes: *const u8,
    offsets: *const u32,
    count: usize,
    full: u32,
    given: u32,
) -> *mut Names {
    let offsets = slice::from_raw_parts(offsets, count + 1);
    let bytes = slice::from_raw_parts(bytes, offsets[count] as usize);
    let mut names = Names::new(style(full));
    names.reserve(count, bytes.len());
    for pair in offsets.windows(2) {
        let raw = &bytes[pair[0] as usize..pair[1] as usize];
        if given == 0 {
            names.append(raw);
        } else {
            names.append_given(raw);
        }
    }
    Box::into_raw(Box::new(names))
}

#[no_mangle]
pub unsafe extern "C" fn names_column(names: *const Names, number: u32) -> *const u8 {
    (*names).column(number).0
}

/// In bytes.
#[no_mangle]
pub unsafe extern "C" fn names_column_size(names: *const Names, number: u32) -> usize {
    (*names).column(number).1
}

#[no_mangle]
pub unsafe extern "C" fn names_free(names: *mut Names) {
    drop(Box::from_raw(names));
}

/// A filter with the buffer that the host writes its chunks to.
pub struct Stream {
    filter: Filter,
    input: Vec<u8>,
    sink: Found,
}

enum Found {
    Text(Text),
    Names(Names),
}

/// `names`: collect the names found instead of the text with its names demangled.
#[no_mangle]
pub extern "C" fn filter_new(full: u32, names: u32) -> *mut Stream {
    let style = style(full);
    let sink = if names == 0 { Found::Text(Text::new(style)) } else { Found::Names(Names::new(style)) };
    Box::into_raw(Box::new(Stream { filter: Filter::default(), input: Vec::new(), sink }))
}

/// Where the host writes the next chunk, of at most `size` bytes.
#[no_mangle]
pub unsafe extern "C" fn filter_input(stream: *mut Stream, size: usize) -> *mut u8 {
    let input = &mut (*stream).input;
    input.resize(size.max(input.len()), 0);
    input.as_mut_ptr()
}

/// Takes the chunk's bytes from `from` to `to`; returns where it stopped. What was found before is forgotten.
#[no_mangle]
pub unsafe extern "C" fn filter_push(stream: *mut Stream, from: usize, to: usize) -> usize {
    let Stream { filter, input, sink } = &mut *stream;
    let chunk = &input[from..to];
    from + match sink {
        Found::Text(text) => {
            text.out.clear();
            filter.push(chunk, text)
        }
        Found::Names(names) => {
            names.clear();
            filter.push(chunk, names)
        }
    }
}

/// The input has ended. What was found before is forgotten.
#[no_mangle]
pub unsafe extern "C" fn filter_finish(stream: *mut Stream) {
    let Stream { filter, sink, .. } = &mut *stream;
    match sink {
        Found::Text(text) => {
            text.out.clear();
            filter.finish(text);
        }
        Found::Names(names) => {
            names.clear();
            filter.finish(names);
        }
    }
}

/// The demangled text: address.
#[no_mangle]
pub unsafe extern "C" fn filter_text(stream: *const Stream) -> *const u8 {
    match &(*stream).sink {
        Found::Text(text) => text.out.as_ptr(),
        Found::Names(_) => core::ptr::null(),
    }
}

/// The demangled text: size in bytes.
#[no_mangle]
pub unsafe extern "C" fn filter_text_size(stream: *const Stream) -> usize {
    match &(*stream).sink {
        Found::Text(text) => text.out.len(),
        Found::Names(_) => 0,
    }
}

/// The names found; they belong to the filter.
#[no_mangle]
pub unsafe extern "C" fn filter_names(stream: *const Stream) -> *const Names {
    match &(*stream).sink {
        Found::Names(names) => names,
        Found::Text(_) => core::ptr::null(),
    }
}

#[no_mangle]
pub unsafe extern "C" fn filter_free(stream: *mut Stream) {
    drop(Box::from_raw(stream));
}
