import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { address } from '../../src/base/units.ts';
import { findExits } from '../../src/code/exits.ts';
import { at, readerOf, shortly, sweepOf } from './assembled.ts';

const exitsOf = (hex: string, functions: readonly number[] = []): string | string[] =>
  shortly(sweepOf({ 4096: hex }, { functions }));

describe('exits of a function by itself', () => {
  test.each([
    ['ret', 'c3', ['return@1000']],
    ['ret imm16', 'c2 08 00', ['return@1000']],
    ['rep ret', 'f3 c3', ['return@1000']],
    ['bnd ret', 'f2 c3', ['return@1000']],
    ['two returns', '85 ff 74 01 c3 c3', ['return@1004', 'return@1005']],
    ['endbr64 and padding', 'f3 0f 1e fa c3 66 0f 1f 44 00 00 cc cc', ['return@1004']],
    ['zero bytes behind the end', 'c3 00 00 00 00', ['return@1000']],
    ['c3 inside an immediate', 'b8 c3 c3 c3 c3 c3', ['return@1005']],
    ['a call that does not return', '50 e8 fa 0f 00 00', []],
    ['ud2', '0f 0b', []],
    ['hlt', 'f4', []],
    ['a jump to itself', '90 eb fe', []],
    ['a system call', '0f 05 c3', ['return@1002']],
    ['call and pop', 'e8 00 00 00 00 58 c3', ['return@1006']],
    ['call and pop of a high register', 'e8 00 00 00 00 41 5f c3', ['return@1007']],
    ['jrcxz and loop inside', 'e3 02 e2 fc c3', ['return@1004']],
    ['a transaction', 'c7 f8 00 00 00 00 0f 01 d5 c3', ['return@1009']],
    ['a branch over a lock prefix', '74 01 f0 0f b1 0f c3', ['return@1006']],
  ])('%s', (_, hex, expected) => expect(exitsOf(hex)).toEqual(expected));

  test.each([
    ['a tail call', 'e9 fb 0f 00 00', ['tail-jump@1000>2000']],
    ['a conditional tail call', '0f 84 fa 0f 00 00 c3', ['tail-jump@1000>2000 if e', 'return@1006']],
    ['a counted one', 'e3 02 90 c3 e9 f7 0f 00 00', ['return@1003', 'tail-jump@1004>2000']],
    ['behind bnd', 'f2 e9 fa 0f 00 00', ['tail-jump@1000>2000']],
    ['through a register', 'ff e0', ['indirect-jump@1000>register,rax']],
    ['through r11', '41 ff e3', ['indirect-jump@1000>register,r11']],
    ['through bnd', 'f2 ff e1', ['indirect-jump@1000>register,rcx']],
    ['through a slot', 'ff 25 fa 0f 00 00', ['indirect-jump@1000>absolute,8192']],
    ['through a vtable', 'ff 60 18', ['indirect-jump@1000>memory,rax,,1,24']],
    ['through an element', 'ff 64 cf f8', ['indirect-jump@1000>memory,rdi,rcx,8,-8']],
    ['through the stack', 'ff 64 24 08', ['indirect-jump@1000>memory,rsp,,1,8']],
    ['through a fixed table', 'ff 24 c5 00 30 00 00', ['indirect-jump@1000>memory,,rax,8,12288']],
  ])('jumps: %s', (_, hex, expected) => expect(exitsOf(hex, [0x2000])).toEqual(expected));

  test('a jump to the first instruction is a loop, not an exit', () => {
    const sweep = sweepOf({ 4096: 'ff cf 75 fc c3' });
    expect(sweep).toMatchObject({ complete: true, loopsToEntry: true });
    expect(shortly(sweep)).toEqual(['return@1004']);
    expect(sweepOf({ 4096: '90 ff cf 75 fc c3' })).toMatchObject({ loopsToEntry: false });
  });
});

