import { describe, expect, test } from 'vitest';
import { type Address, address } from '../../src/base/units.ts';
import { findReferences, type ReferenceOptions } from '../../src/code/references.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { at, bytesOf } from './assembled.ts';
import { readElfFile } from './elf-file.ts';

/** `taken 1000` of all references to 0x2000 in code at 0x1000. */
const referencesIn = (hex: string, options?: ReferenceOptions): string[] => {
  const found = findReferences([{ start: at(0x1000), bytes: bytesOf(hex) }], [at(0x2000), at(0x123456)], options);
  const { taken, calls, jumps } = found.get(at(0x2000)) ?? { taken: [], calls: [], jumps: [] };
  const named = Object.entries({ taken, calls, jumps });
  return named.flatMap(([kind, places]) => places.map((place) => `${kind} ${place.toString(16)}`));
};

const startBefore = (): Address => at(0x1000);

describe('references to 0x2000', () => {
  test.each([
    ['call .+0x1000', 'e8 fb 0f 00 00', ['calls 1000']],
    ['nop; jmp .+0xfff', '90 e9 fa 0f 00 00', ['jumps 1001']],
    ['je .+0x1000', '0f 84 fa 0f 00 00', ['jumps 1000']],
    ['lea rdi, [rip+0xff9]', '48 8d 3d f9 0f 00 00', ['taken 1000']],
    ['lea r9, [rip+0xff9]', '4c 8d 0d f9 0f 00 00', ['taken 1000']],
    ['lea edi, [rip+0xffa]', '8d 3d fa 0f 00 00', []],
    ['mov rdi, [rip+0xff9]', '48 8b 3d f9 0f 00 00', []],
    ['call [rip+0xffa]', 'ff 15 fa 0f 00 00', []],
    ['mov edi, 0x2000', 'bf 00 20 00 00', []],
    ['call .+0x1001', 'e8 fc 0f 00 00', []],
  ])('%s', (_, hex, expected) => {
    expect(referencesIn(hex)).toEqual(expected);
    expect(referencesIn(hex, { startBefore })).toEqual(expected);
  });

  test.each([
    ['mov edi, 0x2000', 'bf 00 20 00 00', ['taken 1000']],
    ['mov r9d, 0x2000', '41 b9 00 20 00 00', ['taken 1000']],
    ['mov rdi, 0x2000', '48 c7 c7 00 20 00 00', ['taken 1000']],
    ['movabs rdi, 0x2000', '48 bf 00 20 00 00 00 00 00 00', ['taken 1000']],
    ['push 0x2000', '68 00 20 00 00', ['taken 1000']],
    ['mov qword ptr [rdi], 0x2000', '48 c7 07 00 20 00 00', ['taken 1000']],
    ['mov qword ptr [rsp+8], 0x2000', '48 c7 44 24 08 00 20 00 00', ['taken 1000']],
    ['mov dword ptr [rbx+rcx+0x1000], 0x2000', 'c7 84 0b 00 10 00 00 00 20 00 00', ['taken 1000']],
    ['mov qword ptr [rip+0x100], 0x2000', '48 c7 05 00 01 00 00 00 20 00 00', ['taken 1000']],
    ['mov edi, 0x2001', 'bf 01 20 00 00', []],
  ])('at fixed addresses: %s', (_, hex, expected) => {
    expect(referencesIn(hex, { absolute: true, startBefore })).toEqual(expected);
  });

  test('bytes inside another instruction count only where nobody knows better', () => {
    const inside = '48 b8 e8 fa 0f 00 00 00 00 00';
    expect(referencesIn(`${'90'} ${inside}`.replace('e8 fa 0f 00', 'e8 f8 0f 00'))).toEqual(['calls 1003']);
    expect(referencesIn(`${'90'} ${inside}`.replace('e8 fa 0f 00', 'e8 f8 0f 00'), { startBefore })).toEqual([]);
  });

  test('several blocks, several targets, none', () => {
    const code = [0x1000, 0x3000].map((start) => ({
      start: at(start),
      bytes: bytesOf('e8 fb 0f 00 00 e8 00 00 00 00'),
    }));
    const found = findReferences(code, [at(0x2000), at(0x4000), at(0x100a), at(0x5000)]);
    expect([...found].map(([target, { calls }]) => [target, calls])).toEqual([
      [0x2000n, [0x1000n]],
      [0x4000n, [0x3000n]],
      [0x100an, [0x1005n]],
      [0x5000n, []],
    ]);
    expect(findReferences(code, [])).toEqual(new Map());
  });
});

const program = '/bin/bash';

describeNeeding(['bash', 'objdump', 'linux'], 'all direct calls of a real program', () => {
  test('are those that objdump sees', () => {
    const elf = readElfFile(program);
    const starts = [...new Set(elf.functions.map((fn) => fn.start))].sort((a, b) => (a < b ? -1 : 1));
    const targets = new Set(starts);
    const { stdout } = run('objdump', ['-d', '--no-show-raw-insn', '-j', '.text', program], { timeout: 60_000 });
    const seen = [...stdout.matchAll(/^ *([0-9a-f]+):\tcall +([0-9a-f]+)/gm)]
      .map(([, from, to]) => [BigInt(`0x${from}`), BigInt(`0x${to}`)] as const)
      .filter(([, to]) => targets.has(address(to)));
    const places = [...stdout.matchAll(/^ *([0-9a-f]+):\t/gm)].map(([, from]) => BigInt(`0x${from}`));
    const start = address(places[0] ?? 0n);
    const bytes = elf.code(start, Number((places.at(-1) ?? 0n) - start)) ?? new Uint8Array(0);
    const found = findReferences([{ start, bytes }], starts, {
      startBefore: (place) => starts.findLast((each) => each <= place),
    });
    const calls = [...found].flatMap(([to, { calls: from }]) => from.map((each) => `${each} ${to}`));
    expect(calls.length).toBeGreaterThan(1000);
    expect(new Set(calls)).toEqual(new Set(seen.map(([from, to]) => `${from} ${to}`)));
  });
});
