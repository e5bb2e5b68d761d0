//! Ranges of a file, read when they are needed. The host answers each read; nothing else here knows a file exists.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::ops::Range;
use object::ReadRef;

use super::failure::Failure;

#[cfg(target_arch = "wasm32")]
mod host {
    #[link(wasm_import_module = "host")]
    extern "C" {
        /// Copies up to `len` bytes at `offset` of `source` to `into`; returns how many.
        pub fn read(source: u32, offset: u64, into: *mut u8, len: usize) -> usize;
    }
}

/// Off the target there is no host: the tests name a byte string instead.
#[cfg(not(target_arch = "wasm32"))]
pub mod host {
    use std::cell::RefCell;
    std::thread_local! {
        pub static FILE: RefCell<std::vec::Vec<u8>> = const { RefCell::new(std::vec::Vec::new()) };
    }
    /// # Safety
    /// `into` is valid for `len` bytes.
    pub unsafe fn read(_source: u32, offset: u64, into: *mut u8, len: usize) -> usize {
        FILE.with(|file| {
            let file = file.borrow();
            let start = (offset as usize).min(file.len());
            let count = len.min(file.len() - start);
            core::ptr::copy_nonoverlapping(file[start..].as_ptr(), into, count);
            count
        })
    }
}

/// A single read never asks for more: a header that claims a larger table is answered with an error, not with memory.
const LARGEST_READ: u64 = 1 << 30;

/// `len` bytes at `base` of a file the host has open. What was read stays until the reader is dropped, so that the
/// parsers can borrow from it.
pub struct Reader {
    source: u32,
    base: u64,
    len: u64,
    blocks: RefCell<Vec<(u64, Box<[u8]>)>>,
}

impl Reader {
    pub fn new(source: u32, base: u64, len: u64) -> Self {
        Reader {
            source,
            base,
            len,
            blocks: RefCell::new(Vec::new()),
        }
    }

    /// Another reader of the same bytes, with nothing read yet.
    pub fn again(&self) -> Self {
        Reader::new(self.source, self.base, self.len)
    }

    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether `size` bytes at `offset` lie inside the file.
    pub fn covers(&self, offset: u64, size: u64) -> bool {
        offset.checked_add(size).is_some_and(|end| end <= self.len)
    }

    /// The bytes of a range, owned by the caller and not kept here.
    pub fn take(&self, offset: u64, size: u64) -> Result<Box<[u8]>, Failure> {
        if !self.covers(offset, size) {
            return Err(Failure::input("it is shorter than its headers say"));
        }
        if size > LARGEST_READ {
            return Err(Failure::input("one of its tables is larger than 1 GiB"));
        }
        let size = size as usize;
        let mut bytes: Vec<u8> = Vec::new();
        if bytes.try_reserve_exact(size).is_err() {
            return Err(Failure::input("one of its tables does not fit in memory"));
        }
        // The capacity is filled before the length is set: zeroing 20 MB first would cost milliseconds.
        let read = unsafe { host::read(self.source, self.base + offset, bytes.as_mut_ptr(), size) };
        if read != size {
            return Err(Failure::input("reading it failed part of the way"));
        }
        unsafe { bytes.set_len(size) };
        Ok(bytes.into_boxed_slice())
    }

    /// Fills `into` from `offset`.
    pub fn fill(&self, offset: u64, into: &mut [u8]) -> Result<(), Failure> {
        if !self.covers(offset, into.len() as u64) {
            return Err(Failure::input("it is shorter than its headers say"));
        }
        let read = unsafe { host::read(self.source, self.base + offset, into.as_mut_ptr(), into.len()) };
        if read != into.len() {
            return Err(Failure::input("reading it failed part of the way"));
        }
        Ok(())
    }

    fn cached(&self, offset: u64, size: u64) -> Option<&[u8]> {
        for (start, block) in self.blocks.borrow().iter() {
            if offset >= *start && offset + size <= *start + block.len() as u64 {
                let at = (offset - start) as usize;
                let slice = &block[at..at + size as usize];
                // A block is never changed or freed before the reader is: growing the list moves only its pointer.
                return Some(unsafe { core::slice::from_raw_parts(slice.as_ptr(), slice.len()) });
            }
        }
        None
    }
}

impl<'a> ReadRef<'a> for &'a Reader {
    fn len(self) -> Result<u64, ()> {
        Ok(self.len)
    }

    fn read_bytes_at(self, offset: u64, size: u64) -> Result<&'a [u8], ()> {
        if size == 0 {
            return Ok(&[]);
        }
        if !self.covers(offset, size) {
            return Err(());
        }
        if let Some(bytes) = self.cached(offset, size) {
            return Ok(bytes);
        }
        let block = self.take(offset, size).map_err(|_| ())?;
        self.blocks.borrow_mut().push((offset, block));
        self.cached(offset, size).ok_or(())
    }

    fn read_bytes_at_until(self, range: Range<u64>, delimiter: u8) -> Result<&'a [u8], ()> {
        let end = range.end.min(self.len);
        let mut size = 256;
        loop {
            let available = end.checked_sub(range.start).ok_or(())?;
            let bytes = self.read_bytes_at(range.start, size.min(available))?;
            if let Some(found) = bytes.iter().position(|&byte| byte == delimiter) {
                return Ok(&bytes[..found]);
            }
            if size >= available {
                return Err(());
            }
            size *= 4;
        }
    }
}
