import type { Dice } from './dice.ts';
import type { RustType, TypeSpace } from './type-space.ts';

/** One argument as the ABI has it; `name` is the source's, or the one rustc gives to what isn't written. */
export type SourceArgument = { readonly name: string; readonly type: string };

/** One function, closure body or async body of a program, and how to find it in LLVM IR. */
export type SourceFunction = {
  /** Unique in the program; the name that its printed lines carry. */
  readonly name: string;
  readonly kind: string;
  readonly abi: 'Rust' | 'C';
  /** `closure`: the body inside the function of that name. */
  readonly symbol: 'exact' | 'mangled' | 'closure';
  readonly args: readonly SourceArgument[];
  readonly ret: string;
};

/** Source text of a function, the statements that call it once, and what they call. */
export type Composed = {
  readonly source: string;
  readonly call: string;
  readonly functions: readonly SourceFunction[];
};

type Parameter = { readonly name: string; readonly type: RustType };

const kinds: readonly (readonly [number, string])[] = [
  [7, 'exported'],
  [3, 'public'],
  [4, 'private'],
  [3, 'c-exported'],
  [2, 'c-mangled'],
  [1, 'track-caller'],
  [4, 'method'],
  [3, 'dyn-method'],
  [3, 'generic'],
  [2, 'callable'],
  [4, 'closure'],
  [2, 'async'],
  [3, 'changeable'],
];

/** Composes functions with random signatures; each is called once with opaque values and prints what it received. */
export class RandomFunctions {
  readonly #dice: Dice;
  readonly #types: TypeSpace;
  #count = 0;

  constructor(dice: Dice, types: TypeSpace) {
    this.#dice = dice;
    this.#types = types;
  }

  next(): Composed {
    const name = `f_${this.#count++}`;
    const kind = this.#dice.weighted(kinds);
    if (kind === 'closure') return this.#closure(name);
    if (kind === 'async') return this.#async(name);
    if (kind === 'changeable') return this.#changeable(name);
    if (kind === 'callable') return this.#callable(name);
    if (kind === 'method') return this.#method(name);
    if (kind === 'dyn-method') return this.#dynMethod(name);
    if (kind === 'generic') return this.#generic(name);
    return this.#free(name, kind);
  }

