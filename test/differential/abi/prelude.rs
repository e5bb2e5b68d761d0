#![feature(stmt_expr_attributes)]
#![allow(dead_code, unused, non_camel_case_types, improper_ctypes_definitions, unused_parens, static_mut_refs, stable_features)]
use std::alloc::Layout;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt::Write as _;
use std::future::Future;
use std::marker::PhantomData;
use std::mem::{size_of, size_of_val, ManuallyDrop, MaybeUninit};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::*;
use std::ops::{ControlFlow, Range};
use std::pin::Pin;
use std::ptr::{addr_of, NonNull};
use std::rc::{self, Rc};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};
use std::time::{Duration, Instant, SystemTime};

/// Gives its argument back; the compiler can't know that.
#[inline(always)]
fn opaque<T>(value: T) -> T {
    unsafe { std::arch::asm!("/* {0} */", in(reg) &value as *const T, options(nostack)) };
    value
}

#[inline(never)]
fn keep<T: ?Sized>(value: &T) {
    unsafe { std::arch::asm!("/* {0} */", in(reg) value as *const T as *const u8, options(nostack)) };
}

#[inline(never)]
fn keep_number(value: u64) {
    unsafe { std::arch::asm!("/* {0} */", in(reg) value, options(nostack)) };
}

/// Which bytes of a value mean something: the others are padding, or a tag whose place isn't known here.
pub struct Mask {
    start: usize,
    bytes: Vec<u8>,
}

impl Mask {
    unsafe fn all<T>(&mut self, at: *const T, size: usize) {
        let from = at as *const u8 as usize - self.start;
        for byte in &mut self.bytes[from..from + size] {
            *byte = 0xff;
        }
    }
}

pub trait Mark {
    unsafe fn mark(at: *const Self, mask: &mut Mask);
}

macro_rules! whole { ($($type:ty),* $(,)?) => { $(impl Mark for $type {
    unsafe fn mark(at: *const Self, mask: &mut Mask) { mask.all(at, size_of::<Self>()) }
})* } }
macro_rules! whole_of { ($($type:ty),* $(,)?) => { $(impl<T: ?Sized> Mark for $type {
    unsafe fn mark(at: *const Self, mask: &mut Mask) { mask.all(at, size_of::<Self>()) }
})* } }
macro_rules! sized_whole_of { ($($type:ty),* $(,)?) => { $(impl<T> Mark for $type {
    unsafe fn mark(at: *const Self, mask: &mut Mask) { mask.all(at, size_of::<Self>()) }
})* } }
macro_rules! unmarked { ($type:ty) => { impl Mark for $type { unsafe fn mark(_: *const Self, _: &mut Mask) {} } } }
whole!(i8, u8, i16, u16, i32, u32, i64, u64, isize, usize, i128, u128, f32, f64, bool, char, (), Zst, String);
whole!(NonZeroU8, NonZeroU16, NonZeroI32, NonZeroU64, NonZeroU128, NonZeroUsize, Ordering, Layout, AtomicU64, AtomicBool);
whole!(fn(u64, f32) -> u64, extern "C" fn(u32) -> u32, Ipv4Addr, Ipv6Addr);
whole_of!(&'static T, &'static mut T, *const T, *mut T, Box<T>, Rc<T>, Arc<T>, NonNull<T>, Pin<Box<T>>, PhantomData<T>);
sized_whole_of!(rc::Weak<T>, Vec<T>, VecDeque<T>, HashMap<u32, T>);

macro_rules! first_bytes { ($count:literal: $($type:ty),*) => { $(impl Mark for $type {
    unsafe fn mark(at: *const Self, mask: &mut Mask) { mask.all(at, $count) }
})* } }
first_bytes!(12: Duration, Instant, SystemTime);

