import type { Behind, ValueShape } from '../../abi/shape.ts';
import { holesOf, type Range } from '../holes.ts';

/**
 * Which memory behind a value is read, as instructions for a capture program: a finite tree, the same for all values that
 * lie alike. Offsets are in bytes from what the reads are about: a value's beginning, a block's, an element's.
 */
export type Reads = readonly Read[];

export type Read =
  /** Only if the little-endian number there is in one of the ranges (in none, if `isExcept`). */
  | {
      readonly kind: 'if';
      readonly offset: number;
      readonly size: 1 | 2 | 4 | 8;
      readonly ranges: readonly { readonly low: bigint; readonly high: bigint }[];
      readonly isExcept: boolean;
      readonly then: Reads;
    }
  /** `size` bytes from the address at `data` plus `from`, without the `holes` in them. */
  | {
      readonly kind: 'block';
      readonly data: number;
      readonly from: number;
      readonly size: number;
      readonly holes: readonly Range[];
      readonly then: Reads;
    }
  /** Elements of `stride` bytes behind `head` bytes, as many as the word at `length` says, at most `most`. */
  | {
      readonly kind: 'span';
      readonly data: number;
      readonly from: number;
      readonly head: number;
      readonly length: number;
      readonly stride: number;
      readonly most: number;
      /** For each of the first `deep` elements. */
      readonly each: Reads;
      readonly deep: number;
    }
  /** As a span, each element a block of its own: there are bytes between that may not be read. */
  | {
      readonly kind: 'elements';
      readonly data: number;
      readonly from: number;
      readonly length: number;
      readonly stride: number;
      readonly most: number;
      readonly holes: readonly Range[];
      readonly each: Reads;
    }
  /** Bytes up to a NUL, at most `most` with it. */
  | { readonly kind: 'c-string'; readonly data: number; readonly most: number }
  | {
      readonly kind: 'ring';
      readonly data: number;
      readonly capacity: number;
      readonly head: number;
      readonly length: number | null;
      readonly tail: number | null;
      readonly stride: number;
      readonly most: number;
      readonly each: Reads;
      readonly deep: number;
    }
  | {
      readonly kind: 'hash-table';
      readonly control: number;
      readonly mask: number;
      readonly stride: number;
      /** Buckets that are looked at. */
      readonly most: number;
      readonly holes: readonly Range[];
      readonly each: Reads;
    }
  | {
      readonly kind: 'b-tree';
      readonly root: number;
      readonly height: number;
      readonly leaf: Node;
      readonly inner: Node & { readonly edges: number };
      readonly length: number;
      readonly capacity: number;
      readonly children: number;
      /** For the elements of a node, one after the other. */
      readonly each: readonly Reads[];
    }
  | {
      readonly kind: 'list';
      readonly head: number;
      readonly next: number;
      readonly size: number;
      readonly holes: readonly Range[];
      readonly most: number;
      readonly each: Reads;
    }
  /**
   * A trait object: its vtable's first three words, then as many bytes as they say, at most `most`; of a known type
   * `size` bytes without the holes. With `isKnownOnly` nothing of other types.
   */
  | {
      readonly kind: 'dyn';
      readonly data: number;
      readonly vtable: number;
      readonly add: number | null;
      readonly hasCounts: boolean;
      readonly most: number;
      readonly known: readonly KnownRead[];
      readonly isKnownOnly: boolean;
    }
  /** The word's low two bits say which: see the shape `io-error`. */
  | { readonly kind: 'tagged'; readonly offset: number; readonly tag: number; readonly then: Reads };

export type KnownRead = {
  readonly vtable: bigint;
  readonly size: number;
  readonly holes: readonly Range[];
  readonly then: Reads;
};

type Node = { readonly size: number; readonly holes: readonly Range[] };

export type ReadLimits = {
  /** Bytes of a text. */
  readonly string: number;
  /** Elements of a sequence. */
  readonly items: number;
  /** Reads in a program: each is some thirty instructions. */
  readonly steps: number;
  /** Something may not be read: so nothing is of which it isn't known beforehand whether that is in it. */
  readonly isRedacting?: true;
};

/** Bytes of one block, and of the elements of one sequence that nothing is followed from. */
const mostBlock = 1_024;
const mostSpan = 2_048;
const mostDyn = 256;
/** Buckets of a hash table. */
const mostBuckets = 64;
const fewestBuckets = 4;
/** Elements whose own memory is followed, by how deep the sequence is in others. */
const deepItems = [16, 6, 3, 2] as const;
/** Blocks inside blocks: each needs a slot of the program's frame. */
export const mostLevels = 9;
/** Places in a program that read a node of a B-tree. */
const mostNodeReads = 15;
/** A shape with more parts is not walked through. */
const mostParts = 4_096;

