//! An image as the host has it.

use elfinfo_wasm::fuzzed as core;

/// Lines that wait for the host are many where names are unsafe: enough is enough.
const MOST_BLOCKS: usize = 64;

pub struct Image(*mut core::Opened);

impl Image {
    /// Opens the bytes; they are the host's only file from here on. `None` where they are refused.
    pub fn open(file: &[u8]) -> Option<Self> {
        core::FILE.with(|own| *own.borrow_mut() = file.to_vec());
        let image = Image(core::image_open(0, 0, file.len() as u64));
        (image.reply()[0] == 0).then_some(image)
    }

    pub(crate) fn handle(&self) -> *mut core::Opened {
        self.0
    }

    fn reply(&self) -> &[u8] {
        unsafe { std::slice::from_raw_parts(core::image_reply(self.0), core::image_reply_len(self.0)) }
    }

    /// Every question about symbols, as `rsym ls` and others ask them.
    pub fn ask_symbols(&self) {
        unsafe {
            let symbols = core::image_symbols(self.0);
            if symbols.is_null() {
                assert_ne!(self.reply()[0], 0);
                return;
            }
            assert!(core::symbols_unnamed(symbols) as usize <= 1 << 24);
            for (kinds, defined, undefined, dynamic, marks) in [(0xff, 1, 1, 0, 1), (0xff, 0, 1, 1, 0), (0x42, 1, 0, 0, 0)] {
                let count = core::symbols_select(symbols, kinds, defined, undefined, dynamic, marks);
                assert!(count <= core::symbols_len(symbols));
                let rows = std::slice::from_raw_parts(core::symbols_rows(symbols), count).to_vec();
                core::symbols_prepare(symbols, 0);
                core::symbols_prepare(symbols, 1);
                for order in 0..5 {
                    core::symbols_sort(symbols, order);
                }
                for raw in 0..2 {
                    core::symbols_search(symbols, b"e".as_ptr(), 1, raw, raw);
                }
                choose(symbols, &rows);
                core::symbols_copies(symbols);
                let copies = std::slice::from_raw_parts(core::symbols_rows(symbols), count).to_vec();
                for (nm, names) in [(0, 0), (0, 1), (16, 2), (8, 0)] {
                    choose(symbols, &rows);
                    core::lines_copies(symbols, count).copy_from_nonoverlapping(copies.as_ptr(), count);
                    core::lines_prefix(symbols, 3).copy_from_nonoverlapping(b"a: ".as_ptr(), 3);
                    core::lines_begin(symbols, nm, names);
                    let mut next = 0;
                    for _ in 0..MOST_BLOCKS {
                        if next >= count {
                            break;
                        }
                        let after = core::lines_write(symbols, u32::from(names == 1), next);
                        assert!(after > next && after <= count);
                        assert!(core::lines_waiting(symbols) <= 1 && core::lines_len(symbols) > 0);
                        next = after;
                    }
                }
            }
            core::symbols_free(symbols);
        }
    }
}

unsafe fn choose(symbols: *mut core::Symbols, rows: &[u32]) {
    core::symbols_choose(symbols, rows.len()).copy_from_nonoverlapping(rows.as_ptr(), rows.len());
}

impl Drop for Image {
    fn drop(&mut self) {
        unsafe { core::image_free(self.0) }
    }
}
