//! The calls of the host. Handles are pointers; every one that is given out is given back to its `_free`.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::failure::Failure;
use super::search;
use super::table::{Symbol, Table};
use super::lines::{Layout, Lines};
use super::order;
use super::text::{Text, Texts};
use super::reader::Reader;
use super::Image;
use crate::demangle::Style;
use crate::dwarf::layout::DebugLayout;

/// What an opened image answers: a status byte (0, or a [`super::failure::Blame`]), then facts or a reason.
pub struct Opened {
    image: Option<Image>,
    reply: Vec<u8>,
}

impl Opened {
    pub(crate) fn debug_layout(&self) -> Option<(Reader, DebugLayout)> {
        self.image.as_ref()?.debug_layout()
    }

    fn fail(&mut self, failure: Failure) {
        self.reply = alloc::vec![failure.blame as u8];
        self.reply.extend_from_slice(failure.reason.as_bytes());
    }
}

/// Opens `len` bytes at `base` of `source`, and describes them in the reply.
#[no_mangle]
pub extern "C" fn image_open(source: u32, base: u64, len: u64) -> *mut Opened {
    let mut opened = Opened {
        image: None,
        reply: Vec::new(),
    };
    match Image::open(source, base, len).and_then(|image| image.describe().map(|facts| (image, facts))) {
        Ok((image, facts)) => {
            opened.image = Some(image);
            opened.reply.push(0);
            opened.reply.extend_from_slice(&facts);
        }
        Err(failure) => opened.fail(failure),
    }
    Box::into_raw(Box::new(opened))
}

/// # Safety
/// `opened` came from [`image_open`].
#[no_mangle]
pub unsafe extern "C" fn image_reply(opened: *const Opened) -> *const u8 {
    (*opened).reply.as_ptr()
}

/// # Safety
/// `opened` came from [`image_open`].
#[no_mangle]
pub unsafe extern "C" fn image_reply_len(opened: *const Opened) -> usize {
    (*opened).reply.len()
}

/// # Safety
/// `opened` came from [`image_open`] and is not used again.
#[no_mangle]
pub unsafe extern "C" fn image_free(opened: *mut Opened) {
    drop(Box::from_raw(opened));
}

/// A table, the two forms of its names, and the rows of the last question.
pub struct Symbols {
    pub(super) table: Table,
    pub(super) short: Texts,
    pub(super) full: Texts,
    pub(super) rows: Vec<u32>,
    pub(super) copies: Vec<u32>,
    pub(super) layout: Layout,
    pub(super) lines: Lines,
}

impl Symbols {
    fn texts(&self, full: u32) -> &Texts {
        if full != 0 {
            &self.full
        } else {
            &self.short
        }
    }
}

/// The symbols of an image, which may be freed before them; null with a reason in the reply.
///
/// # Safety
/// `opened` came from [`image_open`].
#[no_mangle]
pub unsafe extern "C" fn image_symbols(opened: *mut Opened) -> *mut Symbols {
    let opened = &mut *opened;
    let Some(image) = &opened.image else {
        return core::ptr::null_mut();
    };
    match image.symbols() {
        Ok(table) => Box::into_raw(Box::new(Symbols {
            table,
            short: Texts::new(Style::Short),
            full: Texts::new(Style::Full),
            rows: Vec::new(),
            copies: Vec::new(),
            layout: Layout::default(),
            lines: Lines::default(),
        })),
        Err(failure) => {
            opened.fail(failure);
            core::ptr::null_mut()
        }
    }
}

/// # Safety
/// `symbols` came from [`image_symbols`] and is not used again.
#[no_mangle]
pub unsafe extern "C" fn symbols_free(symbols: *mut Symbols) {
    drop(Box::from_raw(symbols));
}

/// # Safety
/// `symbols` came from [`image_symbols`].
#[no_mangle]
pub unsafe extern "C" fn symbols_len(symbols: *const Symbols) -> usize {
    (*symbols).table.len()
}

/// # Safety
/// `symbols` came from [`image_symbols`].
#[no_mangle]
pub unsafe extern "C" fn symbols_unnamed(symbols: *const Symbols) -> u32 {
    (*symbols).table.unnamed
}

/// Where the symbols are, each a [`super::table::Symbol`].
///
/// # Safety
/// `symbols` came from [`image_symbols`].
#[no_mangle]
pub unsafe extern "C" fn symbols_table(symbols: *const Symbols) -> *const Symbol {
    (*symbols).table.symbols.as_ptr()
}

