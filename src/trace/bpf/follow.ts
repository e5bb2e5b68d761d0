import type { Range } from '../holes.ts';
import { PT_REGS } from '../sys/uapi.ts';
import {
  add,
  alu,
  type Code,
  call,
  type Instruction,
  jump,
  jumpIf,
  label,
  load,
  load64,
  mov,
  type Reg,
  type Size,
  store,
} from './asm.ts';
import type { KnownRead, Read, Reads } from './reads.ts';
import { BLOCK, FOLLOW } from './records.ts';
import { FRAME } from './steps.ts';

/** Where in the record the value is that is looked at: at a fixed place, or in a block that was read for a level. */
type Base =
  | { readonly kind: 'record'; readonly at: number }
  | { readonly kind: 'block'; readonly level: number; readonly at: number };

const roundUp = (value: number): number => (value + 7) & ~7;

/** Loops to inner nodes of a B-tree, from the root down: more elements than memory holds. */
const mostDescents = 5;

/**
 * Writes the instructions that read memory behind a record's values into its blocks: one after the other, as long as there
 * is room. Where the next block goes is kept in the record, so that the verifier takes it for any number and checks each
 * read on its own, in whatever way it was reached.
 */
export class FollowCode {
  readonly #end: number;
  readonly #address: bigint | null;
  #labels = 0;

  /** `end`: size of the record; `address`: the probed address as linked, null where rip isn't it. */
  constructor(end: number, address: bigint | null) {
    this.#end = end;
    this.#address = address;
  }

  /** Reads behind the value at `at` of the record. */
  of(reads: Reads, at: number): Code {
    return this.#all(reads, { kind: 'record', at }, 0);
  }

