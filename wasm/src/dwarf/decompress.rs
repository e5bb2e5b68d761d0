//! Compressed sections. What a header claims is never believed: memory grows with what really comes out.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{decompress, DecompressorOxide};
use miniz_oxide::inflate::TINFLStatus;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::layout::Packing;

/// The largest section that is unpacked.
const LARGEST: u64 = 1 << 30;
/// Debug info compresses three- to tenfold. Sections that claim more than `HIGHEST_RATIO` are unpacked up to `MODEST`
/// bytes together, which is harmless; beyond that they are a bomb.
const MODEST: u64 = 64 << 20;
const HIGHEST_RATIO: u64 = 64;
/// Some encoders ask for windows as large as the section.
const LARGEST_WINDOW: u64 = 128 << 20;

/// What the sections of one file may still claim.
pub struct Allowance {
    /// Bytes in the file, which sections don't share.
    packed: u64,
    sum: u64,
    unlikely: u64,
}

impl Allowance {
    pub fn new(file: u64, sum: u64) -> Self {
        Allowance { packed: file, sum, unlikely: MODEST }
    }

    /// Takes a section's size from it, or says why not.
    pub fn take(&mut self, size: u64, claimed: u64) -> Result<(), String> {
        if claimed > LARGEST {
            return Err(format!("it claims to be {claimed} bytes unpacked; the limit is 1 GiB"));
        }
        if size > self.packed {
            return Err(String::from("the debug sections together are larger than the file"));
        }
        if claimed > self.sum {
            return Err(String::from("the debug sections together are too large"));
        }
        if claimed / HIGHEST_RATIO > size {
            if claimed > self.unlikely {
                return Err(format!("it claims that {size} bytes unpack to {claimed}"));
            }
            self.unlikely -= claimed;
        }
        self.sum -= claimed;
        self.packed -= size;
        Ok(())
    }
}

/// `packed` unpacked to exactly `claimed` bytes, which an [`Allowance`] covers, or the reason why not.
pub fn unpack(packed: &[u8], packing: Packing, claimed: u64) -> Result<Box<[u8]>, String> {
    let unpacked = match packing {
        Packing::Zlib | Packing::ZlibGnu => inflate(packed, claimed as usize)?,
        Packing::Zstd => zstd(packed, claimed as usize)?,
        Packing::Plain => packed.to_vec(),
        Packing::Unknown => return Err(String::from("it is compressed in a way that is not known here")),
    };
    if unpacked.len() as u64 != claimed {
        return Err(format!("it unpacks to {} bytes, not the {claimed} it claims", unpacked.len()));
    }
    Ok(unpacked.into_boxed_slice())
}

fn inflate(packed: &[u8], claimed: usize) -> Result<Vec<u8>, String> {
    let flags = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let mut state = Box::<DecompressorOxide>::default();
    let mut out = vec![0; claimed.min(packed.len().saturating_mul(4))];
    let (mut read, mut written) = (0, 0);
    loop {
        let (status, consumed, produced) = decompress(&mut state, &packed[read..], &mut out, written, flags);
        read += consumed;
        written += produced;
        match status {
            TINFLStatus::Done => {
                out.truncate(written);
                return Ok(out);
            }
            TINFLStatus::HasMoreOutput if out.len() < claimed => {
                let larger = out.len().saturating_mul(2).max(1 << 10);
                out.resize(larger.min(claimed), 0);
            }
            TINFLStatus::HasMoreOutput => return Err(format!("it unpacks to more than the {claimed} bytes it claims")),
            other => return Err(format!("its zlib stream is damaged: {other:?}")),
        }
    }
}

fn zstd(packed: &[u8], claimed: usize) -> Result<Vec<u8>, String> {
    let damaged = |error: &dyn core::fmt::Display| format!("its zstd stream is damaged: {error}");
    let mut source = packed;
    let mut out = Vec::new();
    while !source.is_empty() && out.len() < claimed {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(LARGEST_WINDOW);
        decoder.init(&mut source).map_err(|error| damaged(&error))?;
        while !decoder.is_finished() || decoder.can_collect() > 0 {
            decoder
                .decode_blocks(&mut source, BlockDecodingStrategy::UptoBytes(1 << 20))
                .map_err(|error| damaged(&error))?;
            if let Some(bytes) = decoder.collect() {
                if out.len() + bytes.len() > claimed {
                    return Err(format!("it unpacks to more than the {claimed} bytes it claims"));
                }
                out.extend_from_slice(&bytes);
            }
        }
    }
    Ok(out)
}
