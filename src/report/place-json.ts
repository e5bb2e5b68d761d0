import type { ShownPiece } from '../query/show-model.ts';

/**
 * One piece of a value. `offset` is decimal, from the stack pointer (`stack`), the register or address `base` (`memory`,
 * null: an address as linked), or what is added to a register. With `deref` the 8 bytes there are the address of the
 * value; `followed` are the offsets that are added to each address read on the way. `at: entry` says that a result's register is meant as it was
 * when the function was entered.
 */
export const placeObject = (piece: ShownPiece): object =>
  piece.atEntry === true ? { ...located(piece), at: 'entry' } : located(piece);

const located = ({ location, valueOffset, size, evidence }: ShownPiece): object => {
  const place = {
    kind: 'gone',
    reg: null,
    base: null,
    offset: null,
    deref: false,
    value_offset: valueOffset,
    size,
    evidence,
  };
  switch (location.kind) {
    case 'register':
      return {
        ...place,
        kind: 'register',
        reg: location.reg,
        offset: location.add === 0n ? null : Number(location.add),
      };
    case 'vector':
      return { ...place, kind: 'register', reg: location.reg };
    case 'stack':
      return { ...place, kind: 'stack', offset: Number(location.offset) };
    case 'memory': {
      const { base, offset, followed } = location;
      const isPlain = followed.length === 0 || (followed.length === 1 && followed[0] === 0n);
      return {
        ...place,
        kind: 'memory',
        base,
        offset: base === null ? `0x${offset.toString(16)}` : Number(offset),
        deref: followed.length > 0,
        ...(isPlain ? {} : { followed: followed.map(Number) }),
      };
    }
    case 'constant':
      return { ...place, kind: 'constant', value: Buffer.from(location.bytes).toString('hex') };
    case 'gone':
      return { ...place, reason: location.reason };
  }
};
