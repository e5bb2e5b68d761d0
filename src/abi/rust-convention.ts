import { ArgumentPlaces, type ArgumentRegisters, ResultPlaces } from './argument-registers.ts';
import type { RustRules } from './compiler.ts';
import {
  behindPointer,
  type Lowered,
  type LoweredArgument,
  type LoweredResult,
  throughMemory,
  unknownArgument,
} from './convention.ts';
import type { Piece } from './place.ts';
import type { Layout, Scalar } from './scalar.ts';

/**
 * `extern "Rust"`: scalars and pairs of them in registers, small aggregates as an integer, others by address.
 * `args` and `result` are null where the layout isn't known; what comes behind such an argument isn't known either.
 */
export const lowerRust = (
  args: readonly (Layout | null)[],
  result: Layout | null,
  rules: RustRules,
  file: ArgumentRegisters,
): Lowered => {
  const places = new ArgumentPlaces(file);
  const lowered: LoweredResult = result === null ? { mode: 'unknown', pieces: [] } : lowerResult(result, rules, file);
  if (lowered.mode === 'sret') places.integer(0, 8);
  let isKnown = lowered.mode !== 'unknown';
  return {
    args: args.map((layout) => {
      isKnown &&= layout !== null;
      return layout === null || !isKnown ? unknownArgument : lowerArgument(layout, places, rules);
    }),
    result: lowered,
    hasResultAddress: lowered.mode === 'sret',
  };
};

const lowerArgument = ({ size, representation }: Layout, places: ArgumentPlaces, rules: RustRules): LoweredArgument => {
  const manner = { keepsWhole: rules.keepsWideWhole, wastesRegisters: rules.wastesRegisters, align: rules.wideAlign };
  const scalar = (one: Scalar, offset: number): Piece[] => {
    if (one.kind === 'float') return [places.float(offset, one.size)];
    if (one.size > 8) return places.wide(offset, one.size, manner);
    const piece = places.integer(offset, one.size);
    return [one.kind === 'pointer' ? { ...piece, isPointer: true } : piece];
  };
  switch (representation.kind) {
    case 'none':
      return { mode: 'none', pieces: [] };
    case 'scalar':
      return { mode: 'direct', pieces: scalar(representation.scalar, 0) };
    case 'pair': {
      const { first, second, secondOffset } = representation;
      return { mode: 'pair', pieces: [...scalar(first, 0), ...scalar(second, secondOffset)] };
    }
    case 'memory':
      if (size <= 8) return { mode: 'cast', pieces: [places.integer(0, size)] };
      if (size <= rules.smallArgument) return { mode: 'cast', pieces: places.wide(0, size, manner) };
      break;
    case 'vector':
  }
  return { mode: 'indirect', pieces: [behindPointer(places.integer(0, 8), size)] };
};

const lowerResult = ({ size, representation }: Layout, rules: RustRules, file: ArgumentRegisters): LoweredResult => {
  if (representation.kind === 'none') return { mode: 'none', pieces: [] };
  if (representation.kind === 'vector' || (rules.returnsAtMostTwoWords && size > 16)) return throughMemory(size);
  const places = new ResultPlaces(file);
  const scalar = (one: Scalar, offset: number): (Piece | null)[] => {
    if (one.kind === 'float') return [places.float(offset, one.size)];
    if (one.size <= 8) return [places.integer(offset, one.size)];
    return [places.integer(offset, 8), places.integer(offset + 8, one.size - 8)];
  };
  const inRegisters = (mode: 'direct' | 'pair' | 'cast', pieces: readonly (Piece | null)[]): LoweredResult => {
    const found = pieces.filter((piece) => piece !== null);
    // LLVM gives what doesn't fit an address of its own.
    return found.length === pieces.length ? { mode, pieces: found } : throughMemory(size);
  };
  switch (representation.kind) {
    case 'scalar':
      return inRegisters('direct', scalar(representation.scalar, 0));
    case 'pair': {
      const { first, second, secondOffset } = representation;
      return inRegisters('pair', [...scalar(first, 0), ...scalar(second, secondOffset)]);
    }
    case 'memory':
      if (size > rules.smallReturn) return throughMemory(size);
      return inRegisters('cast', scalar({ kind: 'integer', size, align: 8, isSigned: false }, 0));
  }
};
