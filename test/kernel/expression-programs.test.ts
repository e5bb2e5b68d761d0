import { afterAll, expect, test } from 'vitest';
import type { Piece } from '../../src/abi/place.ts';
import { parseFilter, parseGrouping } from '../../src/expr/filter.ts';
import { phaseOf } from '../../src/expr/phase.ts';
import type { BoolNode, KeyNode } from '../../src/expr/tree.ts';
import { flatten, label, load, loadValue, mov, store } from '../../src/trace/bpf/asm.ts';
import { keyLayout } from '../../src/trace/bpf/expression/key-layout.ts';
import { earlyParts, lowerCondition, lowerEarly, lowerKey } from '../../src/trace/bpf/expression/lower.ts';
import type { ExpressionProbe } from '../../src/trace/bpf/expression/probe.ts';
import { Unlowerable } from '../../src/trace/bpf/expression/unlowerable.ts';
import { memoryOf } from '../../src/trace/bpf/memory/chosen-memory.ts';
import { begin, end, FRAME } from '../../src/trace/bpf/steps.ts';
import { PT_REGS } from '../../src/trace/sys/uapi.ts';
import { createMap } from '../../src/trace/uprobe/map.ts';
import { loadProgram } from '../../src/trace/uprobe/program.ts';
import { word } from '../expr/recorded-call.ts';
import { int, pointer, scope as sampleScope } from '../expr/sample-scope.ts';
import { describeNeeding } from '../support/need.ts';
import { OwnMemory } from '../support/own-memory.ts';
import { contextSize, KernelEvaluation, probeOf, savedAt } from '../trace/lowered-call.ts';
import { conditions, groupings, moreArguments } from '../trace/sample-expressions.ts';
import { inMemory, register } from '../trace/traced-machine.ts';

