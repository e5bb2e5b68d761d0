//! Calls its functions until stdin ends. `steady`: prints `ready`, at each line of stdin how many calls it makes in a
//! millisecond, and at the end `calls N sum S`, where the sum is that of the numbers up to N.

use std::hint::black_box;
use std::io::stdin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

static CALLS: AtomicU64 = AtomicU64::new(0);
static ENDED: AtomicBool = AtomicBool::new(false);

#[inline(never)]
pub fn adds(sum: u64, number: u64, text: &str) -> u64 {
    black_box(text);
    black_box(sum).wrapping_add(number)
}

/// A panic for every number that divides by 64, which is caught.
#[inline(never)]
pub fn panics(number: u64) -> u64 {
    if black_box(number) % 64 == 0 {
        std::panic::resume_unwind(Box::new(number));
    }
    number
}

#[inline(never)]
pub fn catches(number: u64) -> u64 {
    std::panic::catch_unwind(|| panics(number)).unwrap_or_else(|payload| *payload.downcast().expect("a number"))
}

/// Runs only when it is asked for.
#[inline(never)]
pub fn rarely(time: Duration) -> u64 {
    let before = CALLS.load(Relaxed);
    std::thread::sleep(time);
    CALLS.load(Relaxed) - before
}

fn main() {
    let worker = std::thread::spawn(|| {
        let mut sum = 0;
        let mut number = 0;
        while !ENDED.load(Relaxed) {
            number += 1;
            sum = adds(sum, catches(number), "steady");
            CALLS.store(number, Relaxed);
            // Between bursts, so that a tracer and others have room.
            if number % 512 == 0 {
                let until = Instant::now() + Duration::from_micros(200);
                std::thread::sleep(until - Instant::now());
            }
        }
        (number, sum)
    });
    println!("ready");
    for _ in stdin().lines() {
        println!("in a millisecond {}", rarely(Duration::from_millis(100)) / 100);
    }
    ENDED.store(true, Relaxed);
    let (number, sum) = worker.join().expect("every panic is caught");
    println!("calls {number} sum {}", if sum == number * (number + 1) / 2 { "right" } else { "wrong" });
}
