//! Text that may reach a terminal.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

/// Escapes, from `start` on, what decoding a name can produce but a terminal must not get: control characters, line
/// and paragraph separators and bidirectional marks become `\u{..}`; invalid UTF-8 becomes `\xNN`.
pub fn sanitise(out: &mut Vec<u8>, start: usize) {
    // Without a way out of the loop the compiler tests many bytes at once.
    if !out[start..].iter().fold(false, |found, byte| found | !(0x20..0x7f).contains(byte)) {
        return;
    }
    let decoded = out.split_off(start);
    let mut clean = String::with_capacity(decoded.len());
    for chunk in decoded.utf8_chunks() {
        for c in chunk.valid().chars() {
            // Writing to a String can't fail.
            let _ = if is_unsafe(c) { write!(clean, "{}", c.escape_unicode()) } else { clean.write_char(c) };
        }
        for byte in chunk.invalid() {
            let _ = write!(clean, "\\x{byte:02x}");
        }
    }
    out.extend_from_slice(clean.as_bytes());
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
