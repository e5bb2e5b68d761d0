//! Calls whose arguments and results are counted here too: `keys ROUNDS [THREADS]` prints how often each function was called
//! with each, as `function key calls`. `keys serve SECONDS` allocates, and prints how often of each size class.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy)]
enum Job {
    Idle,
    Read { at: u64 },
    Write(u32, u32),
}

#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(u8)]
enum Level {
    Low = 1,
    High = 7,
}

#[derive(Debug)]
enum Failure {
    #[allow(dead_code)]
    Odd(u64),
    Large,
}

#[inline(never)]
fn number(n: i32) -> i32 {
    black_box(n) + 1
}

#[inline(never)]
fn text(s: &str) -> usize {
    black_box(s).len()
}

#[inline(never)]
fn job(job: &Job) -> u64 {
    match *black_box(job) {
        Job::Idle => 0,
        Job::Read { at } => at,
        Job::Write(a, b) => u64::from(a ^ b),
    }
}

#[inline(never)]
fn level(level: Level) -> u8 {
    black_box(level) as u8
}

#[inline(never)]
fn pair(a: u8, c: char) -> u32 {
    black_box(u32::from(a) ^ c as u32)
}

#[inline(never)]
fn check(n: u64) -> Result<u64, Failure> {
    match black_box(n) {
        n if n > 8 => Err(Failure::Large),
        n if n % 2 == 1 => Err(Failure::Odd(n)),
        n => Ok(n),
    }
}

#[inline(never)]
fn may_panic(n: u64) -> u64 {
    if black_box(n) % 4 == 3 {
        panic!("three");
    }
    n % 4
}

#[inline(never)]
fn generic<T: Copy + Into<u64>>(value: T) -> u64 {
    black_box(value).into() ^ 5
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
    small(n + 1) ^ small(n) ^ black_box(2)
}

#[inline(never)]
extern "C" fn raw(p: *const u8) -> usize {
    black_box(p as usize) & 1
}

type Counts = BTreeMap<(&'static str, String), u64>;

fn work(rounds: u64, counts: &Mutex<Counts>) {
    let mut own = Counts::new();
    let mut note = |name: &'static str, key: String| *own.entry((name, key)).or_default() += 1;
    let texts = ["", "a", "ä\n\"", "a longer text, of which only the first bytes count", "a longer text, of which only the end differs"];
    let jobs = [Job::Idle, Job::Read { at: 3 }, Job::Read { at: 4 }, Job::Write(1, 2)];
    let mut sum = 0u64;
    for round in 0..rounds {
        let n = (round % 7) as i32 - 3;
        note("number", format!("{n:?}"));
        sum += number(n) as u64;
        let s = texts[(round % 5) as usize];
        note("text", format!("{s:?}"));
        sum += text(s) as u64;
        let next = &jobs[(round % 4) as usize];
        let debug = format!("{next:?}");
        note("job", debug.split([' ', '(']).next().unwrap_or("").to_string());
        sum += job(next);
        let high = if round % 3 == 0 { Level::High } else { Level::Low };
        note("level", format!("{high:?}"));
        sum += u64::from(level(high));
        let (a, c) = ((round % 2) as u8, ['x', 'é', '\''][(round % 3) as usize]);
        note("pair", format!("{:?}", (a, c)));
        sum += u64::from(pair(a, c));
        let checked = check(round % 12);
        note("check", format!("{:?}", if checked.is_ok() { "Ok" } else { "Err" }).trim_matches('"').to_string());
        if let Err(failure) = &checked {
            let debug = format!("{failure:?}");
            note("failure", debug.split('(').next().unwrap_or("").to_string());
        }
        let caught = catch_unwind(AssertUnwindSafe(|| may_panic(round)));
        note("may_panic", caught.map_or("panic".to_string(), |n| format!("{n:?}")));
        note("generic", format!("{:?}", round % 4));
        note("generic", format!("{:?}", round % 6));
        sum += generic((round % 4) as u8) + generic(round % 6);
        for n in [round % 2, round % 2 + 1, round % 2] {
            note("small", format!("{n:?}"));
        }
        sum ^= one(round % 2) ^ two(round % 2);
        note("raw", if round % 2 == 0 { "<null>" } else { "<unreadable>" }.to_string());
        sum += raw(if round % 2 == 0 { std::ptr::null() } else { 16 as *const u8 }) as u64;
    }
    black_box(sum);
    let mut all = counts.lock().unwrap();
    for (key, calls) in own {
        *all.entry(key).or_default() += calls;
    }
}

fn serve(seconds: u64) {
    println!("ready");
    let start = Instant::now();
    let mut rounds = 0;
    while start.elapsed() < Duration::from_secs(seconds) {
        for size in [70_000, 131_072, 300_000] {
            drop(black_box(Vec::<u8>::with_capacity(black_box(size))));
        }
        rounds += 1;
        std::thread::sleep(Duration::from_millis(1));
    }
    println!("size 131072 {}\nsize 524288 {rounds}", 2 * rounds);
}

fn main() {
    if std::env::args().nth(1).is_some_and(|word| word == "serve") {
        return serve(std::env::args().nth(2).and_then(|text| text.parse().ok()).unwrap_or(1));
    }
    std::panic::set_hook(Box::new(|_| {}));
    let number = |at: usize| std::env::args().nth(at).and_then(|text| text.parse().ok());
    let rounds = number(1).unwrap_or(1);
    let counts = Mutex::new(Counts::new());
    std::thread::scope(|scope| {
        for _ in 0..number(2).unwrap_or(1) {
            scope.spawn(|| work(rounds, &counts));
        }
    });
    for ((name, key), calls) in counts.lock().unwrap().iter() {
        println!("{name} {key} {calls}");
    }
}
