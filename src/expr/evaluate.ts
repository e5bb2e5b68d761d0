import { computed, log2, nextPowerOfTwo } from './calculation.ts';
import type { Environment } from './environment.ts';
import { floatValue } from './evaluate-float.ts';
import { Evaluation } from './evaluation.ts';
import { choose, isWithin, locate, unsignedAt } from './located.ts';
import { leastOf, mostOf } from './number.ts';
import { isUndecided, type Outcome, undecided } from './outcome.ts';
import { compareTexts, lengthOf, testText, textOf } from './text.ts';
import type { BoolNode, CompareOperation, IntNode, Place, Tag, VariantNode } from './tree.ts';

/**
 * Whether a condition holds for a call: what follows from what is known of it. `false && x` is false and `true || x` is
 * true even where x is undecided. Nothing is thrown.
 */
export const evaluate = (node: BoolNode, environment: Environment): Outcome<boolean> =>
  boolValue(node, evaluationOf(environment));

export const evaluationOf = (environment: Environment): Evaluation => new Evaluation(environment, boolValue, intValue);

export const boolValue = (node: BoolNode, evaluation: Evaluation): Outcome<boolean> => {
  switch (node.kind) {
    case 'truth':
      return node.value;
    case 'bool':
      return loadBool(node.place, evaluation);
    case 'not': {
      const of = boolValue(node.of, evaluation);
      return isUndecided(of) ? of : !of;
    }
    case 'and':
      return joined(node.left, node.right, false, evaluation);
    case 'or':
      return joined(node.left, node.right, true, evaluation);
    case 'same-bool': {
      const left = boolValue(node.left, evaluation);
      if (isUndecided(left)) return left;
      const right = boolValue(node.right, evaluation);
      return isUndecided(right) ? right : left === right;
    }
    case 'compare-int': {
      const left = intValue(node.left, evaluation);
      if (isUndecided(left)) return left;
      const right = intValue(node.right, evaluation);
      return isUndecided(right) ? right : holds(node.operation, left < right, left > right, left === right);
    }
    case 'compare-float': {
      const left = floatValue(node.left, evaluation);
      if (isUndecided(left)) return left;
      const right = floatValue(node.right, evaluation);
      return isUndecided(right) ? right : holds(node.operation, left < right, left > right, left === right);
    }
    case 'compare-text':
      return compareText(node, evaluation);
    case 'test-text': {
      const of = textOf(node.of, evaluation);
      if (isUndecided(of)) return of;
      const part = textOf(node.part, evaluation);
      return isUndecided(part) ? part : testText(node.test, of, part);
    }
    case 'variant':
      return isVariant(node, evaluation);
    case 'either': {
      const chosen = choose(node.cases, evaluation);
      return isUndecided(chosen) ? chosen : boolValue(chosen, evaluation);
    }
  }
};

/** `decisive` is what decides from one side alone. */
const joined = (left: BoolNode, right: BoolNode, decisive: boolean, evaluation: Evaluation): Outcome<boolean> => {
  const first = boolValue(left, evaluation);
  if (first === decisive) return first;
  const second = boolValue(right, evaluation);
  if (second === decisive) return second;
  return isUndecided(first) ? first : second;
};

const holds = (operation: CompareOperation, isLess: boolean, isMore: boolean, isSame: boolean): boolean => {
  switch (operation) {
    case '==':
      return isSame;
    case '!=':
      return !isSame;
    case '<':
      return isLess;
    case '<=':
      return isLess || isSame;
    case '>':
      return isMore;
    case '>=':
      return isMore || isSame;
  }
};

const compareText = (node: Extract<BoolNode, { kind: 'compare-text' }>, evaluation: Evaluation): Outcome<boolean> => {
  const left = textOf(node.left, evaluation);
  if (isUndecided(left)) return left;
  const right = textOf(node.right, evaluation);
  if (isUndecided(right)) return right;
  const isEquality = node.operation === '==' || node.operation === '!=';
  const order = compareTexts(left, right, isEquality);
  return isUndecided(order) ? order : holds(node.operation, order < 0, order > 0, order === 0);
};

const loadBool = (place: Place, evaluation: Evaluation): Outcome<boolean> => {
  const bits = unsigned(place, 1, evaluation);
  if (isUndecided(bits)) return bits;
  return bits > 1n ? undecided('invalid') : bits === 1n;
};

