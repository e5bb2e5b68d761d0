import { readFileSync } from 'node:fs';
import type { Piece } from '../../src/abi/place.ts';
import type { Key } from '../../src/expr/key.ts';
import type { Outcome } from '../../src/expr/outcome.ts';
import type { BoolNode, KeyNode } from '../../src/expr/tree.ts';
import { type Code, exit, flatten, label, load, loadValue, mov, store } from '../../src/trace/bpf/asm.ts';
import { keyLayout, readKey } from '../../src/trace/bpf/expression/key-layout.ts';
import { lowerCondition, lowerKey } from '../../src/trace/bpf/expression/lower.ts';
import type { ExpressionProbe } from '../../src/trace/bpf/expression/probe.ts';
import { Labels } from '../../src/trace/bpf/follow/labels.ts';
import { loadedPages } from '../../src/trace/bpf/memory/loaded-pages.ts';
import { FRAME } from '../../src/trace/bpf/steps.ts';
import type { OwnedFd } from '../../src/trace/sys/fd.ts';
import { createMap, lookupElement } from '../../src/trace/uprobe/map.ts';
import { RunnableProgram } from '../support/bpf-run.ts';

/** Behind the registers of a test's context: the call's duration. */
const durationAt = 168;
export const contextSize = 176;
const outSize = 4_096;

/** What programs have to do with while they are run by hand. */
export class KernelEvaluation implements Disposable {
  readonly #out = createMap({ name: 'out', type: 'array', keySize: 4, valueSize: outSize, maxEntries: 1 });

  /** The name of this thread, as the kernel has it. */
  readonly comm = Buffer.from(readFileSync('/proc/thread-self/comm', 'utf8').trimEnd());

  #maps(name: string): OwnedFd {
    if (name !== 'out') throw new Error(name);
    return this.#out;
  }

  #run(code: Code, context: Buffer): number {
    const whole = flatten([
      mov('r6', 'r1'),
      loadValue('r8', 'out', 0),
      load(8, 'r0', 'r6', durationAt),
      store(8, 'r10', FRAME.number, 'r0'),
      code,
    ]);
    using program = new RunnableProgram(whole, (name) => this.#maps(name));
    return program.run(context);
  }

  condition(node: BoolNode, probe: ExpressionProbe, context: Buffer): boolean | undefined {
    const result = this.#run(
      [
        lowerCondition(node, probe, { isFalse: 'no', isUndecided: 'unknown' }),
        [mov('r0', 1), exit()],
        [label('no'), mov('r0', 0), exit()],
        [label('unknown'), mov('r0', 2), exit()],
      ],
      context,
    );
    return [false, true, undefined][result];
  }

  key(node: KeyNode, maxText: number, probe: ExpressionProbe, context: Buffer): Outcome<Key> {
    const layout = keyLayout(node, maxText);
    this.#run([lowerKey(node, layout, probe, 16), mov('r0', 0), exit()], context);
    const value = Buffer.alloc(outSize);
    lookupElement(this.#out, Buffer.alloc(4), value);
    return readKey(layout, value.subarray(16, 16 + layout.size));
  }

  [Symbol.dispose](): void {
    this.#out[Symbol.dispose]();
  }
}

export const probeOf = (
  pieces: readonly (readonly Piece[])[],
  given: Partial<ExpressionProbe> = {},
): ExpressionProbe => ({
  pieces: (root) => (root.kind === 'argument' ? pieces[root.index] : pieces.at(-1)) ?? null,
  address: null,
  saved: [],
  stale: [],
  memory: loadedPages,
  duration: FRAME.number,
  labels: new Labels(),
  ...given,
});
