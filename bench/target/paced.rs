//! What row 8 watches: two threads that call one function with a text of 64 bytes, at a steady rate. `paced RATE SECONDS`:
//! says on stdout where the function is, waits for a line on stdin, calls at that rate (of both threads together), says how
//! many calls there were and how long they took, and stays until stdin ends.

use std::hint::black_box;
use std::io::{Read, stdin};
use std::time::{Duration, Instant};

const THREADS: u64 = 2;
/// A thread catches up with its clock so often: what a sleep takes too long is made good.
const PAUSE: Duration = Duration::from_micros(500);

/// With frame pointers its first instruction is `push %rbp`, which the kernel emulates instead of single-stepping.
#[unsafe(no_mangle)]
#[inline(never)]
pub extern "Rust" fn rsym_bench_text(text: &str) -> usize {
    black_box(text).len()
}

/// Both threads' texts are theirs alone, and each text has its number: nothing shown can be another call's.
fn text_of(thread: u64, number: u64) -> String {
    format!("thread {thread} call {number:012} {:-<36}", "")
}

fn run(thread: u64, rate: u64, end: Instant, start: Instant) -> u64 {
    let mut number = 0;
    while Instant::now() < end {
        let due = (start.elapsed().as_secs_f64() * rate as f64) as u64;
        while number < due {
            black_box(rsym_bench_text(&text_of(thread, number)));
            number += 1;
        }
        std::thread::sleep(PAUSE);
    }
    number
}

fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a number"));
    let (rate, seconds) = (numbers.next().expect("a rate"), numbers.next().expect("seconds"));
    let function = rsym_bench_text as fn(&str) -> usize as *const u8;
    // A function's own first bytes are there and readable.
    let first = unsafe { std::slice::from_raw_parts(function, 2) };
    println!("function {function:p} {:02x}{:02x}", first[0], first[1]);
    stdin().read_line(&mut String::new()).expect("a line on stdin");
    let start = Instant::now();
    let end = start + Duration::from_secs(seconds);
    let threads = [0, 1].map(|thread| std::thread::spawn(move || run(thread, rate / THREADS, end, start)));
    let calls: u64 = threads.map(|thread| thread.join().expect("it has not failed")).iter().sum();
    println!("calls {calls} {}", start.elapsed().as_nanos());
    stdin().read_to_end(&mut Vec::new()).expect("the end of stdin");
}