const unsigned = (place: Place, size: number, evaluation: Evaluation): Outcome<bigint> => {
  const located = locate(place, evaluation);
  return isUndecided(located) ? located : unsignedAt(located, size);
};

const tagValue = ({ place, size }: Tag, evaluation: Evaluation): Outcome<bigint> => unsigned(place, size, evaluation);

const isVariant = (node: Extract<BoolNode, { kind: 'variant' }>, evaluation: Evaluation): Outcome<boolean> => {
  const value = tagValue(node.tag, evaluation);
  if (isUndecided(value)) return value;
  if (node.values.some((range) => isWithin(value, range))) return true;
  const isKnown = node.known?.some((range) => isWithin(value, range)) ?? true;
  return isKnown ? false : undecided('invalid');
};

/** A whole number; of a char its code point, of a duration nanoseconds. */
export const intValue = (node: IntNode, evaluation: Evaluation): Outcome<bigint> => {
  switch (node.kind) {
    case 'integer':
      return node.value;
    case 'load': {
      const bits = unsigned(node.place, node.size, evaluation);
      return isUndecided(bits) || !node.signed ? bits : BigInt.asIntN(8 * node.size, bits);
    }
    case 'char': {
      const bits = unsigned(node.place, 4, evaluation);
      if (isUndecided(bits)) return bits;
      return bits > 0x10ffffn || (bits >= 0xd800n && bits <= 0xdfffn) ? undecided('invalid') : bits;
    }
    case 'time-span': {
      const seconds = unsigned(node.seconds, 8, evaluation);
      if (isUndecided(seconds)) return seconds;
      const rest = unsigned(node.nanoseconds, 4, evaluation);
      if (isUndecided(rest)) return rest;
      return rest >= billion ? undecided('invalid') : seconds * billion + rest;
    }
    case 'call': {
      if (node.fact !== 'duration') return BigInt(evaluation.environment[node.fact]);
      return typeof evaluation.environment.duration === 'string'
        ? undecided(evaluation.environment.duration)
        : evaluation.environment.duration;
    }
    case 'arithmetic': {
      const left = intValue(node.left, evaluation);
      if (isUndecided(left)) return left;
      const right = intValue(node.right, evaluation);
      if (isUndecided(right)) return right;
      const result = computed(node.operation, left, right, node.isUnsigned);
      return typeof result === 'bigint' ? result : undecided(result);
    }
    case 'negative': {
      const of = intValue(node.of, evaluation);
      if (isUndecided(of)) return of;
      const result = computed('-', 0n, of, false);
      return typeof result === 'bigint' ? result : undecided(result);
    }
    case 'complement': {
      const of = intValue(node.of, evaluation);
      if (isUndecided(of)) return of;
      if (of < leastOf(node) || of > mostOf(node)) return undecided('overflow');
      return node.signed ? -of - 1n : mostOf(node) - of;
    }
    case 'ilog2':
    case 'next-power-of-two': {
      const of = intValue(node.of, evaluation);
      if (isUndecided(of)) return of;
      const result = node.kind === 'ilog2' ? log2(of) : nextPowerOfTwo(of);
      return typeof result === 'bigint' ? result : undecided(result);
    }
    case 'length': {
      const text = textOf(node.of, evaluation);
      return isUndecided(text) ? text : lengthOf(text);
    }
    case 'either': {
      const chosen = choose(node.cases, evaluation);
      return isUndecided(chosen) ? chosen : intValue(chosen, evaluation);
    }
  }
};

const billion = 1_000_000_000n;

/** The name of the variant that a value is. */
export const variantValue = (node: VariantNode, evaluation: Evaluation): Outcome<string> => {
  if (node.kind === 'either') {
    const chosen = choose(node.cases, evaluation);
    return isUndecided(chosen) ? chosen : variantValue(chosen, evaluation);
  }
  const [first] = node.cases;
  if (node.tag === null) return first === undefined ? undecided('invalid') : first.name;
  const value = tagValue(node.tag, evaluation);
  if (isUndecided(value)) return value;
  const found = node.cases.find(({ values }) => values.some((range) => isWithin(value, range)));
  return found === undefined ? undecided('invalid') : found.name;
};
