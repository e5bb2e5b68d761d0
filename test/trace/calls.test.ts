import { describe, expect, test } from 'vitest';
import { ENTER } from '../../src/trace/bpf/records.ts';
import type { TraceRecord } from '../../src/trace/record.ts';
import { exitSite, mainThread, probeSite, TracedMachine, tailCall, wordsOf } from './traced-machine.ts';

const sp = 0x7000n;
const kinds = (records: readonly TraceRecord[]): string[] => records.map(({ kind, fn }) => `${kind} ${fn}`);

describe('a call', () => {
  test('gives an entry and an exit that belong together', () => {
    const traced = new TracedMachine([probeSite()]);
    traced.machine.mappings = [{ start: 0x6000n, end: 0x8000n }];
    traced.enter(mainThread, 0, sp, {}, 'main');
    traced.exit(mainThread, 0, sp, { rax: 42n });
    const [enter, exit] = traced.records();
    expect(enter).toMatchObject({ kind: 'enter', fn: 0, tgid: 100, tid: 100, sp, stackEnd: 0x8000n, comm: 'main' });
    expect(exit).toMatchObject({ kind: 'exit', fn: 0, sp, site: 0, callId: enter?.sequence });
    expect(exit?.kind === 'exit' && wordsOf(exit.capture)).toEqual([[42n]]);
    expect((exit?.time ?? 0n) > (enter?.time ?? 0n)).toBe(true);
    expect(traced.pending()).toEqual([]);
  });

  test.each(['é'.repeat(7), 'a'.repeat(40), '', 'ok 1'])('names its thread %j, as much as the kernel keeps', (comm) => {
    const traced = new TracedMachine([probeSite()]);
    traced.enter(mainThread, 0, sp, {}, comm);
    const [record] = traced.records();
    const kept = Buffer.from(comm).subarray(0, 15).toString();
    expect(record).toMatchObject({ comm: kept });
  });

  test('of many under way keeps each apart: recursion, threads, processes', () => {
    const traced = new TracedMachine([probeSite()]);
    const threads = [mainThread, { tgid: 100, tid: 101 }, { tgid: 200, tid: 200 }];
    for (let depth = 0; depth < 50; depth++)
      for (const thread of threads) traced.enter(thread, 0, sp - BigInt(depth * 16));
    expect(traced.pending()).toHaveLength(150);
    for (let depth = 49; depth >= 0; depth--)
      for (const thread of threads) traced.exit(thread, 0, sp - BigInt(depth * 16), { rax: BigInt(depth) });
    const records = traced.records();
    const entered = new Map(records.flatMap((r) => (r.kind === 'enter' ? [[r.sequence, r]] : [])));
    const exits = records.filter((r) => r.kind === 'exit');
    expect(exits).toHaveLength(150);
    for (const exit of exits) expect(entered.get(exit.callId)).toMatchObject({ tid: exit.tid, sp: exit.sp });
    expect(traced.pending()).toEqual([]);
  });

  test('whose key is used again is a new call; the exit belongs to the new one', () => {
    const traced = new TracedMachine([probeSite()]);
    traced.enter(mainThread, 0, sp);
    traced.enter(mainThread, 0, sp);
    traced.exit(mainThread, 0, sp);
    traced.exit(mainThread, 0, sp);
    const records = traced.records();
    expect(kinds(records)).toEqual(['enter 0', 'enter 0', 'exit 0']);
    expect(records[2]).toMatchObject({ callId: records[1]?.sequence });
    expect(traced.counter(0, 'unmatchedExits')).toBe(1);
  });

  test('that loops to its entry is one call', () => {
    const traced = new TracedMachine([probeSite({ loopsToEntry: true })]);
    traced.enter(mainThread, 0, sp);
    traced.enter(mainThread, 0, sp);
    traced.enter(mainThread, 0, sp - 32n);
    traced.exit(mainThread, 0, sp - 32n);
    traced.exit(mainThread, 0, sp);
    expect(kinds(traced.records())).toEqual(['enter 0', 'enter 0', 'exit 0', 'exit 0']);
    expect(traced.counter(0, 'loopHits')).toBe(1);
  });

  test('by a tail call ends before the next one begins', () => {
    const traced = new TracedMachine([
      probeSite({ returns: { mode: 'sites', exits: [exitSite(), tailCall()] } }),
      probeSite(),
    ]);
    traced.enter(mainThread, 0, sp);
    traced.exit(mainThread, 0, sp, {}, 1);
    traced.enter(mainThread, 1, sp);
    traced.exit(mainThread, 1, sp);
    const records = traced.records();
    expect(kinds(records)).toEqual(['enter 0', 'exit 0', 'enter 1', 'exit 1']);
    expect(records[1]).toMatchObject({ site: 1, capture: { slots: [], values: [] } });
    expect(traced.plan.exitOutcomes[1]).toBe('tail-call');
    expect(traced.counter(0, 'unmatchedExits') + traced.counter(1, 'unmatchedExits')).toBe(0);
  });

  test('that flows into another function at the same stack pointer ends with it', () => {
    const traced = new TracedMachine([probeSite(), probeSite()]);
    traced.machine.mappings = [{ start: 0x6000n, end: 0x8000n }];
    traced.enter(mainThread, 0, sp);
    traced.enter(mainThread, 1, sp);
    traced.exit(mainThread, 1, sp);
    traced.exit(mainThread, 0, sp);
    expect(kinds(traced.records())).toEqual(['enter 0', 'enter 1', 'exit 1', 'exit 0']);
  });

  test('seen by a uretprobe has its stack pointer 8 higher', () => {
    const traced = new TracedMachine([probeSite({ returns: { mode: 'uretprobe' } })]);
    traced.enter(mainThread, 0, sp);
    traced.exit(mainThread, 0, sp + 8n);
    expect(traced.records()[1]).toMatchObject({ kind: 'exit', sp });
  });

  test('whose exits are not watched leaves nothing in the table', () => {
    const traced = new TracedMachine([probeSite({ returns: { mode: 'none', reason: 'off' } })]);
    for (let i = 0; i < 5; i++) traced.enter(mainThread, 0, sp);
    expect(traced.records()).toHaveLength(5);
    expect(traced.pending()).toEqual([]);
  });

  test('that began before tracing is counted at its exit, except in forked children and at shared exits', () => {
    const exits = [exitSite(), exitSite({ shared: true }), exitSite({ condition: 'e' })];
    const traced = new TracedMachine([probeSite({ returns: { mode: 'sites', exits } })]);
    traced.exit(mainThread, 0, sp);
    traced.exit(mainThread, 0, sp, {}, 1);
    traced.exit(mainThread, 0, sp, { flags: 0x40n }, 2);
    expect(traced.counter(0, 'unmatchedExits')).toBe(1);
    const child = Buffer.alloc(4);
    child.writeUInt32LE(300);
    traced.machine.update('forked', child, Buffer.alloc(4));
    traced.exit({ tgid: 300, tid: 300 }, 0, sp);
    expect(traced.counter(0, 'unmatchedExits')).toBe(1);
    expect(traced.records()).toEqual([]);
  });
});

