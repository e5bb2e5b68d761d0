//! Its main thread ends first; another goes on, and is heard until the input is closed.
use std::io::Read;
use std::thread;
use std::time::Duration;

#[inline(never)]
#[unsafe(no_mangle)]
pub extern "C" fn ticks(i: u64) -> u64 {
    std::hint::black_box(i) + 1
}

fn main() {
    thread::spawn(|| {
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    thread::spawn(|| {
        thread::sleep(Duration::from_millis(200));
        println!("alone");
        for i in 0.. {
            ticks(i);
            thread::sleep(Duration::from_millis(5));
        }
    });
    ticks(1 << 40);
    // As pthread_exit ends a thread: this one alone.
    unsafe { std::arch::asm!("syscall", in("rax") 60, in("rdi") 0, options(noreturn)) }
}