/// Where the names are, each a [`super::text::Text`]; before any is prepared there is none.
///
/// # Safety
/// `symbols` came from [`image_symbols`].
#[no_mangle]
pub unsafe extern "C" fn symbols_texts(symbols: *const Symbols, full: u32) -> *const Text {
    (*symbols).texts(full).texts.as_ptr()
}

/// Works out the names of the rows of the last question.
///
/// # Safety
/// `symbols` came from [`image_symbols`].
#[no_mangle]
pub unsafe extern "C" fn symbols_prepare(symbols: *mut Symbols, full: u32) {
    let symbols = &mut *symbols;
    let texts = if full != 0 { &mut symbols.full } else { &mut symbols.short };
    texts.prepare(&symbols.table, &symbols.rows);
}

/// As [`symbols_prepare`], for one row.
///
/// # Safety
/// `symbols` came from [`image_symbols`].
#[no_mangle]
pub unsafe extern "C" fn symbols_prepare_row(symbols: *mut Symbols, full: u32, row: u32) {
    let symbols = &mut *symbols;
    let texts = if full != 0 { &mut symbols.full } else { &mut symbols.short };
    texts.prepare(&symbols.table, &[row]);
}

/// Where the rows of the last question are.
///
/// # Safety
/// `symbols` came from [`image_symbols`].
#[no_mangle]
pub unsafe extern "C" fn symbols_rows(symbols: *const Symbols) -> *const u32 {
    (*symbols).rows.as_ptr()
}

/// Room for the host to write `count` rows of its own choice: the next question's.
///
/// # Safety
/// `symbols` came from [`image_symbols`].
#[no_mangle]
pub unsafe extern "C" fn symbols_choose(symbols: *mut Symbols, count: usize) -> *mut u32 {
    let rows = &mut (*symbols).rows;
    rows.clear();
    rows.resize(count, 0);
    rows.as_mut_ptr()
}

/// Rows by kind and definedness; see [`Table::select`]. Returns how many.
///
/// # Safety
/// `symbols` came from [`image_symbols`].
#[no_mangle]
pub unsafe extern "C" fn symbols_select(
    symbols: *mut Symbols,
    kinds: u32,
    defined: u32,
    undefined: u32,
    dynamic: u32,
    marks: u32,
) -> usize {
    let symbols = &mut *symbols;
    symbols.rows = symbols.table.select(kinds, defined != 0, undefined != 0, dynamic != 0, marks != 0);
    symbols.rows.len()
}

/// Sorts the rows: 0 by address, 1 by short name, 2 by full name, 3 by size, 4 by raw name.
///
/// # Safety
/// `symbols` came from [`image_symbols`]; for an order by name the names are prepared.
#[no_mangle]
pub unsafe extern "C" fn symbols_sort(symbols: *mut Symbols, by: u32) {
    let symbols = &mut *symbols;
    let (table, rows) = (&symbols.table, &mut symbols.rows);
    match by {
        1 => order::by_name(table, rows, |row| symbols.short.text(row)),
        2 => order::by_name(table, rows, |row| symbols.full.text(row)),
        3 => order::by_size(table, rows),
        4 => order::by_name(table, rows, |row| table.name(row as usize)),
        _ => order::by_address(table, rows),
    }
}

/// For each row, how many of the rows share its path; the rows are replaced by the numbers.
///
/// # Safety
/// `symbols` came from [`image_symbols`] and the short names of its rows are prepared.
#[no_mangle]
pub unsafe extern "C" fn symbols_copies(symbols: *mut Symbols) {
    let symbols = &mut *symbols;
    symbols.rows = symbols.short.copies(&symbols.rows);
}

/// Keeps the rows whose name contains the `len` bytes at `needle`, in their order; returns how many. `raw`: the name in
/// the file, else the short one.
///
/// # Safety
/// `symbols` came from [`image_symbols`], `needle` is valid for `len` bytes, and unless `raw` the names are prepared.
#[no_mangle]
pub unsafe extern "C" fn symbols_search(
    symbols: *mut Symbols,
    needle: *const u8,
    len: usize,
    ignore_case: u32,
    raw: u32,
) -> usize {
    let Symbols { table, short, rows, .. } = &mut *symbols;
    let needle = core::slice::from_raw_parts(needle, len);
    let ignore_case = ignore_case != 0;
    if raw != 0 {
        rows.retain(|&row| search::contains(table.name(row as usize), needle, ignore_case));
    } else {
        rows.retain(|&row| search::contains(short.text(row), needle, ignore_case));
    }
    rows.len()
}
