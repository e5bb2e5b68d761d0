//! Eight threads call the same functions with values that name the thread. `threads ROUNDS [FILE]`: with a file, each
//! thread's text lies in a mapping of it, whose pages are let go of before each call.

use std::hint::black_box;
use std::os::fd::AsRawFd;

const THREADS: u64 = 8;
const PAGE: usize = 4096;
/// Of the file, for each thread.
const PAGES: usize = 8;

#[derive(Debug, Clone)]
pub struct Named {
    pub name: String,
    pub of: Option<Box<u64>>,
}

#[inline(never)]
pub fn warm(thread: u64, round: u64, text: &str, owned: &String, list: &Vec<u64>, named: &Named) -> String {
    black_box((thread, round, text, owned, list, named));
    black_box(owned.clone())
}

#[inline(never)]
pub fn cold(thread: u64, round: u64, text: &str) -> u64 {
    // The pages come back here, so that the next round has something to let go of.
    black_box(text).bytes().map(u64::from).sum::<u64>() + black_box(thread + round) * 0
}

unsafe extern "C" {
    fn mmap(address: *mut u8, size: usize, protection: i32, flags: i32, fd: i32, offset: i64) -> *mut u8;
    fn madvise(address: *mut u8, size: usize, advice: i32) -> i32;
    fn posix_fadvise(fd: i32, offset: i64, size: i64, advice: i32) -> i32;
    fn gettid() -> i32;
    fn sched_yield() -> i32;
}

fn run_warm(thread: u64, rounds: u64) {
    let owned = thread.to_string().repeat(40);
    let named = Named { name: format!("thread {thread}"), of: Some(Box::new(thread)) };
    for round in 0..rounds {
        let list = vec![thread; (round % 13) as usize];
        let text = format!("{thread}:{round}");
        black_box(warm(thread, round, &text, &owned, &list, &named));
        if round % 16 == thread {
            unsafe { sched_yield() };
        }
    }
}

/// Each page of the file holds the digit of its thread; a text begins in one page and ends in the next.
fn run_cold(thread: u64, rounds: u64, file: &std::fs::File) {
    let size = PAGES * PAGE;
    let offset = (thread as usize * size) as i64;
    let (read, private, dont_need, page_out, drop_cache) = (1, 2, 4, 21, 4);
    let memory = unsafe { mmap(std::ptr::null_mut(), size, read, private, file.as_raw_fd(), offset) };
    assert!(memory as isize != -1);
    for round in 0..rounds {
        let at = PAGE / 2 + round as usize * 577 % (size - 2 * PAGE);
        // Of every four: both pages gone, the second one gone, both left, both gone and out of the cache too.
        unsafe {
            let second = memory.add((at / PAGE + 1) * PAGE);
            match round % 4 {
                0 => madvise(memory, size, dont_need),
                1 => madvise(second, PAGE, dont_need),
                2 => 0,
                _ => {
                    madvise(memory, size, page_out);
                    madvise(memory, size, dont_need);
                    posix_fadvise(file.as_raw_fd(), offset, size as i64, drop_cache)
                }
            };
            let text = std::str::from_utf8_unchecked(std::slice::from_raw_parts(memory.add(at), PAGE / 2 + 100));
            black_box(cold(thread, round, text));
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let rounds: u64 = arguments[1].parse().expect("rounds");
    let path = arguments.get(2);
    if let Some(path) = path {
        let bytes: Vec<u8> = (0..THREADS).flat_map(|t| vec![b'0' + t as u8; PAGES * PAGE]).collect();
        std::fs::write(path, bytes).expect("the file is written");
    }
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let file = path.map(|path| std::fs::File::open(path).expect("the file is there"));
            std::thread::spawn(move || {
                match file {
                    None => run_warm(thread, rounds),
                    Some(file) => {
                        file.sync_all().expect("written back");
                        run_cold(thread, rounds, &file)
                    }
                }
                (thread, unsafe { gettid() })
            })
        })
        .collect();
    for thread in threads {
        let (thread, tid) = thread.join().expect("no panic");
        println!("{thread} {tid}");
    }
}
