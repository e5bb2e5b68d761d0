import { describe, expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import { openImage } from '../../src/elf/open.ts';
import { classify } from '../../src/elf/rust-type.ts';
import type { DebugSignature, DebugType, DebugTypes } from '../../src/elf/type-model.ts';
import { at, close, elfWith, form, leaf, open, tag, type UnitSpec, writeDwarf } from '../support/dwarf-writer.ts';
import { Temporary } from '../support/temporary.ts';

type Entries = UnitSpec['entries'];
type Attributes = NonNullable<Parameters<typeof leaf>[1]>;

// What the writer has no name for; DWARF 5, section 7.
const more = {
  bitSize: 0x0d,
  bitOffset: 0x0c,
  lowerBound: 0x22,
  discrValue: 0x16,
  discrList: 0x3d,
  declaration: 0x3c,
  dataBitOffset: 0x6b,
  constValue: 0x1c,
} as const;
const moreTags = { enumerationType: 0x04, enumerator: 0x28, volatileType: 0x35 } as const;
const data16 = 0x1e;

const languages = { rust: 0x1c, c: 0x0c, 'c++': 0x21, fortran: 0x0e } as const;
const named = (name: string): Attributes[number] => [at.name, form.string, name];
const typed = (label: string): Attributes[number] => [at.type, form.ref4, label];
const base = (name: string, size: number, encoding: number, label = name): Entries[number] =>
  leaf(tag.baseType, [named(name), [at.byteSize, form.data1, size], [at.encoding, form.data1, encoding]], label);
const [u8, i8, u32, u128] = [base('u8', 1, 7), base('i8', 1, 5), base('u32', 4, 7), base('u128', 16, 7)];
const member = (name: string, type: string, offset: number, rest: Attributes = []): Entries[number] =>
  leaf(tag.member, [named(name), typed(type), [at.dataMemberLocation, form.udata, offset], ...rest]);

const unit = (entries: Entries, language: keyof typeof languages = 'rust'): UnitSpec => ({
  entries: [
    open(tag.compileUnit, [named('a.rs'), [at.language, form.data2, languages[language]]]),
    open(tag.subprogram, [named('odd'), [at.lowPc, form.addr, 0x40_0100], [at.highPc, form.data4, 0x10]]),
    leaf(tag.formalParameter, [named('value'), typed('type')]),
    close,
    ...entries,
    close,
  ],
});

/** What is asked of the parameter of the function `odd`: the type labelled `type` of the first unit. */
const ask = <T>(
  units: readonly UnitSpec[],
  use: (types: DebugTypes, id: number, signature: DebugSignature) => T,
): T => {
  using folder = new Temporary();
  using image = openImage(folder.file('odd', elfWith(writeDwarf(units))));
  using info = openDebugInfo(image);
  const signature = info.types?.signature(info.function(0));
  const id = signature?.parameters[0]?.type;
  if (!info.types || !signature || id == null) throw new Error('no parameter');
  return use(info.types, id, signature);
};
const typeOf = (entries: Entries, language: keyof typeof languages = 'rust'): DebugType =>
  ask([unit(entries, language)], (types, id) => types.type(id));

/** An enum whose tag is of the type labelled `tagType`, with these variants' attributes. */
const tagged = (tagType: Entries, label: string, variants: readonly Attributes[]): Entries => [
  ...tagType,
  open(tag.structureType, [named('E'), [at.byteSize, form.data1, 32]], 'type'),
  open(tag.variantPart, [[at.discriminant, form.ref4, 'tag']]),
  leaf(tag.member, [typed(label), [at.dataMemberLocation, form.data1, 0]], 'tag'),
  ...variants.flatMap((attributes, index) => [
    open(tag.variant, attributes),
    leaf(tag.member, [named(`V${index}`), typed(label), [at.dataMemberLocation, form.data1, 0]]),
    close,
  ]),
  close,
  close,
];
const discriminants = (entries: Entries): unknown => {
  const type = typeOf(entries);
  return type.kind === 'struct' && type.variants?.of.map((variant) => variant.discriminants);
};
const exactly = (value: bigint): unknown => [{ low: value, high: value }];

describe('tag values', () => {
  test('are unsigned numbers of the size of the tag', () => {
    const values = tagged([i8], 'i8', [[[more.discrValue, form.sdata, -1]], [[more.discrValue, form.data1, 0x80]], []]);
    expect(discriminants(values)).toEqual([exactly(0xffn), exactly(0x80n), null]);
  });
  test('of a signed tag that is wider than the form keep the sign', () => {
    const values = (type: string): unknown =>
      discriminants(
        tagged([base('i64', 8, 5), base('u64', 8, 7)], type, [
          [[more.discrValue, form.data1, 0xff]],
          [[more.discrValue, form.data2, 0xfed4]],
          [[more.discrValue, form.data1, 3]],
        ]),
      );
    expect(values('i64')).toEqual([exactly((1n << 64n) - 1n), exactly((1n << 64n) - 300n), exactly(3n)]);
    expect(values('u64')).toEqual([exactly(0xffn), exactly(0xfed4n), exactly(3n)]);
  });
  test('of 128 bits, as data and as a block', () => {
    const bytes = Buffer.alloc(16, 0xff);
    bytes[0] = 0xfe;
    const values = tagged([u128], 'u128', [
      [[more.discrValue, data16, bytes]],
      [[more.discrValue, form.block1, Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1])]],
      [[more.discrValue, form.sdata, -1]],
    ]);
    expect(discriminants(values)).toEqual([exactly((1n << 128n) - 2n), exactly(1n << 64n), exactly((1n << 128n) - 1n)]);
  });
  test('in lists and ranges, signed as the tag is', () => {
    const list = (...bytes: number[]): Attributes => [[more.discrList, form.block1, Buffer.from(bytes)]];
    // Label 1, range 3 to 5; then range -2 to 1, which wraps around as an unsigned number.
    const values = tagged([i8], 'i8', [list(0, 1, 1, 3, 5), list(1, 0x7e, 1)]);
    expect(discriminants(values)).toEqual([
      [
        { low: 1n, high: 1n },
        { low: 3n, high: 5n },
      ],
      [
        { low: 0n, high: 1n },
        { low: 0xfen, high: 0xffn },
      ],
    ]);
    expect(discriminants(tagged([u8], 'u8', [list(0, 0xfe, 0x01)]))).toEqual([exactly(0xfen)]);
  });
  test('without a tag, and without variants', () => {
    const bare = (inside: Entries): Entries => [
      u8,
      open(tag.structureType, [named('E'), [at.byteSize, form.data1, 1]], 'type'),
      open(tag.variantPart),
      ...inside,
      close,
      close,
    ];
    const only = [open(tag.variant), leaf(tag.member, [named('Only'), typed('u8')]), close];
    const kind = (entries: Entries): unknown => ask([unit(entries)], classify);
    expect(kind(bare(only))).toMatchObject({ kind: 'enum', layout: 'single', tag: null, variants: [{ name: 'Only' }] });
    expect(kind(bare([]))).toMatchObject({ kind: 'enum', layout: 'uninhabited', variants: [] });
  });
  test('of a tag that is no member are refused', () => {
    const entries = tagged([u8], 'u8', []);
    expect(() =>
      typeOf(entries.map((entry) => (entry === entries[3] ? leaf(tag.baseType, [], 'tag') : entry))),
    ).toThrow(/an enum's tag is no member/);
  });
});

