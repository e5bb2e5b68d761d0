import { readFileSync } from 'node:fs';
import type { Piece } from '../../src/abi/place.ts';
import type { Key } from '../../src/expr/key.ts';
import type { Outcome } from '../../src/expr/outcome.ts';
import type { BoolNode, KeyNode } from '../../src/expr/tree.ts';
import { type Code, exit, flatten, label, load, loadValue, mov, store } from '../../src/trace/bpf/asm.ts';
import { keyLayout, readKey } from '../../src/trace/bpf/expression/key-layout.ts';
import { earlyParts, lowerCondition, lowerEarly, lowerKey } from '../../src/trace/bpf/expression/lower.ts';
import type { ExpressionProbe } from '../../src/trace/bpf/expression/probe.ts';
import { Labels } from '../../src/trace/bpf/follow/labels.ts';
import { loadedPages } from '../../src/trace/bpf/memory/loaded-pages.ts';
import { PENDING } from '../../src/trace/bpf/records.ts';
import { FRAME } from '../../src/trace/bpf/steps.ts';
import type { OwnedFd } from '../../src/trace/sys/fd.ts';
import { createMap, lookupElement } from '../../src/trace/uprobe/map.ts';
import { RunnableProgram } from '../support/bpf-run.ts';

/** Behind the registers of a test's context: the call's duration. */
export const durationAt = 168;
/** And the second register that was saved at the call's entry. */
export const savedAt = 176;
export const contextSize = 184;
const outSize = 4_096;
/** Where keys and early parts are in a program's memory. */
const keyAt = 16;
const earlyAt = 1_024;

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
      mov('r9', 'r8'),
      load(8, 'r0', 'r6', durationAt),
      store(8, 'r10', FRAME.number, 'r0'),
      load(8, 'r0', 'r6', savedAt),
      store(8, 'r10', FRAME.pendingValue + PENDING.saved + 8, 'r0'),
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
    this.#run([lowerKey(node, layout, probe, keyAt), mov('r0', 0), exit()], context);
    const value = Buffer.alloc(outSize);
    lookupElement(this.#out, Buffer.alloc(4), value);
    return readKey(layout, value.subarray(keyAt, keyAt + layout.size));
  }

  /**
   * How an expression is seen at the end of a call: what it needs of the beginning is kept as `probe` has it there, and no
   * argument is seen any more.
   */
  atExit(node: BoolNode | KeyNode, maxText: number, probe: ExpressionProbe, context: Buffer): ExpressionProbe {
    const { parts, size } = earlyParts([node], maxText);
    if (size > 0) this.#run([lowerEarly(parts, { ...probe, duration: null }, earlyAt), mov('r0', 0), exit()], context);
    const pieces: ExpressionProbe['pieces'] = (root) => (root.kind === 'argument' ? null : probe.pieces(root));
    return { ...probe, pieces, early: { parts, at: earlyAt } };
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
