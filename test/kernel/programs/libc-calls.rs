//! Calls functions of the C library as often as is known, once a line comes on stdin. It says first where `strlen` is: what
//! the dynamic linker chose.

use std::ffi::{c_char, c_int, c_void};
use std::hint::black_box;
use std::io::stdin;

unsafe extern "C" {
    fn strlen(text: *const c_char) -> usize;
    fn malloc(size: usize) -> *mut c_void;
    fn free(block: *mut c_void);
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    fn read(file: c_int, to: *mut c_void, size: usize) -> isize;
    fn write(file: c_int, from: *const c_void, size: usize) -> isize;
    fn usleep(microseconds: u32) -> c_int;
}

const TEXTS: [(&std::ffi::CStr, u32); 4] = [(c"a", 3), (c"beta", 5), (c"a text of some length", 7), (c"", 2)];
const SIZES: [(usize, u32); 5] = [(16, 11), (24, 7), (1000, 5), (4096, 3), (70_000, 2)];

#[inline(never)]
pub fn doubled(n: u64) -> u64 {
    black_box(n) * 2
}

#[inline(never)]
pub fn tripled(n: u64) -> u64 {
    black_box(n) * 3
}

fn main() {
    println!("strlen {:#x}", strlen as *const () as usize);
    stdin().read_line(&mut String::new()).expect("a line on stdin");
    for (text, times) in TEXTS {
        for _ in 0..times {
            black_box(unsafe { strlen(black_box(text.as_ptr())) });
        }
    }
    for (size, times) in SIZES {
        for _ in 0..times {
            unsafe { free(black_box(malloc(black_box(size)))) };
        }
    }
    let [zero, null] = [(c"/dev/zero", 0), (c"/dev/null", 1)].map(|(path, flags)| unsafe { open(path.as_ptr(), flags) });
    let mut bytes = [0u8; 64];
    for size in [8, 8, 8, 64, 0] {
        for _ in 0..4 {
            unsafe { read(zero, bytes.as_mut_ptr().cast(), size) };
            unsafe { write(null, bytes.as_ptr().cast(), size) };
        }
    }
    unsafe { read(-1, bytes.as_mut_ptr().cast(), 8) };
    for _ in 0..6 {
        unsafe { usleep(20_000) };
    }
    black_box((0..9).map(doubled).chain((0..4).map(tripled)).sum::<u64>());
}
