//! Calls with known arguments and results. Each is followed by lines `FUNCTION<tab>EXPRESSION<tab>ID`, one for every
//! expression that holds for it; an expression that holds for none is told as `FUNCTION<tab>EXPRESSION<tab>-`. `chosen many N` calls `many` N times in
//! each of four threads, and nothing else; `chosen loops N` calls functions that branch to their own begin.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Mutex;

#[derive(Debug, Clone)]
pub enum Shape {
    Empty,
    Circle(f64),
    Box { width: u32, height: u32 },
    Named(String, Option<Box<Shape>>),
}

#[derive(Debug)]
pub struct Order {
    pub number: u64,
    pub name: String,
    pub tags: Vec<String>,
    pub owner: Option<&'static str>,
    pub shape: Shape,
    pub wide: i128,
    pub sign: char,
    pub is_paid: bool,
}

#[derive(Debug)]
pub enum Failure {
    NotFound,
    Refused { code: i16 },
    Said(String),
}

#[inline(never)]
fn order(id: u32, order: &Order) -> Result<u64, Failure> {
    let order = black_box(order);
    match id % 4 {
        0 => Ok(order.number + u64::from(black_box(id))),
        1 => Err(Failure::NotFound),
        2 => Err(Failure::Refused { code: -(id as i16) }),
        _ => Err(Failure::Said(format!("no {}", order.name))),
    }
}

#[inline(never)]
fn numbers(id: u32, wide: u128, small: i8, float: &f32, double: &f64, sign: char, half: (u8, i16)) -> Option<i64> {
    black_box((wide, small, float, double, sign, half));
    if id % 3 == 0 { None } else { Some(i64::from(black_box(id)) * -5) }
}

#[inline(never)]
fn texts(id: u32, text: &str, owned: &String, maybe: Option<&str>, parts: &[&str]) -> String {
    black_box((id, maybe, parts));
    format!("{text}{owned}")
}

#[inline(never)]
fn kept(id: u32, lock: &Mutex<u32>, cell: &RefCell<Vec<u16>>, map: &HashMap<u32, u32>) -> usize {
    let (_lock, map) = black_box((lock, map));
    black_box(cell.borrow().len() + map.len() + black_box(id) as usize)
}

#[inline(always)]
fn placed(id: u32, size: u64) -> u64 {
    let mut sum = black_box(size);
    for i in 0..black_box(id % 3 + 1) {
        sum = sum.wrapping_mul(31).wrapping_add(u64::from(i));
    }
    sum
}

#[inline(never)]
fn outer(id: u32, size: u64) -> u64 {
    placed(black_box(id), black_box(size)) ^ black_box(1)
}

#[inline(never)]
fn deep(id: u32) -> u32 {
    if id == 0 { 0 } else { black_box(deep(black_box(id - 1))) + 1 }
}

#[inline(never)]
fn many(n: u64) -> u64 {
    black_box(n) + 1
}

// Its first instruction is the begin of a loop.
std::arch::global_asm!(
    ".globl loops_if",
    ".type loops_if, @function",
    "loops_if: sub rdi, 1",
    "jne loops_if",
    "mov rax, rsi",
    "ret",
    ".size loops_if, . - loops_if",
);

unsafe extern "C" {
    fn loops_if(n: u64, id: u64) -> u64;
}

thread_local!(static SEEN: RefCell<HashMap<(&'static str, &'static str), bool>> = RefCell::default());

fn tell(function: &'static str, id: u32, facts: &[(&'static str, bool)]) {
    for (expression, holds) in facts {
        SEEN.with_borrow_mut(|seen| *seen.entry((function, expression)).or_default() |= holds);
        if *holds {
            println!("{function}\t{expression}\t{id}");
        }
    }
}

macro_rules! facts {
    ($($text:literal: $holds:expr),* $(,)?) => { &[$(($text, $holds)),*] };
}

fn call_order(id: u32) {
    let shape = match id % 5 {
        0 => Shape::Empty,
        1 => Shape::Circle(f64::from(id) / 4.0),
        2 => Shape::Box { width: id, height: 3 },
        3 => Shape::Named(format!("s{id}"), None),
        _ => Shape::Named("outer".into(), Some(Box::new(Shape::Circle(2.5)))),
    };
    let of = Order {
        number: u64::from(id) * 1_000_000_007,
        name: ["ann", "bob", "Zoë", ""][id as usize % 4].to_string(),
        tags: (0..id % 4).map(|n| format!("t{n}")).collect(),
        owner: if id % 2 == 0 { Some("root") } else { None },
        shape,
        wide: if id % 3 == 0 { -(1i128 << 100) } else { i128::from(id) },
        sign: ['a', 'ß', '€', '🦀'][id as usize % 4],
        is_paid: id % 5 < 2,
    };
    let ret = order(black_box(id), &of);
    let inner = matches!(&of.shape, Shape::Named(_, Some(inner)) if matches!(**inner, Shape::Circle(r) if r > 2.0));
    tell("order", id, facts! {
        "order.number > 5000000000": of.number > 5_000_000_000,
        "order.name == \"bob\"": of.name == "bob",
        "order.name.starts_with(\"Z\") || order.name.is_empty()": of.name.starts_with('Z') || of.name.is_empty(),
        "order.tags.len() >= 2 && order.tags[1] == \"t1\"": of.tags.len() >= 2 && of.tags[1] == "t1",
        "order.owner is Some(\"root\")": of.owner == Some("root"),
        "order.owner is None": of.owner.is_none(),
        "order.shape is Circle(r) && r >= 1.5": matches!(of.shape, Shape::Circle(r) if r >= 1.5),
        "order.shape is Box { width, height: 3 } && width % 4 == 2": matches!(of.shape, Shape::Box { width, height: 3 } if width % 4 == 2),
        "order.shape is Named(_, Some(inner)) && inner is Circle(r) && r > 2.0": inner,
        "order.shape.variant == \"Named\"": matches!(of.shape, Shape::Named(..)),
        "order.wide < 0": of.wide < 0,
        "order.sign is 'ß'..='€'": ('ß'..='€').contains(&of.sign),
        "order.is_paid && !(order.shape is Empty)": of.is_paid && !matches!(of.shape, Shape::Empty),
        "ret is Ok(n) && n > 3000000000": matches!(ret, Ok(n) if n > 3_000_000_000),
        "ret is Err(NotFound)": matches!(ret, Err(Failure::NotFound)),
        "ret is Err(Refused { code }) && code < -6": matches!(ret, Err(Failure::Refused { code }) if code < -6),
        "ret is Err(Said(text)) && text == \"no \"": matches!(&ret, Err(Failure::Said(text)) if text == "no "),
        "ret is Ok(n) && n == order.number + id": matches!(ret, Ok(n) if n == of.number + u64::from(id)),
        "order.is_paid && ret is Err(_)": of.is_paid && ret.is_err(),
    });
}