  #label(name: string): string {
    return `${name}_${this.#labels++}`;
  }

  #all(reads: Reads, base: Base, level: number): Code {
    return reads.map((read) => this.#one(read, base, level));
  }

  #one(read: Read, base: Base, level: number): Code {
    const skip = this.#label('skip');
    const get = (dst: Reg, offset: number, size: Size = 8): Code => loadFrom(base, size, dst, offset);
    const address = (offset: number, from = 0): Code => [
      get('r3', offset),
      jumpIf('eq', 'r3', 0, skip),
      from === 0 ? [] : add('r3', from),
    ];
    switch (read.kind) {
      case 'if':
        return [
          get('r1', read.offset, read.size),
          this.#guard(read, skip),
          this.#all(read.then, base, level),
          label(skip),
        ];
      case 'tagged':
        return [
          get('r1', read.offset),
          alu('and', 'r1', 3),
          jumpIf('ne', 'r1', read.tag, skip),
          this.#all(read.then, base, level),
          label(skip),
        ];
      case 'block':
        return [
          address(read.data, read.from),
          this.#block(level, read.size, read.holes, skip),
          this.#all(read.then, blockAt(level), level + 1),
          label(skip),
        ];
      case 'c-string':
        return [address(read.data), this.#string(level, read.most, skip), label(skip)];
      case 'span': {
        const { stride, most, head, each, deep } = read;
        return [
          address(read.data, read.from),
          get('r2', read.length),
          jumpIf('eq', 'r2', 0, skip),
          this.#clamp('r2', most),
          stride === 1 ? [] : alu('mul', 'r2', stride),
          head === 0 ? [] : add('r2', head),
          this.#bytes(level, head + most * stride, skip),
          this.#each(level, head, stride, each, deep),
          label(skip),
        ];
      }
      case 'elements': {
        const element = (i: number): Code => [
          get('r1', read.length),
          jumpIf('le', 'r1', i, skip),
          address(read.data, read.from + i * read.stride),
          this.#block(level, read.stride, read.holes, skip),
          this.#all(read.each, blockAt(level), level + 1),
        ];
        return [Array.from({ length: read.most }, (_, i) => element(i)), label(skip)];
      }
      case 'ring':
        return this.#ring(read, base, level, skip);
      case 'hash-table':
        return this.#hashTable(read, base, level, skip);
      case 'b-tree':
        return this.#tree(read, base, level, skip);
      case 'list':
        return [
          address(read.head),
          Array.from(
            { length: read.most },
            (): Code => [
              this.#block(level, read.size, read.holes, skip),
              this.#all(read.each, blockAt(level), level + 1),
              loadFrom(blockAt(level), 8, 'r3', read.next),
              jumpIf('eq', 'r3', 0, skip),
            ],
          ),
          label(skip),
        ];
      case 'dyn':
        return this.#dyn(read, base, level, skip);
    }
  }

  /** Leaves for `skip` unless the number in r1 is what is asked for. */
  #guard({ ranges, isExcept }: Extract<Read, { kind: 'if' }>, skip: string): Code {
    const inside = isExcept ? skip : this.#label('inside');
    const tests = ranges.map(({ low, high }): Code => {
      if (low === high) return [load64('r2', low), jumpIf('eq', 'r1', 'r2', inside)];
      const next = this.#label('next');
      return [
        load64('r2', low),
        jumpIf('lt', 'r1', 'r2', next),
        load64('r2', high),
        jumpIf('le', 'r1', 'r2', inside),
        label(next),
      ];
    });
    return isExcept ? tests : [tests, jump(skip), label(inside)];
  }

  #clamp(reg: Reg, most: number): Code {
    const fits = this.#label('fits');
    return [jumpIf('le', reg, most, fits), mov(reg, most), label(fits)];
  }

  /** r7 = a new block of the level, with room for `most` bytes, for the address in r3; kept in the frame. */
  #open(level: number, most: number, skip: string): Code {
    const room = this.#label('room');
    const last = this.#end - BLOCK.bytes - roundUp(most);
    return [
      load(8, 'r8', 'r9', FOLLOW.used),
      // A block larger than the record has room nowhere: this is never so, which the verifier sees.
      last < 0 ? jumpIf('lt', 'r8', 0, room) : jumpIf('le', 'r8', last, room),
      store(8, 'r9', FOLLOW.isFull, 1),
      jump(skip),
      label(room),
      mov('r7', 'r9'),
      add('r7', 'r8'),
      store(8, 'r10', FRAME.levels - 8 * level, 'r7'),
      store(8, 'r7', BLOCK.address, 'r3'),
    ];
  }

  /** Ends the block in r7 with the bytes in r2, or, where r0 isn't 0, with that as its error. */
  #close(skip: string): Code {
    const read = this.#label('read');
    return [
      jumpIf('eq', 'r0', 0, read),
      store(8, 'r7', BLOCK.result, 'r0'),
      add('r8', BLOCK.bytes),
      store(8, 'r9', FOLLOW.used, 'r8'),
      jump(skip),
      label(read),
      store(8, 'r7', BLOCK.result, 'r2'),
      add('r2', BLOCK.bytes + 7),
      alu('and', 'r2', -8),
      add('r8', 'r2'),
      store(8, 'r9', FOLLOW.used, 'r8'),
    ];
  }

  /** Reads the bytes in r2, at most `most`, from the address in r3 into a block of the level. */
  #bytes(level: number, most: number, skip: string): Code {
    return [
      this.#clamp('r2', most),
      store(8, 'r10', FRAME.length, 'r2'),
      this.#open(level, most, skip),
      mov('r1', 'r7'),
      add('r1', BLOCK.bytes),
      call('probe_read_user'),
      load(8, 'r2', 'r10', FRAME.length),
      this.#close(skip),
    ];
  }

  /** Reads `size` bytes from the address in r3 into a block of the level; zeros where there are holes. */
  #block(level: number, size: number, holes: readonly Range[], skip: string): Code {
    if (holes.length === 0) return [mov('r2', size), this.#bytes(level, size, skip)];
    const failed = this.#label('failed');
    const spans = between(holes, size);
    return [
      this.#open(level, size, skip),
      holes.map(({ start, end }) => zeros(start, Math.min(end, size))),
      mov('r0', 0),
      spans.map(
        ({ start, end }): Code => [
          mov('r1', 'r7'),
          add('r1', BLOCK.bytes + start),
          mov('r2', end - start),
          load(8, 'r3', 'r7', BLOCK.address),
          add('r3', start),
          call('probe_read_user'),
          jumpIf('ne', 'r0', 0, failed),
        ],
      ),
      label(failed),
      mov('r2', size),
      this.#close(skip),
    ];
  }

  #string(level: number, most: number, skip: string): Code {
    const failed = this.#label('failed');
    const whole = this.#label('whole');
    return [
      this.#open(level, most, skip),
      mov('r1', 'r7'),
      add('r1', BLOCK.bytes),
      mov('r2', most),
      call('probe_read_user_str'),
      mov('r2', 'r0'),
      jumpIf('slt', 'r0', 0, failed),
      // A text that was cut ends with a NUL that isn't its own.
      jumpIf('lt', 'r2', most, whole),
      mov('r2', most - 2),
      label(whole),
      mov('r0', 0),
      label(failed),
      this.#close(skip),
    ];
  }

  /** The elements of the level's block, as far as they were read. */
  #each(level: number, head: number, stride: number, each: Reads, deep: number): Code {
    if (deep === 0 || each.length === 0) return [];
    const end = this.#label('end');
    return [
      Array.from(
        { length: deep },
        (_, i): Code => [
          load(8, 'r7', 'r10', FRAME.levels - 8 * level),
          load(8, 'r1', 'r7', BLOCK.result),
          jumpIf('lt', 'r1', head + (i + 1) * stride, end),
          this.#all(each, { kind: 'block', level, at: head + i * stride }, level + 1),
        ],
      ),
      label(end),
    ];
  }

  /** The elements from `head` to the end of the buffer, then those from its beginning on. */
  #ring(read: Extract<Read, { kind: 'ring' }>, base: Base, level: number, skip: string): Code {
    const { stride, most, each, deep } = read;
    const get = (dst: Reg, offset: number): Code => loadFrom(base, 8, dst, offset);
    const second = this.#label('second');
    const fits = this.#label('fits');
    /** r2 = the number of elements; r7 is overwritten. */
    const length: Code =
      read.length !== null
        ? get('r2', read.length)
        : [
            get('r2', read.tail ?? 0),
            get('r1', read.head),
            alu('sub', 'r2', 'r1'),
            get('r1', read.capacity),
            add('r1', -1),
            alu('and', 'r2', 'r1'),
          ];
    /** r4 = how many of them come before the end of the buffer. */
    const first: Code = [get('r4', read.capacity), get('r5', read.head), alu('sub', 'r4', 'r5')];
    const elements = (): Code => [this.#clamp('r2', most), stride === 1 ? [] : alu('mul', 'r2', stride)];
    return [
      length,
      jumpIf('eq', 'r2', 0, skip),
      first,
      jumpIf('le', 'r2', 'r4', fits),
      mov('r2', 'r4'),
      label(fits),
      elements(),
      get('r3', read.data),
      jumpIf('eq', 'r3', 0, skip),
      mov('r1', 'r5'),
      stride === 1 ? [] : alu('mul', 'r1', stride),
      add('r3', 'r1'),
      this.#bytes(level, most * stride, second),
      this.#each(level, 0, stride, each, deep),
      label(second),
      length,
      first,
      jumpIf('le', 'r2', 'r4', skip),
      alu('sub', 'r2', 'r4'),
      elements(),
      get('r3', read.data),
      this.#bytes(level, most * stride, skip),
      this.#each(level, 0, stride, each, deep),
      label(skip),
    ];
  }

  #hashTable(read: Extract<Read, { kind: 'hash-table' }>, base: Base, level: number, skip: string): Code {
    const { most, stride, holes, each } = read;
    const size = Math.min(stride, 1024);
    const fits = this.#label('fits');
    const bucket = (i: number): Code => {
      const next = this.#label('next');
      return [
        load(8, 'r7', 'r10', FRAME.levels - 8 * level),
        load(8, 'r1', 'r7', BLOCK.result),
        jumpIf('le', 'r1', i, skip),
        load(1, 'r1', 'r7', BLOCK.bytes + i),
        jumpIf('ge', 'r1', 0x80, next),
        load(8, 'r3', 'r7', BLOCK.address),
        add('r3', -(i + 1) * stride),
        this.#block(level + 1, size, holes, next),
        this.#all(each, blockAt(level + 1), level + 2),
        label(next),
      ];
    };
    return [
      loadFrom(base, 8, 'r3', read.control),
      jumpIf('eq', 'r3', 0, skip),
      loadFrom(base, 8, 'r2', read.mask),
      jumpIf('lt', 'r2', most, fits),
      mov('r2', most - 1),
      label(fits),
      add('r2', 1),
      this.#bytes(level, most, skip),
      stride === 0 ? [] : Array.from({ length: most }, (_, i) => bucket(i)),
      label(skip),
    ];
  }

  #tree(read: Extract<Read, { kind: 'b-tree' }>, base: Base, level: number, skip: string): Code {
    const { leaf, inner, length, children, each } = read;
    const elements = (at: number): Code => {
      const end = this.#label('end');
      return [
        each.map(
          (reads, i): Code => [
            loadFrom(blockAt(at), 2, 'r1', length),
            jumpIf('le', 'r1', i, end),
            this.#all(reads, blockAt(at), at + 1),
          ],
        ),
        label(end),
      ];
    };
    const [tall, last] = [this.#label('tall'), this.#label('last')];
    const child = (c: number): Code => {
      const next = this.#label('next');
      return [
        loadFrom(blockAt(level), 2, 'r1', length),
        jumpIf('lt', 'r1', c, skip),
        load(8, 'r3', 'r7', BLOCK.bytes + inner.edges + 8 * c),
        this.#block(level + 1, leaf.size, leaf.holes, next),
        elements(level + 1),
        label(next),
      ];
    };
    return [
      loadFrom(base, 8, 'r3', read.root),
      jumpIf('eq', 'r3', 0, skip),
      loadFrom(base, 8, 'r1', read.height),
      store(8, 'r10', FRAME.number, 'r1'),
      jumpIf('ne', 'r1', 0, tall),
      this.#block(level, leaf.size, leaf.holes, skip),
      elements(level),
      jump(skip),
      label(tall),
      Array.from(
        { length: mostDescents },
        (): Code => [
          load(8, 'r1', 'r10', FRAME.number),
          jumpIf('eq', 'r1', 1, last),
          add('r1', -1),
          store(8, 'r10', FRAME.number, 'r1'),
          this.#block(level, inner.size, inner.holes, skip),
          load(8, 'r3', 'r7', BLOCK.bytes + inner.edges),
        ],
      ),
      jump(skip),
      label(last),
      this.#block(level, inner.size, inner.holes, skip),
      elements(level),
      Array.from({ length: children }, (_, c) => child(c)),
      label(skip),
    ];
  }

  #dyn(read: Extract<Read, { kind: 'dyn' }>, base: Base, level: number, skip: string): Code {
    const data = loadFrom(base, 8, 'r3', read.data);
    const uncounted = this.#label('uncounted');
    const address = this.#address;
    return [
      loadFrom(base, 8, 'r3', read.vtable),
      jumpIf('eq', 'r3', 0, skip),
      this.#block(level, 24, [], skip),
      read.hasCounts ? [data, this.#block(level + 1, 16, [], uncounted), label(uncounted)] : [],
      data,
      jumpIf('eq', 'r3', 0, skip),
      load(8, 'r7', 'r10', FRAME.levels - 8 * level),
      read.add === null
        ? [
            // The first multiple of the value's alignment, the vtable's third word, behind the two counters.
            load(8, 'r1', 'r7', BLOCK.bytes + 16),
            mov('r2', 'r1'),
            add('r2', 15),
            mov('r4', 0),
            alu('sub', 'r4', 'r1'),
            alu('and', 'r2', 'r4'),
            add('r3', 'r2'),
          ]
        : read.add === 0
          ? []
          : add('r3', read.add),
      store(8, 'r10', FRAME.number, 'r3'),
      address === null ? [] : read.known.map((known) => this.#known(known, read, base, level, address, skip)),
      read.isKnownOnly
        ? []
        : [load(8, 'r2', 'r7', BLOCK.bytes + 8), jumpIf('eq', 'r2', 0, skip), this.#bytes(level + 1, read.most, skip)],
      label(skip),
    ];
  }

  /** The value of a trait object if it is of a known type, with its address in the frame. */
  #known(
    { vtable, size, holes, then }: KnownRead,
    read: Extract<Read, { kind: 'dyn' }>,
    base: Base,
    level: number,
    address: bigint,
    skip: string,
  ): Code {
    const other = this.#label('other');
    return [
      loadFrom(base, 8, 'r1', read.vtable),
      load(8, 'r2', 'r6', PT_REGS.rip),
      alu('sub', 'r1', 'r2'),
      load64('r2', BigInt.asUintN(64, vtable - address)),
      jumpIf('ne', 'r1', 'r2', other),
      size === 0
        ? []
        : [
            load(8, 'r3', 'r10', FRAME.number),
            this.#block(level + 1, size, holes, skip),
            this.#all(then, blockAt(level + 1), level + 2),
          ],
      jump(skip),
      label(other),
      load(8, 'r7', 'r10', FRAME.levels - 8 * level),
      load(8, 'r3', 'r10', FRAME.number),
    ];
  }
}