impl<T> Mark for BTreeMap<u32, T> {
    unsafe fn mark(_: *const Self, _: &mut Mask) {}
}
impl<T> Mark for Mutex<T> {
    unsafe fn mark(_: *const Self, _: &mut Mask) {}
}
impl<T: Mark> Mark for Cell<T> {
    unsafe fn mark(at: *const Self, mask: &mut Mask) { Mark::mark((*at).as_ptr() as *const T, mask) }
}
impl<T: Mark> Mark for RefCell<T> {
    unsafe fn mark(at: *const Self, mask: &mut Mask) { Mark::mark((*at).as_ptr() as *const T, mask) }
}
impl<T: Mark> Mark for Wrapping<T> {
    unsafe fn mark(at: *const Self, mask: &mut Mask) { Mark::mark(addr_of!((*at).0), mask) }
}
impl<T: Mark> Mark for Range<T> {
    unsafe fn mark(at: *const Self, mask: &mut Mask) { Mark::mark(addr_of!((*at).start), mask); Mark::mark(addr_of!((*at).end), mask) }
}
impl<T: Mark> Mark for MaybeUninit<T> {
    unsafe fn mark(at: *const Self, mask: &mut Mask) { Mark::mark(at as *const T, mask) }
}
impl<T: Mark, const N: usize> Mark for [T; N] {
    unsafe fn mark(at: *const Self, mask: &mut Mask) { for index in 0..N { Mark::mark((at as *const T).add(index), mask) } }
}
impl Mark for IpAddr {
    unsafe fn mark(at: *const Self, mask: &mut Mask) {
        mask.all(at, 1);
        match &*at { IpAddr::V4(x) => Mark::mark(x, mask), IpAddr::V6(x) => Mark::mark(x, mask) }
    }
}
impl Mark for Cow<'static, str> {
    unsafe fn mark(at: *const Self, mask: &mut Mask) {
        match &*at { Cow::Borrowed(x) => Mark::mark(x, mask), Cow::Owned(x) => Mark::mark(x, mask) }
    }
}
impl Mark for Cow<'static, [u16]> {
    unsafe fn mark(at: *const Self, mask: &mut Mask) {
        match &*at { Cow::Borrowed(x) => Mark::mark(x, mask), Cow::Owned(x) => Mark::mark(x, mask) }
    }
}
macro_rules! tagged { ($type:ident<$($of:ident),*>: $largest:expr, { $($pattern:pat => $payload:expr),* }) => {
    impl<$($of: Mark),*> Mark for $type<$($of),*> {
        unsafe fn mark(at: *const Self, mask: &mut Mask) {
            // Larger than its largest payload: a tag of its own, which lies in front.
            if size_of::<Self>() > $largest { mask.all(at, 1) }
            match &*at { $($pattern => $payload(mask)),* }
        }
    }
} }
unsafe fn of<'a, T: Mark>(at: &'a T) -> impl FnOnce(&mut Mask) + 'a { move |mask: &mut Mask| unsafe { Mark::mark(at, mask) } }
fn nothing(_: &mut Mask) {}
tagged!(Option<T>: size_of::<T>(), { Some(x) => of(x), None => nothing });
tagged!(Poll<T>: size_of::<T>(), { Poll::Ready(x) => of(x), Poll::Pending => nothing });
tagged!(Result<T, E>: size_of::<T>().max(size_of::<E>()), { Ok(x) => of(x), Err(x) => of(x) });
tagged!(ControlFlow<T, E>: size_of::<T>().max(size_of::<E>()), { ControlFlow::Break(x) => of(x), ControlFlow::Continue(x) => of(x) });

macro_rules! tuple { ($($type:ident $field:tt),*) => { impl<$($type: Mark),*> Mark for ($($type,)*) {
    unsafe fn mark(at: *const Self, mask: &mut Mask) { $(Mark::mark(addr_of!((*at).$field), mask);)* }
} } }
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);

/// What one call received and returned, printed as it ends:
///   A FUNCTION ARGUMENT SIZE BYTES MASK     R FUNCTION SIZE BYTES MASK
pub struct Call {
    name: &'static str,
    text: String,
}

impl Call {
    #[inline(never)]
    fn new(name: &'static str) -> Self { Call { name, text: String::new() } }

    #[inline(never)]
    fn dump(&mut self, at: *const u8, size: usize, mask: &[u8]) {
        write!(self.text, " {} 0x", size).unwrap();
        for index in 0..size { write!(self.text, "{:02x}", unsafe { std::ptr::read_volatile(at.add(index)) }).unwrap() }
        self.text.push_str(" 0x");
        for byte in mask { write!(self.text, "{:02x}", byte).unwrap() }
        self.text.push('\n');
    }

    #[inline(never)]
    fn arg<T: Mark>(&mut self, index: usize, value: &T) {
        write!(self.text, "A {} {}", self.name, index).unwrap();
        self.value(value)
    }

    #[inline(never)]
    fn take<T: Mark>(&mut self, index: usize, value: T) { self.arg(index, &value) }

    #[inline(never)]
    fn ret<T: Mark>(&mut self, value: &T) {
        write!(self.text, "R {}", self.name).unwrap();
        self.value(value)
    }

    fn value<T: Mark>(&mut self, value: &T) {
        let mut mask = Mask { start: value as *const T as usize, bytes: vec![0; size_of::<T>()] };
        unsafe { Mark::mark(value, &mut mask) };
        self.dump(value as *const T as *const u8, size_of::<T>(), &mask.bytes)
    }

    #[inline(never)]
    fn end(&mut self) { print!("{}", self.text) }
}

/// Z FUNCTION SIZE-OF-EACH-ARGUMENT… SIZE-OF-THE-RESULT
#[inline(never)]
fn sizes(name: &str, args: &[usize]) {
    let list: Vec<String> = args.iter().map(|size| size.to_string()).collect();
    println!("Z {} {}", name, list.join(" "));
}

pub trait Object { fn number(&self) -> u64; }
impl Object for u64 { #[inline(never)] fn number(&self) -> u64 { *self } }
#[derive(Clone, Copy)] pub struct Zst;
#[inline(never)] fn plain_function(a: u64, b: f32) -> u64 { a + b as u64 }
#[inline(never)] extern "C" fn c_function(a: u32) -> u32 { a + 1 }
#[inline(never)] fn item(a: u32) -> u32 { opaque(a) + 1 }

#[inline(never)]
fn poll_once<R>(mut future: Pin<Box<dyn Future<Output = R>>>) -> Poll<R> {
    fn clone(_: *const ()) -> RawWaker { RawWaker::new(std::ptr::null(), &TABLE) }
    fn nothing(_: *const ()) {}
    static TABLE: RawWakerVTable = RawWakerVTable::new(clone, nothing, nothing, nothing);
    let waker = unsafe { Waker::from_raw(RawWaker::new(std::ptr::null(), &TABLE)) };
    future.as_mut().poll(&mut Context::from_waker(&waker))
}
