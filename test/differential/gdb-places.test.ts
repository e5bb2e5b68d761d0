import { expect, test } from 'vitest';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import { openImage } from '../../src/elf/open.ts';
import { program } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { chooseCopies } from './gdb/chosen.ts';
import { classOf } from './gdb/classes.ts';
import { cutParts } from './gdb/parts.ts';
import { comparePlaces } from './gdb/places.ts';
import type { ShownPlace } from './gdb/shown.ts';
import { readTold } from './gdb/told.ts';
import { seeded } from './seeded.ts';

describeNeeding(['gdb'], 'places of parameters where gdb sees them', () => {
  test.each([
    'abi-changed/level-1',
    'abi-changed/level-2',
    'abi-changed/level-s',
    'abi-seven/release',
    'inlined/release',
  ])(
    '%s',
    (key) => {
      const file = fixture(key);
      using image = openImage(file);
      using info = openDebugInfo(image);
      const { copies } = comparePlaces(program, file, info, chooseCopies(info, 150, seeded(4)));
      const places = copies.flatMap((copy) =>
        copy.args.flatMap((argument) => argument.parts.map((part) => ({ copy, argument, part }))),
      );
      const wrong = places.filter((one) => one.part.own.kind !== 'gone' && (classOf(one)?.right ?? 'gdb') === 'gdb');
      const texts = wrong.map(({ copy, argument, part }) => [copy.function, argument.shown.name, part]);
      expect(texts).toEqual([]);
      expect(places.filter((one) => classOf(one)?.title === 'the same register or memory').length).toBeGreaterThan(10);
    },
    120_000,
  );
});

const place: ShownPlace = {
  kind: 'register',
  reg: 'rdi',
  base: null,
  offset: null,
  deref: false,
  value_offset: 0,
  size: 8,
  evidence: 'verified',
};
const frame = { base: 'rsp', offset: 0n };
const toldAt = (text: string, at: bigint): string =>
  cutParts([], readTold(text, at, 0n, frame), 16)
    .map(({ from, gdb }) => `${from} ${gdb.text}`)
    .join(', ');

test('gdb’s words are read as places', () => {
  const list =
    'multi-location:\n' +
    '  Base address 0x100  Range 0x100-0x110: a variable in $rdx [8-byte piece], and a variable in $rcx [8-byte piece]\n' +
    '  Range 0x110-0x120: a complex DWARF expression:\n     0: DW_OP_breg7 328 [$rsp]\n    [8-byte piece], and an empty 8-byte piece\n' +
    '  Range 0x120-0x130: a complex DWARF expression:\n     0: DW_OP_GNU_entry_value\n       2: DW_OP_reg5 [$rdi]\n     4: DW_OP_stack_value\n\n' +
    ', length 16.\n';
  expect(toldAt(list, 0x100n)).toBe('0 rdx, 8 rcx');
  expect(toldAt(list, 0x11fn)).toBe('0 [rsp+328], 8 nowhere');
  expect(toldAt(list, 0x120n)).toBe('0 what rdi held at entry');
  expect(toldAt(list, 0x130n)).toBe('0 nowhere');
  expect(toldAt('a variable at frame base reg $rsp offset 0+16, length 16.\n', 0n)).toBe('0 [rsp+16]');
  expect(toldAt('the constant 258, length 16.\n', 0n)).toBe('0 constant 02010000000000000000000000000000');
  expect(toldAt('optimized out.\n', 0n)).toBe('0 nowhere');
  const bit =
    'a complex DWARF expression:\n     0: DW_OP_breg4 0 [$rsi]\n     2: DW_OP_constu 4294967295\n     8: DW_OP_and\n     9: DW_OP_constu 1\n    11: DW_OP_and\n    12: DW_OP_stack_value\n, length 1.\n';
  expect(readTold(bit, 0n, 0n, frame).pieces).toMatchObject([{ place: { kind: 'bit', of: { reg: 'rsi' } } }]);
});

test('a place in another register is not the same', () => {
  const parts = cutParts([place], readTold('a variable in $rsi, length 8.\n', 0n, 0n, frame), 8);
  expect(parts).toEqual([{ from: 0, to: 8, own: { kind: 'place', text: 'rdi' }, gdb: { kind: 'place', text: 'rsi' } }]);
});
