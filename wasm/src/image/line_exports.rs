//! The calls of the host that write listings.

use super::exports::Symbols;
use super::lines::Layout;

/// Room for the host to write how many copies each of the rows has.
///
/// # Safety
/// `symbols` came from [`super::exports::image_symbols`].
#[no_mangle]
pub unsafe extern "C" fn lines_copies(symbols: *mut Symbols, count: usize) -> *mut u32 {
    let copies = &mut (*symbols).copies;
    copies.clear();
    copies.resize(count, 0);
    copies.as_mut_ptr()
}

/// Room for the host to write what each line begins with.
///
/// # Safety
/// `symbols` came from [`super::exports::image_symbols`].
#[no_mangle]
pub unsafe extern "C" fn lines_prefix(symbols: *mut Symbols, len: usize) -> *mut u8 {
    let prefix = &mut (*symbols).layout.prefix;
    prefix.clear();
    prefix.resize(len, 0);
    prefix.as_mut_ptr()
}

/// Begins lines of the rows of the last question: `nm` is the width of nm's addresses, 0 for rsym's own columns;
/// `names` is 0 short, 1 full, 2 as in the file. The names are prepared. Returns the three widths; of nm's
/// lines only the first means anything.
///
/// # Safety
/// `symbols` came from [`super::exports::image_symbols`].
#[no_mangle]
pub unsafe extern "C" fn lines_begin(symbols: *mut Symbols, nm: u32, names: u32) -> *const Layout {
    let symbols = &mut *symbols;
    let layout = &mut symbols.layout;
    layout.nm = nm != 0;
    layout.raw = names == 2;
    if nm == 0 {
        layout.fit(&symbols.table, &symbols.rows, &symbols.copies);
    } else {
        layout.address_width = nm;
    }
    layout
}

/// Writes the lines of the rows from number `from` on, until a block is full or a name must be made safe by the host
/// first; returns the number of the next row.
///
/// # Safety
/// `symbols` came from [`super::exports::image_symbols`].
#[no_mangle]
pub unsafe extern "C" fn lines_write(symbols: *mut Symbols, full: u32, from: usize) -> usize {
    let Symbols {
        table,
        short,
        full: long,
        rows,
        copies,
        layout,
        lines,
    } = &mut *symbols;
    let texts = if full != 0 { long } else { short };
    lines.write(table, texts, layout, rows, copies, from)
}

/// # Safety
/// `symbols` came from [`super::exports::image_symbols`].
#[no_mangle]
pub unsafe extern "C" fn lines_bytes(symbols: *const Symbols) -> *const u8 {
    (*symbols).lines.bytes.as_ptr()
}

/// # Safety
/// `symbols` came from [`super::exports::image_symbols`].
#[no_mangle]
pub unsafe extern "C" fn lines_len(symbols: *const Symbols) -> usize {
    (*symbols).lines.bytes.len()
}

/// Whether the block ends before the last row's name and line end.
///
/// # Safety
/// `symbols` came from [`super::exports::image_symbols`].
#[no_mangle]
pub unsafe extern "C" fn lines_waiting(symbols: *const Symbols) -> u32 {
    (*symbols).lines.waiting as u32
}
