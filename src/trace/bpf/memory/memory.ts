import type { Code } from '../asm.ts';
import type { Surroundings } from '../entry.ts';
import type { Labels } from '../follow/labels.ts';
import { coldPages } from './cold-pages.ts';
import { loadedPages } from './loaded-pages.ts';

/** A record that a program makes, in parts: whether memory may be waited for decides in which order they come. */
export type Recording = {
  readonly size: number;
  /** Writes the record at r9, all but its number. Overwrites r7 and r8. */
  readonly fill: Code;
  /**
   * What else is done about the call, with the record's number in r8; in r9 the record, or 0 where it is lost. Leaves the
   * program where the record must not be handed over. Null: nothing.
   */
  readonly keep: Code | null;
  /** Gets back what `keep` needs and `fill` has overwritten. */
  readonly regain: Code;
  /** Counts the record as lost. */
  readonly lost: Code;
  /** Takes back what `keep` did, for a record that is lost behind it. */
  readonly undo: Code;
};

/** How programs read the memory of processes, and where a record is until it is handed to the reader. */
export type Memory = {
  /** The program may wait for a page, and must be loaded as one that does. */
  readonly isSleepable: boolean;
  /** Reads r2 bytes from the process's address in r3 to r1: r0 = 0, or a negative errno and zeros. */
  readonly read: Code;
  /**
   * Reads up to a NUL, at most `most` bytes with it, from the process's address in r3 to r1: r0 = how many, which is
   * `most` also where there was no NUL, or a negative errno. Keeps r6 to r9.
   */
  readonly text: (most: number, labels: Labels) => Code;
  /** Makes a record and hands it over. */
  readonly record: (recording: Recording, ringBytes: number) => Code;
  /** Lets go of the record in r9, which is not handed over. */
  readonly giveUp: Code;
};

export const memoryOf = ({ coldPages: isCold }: Pick<Surroundings, 'coldPages'>): Memory =>
  isCold ? coldPages : loadedPages;
