//! Values on pages that are let go of right before they are looked at. `cold THREADS ROUNDS FILE [warm]`: each thread has a
//! part of the file, mapped shared, in which all that it makes while it says so lies; with `warm` nothing is let go of.
//! `cold late CALLS`: a thread looks at a page that comes only when another thread has called the same function so often.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::hint::black_box;
use std::os::fd::AsRawFd;
use std::ptr::null_mut;

const PAGE: usize = 4096;
/// Of the file, for each thread; the last one can't be read by its thread.
const PAGES: usize = 32;

unsafe extern "C" {
    fn mmap(address: *mut u8, size: usize, protection: i32, flags: i32, fd: i32, offset: i64) -> *mut u8;
    fn mprotect(address: *mut u8, size: usize, protection: i32) -> i32;
    fn msync(address: *mut u8, size: usize, flags: i32) -> i32;
    fn madvise(address: *mut u8, size: usize, advice: i32) -> i32;
    fn posix_fadvise(fd: i32, offset: i64, size: i64, advice: i32) -> i32;
    fn gettid() -> i32;
}

#[derive(Clone, Copy)]
struct Arena {
    start: *mut u8,
    used: usize,
    is_open: bool,
}

thread_local! {
    static ARENA: Cell<Arena> = const { Cell::new(Arena { start: null_mut(), used: 0, is_open: false }) };
}

/// Room for text before the arena's own, whose pages are for texts that end with them.
const HEAD: usize = 4 * PAGE;

struct InArena;

unsafe impl GlobalAlloc for InArena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let mut arena = ARENA.get();
        if !arena.is_open {
            return unsafe { System.alloc(layout) };
        }
        let at = (arena.used + layout.align() - 1) & !(layout.align() - 1);
        // Apart, so that one page doesn't bring the next value.
        arena.used = at + layout.size().max(PAGE / 4);
        assert!(arena.used <= (PAGES - 1) * PAGE);
        ARENA.set(arena);
        unsafe { arena.start.add(at) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        let start = ARENA.get().start;
        if start.is_null() || at < start || at >= unsafe { start.add(PAGES * PAGE) } {
            unsafe { System.dealloc(at, layout) }
        }
    }
}

#[global_allocator]
static ALLOCATOR: InArena = InArena;

fn set_open(is_open: bool) {
    ARENA.set(Arena { is_open, ..ARENA.get() });
}

/// How pages go: not at all, out of the process, or out of memory.
#[derive(Clone, Copy, PartialEq)]
pub enum Go {
    Nowhere,
    Unmapped,
    OutOfMemory(i32, i64),
}

fn let_go(go: Go) {
    let (start, size) = (ARENA.get().start, PAGES * PAGE);
    let (dont_need, drop_cache, sync) = (4, 4, 4);
    unsafe {
        if let Go::OutOfMemory(..) = go {
            assert_eq!(msync(start, size, sync), 0);
        }
        if go != Go::Nowhere {
            assert_eq!(madvise(start, size, dont_need), 0);
        }
        if let Go::OutOfMemory(fd, offset) = go {
            posix_fadvise(fd, offset, size as i64, drop_cache);
        }
    }
}

type Table = HashMap<u64, String, BuildHasherDefault<DefaultHasher>>;

#[derive(Debug)]
pub struct Named {
    pub name: String,
    pub of: Option<Box<u64>>,
}

#[inline(never)]
pub fn look(thread: u64, round: u64, text: &str, crossing: *const i8, edge: *const i8, named: &Named, list: &Vec<Box<str>>) -> String {
    black_box((thread, round, text, crossing, edge, list));
    let answer = format!("{} of {}", named.name, round);
    black_box(answer)
}

#[inline(never)]
pub fn collections(thread: u64, round: u64, table: &Table, tree: &BTreeMap<u64, String>) -> u64 {
    black_box((thread, table, tree));
    black_box(round)
}

#[inline(never)]
pub fn change(thread: u64, round: u64, list: &mut Vec<String>, go: Go) -> Result<String, u64> {
    list.push(format!("{thread}/{round} more"));
    let answer = if round % 3 == 0 { Err(round) } else { Ok(format!("{thread}/{round} done")) };
    set_open(false);
    let_go(go);
    black_box(answer)
}

#[inline(never)]
pub fn plain(thread: u64, round: u64) -> u64 {
    black_box(thread + round)
}

fn c_text(text: &str, at: *mut u8) -> *const i8 {
    unsafe {
        at.copy_from_nonoverlapping(text.as_ptr(), text.len());
        *at.add(text.len()) = 0;
    }
    at as *const i8
}