  #any(): RustType {
    return this.#types.any(this.#dice.pick([0, 1, 2, 2, 3]));
  }

  #result(): RustType {
    return this.#dice.below(6) === 0 ? { text: '()', value: () => '()', copy: true } : this.#any();
  }

  #parameters(type: () => RustType, most = 9): Parameter[] {
    const dice = this.#dice;
    const count = Math.min(
      most,
      dice.weighted([
        [2, 0],
        [3, 1],
        [4, 2],
        [4, 3],
        [3, 4],
        [2, 5],
        [2, 6],
        [2, 7],
        [1, 8],
        [2, 9],
      ]),
    );
    // Sometimes many of one class, so that its registers run out.
    const flood = dice.weighted([
      [6, null],
      [1, 'f64'],
      [1, 'u64'],
      [1, 'u128'],
    ] as const);
    const flooded = (): RustType => ({
      text: flood!,
      value: () => (flood === 'f64' ? `${dice.below(999)}.5` : `0x${dice.hex(15)}`),
      copy: true,
    });
    return Array.from({ length: flood === null ? count : most }, (_, index) => ({
      name: `a${index}`,
      type: flood !== null && dice.below(4) > 0 ? flooded() : type(),
    }));
  }

  /** Statements that print the arguments, the result's computation and its print. */
  #body(name: string, parameters: readonly Parameter[], ret: RustType, first = 0): string {
    const uses = parameters.map(({ name: parameter }, index) =>
      this.#dice.weighted([
        [5, `call.arg(${index + first}, &${parameter});`],
        [4, `call.take(${index + first}, ${parameter});`],
        [1, ''],
      ]),
    );
    const value = this.#dice.below(5) === 0 ? ret.value() : `opaque(${ret.value()})`;
    return `let mut call = Call::new("${name}"); ${uses.join(' ')} let result: ${ret.text} = ${value}; call.ret(&result); call.end(); result`;
  }

  #call(
    name: string,
    callee: string,
    types: readonly string[],
    values: readonly string[],
    ret: string,
    before = '',
  ): string {
    const sizes = [
      ...types.map((type) => (type.startsWith('=') ? type.slice(1) : `size_of::<${type}>()`)),
      `size_of::<${ret}>()`,
    ];
    const used = this.#dice.weighted([
      [3, 'keep(&result);'],
      [1, ''],
    ]);
    return `{ ${before} sizes("${name}", &[${sizes.join(', ')}]); let result = ${callee}(${values.join(', ')}); ${used} }`;
  }

  #opaque(parameters: readonly Parameter[]): string[] {
    return parameters.map(({ type }) => (this.#dice.below(12) === 0 ? type.value() : `opaque(${type.value()})`));
  }

  #free(name: string, kind: string): Composed {
    const abi = kind.startsWith('c-') ? 'C' : 'Rust';
    const type = abi === 'C' ? () => this.#types.plainC(2) : () => this.#any();
    const parameters = this.#parameters(type);
    const ret = abi === 'C' && this.#dice.below(5) > 0 ? type() : this.#result();
    const heads: Record<string, string> = {
      exported: '#[no_mangle] pub fn',
      public: 'pub fn',
      private: 'fn',
      'c-exported': '#[no_mangle] pub extern "C" fn',
      'c-mangled': 'pub extern "C" fn',
      'track-caller': '#[track_caller] fn',
    };
    const result = abi === 'C' && !this.#fitsC(ret) ? { text: '()', value: () => '()', copy: true } : ret;
    const list = parameters.map(({ name: parameter, type: { text } }) => `${parameter}: ${text}`).join(', ');
    const source = `#[inline(never)] ${heads[kind]} ${name}(${list}) -> ${result.text} { ${kind === 'track-caller' ? 'keep(std::panic::Location::caller());' : ''} ${this.#body(name, parameters, result)} }`;
    const args = parameters.map(({ name: parameter, type: { text } }) => ({ name: parameter, type: text }));
    const symbol = kind.endsWith('exported') ? 'exact' : 'mangled';
    return {
      source,
      call: this.#call(
        name,
        name,
        args.map(({ type: text }) => text),
        this.#opaque(parameters),
        result.text,
      ),
      functions: [{ name, kind, abi, symbol, args, ret: result.text }],
    };
  }

  /** Arrays and the like can't be returned to C. */
  #fitsC(type: RustType): boolean {
    return type.text === '()' || /^\w+$/.test(type.text) || /^[&*]/.test(type.text);
  }

  #self(): { receiver: string; text: (own: string) => string; value: (own: RustType) => string; object: boolean } {
    return this.#dice.pick([
      { receiver: 'self', text: (own) => own, value: (own) => `opaque(${own.value()})`, object: false },
      {
        receiver: '&self',
        text: (own) => `&'static ${own}`,
        value: (own) => `opaque(&*Box::leak(Box::new(${own.value()})))`,
        object: true,
      },
      {
        receiver: '&mut self',
        text: (own) => `&'static mut ${own}`,
        value: (own) => `opaque(Box::leak(Box::new(${own.value()})))`,
        object: true,
      },
      {
        receiver: 'self: Box<Self>',
        text: (own) => `Box<${own}>`,
        value: (own) => `opaque(Box::new(${own.value()}))`,
        object: true,
      },
      {
        receiver: 'self: Rc<Self>',
        text: (own) => `Rc<${own}>`,
        value: (own) => `opaque(Rc::new(${own.value()}))`,
        object: true,
      },
      {
        receiver: 'self: Arc<Self>',
        text: (own) => `Arc<${own}>`,
        value: (own) => `opaque(Arc::new(${own.value()}))`,
        object: true,
      },
      {
        receiver: 'self: Pin<Box<Self>>',
        text: (own) => `Pin<Box<${own}>>`,
        value: (own) => `opaque(Box::pin(${own.value()}))`,
        object: true,
      },
    ]);
  }

  #method(name: string): Composed {
    const own = this.#types.struct(1);
    const self = this.#self();
    const parameters = this.#parameters(() => this.#any(), 6);
    const ret = this.#result();
    const list = [self.receiver, ...parameters.map(({ name: parameter, type }) => `${parameter}: ${type.text}`)].join(
      ', ',
    );
    const source = `impl ${own.text} { #[inline(never)] ${this.#dice.pick(['pub ', ''])}fn ${name}(${list}) -> ${ret.text} { keep(&self); ${this.#body(name, parameters, ret, 1)} } }`;
    const args = [
      { name: 'self', type: self.text(own.text) },
      ...parameters.map(({ name: parameter, type }) => ({ name: parameter, type: type.text })),
    ];
    return {
      source,
      call: this.#call(
        name,
        `${own.text}::${name}`,
        args.map(({ type }) => type),
        [self.value(own), ...this.#opaque(parameters)],
        ret.text,
      ),
      functions: [{ name, kind: 'method', abi: 'Rust', symbol: 'mangled', args, ret: ret.text }],
    };
  }

  #dynMethod(name: string): Composed {
    const own = this.#types.struct(1);
    let self = this.#self();
    while (!self.object) self = this.#self();
    const parameters = this.#parameters(() => this.#any(), 6);
    const ret = this.#result();
    const list = [self.receiver, ...parameters.map(({ name: parameter, type }) => `${parameter}: ${type.text}`)].join(
      ', ',
    );
    const trait = `T_${name}`;
    const source = `pub trait ${trait} { fn ${name}(${list}) -> ${ret.text}; }
impl ${trait} for ${own.text} { #[inline(never)] fn ${name}(${list}) -> ${ret.text} { keep(&self); ${this.#body(name, parameters, ret, 1)} } }`;
    const args = [
      { name: 'self', type: self.text(own.text) },
      ...parameters.map(({ name: parameter, type }) => ({ name: parameter, type: type.text })),
    ];
    const before = `let object: ${self.text(`dyn ${trait}`).replace(/^(&'static (?:mut )?)(.*)$/, '$1($2)')} = ${self.value(own).replace(/^opaque/, '')};`;
    return {
      source,
      call: this.#call(
        name,
        `opaque(object).${name}`,
        args.map(({ type }) => type),
        this.#opaque(parameters),
        ret.text,
        before,
      ),
      functions: [{ name, kind: 'dyn-method', abi: 'Rust', symbol: 'mangled', args, ret: ret.text }],
    };
  }

  #generic(name: string): Composed {
    const parameters = this.#parameters(() => this.#any(), 7);
    const ret = this.#result();
    const open = parameters.map((_, index) => (this.#dice.below(2) === 0 ? `G${index}` : null));
    const list = parameters
      .map(({ name: parameter, type }, index) => `${parameter}: ${open[index] ?? type.text}`)
      .join(', ');
    const bounds = open.filter((parameter) => parameter !== null).map((parameter) => `${parameter}: Mark`);
    const brackets = bounds.length === 0 ? '' : `<${bounds.join(', ')}>`;
    const source = `#[inline(never)] fn ${name}${brackets}(${list}) -> ${ret.text} { ${this.#body(name, parameters, ret)} }`;
    const args = parameters.map(({ name: parameter, type }) => ({ name: parameter, type: type.text }));
    const values = this.#opaque(parameters);
    // The parameter's type must be known: a literal's would be guessed.
    const types = parameters.flatMap(({ type }, index) => (open[index] === null ? [] : [type.text]));
    const callee = types.length === 0 ? name : `${name}::<${types.join(', ')}>`;
    return {
      source,
      call: this.#call(
        name,
        callee,
        args.map(({ type }) => type),
        values,
        ret.text,
      ),
      functions: [{ name, kind: 'generic', abi: 'Rust', symbol: 'mangled', args, ret: ret.text }],
    };
  }

  /** A function that takes a function: an item, a pointer or a closure with captures. */
  #callable(name: string): Composed {
    const parameters = this.#parameters(() => this.#any(), 5).map((parameter, index) => ({
      ...parameter,
      name: `a${index + 1}`,
    }));
    const ret = this.#result();
    const captures = Array.from({ length: this.#dice.below(4) }, () => this.#any());
    const captured = captures.map((_, index) => `c${index}`);
    const value = this.#dice.pick([
      'item',
      'item as fn(u32) -> u32',
      `move |x: u32| -> u32 { ${captured.map((capture) => `keep(&${capture});`).join(' ')} x }`,
    ]);
    const list = ['a0: F', ...parameters.map(({ name: parameter, type }) => `${parameter}: ${type.text}`)].join(', ');
    const source = `#[inline(never)] fn ${name}<F: Fn(u32) -> u32>(${list}) -> ${ret.text} { keep_number(a0(7) as u64); ${this.#body(name, parameters, ret, 1)} }`;
    const before = `${captures.map((capture, index) => `let c${index}: ${capture.text} = opaque(${capture.value()});`).join(' ')} let f = ${value};`;
    const args = [
      { name: 'a0', type: '=size_of_val(&f)' },
      ...parameters.map(({ name: parameter, type }) => ({ name: parameter, type: type.text })),
    ];
    return {
      source,
      call: this.#call(
        name,
        name,
        args.map(({ type }) => type),
        ['f', ...this.#opaque(parameters)],
        ret.text,
        before,
      ),
      functions: [
        {
          name,
          kind: 'callable',
          abi: 'Rust',
          symbol: 'mangled',
          args: args.map((arg, index) => (index === 0 ? { ...arg, type: 'F' } : arg)),
          ret: ret.text,
        },
      ],
    };
  }

  #closure(name: string): Composed {
    const dice = this.#dice;
    const parameters = this.#parameters(() => this.#any(), 6);
    const ret = this.#result();
    const captures = Array.from({ length: dice.below(4) }, () => this.#any());
    const trait = dice.pick(['Fn', 'FnMut', 'FnOnce'] as const);
    const use = {
      Fn: (own: string) => `keep(&${own});`,
      FnMut: (own: string) => `keep(&mut ${own});`,
      FnOnce: (own: string) => `drop(${own});`,
    }[trait];
    const uses = captures.map((_, index) => use(`c${index}`)).join(' ');
    const list = captures.map(({ text }, index) => `mut c${index}: ${text}`).join(', ');
    const inputs = parameters.map(({ type }) => type.text).join(', ');
    const closure = `#[inline(never)] move |${parameters.map(({ name: parameter, type }) => `${parameter}: ${type.text}`).join(', ')}| -> ${ret.text} { ${uses} ${this.#body(name, parameters, ret, 1)} }`;
    // Passed where its trait is asked for, a closure takes itself as that trait does, whatever its body would allow.
    const source = `fn kind_${name}<F: ${trait}(${inputs}) -> ${ret.text}>(f: F) -> F { f }
fn ${name}(${list}) -> Box<dyn ${trait}(${inputs}) -> ${ret.text}> { Box::new(kind_${name}(${closure})) }`;
    const env = trait === 'FnOnce' ? '=size_of_val(&*f)' : '=8';
    const before = `let mut f = opaque(${name}(${captures.map((capture) => `opaque(${capture.value()})`).join(', ')}));`;
    const args = [
      { name: '_1', type: 'env' },
      ...parameters.map(({ name: parameter, type }) => ({ name: parameter, type: type.text })),
    ];
    return {
      source,
      call: this.#call(
        name,
        'f',
        [env, ...parameters.map(({ type }) => type.text)],
        this.#opaque(parameters),
        ret.text,
        before,
      ),
      functions: [{ name, kind: `closure-${trait}`, abi: 'Rust', symbol: 'closure', args, ret: ret.text }],
    };
  }

  #async(name: string): Composed {
    const parameters = this.#parameters(() => this.#any(), 6);
    const ret = this.#result();
    const list = parameters.map(({ name: parameter, type }) => `${parameter}: ${type.text}`).join(', ');
    const source = `async fn ${name}(${list}) -> ${ret.text} { ${this.#body(name, parameters, ret)} }`;
    const args = parameters.map(({ name: parameter, type }) => ({ name: parameter, type: type.text }));
    const body = `${name}_body`;
    const before = `sizes("${body}", &[8, 8, size_of::<Poll<${ret.text}>>()]); let future = opaque(${name}(${this.#opaque(parameters).join(', ')}));`;
    const sizes = [...args.map(({ type }) => `size_of::<${type}>()`), 'size_of_val(&future)'].join(', ');
    return {
      source,
      call: `{ ${before} sizes("${name}", &[${sizes}]); let result = poll_once(opaque(Box::pin(future) as Pin<Box<dyn Future<Output = ${ret.text}>>>)); keep(&result); }`,
      functions: [
        { name, kind: 'async', abi: 'Rust', symbol: 'mangled', args, ret: 'impl Future' },
        {
          name: body,
          kind: 'async-body',
          abi: 'Rust',
          symbol: 'closure',
          args: [
            { name: '_1', type: 'Pin<&mut Env>' },
            { name: '_task_context', type: '&mut Context' },
          ],
          ret: `Poll<${ret.text}>`,
        },
      ],
    };
  }

  /** Arguments and results that an optimiser may drop, fold, or pass otherwise: used in part or not at all, or constant. */
  #changeable(name: string): Composed {
    const dice = this.#dice;
    const number = this.#types.integer('u64');
    type Use = readonly [type: string, value: string, use: (own: string) => string];
    const uses: readonly Use[] = [
      ['u64', 'opaque(5)', (own) => `keep_number(${own});`],
      ['u64', 'opaque(6)', () => ''],
      ['u32', '3', (own) => `keep_number(${own} as u64);`],
      ["&'static str", 'opaque("partly")', (own) => `keep_number(${own}.len() as u64);`],
      ["&'static u64", 'opaque(&77)', (own) => `keep_number(*${own});`],
      ["&'static (u64, u64)", 'opaque(&(8, 9))', (own) => `keep_number(${own}.0); keep_number(${own}.1);`],
      ['(u64, u32)', 'opaque((1, 2))', (own) => `keep_number(${own}.1 as u64);`],
      ['[u64; 3]', 'opaque([1, 2, 3])', (own) => `keep_number(${own}[1]);`],
      ['f64', 'opaque(2.5)', (own) => `keep_number(${own} as u64);`],
      ["&'static Vec<u32>", 'opaque(&*Box::leak(Box::new(vec![1u32])))', (own) => `keep_number(${own}.len() as u64);`],
      ['Option<u64>', 'opaque(Some(4))', (own) => `if let Some(x) = ${own} { keep_number(x) }`],
    ];
    const chosen = Array.from({ length: 1 + dice.below(7) }, () => dice.pick(uses));
    const results: readonly Use[] = [
      ['u64', '5', () => ''],
      ['u64', `opaque(${number.value()})`, () => ''],
      ['(u64, u32)', 'opaque((5, 6))', (own) => `keep_number(${own}.0);`],
      ['Option<u64>', 'opaque(Some(7))', (own) => `keep_number(${own}.unwrap_or(0));`],
      ['Option<u64>', 'Some(opaque(7))', (own) => `keep_number(${own}.unwrap());`],
      ['()', '()', () => ''],
    ];
    const [ret, made, used] = dice.pick(results);
    const head = dice.pick(['fn', 'pub fn', '#[no_mangle] pub fn', 'fn']);
    const list = chosen.map(([type], index) => `a${index}: ${type}`).join(', ');
    const source = `#[inline(never)] ${head} ${name}(${list}) -> ${ret} { ${chosen.map(([, , use], index) => use(`a${index}`)).join(' ')} ${made} }`;
    const args = chosen.map(([type], index) => ({ name: `a${index}`, type }));
    const sizes = [...args.map(({ type }) => `size_of::<${type}>()`), `size_of::<${ret}>()`].join(', ');
    return {
      source,
      call: `{ sizes("${name}", &[${sizes}]); let result = ${name}(${chosen.map(([, value]) => value).join(', ')}); ${used('result')} }`,
      functions: [
        { name, kind: 'changeable', abi: 'Rust', symbol: head.startsWith('#') ? 'exact' : 'mangled', args, ret },
      ],
    };
  }
}
