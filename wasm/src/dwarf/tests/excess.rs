//! Debug info that no compiler writes: what is small in the file and would be large, or slow, to read.

use alloc::string::String;
use alloc::vec::Vec;

use super::elf::{program, Section};
use crate::dwarf::layout::Packing;
use crate::dwarf::sections::Bytes;
use crate::dwarf::strings::Strings;
use crate::dwarf::{rows, saved, Debug};
use crate::image::reader::host::FILE;
use crate::image::Image;

const UNIT: u8 = 0x11;
const SUBPROGRAM: u8 = 0x2e;
const NAMESPACE: u8 = 0x39;

const NAME: u8 = 0x03;
const STMT_LIST: u8 = 0x10;
const LOW_PC: u8 = 0x11;
const HIGH_PC: u8 = 0x12;
const RANGES: u8 = 0x55;
const LINKAGE_NAME: u8 = 0x6e;
const EXTERNAL: u8 = 0x3f;

const ADDR: u8 = 0x01;
const DATA1: u8 = 0x0b;
const STRP: u8 = 0x0e;
const SEC_OFFSET: u8 = 0x17;
const FLAG_PRESENT: u8 = 0x19;

fn abbreviation(code: u8, tag: u8, has_children: bool, attributes: &[(u8, u8)]) -> Vec<u8> {
    let mut bytes = alloc::vec![code, tag, u8::from(has_children)];
    bytes.extend(attributes.iter().flat_map(|(name, form)| [*name, *form]));
    bytes.extend([0, 0]);
    bytes
}

/// A unit of version 4 around DIEs, whose abbreviations are at `table`.
fn unit(table: u32, dies: &[u8]) -> Vec<u8> {
    let mut bytes = (7 + dies.len() as u32).to_le_bytes().to_vec();
    bytes.extend([4, 0]);
    bytes.extend(table.to_le_bytes());
    bytes.push(8);
    bytes.extend(dies);
    bytes
}

/// A line program of version 4 without rows. `files` end with a 0.
fn line_program(directories: &[u8], files: &[u8]) -> Vec<u8> {
    let mut header = alloc::vec![1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];
    header.extend(directories);
    header.extend([0]);
    header.extend(files);
    let mut bytes = (6 + header.len() as u32).to_le_bytes().to_vec();
    bytes.extend([4, 0]);
    bytes.extend((header.len() as u32).to_le_bytes());
    bytes.extend(header);
    bytes
}

fn function(name: Option<u32>, low: u64) -> Vec<u8> {
    let mut bytes = alloc::vec![2];
    bytes.extend(name.into_iter().flat_map(u32::to_le_bytes));
    bytes.extend(low.to_le_bytes());
    bytes.push(8);
    bytes
}

fn built(sections: &[(&str, &[u8])]) -> Debug {
    let sections: Vec<Section<'_>> =
        sections.iter().map(|(name, contents)| Section { name, contents, is_compressed: false }).collect();
    let file = program(&sections);
    let len = file.len() as u64;
    FILE.with(|own| *own.borrow_mut() = file);
    let image = Image::open(0, 0, len).expect("the file around the sections is sound");
    let (reader, layout) = image.debug_layout().expect("there are debug sections");
    let mut debug = Debug::new(reader, layout);
    debug.build();
    debug
}

fn notes(debug: &Debug) -> String {
    let notes: Vec<_> = debug.index.notes.iter().map(|note| String::from_utf8_lossy(debug.index.text(*note))).collect();
    notes.join("\n")
}

#[test]
fn a_small_section_packed_tightly() {
    // 600 times "a".
    let packed = [120, 218, 75, 76, 28, 5, 163, 128, 250, 0, 0, 238, 186, 227, 89];
    let unpacked = crate::dwarf::decompress::unpack(&packed, Packing::Zlib, 600).expect("it is sound");
    assert_eq!(*unpacked, [b'a'; 600]);
}

#[test]
fn strings_from_any_place_in_them() {
    let mut section = alloc::vec![b'a'; 3000];
    for end in [10, 900, 2500] {
        section[end] = 0;
    }
    let end_of = |at: usize| section[at..].iter().position(|byte| *byte == 0).map(|len| at + len);
    // In an order that meets what is known from before, from within and from behind.
    for step in [1, 7, 2999] {
        let strings = Strings::new(Bytes::new(leaked(&section), gimli::RunTimeEndian::Little));
        for at in (0..3000).map(|number| number * step % 3000) {
            assert_eq!(strings.at(at).map(|text| at + text.len()), end_of(at), "at {at}");
        }
        assert!(strings.at(3000).is_none() && strings.at(usize::MAX).is_none());
    }
}

fn leaked(bytes: &[u8]) -> &'static [u8] {
    alloc::boxed::Box::leak(bytes.into())
}

#[test]
fn attributes_without_bytes() {
    let many = alloc::vec![(EXTERNAL, FLAG_PRESENT); 10_000];
    let table = [abbreviation(1, UNIT, true, &[]), abbreviation(2, SUBPROGRAM, false, &many), alloc::vec![0]].concat();
    let dies = [&[1][..], &[2; 10_000], &[0]].concat();
    let debug = built(&[(".debug_info", &unit(0, &dies)), (".debug_abbrev", &table)]);
    assert!(notes(&debug).contains("more attributes than its size allows"), "{}", notes(&debug));
}

#[test]
fn functions_of_a_byte() {
    let table = [abbreviation(1, UNIT, true, &[]), abbreviation(2, SUBPROGRAM, false, &[]), alloc::vec![0]].concat();
    let dies = [&[1][..], &[2; 300_000], &[0]].concat();
    let debug = built(&[(".debug_info", &unit(0, &dies)), (".debug_abbrev", &table)]);
    assert!(notes(&debug).contains("more functions than its size allows"), "{}", notes(&debug));
}

