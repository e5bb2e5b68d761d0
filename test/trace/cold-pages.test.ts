import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ValueShape } from '../../src/abi/shape.ts';
import { ENTER, HEADER } from '../../src/trace/bpf/records.ts';
import { enter, type Held, type Memory, sp } from './captured.ts';
import { field, named, reference, slice, str, u64 } from './shown-values.ts';
import { argument, exitSite, mainThread, probeSite, register, TracedMachine, wordsOf } from './traced-machine.ts';

const cString: ValueShape = { kind: 'c-string', size: 8 };
const page = 4096;

describe('a value on pages that are not loaded', () => {
  const text = argument('text', str, [register('rdi'), register('rsi', 8)]);
  const held: Held = { rdi: 0x1000n, rsi: 5n, rdx: 0x2000n };
  const pair = named('Pair', 24, field('n', 0, reference(u64)), field('all', 8, slice(str)));
  const behind = argument('behind', reference(pair), [register('rdx')]);
  const memory: Memory = [
    [0x1000n, 'hello'],
    [0x2000n, 0x3000n, 0x4000n, 2n],
    [0x3000n, 7n],
    [0x4000n, 0x1000n, 2n, 0x1000n, 4n],
  ];
  const shown = ['"hello"', 'Pair { n: 7, all: ["he", "hell"] }'];

  test('is waited for where that is asked', () => {
    expect(enter([text, behind], { held, cold: memory }).texts).toEqual(shown);
    expect(enter([text, behind], { held, memory, cold: [] }).texts).toEqual(shown);
    expect(enter([text, behind], { held, memory }).texts).toEqual(shown);
  });

  test('is unreadable where nobody has it', () => {
    const { texts } = enter([text, behind], { held, cold: memory.filter(([at]) => at !== 0x1000n && at !== 0x3000n) });
    expect(texts).toEqual([
      '<unreadable 0x1000>',
      'Pair { n: <unreadable 0x3000>, all: [<unreadable 0x1000>, <unreadable 0x1000>] }',
    ]);
  });

  test('may be the target of a jump out of the function', () => {
    const target = { kind: 'memory', base: 'rax', index: null, scale: 1, displacement: 0n } as const;
    const exits = [exitSite({ kind: 'tail-call', target, inside: [{ start: -16n, end: 16n }] })];
    for (const [to, kinds] of [
      [0x9000n, ['enter', 'exit']],
      [0x1004n, ['enter']],
    ] as const) {
      const traced = new TracedMachine([probeSite({ returns: { mode: 'sites', exits } })], { coldPages: true });
      traced.machine.cold.writeWord(0x5000n, to);
      traced.enter(mainThread, 0, sp);
      traced.exit(mainThread, 0, sp, { rax: 0x5000n, rip: 0x1000n });
      expect(traced.records().map(({ kind }) => kind)).toEqual(kinds);
    }
  });
});

describe('a C string is read by pages', () => {
  const string = 16;
  const read = (at: bigint, cold: Memory) =>
    enter([argument('s', cString, [register('rdi')])], { held: { rdi: at }, cold, limits: { string } });

  test('whole or cut as where nothing is waited for, and no page behind its NUL is touched', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 0, maxLength: 2 * string });
    fc.assert(
      fc.property(letters, fc.nat({ max: 40 }), fc.boolean(), (letter, before, isEnd) => {
        const at = BigInt(2 * page - before);
        const bytes = Buffer.alloc(3 * page, 'z');
        bytes.write(`${letter}\0`, Number(at), 'latin1');
        const endsAt = at + BigInt(letter.length);
        // Where the text ends in the first page there is no second one.
        const there = isEnd && endsAt < BigInt(2 * page) ? bytes.subarray(0, 2 * page) : bytes;
        const { texts, reads } = read(at, [[0n, [...there]]]);
        const loaded = enter([argument('s', cString, [register('rdi')])], {
          held: { rdi: at },
          memory: [[0n, [...bytes]]],
          limits: { string },
        });
        expect(texts).toEqual(loaded.texts);
        if (letter.length <= string) expect(texts).toEqual([`"${letter}"`]);
        if (endsAt < BigInt(2 * page)) for (const [, to] of reads) expect(to).toBeLessThanOrEqual(BigInt(2 * page));
        for (const [from, to] of reads) expect(from / BigInt(page)).toBe((to - 1n) / BigInt(page));
      }),
    );
  });

  test('unreadable where it goes on in a page that nobody has', () => {
    const text = Buffer.alloc(page, 'z');
    expect(read(BigInt(2 * page - 3), [[BigInt(page), [...text]]]).texts).toEqual(['<unreadable 0x1ffd>']);
    expect(read(0x9000n, []).texts).toEqual(['<unreadable 0x9000>']);
  });

  test('the longest there may be, from the last byte of a page', () => {
    const longest = 4_096;
    const bytes = Buffer.alloc(3 * page, 'y');
    const at = BigInt(page - 1);
    const shown = (length: number): string | undefined => {
      const own = Buffer.from(bytes);
      own[Number(at) + length] = 0;
      return enter([argument('s', cString, [register('rdi')])], {
        held: { rdi: at },
        cold: [[0n, [...own]]],
        limits: { string: longest, blocks: 3 * longest },
      }).texts[0];
    };
    for (const length of [0, 1, 2, longest - 1, longest]) expect(shown(length)).toBe(`"${'y'.repeat(length)}"`);
    expect(shown(longest + 1)?.startsWith(`"${'y'.repeat(longest)}"`)).toBe(true);
    expect(shown(longest + 1)).not.toBe(shown(longest));
  });
});

