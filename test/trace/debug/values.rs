// Prints values: what they are, their own bytes, memory that they point to, and Rust's Debug form of them.
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{CString, OsString};
use std::fmt::Debug;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::io::{BufWriter, Error, ErrorKind, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
use std::os::unix::ffi::OsStringExt;
use std::time::Duration;

type State = BuildHasherDefault<DefaultHasher>;

fn bytes<T>(value: &T) -> Vec<u8> {
    let start = (value as *const T).cast::<u8>();
    (0..size_of::<T>()).map(|i| unsafe { start.add(i).read_volatile() }).collect()
}
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
fn block(address: usize, size: usize) -> String {
    let bytes: Vec<u8> = (0..size).map(|i| unsafe { (address as *const u8).add(i).read_volatile() }).collect();
    format!("{address}:{}", hex(&bytes))
}
fn words<T>(value: &T) -> Vec<usize> {
    bytes(value).chunks_exact(8).map(|word| usize::from_le_bytes(word.try_into().unwrap())).collect()
}
fn place(words: &[usize], is: impl Fn(usize) -> bool) -> usize {
    words.iter().position(|&word| is(word)).expect("a word") * 8
}
fn find(memory: &[u8], wanted: &[u8]) -> usize {
    memory.windows(wanted.len()).position(|window| window == wanted).expect("bytes")
}
fn memory(address: usize, size: usize) -> Vec<u8> {
    (0..size).map(|i| unsafe { (address as *const u8).add(i).read_volatile() }).collect()
}

struct Random(u64);
impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    // Small and large numbers alike.
    fn some(&mut self) -> u64 {
        let shift = self.next() % 64;
        self.next() >> shift
    }
}

struct Output(BufWriter<std::io::Stdout>);
impl Output {
    fn value<T: Debug>(&mut self, kind: &str, value: &T, blocks: &[String]) {
        self.line(kind, value, blocks, &format!("{value:?}"));
    }
    fn line<T>(&mut self, kind: &str, value: &T, blocks: &[String], text: &str) {
        writeln!(self.0, "{kind}\t{}\t{}\t{text}", hex(&bytes(value)), blocks.join(";")).unwrap();
    }
    fn layout(&mut self, kind: &str, offsets: &[usize]) {
        let offsets: Vec<String> = offsets.iter().map(|offset| offset.to_string()).collect();
        writeln!(self.0, "layout\t{kind}\t{}", offsets.join(",")).unwrap();
    }
}

fn texts(out: &mut Output, random: &mut Random) {
    let fixed = ["", "plain", "a\"b\\c\n\r\t\0'", "é\u{301}\u{200b}\u{1f600}", "\u{7f}\u{1b}[2J", "\u{202e}x\u{feff}"];
    let mut all: Vec<String> = fixed.iter().map(|text| text.to_string()).collect();
    for _ in 0..300 {
        let length = random.next() % 12;
        let limit = [0x80, 0x250, 0x3000, 0x1_0000][(random.next() % 4) as usize];
        all.push((0..length).filter_map(|_| char::from_u32((random.next() % limit) as u32)).collect());
    }
    for text in &all {
        out.value("str", &text.as_str(), &[block(text.as_ptr() as usize, text.len())]);
        out.value("string", text, &[block(text.as_ptr() as usize, text.len())]);
        out.value("option-str", &Some(text.as_str()), &[block(text.as_ptr() as usize, text.len())]);
    }
    out.value("option-str", &None::<&str>, &[]);
    for _ in 0..500 {
        let length = random.next() % 10;
        // Bytes that often continue one another.
        let pick = [0x00, 0x27, 0x22, 0x41, 0x80, 0xa9, 0xbf, 0xc3, 0xe2, 0x82, 0xac, 0xed, 0xf0, 0x9f, 0x98, 0xff, 0x0a, 0x1f, 0x7f, 0x5c];
        let raw: Vec<u8> = (0..length).map(|_| pick[(random.next() % 20) as usize]).collect();
        let os = OsString::from_vec(raw.clone());
        out.value("os", &os.as_os_str(), &[block(os.as_os_str().as_encoded_bytes().as_ptr() as usize, raw.len())]);
        let c = CString::new(raw.into_iter().filter(|&byte| byte != 0).collect::<Vec<u8>>()).unwrap();
        out.value("c", &c.as_c_str(), &[block(c.as_ptr() as usize, c.as_bytes_with_nul().len())]);
    }
    let mut probe = String::with_capacity(64);
    probe.push_str("abc");
    let all = words(&probe);
    out.layout("string", &[place(&all, |word| word == probe.as_ptr() as usize), place(&all, |word| word == 3)]);
}

