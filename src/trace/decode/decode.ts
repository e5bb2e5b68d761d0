import type { ValueShape } from '../../abi/shape.ts';
import { never } from '../../base/errors.ts';
import type { CapturedValue } from '../snapshot.ts';
import { decodeArray, decodeStruct } from './aggregate.ts';
import { decodeBTree } from './b-tree.ts';
import { type Counts, type DecodeContext, Decoding } from './decoding.ts';
import { decodeDuration } from './duration.ts';
import { decodeCEnum, decodeEnum } from './enum.ts';
import { decodeHashTable } from './hash-table.ts';
import { decodeIoError } from './io-error.ts';
import { decodeIpv4, decodeIpv6, decodeSocketAddress } from './network.ts';
import { decodeDyn, decodePointer } from './pointer.ts';
import { decodeAddress, decodeBool, decodeChar, decodeFloat, decodeInt, decodeOpaque } from './scalar.ts';
import { decodeList, decodeRing, decodeSequence } from './sequence.ts';
import { missing, type Shown, unit } from './shown.ts';
import type { Source } from './source.ts';
import { decodeFixed, decodeLock, decodeOnce, decodeRange, decodeRefCell } from './standard.ts';
import { decodeCString, decodeText } from './text.ts';

export type { DecodeContext } from './decoding.ts';
export type { JsonValue } from './shown.ts';

/** What is shown of a value; `counts` of each Rc and Arc met, with its path from the value: `.field[2]`, '' for itself. */
export type DecodedValue = Shown & { readonly counts?: readonly Counts[] };

/** Shows a value by its shape. Never throws, and writes a bounded amount: what isn't known or can't be is marked. */
export const decodeShape = (shape: ValueShape, captured: CapturedValue, context: DecodeContext): DecodedValue => {
  // What nothing lies behind needs no bookkeeping.
  if (shape.kind === 'int') return decodeInt(shape, captured, 0);
  if (shape.kind === 'bool') return decodeBool(captured, 0);
  const decoding = new Decoding(context, decodeAt);
  const shown = decoding.part(shape, captured, 0);
  return decoding.counts.length === 0 ? shown : { ...shown, counts: decoding.counts };
};

const decodeAt = (shape: ValueShape, source: Source, at: number, decoding: Decoding): Shown => {
  switch (shape.kind) {
    case 'int':
      return decodeInt(shape, source, at);
    case 'float':
      return decodeFloat(shape, source, at);
    case 'bool':
      return decodeBool(source, at);
    case 'char':
      return decodeChar(source, at);
    case 'unit':
      return unit;
    case 'never':
      return missing('gone');
    case 'address':
      return decodeAddress(source, at);
    case 'fixed':
      return decodeFixed(shape);
    case 'opaque':
      return decodeOpaque(shape, source, at);
    case 'cut':
      return missing(shape.why);
    case 'struct':
      return decodeStruct(shape, source, at, decoding);
    case 'array':
      return decodeArray(shape, source, at, decoding);
    case 'enum':
      return decodeEnum(shape, source, at, decoding);
    case 'c-enum':
      return decodeCEnum(shape, source, at, decoding);
    case 'pointer':
      return decodePointer(shape, source, at, decoding);
    case 'dyn':
      return decodeDyn(shape, source, at, decoding);
    case 'text':
      return decodeText(shape, source, at, decoding);
    case 'c-string':
      return decodeCString(source, at, decoding);
    case 'sequence':
      return decodeSequence(shape, source, at, decoding);
    case 'ring':
      return decodeRing(shape, source, at, decoding);
    case 'list':
      return decodeList(shape, source, at, decoding);
    case 'hash-table':
      return decodeHashTable(shape, source, at, decoding);
    case 'b-tree':
      return decodeBTree(shape, source, at, decoding);
    case 'io-error':
      return decodeIoError(shape, source, at, decoding);
    case 'duration':
      return decodeDuration(shape, source, at);
    case 'ipv4':
      return decodeIpv4(source, at);
    case 'ipv6':
      return decodeIpv6(source, at);
    case 'socket-address':
      return decodeSocketAddress(shape, source, at, decoding);
    case 'range':
      return decodeRange(shape, source, at, decoding);
    case 'ref-cell':
      return decodeRefCell(shape, source, at, decoding);
    case 'lock':
      return decodeLock(shape, source, at, decoding);
    case 'once':
      return decodeOnce(shape, source, at, decoding);
    default:
      return never(shape);
  }
};
