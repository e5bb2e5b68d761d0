import { ArgumentPlaces, type ArgumentRegisters, ResultPlaces } from './argument-registers.ts';
import type { CLayout } from './c-layout.ts';
import {
  type Lowered,
  type LoweredArgument,
  type LoweredResult,
  throughMemory,
  unknownArgument,
} from './convention.ts';
import type { Piece } from './place.ts';

/** C's convention on System V x86-64, which `extern "C"` of Rust follows. `keepsWideWhole`: as LLVM 20 and GCC do. */
export const lowerC = (
  args: readonly CLayout[],
  result: CLayout,
  keepsWideWhole: boolean,
  file: ArgumentRegisters,
): Lowered => {
  const places = new ArgumentPlaces(file);
  const lowered = lowerResult(result, file);
  if (lowered.mode === 'sret') places.integer(0, 8);
  let isKnown = lowered.mode !== 'unknown';
  return {
    args: args.map((layout) => {
      isKnown &&= layout.passed !== 'unknown';
      return isKnown ? lowerArgument(layout, places, keepsWideWhole) : unknownArgument;
    }),
    result: lowered,
    hasResultAddress: lowered.mode === 'sret',
  };
};

/** The eightbytes that registers hold: an upper half shares the register of its lower one. */
const units = (layout: CLayout): { kind: 'integer' | 'sse'; at: number; size: number }[] => {
  const found: { kind: 'integer' | 'sse'; at: number; size: number }[] = [];
  layout.classes.forEach((one, i) => {
    const size = Math.min(8, layout.size - 8 * i);
    const last = found.at(-1);
    if (one === 'sse-up' && last) last.size += size;
    else if (one !== null) found.push({ kind: one === 'integer' ? 'integer' : 'sse', at: 8 * i, size });
  });
  return found;
};

const lowerArgument = (layout: CLayout, places: ArgumentPlaces, keepsWideWhole: boolean): LoweredArgument => {
  if (layout.passed === 'nothing') return { mode: 'none', pieces: [] };
  if (layout.passed !== 'registers') return { mode: 'stack', pieces: [onStack(layout, places)] };
  const parts = units(layout);
  const integers = parts.filter(({ kind }) => kind === 'integer').length;
  const vectors = parts.length - integers;
  const fits = integers <= places.integersLeft && vectors <= places.vectorsLeft;
  if (layout.isAggregate && !fits) return { mode: 'stack', pieces: [onStack(layout, places)] };
  if (integers === 2 && !layout.isAggregate) {
    const manner = { keepsWhole: keepsWideWhole, wastesRegisters: false, align: layout.align };
    return { mode: 'direct', pieces: places.wide(0, layout.size, manner) };
  }
  const pieces = parts.map(({ kind, at, size }) =>
    kind === 'integer' ? places.integer(at, size) : places.float(at, size),
  );
  return { mode: layout.isAggregate ? 'cast' : 'direct', pieces };
};

/** To LLVM an aggregate on the stack is a pointer to it. */
const onStack = (layout: CLayout, places: ArgumentPlaces): Piece => {
  const piece = places.stack(0, layout.size, layout.passed === 'x87' ? 16 : layout.align);
  return layout.isAggregate ? { ...piece, isPointer: true } : piece;
};

const lowerResult = (layout: CLayout, file: ArgumentRegisters): LoweredResult => {
  if (layout.passed === 'nothing') return { mode: 'none', pieces: [] };
  if (layout.passed === 'unknown') return { mode: 'unknown', pieces: [] };
  if (layout.passed === 'memory') return throughMemory(layout.size);
  if (layout.passed === 'x87') {
    const location = { kind: 'gone', reason: 'in st(0): not visible to kernel probes' } as const;
    return { mode: 'direct', pieces: [{ location, valueOffset: 0, size: layout.size }] };
  }
  const places = new ResultPlaces(file);
  const pieces = units(layout).map(({ kind, at, size }): Piece | null =>
    kind === 'integer' ? places.integer(at, size) : places.float(at, size),
  );
  return { mode: layout.isAggregate ? 'cast' : 'direct', pieces: pieces.filter((piece) => piece !== null) };
};
