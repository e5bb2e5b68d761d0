import { describe, expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import type { DebugFunction } from '../../src/elf/function-model.ts';
import { openImage } from '../../src/elf/open.ts';
import type { DebugType } from '../../src/elf/type-model.ts';
import { showFunctions } from '../../src/query/show.ts';
import type { ShownFunction } from '../../src/query/show-model.ts';
import { describeTypes } from '../../src/query/show-types.ts';
import { declarationOf, typeName } from '../../src/query/type-name.ts';
import { showDocument } from '../../src/report/show-json.ts';
import { showText } from '../../src/report/show-text.ts';
import { makePalette } from '../../src/report/terminal-colour.ts';
import { loadAddress, type SymbolSpec, writeElf } from '../support/elf-writer.ts';
import { type FakeFunction, fakeDebug } from '../support/fake-debug.ts';
import { Temporary } from '../support/temporary.ts';

const at = (offset: number): bigint => loadAddress + 0x100n + BigInt(offset);
const sized = (size: bigint, align = size): { size: bigint; align: bigint } => ({ size, align });
const base = (id: number, name: string, size: bigint, encoding: 'signed' | 'unsigned' | 'c-char'): DebugType => ({
  id,
  name,
  kind: 'base',
  encoding,
  ...sized(size),
});
const struct = (id: number, name: string, members: readonly [string, number, bigint][]): DebugType => ({
  id,
  name,
  kind: 'struct',
  ...sized(16n, 8n),
  members: members.map(([name, type, offset]) => ({ name, type, offset, bits: null, isArtificial: false })),
  bases: [],
  generics: [],
  variants: null,
  containing: null,
  isDeclaration: false,
});
const pointer = (id: number, target: number | null, name = ''): DebugType => ({
  id,
  name,
  kind: 'pointer',
  of: 'pointer',
  target,
  ...sized(8n),
});
const qualifier = (id: number, of: 'const' | 'typedef', target: number, name = ''): DebugType => ({
  id,
  name,
  kind: 'qualifier',
  of,
  target,
  size: null,
  align: null,
});

const [i32, u8, char] = [base(1, 'i32', 4n, 'signed'), base(2, 'u8', 1n, 'unsigned'), base(3, 'char', 1n, 'c-char')];
const point = struct(10, 'app::Point', [
  ['y', 2, 8n],
  ['x', 1, 0n],
]);
const variant = struct(12, 'app::Shape::Dot', [['__0', 10, 0n]]);
const shape: DebugType = {
  ...struct(11, 'app::Shape', []),
  kind: 'struct',
  members: [],
  bases: [],
  generics: [],
  containing: null,
  isDeclaration: false,
  variants: {
    tag: { name: null, type: 2, offset: 12n, bits: null, isArtificial: true },
    of: [
      {
        name: 'Nothing',
        discriminants: [{ low: 0n, high: 0n }],
        member: { name: 'Nothing', type: null, offset: 0n, bits: null, isArtificial: false },
      },
      {
        name: 'Dot',
        discriminants: null,
        member: { name: 'Dot', type: 12, offset: 0n, bits: null, isArtificial: false },
      },
    ],
  },
};
const all = [i32, u8, char, point, variant, shape];

const shown = (
  symbols: readonly SymbolSpec[],
  functions: readonly FakeFunction[],
  texts: readonly string[],
  options: Parameters<typeof showFunctions>[3] = {},
  level: 'types' | 'lines' | 'none' = 'types',
): { functions: ShownFunction[]; text: string; json: { functions: Record<string, unknown>[] } } => {
  using folder = new Temporary();
  using image = openImage(folder.file('app', writeElf({ symbols })));
  const debug = fakeDebug(functions, all, level);
  const answer = () => ({
    path: 'app',
    debug: { level, source: null },
    notes: [],
    missing: [],
    functions: showFunctions({ image, symbols: image.symbols(), debug }, texts, null, options),
  });
  return {
    functions: [...answer().functions],
    text: [...showText(answer(), makePalette(false))].join(''),
    json: JSON.parse([...showDocument(answer())].join('')),
  };
};

const main: FakeFunction = {
  path: 'app::main',
  linkageName: '_ZN3app4main17h0123456789abcdefE',
  source: 'src/main.rs:11',
  own: [{ start: at(0), size: 64n }],
  signature: {},
};
const parameter = (name: string | null, type: number) => ({ name, type, isArtificial: false });
const hello: FakeFunction = {
  path: 'app::hello',
  linkageName: '_ZN3app5hello17h0123456789abcdefE',
  source: 'src/main.rs:3',
  inlined: [{ start: at(8), into: 'app::main', at: 'src/main.rs:13:27' }],
  signature: { parameters: [parameter('i', 1), parameter(null, 11)], returns: 1 },
};

describe('a function that exists only inlined', () => {
  const { text, json } = shown([], [main, hello], ['app::hello']);

  test('as text', () => {
    expect(text.split('\n').slice(0, 6)).toEqual([
      'fn app::hello(i: i32, _: app::Shape) -> i32',
      '  declared at src/main.rs:3',
      '  no code of its own: inlined once; `#[inline(never)]` would give it some',
      '  a probe on app::main fires once for each call of that function, whatever happens inside; probe',
      '    the addresses below',
      `  0x${at(8).toString(16)}  16  inlined into app::main at src/main.rs:13:27`,
    ]);
  });

  test('as JSON: nothing that could be read as a claim about places', () => {
    expect(json.functions).toMatchObject([
      {
        name: 'app::hello',
        signature: 'fn app::hello(i: i32, _: app::Shape) -> i32',
        source: { file: 'src/main.rs', line: 3 },
        copies: [
          {
            kind: 'inlined',
            address: `0x${at(8).toString(16)}`,
            size: '16',
            raw: hello.linkageName,
            caller: 'app::main',
            call_site: { file: 'src/main.rs', line: 13, column: 27 },
            callers: [{ name: 'app::main', call_site: null }],
            args: [
              { name: 'i', type: 'i32', places: [], evidence: null },
              { name: null, type: 'app::Shape', places: [], evidence: null },
            ],
            ret: { type: 'i32', mode: null, places: [], evidence: null },
            at: null,
            probe: { address: `0x${at(8).toString(16)}`, returns: 'none', exits: 0, cheaper: null },
          },
        ],
      },
    ]);
  });

  test('its types: fields in the order of their offsets, variants with what means them', () => {
    const [, types = ''] = text.split('  types\n');
    expect(
      types
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
    ).toEqual([
      'app::Shape: enum, 16 bytes, align 8',
      '12  tag: u8',
      'Nothing if 0',
      'Dot if any other',
      '0  __0: app::Point',
      'app::Point: struct, 16 bytes, align 8',
      '0  x: i32',
      '8  y: u8',
    ]);
    expect(json.functions[0]?.['types']).toMatchObject([
      { name: 'i32', kind: 'base', size: '4', align: '4', encoding: 'signed' },
      {
        name: 'app::Shape',
        kind: 'enum',
        tag: { type: 'u8', offset: '12' },
        variants: [
          { name: 'Nothing', discriminants: [{ low: '0', high: '0' }], fields: [] },
          { name: 'Dot', discriminants: null, fields: [{ name: '__0', type: 'app::Point', offset: '0' }] },
        ],
      },
      { name: 'u8' },
      {
        name: 'app::Point',
        kind: 'struct',
        fields: [
          { name: 'y', offset: '8' },
          { name: 'x', offset: '0' },
        ],
      },
    ]);
  });
});

describe('what is not known is said, not left out', () => {
  test('nothing returned, and never returning', () => {
    const stop = { ...main, path: 'app::stop', linkageName: null, signature: { isNoReturn: true } };
    const { json } = shown([], [main, stop], ['app::main', 'app::stop']);
    expect(json.functions).toMatchObject([
      { signature: 'fn app::main()', copies: [{ args: [], ret: { type: '()', mode: 'none' } }] },
      { signature: 'fn app::stop() -> !', copies: [{ ret: { type: '!', mode: 'never' } }] },
    ]);
  });

  test.each([
    ['lines', 'line tables'],
    ['none', 'no debug info'],
  ] as const)('debug info: %s', (level, word) => {
    const functions = level === 'none' ? [] : [main];
    const symbols = [{ name: main.linkageName!, value: at(0), size: 16n }];
    const { json, text } = shown(symbols, functions, ['app::main'], {}, level);
    expect(json.functions).toMatchObject([{ signature: null, types: [], copies: [{ args: null, ret: null }] }]);
    expect(text).toContain(word);
    expect(text).toContain('debug = 2');
  });

  test('a convention that the optimiser changed, discarded code, code without a symbol', () => {
    const changed = { ...main, nocall: true };
    const gone = { path: 'app::gone', source: 'src/main.rs:20', signature: {} };
    expect(shown([], [changed, gone], ['app::main']).text).toMatch(/DW_CC_nocall[^:]*:[^:]*\n.*no symbol/);
    const { text, json } = shown([], [changed, gone], ['app::gone']);
    expect(text).toMatch(/^fn app::gone\(\)\n {2}declared .*\n {2}no code is left of it/);
    expect(json.functions).toMatchObject([{ copies: [], own: 0, inlined: 0 }]);
  });
});

test('constructors of C++ return nothing, however long their paths are', () => {
  const text = (path: string, asked = path): string => {
    const linkageName = '_ZN3app5PointC1Ev';
    const made: FakeFunction = { path, dwarfPath: path, linkageName, own: [{ start: at(0) }], signature: {} };
    return shown([], [made], [asked]).functions[0]?.signature?.text ?? '';
  };
  expect(text('app::Point::Point')).toBe('app::Point::Point(void)');
  expect(text('app::Point<a::B>::~Point')).toBe('app::Point<a::B>::~Point(void)');
  expect(text('app::Point::Pointed')).toBe('void app::Point::Pointed(void)');
  const long = `${'a<b>::'.repeat(30_000)}f`;
  expect(text(long, 'f')).toBe(`void ${long}(void)`);
});

describe('instances', () => {
  const gen = (type: string, id: number, offset: number): FakeFunction => ({
    path: 'app::gen',
    dwarfPath: `app::gen<${type}>`,
    linkageName: `_ZN3app3gen17h${id}123456789abcdefE`,
    own: [{ start: at(offset) }],
    signature: { parameters: [parameter('t', id)], generics: [{ name: 'T', type: id }] },
  });

  test('with signatures of their own', () => {
    const { text, json } = shown([], [gen('i32', 1, 0), gen('u8', 2, 16)], ['app::gen']);
    expect(text).toMatch(/^app::gen\n {2}its instances have different signatures/);
    expect(text).toContain('fn app::gen(t: i32) where T = i32');
    expect(text).toContain('fn app::gen(t: u8) where T = u8');
    expect(json.functions).toMatchObject([
      { signature: null, copies: [{ kind: 'instance', signature: 'fn app::gen(t: i32)' }, { kind: 'instance' }] },
    ]);
  });

  test('the limit counts copies', () => {
    const many = Array.from({ length: 60 }, (_, i) => ({ ...gen('i32', 1, i * 16), linkageName: `_ZN${i}` }));
    const { functions, text } = shown([], many, ['app::gen'], { limit: 50 });
    expect(functions[0]?.copies).toHaveLength(50);
    expect(text).toContain('10 more copies');
  });
});

describe('names of types', () => {
  const fn = (id: number, parameters: (number | null)[], returns: number | null): DebugType => ({
    id,
    name: '',
    kind: 'function',
    parameters,
    returns,
    size: null,
    align: null,
  });
  const array = (id: number, element: number, counts: (bigint | null)[]): DebugType => ({
    id,
    name: '',
    kind: 'array',
    element,
    counts,
    size: null,
    align: null,
  });
  const types = [
    ...all,
    qualifier(20, 'const', 3),
    pointer(21, 20),
    pointer(22, 3),
    qualifier(23, 'const', 22),
    fn(24, [1, 21], null),
    pointer(25, 24),
    array(26, 21, [4n]),
    array(27, 1, [2n, 3n]),
    pointer(28, 27),
    qualifier(29, 'typedef', 25, 'callback'),
    pointer(30, null),
    array(31, 25, [8n]),
    array(32, 2, [null]),
    pointer(33, 33),
  ];
  const { types: read } = fakeDebug([], types);

  test.each([
    [21, 'const char *s'],
    [23, 'char *const s'],
    [25, 'void (*s)(i32, const char *)'],
    [26, 'const char *s[4]'],
    [27, 'i32 s[2][3]'],
    [28, 'i32 (*s)[2][3]'],
    [29, 'callback s'],
    [30, 'void *s'],
    [31, 'void (*s[8])(i32, const char *)'],
  ])('in C: %i', (id, expected) => {
    expect(declarationOf(read!, id, 's')).toBe(expected);
  });

  test('in Rust', () => {
    expect(typeName(read!, 27, 'rust')).toBe('[[i32; 3]; 2]');
    expect(typeName(read!, 32, 'rust')).toBe('[u8; _]');
    expect(typeName(read!, 24, 'rust')).toMatch(/^fn\(i32, .*\)$/);
    expect(typeName(read!, null, 'rust')).toBe('()');
  });

  test('of functions with further arguments, and of pointers to members', () => {
    const variadic: DebugType = {
      ...fn(40, [1], null),
      kind: 'function',
      parameters: [1],
      returns: null,
      isVariadic: true,
    };
    const toMember: DebugType = { ...pointer(42, 1), kind: 'pointer', of: 'member', target: 1 };
    const { types: more } = fakeDebug([], [...types, variadic, pointer(41, 40), toMember]);
    expect(declarationOf(more!, 41, 's')).toBe('void (*s)(i32, ...)');
    expect(typeName(more!, 40, 'rust')).toBe('fn(i32, ...)');
    expect(typeName(more!, 42, 'c++')).toBe('i32 ::*');
    const c = (parameters: FakeFunction['signature']): string =>
      shown([], [{ path: 'odd', source: 'odd.c:1', own: [{ start: at(0) }], signature: parameters ?? {} }], ['odd'])
        .text;
    expect(c({ parameters: [parameter('fmt', 1)], returns: 1, isVariadic: true })).toMatch(
      /^i32 odd\(i32 fmt, \.\.\.\)\n/,
    );
    expect(c({ parameters: [parameter('fmt', 1)], returns: 1 })).toMatch(/^i32 odd\(i32 fmt\)\n/);
  });

  test('of functions whose parameters are functions are cut', () => {
    const doubled = Array.from({ length: 30 }, (_, i) => fn(500 + i, [501 + i, 501 + i], 501 + i));
    const { types: deep } = fakeDebug([], [...doubled, base(530, 'i32', 4n, 'signed')]);
    for (const language of ['rust', 'c', 'c++'] as const) {
      const name = typeName(deep!, 500, language);
      expect(name).toContain('…');
      expect(name.length).toBeLessThan(1 << 18);
    }
  });

  test('that never end are cut', () => {
    expect(typeName(read!, 33, 'rust').length).toBeLessThan(1000);
    expect(declarationOf(read!, 33, 's').length).toBeLessThan(1000);
  });
});

describe('types are bounded', () => {
  test('in depth', () => {
    const chain = Array.from({ length: 10 }, (_, i) => struct(100 + i, `T${i}`, [['next', 101 + i, 0n]]));
    const { types } = fakeDebug([], [...chain, struct(110, 'T10', [])]);
    const found = describeTypes(types!, [100], 'rust');
    expect(found.types.map(({ name }) => name)).toEqual(['T0', 'T1', 'T2', 'T3']);
    expect(found.cut).toMatch(/3 levels/);
  });

  test('in number', () => {
    const many = Array.from({ length: 200 }, (_, i) => struct(200 + i, `M${i}`, []));
    const whole = struct(
      100,
      'Whole',
      many.map(({ id }, i) => [`f${i}`, id, 0n]),
    );
    const { types } = fakeDebug([], [...many, whole]);
    const found = describeTypes(types!, [100], 'rust');
    expect(found.types).toHaveLength(64);
    expect(found.cut).toMatch(/64/);
  });

  test('in fields, which is said, as are those without a place', () => {
    const fields = (count: number): DebugType =>
      struct(
        100,
        'Wide',
        Array.from({ length: count }, (_, i) => [`f${i}`, 1, 0n]),
      );
    const found = (type: DebugType) => describeTypes(fakeDebug([], [i32, type]).types!, [100], 'rust');
    expect(found(fields(1024))).toMatchObject({ cut: null });
    const wide = found(fields(1500));
    expect(wide.types[0]?.fields).toHaveLength(1024);
    expect(wide.cut).toMatch(/only 1024 fields/);
    expect(found({ ...fields(1), kind: 'struct', unplaced: 1 } as DebugType).cut).toMatch(/base classes/);
  });

  test('cycles end', () => {
    const node = struct(100, 'Node', [['next', 101, 0n]]);
    const { types } = fakeDebug([], [node, pointer(101, 100, '&Node')]);
    expect(describeTypes(types!, [100], 'rust')).toMatchObject({
      types: [{ name: 'Node' }, { name: '&Node' }],
      cut: null,
    });
  });
});

describe('instances of one generic function with one name, as the legacy mangling leaves them', () => {
  const instance = (offset: number, dwarfPath: string, generics: { name: string; type: number }[]): FakeFunction => ({
    path: 'app::size',
    dwarfPath,
    linkageName: `_ZN3app4size17h0123456789abcd${offset.toString(16).padStart(2, '0')}E`,
    own: [{ start: at(offset) }],
    signature: { returns: 1, generics },
  });

  test('each shows its own arguments', () => {
    const functions = [
      instance(0, 'app::size<i32>', [{ name: 'T', type: 1 }]),
      instance(32, 'app::size<u8>', [{ name: 'T', type: 2 }]),
    ];
    const { functions: found, text } = shown([], functions, ['app::size']);
    expect(found.map(({ signature, notes }) => [signature, notes])).toEqual([
      [null, ['its instances have different signatures: each copy shows its own']],
    ]);
    expect(text.match(/where .*/g)).toEqual(['where T = i32', 'where T = u8']);
  });

  test('constants are in no signature: their DWARF paths tell them apart', () => {
    const { text } = shown([], [instance(0, 'app::size<4>', []), instance(32, 'app::size<9>', [])], ['app::size']);
    expect(text.match(/instance .*/g)).toEqual(['instance app::size<4>', 'instance app::size<9>']);
    expect(text).toMatch(/^fn app::size\(\) -> i32\n/);
  });

  test('a pack of C++ has no name to show', () => {
    const { text } = shown([], [instance(0, 'app::size<i32>', [{ name: '', type: 1 }])], ['app::size']);
    expect(text).toMatch(/^fn app::size\(\) -> i32\n/);
  });
});

test('a damaged declaration is a note on its function; the others are shown', () => {
  using folder = new Temporary();
  using image = openImage(folder.file('app', writeElf({ symbols: [] })));
  const odd: FakeFunction = { path: 'app::odd', own: [{ start: at(128) }], signature: {} };
  const debug = fakeDebug([main, odd], all);
  const types = {
    ...debug.types!,
    signature: (fn: DebugFunction) => {
      if (fn.path === 'app::odd')
        throw new RsymError('input', 'app cannot be read', { reason: 'a reference leads nowhere\x1b' });
      return debug.types!.signature(fn);
    },
  };
  const sources = { image, symbols: image.symbols(), debug: { ...debug, types } };
  const found = [...showFunctions(sources, ['app::main', 'app::odd'], null, {})];
  expect(found.map(({ name, signature, notes }) => [name, signature?.text, notes])).toEqual([
    ['app::main', 'fn app::main()', []],
    ['app::odd', undefined, [expect.stringMatching(/^its declaration is damaged: a reference leads nowhere[^\x1b]*$/)]],
  ]);
});

describe('clones of GCC', () => {
  const shownClone = (suffix: string, linkageName: string | null) =>
    shown(
      [{ name: `${linkageName ?? 'part'}${suffix}`, value: at(0), size: 16n, type: 'func' }],
      [
        {
          path: linkageName === null ? 'part' : 'part(int)',
          dwarfPath: 'part',
          linkageName,
          source: 'a.c:1',
          own: [{ start: at(0) }],
        },
      ],
      ['part'],
    ).functions;
  const changed = 'the compiler made a copy with changed parameters: ';

  test.each([
    ['.isra.0', null, [`${changed}part.isra.0`]],
    ['.constprop.1.isra.0', '_Z4parti', [`${changed}_Z4parti.constprop.1.isra.0`]],
    ['.part.0', '_Z4parti', ['only a part of the function: _Z4parti.part.0; the rest is inlined into its callers']],
    ['.lto_priv.0', '_Z4parti', []],
  ])('%s of %s is a copy of its function', (suffix, linkageName, notes) => {
    const found = shownClone(suffix, linkageName);
    expect(found.flatMap(({ copies }) => copies.map((copy) => [copy.hasSymbol, copy.aliases, copy.notes]))).toEqual([
      [true, [], notes],
    ]);
  });
});

test("a function's row, which holds the ids of all its copies, is read no more often for more copies", () => {
  const readsOf = (count: number): number => {
    using folder = new Temporary();
    using image = openImage(folder.file('app', writeElf({ symbols: [] })));
    const inlined = Array.from({ length: count }, () => ({ start: at(8), into: 'app::main' }));
    const debug = fakeDebug([main, { ...hello, inlined }], all);
    let reads = 0;
    const counted = {
      ...debug,
      function: (id: number) => {
        reads++;
        return debug.function(id);
      },
    };
    const sources = { image, symbols: image.symbols(), debug: counted };
    expect([...showFunctions(sources, ['app::hello'], null, {})][0]?.copies).toHaveLength(count);
    return reads;
  };
  expect(readsOf(50)).toBe(readsOf(2));
});

test('of several texts one that names nothing is an error beside the answers to the others', () => {
  using folder = new Temporary();
  using image = openImage(folder.file('app', writeElf({ symbols: [] })));
  const sources = { image, symbols: image.symbols(), debug: fakeDebug([main, hello], all) };
  const missing: RsymError[] = [];
  const found = [...showFunctions(sources, ['app::absent', 'app::main'], null, {}, missing)];
  expect(found.map(({ name }) => name)).toEqual(['app::main']);
  expect(missing.map(({ code, message }) => [code, message])).toEqual([
    ['not-found', expect.stringContaining('app::absent')],
  ]);
  expect(() => showFunctions(sources, ['app::absent', 'app::lost'], null, {})).toThrow('app::absent');
});
