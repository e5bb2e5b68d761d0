//! Values of many types: the program prints the address of each and what `{:?}` makes of it, then waits for a line.
//! `since 1.N`: left out for compilers before that.
#![allow(dead_code, unused_imports)]
use std::{alloc, borrow::Cow, cell::{Cell, RefCell}, collections::*, fmt::Debug, marker::PhantomData, mem::*, num::NonZeroU16};
use std::{ptr::NonNull, rc::Rc, sync::atomic::*, sync::{Arc, Mutex, RwLock}, time::{Duration, Instant, SystemTime}};
#[derive(Debug, Clone, Copy)] pub struct Point { x: i32, y: i32 }
#[derive(Debug)] pub struct Mixed { a: u8, b: u64, c: u16, d: [u8; 3], e: (u8, u32) }
#[derive(Debug)] #[repr(C)] pub struct InOrder { a: u8, b: u64, c: u16 }
#[derive(Debug)] #[repr(align(32))] pub struct Aligned { value: u8 }
#[derive(Debug)] pub struct Generic<T, const N: usize> { items: [T; N], more: Option<T> }
#[derive(Debug)] pub struct Wrapper(u16, String);
#[derive(Debug)] pub struct Unit;
#[derive(Debug)] pub struct Tree { value: i64, left: Option<Box<Tree>>, right: Option<Box<Tree>> }
#[derive(Debug)] pub struct Node { children: RefCell<Vec<Rc<Node>>>, parent: RefCell<std::rc::Weak<Node>> }
#[derive(Debug)] pub struct Raw { r#type: u8 }
#[derive(Debug)] pub struct Shared { inner: Arc<RwLock<HashMap<String, Vec<Option<u8>>>>>, name: Cow<'static, str> }
#[derive(Debug)] #[repr(i16)] pub enum Signed { Low = -300, Mid = -1, High = 300 }
#[derive(Debug)] #[repr(u64)] pub enum Large { Max = u64::MAX, One = 1 }
#[derive(Debug)] pub enum Shape { Empty, Circle(f64), Rect { w: u32, h: u32 }, Text(String) }
#[derive(Debug)] #[repr(i8)] pub enum Negative { A(u8), B { x: u32 }, C }
#[derive(Debug)] pub enum Niches { Text(String), Number(u32), Letter(char), None }
#[derive(Debug)] pub enum Nest { Inner(Option<Option<bool>>), Plain, Other }
#[derive(Debug)] pub enum Void {}
#[derive(Debug)] pub enum One { Only(u32, u8) }
#[derive(Debug)] pub enum Big { A(u128), B }
pub trait Speak: Debug { fn speak(&self) -> u32; }
impl Speak for Point { fn speak(&self) -> u32 { 1 } }
impl Speak for Aligned { fn speak(&self) -> u32 { 2 } }
impl Speak for Wrapper { fn speak(&self) -> u32 { 3 } }
fn emit(name: &str, at: usize, text: String) { println!("{name} {at} {text}"); }
macro_rules! values { ($($name:ident: $type:ty = $value:expr;)*) => {
    $(#[inline(never)] pub fn $name(value: &$type) { emit(stringify!($name), value as *const $type as usize, format!("{value:?}")); })*
    fn values() { $( { let value: $type = $value; $name(Box::leak(Box::new(value))); } )* }
} }
values! {
    v_i8: i8 = -3;
    v_u128: u128 = 1 << 100;
    v_i128: i128 = -(1 << 100);
    v_f32: f32 = 1.5;
    v_f64: f64 = -0.1;
    v_bool: bool = true;
    v_char: char = 'é';
    v_unit: () = ();
    v_str: &'static str = "te\"xt\n";
    v_str_empty: &'static str = "";
    v_string: String = "owned".to_string();
    v_string_empty: String = String::new();
    v_path: &'static std::path::Path = std::path::Path::new("/a/b");
    v_path_buf: std::path::PathBuf = "/a/b".into();
    v_os_string: std::ffi::OsString = "os".into();
    v_os_str: &'static std::ffi::OsStr = std::ffi::OsStr::new("os");
    v_c_string: std::ffi::CString = std::ffi::CString::new("c").unwrap();
    v_c_str: &'static std::ffi::CStr = Box::leak(std::ffi::CString::new("cs").unwrap().into_boxed_c_str());
    v_box_str: Box<str> = "boxed".into();
    v_rc_str: Rc<str> = "rc".into();
    v_arc_path: Arc<std::path::Path> = Arc::from(std::path::Path::new("p"));
    v_box_c: Box<std::ffi::CStr> = std::ffi::CString::new("bc").unwrap().into_boxed_c_str();
    v_cow: Cow<'static, str> = "cow".into();
    v_cow_owned: Cow<'static, str> = String::from("cow").into();
    v_vec: Vec<Point> = vec![Point { x: 1, y: -2 }, Point { x: 3, y: 4 }];
    v_vec_empty: Vec<u8> = vec![];
    v_vec_vec: Vec<Vec<Option<String>>> = vec![vec![None, Some("a".into())], vec![]];
    v_vec_unit: Vec<()> = vec![(), ()];
    v_slice: &'static [u16] = &[1, 2, 3];
    v_box_slice: Box<[Point]> = vec![Point { x: 1, y: 2 }].into();
    v_arc_slice: Arc<[u64]> = vec![1, 2].into();
    v_arc_slice8: Arc<[u8]> = vec![1, 2].into();
    v_rc_slice32: Rc<[Aligned]> = vec![Aligned { value: 1 }, Aligned { value: 2 }].into();
    v_ref: &'static u32 = &7;
    v_ref_ref: &'static &'static u32 = &&7;
    v_ref_unit: &'static Unit = &Unit;
    v_box: Box<Point> = Box::new(Point { x: 1, y: 2 });
    v_rc: Rc<String> = Rc::new("rc".into());
    v_arc: Arc<Mutex<Vec<u8>>> = Arc::new(Mutex::new(vec![1]));
    v_arc_aligned: Arc<Aligned> = Arc::new(Aligned { value: 3 });
    v_rc_weak: std::rc::Weak<u8> = std::rc::Weak::new();
    v_arc_weak: std::sync::Weak<u8> = std::sync::Weak::new();
    v_pin: std::pin::Pin<Box<u8>> = Box::pin(1);
    v_array: [i16; 3] = [1, -1, 2];
    v_array_empty: [u64; 0] = [];
    v_array_array: [[u8; 2]; 2] = [[1, 2], [3, 4]];
    v_tuple: (u8, u64, &'static str, u16) = (1, 2, "t", 3);
    v_point: Point = Point { x: 1, y: 2 };
    v_mixed: Mixed = Mixed { a: 1, b: 2, c: 3, d: [1, 2, 3], e: (4, 5) };
    v_wrapper: Wrapper = Wrapper(1, "w".into());
    v_zst: Unit = Unit;
    v_aligned: Aligned = Aligned { value: 9 };
    v_packed: InOrder = InOrder { a: 1, b: 2, c: 3 };
    v_generic: Generic<u16, 3> = Generic { items: [1, 2, 3], more: Some(4) };
    v_tree: Tree = Tree { value: 1, left: None, right: Some(Box::new(Tree { value: 2, left: None, right: None })) };
    v_signed: Signed = Signed::Mid;
    v_large: Large = Large::Max;
    v_shape_empty: Shape = Shape::Empty;
    v_shape_circle: Shape = Shape::Circle(1.5);
    v_shape_rect: Shape = Shape::Rect { w: 1, h: 2 };
    v_shape_text: Shape = Shape::Text("x".into());
    v_negative: Negative = Negative::B { x: 3 };
    v_negative_c: Negative = Negative::C;
    v_niches: Niches = Niches::Letter('c');
    v_niches_text: Niches = Niches::Text("t".into());
    v_niches_none: Niches = Niches::None;
    v_nest: Nest = Nest::Inner(Some(None));
    v_nest_plain: Nest = Nest::Plain;
    v_one: One = One::Only(1, 2);
    v_big: Big = Big::A(1 << 90);
    v_option_void: Option<Void> = None;
    v_option: Option<u32> = Some(3);
    v_option_none: Option<u32> = None;
    v_option_ref: Option<&'static u8> = Some(&7);
    v_option_ref_none: Option<&'static u8> = None;
    v_option_box: Option<Box<u8>> = None;
    v_option_nonzero: Option<NonZeroU16> = NonZeroU16::new(65535);
    v_option_nonzero_none: Option<NonZeroU16> = None;
    v_option_string: Option<String> = None;
    v_option_vec: Option<Vec<u8>> = Some(vec![1]);
    v_option_option: Option<Option<Option<bool>>> = Some(None);
    v_result: Result<u64, String> = Err("no".into());
    v_result_ok: Result<u64, String> = Ok(5);
    v_result_void: Result<u32, Void> = Ok(3);
    v_poll: std::task::Poll<Option<char>> = std::task::Poll::Ready(Some('a'));
    v_ordering: std::cmp::Ordering = std::cmp::Ordering::Less;
    v_duration: Duration = Duration::new(3, 250_000_000);
    v_option_duration: Option<Duration> = None;
    v_instant: Instant = Instant::now();
    v_system_time: SystemTime = SystemTime::UNIX_EPOCH + Duration::new(1, 2);
    v_nonzero: NonZeroU16 = NonZeroU16::new(3).unwrap();
    v_nonzero_i: std::num::NonZeroI64 = std::num::NonZeroI64::new(-3).unwrap();
    v_wrapping: std::num::Wrapping<u8> = std::num::Wrapping(3);
    v_reverse: std::cmp::Reverse<u8> = std::cmp::Reverse(3);
    v_cell: Cell<u16> = Cell::new(5);
    v_unsafe_cell: std::cell::UnsafeCell<u16> = std::cell::UnsafeCell::new(5);
    v_ref_cell: RefCell<String> = RefCell::new("r".into());
    v_ref_cell_borrowed: RefCell<u8> = { let cell = RefCell::new(1); std::mem::forget(cell.borrow_mut()); cell };
    v_once_cell: std::cell::OnceCell<u16> = std::cell::OnceCell::from(5); // since 1.70
    v_once_cell_empty: std::cell::OnceCell<String> = std::cell::OnceCell::new(); // since 1.70
    v_once_lock: std::sync::OnceLock<u16> = std::sync::OnceLock::from(5); // since 1.70
    v_once_lock_empty: std::sync::OnceLock<String> = std::sync::OnceLock::new(); // since 1.70
    v_lazy_lock: std::sync::LazyLock<u16> = { let lazy = std::sync::LazyLock::new((|| 5) as fn() -> u16); let _ = *lazy; lazy }; // since 1.80
    v_lazy_lock_empty: std::sync::LazyLock<u16> = std::sync::LazyLock::new(|| 5); // since 1.80
    v_lazy_cell: std::cell::LazyCell<u16> = { let lazy = std::cell::LazyCell::new((|| 5) as fn() -> u16); let _ = *lazy; lazy }; // since 1.80
    v_lazy_cell_empty: std::cell::LazyCell<u16> = std::cell::LazyCell::new(|| 5); // since 1.80
    v_mutex: Mutex<String> = Mutex::new("m".into());
    v_mutex_locked: Mutex<u8> = { let mutex = Mutex::new(1); std::mem::forget(mutex.lock()); mutex };
    v_mutex_poisoned: Mutex<u8> = { let mutex: &'static Mutex<u8> = Box::leak(Box::new(Mutex::new(1))); let _ = std::thread::spawn(move || { let _guard = mutex.lock(); std::panic::panic_any(1u8); }).join(); unsafe { std::ptr::read(mutex) } };
    v_rw_lock: RwLock<u64> = RwLock::new(6);
    v_rw_lock_written: RwLock<u64> = { let lock = RwLock::new(1); std::mem::forget(lock.write()); lock };
    v_rw_lock_read: RwLock<u64> = { let lock = RwLock::new(1); std::mem::forget(lock.read()); lock };
    v_atomic_u32: AtomicU32 = AtomicU32::new(8);
    v_atomic_i64: AtomicI64 = AtomicI64::new(-8);
    v_atomic_bool: AtomicBool = AtomicBool::new(true);
    v_atomic_usize: AtomicUsize = AtomicUsize::new(8);
    v_hash_map: HashMap<String, u32> = HashMap::from([("a".to_string(), 1)]);
    v_hash_map_many: HashMap<u32, u64> = (0..40).map(|i| (i, u64::from(i) * 2)).collect();
    v_hash_map_empty: HashMap<u8, u8> = HashMap::new();
    v_hash_set: HashSet<u16> = HashSet::from([7]);
    v_btree_map: BTreeMap<u8, Shape> = BTreeMap::from([(1, Shape::Empty), (2, Shape::Circle(2.5))]);
    v_btree_map_many: BTreeMap<u32, u16> = (0..300).map(|i| (i, i as u16 * 3)).collect();
    v_btree_map_empty: BTreeMap<u8, u8> = BTreeMap::new();
    v_btree_set: BTreeSet<String> = BTreeSet::from(["b".to_string(), "a".to_string()]);
    v_btree_set_many: BTreeSet<u8> = (0..50).collect();
    v_linked_list: LinkedList<u16> = LinkedList::from([1, 2, 3]);
    v_linked_list_empty: LinkedList<u16> = LinkedList::new();
    v_binary_heap: BinaryHeap<u8> = BinaryHeap::from([1, 3, 2]);
    v_vec_deque: VecDeque<u16> = { let mut ring = VecDeque::with_capacity(4); ring.extend([9, 9, 1, 2]); ring.pop_front(); ring.pop_front(); ring.extend([3, 4]); ring };
    v_vec_deque_empty: VecDeque<String> = VecDeque::new();
    v_vec_deque_unit: VecDeque<()> = VecDeque::from([(), ()]);
    v_ipv4: std::net::Ipv4Addr = std::net::Ipv4Addr::new(1, 2, 3, 4);
    v_ipv6: std::net::Ipv6Addr = std::net::Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
    v_ip: std::net::IpAddr = std::net::IpAddr::from([1, 2, 3, 4]);
    v_ip6: std::net::IpAddr = std::net::IpAddr::V6(std::net::Ipv6Addr::LOCALHOST);
    v_socket4: std::net::SocketAddrV4 = std::net::SocketAddrV4::new(std::net::Ipv4Addr::new(1, 2, 3, 4), 8080); // since 1.64
    v_socket6: std::net::SocketAddrV6 = std::net::SocketAddrV6::new(std::net::Ipv6Addr::LOCALHOST, 8080, 5, 6); // since 1.64
    v_socket: std::net::SocketAddr = "1.2.3.4:80".parse().unwrap(); // since 1.64
    v_socket_6: std::net::SocketAddr = "[::1]:80".parse().unwrap(); // since 1.64
    v_range: std::ops::Range<u32> = 1..5;
    v_range_inclusive: std::ops::RangeInclusive<u32> = 1..=5;
    v_range_exhausted: std::ops::RangeInclusive<u8> = { let mut range = 4..=5; range.next(); range.next(); range };
    v_range_from: std::ops::RangeFrom<u8> = 1..;
    v_range_to: std::ops::RangeTo<u8> = ..5;
    v_range_to_inclusive: std::ops::RangeToInclusive<u8> = ..=5;
    v_range_full: std::ops::RangeFull = ..;
    v_bound: std::ops::Bound<u8> = std::ops::Bound::Included(3);
    v_io_kind: std::io::Error = std::io::ErrorKind::NotFound.into();
    v_io_custom: std::io::Error = std::io::Error::new(std::io::ErrorKind::Other, "text");
    v_io_message: std::io::Error = std::io::Read::read_exact(&mut (&[][..] as &[u8]), &mut [0]).unwrap_err();
    v_io_result: std::io::Result<usize> = Ok(1);
    v_phantom: PhantomData<Vec<u8>> = PhantomData; // since 1.80
    v_phantom_map: PhantomData<(HashMap<u8, Box<dyn Speak>>, &'static [u8; 3])> = PhantomData; // since 1.80
    v_manually_drop: ManuallyDrop<u16> = ManuallyDrop::new(3);
    v_maybe_uninit: MaybeUninit<u16> = MaybeUninit::new(3); // since 1.80
    v_layout: std::alloc::Layout = std::alloc::Layout::new::<u64>();
    v_thread_id: std::thread::ThreadId = std::thread::current().id();
    v_fn: fn(u8) -> u16 = |x| x.into();
    v_non_null: NonNull<u8> = NonNull::dangling();
    v_raw: *const u32 = std::ptr::null();
    v_assert_unwind: std::panic::AssertUnwindSafe<u8> = std::panic::AssertUnwindSafe(1);
    v_error: std::num::ParseIntError = "x".parse::<u8>().unwrap_err();
    v_utf8_error: std::str::Utf8Error = std::str::from_utf8(Box::leak(Box::new([255]))).unwrap_err();
    v_from_utf8: std::string::FromUtf8Error = String::from_utf8(vec![255]).unwrap_err();
    v_box_dyn: Box<dyn Speak> = Box::new(Point { x: 5, y: 6 });
    v_rc_dyn: Rc<dyn Speak> = Rc::new(Aligned { value: 6 });
    v_arc_dyn_send: Arc<dyn Speak + Send + Sync> = Arc::new(Wrapper(1, "dyn".into()));
    v_dyn_error: Box<dyn std::error::Error + Send + Sync> = "message".into();
    v_ref_dyn: &'static dyn Debug = &Point { x: 5, y: 6 };
    v_shared: Shared = Shared { inner: Arc::new(RwLock::new(HashMap::from([("k".to_string(), vec![Some(1)])]))), name: "n".into() };
    v_weak_node: Node = Node { children: RefCell::new(vec![Rc::new(Node { children: RefCell::default(), parent: RefCell::new(std::rc::Weak::new()) })]), parent: RefCell::new(std::rc::Weak::new()) };
    v_raw_name: Raw = Raw { r#type: 1 };
}
fn main() {
    std::panic::set_hook(Box::new(|_| ()));
    println!("main {} -", main as fn() as usize);
    values();
    println!("end");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}
