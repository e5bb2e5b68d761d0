import { roundedTo } from './arithmetic.ts';
import type { Evaluation } from './evaluation.ts';
import { bytesAt, choose, locate } from './located.ts';
import { isUndecided, type Outcome } from './outcome.ts';
import type { FloatNode, FloatOperation } from './tree.ts';

export const floatValue = (node: FloatNode, evaluation: Evaluation): Outcome<number> => {
  switch (node.kind) {
    case 'float':
      return node.value;
    case 'load-float': {
      const located = locate(node.place, evaluation);
      if (isUndecided(located)) return located;
      const bytes = bytesAt(located, node.size);
      return isUndecided(bytes) ? bytes : floatOf(bytes, node.size);
    }
    case 'float-arithmetic': {
      const left = floatValue(node.left, evaluation);
      if (isUndecided(left)) return left;
      const right = floatValue(node.right, evaluation);
      // Of two smaller floats the result in 64 bits, rounded again, is the nearest one.
      return isUndecided(right) ? right : roundedTo(node.size, computed(node.operation, left, right));
    }
    case 'negative-float': {
      const of = floatValue(node.of, evaluation);
      return isUndecided(of) ? of : -of;
    }
    case 'either': {
      const chosen = choose(node.cases, evaluation);
      return isUndecided(chosen) ? chosen : floatValue(chosen, evaluation);
    }
  }
};

const computed = (operation: FloatOperation, left: number, right: number): number => {
  switch (operation) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
  }
};

const floatOf = (bytes: Uint8Array, size: 2 | 4 | 8): number => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 8) return view.getFloat64(0, true);
  return size === 4 ? view.getFloat32(0, true) : halfOf(view.getUint16(0, true));
};

/** One bit of sign, five of the exponent, ten of the fraction. */
const halfOf = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
};
