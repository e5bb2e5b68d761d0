#![no_main]
//! The input's parts as the debug sections of a sound file: each ends with [`END`]. What follows is its `.eh_frame`.

use elfinfo_fuzz::elf::{program, Section};
use elfinfo_fuzz::{Debug, Image};
use libfuzzer_sys::fuzz_target;

const END: &[u8] = b"\xffEND";
const NAMES: [&str; 13] = [
    ".debug_info",
    ".debug_abbrev",
    ".debug_str",
    ".debug_line",
    ".debug_line_str",
    ".debug_ranges",
    ".debug_rnglists",
    ".debug_addr",
    ".debug_str_offsets",
    ".debug_types",
    ".debug_loclists",
    ".debug_loc",
    ".debug_frame",
];

fuzz_target!(|data: &[u8]| {
    let mut rest = data;
    let sections = NAMES.map(|name| {
        let end = rest.windows(END.len()).position(|window| window == END);
        let contents = end.map_or(rest, |end| &rest[..end]);
        rest = end.map_or(&[], |end| &rest[end + END.len()..]);
        Section { name, contents, is_compressed: false }
    });
    let image = Image::open(&program(&sections)).expect("the file around the sections is sound");
    let mut debug = Debug::open(&image).expect("there are debug sections");
    debug.build();
    debug.ask();
    debug.ask_types();
    debug.ask_variables(rest);
    let saved = debug.save();
    assert!(debug.load(&saved), "an index is loaded as it was saved");
    assert!(debug.save() == saved);
});
