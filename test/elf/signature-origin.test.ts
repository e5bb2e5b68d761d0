import { expect, test } from 'vitest';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import { openImage } from '../../src/elf/open.ts';
import { at, close, elfWith, form, leaf, open, tag, type UnitSpec, writeDwarf } from '../support/dwarf-writer.ts';
import { Temporary } from '../support/temporary.ts';

type Entries = UnitSpec['entries'];
type Attributes = NonNullable<Parameters<typeof leaf>[1]>;

const artificial = 0x34;
const named = (name: string): Attributes[number] => [at.name, form.string, name];
const typed = (label: string): Attributes[number] => [at.type, form.ref4, label];
const from = (label: string): Attributes[number] => [at.abstractOrigin, form.ref4, label];
const parameter = (attributes: Attributes, label?: string): Entries[number] =>
  leaf(tag.formalParameter, attributes, label);
const base = (name: string): Entries[number] =>
  leaf(tag.baseType, [named(name), [at.byteSize, form.data1, 4], [at.encoding, form.data1, 5]], name);
const code: Attributes = [
  [at.lowPc, form.addr, 0x40_0100],
  [at.highPc, form.data4, 0x10],
];
const inlined: Attributes[number] = [at.inline, form.data1, 1];

/** Parameters of the only function, as `name: type`, artificial ones in brackets. */
const parameters = (entries: Entries): string[] => {
  const head = open(tag.compileUnit, [named('a.c'), [at.language, form.data2, 0x21]]);
  using folder = new Temporary();
  using image = openImage(
    folder.file('clones', elfWith(writeDwarf([{ entries: [head, base('int'), base('long'), ...entries, close] }]))),
  );
  using info = openDebugInfo(image);
  const { types } = info;
  const signature = types?.signature(info.function(0));
  if (!types || !signature) throw new Error('no signature');
  return signature.parameters.map(({ name, type, isArtificial }) => {
    const text = `${name}: ${type === null ? '?' : types.type(type).name}`;
    return isArtificial ? `[${text}]` : text;
  });
};

test('a clone has the parameters of its origin, in their order', () => {
  const clone = [
    open(tag.subprogram, [named('drop'), inlined], 'drop'),
    parameter([named('unused'), typed('long')], 'unused'),
    parameter([named('b'), typed('int')], 'b'),
    parameter([named('c'), typed('int')], 'c'),
    close,
    open(tag.subprogram, [from('drop'), ...code]),
    parameter([from('b')]),
    parameter([from('c')]),
    parameter([from('unused')]),
    close,
  ];
  expect(parameters(clone)).toEqual(['unused: long', 'b: int', 'c: int']);
});

test('a member function keeps what its clone dropped, and `this` wherever it stands', () => {
  const clone = [
    open(tag.subprogram, [named('m'), inlined], 'm'),
    parameter([named('this'), typed('long'), [artificial, form.flagPresent, 1]], 'this'),
    parameter([named('u'), typed('int')], 'u'),
    parameter([named('v'), typed('int')], 'v'),
    close,
    open(tag.subprogram, [from('m'), ...code]),
    parameter([from('u')]),
    parameter([from('this')]),
    close,
  ];
  expect(parameters(clone)).toEqual(['[this: long]', 'u: int', 'v: int']);
});

test('a type that only the copy tells goes to the parameter it is a copy of', () => {
  const copy = [
    open(tag.subprogram, [named('f'), inlined], 'f'),
    parameter([named('a')], 'a'),
    parameter([named('b')], 'b'),
    close,
    open(tag.subprogram, [from('f'), ...code]),
    parameter([from('b'), typed('int')]),
    parameter([from('a'), typed('long')]),
    close,
  ];
  expect(parameters(copy)).toEqual(['a: long', 'b: int']);
});

test('an origin without parameters leaves those of the copy', () => {
  const copy = [
    open(tag.subprogram, [named('f'), inlined], 'f'),
    close,
    open(tag.subprogram, [from('f'), ...code]),
    parameter([named('a'), typed('int')]),
    close,
  ];
  expect(parameters(copy)).toEqual(['a: int']);
});

test('the declaration tells those that the origin lacks; names stay where types leave no choice', () => {
  const origin = (declared: readonly string[]): Entries => [
    open(tag.subprogram, [named('f')], 'declared'),
    ...declared.map((type) => parameter([typed(type)])),
    close,
    open(tag.subprogram, [[at.specification, form.ref4, 'declared'], inlined], 'f'),
    parameter([named('self'), typed('long')], 'self'),
    close,
    open(tag.subprogram, [from('f'), ...code]),
    parameter([from('self')]),
    close,
  ];
  expect(parameters(origin(['long', 'int']))).toEqual(['self: long', 'null: int']);
  expect(parameters(origin(['int', 'long']))).toEqual(['null: int', 'self: long']);
  expect(parameters(origin(['long', 'long']))).toEqual(['null: long', 'null: long']);
});
