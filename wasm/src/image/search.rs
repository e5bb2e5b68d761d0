//! Substring search fast enough to run at every keystroke over all names of a large image.

#[cfg(target_arch = "wasm32")]
use core::arch::wasm32::{
    i8x16_bitmask, i8x16_eq, u8x16_splat, v128, v128_and, v128_load, v128_or,
};

/// Whether `text` contains `needle`. With `ignore_case` the needle is in lower case, and ASCII letters of the text count
/// as their lower-case forms.
pub fn contains(text: &[u8], needle: &[u8], ignore_case: bool) -> bool {
    let Some((&first, _)) = needle.split_first() else {
        return true;
    };
    if needle.len() > text.len() {
        return false;
    }
    let last = needle[needle.len() - 1];
    let starts = text.len() - needle.len() + 1;
    let mut at = candidates_in_blocks(text, needle, starts, first, last, ignore_case);
    if at == usize::MAX {
        return true;
    }
    while at < starts {
        if matches(&text[at..at + needle.len()], needle, ignore_case) {
            return true;
        }
        at += 1;
    }
    false
}

fn matches(text: &[u8], needle: &[u8], ignore_case: bool) -> bool {
    if ignore_case {
        text.eq_ignore_ascii_case(needle)
    } else {
        text == needle
    }
}

/// Compares the first and the last byte at sixteen positions at once. Returns where the plain search goes on, or
/// `usize::MAX` when the needle was found.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
fn candidates_in_blocks(text: &[u8], needle: &[u8], starts: usize, first: u8, last: u8, ignore_case: bool) -> usize {
    // Setting bit 5 makes letters lower case; what else it changes only yields candidates that then don't match.
    let fold = if ignore_case { u8x16_splat(0x20) } else { u8x16_splat(0) };
    let first = v128_or(u8x16_splat(first), fold);
    let last = v128_or(u8x16_splat(last), fold);
    let span = needle.len() - 1;
    let mut at = 0;
    while at + 16 <= starts {
        // Inside the text: at + 16 + span <= starts + span = text.len().
        let hits = unsafe {
            let heads = v128_or(v128_load(text.as_ptr().add(at) as *const v128), fold);
            let tails = v128_or(v128_load(text.as_ptr().add(at + span) as *const v128), fold);
            i8x16_bitmask(v128_and(i8x16_eq(heads, first), i8x16_eq(tails, last)))
        };
        let mut left = hits;
        while left != 0 {
            let start = at + left.trailing_zeros() as usize;
            if matches(&text[start..start + needle.len()], needle, ignore_case) {
                return usize::MAX;
            }
            left &= left - 1;
        }
        at += 16;
    }
    at
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
fn candidates_in_blocks(_: &[u8], _: &[u8], _: usize, _: u8, _: u8, _: bool) -> usize {
    0
}

/// Where, from `from` on, the first byte is that is one of two.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub fn position(text: &[u8], from: usize, one: u8, other: u8) -> Option<usize> {
    let (ones, others) = (u8x16_splat(one), u8x16_splat(other));
    let mut at = from;
    while at + 16 <= text.len() {
        let hits = unsafe {
            let block = v128_load(text.as_ptr().add(at) as *const v128);
            i8x16_bitmask(v128_or(i8x16_eq(block, ones), i8x16_eq(block, others)))
        };
        if hits != 0 {
            return Some(at + hits.trailing_zeros() as usize);
        }
        at += 16;
    }
    let rest = text.get(at..)?;
    rest.iter().position(|&byte| byte == one || byte == other).map(|found| at + found)
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub fn position(text: &[u8], from: usize, one: u8, other: u8) -> Option<usize> {
    let rest = text.get(from..)?;
    rest.iter().position(|&byte| byte == one || byte == other).map(|found| from + found)
}
