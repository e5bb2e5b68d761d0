#![no_main]
//! Any bytes as a file with debug info.

use elfinfo_fuzz::{Debug, Image};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let Some(image) = Image::open(file) else { return };
    let Some(mut debug) = Debug::open(&image) else { return };
    debug.build();
    debug.ask();
    debug.ask_types();
    debug.ask_variables(&file[file.len() / 2..]);
    let saved = debug.save();
    let mut loaded = Debug::open(&image).expect("it was opened before");
    assert!(loaded.load(&saved), "an index is loaded as it was saved");
    assert!(loaded.save() == saved);
    loaded.ask();
});
