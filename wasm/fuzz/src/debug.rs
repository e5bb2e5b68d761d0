//! Debug info as the host has it, and every question about it.

use elfinfo_wasm::fuzzed as core;

use crate::Image;

const NONE: u32 = u32::MAX;
/// Addresses that frames and lines are asked for: few, so that many files are tried.
const ASKED: usize = 24;
/// The first offsets of `.debug_info`, each as if a type were there.
const MOST_OFFSETS: u32 = 256;
/// Tables by number and the bytes of a row, as the host knows them.
const ROW_SIZES: [usize; 11] = [48, 44, 16, 44, 8, 8, 4, 4, 4, 1, 24];

pub struct Debug(*mut core::Debug);

/// A table's bytes, read field by field.
pub struct Rows<'a> {
    bytes: &'a [u8],
    row: usize,
}

impl Rows<'_> {
    pub fn len(&self) -> usize {
        self.bytes.len() / self.row
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub fn u32(&self, row: usize, field: usize) -> u32 {
        let at = row * self.row + field;
        u32::from_le_bytes(self.bytes[at..at + 4].try_into().unwrap())
    }

    pub fn u64(&self, row: usize, field: usize) -> u64 {
        u64::from(self.u32(row, field)) | u64::from(self.u32(row, field + 4)) << 32
    }
}

impl Debug {
    pub fn open(image: &Image) -> Option<Self> {
        let debug = unsafe { core::debug_open(image.handle()) };
        if debug.is_null() {
            return None;
        }
        Some(Debug(debug))
    }

    pub fn build(&mut self) {
        unsafe { core::debug_build(self.0) }
    }

    pub fn load(&mut self, saved: &[u8]) -> bool {
        let block = core::alloc(saved.len());
        unsafe {
            block.copy_from_nonoverlapping(saved.as_ptr(), saved.len());
            core::debug_load(self.0, block, saved.len()) != 0
        }
    }

    pub fn save(&mut self) -> Vec<u8> {
        unsafe { core::debug_save(self.0) }
        self.reply().to_vec()
    }

    fn reply(&self) -> &[u8] {
        unsafe { std::slice::from_raw_parts(core::debug_reply(self.0), core::debug_reply_len(self.0)) }
    }

