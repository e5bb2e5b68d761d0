import { describe, expect, test } from 'vitest';
import type { DebugVariable } from '../../src/elf/variable-model.ts';
import { at, close, form, leaf, open, sleb, tag, type UnitSpec, u16, u32, u64, uleb } from '../support/dwarf-writer.ts';
import { operationsText } from '../support/expression-text.ts';
import { code, listed, located, named, oddUnit, origin, scopeIn, shortly } from '../support/odd-dwarf/scopes.ts';
import { type Attributes, type Entries, int, oddAttributes, text, top } from '../support/odd-dwarf/unit.ts';

const fbreg = 0x91;
const register = (number: number): number => 0x50 + number;
const parameter = (attributes: Attributes, label?: string): Entries[number] =>
  leaf(tag.formalParameter, attributes, label);
const variable = (attributes: Attributes, label?: string): Entries[number] => leaf(tag.variable, attributes, label);
const inlined: Attributes[number] = [at.inline, form.data1, 1];

describe('lists of locations', () => {
  const base = 0xffff_ffff_ffff_ffffn;
  const entry = (start: number | bigint, end: number | bigint, ...operations: number[]): Buffer =>
    Buffer.concat([u64(start), u64(end), u16(operations.length), Buffer.from(operations)]);
  const end = Buffer.alloc(16);

  test('of version 4, from the base of the unit and from others', () => {
    const loc = Buffer.concat([
      entry(0, 4, register(5)),
      Buffer.concat([u64(base), u64(text + 8)]),
      entry(0, 2, register(0)),
      // Nowhere at all, and code that was discarded.
      entry(2, 2, register(1)),
      Buffer.concat([u64(base), u64(0)]),
      entry(1, 4, register(2)),
      entry(text + 12, text + 13, register(3)),
      end,
    ]);
    const unit = oddUnit([parameter([named('a'), listed(0)])], [], { root: [[at.lowPc, form.addr, text]] });
    expect(shortly(scopeIn([unit], { loc }))).toEqual(['a: [0-4: reg5][8-10: reg0][12-13: reg3]']);
  });

  // DWARF 5, 7.7.3.
  const kinds = (...parts: readonly (number | Buffer)[]): Buffer =>
    Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part)));
  const described = (...operations: number[]): Buffer =>
    Buffer.concat([uleb(operations.length), Buffer.from(operations)]);
  const header = (body: Buffer, ...fields: Buffer[]): Buffer => {
    const rest = Buffer.concat([u16(5), Buffer.from([8, 0]), ...fields, body]);
    return Buffer.concat([u32(rest.length), rest]);
  };
  const five = (children: Entries, list: Buffer): readonly [UnitSpec[], Record<string, Buffer>] => {
    const addresses = [text + 2, text + 6, text + 0x40];
    const own: Attributes = [...oddAttributes, [at.frameBase, form.exprloc, Buffer.from([0x9c])]];
    const root: Attributes = [
      [at.lowPc, form.addr, text],
      [at.loclistsBase, form.secOffset, 12],
      [at.addrBase, form.secOffset, 8],
    ];
    const sections = {
      loclists: header(Buffer.concat([u32(4), list]), u32(1)),
      addr: header(Buffer.concat(addresses.map((address) => u64(address)))),
    };
    return [[oddUnit(children, [], { own, root, version: 5 })], sections];
  };

  test('of version 5, each kind of entry', () => {
    const list = kinds(
      ...[4, uleb(0), uleb(2), described(register(0))],
      ...[2, uleb(0), uleb(1), described(register(1))],
      ...[3, uleb(1), uleb(2), described(register(2))],
      ...[7, u64(text + 8), u64(text + 9), described(register(3))],
      ...[8, u64(text + 9), uleb(1), described(register(4))],
      ...[1, uleb(2)],
      ...[4, uleb(0), uleb(1), described(register(5))],
      ...[6, u64(text + 0x50)],
      ...[4, uleb(0), uleb(1), described(0xa1, 1)],
      0,
    );
    const [units, sections] = five([parameter([named('a'), [at.location, form.loclistx, 0]])], list);
    const scope = scopeIn(units, sections);
    expect(shortly(scope)).toEqual([
      `a: [0-2: reg0][2-6: reg1][6-8: reg2][8-9: reg3][9-10: reg4][64-65: reg5][80-81: addr ${text + 6}]`,
    ]);
    expect(scope.frameBase.map(({ range, operations }) => [range, operationsText(operations)])).toEqual([
      [null, 'frame-address'],
    ]);
  });

  test('a default location holds wherever no other does', () => {
    const list = kinds(
      ...[5, described(register(9))],
      ...[4, uleb(4), uleb(6), described(register(0))],
      ...[4, uleb(2), uleb(5), described(register(1))],
      0,
    );
    const [units, sections] = five([parameter([named('a'), listed(12 + 4)])], list);
    expect(shortly(scopeIn(units, sections))).toEqual([`a: [4-6: reg0][2-5: reg1][${-text}-2: reg9][6-: reg9]`]);
  });
});

