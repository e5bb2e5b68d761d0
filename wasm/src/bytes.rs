//! Copies of a few bytes: most pieces of a name are shorter than a call to the engine's `memory.copy` is worth.

use alloc::vec::Vec;

/// Longer pieces are left to the library.
const SHORT: usize = 32;

#[inline]
pub fn push(out: &mut Vec<u8>, text: &[u8]) {
    let length = text.len();
    if length > SHORT {
        out.extend_from_slice(text);
        return;
    }
    out.reserve(SHORT);
    // SAFETY: there is room for SHORT bytes behind the vector's length, and every access below stays within the
    // first `length` bytes of both sides; a piece is covered by two blocks that may overlap.
    unsafe {
        let from = text.as_ptr();
        let to = out.as_mut_ptr().add(out.len());
        match length {
            17.. => {
                block::<[u64; 2]>(from, to);
                block::<[u64; 2]>(from.add(length - 16), to.add(length - 16));
            }
            8.. => {
                block::<u64>(from, to);
                block::<u64>(from.add(length - 8), to.add(length - 8));
            }
            4.. => {
                block::<u32>(from, to);
                block::<u32>(from.add(length - 4), to.add(length - 4));
            }
            2.. => {
                block::<u16>(from, to);
                block::<u16>(from.add(length - 2), to.add(length - 2));
            }
            1 => *to = *from,
            0 => {}
        }
        out.set_len(out.len() + length);
    }
}

#[inline(always)]
unsafe fn block<T>(from: *const u8, to: *mut u8) {
    to.cast::<T>().write_unaligned(from.cast::<T>().read_unaligned());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_every_length() {
        let text: Vec<u8> = (0..100).collect();
        for length in 0..=100 {
            let mut out = alloc::vec![0xff];
            push(&mut out, &text[..length]);
            assert_eq!(out[0], 0xff);
            assert_eq!(out[1..], text[..length]);
        }
    }
}