#[test]
fn scopes_nested_without_end() {
    let table = [abbreviation(1, UNIT, true, &[]), abbreviation(2, NAMESPACE, true, &[]), alloc::vec![0]].concat();
    let dies = [&[1][..], &[2; 100_000]].concat();
    let debug = built(&[(".debug_info", &unit(0, &dies)), (".debug_abbrev", &table)]);
    assert!(notes(&debug).contains("a deeper nesting than its size allows"), "{}", notes(&debug));
}

#[test]
fn a_list_of_ranges_for_every_function() {
    let table =
        [abbreviation(1, UNIT, true, &[]), abbreviation(2, SUBPROGRAM, false, &[(RANGES, SEC_OFFSET)]), alloc::vec![0]].concat();
    let dies = [&[1][..], &[2, 0, 0, 0, 0].repeat(1000), &[0]].concat();
    // Not one of them in code.
    let mut ranges = [1u64.to_le_bytes(), 2u64.to_le_bytes()].concat().repeat(1000);
    ranges.extend([0; 16]);
    let debug = built(&[(".debug_info", &unit(0, &dies)), (".debug_abbrev", &table), (".debug_ranges", &ranges)]);
    assert!(notes(&debug).contains("copies are damaged"), "{}", notes(&debug));
}

#[test]
fn tables_of_abbreviations_within_another() {
    let unit_only = abbreviation(1, UNIT, false, &[]);
    let table = [unit_only.clone(), abbreviation(2, NAMESPACE, false, &[]), unit_only, alloc::vec![0]].concat();
    let info = [unit(0, &[1]), unit(10, &[1])].concat();
    let debug = built(&[(".debug_info", &info), (".debug_abbrev", &table)]);
    // The first has the abbreviation that it uses, though its table has no end before the second begins.
    assert_eq!(debug.index.units.len(), 2, "{}", notes(&debug));
}

#[test]
fn names_longer_together_than_the_file() {
    let attributes = [(LINKAGE_NAME, STRP), (LOW_PC, ADDR), (HIGH_PC, DATA1)];
    let table = [abbreviation(1, UNIT, true, &[]), abbreviation(2, SUBPROGRAM, false, &attributes), alloc::vec![0]].concat();
    let mut dies = alloc::vec![1];
    for at in 0..1000 {
        dies.extend(function(Some(at), 0x2000 + u64::from(at) * 16));
    }
    dies.push(0);
    let strings = [&[b'a'; 1 << 16][..], &[0]].concat();
    let debug = built(&[(".debug_info", &unit(0, &dies)), (".debug_abbrev", &table), (".debug_str", &strings)]);
    assert!(debug.index.text.len() < 33 << 20, "{} bytes", debug.index.text.len());
    assert_eq!(debug.index.functions.len(), 1000);
    assert!(notes(&debug).contains("names are longer than its size allows"), "{}", notes(&debug));
}

#[test]
fn a_unit_whose_line_program_is_damaged_or_too_large() {
    let attributes = [(LOW_PC, ADDR), (HIGH_PC, DATA1)];
    let table = [
        abbreviation(1, UNIT, true, &[(STMT_LIST, SEC_OFFSET), (NAME, STRP)]),
        abbreviation(2, SUBPROGRAM, false, &attributes),
        alloc::vec![0],
    ]
    .concat();
    let mut damaged = line_program(&[], &[0]);
    damaged[4] = 99;
    let files = [&b"a\0\0\0\0".repeat(500_000)[..], &[0]].concat();
    for (lines, at, reason) in [(damaged.repeat(2), damaged.len(), "version"), (line_program(&[], &files), 0, "names more files")] {
        let dies = [&[1][..], &(at as u32).to_le_bytes(), &[0; 4], &function(None, 0x2000), &[0]].concat();
        let sections =
            [(".debug_info", &unit(0, &dies)[..]), (".debug_abbrev", &table), (".debug_line", &lines), (".debug_str", b"main.c\0")];
        let debug = built(&sections);
        assert_eq!(debug.index.functions.len(), 1, "{}", notes(&debug));
        assert_eq!(debug.index.text(debug.index.units[0].name), b"main.c");
        assert!(notes(&debug).contains("the line program of") && notes(&debug).contains(reason), "{}", notes(&debug));
    }
}

#[test]
fn rows_by_address_that_are_inlined_are_no_index() {
    let attributes = [(LOW_PC, ADDR), (HIGH_PC, DATA1)];
    let table = [
        abbreviation(1, UNIT, true, &[]),
        abbreviation(2, SUBPROGRAM, true, &attributes),
        abbreviation(3, 0x1d, false, &attributes),
        alloc::vec![0],
    ]
    .concat();
    let mut inlined = function(None, 0x2000);
    inlined[0] = 3;
    let dies = [&[1][..], &function(None, 0x2000), &inlined, &[0, 0]].concat();
    let debug = built(&[(".debug_info", &unit(0, &dies)), (".debug_abbrev", &table)]);
    assert_eq!(debug.index.copies.len(), 2, "{}", notes(&debug));
    let loaded = |bytes: &[u8]| saved::load(rows::Block::copy_of(bytes).expect("there is memory")).is_some();
    let mut saved = debug.save();
    assert!(loaded(&saved));
    let by_name = debug.index.by_name.len() * 4;
    let by_entry = 4;
    let at = saved.len() - debug.index.text.len() - by_name - by_entry - 4;
    assert_eq!(saved[at..at + 4], [0; 4], "the only copy out of line");
    saved[at] = 1;
    assert!(!loaded(&saved));
}