describe('expressions', () => {
  const of = (...bytes: readonly (number | Buffer)[]): string => {
    const expression = Buffer.concat(bytes.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part)));
    const [found] = scopeIn([oddUnit([variable([named('v'), [at.location, form.exprloc, expression]])])]).variables;
    return operationsText(found?.locations[0]?.operations ?? []);
  };
  test.each([
    ['nothing', [], ''],
    ['a register of a large number', [0x90, uleb(300)], 'reg300'],
    ['a register and an offset', [0x92, uleb(40), sleb(-70)], 'breg40 -70'],
    [
      'numbers',
      [0x08, 255, 0x09, 255, 0x30, 0x4f, 0x10, uleb(1n << 63n), 0x11, sleb(-5)],
      `const 255, const ${(1n << 64n) - 1n}, const 0, const 31, const ${1n << 63n}, const ${(1n << 64n) - 5n}`,
    ],
    ['memory', [0x91, sleb(-8), 0x06, 0x94, 2, 0x23, uleb(70000)], 'fbreg -8, deref 8, deref 2, plus 70000'],
    [
      'arithmetic',
      [0x1a, 0x1c, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27],
      'and, minus, mul, neg, not, or, plus, shl, shr, shra, xor',
    ],
    ['pieces', [0x50, 0x93, 4, 0x93, 4, 0x51, 0x9d, 5, 3], 'reg0, piece 32 null, piece 32 null, reg1, piece 5 3'],
    ['values', [0x9e, 2, 7, 8, 0x31, 0x9f], 'implicit 0708, const 1, stack-value'],
    ['what was at entry', [0xa3, 1, 0x55, 0x9f, 0xf3, 2, 0x75, 0x08], 'entry(reg5), stack-value, entry(breg5 8)'],
    [
      'other operations',
      [0x12, 0x1b, 0x97, 0xe5, 0x9b],
      'other DW_OP_dup, other DW_OP_div, other DW_OP_push_object_address, other DW_OP 0xe5',
    ],
    ['typed ones', [0xa5, 5, uleb(30), 0xa6, 4, uleb(30)], 'other DW_OP_regval_type, other DW_OP_deref_type'],
  ] as const)('%s', (_, bytes, expected) => {
    expect(of(...bytes)).toBe(expected);
  });
  test('entry values in each other are followed so far', () => {
    const nested = (depth: number): Buffer =>
      depth === 0
        ? Buffer.from([0x55])
        : Buffer.concat([Buffer.from([0xa3]), uleb(nested(depth - 1).length), nested(depth - 1)]);
    expect(of(nested(4))).toBe('entry(entry(entry(entry(reg5))))');
    expect(of(nested(9))).toBe('entry(entry(entry(entry(other DW_OP_entry_value))))');
  });
});

test('constants have the size of their form', () => {
  const of = (...[formOf, value]: [number, number | bigint | string | Buffer]): string => {
    const [found] = scopeIn([oddUnit([variable([named('v'), [at.constValue, formOf, value]])])]).variables;
    return Buffer.from(found?.constant ?? []).toString('hex');
  };
  expect(of(form.data1, 0x80)).toBe('80');
  expect(of(form.data2, 0x1234)).toBe('3412');
  expect(of(form.data4, 0x1234)).toBe('34120000');
  expect(of(form.data8, 1)).toBe('0100000000000000');
  expect(of(form.sdata, -2)).toBe('feffffffffffffff');
  expect(of(form.udata, (1n << 64n) - 1n)).toBe('ffffffffffffffff');
  expect(of(form.block1, Buffer.from([1, 2, 3]))).toBe('010203');
  expect(of(form.string, 'ab')).toBe('616200');
  expect(of(form.addr, text)).toBe('0001400000000000');
});

const briefly = ({ name, isParameter, isArtificial, line, block, locations }: DebugVariable): string =>
  [
    isParameter ? 'parameter' : 'variable',
    isArtificial ? `[${name}]` : name,
    ...(line === null ? [] : [`line ${line}`]),
    ...locations.map(({ operations }) => operationsText(operations)),
    ...(block ? [`in ${block.map(({ start, end }) => `${start - BigInt(text)}-${end - BigInt(text)}`).join()}`] : []),
  ].join(' ');

