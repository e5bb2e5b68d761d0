//! Rows of a table: made here, or lying in a saved index as they were read from disk.

use alloc::vec::Vec;
use core::ops::Deref;

use crate::memory;

/// Memory that the host filled; freed when it is dropped.
pub struct Block {
    at: *mut u8,
    len: usize,
}

impl Block {
    /// # Safety
    /// `at` came from [`memory::alloc`] with this `len`, is filled, and belongs to nobody else.
    pub unsafe fn from_host(at: *mut u8, len: usize) -> Self {
        Block { at, len }
    }

    /// A copy of bytes that may lie at any address; `None` where there is no memory for it.
    pub fn copy_of(bytes: &[u8]) -> Option<Self> {
        let at = memory::alloc(bytes.len());
        if at.is_null() {
            return None;
        }
        // SAFETY: the new block has room for as many bytes.
        unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), at, bytes.len()) };
        Some(Block { at, len: bytes.len() })
    }

    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the block is filled and lives as long as `self`.
        unsafe { core::slice::from_raw_parts(self.at, self.len) }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: by construction it came from `alloc` with this length.
        unsafe { memory::free(self.at, self.len) };
    }
}

/// Rows of integers without padding between them: any bytes are one.
pub trait Plain: Copy {}
impl Plain for u8 {}
impl Plain for u32 {}

pub struct Rows<T> {
    at: *const T,
    len: usize,
    /// Empty where the rows lie in a [`Block`].
    _owned: Vec<T>,
}

impl<T> From<Vec<T>> for Rows<T> {
    fn from(rows: Vec<T>) -> Self {
        Rows { at: rows.as_ptr(), len: rows.len(), _owned: rows }
    }
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Rows::from(Vec::new())
    }
}

impl<T: Plain> Rows<T> {
    /// The first `count` rows of the bytes, which are cut off from them; `None` where there are fewer, or not aligned.
    ///
    /// # Safety
    /// The bytes outlive the rows.
    pub unsafe fn take(bytes: &mut &[u8], count: usize) -> Option<Self> {
        let (own, rest) = bytes.split_at_checked(count.checked_mul(size_of::<T>())?)?;
        *bytes = rest;
        let at = own.as_ptr().cast::<T>();
        at.is_aligned().then(|| Rows { at, len: count, _owned: Vec::new() })
    }

    pub fn bytes(&self) -> &[u8] {
        // SAFETY: any row is bytes without padding.
        unsafe { core::slice::from_raw_parts(self.at.cast(), self.len * size_of::<T>()) }
    }
}

impl<T> Deref for Rows<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: `at` points to `len` rows that live as long as `self` does.
        unsafe { core::slice::from_raw_parts(self.at, self.len) }
    }
}
