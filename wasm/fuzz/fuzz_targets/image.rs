#![no_main]
//! Any bytes as a file: what it is, its symbols, their names, listings.

use elfinfo_fuzz::{Debug, Image};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    if let Some(image) = Image::open(file) {
        image.ask_symbols();
        drop(Debug::open(&image));
    }
});
