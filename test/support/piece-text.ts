import type { Location, Piece } from '../../src/abi/place.ts';

const locationText = (location: Location): string => {
  switch (location.kind) {
    case 'register':
      return location.add === 0n ? location.reg : `${location.reg}+${location.add}`;
    case 'vector':
      return location.reg;
    case 'stack':
      return `rsp+${location.offset}`;
    case 'memory':
      return `[${[`${location.base ?? 'fixed'}+${location.offset}`, ...location.followed].join(']+')}]`;
    case 'constant':
      return `=${Buffer.from(location.bytes).toString('hex')}`;
    case 'gone':
      return '-';
  }
};

/** `rdi:8 rsp+8@8:4`: where, the offset in the value if it isn't 0, the bytes. */
export const piecesText = (pieces: readonly Piece[]): string =>
  pieces
    .map(
      ({ location, valueOffset, size }) =>
        `${locationText(location)}${valueOffset === 0 ? '' : `@${valueOffset}`}:${size}`,
    )
    .join(' ');