describe('members', () => {
  const struct = (members: Entries, size = 8): Entries => [
    u32,
    leaf(tag.typedef, [named('word'), typed('u32')], 'word'),
    open(tag.structureType, [named('S'), [at.byteSize, form.data1, size]], 'type'),
    ...members,
    close,
  ];
  const members = (entries: Entries): unknown => {
    const type = typeOf(entries, 'c');
    return type.kind === 'struct' && type.members.map(({ name, offset, bits }) => [name, offset, bits]);
  };
  test('bit fields by both attributes', () => {
    const entries = struct([
      leaf(tag.member, [
        named('new'),
        typed('u32'),
        [more.bitSize, form.data1, 5],
        [more.dataBitOffset, form.data1, 35],
      ]),
      // The storage unit is the member's DW_AT_byte_size, else its type: 32 bits, of which 3 are before the field.
      member('old', 'u32', 4, [
        [more.bitSize, form.data1, 5],
        [more.bitOffset, form.data1, 3],
        [at.byteSize, form.data1, 4],
      ]),
      member('bare', 'word', 4, [
        [more.bitSize, form.data1, 5],
        [more.bitOffset, form.data1, 3],
      ]),
      member('negative', 'u32', 0, [
        [more.bitSize, form.data1, 5],
        [more.bitOffset, form.sdata, -2],
      ]),
    ]);
    expect(members(entries)).toEqual([
      ['new', 4n, { offset: 35n, size: 5 }],
      ['old', 7n, { offset: 56n, size: 5 }],
      ['bare', 7n, { offset: 56n, size: 5 }],
      ['negative', 3n, { offset: 29n, size: 5 }],
    ]);
  });
  test('at offsets that are expressions; those that only the running program knows are left out', () => {
    const expression = (...bytes: number[]): Attributes[number] => [
      at.dataMemberLocation,
      form.exprloc,
      Buffer.from(bytes),
    ];
    const placed = (name: string, ...bytes: number[]): Entries[number] =>
      leaf(tag.member, [named(name), typed('u32'), expression(...bytes)]);
    const entries = struct([placed('sum', 0x23, 4), placed('virtual', 0x12, 0x06, 0x22), placed('cut', 0x23)]);
    expect(members(entries)).toEqual([['sum', 4n, null]]);
    expect(typeOf(entries, 'c')).toMatchObject({ unplaced: 2, align: null });
  });
  test('give a type of C its alignment only where they lie as it says', () => {
    expect(typeOf(struct([member('a', 'u32', 0), member('b', 'word', 4)]), 'c').align).toBe(4n);
    expect(typeOf(struct([member('a', 'u32', 1)], 5), 'c').align).toBe(null);
    expect(typeOf(struct([member('a', 'u32', 0)], 6), 'c').align).toBe(null);
  });
});