describe('the scope', () => {
  test('named: only processes in it', () => {
    const traced = new TracedMachine([probeSite()], { scope: { kind: 'named' } });
    traced.watch(200);
    for (const tgid of [100, 200, 300]) {
      traced.enter({ tgid, tid: tgid + 1 }, 0, sp);
      traced.exit({ tgid, tid: tgid + 1 }, 0, sp);
      traced.landing({ tgid, tid: tgid + 1 }, sp);
    }
    expect(traced.records().map(({ tgid, kind }) => `${tgid} ${kind}`)).toEqual([
      '200 enter',
      '200 exit',
      '200 landing',
    ]);
  });

  test('all: everything but rsym itself, by process and not by thread', () => {
    const traced = new TracedMachine([probeSite()], { scope: { kind: 'all', except: [99, 100] } });
    traced.enter({ tgid: 100, tid: 555 }, 0, sp);
    traced.enter({ tgid: 555, tid: 100 }, 0, sp);
    expect(traced.records().map(({ tgid }) => tgid)).toEqual([555]);
  });
});

describe('what is lost is counted, once', () => {
  /** Room for the record of an entry without arguments, with the ring's own header. */
  const small = 8 + ENTER.captured;

  test('an entry without room in the ring: its exit is not reported either', () => {
    const traced = new TracedMachine([probeSite()], { ringBytes: 128 });
    traced.enter(mainThread, 0, sp);
    traced.enter(mainThread, 0, sp - 32n);
    expect(traced.counter(0, 'lostEntries')).toBe(1);
    traced.records();
    traced.exit(mainThread, 0, sp - 32n);
    expect(traced.records()).toEqual([]);
    traced.exit(mainThread, 0, sp);
    expect(kinds(traced.records())).toEqual(['exit 0']);
    expect(traced.pending()).toEqual([]);
    expect([traced.counter(0, 'lostExits'), traced.counter(0, 'pendingFull')]).toEqual([0, 0]);
  });

  test('an exit without room', () => {
    const traced = new TracedMachine([probeSite()], { ringBytes: small + 8 });
    traced.enter(mainThread, 0, sp);
    traced.exit(mainThread, 0, sp);
    expect(kinds(traced.records())).toEqual(['enter 0']);
    expect(traced.counter(0, 'lostExits')).toBe(1);
    expect(traced.pending()).toEqual([]);
  });

  test('a call without room in the table of calls: the record is taken back', () => {
    const traced = new TracedMachine([probeSite()], { pending: 2 });
    for (let i = 0; i < 5; i++) traced.enter(mainThread, 0, sp - BigInt(16 * i));
    expect(traced.records()).toHaveLength(2);
    expect(traced.counter(0, 'pendingFull')).toBe(3);
    for (let i = 4; i >= 0; i--) traced.exit(mainThread, 0, sp - BigInt(16 * i));
    expect(traced.records()).toHaveLength(2);
  });

  test('a call that finds neither ring nor table is one lost call', () => {
    const traced = new TracedMachine([probeSite()], { pending: 1, ringBytes: 128 });
    traced.enter(mainThread, 0, sp);
    traced.enter(mainThread, 0, sp - 32n);
    expect(traced.counter(0, 'lostEntries') + traced.counter(0, 'pendingFull')).toBe(1);
  });

  test('a call of a thread without room in the table of threads', () => {
    const traced = new TracedMachine([probeSite()], { threads: 2 });
    for (let tid = 100; tid < 105; tid++) traced.enter({ tgid: 100, tid }, 0, sp);
    expect(traced.records()).toHaveLength(2);
    expect(traced.counter(0, 'threadsFull')).toBe(3);
    traced.threadEnd({ tgid: 100, tid: 100 }, sp);
    traced.enter({ tgid: 100, tid: 110 }, 0, sp);
    expect(kinds(traced.records())).toEqual(['thread-end 0', 'enter 0']);
  });

  test('landings and ends of threads', () => {
    const traced = new TracedMachine([probeSite()], { ringBytes: 100 });
    traced.enter(mainThread, 0, sp);
    traced.landing(mainThread, sp + 64n);
    expect(traced.global('lostLandings')).toBe(1);
    traced.threadEnd(mainThread, sp);
    expect(traced.global('lostThreadEnds')).toBe(1);
    expect(traced.machine.entries('threads')).toEqual([]);
  });
});

test('the reader is woken only when an eighth of the ring is waiting', () => {
  const traced = new TracedMachine([probeSite()], { ringBytes: 4096 });
  for (let i = 0; i < 20; i++) traced.enter(mainThread, 0, sp - BigInt(i * 16));
  const size = 8 + ENTER.captured;
  expect(traced.machine.wakeUps).toEqual(Array.from({ length: 20 }, (_, i) => ((i + 1) * size < 512 ? 1n : 2n)));
});
