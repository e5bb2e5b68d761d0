// What a generated program has before its own types and functions. A condition is three-valued here as well: None where
// nothing can be said, such as an element that isn't there. Whole numbers are computed with by their mathematical value.
#![allow(unused, clippy::all)]
use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hint::black_box as opaque;
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

type Answer = Option<bool>;

fn and(a: Answer, b: impl FnOnce() -> Answer) -> Answer {
    match a {
        Some(false) => Some(false),
        Some(true) => b(),
        None => if b() == Some(false) { Some(false) } else { None },
    }
}

fn or(a: Answer, b: impl FnOnce() -> Answer) -> Answer {
    not(and(not(a), || not(b())))
}

fn not(a: Answer) -> Answer {
    a.map(|known| !known)
}

/// A whole number in two's complement of 256 bits; `high` is 0 or all ones.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Num {
    high: u128,
    low: u128,
}

type Known = Option<Num>;

impl Num {
    fn is_negative(self) -> bool {
        self.high != 0
    }

    fn size(self) -> u128 {
        if self.is_negative() { self.low.wrapping_neg() } else { self.low }
    }

    /// From -2^127 to 2^128 - 1: what is outside isn't known.
    fn of(negative: bool, size: u128) -> Known {
        if !negative || size == 0 {
            return Some(Num { high: 0, low: size });
        }
        (size <= 1 << 127).then(|| Num { high: u128::MAX, low: size.wrapping_neg() })
    }

    fn in_range(self) -> Known {
        (!self.is_negative() || self.low >= 1 << 127).then_some(self)
    }
}

impl PartialOrd for Num {
    fn partial_cmp(&self, other: &Num) -> Option<std::cmp::Ordering> {
        // Of two negative numbers, the one with more bits set above is the greater one.
        Some(other.is_negative().cmp(&self.is_negative()).then(self.low.cmp(&other.low)))
    }
}

trait Whole: Copy {
    fn num(self) -> Num;
}

macro_rules! whole {
    ($($type:ty)*) => {
        $(impl Whole for $type {
            #[allow(unused_comparisons)]
            fn num(self) -> Num {
                Num { high: if self < 0 { u128::MAX } else { 0 }, low: self as u128 }
            }
        })*
    };
}
whole!(i8 u8 i16 u16 i32 u32 i64 u64 i128 u128 isize usize);

fn num<T: Whole>(value: T) -> Known {
    Some(value.num())
}

fn add(a: Known, b: Known) -> Known {
    let (a, b) = (a?, b?);
    if a.is_negative() == b.is_negative() {
        return Num::of(a.is_negative(), a.size().checked_add(b.size())?);
    }
    let (large, small) = if a.size() >= b.size() { (a, b) } else { (b, a) };
    Num::of(large.is_negative(), large.size() - small.size())
}

/// `-(2^128 - 1)` is out of range as a value, and as a step on the way to a difference it isn't.
fn sub(a: Known, b: Known) -> Known {
    let (a, b) = (a?, b?);
    let is_negative = !b.is_negative() && b.size() > 0;
    if a.is_negative() == is_negative {
        return Num::of(is_negative, a.size().checked_add(b.size())?);
    }
    if a.size() >= b.size() {
        return Num::of(a.is_negative(), a.size() - b.size());
    }
    Num::of(is_negative, b.size() - a.size())
}

fn mul(a: Known, b: Known) -> Known {
    let (a, b) = (a?, b?);
    Num::of(a.is_negative() != b.is_negative(), a.size().checked_mul(b.size())?)
}

fn div(a: Known, b: Known) -> Known {
    let (a, b) = (a?, b?);
    Num::of(a.is_negative() != b.is_negative(), a.size().checked_div(b.size())?)
}

fn rem(a: Known, b: Known) -> Known {
    let (a, b) = (a?, b?);
    Num::of(a.is_negative(), a.size().checked_rem(b.size())?)
}

fn neg(a: Known) -> Known {
    Num::of(!a?.is_negative(), a?.size())
}

