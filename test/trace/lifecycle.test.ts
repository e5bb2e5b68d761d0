import { describe, expect, test } from 'vitest';
import { followProgram, forkProgram, launchProgram, threadEndProgram } from '../../src/trace/bpf/lifecycle.ts';
import { GLOBALS } from '../../src/trace/bpf/records.ts';
import { mainThread, probeSite, TracedMachine } from './traced-machine.ts';

const stackEnd = 0x8000n;
const sp = 0x7000n;
const keys = (traced: TracedMachine): string[] =>
  traced.pending().map(({ sp: at, fn }) => `${fn} 0x${at.toString(16)}`);
const machine = (options: ConstructorParameters<typeof TracedMachine>[1] = {}, functions = 2): TracedMachine => {
  const traced = new TracedMachine(
    Array.from({ length: functions }, () => probeSite()),
    options,
  );
  traced.machine.mappings = [
    { start: 0x6000n, end: stackEnd },
    { start: 0x2_0000n, end: 0x3_0000n },
  ];
  return traced;
};

describe('calls that a jump of the unwinder ended', () => {
  test('are forgotten, those above its landing are kept', () => {
    const traced = machine();
    for (const at of [0x7400n, 0x7300n, 0x7200n, 0x7100n]) traced.enter(mainThread, 0, at);
    traced.landing(mainThread, 0x72f0n);
    expect(keys(traced)).toEqual(['0 0x7400', '0 0x7300']);
    expect(traced.records().at(-1)).toMatchObject({ kind: 'landing', fn: 0, sp: 0x72f0n });
    traced.exit(mainThread, 0, 0x7300n);
    traced.exit(mainThread, 0, 0x7400n);
    expect(keys(traced)).toEqual([]);
  });

  test('with the stack pointer not yet popped, and by longjmp', () => {
    const traced = machine();
    traced.enter(mainThread, 0, 0x7100n);
    traced.landing(mainThread, 0x7108n, 'longjmp', 8);
    expect(keys(traced)).toEqual([]);
    expect(traced.records().at(-1)).toMatchObject({ kind: 'landing', fn: 1, sp: 0x7108n });
  });

  test('in a thread that entered nothing is nothing', () => {
    const traced = machine();
    traced.landing(mainThread, 0x7108n);
    expect(traced.records()).toEqual([]);
  });

  test('more than one landing can forget are forgotten by what comes next', () => {
    const traced = machine();
    traced.enter(mainThread, 1, 0x7f00n);
    for (let i = 0; i < 20; i++) traced.enter(mainThread, 0, 0x7000n - BigInt(i * 16));
    traced.landing(mainThread, 0x7e00n);
    expect(traced.pending()).toHaveLength(5);
    traced.landing(mainThread, 0x7e00n);
    expect(keys(traced)).toEqual(['1 0x7f00']);
  });
});

describe('calls that ended unseen', () => {
  test('stay at the next entry above them, since they may be on another stack, and go with the next landing', () => {
    const traced = machine();
    traced.enter(mainThread, 0, 0x7400n);
    for (const at of [0x7300n, 0x7200n, 0x7100n]) traced.enter(mainThread, 1, at);
    traced.enter(mainThread, 0, 0x7350n);
    expect(traced.pending()).toHaveLength(5);
    traced.exit(mainThread, 0, 0x7350n);
    traced.landing(mainThread, 0x7450n);
    expect(keys(traced)).toEqual([]);
  });

  test('and come again under the same key do not hide the calls around them', () => {
    const traced = machine();
    traced.enter(mainThread, 0, 0x7400n);
    traced.enter(mainThread, 1, 0x7300n);
    traced.enter(mainThread, 1, 0x7300n);
    traced.exit(mainThread, 1, 0x7300n);
    traced.landing(mainThread, 0x7450n);
    expect(keys(traced)).toEqual([]);
  });

  test('on another stack stay, whichever way the addresses lie', () => {
    const traced = machine();
    traced.enter(mainThread, 0, 0x7400n);
    traced.enter(mainThread, 1, 0x2_f000n);
    traced.enter(mainThread, 0, 0x7300n);
    traced.enter(mainThread, 1, 0x2_e000n);
    expect(traced.pending()).toHaveLength(4);
    for (const [fn, at] of [
      [1, 0x2_e000n],
      [0, 0x7300n],
      [1, 0x2_f000n],
      [0, 0x7400n],
    ] as const)
      traced.exit(mainThread, fn, at);
    expect(traced.records().filter(({ kind }) => kind === 'exit')).toHaveLength(4);
    expect(keys(traced)).toEqual([]);
  });

  test('stay where stacks cannot be told apart', () => {
    for (const traced of [machine({ vma: null }), machine()]) {
      traced.machine.busy = true;
      traced.enter(mainThread, 0, 0x7100n);
      traced.enter(mainThread, 0, 0x7200n);
      expect(traced.pending()).toHaveLength(2);
      expect(traced.records()).toMatchObject([{ stackEnd: 0n }, { stackEnd: 0n }]);
    }
  });
});

test('the stack mapping is looked up again when the stack pointer leaves it, and after a refusal', () => {
  const traced = machine();
  traced.machine.mappings = [...traced.machine.mappings, { start: stackEnd, end: 0x8800n }];
  const ends = (): unknown[] => traced.records().map((record) => record.kind === 'enter' && record.stackEnd);
  traced.machine.busy = true;
  traced.enter(mainThread, 0, sp);
  traced.machine.busy = false;
  for (const at of [0x6fe0n, 0x2_0000n, 0x2_fff8n, 0x6000n, 0x7ff8n, stackEnd, 0x5_0000n, 0x7000n])
    traced.enter(mainThread, 0, at);
  expect(ends()).toEqual([0n, stackEnd, 0x3_0000n, 0x3_0000n, stackEnd, stackEnd, 0x8800n, 0n, stackEnd]);
});

