//! Calls whose numbers are known: `counts ROUNDS` makes each of them ROUNDS times as often; `counts ROUNDS child` also in
//! a child, `counts serve SECONDS` calls `often` as fast as it can, and `seldom` some hundred times a second, in another thread.

use std::hint::black_box;
use std::time::{Duration, Instant};

#[inline(never)]
fn plain(n: u64) -> u64 {
    black_box(n) + 1
}

#[inline(never)]
fn generic<T: Into<u64>>(value: T) -> u64 {
    black_box(value.into()) + 2
}

#[inline(always)]
fn small(n: u64) -> u64 {
    let mut sum = black_box(n);
    for i in 0..black_box(3) {
        sum = sum.wrapping_mul(31).wrapping_add(i);
    }
    sum
}

#[inline(never)]
fn one(n: u64) -> u64 {
    small(n) ^ black_box(1)
}

#[inline(never)]
fn two(n: u64) -> u64 {
    small(n) ^ small(n + 1) ^ black_box(2)
}

#[inline(never)]
fn recurses(n: u64) -> u64 {
    if n == 0 { 0 } else { black_box(recurses(black_box(n - 1))) + 1 }
}

#[inline(never)]
fn often(n: u64) -> u64 {
    black_box(n) ^ 5
}

#[inline(never)]
fn seldom(n: u64) -> u64 {
    black_box(n) ^ 6
}

// Functions whose first instruction is the begin of a loop: by a conditional jump, by a jump, by a jump table.
std::arch::global_asm!(
    ".globl loops_if, loops_jump, loops_table, locked",
    ".type loops_if, @function",
    "loops_if: sub rdi, 1",
    "jne loops_if",
    "ret",
    ".size loops_if, . - loops_if",
    ".type loops_jump, @function",
    "loops_jump: test rdi, rdi",
    "je 2f",
    "dec rdi",
    "jmp loops_jump",
    "2: ret",
    ".size loops_jump, . - loops_jump",
    ".type loops_table, @function",
    "loops_table: xor eax, eax",
    "sub rdi, 1",
    "setne al",
    "and eax, 1",
    "lea rcx, [rip + 3f]",
    "movsxd rax, dword ptr [rcx + 4*rax]",
    "add rax, rcx",
    "jmp rax",
    "4: ret",
    ".size loops_table, . - loops_table",
    ".pushsection .rodata, \"a\", @progbits",
    ".balign 4",
    "3: .long 4b - 3b, loops_table - 3b",
    ".popsection",
    // The kernel refuses a probe here.
    ".type locked, @function",
    "locked: lock inc qword ptr [rdi]",
    "ret",
    ".size locked, . - locked",
);

unsafe extern "C" {
    fn loops_if(n: u64);
    fn loops_jump(n: u64);
    fn loops_table(n: u64);
    fn locked(word: *mut u64);
}

fn work(rounds: u64) {
    let mut sum = 0;
    for round in 0..rounds {
        for i in 0..3 {
            sum ^= plain(i + round);
        }
        for i in 0..4u8 {
            sum ^= generic(i);
        }
        for i in 0..5u32 {
            sum ^= generic(i);
        }
        sum ^= one(round) ^ two(round) ^ recurses(9);
        let mut word = 0;
        unsafe {
            loops_if(7);
            loops_jump(7);
            loops_table(7);
            locked(&mut word);
        }
    }
    black_box(sum);
}

fn serve(seconds: u64) {
    println!("ready");
    let start = Instant::now();
    let is_over = move || start.elapsed() >= Duration::from_secs(seconds);
    let busy = std::thread::spawn(move || {
        while !is_over() {
            for i in 0..2_000 {
                black_box(often(i));
            }
        }
    });
    let mut calls = 0;
    while !is_over() {
        black_box(seldom(calls));
        calls += 1;
        std::thread::sleep(Duration::from_millis(1));
    }
    busy.join().unwrap();
    println!("seldom {calls}");
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let number = |at: usize| args.get(at).and_then(|text| text.parse().ok()).unwrap_or(1);
    if args.get(1).is_some_and(|word| word == "serve") {
        return serve(number(2));
    }
    let rounds = number(1);
    if args.get(2).is_some_and(|word| word == "child") {
        std::process::Command::new(&args[0]).arg(&args[1]).status().unwrap();
    }
    if args.get(2).is_some_and(|word| word == "threads") {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| work(rounds));
            }
        });
    } else {
        work(rounds);
    }
}