fn scalars(out: &mut Output, random: &mut Random) {
    for _ in 0..500 {
        let n = random.some();
        out.value("u8", &(n as u8), &[]);
        out.value("i8", &(n as i8), &[]);
        out.value("i16", &(n as i16), &[]);
        out.value("u32", &(n as u32), &[]);
        out.value("i32", &(n as i32), &[]);
        out.value("u64", &n, &[]);
        out.value("i64", &(n as i64), &[]);
        out.value("i64", &(n as i64).wrapping_neg(), &[]);
        let wide = (random.some() as u128) << 64 | random.next() as u128;
        out.value("u128", &wide, &[]);
        out.value("i128", &(wide as i128), &[]);
        out.value("i128", &(wide as i128).wrapping_neg(), &[]);
        out.value("f64", &f64::from_bits(random.next()), &[]);
        out.value("f32", &f32::from_bits(random.next() as u32), &[]);
        out.value("f64", &(random.some() as f64 / 1000.0), &[]);
        out.value("f32", &(random.some() as f32 / 1000.0), &[]);
        out.value("option-u32", &Some(n as u32), &[]);
        let pointer = n as usize as *const u8;
        out.value("address", &pointer, &[]);
    }
    for bits in 0..=0x7f8 {
        // Powers of two, where the float below is nearer than the one above.
        out.value("f32", &f32::from_bits(bits << 20), &[]);
        out.value("f64", &f64::from_bits((bits as u64) << 52), &[]);
    }
    for value in [None, Some(None), Some(Some(false)), Some(Some(true))] {
        out.value("option-option-bool", &value, &[]);
    }
    out.value("option-u32", &None::<u32>, &[]);
    out.value("range", &(3..-5), &[]);
    out.value("range-from", &(3..), &[]);
    let mut inclusive = 1..=1;
    out.value("range-inclusive", &inclusive, &[]);
    inclusive.next();
    out.value("range-inclusive", &inclusive, &[]);
    out.layout("range-inclusive", &[find(&bytes(&(0x77..=0x55)), &[0x77, 0, 0, 0]), find(&bytes(&(0x77..=0x55)), &[0x55, 0, 0, 0])]);
    let boxed = Box::new(7u64);
    out.value("box", &boxed, &[block(&raw const *boxed as usize, 8)]);
}

