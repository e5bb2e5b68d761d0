#![no_main]
//! Any bytes as a saved index of a file whose debug sections are empty.

use elfinfo_fuzz::elf::{program, Section};
use elfinfo_fuzz::{Debug, Image};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|saved: &[u8]| {
    let file = program(&[Section { name: ".debug_info", contents: &[], is_compressed: false }]);
    let image = Image::open(&file).expect("it is sound");
    let mut debug = Debug::open(&image).expect("there is a debug section");
    if debug.load(saved) {
        debug.ask();
        assert!(debug.save() == saved);
    }
});