describe('the end of a thread', () => {
  test('is told for a thread that entered something, with its stack pointer', () => {
    const traced = machine();
    traced.enter(mainThread, 0, sp);
    traced.threadEnd(mainThread, 0x6f00n);
    traced.threadEnd({ tgid: 100, tid: 101 }, 0x6f00n);
    expect(traced.records().slice(1)).toMatchObject([{ kind: 'thread-end', tgid: 100, tid: 100, sp: 0x6f00n }]);
    expect(traced.machine.entries('threads')).toEqual([]);
  });

  test('by exec is told without one', () => {
    const traced = machine();
    traced.enter(mainThread, 0, sp);
    traced.exec(mainThread);
    expect(traced.records().slice(1)).toMatchObject([{ kind: 'exec', tid: 100, sp: 0n }]);
  });

  test('by exec of another thread than the main one, under the number that it had', () => {
    const traced = machine();
    traced.enter({ ...mainThread, tid: 104 }, 0, sp);
    traced.exec(mainThread, 104);
    expect(traced.records().slice(1)).toMatchObject([{ kind: 'exec', tid: 104 }]);
  });
});

describe('a new process', () => {
  const task = 0xffff_8000_0005_0000n;
  const offsets = { tgid: 24, realParent: 8 };
  const word = (value: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32LE(value);
    return bytes;
  };

  test('whose parent entered something is noted; a thread, or the child of others, is not', () => {
    const program = forkProgram(offsets);
    const traced = machine();
    traced.enter(mainThread, 0, sp);
    for (const [parent, child] of [
      [mainThread, 300],
      [mainThread, 100],
      [{ tgid: 400, tid: 400 }, 401],
    ] as const) {
      traced.machine.kernel.write(task + 24n, word(child));
      traced.machine.run(program, { ...parent, tracepoint: [0n, task] });
    }
    expect(traced.machine.entries('forked').map(({ key }) => key.readUInt32LE())).toEqual([300]);
  });

  test('of a watched one is watched too, whether or not its parent entered something', () => {
    const program = followProgram(offsets);
    const traced = machine({ scope: { kind: 'named' } });
    const fork = (parent: number, child: number): void => {
      traced.machine.kernel.write(task + 24n, word(child));
      traced.machine.run(program, { tgid: parent, tid: parent + 1, tracepoint: [0n, task] });
    };
    const watched = (): number[] => traced.machine.entries('scope').map(({ key }) => key.readUInt32LE());
    traced.watch(100);
    fork(100, 300);
    fork(300, 301);
    fork(100, 100); // a thread
    fork(400, 401);
    expect(watched()).toEqual([100, 300, 301]);
    expect(traced.machine.entries('forked')).toEqual([]);
    traced.enter(mainThread, 0, sp);
    traced.machine.kernel.write(task + 24n, word(302));
    traced.machine.run(program, { ...mainThread, tracepoint: [0n, task] });
    expect(traced.machine.entries('forked').map(({ key }) => key.readUInt32LE())).toEqual([302]);
    // The table of this machine has room for ten.
    for (let i = 0; i < 8; i++) fork(100, 500 + i);
    expect(watched()).toHaveLength(10);
    expect(traced.global('lostProcesses')).toBe(2);
  });

  test('that ends is watched no more, once its last thread does', () => {
    const traced = machine({ scope: { kind: 'named' } });
    const program = threadEndProgram(traced.around, { signal: 16, live: 4 });
    const signalStruct = 0xffff_8000_0007_0000n;
    traced.machine.kernel.writeWord(traced.machine.task + 16n, signalStruct);
    const end = (tgid: number, tid: number, live: number): void => {
      traced.machine.kernel.write(signalStruct + 4n, word(live));
      traced.machine.run(program, { tgid, tid, tracepoint: [0n, 0n] });
    };
    const watched = (): number[] => traced.machine.entries('scope').map(({ key }) => key.readUInt32LE());
    traced.watch(100);
    traced.watch(200);
    end(100, 101, 1);
    expect(watched()).toEqual([100, 200]);
    end(100, 100, 0);
    end(300, 300, 0);
    expect(watched()).toEqual([200]);
  });

  test('of rsym is stopped and watched once, when that is asked for', () => {
    const program = launchProgram(77, offsets);
    const traced = machine({ scope: { kind: 'named' } });
    const parentTask = 0xffff_8000_0006_0000n;
    traced.machine.kernel.writeWord(traced.machine.task + 8n, parentTask);
    const start = (parent: number, pid: number): void => {
      traced.machine.kernel.write(parentTask + 24n, word(parent));
      traced.machine.run(program, { tgid: pid, tid: pid, tracepoint: [0n, 0n, 0n] });
    };
    start(77, 500);
    expect(traced.machine.signals).toEqual([]);
    traced.machine.entries('globals')[0]?.value.writeBigUInt64LE(1n, GLOBALS.launch);
    start(78, 501);
    start(77, 502);
    start(77, 503);
    expect(traced.machine.signals).toEqual([19n]);
    expect(traced.machine.entries('scope').map(({ key }) => key.readUInt32LE())).toEqual([502]);
    expect(traced.global('launch')).toBe(0);
  });
});
