import type { ValueShape } from '../../abi/shape.ts';
import { debugChar, debugFloat, shortestF32 } from '../debug-text.ts';
import type { QuickText } from './quick.ts';

type Of<Kind extends ValueShape['kind']> = Extract<ValueShape, { kind: Kind }>;

const high = 0x1_0000_0000;
/** The upper half of the first word that a number can't hold exactly. */
const wide = 0x20_0000;

const word: QuickText = (view, _, at, to) => {
  const upper = view.getUint32(at + 4, true);
  if (upper < wide) to.integer(upper * high + view.getUint32(at, true));
  else to.text(view.getBigUint64(at, true).toString());
  return true;
};

const signedWord: QuickText = (view, _, at, to) => {
  const upper = view.getInt32(at + 4, true);
  if (upper >= wide || upper < -wide) to.text(view.getBigInt64(at, true).toString());
  else to.integer(upper * high + view.getUint32(at, true));
  return true;
};

type Reader = (view: DataView, at: number) => number;

const narrow =
  (read: Reader): QuickText =>
  (view, _, at, to) => {
    to.integer(read(view, at));
    return true;
  };

export const quickInt = ({ size, signed }: Of<'int'>): QuickText | null => {
  switch (size) {
    case 1:
      return narrow(signed ? (view, at) => view.getInt8(at) : (view, at) => view.getUint8(at));
    case 2:
      return narrow(signed ? (view, at) => view.getInt16(at, true) : (view, at) => view.getUint16(at, true));
    case 4:
      return narrow(signed ? (view, at) => view.getInt32(at, true) : (view, at) => view.getUint32(at, true));
    case 8:
      return signed ? signedWord : word;
    default:
      return null;
  }
};

export const quickFloat = ({ size }: Of<'float'>): QuickText | null => {
  if (size !== 8 && size !== 4) return null;
  const read: (view: DataView, at: number) => string =
    size === 8
      ? (view, at) => debugFloat(view.getFloat64(at, true))
      : (view, at) => debugFloat(shortestF32(view.getFloat32(at, true)));
  return (view, _, at, to) => {
    to.text(read(view, at));
    return true;
  };
};

const yes = Buffer.from('true');
const no = Buffer.from('false');

export const quickBool: QuickText = (view, _, at, to) => {
  const bits = view.getUint8(at);
  if (bits > 1) return false;
  to.piece(bits === 1 ? yes : no);
  return true;
};

export const quickChar: QuickText = (view, _, at, to) => {
  const bits = view.getUint32(at, true);
  if (bits > 0x10ffff || (bits >= 0xd800 && bits <= 0xdfff)) return false;
  to.text(debugChar(String.fromCodePoint(bits)));
  return true;
};

export const quickAddress: QuickText = (view, _, at, to) => {
  const upper = view.getUint32(at + 4, true);
  if (upper >= wide) return false;
  to.text(`0x${(upper * high + view.getUint32(at, true)).toString(16)}`);
  return true;
};