describe('a record that is made outside the ring', () => {
  const site = probeSite({
    plan: { args: [argument('n', u64, [register('rdi')])], ret: probeSite().plan.ret },
  });
  const own = { tgid: 100, tid: 101 };
  const entrySize = (traced: TracedMachine): number => traced.plan.entryLayouts[0]?.size ?? 0;

  test('gives the entry and the exit of a call, with the numbers that belong together', () => {
    const traced = new TracedMachine([site], { coldPages: true });
    traced.machine.mappings = [{ start: sp - 0x1000n, end: sp + 0x1000n }];
    traced.enter(mainThread, 0, sp, { rdi: 5n }, 'main');
    traced.exit(mainThread, 0, sp, { rax: 42n });
    const [entry, exit] = traced.records();
    expect(entry).toMatchObject({ kind: 'enter', sp, sequence: 1, stackEnd: sp + 0x1000n, comm: 'main' });
    expect(exit).toMatchObject({ kind: 'exit', sp, sequence: 2, callId: 1, site: 0 });
    expect(entry?.kind === 'enter' && wordsOf(entry.capture)).toEqual([[5n]]);
    expect(exit?.kind === 'exit' && wordsOf(exit.capture)).toEqual([[42n]]);
    expect(traced.pending()).toEqual([]);
  });

  test('lies in the thread’s own memory, which goes with the thread and with its program', () => {
    const traced = new TracedMachine([site], { coldPages: true });
    traced.enter(mainThread, 0, sp, { rdi: 1n });
    traced.enter(own, 0, sp, { rdi: 2n });
    const held = (): [bigint, bigint][] =>
      traced.machine
        .entries('scratch')
        .map(({ key, value }) => [key.readBigUInt64LE() & 0xffffn, value.readBigUInt64LE(ENTER.captured)]);
    expect(held()).toEqual([
      [100n, 1n],
      [101n, 2n],
    ]);
    traced.threadEnd(own, sp);
    expect(held().map(([tid]) => tid)).toEqual([100n]);
    traced.exec(mainThread);
    expect(held()).toEqual([]);
  });

  test('needs no table of threads: what is kept goes even where no call is followed', () => {
    const untracked = probeSite({ returns: { mode: 'none', reason: 'off' } });
    const traced = new TracedMachine([untracked], { coldPages: true, entriesOnly: true });
    traced.enter(own, 0, sp);
    expect(traced.records()).toHaveLength(1);
    expect(traced.machine.entries('scratch')).toHaveLength(1);
    expect(traced.machine.entries('threads')).toEqual([]);
    traced.threadEnd(own, sp);
    expect(traced.machine.entries('scratch')).toEqual([]);
  });

  test('of a thread without such memory is counted', () => {
    const traced = new TracedMachine([site], { coldPages: true, scratchThreads: 1 });
    traced.enter(mainThread, 0, sp);
    traced.enter(own, 0, sp);
    expect(traced.records()).toHaveLength(1);
    expect(traced.counter(0, 'threadsFull')).toBe(1);
    expect(traced.pending()).toHaveLength(1);
    traced.threadEnd(mainThread, sp);
    traced.enter(own, 0, sp);
    expect(traced.records().map(({ tid }) => tid)).toEqual([100, 101]);
  });

  test('without room in the ring is counted once: the exit of a lost entry is not told', () => {
    const traced = new TracedMachine([site], { coldPages: true });
    const small = new TracedMachine([site], { coldPages: true, ringBytes: 2 * entrySize(traced) });
    small.enter(mainThread, 0, sp);
    small.enter(mainThread, 0, sp - 32n);
    expect(small.counter(0, 'lostEntries')).toBe(1);
    expect(small.records()).toHaveLength(1);
    small.exit(mainThread, 0, sp - 32n);
    expect(small.records()).toEqual([]);
    small.exit(mainThread, 0, sp);
    expect(small.records()).toMatchObject([{ kind: 'exit', callId: 1, sequence: 3 }]);
    expect(small.pending()).toEqual([]);
  });

  test('an exit without room is counted, and its call is over', () => {
    const traced = new TracedMachine([site], { coldPages: true });
    const small = new TracedMachine([site], { coldPages: true, ringBytes: entrySize(traced) + 16 });
    small.enter(mainThread, 0, sp);
    small.exit(mainThread, 0, sp);
    expect(small.records()).toHaveLength(1);
    expect(small.counter(0, 'lostExits')).toBe(1);
    expect(small.pending()).toEqual([]);
  });

  test('of a call without room in the table of calls never reaches the ring', () => {
    const traced = new TracedMachine([site], { coldPages: true, pending: 1 });
    traced.enter(mainThread, 0, sp);
    traced.enter(mainThread, 0, sp - 32n);
    expect(traced.records()).toHaveLength(1);
    expect(traced.counter(0, 'pendingFull')).toBe(1);
    // Its number is missing, which tells that something was lost before what comes.
    traced.exit(mainThread, 0, sp);
    expect(traced.records()).toMatchObject([{ sequence: 3 }]);
  });

  test('wakes the reader when much is waiting', () => {
    const traced = new TracedMachine([site], { coldPages: true, ringBytes: 1 << 14 });
    for (let i = 0; i < 40; i++) traced.enter(mainThread, 0, sp - BigInt(16 * i));
    const taken = HEADER.size + (entrySize(traced) - HEADER.size) + 8;
    // Asked before the record is there.
    const expected = Array.from({ length: 40 }, (_, i) => (i * ((taken + 7) & ~7) < 1 << 11 ? 1n : 2n));
    expect(traced.machine.wakeUps).toEqual(expected);
  });
});
