#![no_main]
//! A byte that says how the text is cut into chunks, then a text: as one name, and as a stream with names in it, whose
//! result doesn't depend on the chunks.

use elfinfo_fuzz::cut;
use elfinfo_wasm::demangle::{append, append_given, Style};
use elfinfo_wasm::fuzzed as core;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (&[size], text) = cut(data, 1) else { return };
    for style in [Style::Short, Style::Full] {
        let mut out = b"before ".to_vec();
        append(text, style, &mut out);
        append_given(text, style, &mut out);
        assert!(out.starts_with(b"before "));
    }
    for names in 0..2 {
        let whole = filtered(text, text.len().max(1), names);
        assert!(whole == filtered(text, usize::from(size).max(1), names), "chunks of {size}");
    }
});

fn filtered(text: &[u8], size: usize, names: u32) -> Vec<u8> {
    let mut found = Vec::new();
    unsafe {
        let stream = core::filter_new(0, names);
        let mut collect = || {
            if names == 0 {
                let (at, len) = (core::filter_text(stream), core::filter_text_size(stream));
                found.extend_from_slice(std::slice::from_raw_parts(at, len));
            } else {
                for column in [0, 2, 3] {
                    let names = core::filter_names(stream);
                    let (at, len) = (core::names_column(names, column), core::names_column_size(names, column));
                    if column == 0 {
                        found.extend_from_slice(std::slice::from_raw_parts(at, len));
                    }
                }
            }
        };
        for chunk in text.chunks(size) {
            core::filter_input(stream, chunk.len()).copy_from_nonoverlapping(chunk.as_ptr(), chunk.len());
            let mut from = 0;
            while from < chunk.len() {
                let after = core::filter_push(stream, from, chunk.len());
                assert!(after > from);
                from = after;
                collect();
            }
        }
        core::filter_finish(stream);
        collect();
        core::filter_free(stream);
    }
    found
}
