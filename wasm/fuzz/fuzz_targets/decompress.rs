#![no_main]
//! The input as a compressed `.debug_info`: a byte that says how, four that say how large it claims to be, the stream.

use elfinfo_fuzz::elf::{program, Section};
use elfinfo_fuzz::{cut, Debug, Image};
use libfuzzer_sys::fuzz_target;

const ZLIB: u8 = 0;
const ZSTD: u8 = 1;

fuzz_target!(|data: &[u8]| {
    let (&[how, a, b, c, d], stream) = cut(data, 5) else { return };
    let claimed = u64::from(u32::from_le_bytes([a, b, c, d]));
    let mut contents = match how % 3 {
        ZLIB => header(1, claimed),
        ZSTD => header(2, claimed),
        _ => [&b"ZLIB"[..], &claimed.to_be_bytes()].concat(),
    };
    contents.extend_from_slice(stream);
    let is_compressed = how % 3 <= ZSTD;
    let name = if is_compressed { ".debug_info" } else { ".zdebug_info" };
    let file = program(&[Section { name, contents: &contents, is_compressed }]);
    let image = Image::open(&file).expect("the file around it is sound");
    let mut debug = Debug::open(&image).expect("there is a debug section");
    debug.build();
    debug.ask();
    debug.ask_types();
});

/// Elf64_Chdr.
fn header(kind: u64, claimed: u64) -> Vec<u8> {
    [kind, claimed, 1].iter().flat_map(|field| field.to_le_bytes()).collect()
}