/** Plans what is read behind values; one planner for the values of a record, which share its room. */
export class ReadPlanner {
  readonly #limits: ReadLimits;
  #steps: number;
  #parts = mostParts;

  constructor(limits: ReadLimits) {
    this.#limits = limits;
    this.#steps = limits.steps;
  }

  /** What is read behind a value whose own bytes are known up to `size`. */
  of(shape: ValueShape, size = shape.size): Reads {
    return this.#of(shape, { base: 0, size, level: 0, nesting: 0 });
  }

  #of(shape: ValueShape, at: At): Reads {
    if (this.#parts-- <= 0) return [];
    const { base } = at;
    switch (shape.kind) {
      case 'struct':
        return this.#shared(shape.fields, ({ offset, shape: own }) => this.#of(own, { ...at, base: base + offset }));
      case 'array': {
        const first = this.#dry(shape.element, at);
        if (!first) return [];
        const count = Math.min(shape.count, this.#limits.items, deepItems[Math.min(at.nesting, 3)] ?? 2);
        return Array.from({ length: count }, (_, i) =>
          this.#of(shape.element, { ...at, base: base + i * shape.element.size, nesting: at.nesting + 1 }),
        ).flat();
      }
      case 'enum':
        return this.#enum(shape, at);
      case 'ref-cell':
      case 'lock':
        return this.#of(shape.value.shape, { ...at, base: base + shape.value.offset });
      case 'once':
        return this.#of(shape.value, at);
      case 'range':
        return [shape.start, shape.end].flatMap((end) =>
          end === null ? [] : this.#of(end.shape, { ...at, base: base + end.offset }),
        );
      default:
        return base + shape.size > at.size || at.level + 3 > mostLevels ? [] : this.#followed(shape, at);
    }
  }

  #enum(shape: Extract<ValueShape, { kind: 'enum' }>, at: At): Reads {
    const { tag, variants } = shape;
    return this.#shared(variants, (variant): Reads => {
      const then = this.#shared(variant.fields, (field) =>
        this.#of(field.shape, { ...at, base: at.base + field.offset }),
      );
      if (then.length === 0) return [];
      if (tag === null || tag.size === 16 || at.base + tag.offset + tag.size > at.size) return then;
      const others = variants.flatMap(({ values }) => values ?? []);
      const ranges = variant.values ?? others;
      if (ranges.length === 0 || ranges.length > 8) return then;
      const guard = { offset: at.base + tag.offset, size: tag.size, ranges, isExcept: variant.values === null };
      return [{ kind: 'if', ...guard, then }];
    });
  }

  /** The reads of several parts; none of them takes the steps that the others need. */
  #shared<Part>(parts: readonly Part[], plan: (part: Part) => Reads): Reads {
    return parts.flatMap((part, i) => {
      const kept = this.#steps - Math.ceil(this.#steps / (parts.length - i));
      this.#steps -= kept;
      const reads = plan(part);
      this.#steps += kept;
      return reads;
    });
  }

  /** Whether anything would be read behind a value, without taking room for it. */
  #dry(shape: ValueShape, at: At): boolean {
    return new ReadPlanner({ ...this.#limits, steps: 1 }).#of(shape, at).length > 0;
  }

  #take(steps = 1): boolean {
    if (this.#steps < steps) return false;
    this.#steps -= steps;
    return true;
  }

  #block(shape: ValueShape, at: At, place: { data: number; from: number; into: number }): Reads {
    const { data, from, into } = place;
    const read = Math.min(into + shape.size, mostBlock);
    const holes = holesOf(shape, into).filter(({ start }) => start < read);
    if (!this.#take(weightOf(holes))) return [];
    const then = this.#of(shape, { base: into, size: read, level: at.level + 1, nesting: at.nesting });
    return [{ kind: 'block', data, from, size: read, holes, then }];
  }

  #followed(shape: ValueShape, at: At): Reads {
    const { base } = at;
    switch (shape.kind) {
      case 'pointer': {
        const { target } = shape;
        const place = placeOf(shape.behind, base);
        // Counters are worth reading even where the value isn't.
        if ((target.kind === 'cut' || target.size === 0) && shape.behind.counts === null) return [];
        return this.#block(target.kind === 'cut' ? { kind: 'unit', size: 0 } : target, at, place);
      }
      case 'c-string':
        // One byte more than is shown tells a text that fits from one that was cut, and one is the NUL.
        return this.#take() ? [{ kind: 'c-string', data: base, most: this.#limits.string + 2 }] : [];
      case 'text': {
        if (!this.#take()) return [];
        const { data, from, into } = placeOf(shape.behind, base);
        const most = this.#limits.string;
        const length = base + shape.length;
        return [{ kind: 'span', data, from, head: into, length, stride: 1, most, each: [], deep: 0 }];
      }
      case 'sequence':
        return this.#sequence(shape, at);
      case 'ring': {
        const elements = this.#elements(shape.element, at, 2);
        if (elements === null) return [];
        const word = (offset: number | null): number | null => (offset === null ? null : base + offset);
        return [
          {
            kind: 'ring',
            data: base + shape.behind.data,
            capacity: base + shape.capacity,
            head: base + shape.head,
            length: word(shape.length),
            tail: word(shape.tail),
            ...elements,
          },
        ];
      }
      case 'hash-table':
        return this.#hashTable(shape, at);
      case 'b-tree':
        return this.#tree(shape, at);
      case 'list':
        return this.#list(shape, at);
      case 'dyn':
        return this.#dyn(shape, at);
      case 'io-error': {
        const { message, custom } = shape;
        const behind = (tag: number, from: number, target: ValueShape | null): Reads => {
          const then = target === null ? [] : this.#block(target, at, { data: base, from, into: 0 });
          return then.length === 0 ? [] : [{ kind: 'tagged', offset: base, tag, then }];
        };
        return [...behind(0, 0, message), ...behind(1, -1, custom)];
      }
      default:
        return [];
    }
  }

  /** What is read behind one element, and what it takes; nothing where there are no steps left for so many elements. */
  #each(times: number, plan: () => Reads): { readonly each: Reads; readonly cost: number } {
    const before = this.#steps;
    const each = plan();
    const cost = before - this.#steps;
    if (cost * times <= before) return { each, cost };
    this.#steps = before;
    return { each: [], cost: 0 };
  }

  /** What is read of elements that lie side by side; null: nothing. */
  #elements(
    element: ValueShape,
    at: At,
    times: number,
  ): { stride: number; most: number; each: Reads; deep: number } | null {
    const stride = element.size;
    if (stride === 0 || stride > mostSpan || element.kind === 'cut' || !this.#take()) return null;
    const plain = Math.max(1, Math.min(this.#limits.items, Math.floor(mostSpan / stride)));
    const inner = { base: 0, size: stride, level: at.level + 1, nesting: at.nesting + 1 };
    const { each, cost } = this.#each(times, () => this.#of(element, inner));
    if (each.length === 0) return { stride, most: plain, each, deep: 0 };
    const wanted = Math.min(plain, deepItems[Math.min(at.nesting, 3)] ?? 2);
    const deep = Math.max(1, Math.min(wanted, 1 + Math.floor(Math.max(0, this.#steps) / Math.max(1, cost * times))));
    this.#steps -= cost * (deep * times - 1);
    return { stride, most: plain, each, deep };
  }

  #sequence(shape: Extract<ValueShape, { kind: 'sequence' }>, at: At): Reads {
    const { data, from, into } = placeOf(shape.behind, at.base);
    const length = at.base + shape.length;
    const holes = holesOf(shape.element, 0);
    if (holes.length > 0) return this.#apart(shape.element, at, { data, from: from + into, length, holes });
    const elements = this.#elements(shape.element, at, 1);
    return elements === null ? [] : [{ kind: 'span', data, from, head: into, length, ...elements }];
  }

  /** Elements around which there are bytes that may not be read: each is a block, which takes a step. */
  #apart(
    element: ValueShape,
    at: At,
    place: Pick<Extract<Read, { kind: 'elements' }>, 'data' | 'from' | 'length' | 'holes'>,
  ): Reads {
    const stride = element.size;
    if (stride === 0 || stride > mostSpan || element.kind === 'cut' || !this.#take(weightOf(place.holes))) return [];
    const inner = { base: 0, size: stride, level: at.level + 1, nesting: at.nesting + 1 };
    const { each, cost } = this.#each(1, () => this.#of(element, inner));
    const per = weightOf(place.holes) + cost;
    const wanted = Math.min(this.#limits.items, deepItems[Math.min(at.nesting, 3)] ?? 2);
    const most = Math.max(1, Math.min(wanted, 1 + Math.floor(Math.max(0, this.#steps) / per)));
    this.#steps -= per * (most - 1);
    return [{ kind: 'elements', ...place, stride, most, each }];
  }

  #hashTable(shape: Extract<ValueShape, { kind: 'hash-table' }>, at: At): Reads {
    const { element } = shape;
    const holes = holesOf(element, 0).filter(({ start }) => start < mostBlock);
    if (!this.#take(fewestBuckets * (weightOf(holes) - 1) + 1)) return [];
    const inner = { base: 0, size: element.size, level: at.level + 2, nesting: at.nesting + 1 };
    const before = this.#steps;
    const { each } = this.#each(fewestBuckets, () => (element.size === 0 ? [] : this.#of(element, inner)));
    const cost = weightOf(holes) + before - this.#steps;
    const wanted = at.nesting === 0 ? mostBuckets : (deepItems[Math.min(at.nesting, 3)] ?? 2);
    const most = Math.max(fewestBuckets, Math.min(wanted, Math.floor(Math.max(0, this.#steps) / cost)));
    this.#steps -= cost * most;
    return [
      {
        kind: 'hash-table',
        control: at.base + shape.control,
        mask: at.base + shape.mask,
        stride: element.size,
        most,
        holes,
        each,
      },
    ];
  }

  #tree(shape: Extract<ValueShape, { kind: 'b-tree' }>, at: At): Reads {
    const { leaf, key, value, edges } = shape;
    const holes = Array.from({ length: leaf.capacity }, (_, i) => [
      ...holesOf(key, leaf.keys + i * key.size),
      ...holesOf(value, leaf.values + i * value.size),
    ]).flat();
    if (!this.#take(1 + mostNodeReads * (weightOf(holes) - 1))) return [];
    const element = (i: number): Reads => {
      const inner = { size: leaf.size, level: at.level + 3, nesting: at.nesting + 1 };
      return [
        ...this.#of(key, { ...inner, base: leaf.keys + i * key.size }),
        ...this.#of(value, { ...inner, base: leaf.values + i * value.size }),
      ];
    };
    const nodes = at.nesting === 0 ? 9 : 4;
    const { each: first, cost } = this.#each(nodes, () => element(0));
    const most = Math.min(
      leaf.capacity,
      cost === 0 ? 0 : Math.max(1, Math.floor(Math.max(0, this.#steps) / (cost * nodes))),
    );
    const each = cost === 0 ? [] : [first, ...Array.from({ length: Math.max(0, most - 1) }, (_, i) => element(i + 1))];
    this.#steps -= cost * Math.max(0, most) * (nodes - 1) + nodes;
    const innerSize = edges + 8 * (leaf.capacity + 1);
    if (innerSize > mostSpan) return [];
    return [
      {
        kind: 'b-tree',
        root: at.base + shape.root,
        height: at.base + shape.height,
        leaf: { size: leaf.size, holes },
        inner: { size: innerSize, holes, edges },
        length: leaf.length,
        capacity: leaf.capacity,
        children: nodes - 1,
        each,
      },
    ];
  }

  #list(shape: Extract<ValueShape, { kind: 'list' }>, at: At): Reads {
    const { node, element } = shape;
    const holes = holesOf(element, node.element);
    if (!this.#take(weightOf(holes))) return [];
    const inner = { base: node.element, size: node.size, level: at.level + 1, nesting: at.nesting + 1 };
    const { each, cost: own } = this.#each(1, () => this.#of(element, inner));
    const cost = weightOf(holes) + own;
    const wanted = deepItems[Math.min(at.nesting, 3)] ?? 2;
    const most = Math.max(1, Math.min(wanted, this.#limits.items, Math.floor(Math.max(0, this.#steps) / cost)));
    this.#steps -= cost * most;
    if (node.size > mostBlock) return [];
    return [
      {
        kind: 'list',
        head: at.base + shape.head,
        next: node.next,
        size: node.size,
        holes,
        most,
        each,
      },
    ];
  }

  #dyn(shape: Extract<ValueShape, { kind: 'dyn' }>, at: At): Reads {
    if (!this.#take() || !this.#take()) return [];
    const known = shape.known.map(({ vtable, shape: own }): KnownRead => {
      const size = Math.min(own.size, mostDyn);
      const then = this.#of(own, { base: 0, size, level: at.level + 2, nesting: at.nesting });
      return { vtable, size, holes: holesOf(own, 0).filter(({ start }) => start < size), then };
    });
    const isRedacting = this.#limits.isRedacting === true;
    const wanted = known.filter(({ then, holes }) => isRedacting || then.length > 0 || holes.length > 0);
    const taken = wanted.filter((one) => this.#take(weightOf(one.holes)));
    const isKnownOnly = isRedacting || wanted.some((one) => one.holes.length > 0 && !taken.includes(one));
    return [
      {
        kind: 'dyn',
        data: at.base + shape.data,
        vtable: at.base + shape.vtable,
        add: shape.add,
        hasCounts: shape.counts !== null,
        most: mostDyn,
        known: taken,
        isKnownOnly,
      },
    ];
  }
}

/** Where a value is that reads are planned for: `size` bytes are known from its block's beginning. */
type At = { readonly base: number; readonly size: number; readonly level: number; readonly nesting: number };

/** Steps that a block takes: one that is read around holes is read in parts. */
const weightOf = (holes: readonly Range[]): number => 1 + Math.floor(holes.length / 4);

/** Counters are read with the value they lie before. */
const placeOf = ({ data, add, counts }: Behind, base: number): { data: number; from: number; into: number } =>
  counts === null ? { data: base + data, from: add, into: 0 } : { data: base + data, from: 0, into: add };
