//! What the targets share: the calls of the host, made as the host makes them, and a bound on memory.

mod debug;
#[path = "../../src/dwarf/tests/elf.rs"]
pub mod elf;
mod image;
mod memory;

pub use debug::{Debug, Rows};
pub use image::Image;

/// Where in the input something follows; the input ends there where it is shorter.
pub fn cut(data: &[u8], at: usize) -> (&[u8], &[u8]) {
    data.split_at(at.min(data.len()))
}