describeNeeding(['kernel'], 'programs with expressions', () => {
  const kernel = new KernelEvaluation();
  const memory = new OwnMemory(2);
  afterAll(() => {
    kernel[Symbol.dispose]();
    memory[Symbol.dispose]();
  });
  const at = memory.add(Uint8Array.from([...word(7n), ...word(8n), ...word(9n)]));
  const context = Buffer.alloc(contextSize);
  const scope = {
    args: [{ name: 'p', type: '_', shape: pointer(int(8, false)) }],
    ret: { type: '_', shape: int(8, false) },
  };
  const loadedValue = (grouping: string, probe: ExpressionProbe): unknown => {
    const key = kernel.key(parseGrouping(grouping, scope), 8, probe, context);
    return 'undecided' in key ? key.undecided : 'value' in key ? key.value : key;
  };

  test('memory that is out of date is not believed, as far as it is read', () => {
    context.writeBigUInt64LE(at, PT_REGS.rdi);
    context.writeBigUInt64LE(2n, PT_REGS.rcx);
    const stale = (displacement: bigint, size: number, index: 'rcx' | null = null) =>
      loadedValue('p', probeOf([[register('rdi')]], { stale: [{ base: 'rdi', index, scale: 4, displacement, size }] }));
    expect(stale(8n, 8)).toBe(7n);
    expect(stale(-8n, 8)).toBe(7n);
    expect(stale(-8n, 9)).toBe('gone');
    expect(stale(7n, 1)).toBe('gone');
    expect(stale(0n, 8)).toBe('gone');
    expect(stale(-16n, 64)).toBe('gone');
    expect(stale(-8n, 4, 'rcx')).toBe('gone');
    expect(stale(0n, 4, 'rcx')).toBe(7n);
    const many = Array.from(
      { length: 17 },
      () => ({ base: 'rdi', index: null, scale: 1, displacement: 64n, size: 1 }) as const,
    );
    expect(() => loadedValue('p', probeOf([[register('rdi')]], { stale: many }))).toThrow(Unlowerable);
    // A value's own bytes are where its plan says, whatever else is out of date.
    expect(loadedValue('ret', probeOf([[register('rdi')], [register('rcx')]], { stale: many }))).toBe(2n);
  });

  test('results by registers of the entry, and values at addresses as linked', () => {
    context.writeBigUInt64LE(at + 16n, savedAt);
    const atEntry: Piece = { ...inMemory('rsi', -8n, 8), atEntry: true };
    expect(loadedValue('ret', probeOf([[], [atEntry]], { saved: ['rdi', 'rsi'] }))).toBe(8n);
    context.writeBigUInt64LE(at + 0x100n, PT_REGS.rip);
    const linked = inMemory(null, 0x40_0008n, 8);
    expect(loadedValue('ret', probeOf([[], [linked]], { address: 0x40_0100n }))).toBe(8n);
    expect(loadedValue('ret', probeOf([[], [linked]]))).toBe('gone');
    expect(loadedValue('p', probeOf([[linked]], { address: 0x40_0100n }))).toBe('unreadable');
  });

  const noMap = (name: string): never => {
    throw new Error(name);
  };
  /** Loads a program on a function whose values are in memory that the first two registers point to. */
  const loads = (node: BoolNode | KeyNode, isCondition: boolean, waits: boolean): void => {
    using values = createMap({ name: 'values', type: 'array', keySize: 4, valueSize: 2_048, maxEntries: 1 });
    const own = (base: 'rdi' | 'rsi'): Piece[] => [inMemory(base, 0n, 64)];
    const probe = probeOf([...sampleScope.args, ...moreArguments].map(() => own('rdi')).concat([own('rsi')]), {
      memory: memoryOf(waits),
      stale: [{ base: 'rsp', index: null, scale: 1, displacement: 8n, size: 16 }],
    });
    const area = phaseOf(node) === 'exit' ? earlyParts([node], 32) : null;
    const atExit: ExpressionProbe = area ? { ...probe, early: { parts: area.parts, at: 512 } } : probe;
    const layout = isCondition ? null : keyLayout(node as KeyNode, 32);
    const code = flatten([
      begin({ kind: 'all', except: [process.pid] }),
      loadValue('r8', 'values', 0),
      mov('r9', 'r8'),
      mov('r7', 'r8'),
      store(8, 'r10', FRAME.number, 0),
      area ? lowerEarly(area.parts, probe, 512) : [],
      layout === null
        ? lowerCondition(node as BoolNode, atExit, { isFalse: 'out', isUndecided: 'undecided' })
        : lowerKey(node as KeyNode, layout, atExit, 0),
      // The registers are as they were.
      load(8, 'r0', 'r6', PT_REGS.rip),
      [7, 8, 9].map((number) => store(8, `r${number}` as 'r7', 1_024, 'r0')),
      layout === null ? label('undecided') : [],
      end,
    ]);
    using program = loadProgram(
      { name: 'rsym_test', type: 'kprobe', uprobeMulti: true, isSleepable: waits, functions: [], code },
      (name) => (name === 'values' ? values : noMap(name)),
    );
    expect(program.value).toBeGreaterThan(2);
  };

  test.each([false, true])('are loaded as those of uprobes, also where they wait for pages: %s', (waits) => {
    const all = { args: [...sampleScope.args, ...moreArguments], ret: sampleScope.ret };
    let refused = 0;
    const lowered = (body: () => void): void => {
      try {
        body();
      } catch (error) {
        if (!(error instanceof Unlowerable)) throw error;
        refused++;
      }
    };
    for (const one of conditions) lowered(() => loads(parseFilter(one, all), true, waits));
    for (const one of groupings) lowered(() => loads(parseGrouping(one, all), false, waits));
    expect(refused).toBeLessThan(5);
  });

  test('what has no room, is too long or needs floats is refused in words', () => {
    const reasonOf = (condition: string): string => {
      const types = { args: [...sampleScope.args, ...moreArguments], ret: sampleScope.ret };
      const pieces = types.args.map(() => [inMemory('rdi', 0n, 64)]);
      try {
        lowerCondition(parseFilter(condition, types), probeOf(pieces), { isFalse: 'a', isUndecided: 'b' });
        return '';
      } catch (error) {
        return error instanceof Unlowerable ? error.reason : String(error);
      }
    };
    expect(reasonOf('ratio * 2 > 1')).toBe('the kernel has no arithmetic on floats');
    expect(reasonOf('name.contains("a")')).toBe('a text is not looked through there');
    expect(reasonOf('name < "b"')).toBe('texts are only compared by == and != there');
    expect(reasonOf(`name == "${'x'.repeat(257)}"`)).toBe('texts are compared up to 256 bytes there');
    expect(reasonOf('len / wide == 1')).toBe('a number that may have more than 64 bits is divided');
    const long = Array.from({ length: 300 }, (_, i) => `words[${i}] == 1`).join(' || ');
    expect(reasonOf(long)).toBe('the expression is too long for the kernel');
    const deep = Array.from({ length: 30 }, () => 'wide * (wide').join(' + ') + ')'.repeat(30);
    expect(reasonOf(`${deep} > 1`)).toBe('the expression is too deep for the kernel');
    expect(reasonOf('n > 1')).toBe('');
  });
});
