import type { Behind, ValueShape } from '../../../abi/shape.ts';
import { holesOf } from '../../holes.ts';
import { treeReads } from './b-tree.ts';
import { dynReads } from './dyn.ts';
import { hashTableReads } from './hash-table.ts';
import { type At, deepItemsAt, mostBlock, Planning, type ReadLimits, weightOf } from './planning.ts';
import type { Reads } from './reads.ts';
import { listReads, ringReads, sequenceReads } from './sequence.ts';

/** Blocks inside blocks: each needs a slot of the program's frame. */
const mostLevels = 9;

/** Plans what is read behind values; one planner for the values of a record, which share its room. */
export class ReadPlanner {
  readonly #planning: Planning;

  constructor(limits: ReadLimits) {
    this.#planning = new Planning(limits, planned);
  }

  /** What is read behind a value whose own bytes are known up to `size`. */
  of(shape: ValueShape, size = shape.size): Reads {
    return this.#planning.of(shape, { base: 0, size, level: 0, nesting: 0 });
  }
}

const planned = (shape: ValueShape, at: At, planning: Planning): Reads => {
  const { base } = at;
  switch (shape.kind) {
    case 'struct':
      return planning.shared(shape.fields, ({ offset, shape: own }) =>
        planning.of(own, { ...at, base: base + offset }),
      );
    case 'array': {
      if (!planning.readsBehind(shape.element, at)) return [];
      const count = Math.min(shape.count, planning.limits.items, deepItemsAt(at));
      return Array.from({ length: count }, (_, i) =>
        planning.of(shape.element, { ...at, base: base + i * shape.element.size, nesting: at.nesting + 1 }),
      ).flat();
    }
    case 'enum':
      return enumReads(shape, at, planning);
    case 'ref-cell':
    case 'lock':
      return planning.of(shape.value.shape, { ...at, base: base + shape.value.offset });
    case 'once':
      return planning.of(shape.value, at);
    case 'range':
      return [shape.start, shape.end].flatMap((end) =>
        end === null ? [] : planning.of(end.shape, { ...at, base: base + end.offset }),
      );
    default:
      return base + shape.size > at.size || at.level + 3 > mostLevels ? [] : followed(shape, at, planning);
  }
};

const enumReads = ({ tag, variants }: Extract<ValueShape, { kind: 'enum' }>, at: At, planning: Planning): Reads =>
  planning.shared(variants, (variant): Reads => {
    const then = planning.shared(variant.fields, (field) =>
      planning.of(field.shape, { ...at, base: at.base + field.offset }),
    );
    if (then.length === 0) return [];
    if (tag === null || tag.size === 16 || at.base + tag.offset + tag.size > at.size) return then;
    const others = variants.flatMap(({ values }) => values ?? []);
    const ranges = variant.values ?? others;
    if (ranges.length === 0 || ranges.length > 8) return then;
    const guard = { offset: at.base + tag.offset, size: tag.size, ranges, isExcept: variant.values === null };
    return [{ kind: 'if', ...guard, then }];
  });

const followed = (shape: ValueShape, at: At, planning: Planning): Reads => {
  const { base } = at;
  switch (shape.kind) {
    case 'pointer': {
      const { target } = shape;
      const place = placeOf(shape.behind, base);
      // Counters are worth reading even where the value isn't.
      if ((target.kind === 'cut' || target.size === 0) && shape.behind.counts === null) return [];
      return blockReads(target.kind === 'cut' ? { kind: 'unit', size: 0 } : target, at, place, planning);
    }
    case 'c-string':
      // One byte more than is shown tells a text that fits from one that was cut, and one is the NUL.
      return planning.take() ? [{ kind: 'c-string', data: base, most: planning.limits.string + 2 }] : [];
    case 'text': {
      if (!planning.take()) return [];
      const { data, from, into } = placeOf(shape.behind, base);
      const most = planning.limits.string;
      const length = base + shape.length;
      return [{ kind: 'span', data, from, head: into, length, stride: 1, most, each: [], deep: 0 }];
    }
    case 'sequence':
      return sequenceReads(shape, at, placeOf(shape.behind, base), planning);
    case 'ring':
      return ringReads(shape, at, planning);
    case 'hash-table':
      return hashTableReads(shape, at, planning);
    case 'b-tree':
      return treeReads(shape, at, planning);
    case 'list':
      return listReads(shape, at, planning);
    case 'dyn':
      return dynReads(shape, at, planning);
    case 'io-error': {
      const { message, custom } = shape;
      const behind = (tag: number, from: number, target: ValueShape | null): Reads => {
        const then = target === null ? [] : blockReads(target, at, { data: base, from, into: 0 }, planning);
        return then.length === 0 ? [] : [{ kind: 'tagged', offset: base, tag, then }];
      };
      return [...behind(0, 0, message), ...behind(1, -1, custom)];
    }
    default:
      return [];
  }
};

const blockReads = (shape: ValueShape, at: At, { data, from, into }: BehindPlace, planning: Planning): Reads => {
  const read = Math.min(into + shape.size, mostBlock);
  const holes = holesOf(shape, into).filter(({ start }) => start < read);
  if (!planning.take(weightOf(holes))) return [];
  const then = planning.of(shape, { base: into, size: read, level: at.level + 1, nesting: at.nesting });
  return [{ kind: 'block', data, from, size: read, holes, then }];
};

/** Where the address of what lies behind a value is, what is added to it, and how far into the block the value begins. */
type BehindPlace = { readonly data: number; readonly from: number; readonly into: number };

/** Counters are read with the value they lie before. */
const placeOf = ({ data, add, counts }: Behind, base: number): BehindPlace =>
  counts === null ? { data: base + data, from: add, into: 0 } : { data: base + data, from: 0, into: add };
