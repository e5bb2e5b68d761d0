import type { RustType, Space } from './rust-type.ts';

export const library = (space: Space, depth: number): RustType => {
  const { dice } = space;
  const element = (): RustType => space.any(Math.min(depth, 1));
  const fixed =
    (text: string, value: () => string, copy = false): (() => RustType) =>
    () => ({ text, value, copy });
  const of =
    (text: (element: RustType) => string, value: (element: RustType) => string): (() => RustType) =>
    () => {
      const inner = element();
      return { text: text(inner), value: () => value(inner), copy: false };
    };
  const nonZero = dice.pick([
    'NonZeroU8',
    'NonZeroU16',
    'NonZeroI32',
    'NonZeroU64',
    'NonZeroU128',
    'NonZeroUsize',
  ] as const);
  return dice.weighted([
    [4, fixed('String', () => `String::from("${dice.hex(4)}")`)],
    [
      3,
      of(
        (inner) => `Vec<${inner.text}>`,
        (inner) => `vec![${inner.value()}]`,
      ),
    ],
    [
      1,
      of(
        (inner) => `VecDeque<${inner.text}>`,
        () => 'VecDeque::new()',
      ),
    ],
    [
      1,
      of(
        (inner) => `HashMap<u32, ${inner.text}>`,
        () => 'HashMap::new()',
      ),
    ],
    [
      1,
      of(
        (inner) => `BTreeMap<u32, ${inner.text}>`,
        () => 'BTreeMap::new()',
      ),
    ],
    [1, fixed(nonZero, () => `${nonZero}::new(${1 + dice.below(100)}).unwrap()`, true)],
    [1, fixed('Wrapping<u32>', () => `Wrapping(${dice.below(1e9)}u32)`, true)],
    [1, fixed('Range<usize>', () => `${dice.below(50)}..${50 + dice.below(50)}`)],
    [1, fixed('Range<u8>', () => `${dice.below(50)}..${50 + dice.below(50)}`)],
    [1, fixed('Duration', () => `Duration::new(${dice.below(1e9)}, ${dice.below(1e9)})`, true)],
    [1, fixed('Instant', () => 'Instant::now()', true)],
    [1, fixed('SystemTime', () => 'SystemTime::now()', true)],
    [1, fixed('Ordering', () => dice.pick(['Ordering::Less', 'Ordering::Equal', 'Ordering::Greater']), true)],
    [
      1,
      fixed(
        'IpAddr',
        () => dice.pick(['IpAddr::V4(Ipv4Addr::new(1, 2, 3, 4))', 'IpAddr::V6(Ipv6Addr::LOCALHOST)']),
        true,
      ),
    ],
    [1, fixed('Layout', () => 'Layout::new::<u64>()', true)],
    [
      1,
      of(
        (inner) => `Cell<${inner.text}>`,
        (inner) => `Cell::new(${inner.value()})`,
      ),
    ],
    [
      1,
      of(
        (inner) => `RefCell<${inner.text}>`,
        (inner) => `RefCell::new(${inner.value()})`,
      ),
    ],
    [
      1,
      of(
        (inner) => `Mutex<${inner.text}>`,
        (inner) => `Mutex::new(${inner.value()})`,
      ),
    ],
    [1, fixed('AtomicU64', () => `AtomicU64::new(${dice.below(1e9)})`)],
    [1, fixed('AtomicBool', () => 'AtomicBool::new(true)')],
  ])();
};

export const wrapper = (space: Space, depth: number): RustType => {
  const { dice } = space;
  const inner = space.any(depth);
  const option: RustType = {
    text: `Option<${inner.text}>`,
    value: () => (dice.below(4) === 0 ? 'None' : `Some(${inner.value()})`),
    copy: inner.copy,
  };
  const two = (name: string, left: string, right: string): RustType => {
    const other = space.any(depth);
    const value = (): string => (dice.below(2) === 0 ? `${left}(${inner.value()})` : `${right}(${other.value()})`);
    return { text: `${name}<${inner.text}, ${other.text}>`, value, copy: false };
  };
  return dice.weighted<() => RustType>([
    [5, () => option],
    [4, () => two('Result', 'Ok', 'Err')],
    [1, () => two('ControlFlow', 'ControlFlow::Break', 'ControlFlow::Continue')],
    [
      1,
      () => ({
        ...option,
        text: `Poll<${inner.text}>`,
        value: () => (dice.below(4) === 0 ? 'Poll::Pending' : `Poll::Ready(${inner.value()})`),
        copy: false,
      }),
    ],
    [1, () => ({ text: `MaybeUninit<${inner.text}>`, value: () => `MaybeUninit::new(${inner.value()})`, copy: false })],
    [
      1,
      () => ({
        text: "Cow<'static, str>",
        value: () => dice.pick(['Cow::Borrowed("cow")', 'Cow::Owned(String::from("own"))']),
        copy: false,
      }),
    ],
    [1, () => ({ text: "Cow<'static, [u16]>", value: () => 'Cow::Owned(vec![1u16, 2])', copy: false })],
  ])();
};
