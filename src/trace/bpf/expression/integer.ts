import { leastOf, mostOf } from '../../../expr/number.ts';
import type { IntNode } from '../../../expr/tree.ts';
import { add, alu, type Code, call, jump, jumpIf, label, load } from '../asm.ts';
import { arithmetic } from './arithmetic.ts';
import type { Doubt } from './doubt.ts';
import { earlyNumber } from './early.ts';
import type { Lowering } from './lowering.ts';
import { choose, numberAt } from './place.ts';
import { log2, nextPowerOfTwo } from './power.ts';
import { type Format, formatOf, rangeOf } from './range.ts';
import { lengthOf } from './text-test.ts';
import { convert, onlyWithin, setTo, setWords, spill, wideProduct, wordRegisters } from './words.ts';

const billion = 1_000_000_000n;

/** See `Lowering.int`. */
export const lowerInt = (node: IntNode, format: Format, doubt: Doubt, lowering: Lowering): Code => {
  if (node.kind === 'integer') return setWords(node.value, format.words);
  const known = earlyNumber(node, doubt, lowering);
  if (known !== null) return [known.code, convert(known.format, format)];
  if (node.kind === 'either') return choose(node.cases, doubt, lowering, (gives) => lowering.int(gives, format, doubt));
  return [inOwnFormat(node, doubt, lowering), convert(formatOf(rangeOf(node)), format)];
};

/** The number in the smallest format that has room for all that it may be. */
const inOwnFormat = (
  node: Exclude<IntNode, { kind: 'integer' | 'either' }>,
  doubt: Doubt,
  lowering: Lowering,
): Code => {
  switch (node.kind) {
    case 'load': {
      const left = node.size < 8 && node.signed ? 64 - 8 * node.size : 0;
      return [
        numberAt(node.place, node.size, doubt, lowering),
        left === 0 ? [] : [alu('lsh', 'r0', left), alu('arsh', 'r0', left)],
      ];
    }
    case 'char': {
      const valid = lowering.label();
      return [
        numberAt(node.place, 4, doubt, lowering),
        jumpIf('gt', 'r0', 0x10ffff, doubt.to('invalid')),
        jumpIf('lt', 'r0', 0xd800, valid),
        jumpIf('le', 'r0', 0xdfff, doubt.to('invalid')),
        label(valid),
      ];
    }
    case 'time-span':
      return lowering.frame.with(1, (word) => [
        numberAt(node.seconds, 8, doubt, lowering),
        spill(word, 1),
        lowering.frame.with(1, (rest) => [
          numberAt(node.nanoseconds, 4, doubt, lowering),
          setTo('r1', billion),
          jumpIf('ge', 'r0', 'r1', doubt.to('invalid')),
          spill(rest, 1),
          load(8, 'r0', 'r10', word),
          setTo('r1', billion),
          wideProduct,
          load(8, 'r2', 'r10', rest),
          add('r0', 'r2'),
          jumpIfNoCarry('r2', lowering),
        ]),
      ]);
    case 'call':
      if (node.fact === 'duration')
        return lowering.probe.duration === null
          ? [jump(doubt.to('gone'))]
          : [load(8, 'r0', 'r10', lowering.probe.duration)];
      return [
        call('get_current_pid_tgid'),
        node.fact === 'pid' ? alu('rsh', 'r0', 32) : [alu('lsh', 'r0', 32), alu('rsh', 'r0', 32)],
      ];
    case 'arithmetic':
      return arithmetic(node, doubt, lowering);
    case 'negative': {
      const zero: IntNode = { kind: 'integer', value: 0n };
      return arithmetic({ operation: '-', left: zero, right: node.of, isUnsigned: false }, doubt, lowering);
    }
    case 'complement': {
      const [range, own] = [rangeOf(node.of), rangeOf(node)];
      const fits = range.low >= own.low && range.high <= own.high;
      const [from, to] = [formatOf(range), formatOf(own)];
      return [
        lowering.int(node.of, from, doubt),
        fits
          ? []
          : onlyWithin(from, { low: leastOf(node), high: mostOf(node) }, doubt.to('overflow'), () => lowering.label()),
        convert(from, to),
        wordRegisters.slice(0, to.words).map((reg, i): Code => {
          const bits = node.signed ? -1n : mostOf(node) >> BigInt(64 * i);
          return [setTo('r3', bits), alu('xor', reg, 'r3')];
        }),
      ];
    }
    case 'ilog2':
      return log2(node.of, doubt, lowering);
    case 'next-power-of-two':
      return nextPowerOfTwo(node, doubt, lowering);
    case 'length':
      return lengthOf(node.of, doubt, lowering);
  }
};

/** r1 is one more where r0 is less than what was added to it. */
const jumpIfNoCarry = (added: 'r2', lowering: Lowering): Code => {
  const done = lowering.label();
  return [jumpIf('ge', 'r0', added, done), add('r1', 1), label(done)];
};
