//! An allocator that ends the process where more memory is asked for than any file is worth. The fuzzer itself looks at
//! memory once a second, and misses what is given back before.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The promise is 512 MiB for the whole program; its files, its tables in the host and the engine need the rest.
const MOST: usize = 384 << 20;

struct Limited;

#[global_allocator]
static ALLOCATOR: Limited = Limited;

static USED: AtomicUsize = AtomicUsize::new(0);

fn take(size: usize) {
    if USED.fetch_add(size, Ordering::Relaxed) + size > MOST {
        USED.store(0, Ordering::Relaxed);
        panic!("more than {MOST} bytes at once, the last {size}");
    }
}

unsafe impl GlobalAlloc for Limited {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        System.alloc(layout)
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        System.alloc_zeroed(layout)
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        take(size);
        USED.fetch_sub(layout.size(), Ordering::Relaxed);
        System.realloc(old, layout, size)
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        USED.fetch_sub(layout.size(), Ordering::Relaxed);
        System.dealloc(old, layout)
    }
}
