//! Calls whose numbers are known, and of some the least time they take: `latency WHAT`.

use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{scope, sleep, spawn};
use std::time::Duration;

/// So many sleeps of at least 10 ms each.
#[inline(never)]
fn sleeps(ms: u64) -> u64 {
    sleep(Duration::from_millis(ms));
    black_box(ms)
}

#[inline(never)]
fn outer(n: u64) -> u64 {
    black_box(inner(n) + inner(n + 1))
}

#[inline(never)]
fn inner(n: u64) -> u64 {
    black_box(n) ^ 3
}

#[inline(never)]
fn recurses(n: u64) -> u64 {
    if n == 0 { 0 } else { black_box(recurses(black_box(n - 1))) + 1 }
}

/// Panics at the bottom, for some of `which`.
#[inline(never)]
fn panics(depth: u64, which: u64) -> u64 {
    if depth == 0 {
        assert!(which % 3 != 0, "it does");
        return 1;
    }
    black_box(panics(black_box(depth - 1), which)) + 1
}

#[inline(never)]
fn quick(n: u64) -> u64 {
    black_box(n) ^ 5
}

/// The thread, or the process, ends inside.
#[inline(never)]
fn never_returns(n: u64) -> u64 {
    if n == 0 {
        std::process::exit(3);
    }
    black_box(n)
}

#[inline(never)]
fn waits(n: u64) -> u64 {
    println!("waiting");
    sleep(Duration::from_secs(3600));
    black_box(n)
}

#[inline(always)]
fn small(n: u64) -> u64 {
    let mut sum = black_box(n);
    for i in 0..black_box(3) {
        sum = sum.wrapping_mul(31).wrapping_add(i);
    }
    sum
}

// Leaves by a jump to another function.
std::arch::global_asm!(
    ".globl jumps",
    ".type jumps, @function",
    "jumps: lea rdi, [rdi + 1]",
    "jmp jumped_to",
    ".size jumps, . - jumps",
    ".globl jumped_to",
    ".type jumped_to, @function",
    "jumped_to: push rbx",
    "mov rbx, rdi",
    "call pauses",
    "mov rax, rbx",
    "pop rbx",
    "ret",
    ".size jumped_to, . - jumped_to",
);

#[unsafe(no_mangle)]
extern "C" fn pauses() {
    sleep(Duration::from_millis(2));
}

unsafe extern "C" {
    fn jumps(n: u64) -> u64;
}

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    let what = std::env::args().nth(1).unwrap_or_default();
    match what.as_str() {
        "sleeps" => {
            for i in 0..20 {
                sleeps(if i < 15 { 10 } else { 40 });
            }
        }
        "nested" => {
            for n in 0..50 {
                outer(n);
            }
            recurses(99);
            for n in 0..7 {
                black_box(unsafe { jumps(n) });
            }
            black_box(small(1));
        }
        "panics" => {
            for which in 0..9 {
                let _ = catch_unwind(AssertUnwindSafe(|| panics(40, which)));
            }
        }
        "threads" => scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for n in 0..10_000 {
                        quick(n % 4);
                    }
                });
            }
        }),
        "exit" => {
            never_returns(1);
            spawn(|| never_returns(0)).join().ok();
        }
        "serve" => {
            println!("serving");
            for n in 0..60_000 {
                quick(n);
                sleep(Duration::from_millis(1));
            }
        }
        _ => {
            waits(1);
        }
    }
}
