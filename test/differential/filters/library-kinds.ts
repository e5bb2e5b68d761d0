import { type Condition, one, type Place } from './condition.ts';
import type { Kind, Kinds } from './kind.ts';
import { askSmall, integer, sign } from './number-kinds.ts';

/** What is behind a pointer answers for it. */
const behind = (inner: Kind, text: string, value: (of: string) => string): Kind => {
  const at = ({ rust, rsym }: Place): Place => ({ rust: `(*${rust})`, rsym });
  const { pattern, numbers, bytes } = inner;
  return {
    text,
    value: () => value(inner.value()),
    ask: (place) => inner.ask(at(place)),
    ...(pattern && {
      pattern: () => {
        const { rsym, rust } = pattern();
        return { rsym, rust: (place: string) => rust(`(*${place})`) };
      },
    }),
    ...(numbers && { numbers: (place: Place) => numbers(at(place)) }),
    ...(bytes && { bytes: (place: Place) => bytes(at(place)) }),
  };
};

export const pointer = (kinds: Kinds, depth: number): Kind => {
  const inner = kinds.any(depth);
  const { text } = inner;
  return kinds.dice.pick([
    () => behind(inner, `&'static ${text}`, (of) => `&*leak(${of})`),
    () => ({
      ...behind(inner, `&'static mut ${text}`, (of) => `leak(${of})`),
      change: (rust: string) => `*${rust} = ${inner.value()};`,
    }),
    () => behind(inner, `Box<${text}>`, (of) => `Box::new(${of})`),
    () => behind(inner, `Rc<${text}>`, (of) => `Rc::new(${of})`),
    () => behind(inner, `Arc<${text}>`, (of) => `Arc::new(${of})`),
  ])();
};

/** What is held by a cell or a lock; undecided while somebody may be changing it. */
export const cell = (kinds: Kinds, depth: number): Kind => {
  const { dice } = kinds;
  const number = integer(dice);
  const inner = kinds.looked(depth);
  const guarded = (
    name: string,
    field: string,
    values: readonly string[],
    open: (place: string, name: string, then: string) => string,
  ): Kind => ({
    text: `${name}<${inner.text}>`,
    value: () => `${dice.pick(values)}(${inner.value()})`,
    ask: ({ rust, rsym }) => {
      const binding = kinds.binding();
      const asked = inner.ask({ rust: `(*${binding})`, rsym: `${rsym}.${field}` });
      return { ...asked, rust: open(rust, binding, asked.rust) };
    },
  });
  const locked = (method: string) => (place: string, binding: string, then: string) =>
    `match ${place}.${method}() { Ok(${binding}) => ${then}, Err(_) => None }`;
  return dice.pick<() => Kind>([
    () => ({
      text: `Cell<${number.text}>`,
      value: () => `Cell::new(${number.value()})`,
      change: (rust) => `${rust}.set(${number.value()});`,
      ask: ({ rust, rsym }) => number.ask({ rust: `${rust}.get()`, rsym: `${rsym}.value` }),
    }),
    () => guarded('RefCell', 'value', ['RefCell::new', 'RefCell::new', 'borrowed', 'taken'], locked('try_borrow')),
    () => guarded('Mutex', 'data', ['Mutex::new', 'Mutex::new', 'locked'], locked('try_lock')),
    () => guarded('RwLock', 'data', ['RwLock::new', 'RwLock::new', 'read', 'written'], locked('try_read')),
  ])();
};

