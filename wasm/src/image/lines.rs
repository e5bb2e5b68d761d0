//! Listings as bytes: a hundred thousand lines are written here faster than anywhere the names must be copied to first.

use alloc::vec::Vec;

use super::table::{Table, UNDEFINED};
use super::text::{State, Texts};

/// How lines look; the host reads the widths, the first three words.
#[derive(Default)]
#[repr(C)]
pub struct Layout {
    pub address_width: u32,
    pub size_width: u32,
    pub copies_width: u32,
    /// The lines of nm, not rsym's own columns.
    pub nm: bool,
    /// Names as they are in the file.
    pub raw: bool,
    /// What each line begins with.
    pub prefix: Vec<u8>,
}

impl Layout {
    /// Columns as wide as the largest address, size and count of copies need.
    pub fn fit(&mut self, table: &Table, rows: &[u32], copies: &[u32]) {
        let (mut address, mut size) = (0, 0);
        for block in rows.chunks(1024) {
            let most = largest(table, block);
            address = address.max(most.0);
            size = size.max(most.1);
        }
        let copies = copies.iter().copied().max().unwrap_or(0);
        let digits = |value: u64| value.checked_ilog10().unwrap_or(0) + 1;
        self.address_width = (address.checked_ilog2().unwrap_or(0) / 4 + 1).max(8);
        self.size_width = digits(size).max(4);
        self.copies_width = digits(copies.into()).max(6);
    }
}

/// The largest address and the largest size.
#[inline(never)]
fn largest(table: &Table, rows: &[u32]) -> (u64, u64) {
    let symbols = rows.iter().filter_map(|&row| table.symbols.get(row as usize));
    symbols.fold((0, 0), |most, symbol| (most.0.max(symbol.address), most.1.max(symbol.size)))
}

/// Lines of one block, and whether it ends before the last line's name, which the host must make safe first.
#[derive(Default)]
pub struct Lines {
    pub bytes: Vec<u8>,
    pub waiting: bool,
}

const FULL: usize = 1 << 18;
const KINDS: [&[u8; 9]; 8] = [
    b"notype   ", b"function ", b"data     ", b"tls      ", b"section  ", b"file     ", b"ifunc    ", b"other    ",
];

impl Lines {
    /// Writes lines for `rows` from `from` on until the block is full or a name must wait; returns where the next block
    /// begins. `copies` are those of the rows.
    pub fn write(
        &mut self,
        table: &Table,
        texts: &Texts,
        layout: &Layout,
        rows: &[u32],
        copies: &[u32],
        from: usize,
    ) -> usize {
        self.bytes.clear();
        self.waiting = false;
        let mut at = from;
        while at < rows.len() && self.bytes.len() < FULL {
            let end = rows.len().min(at + 256);
            at = self.write_some(table, texts, layout, rows, copies, at..end);
            if self.waiting {
                break;
            }
        }
        at
    }

    #[inline(never)]
    #[allow(clippy::too_many_arguments)]
    fn write_some(
        &mut self,
        table: &Table,
        texts: &Texts,
        layout: &Layout,
        rows: &[u32],
        copies: &[u32],
        range: core::ops::Range<usize>,
    ) -> usize {
        for at in range.clone() {
            let row = rows[at];
            let Some(symbol) = table.symbols.get(row as usize) else { continue };
            let out = &mut self.bytes;
            crate::bytes::push(out, &layout.prefix);
            let defined = symbol.flags & UNDEFINED == 0;
            if layout.nm {
                address(out, symbol.address, layout.address_width, defined, b"");
                out.extend_from_slice(&[b' ', symbol.letter, b' ']);
            } else {
                address(out, symbol.address, layout.address_width, defined, b"0x");
                out.push(b' ');
                decimal(out, symbol.size, layout.size_width);
                out.push(b' ');
                out.extend_from_slice(KINDS[symbol.kind as usize]);
                decimal(out, copies.get(at).copied().unwrap_or(1).into(), layout.copies_width);
                out.push(b' ');
            }
            let (name, clean) = if layout.raw {
                (symbol.name(), super::text::state_of(symbol.name()) == State::Clean)
            } else {
                let text = texts.texts.get(row as usize);
                (texts.text(row), text.is_some_and(|text| text.state == State::Clean))
            };
            if !clean {
                self.waiting = true;
                return at + 1;
            }
            crate::bytes::push(out, name);
            out.push(b'\n');
        }
        range.end
    }
}

fn address(out: &mut Vec<u8>, value: u64, width: u32, defined: bool, mark: &[u8]) {
    if !defined {
        let blank = mark.len() + width as usize;
        out.resize(out.len() + blank, b' ');
        if let (false, Some(last)) = (mark.is_empty(), out.last_mut()) {
            *last = b'-';
        }
        return;
    }
    out.extend_from_slice(mark);
    for digit in (0..width.min(16)).rev() {
        out.push(b"0123456789abcdef"[(value >> (digit * 4) & 15) as usize]);
    }
}

/// Right-aligned.
fn decimal(out: &mut Vec<u8>, mut value: u64, width: u32) {
    let mut digits = [b' '; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    let wanted = digits.len() - (width as usize).min(digits.len());
    out.extend_from_slice(&digits[at.min(wanted)..]);
}
