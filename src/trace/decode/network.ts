import type { StandardShape } from '../../abi/shape.ts';
import type { Decoding } from './decoding.ts';
import { missing, type Shown } from './shown.ts';
import { lack, type Source, slice, u8, u16, u32 } from './source.ts';

type SocketShape = Extract<StandardShape, { kind: 'socket-address' }>;

const same = (text: string): Shown => ({ value: text, text });

export const decodeIpv4 = (source: Source, at: number): Shown => {
  const why = lack(source, at, at + 4);
  return why === null ? same(slice(source, at, 4).join('.')) : missing(why);
};

/** The longest run of zero groups, the first of them if there are several. */
const longestZeros = (groups: readonly number[]): { readonly start: number; readonly length: number } => {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start > best.length) best = { start, length: end - start };
  }
  return best;
};

const joined = (groups: readonly number[]): string => groups.map((group) => group.toString(16)).join(':');

export const decodeIpv6 = (source: Source, at: number): Shown => {
  const why = lack(source, at, at + 16);
  if (why !== null) return missing(why);
  const groups = Array.from({ length: 8 }, (_, i) => (u8(source, at + 2 * i) << 8) | u8(source, at + 2 * i + 1));
  const { start, length } = longestZeros(groups);
  if (start === 0 && length === 5 && groups[5] === 0xffff) return same(`::ffff:${slice(source, at + 12, 4).join('.')}`);
  if (length < 2) return same(joined(groups));
  return same(`${joined(groups.slice(0, start))}::${joined(groups.slice(start + length))}`);
};

export const decodeSocketAddress = (shape: SocketShape, source: Source, at: number, decoding: Decoding): Shown => {
  const port = at + shape.port;
  const scope = shape.scope === null ? null : at + shape.scope;
  const why = lack(source, port, port + 2) ?? (scope === null ? null : lack(source, scope, scope + 4));
  if (why !== null) return missing(why);
  const ip = decoding.part(shape.ip.shape, source, at + shape.ip.offset);
  if (typeof ip.value !== 'string') return ip;
  if (shape.ip.shape.kind === 'ipv4') return same(`${ip.text}:${u16(source, port)}`);
  const zone = scope === null ? 0 : u32(source, scope);
  return same(`[${ip.text}${zone === 0 ? '' : `%${zone}`}]:${u16(source, port)}`);
};
