import type { ValueShape } from '../../abi/shape.ts';
import { debugChar, debugFloat, shortestF32 } from '../debug-text.ts';
import type { QuickText } from './quick.ts';

type Of<Kind extends ValueShape['kind']> = Extract<ValueShape, { kind: Kind }>;

const high = 0x1_0000_0000;
/** The upper half of the first word that a number can't hold exactly. */
const wide = 0x20_0000;

const word: QuickText = (view, _, at) => {
  const upper = view.getUint32(at + 4, true);
  const lower = view.getUint32(at, true);
  return upper === 0
    ? String(lower)
    : upper < wide
      ? String(upper * high + lower)
      : view.getBigUint64(at, true).toString();
};

const signedWord: QuickText = (view, _, at) => {
  const upper = view.getInt32(at + 4, true);
  if (upper >= wide || upper < -wide) return view.getBigInt64(at, true).toString();
  return String(upper * high + view.getUint32(at, true));
};

export const quickInt = ({ size, signed }: Of<'int'>): QuickText | null => {
  switch (size) {
    case 1:
      return signed ? (view, _, at) => String(view.getInt8(at)) : (view, _, at) => String(view.getUint8(at));
    case 2:
      return signed
        ? (view, _, at) => String(view.getInt16(at, true))
        : (view, _, at) => String(view.getUint16(at, true));
    case 4:
      return signed
        ? (view, _, at) => String(view.getInt32(at, true))
        : (view, _, at) => String(view.getUint32(at, true));
    case 8:
      return signed ? signedWord : word;
    default:
      return null;
  }
};

export const quickFloat = ({ size }: Of<'float'>): QuickText | null => {
  if (size === 8) return (view, _, at) => debugFloat(view.getFloat64(at, true));
  return size === 4 ? (view, _, at) => debugFloat(shortestF32(view.getFloat32(at, true))) : null;
};

export const quickBool: QuickText = (view, _, at) => {
  const bits = view.getUint8(at);
  return bits === 1 ? 'true' : bits === 0 ? 'false' : null;
};

export const quickChar: QuickText = (view, _, at) => {
  const bits = view.getUint32(at, true);
  return bits > 0x10ffff || (bits >= 0xd800 && bits <= 0xdfff) ? null : debugChar(String.fromCodePoint(bits));
};

export const quickAddress: QuickText = (view, _, at) => {
  const upper = view.getUint32(at + 4, true);
  return upper < wide ? `0x${(upper * high + view.getUint32(at, true)).toString(16)}` : null;
};