describe('arrays', () => {
  const array = (bounds: readonly Attributes[], rest: Attributes = []): Entries => [
    u32,
    open(tag.arrayType, [typed('u32'), ...rest], 'type'),
    ...bounds.map((attributes) => leaf(tag.subrangeType, attributes)),
    close,
  ];
  test.each<[string, Attributes[], (bigint | null)[], bigint | null]>([
    ['a count', [[[at.count, form.data1, 0]]], [0n], 0n],
    ['an upper bound', [[[at.upperBound, form.data1, 6]]], [7n], 28n],
    [
      'both bounds',
      [
        [
          [at.upperBound, form.sdata, 4],
          [more.lowerBound, form.sdata, -1],
        ],
      ],
      [6n],
      24n,
    ],
    ['the bound of an empty one', [[[at.upperBound, form.data8, (1n << 64n) - 1n]]], [0n], 0n],
    ['none', [[]], [null], null],
    ['an expression', [[[at.upperBound, form.exprloc, Buffer.from([0x97])]]], [null], null],
    ['several', [[[at.count, form.data1, 2]], [[at.upperBound, form.data1, 2]]], [2n, 3n], 24n],
    ['one known', [[[at.count, form.data1, 2]], []], [2n, null], null],
    [
      'absurd ones',
      Array.from({ length: 3 }, (): Attributes => [[at.count, form.data8, (1n << 64n) - 1n]]),
      Array(3).fill((1n << 64n) - 1n),
      4n * ((1n << 64n) - 1n) ** 3n,
    ],
  ])('with %s', (_, bounds, counts, size) => {
    expect(typeOf(array(bounds))).toMatchObject({ kind: 'array', counts, size });
  });
  test('begin where their language has them begin', () => {
    expect(
      ask([unit(array([[[at.upperBound, form.data1, 6]]]), 'fortran')], (types, id) => types.type(id)),
    ).toMatchObject({ counts: [6n] });
  });
});