fn standard(out: &mut Output, random: &mut Random) {
    let probe = Duration::new(0x1122_3344_5566_7788, 0x1234_5678);
    out.layout("duration", &[find(&bytes(&probe), &0x1122_3344_5566_7788u64.to_le_bytes()), find(&bytes(&probe), &0x1234_5678u32.to_le_bytes())]);
    for _ in 0..3000 {
        let seconds = if random.next() % 2 == 0 { 0 } else { random.some() };
        let digits = 10u64.pow((random.next() % 10) as u32);
        let nanoseconds = random.some() % 1_000_000_000 / digits * digits;
        out.value("duration", &Duration::new(seconds, nanoseconds as u32), &[]);
    }
    out.value("duration", &Duration::MAX, &[]);
    let probe = SocketAddrV4::new(Ipv4Addr::new(1, 2, 3, 4), 0x5566);
    out.layout("socket4", &[find(&bytes(&probe), &[1, 2, 3, 4]), find(&bytes(&probe), &0x5566u16.to_le_bytes())]);
    let ip = Ipv6Addr::from_bits(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10);
    let probe = SocketAddrV6::new(ip, 0x5566, 0x2122_2324, 0x3132_3334);
    let raw = bytes(&probe);
    out.layout("socket6", &[find(&raw, &ip.octets()), find(&raw, &0x5566u16.to_le_bytes()), find(&raw, &0x3132_3334u32.to_le_bytes())]);
    for _ in 0..2000 {
        let four = Ipv4Addr::from_bits(random.next() as u32);
        out.value("ipv4", &four, &[]);
        out.value("socket4", &SocketAddrV4::new(four, random.next() as u16), &[]);
        let kept = random.next();
        let mut groups = [0u16; 8];
        for (i, group) in groups.iter_mut().enumerate() {
            if kept >> i & 1 == 1 { *group = random.some() as u16 }
        }
        if kept % 16 == 0 { groups[..6].copy_from_slice(&[0, 0, 0, 0, 0, 0xffff]) }
        if kept % 16 == 1 { groups[..6].copy_from_slice(&[0; 6]) }
        let six = Ipv6Addr::from(groups);
        out.value("ipv6", &six, &[]);
        out.value("socket6", &SocketAddrV6::new(six, random.next() as u16, 7, (kept >> 60) as u32 % 3), &[]);
    }
    // The first byte is the tag.
    for ip in [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)] { out.value("ip", &ip, &[]) }
    for code in -1..=140 {
        let error = Error::from_raw_os_error(code);
        out.value("io", &error, &[]);
        out.layout(&format!("kind {:?}", error.kind()), &[error.kind() as usize]);
    }
    for kind in [ErrorKind::NotFound, ErrorKind::UnexpectedEof, ErrorKind::Other, ErrorKind::TimedOut] {
        out.value("io", &Error::from(kind), &[]);
        out.layout(&format!("kind {kind:?}"), &[kind as usize]);
    }
    let cell = RefCell::new(5u64);
    out.value("ref-cell", &cell, &[]);
    let guard = cell.borrow_mut();
    out.value("ref-cell", &cell, &[]);
    drop(guard);
    out.layout("ref-cell", &[place(&words(&cell), |word| word == 0), place(&words(&cell), |word| word == 5)]);
    for cell in [OnceCell::new(), OnceCell::from(9u32)] { out.value("once", &cell, &[]) }
}

fn collections(out: &mut Output, random: &mut Random) {
    let mut probe: Vec<u32> = Vec::with_capacity(64);
    probe.push(1);
    out.layout("vec", &[place(&words(&probe), |word| word == probe.as_ptr() as usize), place(&words(&probe), |word| word == 1)]);
    let mut probe: VecDeque<u32> = VecDeque::with_capacity(64);
    probe.extend(0..20);
    probe.drain(..9);
    let all = words(&probe);
    let data = probe.as_slices().0.as_ptr() as usize - 9 * 4;
    out.layout("deque", &[place(&all, |word| word == data), place(&all, |word| word == probe.capacity()), place(&all, |word| word == 9), place(&all, |word| word == 11)]);
    let probe: HashSet<u32, State> = (0..5).collect();
    let all = words(&probe);
    let hash = [place(&all, |word| word > 1 << 20), place(&all, |word| word == 7), place(&all, |word| word == 5)];
    out.layout("hash", &hash);
    let probe = LinkedList::from([0x1111_2222_3333_4444u64, 0x5555_6666_7777_8888]);
    let list = list_layout(&probe);
    out.layout("list", &list);
    let tree = tree_layout();
    out.layout("tree", &tree);
    for size in [0usize, 1, 2, 5, 11, 12, 30, 100] {
        let numbers: Vec<u32> = (0..size).map(|_| random.some() as u32).collect();
        out.value("vec", &numbers, &[block(numbers.as_ptr() as usize, size * 4)]);
        let mut ring: VecDeque<u32> = numbers.iter().copied().collect();
        for _ in 0..size / 2 { if let Some(first) = ring.pop_front() { ring.push_back(first) } }
        let (one, two) = ring.as_slices();
        out.value("deque", &ring, &[block(one.as_ptr() as usize, one.len() * 4), block(two.as_ptr() as usize, two.len() * 4)]);
        let set: HashSet<u32, State> = numbers.iter().copied().collect();
        out.value("hash-set", &set, &table(&set, &hash, size_of::<u32>()));
        let names: Vec<String> = numbers.iter().map(|n| format!("n\"{n}")).collect();
        let map: HashMap<u32, &str, State> = numbers.iter().copied().zip(names.iter().map(|name| &name[..])).collect();
        let mut blocks = table(&map, &hash, size_of::<(u32, &str)>());
        blocks.extend(names.iter().map(|name| block(name.as_ptr() as usize, name.len())));
        out.value("hash-map", &map, &blocks);
        let list: LinkedList<u64> = numbers.iter().map(|&n| n as u64).collect();
        out.value("list", &list, &nodes(&list, &list_layout(&LinkedList::from([0x1111_2222_3333_4444, 0x5555_6666_7777_8888]))));
        let map: BTreeMap<u32, u64> = numbers.iter().map(|&n| (n, n as u64 * 3)).collect();
        let all = words(&map);
        let mut blocks = Vec::new();
        if !map.is_empty() { branches(all[tree[0] / 8], all[tree[1] / 8], &tree, &mut blocks) }
        out.value("tree-map", &map, &blocks);
    }
    out.layout("pair", &[std::mem::offset_of!((u32, &str), 0), std::mem::offset_of!((u32, &str), 1)]);
}

