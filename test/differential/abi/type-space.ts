import type { Dice } from './dice.ts';

/** A Rust type as source text, and how to write one more value of it. */
export type RustType = {
  readonly text: string;
  readonly value: () => string;
  readonly copy: boolean;
};

const integers = ['i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'isize', 'usize', 'i128', 'u128'] as const;
const width = { i8: 8, u8: 8, i16: 16, u16: 16, i32: 32, u32: 32, i64: 64, u64: 64, isize: 64, usize: 64 } as const;
const unsized = [
  { text: 'str', reference: (dice: Dice) => `"${'rsym'.repeat(dice.below(4))}"` },
  { text: '[u16]', reference: () => '&[7u16, 8, 9][..]' },
  { text: '[String]', reference: () => '&*Box::leak(vec![String::from("x")].into_boxed_slice())' },
  { text: 'dyn Object', reference: () => '&*Box::leak(Box::new(5u64)) as &dyn Object' },
] as const;
const owned = [
  { text: 'str', box: 'String::from("boxed").into_boxed_str()', from: 'from("text")' },
  { text: '[u32]', box: 'vec![1u32, 2, 3].into_boxed_slice()', from: 'from(vec![1u32, 2])' },
  { text: 'dyn Object', box: 'Box::new(9u64) as Box<dyn Object>', from: null },
] as const;

/**
 * Random types up to a depth, with the declarations they need. `scalars` and `plainC` are the parts that fit `extern "C"`,
 * packed structs and unions.
 */
export class TypeSpace {
  readonly declarations: string[] = [];
  readonly #dice: Dice;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** Any type, nested at most `depth` deep. */
  any(depth: number): RustType {
    const dice = this.#dice;
    if (depth <= 0)
      return dice.weighted([
        [5, () => this.scalar()],
        [2, () => this.pointer(0)],
        [1, () => this.library(0)],
      ])();
    return dice.weighted([
      [6, () => this.scalar()],
      [4, () => this.pointer(depth - 1)],
      [3, () => this.library(depth - 1)],
      [3, () => this.tuple(depth - 1)],
      [2, () => this.array(depth - 1)],
      [4, () => this.struct(depth - 1)],
      [2, () => this.newtype(depth - 1)],
      [3, () => this.wrapper(depth - 1)],
      [2, () => this.fieldless()],
      [3, () => this.dataEnum(depth - 1)],
      [1, () => this.union()],
      [1, () => this.packed()],
      [1, () => this.zeroSized()],
    ])();
  }

  #declare(kind: string, source: (name: string) => string): string {
    const name = `${kind}${this.declarations.length}`;
    this.declarations.push(source(name));
    return name;
  }

  integer(type: (typeof integers)[number] = this.#dice.pick(integers)): RustType {
    const value = (): string => {
      if (type === 'i128' || type === 'u128') return `0x${this.#dice.hex(30)}_${type}`;
      const digits = this.#dice.hex(width[type] / 4);
      return type.startsWith('i') ? `(0x${digits}_${type.replace('i', 'u')} as ${type})` : `0x${digits}_${type}`;
    };
    return { text: type, value, copy: true };
  }

  scalar(): RustType {
    const dice = this.#dice;
    const simple = (text: string, value: () => string): RustType => ({ text, value, copy: true });
    return dice.weighted([
      [10, () => this.integer()],
      [2, () => simple('f32', () => `${dice.below(9999)}.25f32`)],
      [3, () => simple('f64', () => `${dice.below(99999)}.5f64`)],
      [1, () => simple('bool', () => (dice.below(2) === 0 ? 'false' : 'true'))],
      [1, () => simple('char', () => `'\\u{${(0x21 + dice.below(0xd000)).toString(16)}}'`)],
    ])();
  }

  zeroSized(): RustType {
    const simple = (text: string, value = text): RustType => ({ text, value: () => value, copy: true });
    return this.#dice.pick([
      () => simple('()'),
      () => simple('Zst'),
      () => simple('PhantomData<u64>', 'PhantomData'),
      () => simple('[u64; 0]', '[]'),
      () => simple('((), Zst)'),
    ])();
  }

  pointer(depth: number): RustType {
    const dice = this.#dice;
    const target = (): RustType => this.any(Math.min(depth, 1));
    const thin = (wrap: (text: string) => string, value: (target: RustType) => string, copy: boolean): RustType => {
      const to = target();
      return { text: wrap(to.text), value: () => value(to), copy };
    };
    const leaked = (to: RustType): string => `&*Box::leak(Box::<${to.text}>::new(${to.value()}))`;
    return dice.weighted<() => RustType>([
      [3, () => thin((text) => `&'static ${text}`, leaked, true)],
      [
        2,
        () =>
          thin(
            (text) => `&'static mut ${text}`,
            (to) => `Box::leak(Box::new(${to.value()}))`,
            false,
          ),
      ],
      [
        1,
        () =>
          thin(
            (text) => `*const ${text}`,
            (to) => `(${leaked(to)}) as *const ${to.text}`,
            true,
          ),
      ],
      [
        1,
        () =>
          thin(
            (text) => `*mut ${text}`,
            (to) => `Box::leak(Box::<${to.text}>::new(${to.value()})) as *mut ${to.text}`,
            true,
          ),
      ],
      [
        2,
        () =>
          thin(
            (text) => `Box<${text}>`,
            (to) => `Box::new(${to.value()})`,
            false,
          ),
      ],
      [
        1,
        () =>
          thin(
            (text) => `Rc<${text}>`,
            (to) => `Rc::new(${to.value()})`,
            false,
          ),
      ],
      [
        1,
        () =>
          thin(
            (text) => `Arc<${text}>`,
            (to) => `Arc::new(${to.value()})`,
            false,
          ),
      ],
      [
        1,
        () =>
          thin(
            (text) => `rc::Weak<${text}>`,
            () => 'rc::Weak::new()',
            false,
          ),
      ],
      [
        1,
        () =>
          thin(
            (text) => `NonNull<${text}>`,
            (to) => `NonNull::from(${leaked(to)})`,
            true,
          ),
      ],
      [
        1,
        () =>
          thin(
            (text) => `Pin<Box<${text}>>`,
            (to) => `Box::pin(${to.value()})`,
            false,
          ),
      ],
      [3, () => this.#wideReference()],
      [2, () => this.#wideOwner()],
      [1, () => this.#function()],
    ])();
  }

  #wideReference(): RustType {
    const to = this.#dice.pick(unsized);
    return { text: `&'static (${to.text})`, value: () => to.reference(this.#dice), copy: true };
  }

  #wideOwner(): RustType {
    const to = this.#dice.pick(owned);
    const holder = to.from === null ? 'Box' : this.#dice.pick(['Box', 'Box', 'Rc', 'Arc'] as const);
    return {
      text: `${holder}<${to.text}>`,
      value: () => (holder === 'Box' ? to.box : `${holder}::<${to.text}>::${to.from}`),
      copy: false,
    };
  }

  #function(): RustType {
    return this.#dice.pick([
      { text: 'fn(u64, f32) -> u64', value: () => 'plain_function as fn(u64, f32) -> u64', copy: true },
      { text: 'extern "C" fn(u32) -> u32', value: () => 'c_function as extern "C" fn(u32) -> u32', copy: true },
      {
        text: 'Option<extern "C" fn(u32) -> u32>',
        value: () => 'Some(c_function as extern "C" fn(u32) -> u32)',
        copy: true,
      },
    ]);
  }

  library(depth: number): RustType {
    const dice = this.#dice;
    const element = (): RustType => this.any(Math.min(depth, 1));
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
  }

  tuple(depth: number): RustType {
    const fields = this.#several(2 + this.#dice.below(3), () => this.any(depth));
    return {
      text: `(${fields.map(({ text }) => text).join(', ')})`,
      value: () => `(${fields.map(({ value }) => value()).join(', ')})`,
      copy: fields.every(({ copy }) => copy),
    };
  }

  array(depth: number): RustType {
    const element = this.any(Math.min(depth, 1));
    const length = this.#dice.below(5);
    const value = (): string => `[${this.#several(length, () => element.value()).join(', ')}]`;
    return { text: `[${element.text}; ${length}]`, value, copy: element.copy };
  }

  struct(depth: number): RustType {
    const attribute = this.#dice.weighted([
      [6, ''],
      [2, '#[repr(C)] '],
      [1, '#[repr(align(16))] '],
      [1, '#[repr(align(32))] '],
    ]);
    const fields = this.#several(1 + this.#dice.below(5), () => this.any(depth));
    return this.#structOf(attribute, fields);
  }

  newtype(depth: number): RustType {
    return this.#structOf(this.#dice.pick(['', '#[repr(transparent)] ', '#[repr(C)] ']), [this.any(depth)]);
  }

  packed(): RustType {
    return this.#structOf(
      '#[repr(packed)] ',
      this.#several(1 + this.#dice.below(4), () => this.scalar()),
    );
  }

  /** A type whose layout C knows as well. */
  plainC(depth: number): RustType {
    const field = (): RustType =>
      this.#dice.weighted([
        [5, () => this.scalar()],
        [1, () => this.#cArray()],
        [1, () => this.plainC(depth - 1)],
      ])();
    if (depth <= 0) return this.scalar();
    return this.#dice.weighted([
      [5, () => this.scalar()],
      [5, () => this.#structOf('#[repr(C)] ', this.#several(1 + this.#dice.below(4), field))],
      [1, () => this.#structOf('#[repr(transparent)] ', [this.plainC(depth - 1)])],
      [
        1,
        () =>
          this.#structOf(
            '#[repr(C, packed)] ',
            this.#several(1 + this.#dice.below(4), () => this.scalar()),
          ),
      ],
      [
        1,
        () =>
          this.#structOf(
            '#[repr(C, align(16))] ',
            this.#several(1 + this.#dice.below(3), () => this.scalar()),
          ),
      ],
      [1, () => this.union()],
      [1, () => this.pointer(0)],
    ])();
  }

  #cArray(): RustType {
    const element = this.scalar();
    const length = 1 + this.#dice.below(4);
    const value = (): string => `[${this.#several(length, () => element.value()).join(', ')}]`;
    return { text: `[${element.text}; ${length}]`, value, copy: true };
  }

  #structOf(attribute: string, fields: readonly RustType[]): RustType {
    const copy = fields.every((field) => field.copy);
    // A packed struct's fields can't be borrowed, so what is derived must copy them.
    const derived = copy ? '#[derive(Clone, Copy)] ' : '';
    const name = this.#declare('S', (own) => {
      const list = fields.map(({ text }, index) => `pub f${index}: ${text}`).join(', ');
      const marks = fields.map((_, index) => `Mark::mark(addr_of!((*at).f${index}), mask);`).join(' ');
      return `${derived}${attribute}pub struct ${own} { ${list} }\nimpl Mark for ${own} { unsafe fn mark(at: *const Self, mask: &mut Mask) { ${marks} } }`;
    });
    const value = (): string => `${name} { ${fields.map((field, index) => `f${index}: ${field.value()}`).join(', ')} }`;
    return { text: name, value, copy };
  }

  fieldless(): RustType {
    const dice = this.#dice;
    const attribute = dice.pick([
      '',
      '',
      '#[repr(C)] ',
      '#[repr(u8)] ',
      '#[repr(i16)] ',
      '#[repr(u32)] ',
      '#[repr(i64)] ',
    ]);
    const discriminants = dice.pick([['', '', ''], [' = 1', ' = 100', ''], ['', ''], [' = 0', ' = 127', ''], ['']]);
    const variants = attribute === '' && dice.below(4) === 0 ? [' = 1', ' = 300'] : discriminants;
    const name = this.#declare('E', (own) => {
      const list = variants.map((discriminant, index) => `V${index}${discriminant}`).join(', ');
      // Nobody need pass or read a value that can be only one.
      const mark = variants.length > 1 ? 'whole' : 'unmarked';
      return `#[derive(Clone, Copy)] ${attribute}pub enum ${own} { ${list} }\n${mark}!(${own});`;
    });
    return { text: name, value: () => `${name}::V${dice.below(variants.length)}`, copy: true };
  }

  dataEnum(depth: number): RustType {
    const dice = this.#dice;
    const attribute = dice.weighted([
      [8, ''],
      [1, '#[repr(C)] '],
      [1, '#[repr(u8)] '],
      [1, '#[repr(i32)] '],
    ]);
    const variants = this.#several(1 + dice.below(4), () =>
      this.#several(dice.pick([0, 1, 1, 1, 2, 3]), () => this.any(depth)),
    );
    if (variants.every((fields) => fields.length === 0)) variants.push([this.any(depth)]);
    const copy = variants.flat().every((field) => field.copy);
    const name = this.#declare('D', (own) => {
      const list = variants.map((fields, index) => `V${index}(${fields.map(({ text }) => text).join(', ')})`);
      const arms = variants.map((fields, index) => {
        const names = fields.map((_, field) => `x${field}`);
        return `${own}::V${index}(${names.join(', ')}) => { ${names.map((field) => `Mark::mark(${field}, mask);`).join(' ')} }`;
      });
      const derived = copy ? '#[derive(Clone, Copy)] ' : '';
      return `${derived}${attribute}pub enum ${own} { ${list.join(', ')} }\nimpl Mark for ${own} { unsafe fn mark(at: *const Self, mask: &mut Mask) { match &*at { ${arms.join(' ')} } } }`;
    });
    const value = (): string => {
      const index = dice.below(variants.length);
      return `${name}::V${index}(${variants[index]!.map((field) => field.value()).join(', ')})`;
    };
    return { text: name, value, copy };
  }

  union(): RustType {
    const fields = this.#several(1 + this.#dice.below(3), () =>
      this.#dice.below(4) === 0 ? this.#cArray() : this.scalar(),
    );
    const attribute = this.#dice.pick(['', '#[repr(C)] ']);
    const name = this.#declare('U', (own) => {
      const list = fields.map(({ text }, index) => `pub f${index}: ${text}`).join(', ');
      return `#[derive(Clone, Copy)] ${attribute}pub union ${own} { ${list} }\nimpl Mark for ${own} { unsafe fn mark(at: *const Self, mask: &mut Mask) { Mark::mark(addr_of!((*at).f0), mask); } }`;
    });
    return { text: name, value: () => `${name} { f0: ${fields[0]!.value()} }`, copy: true };
  }

  wrapper(depth: number): RustType {
    const dice = this.#dice;
    const inner = this.any(depth);
    const option: RustType = {
      text: `Option<${inner.text}>`,
      value: () => (dice.below(4) === 0 ? 'None' : `Some(${inner.value()})`),
      copy: inner.copy,
    };
    const two = (name: string, left: string, right: string): RustType => {
      const other = this.any(depth);
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
      [
        1,
        () => ({ text: `MaybeUninit<${inner.text}>`, value: () => `MaybeUninit::new(${inner.value()})`, copy: false }),
      ],
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
  }

  #several<Item>(count: number, make: () => Item): Item[] {
    return Array.from({ length: count }, make);
  }
}