export const sequence = (kinds: Kinds, depth: number): Kind => {
  const { dice } = kinds;
  const inner = kinds.looked(depth);
  const fixed = dice.below(4);
  const items = (count = dice.below(5)): string => Array.from({ length: count }, inner.value).join(', ');
  const forms = [
    { text: `Vec<${inner.text}>`, value: () => `vec![${items()}]` },
    { text: `&'static [${inner.text}]`, value: () => `&leak(vec![${items()}])[..]` },
    { text: `Box<[${inner.text}]>`, value: () => `vec![${items()}].into_boxed_slice()` },
    { text: `[${inner.text}; ${fixed}]`, value: () => `[${items(fixed)}]` },
  ] as const;
  const form = dice.pick(forms);
  const isArray = form === forms[3];
  return {
    text: form.text,
    value: form.value,
    ask: ({ rust, rsym }): Condition => {
      const index = dice.below(isArray ? fixed : 4);
      if (dice.below(5) < 2 || (isArray && fixed === 0))
        return dice.below(3) === 0
          ? one(`${rsym}.is_empty()`, `Some(${rust}.is_empty())`)
          : askSmall(dice, `${rsym}.len()`, `${rust}.len()`);
      const binding = kinds.binding();
      const asked = inner.ask({ rust: `(*${binding})`, rsym: `${rsym}[${index}]` });
      return { ...asked, rust: `match ${rust}.get(${index}) { Some(${binding}) => ${asked.rust}, None => None }` };
    },
  };
};

/** Collections of which the number of elements is known. */
export const collection = (kinds: Kinds): Kind => {
  const { dice } = kinds;
  const number = integer(dice);
  const count = (): number => dice.below(6);
  const forms = [
    {
      text: 'HashMap<u32, String>',
      value: () => `(0..${count()}u32).map(|n| (n, n.to_string())).collect::<HashMap<_, _>>()`,
    },
    { text: 'HashSet<u64>', value: () => `(0..${count()}u64).collect::<HashSet<_>>()` },
    { text: 'BTreeMap<u8, u8>', value: () => `(0..${count()}u8).map(|n| (n, n)).collect::<BTreeMap<_, _>>()` },
    {
      text: `VecDeque<${number.text}>`,
      value: () => `VecDeque::from(vec![${Array.from({ length: count() }, number.value).join(', ')}])`,
    },
  ];
  const { text, value } = dice.pick(forms);
  return {
    text,
    value,
    ask: ({ rust, rsym }) =>
      dice.below(3) === 0
        ? one(`${rsym}.is_empty()`, `Some(${rust}.is_empty())`)
        : askSmall(dice, `${rsym}.len()`, `${rust}.len()`),
  };
};

const spans = [
  ['0s', 'Duration::ZERO'],
  ['1ns', 'Duration::from_nanos(1)'],
  ['1.5s', 'Duration::from_millis(1500)'],
  ['250us', 'Duration::from_micros(250)'],
  ['10ms', 'Duration::from_millis(10)'],
  ['2m', 'Duration::from_secs(120)'],
] as const;

export const duration = (kinds: Kinds): Kind => {
  const { dice } = kinds;
  return {
    text: 'Duration',
    value: () => dice.pick(spans)[1],
    ask: ({ rust, rsym }) => {
      const [how, [written, value]] = [sign(dice), dice.pick(spans)];
      return one(`${rsym} ${how} ${written}`, `test(Some(${rust}), "${how}", Some(${value}))`);
    },
  };
};

/** Set once or not yet: an Option. */
export const once = (kinds: Kinds): Kind => {
  const { dice } = kinds;
  const number = integer(dice);
  return {
    text: `OnceCell<${number.text}>`,
    value: () => dice.pick(['OnceCell::new()', `OnceCell::from(${number.value()})`]),
    ask: ({ rust, rsym }) => {
      if (dice.below(3) === 0) return one(`${rsym}.is_none()`, `Some(${rust}.get().is_none())`);
      const binding = kinds.binding();
      const asked = number.ask({ rust: `(*${binding})`, rsym: binding });
      return {
        form: 'and',
        rsym: `${rsym} is Some(${binding}) && (${asked.rsym})`,
        rust: `match ${rust}.get() { Some(${binding}) => ${asked.rust}, None => Some(false) }`,
      };
    },
  };
};

export const niche = (kinds: Kinds): Kind => {
  const { dice } = kinds;
  const value = (): string => `std::num::NonZeroU32::new(${1 + dice.below(5)}).unwrap()`;
  return {
    text: 'std::num::NonZeroU32',
    value,
    ask: ({ rust, rsym }) => askSmall(dice, rsym, `${rust}.get()`),
  };
};
