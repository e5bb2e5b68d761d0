import type { KeyNode, TextNode, VariantNode } from '../../../expr/tree.ts';
import { type Code, jump, label, load, mov, store } from '../asm.ts';
import { boolWord } from './condition.ts';
import type { Doubt } from './doubt.ts';
import { earlyOf } from './early.ts';
import { canonical, lowerFloat } from './float.ts';
import { type KeyPart, textHeader } from './key-layout.ts';
import { textPart } from './key-text.ts';
import type { Lowering } from './lowering.ts';
import { choose, numberAt } from './place.ts';
import { leaveWithin } from './tag.ts';
import { wordRegisters } from './words.ts';

/** Writes a part of a key, all of its words, to memory at r8 + `at`. */
export const lowerKeyPart = (node: KeyNode, part: KeyPart, at: number, doubt: Doubt, lowering: Lowering): Code => {
  if (node.kind === 'tuple')
    return part.kind === 'tuple'
      ? node.items.map((item, i) => {
          const one = part.parts[i];
          return one === undefined ? [] : lowerKeyPart(item, one, at, doubt, lowering);
        })
      : [];
  if (part.kind === 'tuple') return [];
  const to = at + part.at;
  switch (node.kind) {
    case 'int':
    case 'char':
    case 'duration': {
      const format = 'format' in part ? part.format : ({ words: 1, signed: false } as const);
      const words = wordRegisters.slice(0, format.words);
      return [lowering.int(node.node, format, doubt), words.map((reg, i) => store(8, 'r8', to + 8 * i, reg))];
    }
    case 'float':
      return [lowerFloat(node.node, doubt, lowering), canonical(lowering), store(8, 'r8', to, 'r0')];
    case 'bool':
      return [boolWord(node.node, doubt, lowering), store(8, 'r8', to, 'r0')];
    case 'variant':
      return [
        variantNumber(node.node, part.kind === 'variant' ? part.names : [], doubt, lowering),
        store(8, 'r8', to, 'r0'),
      ];
    case 'text':
      return part.kind === 'text' ? textItem(node.node, part, to, doubt, lowering) : [];
  }
};

/** r0 = the number of the variant's name among `names`. */
const variantNumber = (node: VariantNode, names: readonly string[], doubt: Doubt, lowering: Lowering): Code => {
  const kept = earlyOf(node, ['variant'], doubt, lowering);
  if (kept !== null) {
    // Kept by its number among its own names, which are among these.
    const found = kept.part.names.map((name) => names.indexOf(name));
    if (found.every((index, i) => index === i)) return [kept.check, load(8, 'r0', 'r9', kept.start + kept.part.at)];
    const end = lowering.label();
    return [
      kept.check,
      load(8, 'r1', 'r9', kept.start + kept.part.at),
      found.map((index, i): Code => [mov('r0', index), { form: 'branch', op: 'eq', dst: 'r1', src: i, to: end }]),
      label(end),
    ];
  }
  if (node.kind === 'either')
    return choose(node.cases, doubt, lowering, (gives) => variantNumber(gives, names, doubt, lowering));
  const { tag, cases } = node;
  const [first] = cases;
  if (tag === null) return first === undefined ? [jump(doubt.to('invalid'))] : [mov('r0', names.indexOf(first.name))];
  const end = lowering.label();
  const found = cases.map((one) => ({ ...one, to: lowering.label() }));
  return [
    numberAt(tag.place, tag.size, doubt, lowering),
    found.map(({ values, to }) => leaveWithin(tag.size, values, to, lowering)),
    jump(doubt.to('invalid')),
    found.map(({ name, to }): Code => [label(to), mov('r0', names.indexOf(name)), jump(end)]),
    label(end),
  ];
};

const textItem = (
  node: TextNode,
  part: Extract<KeyPart, { kind: 'text' }>,
  to: number,
  doubt: Doubt,
  lowering: Lowering,
): Code => {
  const kept = earlyOf(node, ['text'], doubt, lowering);
  if (kept === null) return textPart(node, part, to, doubt, lowering);
  const words = (textHeader + part.room) / 8;
  return [
    kept.check,
    Array.from(
      { length: words },
      (_, i): Code => [load(8, 'r0', 'r9', kept.start + kept.part.at + 8 * i), store(8, 'r8', to + 8 * i, 'r0')],
    ),
  ];
};
