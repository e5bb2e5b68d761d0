//! A function whose inlined copy begins in one arm of its `match`: the other one is answered by what comes before.

use std::hint::black_box;

pub struct Node {
    value: i32,
    next: Option<Box<Node>>,
}

pub fn sum(list: Option<&Node>) -> i64 {
    match list {
        None => 0,
        Some(node) => node.value as i64 + sum(node.next.as_deref()),
    }
}

#[inline(never)]
pub fn push_front(next: Option<Box<Node>>, value: i32) -> Option<Box<Node>> {
    Some(Box::new(Node { value, next }))
}

fn main() {
    let mut total = 0;
    for i in 0..10 {
        let mut list = None;
        for value in 0..black_box(i % 3) {
            list = push_front(list, value);
        }
        total += sum(list.as_deref());
    }
    println!("10 calls, {total}");
}
