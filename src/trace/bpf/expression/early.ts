import type { BoolNode, FloatNode, IntNode, KeyNode, Node } from '../../../expr/tree.ts';
import { type Code, jump, jumpIf, load } from '../asm.ts';
import type { Doubt } from './doubt.ts';
import type { KeyLayout, KeyPart } from './key-layout.ts';
import type { Lowering, Ways } from './lowering.ts';
import type { Format } from './range.ts';
import { wordRegisters } from './words.ts';

/** A part of an expression on a call's end that is known when it begins: it is kept from then on, as a key of its own. */
export type EarlyPart = {
  readonly node: Node;
  readonly key: KeyNode;
  readonly layout: KeyLayout;
  /** Where it is in the area of all of them. */
  readonly at: number;
};

type Kept<K> = { readonly part: KeyPart & { readonly kind: K }; readonly start: number; readonly check: Code };

/** What was kept of a node, with the instructions that leave where it wasn't known; null: it wasn't kept. */
export const earlyOf = <K extends KeyPart['kind']>(
  node: Node,
  kinds: readonly K[],
  doubt: Doubt,
  { probe }: Lowering,
): Kept<K> | null => {
  const found = probe.early?.parts.find((one) => one.node === node);
  if (found === undefined || probe.early === undefined) return null;
  const start = probe.early.at + found.at;
  const part = found.layout.key;
  if (!kinds.some((kind) => kind === part.kind)) return null;
  return {
    part: part as Kept<K>['part'],
    start,
    check: [load(8, 'r0', 'r9', start), jumpIf('ne', 'r0', 0, doubt.common)],
  };
};

export const earlyNumber = (
  node: IntNode,
  doubt: Doubt,
  lowering: Lowering,
): { readonly code: Code; readonly format: Format } | null => {
  const kept = earlyOf(node, ['int'], doubt, lowering);
  if (kept === null) return null;
  const { part, start, check } = kept;
  const words = wordRegisters.slice(0, part.format.words);
  return { code: [check, words.map((reg, i) => load(8, reg, 'r9', start + part.at + 8 * i))], format: part.format };
};

export const earlyFloat = (node: FloatNode, doubt: Doubt, lowering: Lowering): Code | null => {
  const kept = earlyOf(node, ['float'], doubt, lowering);
  return kept && [kept.check, load(8, 'r0', 'r9', kept.start + kept.part.at)];
};

export const earlyBool = (node: BoolNode, { yes, no, doubt }: Ways, lowering: Lowering): Code | null => {
  const kept = earlyOf(node, ['bool'], doubt, lowering);
  if (kept === null) return null;
  return [kept.check, load(8, 'r0', 'r9', kept.start + kept.part.at), jumpIf('ne', 'r0', 0, yes), jump(no)];
};
