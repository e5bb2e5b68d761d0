//! Functions that write through what they are given, closures, counted pointers, and secrets.
use std::rc::Rc;

#[inline(never)]
fn grow(values: &mut Vec<u8>, more: u8) -> usize {
    values.push(more);
    values.len()
}

#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn fill(buffer: *mut u8, room: usize) -> i32 {
    for i in 0..room.min(3) {
        unsafe { *buffer.add(i) = b'a' + i as u8 };
    }
    if room == 0 { -1 } else { room.min(3) as i32 }
}

#[derive(Debug)]
pub struct Login {
    pub user: String,
    pub password: String,
    pub pin: u32,
}

#[inline(never)]
fn enter(login: &Login, all: &[Login]) -> usize {
    login.user.len() + all.len() + login.pin as usize % 2 + login.password.len() % 2
}

#[inline(never)]
fn shared(text: &Rc<String>) -> usize {
    text.len()
}

#[inline(never)]
fn apply(call: &dyn Fn(u32) -> u32, n: u32) -> u32 {
    call(n)
}

fn main() {
    let count = std::env::args().count() as u8;
    let mut values = vec![7, 8];
    grow(&mut values, count);
    let mut buffer = [0u8; 8];
    fill(buffer.as_mut_ptr(), 8);
    fill(buffer.as_mut_ptr(), 0);
    let login = |n: u32| Login { user: format!("user{n}"), password: format!("secret{n}"), pin: 0x5ec2e700 + n };
    enter(&login(1), &[login(2), login(3)]);
    let text = Rc::new(String::from("counted"));
    let (_second, _weak) = (text.clone(), Rc::downgrade(&text));
    shared(&text);
    let (by, word) = (u32::from(count), String::from("word"));
    println!("{}", apply(&|n| n + by + word.len() as u32, 5));
}
