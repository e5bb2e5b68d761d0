import { between, type Range } from '../../holes.ts';
import { add, alu, type Code, type Instruction, jump, jumpIf, label, load, mov, type Reg, store } from '../asm.ts';
import type { Memory } from '../memory/memory.ts';
import { BLOCK, FOLLOW } from '../records.ts';
import { FRAME } from '../steps.ts';
import type { Labels } from './labels.ts';

const roundUp = (value: number): number => (value + 7) & ~7;

/**
 * Writes the instructions that read memory into a record's blocks: one after the other, as long as there is room. Where
 * the next block goes is kept in the record, so that the verifier takes it for any number and checks each read on its own,
 * in whatever way it was reached. Where there is no room, or a read failed, the program goes on at `skip`.
 */
export class BlockCode {
  readonly #end: number;
  readonly #labels: Labels;
  readonly #memory: Memory;

  /** `end`: size of the record. */
  constructor(end: number, labels: Labels, memory: Memory) {
    this.#end = end;
    this.#labels = labels;
    this.#memory = memory;
  }

  clamp(reg: Reg, most: number): Code {
    const fits = this.#labels.fresh('fits');
    return [jumpIf('le', reg, most, fits), mov(reg, most), label(fits)];
  }

  /** Reads the bytes in r2, at most `most`, from the address in r3 into a block of the level. */
  bytes(level: number, most: number, skip: string): Code {
    return [
      this.clamp('r2', most),
      store(8, 'r10', FRAME.length, 'r2'),
      this.#open(level, most, skip),
      mov('r1', 'r7'),
      add('r1', BLOCK.bytes),
      this.#memory.read,
      load(8, 'r2', 'r10', FRAME.length),
      this.#close(skip),
    ];
  }

  /** Reads `size` bytes from the address in r3 into a block of the level; zeros where there are holes. */
  block(level: number, size: number, holes: readonly Range[], skip: string): Code {
    if (holes.length === 0) return [mov('r2', size), this.bytes(level, size, skip)];
    const failed = this.#labels.fresh('failed');
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
          this.#memory.read,
          jumpIf('ne', 'r0', 0, failed),
        ],
      ),
      label(failed),
      mov('r2', size),
      this.#close(skip),
    ];
  }

  /** Reads up to a NUL, at most `most` bytes with it, from the address in r3 into a block of the level. */
  string(level: number, most: number, skip: string): Code {
    const failed = this.#labels.fresh('failed');
    const whole = this.#labels.fresh('whole');
    return [
      this.#open(level, most, skip),
      mov('r1', 'r7'),
      add('r1', BLOCK.bytes),
      this.#memory.text(most, this.#labels),
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

  /** r7 = a new block of the level, with room for `most` bytes, for the address in r3; kept in the frame. */
  #open(level: number, most: number, skip: string): Code {
    const room = this.#labels.fresh('room');
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
    const read = this.#labels.fresh('read');
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
}

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