fn call_numbers(id: u32) {
    let (wide, small) = (u128::from(id) << 90, -(id as i8));
    let (float, double) = (id as f32 / 2.0, if id % 7 == 0 { f64::NAN } else { -f64::from(id) });
    let sign = char::from_u32(0x1f980 + id).unwrap();
    let half = (id as u8 * 9, -300 - id as i16);
    let ret = numbers(black_box(id), wide, small, &float, &double, sign, half);
    tell("numbers", id, facts! {
        "wide >> 91 > 4": wide >> 91 > 4,
        "wide == 7 << 90": wide == 7 << 90,
        "small < -10": small < -10,
        "float > 3.5 && float <= 5.0": float > 3.5 && float <= 5.0,
        "double == double": double == double,
        "double < -8.5": double < -8.5,
        "sign == '🦆'": sign == '🦆',
        "half.1 < -310 || half.0 & 4 != 0": half.1 < -310 || half.0 & 4 != 0,
        "id * 3 - 7 > 20 && id != 11": i64::from(id) * 3 - 7 > 20 && id != 11,
        "ret is Some(x) && x < -20": ret.is_some_and(|x| x < -20),
        "ret is None": ret.is_none(),
    });
}

fn call_texts(id: u32) {
    let text = ["", "short", "a longer text with 32 characters", "äöü €"][id as usize % 4];
    let owned = text.repeat(id as usize % 3);
    let parts: Vec<&str> = text.split(' ').collect();
    let maybe = if id % 2 == 0 { Some(text) } else { None };
    let ret = texts(black_box(id), text, &owned, maybe, &parts);
    tell("texts", id, facts! {
        "text == \"short\"": text == "short",
        "text != \"short\"": text != "short",
        "text > \"b\"": text > "b",
        "text.len() == owned.len()": text.len() == owned.len(),
        "owned.contains(\"rts\")": owned.contains("rts"),
        "text.ends_with(\"€\")": text.ends_with('€'),
        "maybe is Some(\"short\")": maybe == Some("short"),
        "maybe is Some(t) && t.starts_with(\"a l\")": maybe.is_some_and(|t| t.starts_with("a l")),
        "parts.len() > 1 && parts[1] == \"longer\"": parts.len() > 1 && parts[1] == "longer",
        "ret == \"shortshort\"": ret == "shortshort",
        "ret.len() > text.len() + 8": ret.len() > text.len() + 8,
    });
}

fn call_kept(id: u32) {
    let lock = Mutex::new(id * 10);
    let cell = RefCell::new((0..id as u16).collect::<Vec<_>>());
    let map: HashMap<u32, u32> = (0..id % 5).map(|n| (n, n)).collect();
    let is_held = id % 4 == 3;
    let ret = {
        let _guard = is_held.then(|| lock.lock().unwrap());
        kept(black_box(id), &lock, &cell, &map)
    };
    tell("kept", id, facts! {
        "lock.data >= 50": !is_held && id >= 5,
        "cell.value.len() > 6": id > 6,
        "map.len() == 3 && ret != 19": map.len() == 3 && ret != 19,
    });
}

fn call_outer(id: u32) {
    outer(black_box(id), u64::from(id) * 100);
    tell("placed", id, facts! { "size > 600 && id != 9": id > 6 && id != 9 });
}

fn all() {
    for id in 0..12 {
        call_order(id);
        call_numbers(id);
        call_texts(id);
        call_kept(id);
        call_outer(id);
    }
    deep(6);
    SEEN.with_borrow(|seen| {
        for ((function, expression), _) in seen.iter().filter(|(_, holds)| !**holds) {
            println!("{function}\t{expression}\t-");
        }
    });
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let number = args.get(2).and_then(|text| text.parse().ok()).unwrap_or(1);
    match args.get(1).map(String::as_str) {
        Some("many") => std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..number).for_each(|n| _ = black_box(many(black_box(n)))));
            }
        }),
        Some("loops") => (0..number).for_each(|id| _ = black_box(unsafe { loops_if(5, id) })),
        _ => all(),
    }
}
