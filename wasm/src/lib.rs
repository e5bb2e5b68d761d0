//! What is in an executable file and what its names mean. No input or output: the host passes bytes in and takes
//! flat tables out. Built for wasm32 without `std`; on the host it builds with `std`, so `cargo test` works.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod bytes;
mod calls;
pub mod demangle;
pub mod dwarf;
mod filter;
mod image;
mod memory;
mod names;

/// What the host calls, and the file it answers reads from, for the targets in `fuzz`.
#[cfg(fuzzing)]
pub mod fuzzed {
    pub use crate::calls::*;
    pub use crate::dwarf::exports::*;
    pub use crate::dwarf::types::exports::*;
    pub use crate::dwarf::unwind::*;
    pub use crate::dwarf::variables::exports::*;
    pub use crate::dwarf::Debug;
    pub use crate::image::exports::*;
    pub use crate::image::line_exports::*;
    pub use crate::image::reader::host::FILE;
    pub use crate::memory::{alloc, free};
}