describe('rings and chains', () => {
  test('end', () => {
    expect(typeOf([leaf(tag.typedef, [named('t'), typed('type')], 'type')])).toMatchObject({
      name: 't',
      size: null,
      align: null,
    });
    const volatileRing = [
      leaf(moreTags.volatileType, [typed('b')], 'type'),
      leaf(moreTags.volatileType, [typed('type')], 'b'),
    ];
    expect(typeOf(volatileRing, 'c').name.length).toBeLessThan(1000);
    expect(
      typeOf([open(tag.arrayType, [typed('type')], 'type'), leaf(tag.subrangeType, [[at.count, form.data1, 9]]), close])
        .size,
    ).toBe(null);
  });
  test('of many typedefs have no size, and pointers no endless name', () => {
    const chain = (what: number, rest: Attributes): Entries => [
      u32,
      ...Array.from({ length: 5000 }, (_, i) =>
        leaf(what, [...rest, typed(i === 4999 ? 'u32' : `t${i + 1}`)], i === 0 ? 'type' : `t${i}`),
      ),
    ];
    expect(typeOf(chain(tag.typedef, [named('t')]))).toMatchObject({ name: 't', size: null });
    expect(typeOf(chain(tag.pointerType, []), 'c').name.length).toBeLessThan(100);
  });
  describe('types that hold the next one twice', () => {
    const levels = 30;
    const label = (level: number): string => (level === 0 ? 'type' : `level${level}`);
    const doubled = (entries: (level: number, next: string) => Entries): Entries => [
      u8,
      ...Array.from({ length: levels }, (_, level) =>
        entries(level, level === levels - 1 ? 'u8' : label(level + 1)),
      ).flat(),
    ];
    const size = (level: number): number => 2 ** (levels - level);
    test('as members have an alignment', () => {
      const structs = doubled((level, next) => [
        open(tag.structureType, [named(`S${level}`), [at.byteSize, form.data4, size(level)]], label(level)),
        member('a', next, 0),
        member('b', next, size(level + 1)),
        close,
      ]);
      expect(typeOf(structs, 'c')).toMatchObject({ size: BigInt(size(0)), align: 1n });
      expect(ask([unit(structs)], (types, id) => classify(types, id).kind)).toBe('struct');
    });
    test('in what may be a pointer of the library', () => {
      // Wide, since the search for the pointer ends at few levels.
      const structs = doubled((level, next) => [
        open(tag.structureType, [named(`alloc::rc::Rc<u${level}>`), [at.byteSize, form.data4, 200]], label(level)),
        ...Array.from({ length: 200 }, (_, i) => member(`f${i}`, next, i)),
        close,
      ]);
      expect(ask([unit(structs)], (types, id) => classify(types, id).kind)).toBe('struct');
    });
    test.each(['c', 'c++', 'rust'] as const)('as parameters have a name that ends: %s', (language) => {
      const subroutine = 0x15;
      const functions = doubled((level, next) => [
        open(subroutine, [typed(next)], label(level)),
        leaf(tag.formalParameter, [typed(next)]),
        leaf(tag.formalParameter, [typed(next)]),
        close,
      ]);
      const { name } = typeOf(functions, language);
      expect(name).toContain('…');
      expect(name.length).toBeLessThan(1 << 18);
    });
  });
  test('a struct that holds itself is taken to have values', () => {
    const entries = [
      open(tag.structureType, [named('S'), [at.byteSize, form.data1, 8]], 'type'),
      member('again', 'type', 0),
      close,
    ];
    const option = tagged(entries, 'type', [[]]);
    expect(
      ask([unit(option.map((entry) => entry))], (types) => types.find('E').map((id) => classify(types, id).kind)),
    ).toEqual(['enum']);
  });
  test('an abbreviation of many attributes that take no room is bounded', () => {
    const wide = Array.from({ length: 400 }, (): Attributes[number] => [at.external, form.flagPresent]);
    const entries = [
      u32,
      open(tag.structureType, [named('S')], 'type'),
      ...Array.from({ length: 50 }, () => leaf(tag.member, wide)),
      close,
    ];
    expect(() => typeOf(entries)).toThrow(/more attributes than its size allows/);
  });
});