describe('what is refused', () => {
  test.each([
    ['falling off the end', '90 90', /runs on behind its end, 0x1002/],
    ['falling off behind a return', 'c3 31 c0', /runs on behind/],
    ['an invalid instruction', '06 c3', /at 0x1000: bytes that are no instruction/],
    ['an instruction cut by the end', '48 b8 c3', /no instruction/],
    ['a jump into an instruction', 'eb 01 b8 c3 c3 c3 c3 c3', /middle of an instruction, 0x1003/],
    ['a jump over a prefix of a return', '74 01 f3 c3', /middle of an instruction/],
    ['a far return', 'cb', /far, interrupt or 16-bit return/],
    ['iretq', '48 cf', /interrupt or 16-bit/],
    ['sysretq', '48 0f 07', /interrupt or 16-bit|privileged/],
    ['a far jump', 'ff 28', /far jump/],
    ['in', 'ec c3', /privileged/],
    ['cli', 'fa c3', /privileged/],
    ['a jump through thread storage', '64 ff 24 25 28 00 00 00', /not 8 bytes/],
    ['a 16-bit jump', '66 ff e0', /another size/],
    ['a 16-bit tail call', '66 e9 00 00 00 00 c3', /another size/],
    ['a jump into the padding', '74 01 c3 90', /middle of an instruction, 0x1003/],
    ['a 32-bit address', '67 ff 20', /not 8 bytes/],
    ['push and return', '50 c3', /just pushed/],
    ['a retpoline', 'e8 07 00 00 00 f3 90 0f ae e8 eb f9 48 89 04 24 c3', /just pushed|own middle/],
    ['a subroutine inside', 'e8 01 00 00 00 c3 90 c3', /own middle/],
    ['a transaction that aborts outside', 'c7 f8 00 10 00 00 c3', /aborts outside/],
    ['unreached bytes that branch nowhere', 'c3 74 7f c3', /look like data/],
    ['a run of zero bytes inside', 'c3 00 00 00 00 c3', /look like data/],
    ['an exit the kernel does not probe', '3e ff e0', /can't be probed/],
  ])('%s', (_, hex, reason) => {
    const sweep = exitsOf(hex);
    expect(sweep).toEqual(expect.stringMatching(reason));
  });

  test('code that is not there, or too much of it', () => {
    expect(shortly(sweepOf({ 4096: 'c3' }, { fn: { size: 2n } }))).toMatch(/not all in executable code/);
    expect(shortly(sweepOf({ 4096: 'c3' }, { fn: { size: 1n << 40n } }))).toMatch(/no function's/);
    expect(shortly(sweepOf({}, { fn: { size: 0n } }))).toMatch(/unknown/);
  });
});

describe('parts elsewhere', () => {
  test('given ranges belong to the function', () => {
    const cold = { start: at(0x2000), end: at(0x2003) };
    const sweep = sweepOf({ 4096: '0f 84 fa 0f 00 00 c3', 8192: '31 c0 c3' }, { fn: { ranges: [cold] } });
    expect(shortly(sweep)).toEqual(['return@1006', 'return@2002']);
  });

  test('an unnamed part that jumps back is followed', () => {
    // 1000: je 2000; ret     2000: xor eax, eax; test edi, edi; je 2009; ret; nop nop; 2009: jmp 1006
    const sweep = sweepOf({ 4096: '0f 84 fa 0f 00 00 c3', 8192: '31 c0 85 ff 74 03 c3 90 90 e9 f8 ef ff ff' });
    expect(shortly(sweep)).toEqual(['return@1006', 'return@2006+']);
    expect(sweep).toMatchObject({ parts: [{}, { start: 0x2000n }, { start: 0x2009n, end: 0x200en }], notes: [] });
  });

  test('an unnamed part that never leaves has no exits', () => {
    const sweep = sweepOf({ 4096: '0f 84 fa 0f 00 00 c3', 8192: 'e8 fb 0f 00 00 0f 0b' });
    expect(shortly(sweep)).toEqual(['return@1006']);
  });

  test('a jump back to the first instruction is a loop', () => {
    const sweep = sweepOf({ 4096: '0f 84 fa 0f 00 00 c3', 8192: 'e9 fb ef ff ff' });
    expect(sweep).toMatchObject({ loopsToEntry: true });
  });

  test.each([
    ['returns by itself', '31 c0 c3'],
    ['is a stub', 'f3 0f 1e fa ff 25 00 10 00 00'],
    ['is no code', '06 06'],
    ['is not there', ''],
    ['goes back into the middle of an instruction', 'e9 fd ef ff ff'],
    ['runs on behind a call into code that returns', 'e8 fb 0f 00 00 31 c0 c3'],
  ])('code that %s stays a tail jump, with a note', (_, hex) => {
    const sweep = sweepOf({ 4096: '0f 84 fa 0f 00 00 c3', ...(hex === '' ? {} : { 8192: hex }) });
    expect(shortly(sweep)).toEqual(['tail-jump@1000>2000 if e', 'return@1006']);
    expect(sweep).toMatchObject({ notes: [expect.stringContaining('0x2000')] });
  });

  test('a part may leave by a tail call', () => {
    const memory = { 4096: '0f 84 fa 0f 00 00 c3', 8192: '74 05 e9 f7 0f 00 00 e9 fa ef ff ff' };
    const sweep = sweepOf(memory, { functions: [0x2ffe] });
    expect(shortly(sweep)).toEqual(['return@1006', 'tail-jump@2002>2ffe+']);
  });

  test('padding behind a call that does not return is not followed into the next function', () => {
    const memory = { 4096: '0f 84 fa 0f 00 00 c3', 8192: 'e8 fb 0f 00 00 90 cc 31 c0 c3' };
    expect(shortly(sweepOf(memory, { functions: [0x2007] }))).toEqual(['return@1006']);
  });
});

describe('jump tables', () => {
  // 1000: cmp edi, 1; ja 1015; mov edi, edi; lea rax, [3000]; movsxd rcx, [rax+rdi*4]; add rcx, rax; jmp rcx
  const fixed = '83 ff 01 77 14 89 ff 48 8d 05 f2 1f 00 00 48 63 0c b8 48 01 c1 ff e1 90 c3 31 c0 c3';
  // Targets 1017 and 1019, relative to 3000.
  const table = '17 e0 ff ff 19 e0 ff ff';
  const run = (text: string, data: string) => sweepOf({ 4096: text }, { data: { 12288: data } });

  test('all targets inside: no exit', () => {
    expect(shortly(run(fixed, table))).toEqual(['return@1018', 'return@101b']);
  });

  test.each([
    ['a target outside', fixed, '17 e0 ff ff 00 10 00 00'],
    ['a target inside an instruction', fixed, '17 e0 ff ff 1a e0 ff ff'],
    ['a table that ends too early', fixed, '17 e0 ff ff'],
    ['no table', fixed, ''],
  ])('%s: the jump stays an exit', (_, text, data) => {
    expect(shortly(run(text, data))).toContain('indirect-jump@1015>register,rcx');
  });

  test('a table of which only the first of two elements fits is no table without its bound', () => {
    const unbounded = fixed.replace('83 ff 01', '85 ff 90');
    expect(shortly(run(unbounded, '17 e0 ff ff 00 10 00 00'))).toContain('indirect-jump@1015>register,rcx');
    expect(shortly(run(unbounded, table))).toEqual(['return@1018', 'return@101b']);
  });

  test('a target in an outlined part', () => {
    const memory = { 4096: fixed, 8192: 'e9 13 f0 ff ff' };
    const sweep = sweepOf(memory, { data: { 12288: '17 e0 ff ff 00 f0 ff ff' } });
    expect(shortly(sweep)).toEqual(['return@1018', 'return@101b']);
    expect(sweep).toMatchObject({ parts: [{}, { start: 0x2000n }] });
  });

  test('an 8-bit index, unless its register is changed behind the comparison', () => {
    // 1000: cmp dil, 1; ja 101a; movzx edi, dil; lea rax, [3000]; ...
    const narrow = '40 80 ff 01 77 15 40 0f b6 ff 48 8d 05 ef 1f 00 00 48 63 0c b8 48 01 c1 ff e1 c3 c3';
    expect(shortly(run(narrow, '1a e0 ff ff 1b e0 ff ff'))).toEqual(['return@101a', 'return@101b']);
    expect(shortly(run(narrow, '1a e0 ff ff 00 10 00 00'))).toContain('indirect-jump@1018>register,rcx');
  });

  // 1000: lea r12, [3000]; 1007: cmp edi, 1; ja 101b; mov edi, edi; movsxd rcx, [r12+rdi*4]; add rcx, r12; jmp rcx
  const hoisted = '4c 8d 25 f9 1f 00 00 83 ff 01 77 0f 89 ff 49 63 0c bc 4c 01 e1 ff e1 90 90 85 c0 74 ea c3 c3';

  test('a table whose address is loaded before a loop', () => {
    expect(shortly(run(hoisted, '17 e0 ff ff 1d e0 ff ff'))).toEqual(['return@101d', 'return@101e']);
    const reloaded = `${hoisted.slice(0, -5)}4c 8d 25 00 00 00 00 c3`;
    expect(shortly(run(reloaded, '17 e0 ff ff 19 e0 ff ff'))).toContain('indirect-jump@1015>register,rcx');
  });

  test('without constants nothing is resolved', () => {
    expect(shortly(sweepOf({ 4096: fixed }))).toContain('indirect-jump@1015>register,rcx');
  });
});

describe('any bytes', () => {
  const code = fc.uint8Array({ minLength: 1, maxLength: 96 });

  test('give an answer, and exits that are where they should be', () => {
    fc.assert(
      fc.property(code, (bytes) => {
        const start = address(0x1000n);
        const reader = readerOf({});
        const read = (place: bigint, length: number): Uint8Array | undefined => {
          const from = Number(place - start);
          return from >= 0 && from + length <= bytes.length ? bytes.subarray(from, from + length) : undefined;
        };
        const sweep = findExits({ start, size: BigInt(bytes.length) }, read, () => false, reader);
        if (!sweep.complete) return sweep.reason.length > 0;
        const places = sweep.exits.map((exit) => exit.address);
        const ascending = places.every((place, i) => i === 0 || place > (places[i - 1] ?? 0n));
        return ascending && places.every((place) => place >= start && place < start + BigInt(bytes.length));
      }),
      { numRuns: 3000 },
    );
  });

  test('a sequence of whole instructions ending in ret has exactly its returns', () => {
    const plain = [
      '90',
      '31 c0',
      'b8 c3 c3 c3 c3',
      '48 89 e5',
      '0f 1f 40 00',
      'e8 c3 c3 c3 00',
      '48 8d 05 c3 c2 00 00',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...plain, 'c3'), { maxLength: 30 }), (parts) => {
        const expected: string[] = [];
        let place = 0x1000;
        for (const part of [...parts, 'c3']) {
          if (part === 'c3') expected.push(`return@${place.toString(16)}`);
          place += part.split(' ').length;
        }
        expect(shortly(sweepOf({ 4096: [...parts, 'c3'].join(' ') }))).toEqual(expected);
      }),
    );
  });
});