fn run(thread: u64, rounds: u64, file: &std::fs::File, is_warm: bool) -> u64 {
    let size = PAGES * PAGE;
    let offset = thread as i64 * size as i64;
    let start = unsafe { mmap(null_mut(), size, 3, 1, file.as_raw_fd(), offset) };
    assert!(start as isize != -1);
    let last = unsafe { start.add(size - PAGE) };
    assert_eq!(unsafe { mprotect(last, PAGE, 0) }, 0);
    let mut sum = 0;
    for round in 0..rounds {
        let go = match round % 8 {
            _ if is_warm => Go::Nowhere,
            7 => Go::OutOfMemory(file.as_raw_fd(), offset),
            _ => Go::Unmapped,
        };
        ARENA.set(Arena { start, used: HEAD, is_open: true });
        let text = format!("{thread}:{round} ").repeat(12);
        let named = Box::new(Named { name: format!("thread {thread}"), of: Some(Box::new(round)) });
        let mut table = Box::new(Table::default());
        for i in 0..3 {
            table.insert(i, format!("{thread}/{round}/{i}"));
        }
        let tree: Box<BTreeMap<u64, String>> = Box::new((0..15).map(|i| (i, format!("{thread}.{round}.{i}"))).collect());
        let list: Box<Vec<Box<str>>> =
            Box::new((0..3).map(|i| format!("{thread}-{round}-{i}").into_boxed_str()).collect());
        let mut grown = Box::new(vec![format!("{thread}/{round} first")]);
        set_open(false);
        let written = format!("{thread} crosses in {round}");
        // It goes on in the next page, from another place each time.
        let crossing = c_text(&written, unsafe { start.add(2 * PAGE - 1 - round as usize % written.len()) });
        // Its NUL is the last byte that may be read.
        let edge = format!("{thread} ends in {round}");
        let edge = c_text(&edge, unsafe { last.sub(edge.len() + 1) });
        let_go(go);
        sum += look(thread, round, &text, crossing, edge, &named, &list).len() as u64;
        let_go(go);
        sum += collections(thread, round, &table, &tree);
        let_go(go);
        set_open(true);
        sum += change(thread, round, &mut grown, go).map_or(0, |text| text.len() as u64);
        set_open(false);
        sum += plain(thread, round);
    }
    sum
}

/// Linux's userfaultfd: a page comes when its process says so.
mod late {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

    unsafe extern "C" {
        fn syscall(number: i64, flags: i32) -> i32;
        fn ioctl(fd: i32, request: u64, argument: *mut u64) -> i32;
        fn read(fd: i32, to: *mut u8, size: usize) -> isize;
    }

    static ASKED: AtomicBool = AtomicBool::new(false);
    static CALLED: AtomicBool = AtomicBool::new(false);

    fn wait_for(what: &AtomicBool) {
        while !what.load(SeqCst) {
            std::thread::yield_now();
        }
    }

    /// A text whose page comes only when another thread has called the same function meanwhile.
    pub fn run(rounds: u64) {
        unsafe {
            let pages = mmap(null_mut(), PAGE, 3, 0x22, -1, 0);
            let fd = syscall(323, 0);
            assert!(fd >= 0);
            let mut api = [0xaa, 0, 0];
            assert_eq!(ioctl(fd, 0xc018_aa3f, api.as_mut_ptr()), 0);
            let mut area = [pages as u64, PAGE as u64, 1, 0];
            assert_eq!(ioctl(fd, 0xc020_aa00, area.as_mut_ptr()), 0);
            let at = pages as u64;
            let giver = std::thread::spawn(move || {
                let mut message = [0; 32];
                assert_eq!(read(fd, message.as_mut_ptr(), 32), 32);
                ASKED.store(true, SeqCst);
                wait_for(&CALLED);
                let mut page = vec![0u8; PAGE];
                page[..9].copy_from_slice(b"late text");
                let mut copy = [at, page.as_ptr() as u64, PAGE as u64, 0, 0];
                assert_eq!(ioctl(fd, 0xc028_aa03, copy.as_mut_ptr()), 0);
            });
            let caller = std::thread::spawn(move || {
                wait_for(&ASKED);
                for round in 0..rounds {
                    let text = format!("text {round}");
                    let edge = format!("edge {round}\0");
                    let named = Named { name: text.clone(), of: Some(Box::new(round)) };
                    let list = vec![text.clone().into_boxed_str()];
                    black_box(look(1, round, &text, c"near".as_ptr(), edge.as_ptr() as *const i8, &named, &list));
                }
                CALLED.store(true, SeqCst);
            });
            let text = std::str::from_utf8_unchecked(std::slice::from_raw_parts(pages, 9));
            let named = Named { name: String::from("late"), of: None };
            black_box(look(0, 0, text, c"near".as_ptr(), text.as_ptr() as *const i8, &named, &Vec::new()));
            for thread in [giver, caller] {
                thread.join().expect("no panic");
            }
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments[1] == "late" {
        return late::run(arguments[2].parse().expect("a number"));
    }
    let [threads, rounds] = [1, 2].map(|i| arguments[i].parse::<u64>().expect("a number"));
    let is_warm = arguments.get(4).is_some();
    std::fs::write(&arguments[3], vec![0; threads as usize * PAGES * PAGE]).expect("the file is written");
    let threads: Vec<_> = (0..threads)
        .map(|thread| {
            let file = std::fs::File::options().read(true).write(true).open(&arguments[3]).expect("the file is there");
            std::thread::spawn(move || (thread, run(thread, rounds, &file, is_warm), unsafe { gettid() }))
        })
        .collect();
    for thread in threads {
        let (thread, sum, tid) = thread.join().expect("no panic");
        println!("{thread} {sum} {tid}");
    }
}
