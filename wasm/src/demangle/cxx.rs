//! The Itanium C++ ABI's mangling.

use super::LONGEST;
use alloc::vec::Vec;
use core::fmt;
use cpp_demangle::{BorrowedSymbol, DemangleNodeType, DemangleOptions, DemangleWrite, ParseOptions};

/// Deep enough for real names, shallow enough for a 1 MB stack.
const DEEPEST: u32 = 160;

/// Appends what `name` means in c++filt's spelling; false, with `out` unchanged, where it isn't such a name.
pub fn append(name: &[u8], out: &mut Vec<u8>) -> bool {
    let Ok(symbol) = BorrowedSymbol::new_with_options(name, &ParseOptions::default().recursion_limit(DEEPEST)) else {
        return false;
    };
    let start = out.len();
    let mut sink = Bounded { out, left: LONGEST };
    let options = DemangleOptions::new().recursion_limit(DEEPEST);
    let written = symbol.structured_demangle(&mut sink, &options);
    if written.is_err() {
        out.truncate(start);
    }
    written.is_ok()
}

/// A few bytes of substitutions can stand for gigabytes of text.
struct Bounded<'a> {
    out: &'a mut Vec<u8>,
    left: usize,
}

impl DemangleWrite for Bounded<'_> {
    fn push_demangle_node(&mut self, _: DemangleNodeType) {}

    fn write_string(&mut self, text: &str) -> fmt::Result {
        self.left = self.left.checked_sub(text.len()).ok_or(fmt::Error)?;
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