    pub fn table(&self, number: u32) -> Rows<'_> {
        let size = unsafe { core::debug_table_size(self.0, number) };
        let bytes = match size {
            0 => &[],
            _ => unsafe { std::slice::from_raw_parts(core::debug_table(self.0, number), size) },
        };
        Rows { bytes, row: ROW_SIZES[number as usize] }
    }

    /// Reads every row as the host does, and asks for names, frames and lines.
    pub fn ask(&mut self) {
        self.check_tables();
        let names = unsafe { core::debug_paths(self.0) };
        let offsets = unsafe { core::names_column_size(names, 1) } / 4;
        let functions = self.table(0).len();
        assert_eq!(offsets, functions + 1);
        for row in (0..functions).step_by(functions / ASKED + 1) {
            unsafe { core::debug_path(self.0, row as u32) }
        }
        unsafe {
            core::debug_search(self.0, b"e".as_ptr(), 1, b"::".as_ptr(), 2);
            core::debug_named(self.0, b"work".as_ptr(), 4);
        }
        for address in self.addresses() {
            unsafe { core::debug_frames(self.0, address) }
            let copies = self.table(1);
            let frames = Rows { bytes: &self.reply()[4..], row: 4 };
            for frame in 0..frames.len() {
                let caller = copies.u32(frames.u32(frame, 0) as usize, 12);
                assert_eq!(caller == NONE, frame + 1 == frames.len(), "code out of line ends the chain");
            }
            unsafe { core::debug_lines(self.0, address, address.saturating_add(1)) }
            unsafe { core::debug_lines(self.0, address, address.saturating_add(0x1000)) }
        }
    }

    /// Signatures, types by name and by place, vtables.
    pub fn ask_types(&mut self) {
        let dies = self.table(6);
        let mut ids: Vec<u32> = (0..dies.len()).step_by(dies.len() / ASKED + 1).map(|row| dies.u32(row, 0)).collect();
        unsafe {
            for id in &ids {
                core::debug_signature(self.0, id, 1);
            }
            for name in ["u32", "int", "Square", "core::option::Option<Data>", "inner"] {
                core::debug_find_types(self.0, name.as_ptr(), name.len());
                if let [0, count @ ..] = self.reply() {
                    let found = Rows { bytes: &count[4..], row: 4 };
                    ids.extend((0..found.len().min(ASKED)).map(|row| found.u32(row, 0)));
                }
            }
            core::debug_vtables(self.0);
            for id in ids.into_iter().chain(0..MOST_OFFSETS) {
                core::debug_type(self.0, id);
                if let [0, facts @ ..] = self.reply() {
                    let unit = u32::from_le_bytes(facts[4..8].try_into().unwrap());
                    core::debug_type_unit(self.0, unit);
                }
            }
        }
    }

    /// Variables of copies, and frame addresses, as if a part of the file were its call frame information.
    pub fn ask_variables(&mut self, frames: &[u8]) {
        let block = core::alloc(frames.len());
        unsafe {
            block.copy_from_nonoverlapping(frames.as_ptr(), frames.len());
            core::debug_take_frames(self.0, block, frames.len(), 0x1000, 8, 0);
            core::free(block, frames.len());
        }
        for address in self.addresses() {
            unsafe { core::debug_frame_address(self.0, address) }
            assert!(self.reply().len() == 13);
        }
        let copies = self.table(1);
        let step = copies.len() / ASKED + 1;
        let dies: Vec<(u32, u32)> = (0..copies.len())
            .step_by(step)
            .map(|row| {
                let mut outermost = row;
                while copies.u32(outermost, 12) != NONE {
                    outermost = copies.u32(outermost, 12) as usize;
                }
                (copies.u32(row, 40), copies.u32(outermost, 40))
            })
            .collect();
        for (die, frame) in dies.into_iter().chain((0..MOST_OFFSETS).map(|id| (id, id))) {
            unsafe { core::debug_scope(self.0, die, frame) }
            assert!(matches!(self.reply(), [0, ..] | [1, ..]), "an answer or a reason");
        }
    }

    /// Every row refers to rows that are there.
    fn check_tables(&self) {
        let [functions, copies, ranges, _, files, _, dies, by_function, by_address] =
            [0, 1, 2, 3, 4, 5, 6, 7, 8].map(|number| self.table(number));
        let within = |start: u32, count: u32, table: &Rows<'_>| assert!(start as usize + count as usize <= table.len());
        let optional = |row: u32, table: &Rows<'_>| assert!(row == NONE || (row as usize) < table.len());
        for row in 0..functions.len() {
            optional(functions.u32(row, 16), &files);
            within(functions.u32(row, 28), functions.u32(row, 32), &dies);
            within(functions.u32(row, 36), functions.u32(row, 40) + functions.u32(row, 44), &by_function);
        }
        for row in 0..copies.len() {
            within(copies.u32(row, 20), copies.u32(row, 24), &ranges);
            assert!(copies.u32(row, 24) > 0, "every copy has code");
            optional(copies.u32(row, 12), &copies);
            optional(copies.u32(row, 28), &files);
            assert!((copies.u32(row, 8) as usize) < functions.len());
        }
        for rows in [&by_function, &by_address] {
            for row in 0..rows.len() {
                assert!((rows.u32(row, 0) as usize) < copies.len());
            }
        }
    }

    fn addresses(&self) -> Vec<u64> {
        let (copies, ranges) = (self.table(1), self.table(2));
        let step = copies.len() / ASKED + 1;
        let low = |row: usize| ranges.u64(copies.u32(row, 20) as usize, 0);
        let mut addresses: Vec<u64> = (0..copies.len()).step_by(step).map(low).collect();
        addresses.extend([0, u64::MAX]);
        addresses
    }
}

impl Drop for Debug {
    fn drop(&mut self) {
        unsafe { core::debug_free(self.0) }
    }
}