const blockAt = (level: number): Base => ({ kind: 'block', level, at: 0 });

/** `dst` = the number at `offset`; of a block, r7 is its address afterwards. */
const loadFrom = (base: Base, size: Size, dst: Reg, offset: number): Code =>
  base.kind === 'record'
    ? [load(size, dst, 'r9', base.at + offset)]
    : [load(8, 'r7', 'r10', FRAME.levels - 8 * base.level), load(size, dst, 'r7', BLOCK.bytes + base.at + offset)];

/** What is left of `size` bytes without the holes. */
export const between = (holes: readonly Range[], size: number): Range[] => {
  const spans: Range[] = [];
  let at = 0;
  for (const { start, end } of [...holes].sort((a, b) => a.start - b.start)) {
    if (Math.min(start, size) > at) spans.push({ start: at, end: Math.min(start, size) });
    at = Math.max(at, end);
  }
  if (at < size) spans.push({ start: at, end: size });
  return spans;
};

/** The record's bytes are whatever was there before. */
const zeros = (start: number, end: number): Code => {
  const code: Instruction[] = [];
  for (let at = start; at < end; ) {
    const size = ([8, 4, 2, 1] as const).find((one) => at + one <= end && at % one === 0) ?? 1;
    code.push(store(size, 'r7', BLOCK.bytes + at, 0));
    at += size;
  }
  return code;
};