fn bits(a: Known, b: Known, of: fn(u128, u128) -> u128) -> Known {
    let (a, b) = (a?, b?);
    Num { high: of(a.high, b.high), low: of(a.low, b.low) }.in_range()
}

fn shl(a: Known, by: u32) -> Known {
    mul(a, num(1u128 << by))
}

fn shr(a: Known, by: u32) -> Known {
    let a = a?;
    let filled = if by == 0 { 0 } else { a.high << (128 - by) };
    Some(Num { high: a.high, low: (a.low >> by) | filled })
}

fn test<T: PartialOrd>(a: Option<T>, sign: &str, b: Option<T>) -> Answer {
    let (a, b) = (a?, b?);
    Some(match sign {
        "==" => a == b,
        "!=" => a != b,
        "<" => a < b,
        "<=" => a <= b,
        ">" => a > b,
        ">=" => a >= b,
        _ => unreachable!(),
    })
}

/// A value whose address lives as long as the program.
fn leak<T>(value: T) -> &'static mut T {
    Box::leak(Box::new(opaque(value)))
}

fn locked<T>(value: T) -> Mutex<T> {
    let mutex = Mutex::new(value);
    std::mem::forget(mutex.lock());
    mutex
}

fn written<T>(value: T) -> RwLock<T> {
    let lock = RwLock::new(value);
    std::mem::forget(lock.write());
    lock
}

fn read<T>(value: T) -> RwLock<T> {
    let lock = RwLock::new(value);
    std::mem::forget(lock.read());
    lock
}

fn borrowed<T>(value: T) -> RefCell<T> {
    let cell = RefCell::new(value);
    std::mem::forget(cell.borrow());
    cell
}

fn taken<T>(value: T) -> RefCell<T> {
    let cell = RefCell::new(value);
    std::mem::forget(cell.borrow_mut());
    cell
}

unsafe extern "C" {
    fn clock_gettime(clock: i32, time: *mut [i64; 2]) -> i32;
}

/// CLOCK_MONOTONIC in nanoseconds.
fn now() -> i64 {
    let mut time = [0; 2];
    unsafe { clock_gettime(1, &mut time) };
    time[0] * 1_000_000_000 + time[1]
}

/// A lower and an upper bound of how long a call took.
type Took = (i64, i64);

/// Set where neither bound says whether a call took longer: its line says so instead of an answer.
static mut IS_UNSURE: bool = false;

fn longer((least, most): Took, limit: i64) -> Answer {
    if least <= limit && most > limit {
        unsafe { IS_UNSURE = true };
    }
    Some(least > limit)
}

static mut STEP: usize = 0;
static mut SLEPT: i64 = 0;

/// The number of the call.
fn step() -> usize {
    opaque(unsafe { STEP })
}

/// Sleeps, and notes for how long at least.
fn pause(milliseconds: u64) {
    let began = now();
    std::thread::sleep(Duration::from_millis(milliseconds));
    unsafe { SLEPT = now() - began };
}

struct Called<R> {
    began: i64,
    ended: i64,
    took: Took,
    /// None: it has panicked.
    ret: Option<R>,
}

fn called<R>(number: usize, call: impl FnOnce() -> R) -> Called<R> {
    unsafe {
        STEP = number;
        SLEPT = 0;
        IS_UNSURE = false;
    }
    let began = now();
    let ret = std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).ok();
    let ended = now();
    Called { began, ended, took: (unsafe { SLEPT }, ended - began), ret }
}

/// A line for a call: its function, when it began and ended, and of each condition T, F, or U where nothing can be said.
fn told<R>(function: &str, call: &Called<R>, answers: &[Answer]) {
    let letter = |answer: &Answer| answer.map_or('U', |known| if known { 'T' } else { 'F' });
    let text: String = answers.iter().map(letter).collect();
    let text = if unsafe { IS_UNSURE } { "?".repeat(text.len()) } else { text };
    println!("{function} {} {} {text}", call.began, call.ended);
}

