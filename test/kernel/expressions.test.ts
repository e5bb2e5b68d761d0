import { expect } from 'vitest';
import { parseFilter } from '../../src/expr/filter.ts';
import { exit, flatten, label, mov } from '../../src/trace/bpf/asm.ts';
import { lowerCondition } from '../../src/trace/bpf/expression/lower.ts';
import { Labels } from '../../src/trace/bpf/follow/labels.ts';
import { loadedPages } from '../../src/trace/bpf/memory/loaded-pages.ts';
import { PT_REGS } from '../../src/trace/sys/uapi.ts';
import { RunnableProgram } from '../support/bpf-run.ts';
import { testWith } from '../support/need.ts';
import { register } from '../trace/traced-machine.ts';

testWith('kernel')('basic', () => {
  const scope = { args: [{ name: 'a', type: 'u64', shape: { kind: 'int', size: 8, signed: false } as const }, { name: 'b', type: 'u64', shape: { kind: 'int', size: 8, signed: true } as const }], ret: null };
  for (const [text, a, b, want] of [
    ['a > 3', 4n, 0n, 1],
    ['a > 3', 3n, 0n, 0],
    ['a + b > 3', 3n, 1n, 1],
    ['a + b > 3', 3n, -1n, 0],
    ['a * 2 - b == 7', 4n, 1n, 1],
    ['a / b == 2', 5n, 2n, 1],
    ['a / b == -2', 5n, -2n, 1],
    ['a / b == 2', 5n, 0n, 2],
    ['a / b == 2 || a > 4', 5n, 0n, 1],
    ['(a << b) >> b == a', 5n, 100n, 1],
  ] as const) {
    const node = parseFilter(text, scope);
    const code = lowerCondition(
      node,
      {
        pieces: (root) => (root.kind === 'argument' ? [register(root.index === 0 ? 'rdi' : 'rsi')] : null),
        address: null,
        saved: [],
        stale: [],
        memory: loadedPages,
        duration: null,
        labels: new Labels(),
      },
      { isFalse: 'no', isUndecided: 'unknown' },
    );
    using program = new RunnableProgram(
      flatten([mov('r6', 'r1'), code, mov('r0', 1), exit(), label('no'), mov('r0', 0), exit(), label('unknown'), mov('r0', 2), exit()]),
      () => {
        throw new Error('no map');
      },
    );
    const context = Buffer.alloc(168);
    context.writeBigUInt64LE(BigInt.asUintN(64, a), PT_REGS.rdi);
    context.writeBigUInt64LE(BigInt.asUintN(64, b), PT_REGS.rsi);
    expect([text, program.run(context)]).toEqual([text, want]);
  }
});