describe('references', () => {
  test('to nothing are refused when they are followed', () => {
    for (const [attributeForm, value] of [
      [form.ref4, Buffer.from([0xff, 0xff, 0, 0])],
      [form.refAddr, Buffer.from([0xff, 0xff, 0xff, 0x7f])],
      [form.refSig8, 5],
      [form.refUdata, Buffer.from([1])],
    ] as const) {
      const entries = [leaf(tag.pointerType, [[at.type, attributeForm, value]], 'type')];
      ask([unit(entries)], (types, id) => {
        const pointer = types.type(id);
        if (pointer.kind !== 'pointer' || pointer.target === null) throw new Error('no target');
        expect(pointer.name).toBe('*mut ?');
        const { target } = pointer;
        expect(() => types.type(target)).toThrow(RsymError);
      });
    }
  });
  test('lead across units, and to the type of a type unit', () => {
    const other: UnitSpec = {
      entries: [open(tag.compileUnit, [[at.language, form.data2, languages.c]]), base('far', 4, 7), close],
    };
    const entries = [leaf(tag.pointerType, [[at.type, form.refAddr, 'far']], 'type')];
    ask([unit(entries, 'c'), other], (types, id) => {
      expect(types.type(id).name).toBe('far *');
      expect(types.find('far').map((far) => types.type(far).size)).toEqual([4n]);
    });
  });
});

describe('declarations', () => {
  const declared = leaf(tag.structureType, [named('S'), [more.declaration, form.flagPresent]], 'type');
  const defined = (size: number, label: string): Entries[number] =>
    leaf(tag.structureType, [named('S'), [at.byteSize, form.data1, size]], label);
  const elsewhere = (size: number, label: string): UnitSpec => ({
    entries: [open(tag.compileUnit, [[at.language, form.data2, languages.c]]), defined(size, label), close],
  });
  const sizes = (units: readonly UnitSpec[]): unknown => ask(units, (types, id) => types.type(id).size);
  test('of C are answered with the definition elsewhere, unless there are different ones', () => {
    expect(sizes([unit([declared], 'c'), elsewhere(4, 'a')])).toBe(4n);
    expect(sizes([unit([declared], 'c'), elsewhere(4, 'a'), elsewhere(4, 'b')])).toBe(4n);
    expect(sizes([unit([declared], 'c'), elsewhere(4, 'a'), elsewhere(8, 'b')])).toBe(null);
    expect(sizes([unit([declared], 'rust'), elsewhere(4, 'a')])).toBe(null);
  });
  test('are told after definitions', () => {
    ask([unit([declared], 'c'), elsewhere(4, 'a')], (types) => {
      expect(types.find('struct S')).toHaveLength(2);
      expect(types.find('union S')).toEqual([]);
      expect(types.find('')).toEqual([]);
    });
  });
});

test('enumerators keep their sign, whatever form they are written in', () => {
  const enumeration = (type: string): Entries => [
    i8,
    u8,
    open(moreTags.enumerationType, [named('C'), typed(type), [at.byteSize, form.data1, 1]], 'type'),
    ...[
      [form.sdata, -3],
      [form.data1, 200],
      [form.udata, 100],
    ].map(([f = 0, value = 0]) => leaf(moreTags.enumerator, [named(`v${value}`), [more.constValue, f, value]])),
    close,
  ];
  const values = (type: string): unknown => {
    const found = typeOf(enumeration(type));
    return found.kind === 'enumeration' && found.enumerators.map(({ value }) => value);
  };
  expect(values('i8')).toEqual([-3n, -56n, 100n]);
  expect(values('u8')).toEqual([-3n, 200n, 100n]);
});

test('names around a type are those of its scopes', () => {
  const entries = [
    u8,
    open(tag.namespace, [named('outer')]),
    leaf(tag.structureType, [named('First')]),
    open(tag.namespace, [named('inner')]),
    open(tag.structureType, [named('Deep<u8>')]),
    leaf(tag.structureType, [named('Nested'), [at.byteSize, form.data1, 1]], 'type'),
    close,
    close,
    leaf(tag.structureType, [named('Last')], 'last'),
    close,
    leaf(tag.structureType, [named('Top')]),
  ];
  ask([unit(entries)], (types, id) => {
    const names = (name: string): string[] => types.find(name).map((found) => types.type(found).name);
    expect(types.type(id).name).toBe('outer::inner::Deep<u8>::Nested');
    expect(['First', 'Last', 'Top', 'Deep', 'inner::Deep<u8>', 'Nested', 'inner::Last'].map(names)).toEqual([
      ['outer::First'],
      ['outer::Last'],
      ['Top'],
      ['outer::inner::Deep<u8>'],
      ['outer::inner::Deep<u8>'],
      ['outer::inner::Deep<u8>::Nested'],
      [],
    ]);
  });
});
