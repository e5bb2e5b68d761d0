import type { ReturnPlan } from '../abi/model.ts';
import type { Location, Piece } from '../abi/place.ts';
import { type Address, fileOffset } from '../base/units.ts';
import { type FloatExit, type FloatRegister, floatResults } from '../code/float-results.ts';
import type { Flow } from '../code/flow.ts';
import type { Register } from '../code/operand.ts';
import type { Returns } from '../trace/site.ts';
import type { ImageCode } from './exits.ts';

/**
 * Returns of a function whose result comes back in vector registers: each is probed where that has a copy, as far as there
 * is one. `entry`: where the function's begin is probed.
 */
export const withFloats = (
  returns: Returns,
  ret: ReturnPlan,
  flowOf: () => Flow | null,
  entry: Address,
  code: ImageCode,
): Returns => {
  const wanted = new Map<FloatRegister, number>();
  const needed = new Set<Register>();
  for (const { location, size } of ret.pieces) {
    if (location.kind === 'vector' && isFloatRegister(location.reg)) wanted.set(location.reg, 8 * size);
    if (location.kind === 'register') needed.add(location.reg);
  }
  const flow = returns.mode !== 'sites' || wanted.size === 0 ? null : flowOf();
  if (returns.mode !== 'sites' || flow === null) return returns;
  const found = new Map(floatResults(flow, { wanted, needed, entry }).map((exit) => [exit.exit as bigint, exit]));
  return {
    mode: 'sites',
    exits: returns.exits.map((exit) => {
      const at = exit.kind === 'return' ? found.get(exit.address) : undefined;
      if (at === undefined || at.copies.length === 0) return exit;
      return {
        ...exit,
        offset: fileOffset(code.offsetOf(at.address)),
        address: at.address,
        stackAdjust: -at.rspDelta,
        result: ret.pieces.map((piece) => copied(piece, at)),
      };
    }),
  };
};

const isFloatRegister = (reg: string): reg is FloatRegister => reg === 'xmm0' || reg === 'xmm1';

const copied = (piece: Piece, { copies, rspDelta }: FloatExit): Piece => {
  const { location } = piece;
  if (location.kind !== 'vector') return piece;
  const copy = copies.find(({ register }) => register === location.reg);
  return copy === undefined ? piece : { ...piece, location: placeOf(copy.location, rspDelta) };
};

const placeOf = (place: FloatExit['copies'][number]['location'], rspDelta: number): Location => {
  switch (place.kind) {
    case 'frame':
      return { kind: 'stack', offset: BigInt(place.offset - rspDelta) };
    case 'register':
      return { kind: 'register', reg: place.reg, add: 0n };
    case 'memory':
      return { kind: 'memory', base: place.base, offset: BigInt(place.offset), followed: [] };
    case 'constant':
      return { kind: 'constant', bytes: bytesOf(place.value) };
  }
};

const bytesOf = (value: bigint): Uint8Array => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return bytes;
};
