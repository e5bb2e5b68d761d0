mod elf;
mod excess;

use super::index::{CopyRow, Counts, FunctionRow, Index, RangeRow, Text, UnitRow, NONE};
use super::rows::Block;
use super::saved::{load, save};

use alloc::vec;
use alloc::vec::Vec;

/// `outer` at 0x10..0x40 with `inner` inlined at 0x20..0x30, and `far` at 0x50..0x60.
fn index() -> Index {
    let range = |start, end| RangeRow { start, end };
    let text = |at, len| Text { at, len };
    let function = |linkage, copies, out_of_line, inlined| FunctionRow {
        linkage,
        file: NONE,
        copies,
        out_of_line,
        inlined,
        ..FunctionRow::default()
    };
    let copy = |entry, function, caller, end, ranges| CopyRow {
        function,
        caller,
        end,
        ranges,
        ranges_len: 1,
        call_file: NONE,
        ..CopyRow::at(entry)
    };
    let mut index = Index {
        counts: vec![Counts::default()].into(),
        ranges: vec![range(0x10, 0x40), range(0x20, 0x30), range(0x50, 0x60)].into(),
        functions: vec![
            function(text(0, 5), 0, 1, 0),
            function(text(5, 5), 1, 0, 1),
            function(text(10, 3), 2, 1, 0),
        ]
        .into(),
        copies: vec![copy(0x10, 0, NONE, 2, 0), copy(0x20, 1, 0, 2, 1), copy(0x50, 2, NONE, 3, 2)].into(),
        units: vec![UnitRow::default()].into(),
        by_function: vec![0, 1, 2].into(),
        by_address: vec![0, 2].into(),
        by_entry: vec![0, 2].into(),
        by_name: vec![2, 1, 0].into(),
        text: b"outerinnerfar".to_vec().into(),
        ..Index::default()
    };
    index.measure_reach();
    index
}

fn loaded(bytes: &[u8]) -> Option<Index> {
    let mut index = load(Block::copy_of(bytes)?)?;
    index.measure_reach();
    Some(index)
}

/// All that the host may ask of an index; it must have an answer to each.
fn answers(index: &Index) -> (Vec<Vec<u32>>, Vec<Vec<u32>>) {
    let frames = (0..0x70).map(|address| index.frames(address)).collect();
    let named = ["far", "inner", "outer", "", "zzz"].map(|name| index.named(name.as_bytes()).to_vec());
    (frames, named.into())
}

#[test]
fn frames_begin_with_the_innermost() {
    let index = index();
    assert_eq!(index.frames(0x0f), []);
    assert_eq!(index.frames(0x10), [0]);
    assert_eq!(index.frames(0x2f), [1, 0]);
    assert_eq!(index.frames(0x30), [0]);
    assert_eq!(index.frames(0x40), []);
    assert_eq!(index.frames(0x5f), [2]);
    assert_eq!(index.named(b"inner"), [1]);
    assert_eq!(index.named(b"inne"), []);
}

#[test]
fn a_saved_index_gives_the_same_answers() {
    let index = index();
    let saved = save(&index);
    let again = loaded(&saved).expect("it is an index");
    assert_eq!(answers(&again), answers(&index));
    assert_eq!(save(&again), saved);
    for length in 0..saved.len() {
        assert!(loaded(&saved[..length]).is_none(), "{length} bytes of it");
    }
}

#[test]
fn a_changed_index_is_refused_or_answers() {
    let saved = save(&index());
    for at in 0..saved.len() {
        for change in [1, 0x80, 0xff] {
            let mut bytes = saved.clone();
            bytes[at] ^= change;
            if let Some(index) = loaded(&bytes) {
                answers(&index);
            }
        }
    }
}
