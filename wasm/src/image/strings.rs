//! String tables whose symbols may say anything about where their names begin.

use super::failure::Failure;

/// Linkers let a name end in another's, so names may be longer together than their table, but never by this much.
const MOST_OVERLAP: u64 = 64;
const LEAST_BUDGET: u64 = 1 << 20;

/// Names of a table, as many bytes as a real one can have in all: a small hostile table could otherwise name the same
/// megabyte a million times.
pub struct Strings {
    bytes: &'static [u8],
    left: u64,
}

impl Strings {
    pub fn new(bytes: &'static [u8]) -> Self {
        Strings {
            bytes,
            left: (bytes.len() as u64 * MOST_OVERLAP).max(LEAST_BUDGET),
        }
    }

    /// The name at `at`, up to its NUL or the table's end; empty beyond the table.
    pub fn name(&mut self, at: u32) -> Result<&'static [u8], Failure> {
        let rest = self.bytes.get(at as usize..).unwrap_or_default();
        let name = &rest[..memchr::memchr(0, rest).unwrap_or(rest.len())];
        self.left = self
            .left
            .checked_sub(name.len() as u64)
            .ok_or_else(|| Failure::input("its symbol names overlap beyond measure"))?;
        Ok(name)
    }
}
