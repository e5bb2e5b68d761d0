//! Facts of varying length, written one after another, little-endian; the host reads them in the same order.

use alloc::vec::Vec;

#[derive(Default)]
pub struct Wire {
    bytes: Vec<u8>,
}

impl Wire {
    pub fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    pub fn u32(&mut self, value: u32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub fn u64(&mut self, value: u64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// A u32 length and the bytes.
    pub fn bytes(&mut self, value: &[u8]) {
        self.u32(value.len() as u32);
        self.bytes.extend_from_slice(value);
    }

    /// A byte that says whether there is one, then the bytes.
    pub fn optional(&mut self, value: Option<&[u8]>) {
        self.u8(value.is_some() as u8);
        if let Some(value) = value {
            self.bytes(value);
        }
    }

    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}