describe('what a copy is an instance of', () => {
  const abstract = [
    int,
    open(
      tag.subprogram,
      [named('odd'), [at.external, form.flagPresent], [at.callingConvention, form.data1, 3], inlined],
      'odd',
    ),
    parameter([named('self'), [at.artificial, form.flagPresent], [at.type, form.ref4, 'type']], 'self'),
    parameter([named('b'), [at.declLine, form.data1, 7]], 'b'),
    parameter([named('c'), located(register(1))], 'c'),
    variable([named('v')], 'v'),
    variable([named('fixed'), [at.location, form.exprloc, Buffer.concat([Buffer.from([3]), u64(text)])]], 'fixed'),
    variable([named('dropped')]),
    close,
  ];
  const own: Attributes = [origin('odd'), ...code(text, 0x10)];

  test('says what its entries leave out, in its order; its own places are not theirs', () => {
    const children = [
      variable([origin('v'), located(fbreg, 0)]),
      parameter([origin('c'), located(register(2))]),
      parameter([named('made up'), located(register(4))]),
      variable([origin('fixed')]),
      parameter([origin('self'), located(register(3))]),
    ];
    const scope = scopeIn([oddUnit(children, abstract, { own })]);
    expect(scope.variables.map(briefly)).toEqual([
      'parameter [self] reg3',
      'parameter b line 7',
      'parameter c reg2',
      'parameter made up reg4',
      'variable v fbreg 0',
      `variable fixed addr ${text}`,
    ]);
    expect(scope.variables[0]?.type).toBeGreaterThan(0);
    expect(scope).toMatchObject({ isExternal: true, isConventionChanged: true, producer: 'by hand', language: 'rust' });
  });

  test('may lack places for all, and say the same of an inlined copy, whose frame is that around it', () => {
    const inner = [
      open(tag.inlinedSubroutine, [origin('odd'), ...code(text + 4, 4)]),
      parameter([origin('b'), located(fbreg, 8)]),
      close,
    ];
    const frame: Attributes[number] = [at.frameBase, form.exprloc, Buffer.from([register(7)])];
    const unit = oddUnit([parameter([named('own')]), ...inner], abstract, { own: [...oddAttributes, frame] });
    const scope = scopeIn([unit]);
    expect(scope.variables.map(briefly)).toEqual(['parameter own']);
    expect(scope).toMatchObject({ isExternal: false, isConventionChanged: false });
    const second = scopeIn([
      {
        entries: [
          top(),
          ...abstract,
          open(tag.subprogram, [named('dead'), frame]),
          close,
          open(tag.subprogram, [...own, frame]),
          close,
          close,
        ],
      },
    ]);
    expect(second.variables.map(briefly)).toEqual(['parameter [self]', 'parameter b line 7', 'parameter c']);
    expect(second.frameBase).toEqual([{ range: null, operations: [{ op: 'register', register: 7 }] }]);
  });

  test('may be in another unit', () => {
    const there = [at.abstractOrigin, form.refAddr, 'odd'] as const;
    const here = oddUnit([parameter([[at.abstractOrigin, form.refAddr, 'c'], located(register(2))])], [], {
      own: [there, ...code(text, 0x10)],
    });
    const scope = scopeIn([here, { entries: [top(), ...abstract, close] }]);
    expect(scope.variables.map(briefly)).toEqual(['parameter [self]', 'parameter b line 7', 'parameter c reg2']);
  });
});

test('blocks say where their variables are; those without addresses nothing, those of discarded code nowhere', () => {
  const children = [
    variable([named('outside')]),
    open(tag.lexicalBlock, code(text + 2, 8)),
    open(tag.lexicalBlock, [named('transparent')]),
    variable([named('inside')]),
    close,
    open(tag.lexicalBlock, code(text + 4, 2)),
    variable([named('innermost')]),
    close,
    open(tag.inlinedSubroutine, code(text + 4, 2)),
    parameter([named('of another')]),
    open(tag.lexicalBlock, code(text + 4, 1)),
    variable([named('of another')]),
    close,
    close,
    variable([named('behind')]),
    close,
    open(tag.lexicalBlock, code(0, 8)),
    variable([named('discarded')]),
    close,
    open(tag.subprogram, [named('nested')]),
    variable([named('of another')]),
    close,
    variable([named('declared'), [at.declaration, form.flagPresent]]),
    parameter([named('p')]),
  ];
  expect(scopeIn([oddUnit(children)]).variables.map(briefly)).toEqual([
    'parameter p',
    'variable outside',
    'variable inside in 2-10',
    'variable innermost in 4-6',
    'variable behind in 2-10',
    'variable discarded in ',
  ]);
});

test('what is damaged is refused, and the file named', () => {
  expect(() => scopeIn([oddUnit([variable([origin('v')], 'v')])])).toThrow(
    /odd: .*its debug info is damaged: the origins of an entry have no end/,
  );
  expect(() => scopeIn([oddUnit([variable([listed(0)])])])).toThrow(/odd: .*a list of locations is not there/);
});
