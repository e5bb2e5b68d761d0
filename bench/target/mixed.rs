//! What rows 6 and 7 watch: one function with two integers, called in a loop that times itself.
//!
//! It says on stdout where the function is and what a call costs unwatched, waits for a line on stdin (the probes are
//! planted meanwhile), says what a call costs watched, and stays until stdin ends, so that its tracer isn't cut short.

use std::hint::black_box;
use std::io::{Read, stdin};
use std::time::Instant;

/// With frame pointers its first instruction is `push %rbp`, which the kernel emulates instead of single-stepping.
#[unsafe(no_mangle)]
#[inline(never)]
pub extern "C" fn rsym_bench_mixed(a: i64, b: u64) -> u64 {
    (a as u64).rotate_left(5) ^ b
}

/// Time on a CPU so far, ns: what others' load doesn't lengthen.
fn on_cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(f64::NAN)
}

/// What a call costs by the clock, and on the CPU alone; ns.
fn measure(calls: u64) -> String {
    let mut sum = 0;
    let used = on_cpu();
    let start = Instant::now();
    for i in 0..calls {
        sum ^= rsym_bench_mixed(-(black_box(i) as i64), i);
    }
    let spent = start.elapsed().as_nanos() as f64;
    let used = on_cpu() - used;
    black_box(sum);
    format!("{} {}", spent / calls as f64, used / calls as f64)
}

fn main() {
    let calls: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).expect("a number of calls");
    let function = rsym_bench_mixed as extern "C" fn(i64, u64) -> u64 as *const u8;
    // A function's own first bytes are there and readable.
    let first = unsafe { std::slice::from_raw_parts(function, 2) };
    println!("function {function:p} {:02x}{:02x}", first[0], first[1]);
    println!("unwatched {}", measure(calls));
    let mut line = String::new();
    stdin().read_line(&mut line).expect("a line on stdin");
    println!("watched {}", measure(calls));
    stdin().read_to_end(&mut Vec::new()).expect("the end of stdin");
}