fn table<T>(value: &T, [control, mask, items]: &[usize; 3], element: usize) -> Vec<String> {
    let all = words(value);
    if all[items / 8] == 0 { return Vec::new() }
    let (control, buckets) = (all[control / 8], all[mask / 8] + 1);
    vec![block(control - buckets * element, buckets * element), block(control, buckets)]
}

// head, length; next and element in a node; the node's size
fn list_layout(probe: &LinkedList<u64>) -> [usize; 5] {
    let all = words(probe);
    let length = place(&all, |word| word == 2);
    let ends: Vec<usize> = (0..3).map(|i| i * 8).filter(|&at| at != length).collect();
    let first = |at: usize| find(&memory(all[at / 8], 24), &0x1111_2222_3333_4444u64.to_le_bytes());
    let is_first = |at: usize| memory(all[at / 8], 24).windows(8).any(|window| window == 0x1111_2222_3333_4444u64.to_le_bytes());
    let (head, tail) = if is_first(ends[0]) { (ends[0], ends[1]) } else { (ends[1], ends[0]) };
    let next = find(&memory(all[head / 8], 24), &all[tail / 8].to_le_bytes());
    [head, length, next, first(head), 24]
}
fn nodes(list: &LinkedList<u64>, layout: &[usize; 5]) -> Vec<String> {
    let mut at = words(list)[layout[0] / 8];
    let mut blocks = Vec::new();
    while at != 0 {
        blocks.push(block(at, 24));
        at = usize::from_le_bytes(memory(at + layout[2], 8).try_into().unwrap());
    }
    blocks
}

// root, height, length; keys, values, length in a leaf; its size
fn tree_layout() -> [usize; 7] {
    let many: BTreeMap<u32, u64> = (0..100).map(|n| (n, 0)).collect();
    let few: BTreeMap<u32, u64> = [(0x1111_2222, 0x3333_4444_5555_6666), (0x7777_8888, 0)].into();
    let most: BTreeMap<u32, u64> = (0..5).map(|n| (0x1111_2222 + n, 0x3333_4444_5555_6666)).collect();
    let all = words(&many);
    let (length, height) = (place(&all, |word| word == 100), place(&all, |word| word == 1));
    let root = place(&all, |word| word > 1 << 20);
    let size = 144;
    let two = memory(words(&few)[root / 8], size);
    let five = memory(words(&most)[root / 8], size);
    let keys = find(&two, &0x1111_2222u32.to_le_bytes());
    let values = find(&two, &0x3333_4444_5555_6666u64.to_le_bytes());
    let count = (0..size - 1).step_by(2).find(|&at| two[at..at + 2] == [2, 0] && five[at..at + 2] == [5, 0]).unwrap();
    [root, height, length, keys, values, count, size]
}
fn branches(node: usize, height: usize, layout: &[usize; 7], blocks: &mut Vec<String>) {
    let leaf = layout[6];
    blocks.push(block(node, if height == 0 { leaf } else { leaf + 96 }));
    if height == 0 { return }
    let count = u16::from_le_bytes(memory(node + layout[5], 2).try_into().unwrap()) as usize;
    for i in 0..=count {
        branches(usize::from_le_bytes(memory(node + leaf + 8 * i, 8).try_into().unwrap()), height - 1, layout, blocks);
    }
}

fn main() {
    let mut out = Output(BufWriter::new(std::io::stdout()));
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    scalars(&mut out, &mut random);
    texts(&mut out, &mut random);
    standard(&mut out, &mut random);
    collections(&mut out, &mut random);
}
