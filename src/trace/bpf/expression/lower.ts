import { phaseOf } from '../../../expr/phase.ts';
import type { BoolNode, KeyNode, Node } from '../../../expr/tree.ts';
import { type Code, flatten, jump, label, store } from '../asm.ts';
import { lowerBool } from './condition.ts';
import { Doubt } from './doubt.ts';
import type { EarlyPart } from './early.ts';
import { earlyNodes } from './early-parts.ts';
import { lowerInt } from './integer.ts';
import { lowerKeyPart } from './key.ts';
import { type KeyLayout, keyLayout } from './key-layout.ts';
import { Lowering, tooLong } from './lowering.ts';
import type { ExpressionProbe } from './probe.ts';
import { tidied } from './reachable.ts';

/** Instructions of one expression at most. */
const mostInstructions = 4_000;

const loweringOf = (probe: ExpressionProbe): Lowering => new Lowering(probe, { bool: lowerBool, int: lowerInt });

const finished = (code: Code, probe: ExpressionProbe, ways: readonly string[]): Code => {
  const end = probe.labels.fresh('x');
  const tidy = tidied(flatten(code), end, ways);
  if (tidy.length > mostInstructions) throw tooLong();
  return tidy;
};

/** Where a condition that doesn't hold leads. */
export type Leaves = {
  readonly isFalse: string;
  readonly isUndecided: string;
  /** r0 is the reason's number there. */
  readonly isReasonAsked?: true;
};

/**
 * Evaluates a condition: goes on where it holds, and else leaves for one of the labels. Keeps r6, the context, to r9; uses the
 * frame below `FRAME.levels`.
 *
 * @throws {Unlowerable} where the kernel can't tell it.
 */
export const lowerCondition = (node: BoolNode, probe: ExpressionProbe, to: Leaves): Code => {
  const holds = probe.labels.fresh('x');
  const doubt = new Doubt(to.isUndecided, to.isReasonAsked === true, probe.labels);
  const code = loweringOf(probe).bool(node, { yes: holds, no: to.isFalse, doubt });
  return finished([code, doubt.landings(), label(holds)], probe, [to.isFalse, to.isUndecided]);
};

/**
 * Writes a key to memory at r8 + `at`, all of the layout's bytes, which is a pointer that may be written through. Otherwise as
 * {@link lowerCondition}, but goes on in any case.
 *
 * @throws {Unlowerable} where the kernel can't tell it.
 */
export const lowerKey = (node: KeyNode, layout: KeyLayout, probe: ExpressionProbe, at: number): Code => {
  const [unknown, end] = [probe.labels.fresh('x'), probe.labels.fresh('x')];
  const doubt = new Doubt(unknown, true, probe.labels);
  return finished(
    [
      lowerKeyPart(node, layout.key, at, doubt, loweringOf(probe)),
      store(8, 'r8', at, 0),
      jump(end),
      doubt.landings(),
      label(unknown),
      store(8, 'r8', at, 'r0'),
      Array.from({ length: layout.size / 8 - 1 }, (_, i) => store(8, 'r8', at + 8 * (i + 1), 0)),
      label(end),
    ],
    probe,
    [],
  );
};

/** What has to be kept of a call's beginning for expressions that are evaluated at its end. */
export type EarlyArea = { readonly parts: readonly EarlyPart[]; readonly size: number };

/**
 * The largest parts of expressions that are known when a call begins, of those that aren't as a whole. `maxText`: bytes of a text
 * that are kept. Sizes in bytes.
 *
 * @throws {Unlowerable} where an argument and the result are taken together in one step, as in `arg[ret]`.
 */
export const earlyParts = (nodes: readonly (Node | KeyNode)[], maxText: number): EarlyArea => {
  let size = 0;
  const parts = earlyNodes(nodes.filter((node) => phaseOf(node) === 'exit')).map(({ node, key }): EarlyPart => {
    const layout = keyLayout(key, maxText);
    const at = size;
    size += layout.size;
    return { node, key, layout, at };
  });
  return { parts, size };
};

/** Writes early parts to memory at r8 + `at`, where the call begins; its end has them as `ExpressionProbe.early`. */
export const lowerEarly = (parts: readonly EarlyPart[], probe: ExpressionProbe, at: number): Code =>
  parts.map(({ key, layout, at: own }) => lowerKey(key, layout, probe, at + own));
