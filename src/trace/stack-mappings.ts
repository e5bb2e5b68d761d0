import { readFileSync } from 'node:fs';
import type { TraceRecord } from './record.ts';
import { EntryBytes } from './record-bytes.ts';

type Range = { readonly start: bigint; readonly end: bigint };

/** A process's mappings are read again for unknown stack pointers, but not more often than this. */
const readAgainMs = 20;

/**
 * Where stacks end, for entries whose program could not find out: the lock of the process's mappings was held by a
 * thread that was not running. The mappings are read afterwards from /proc/PID/maps, while the process lives.
 */
export class StackMappings {
  readonly #processes = new Map<number, { readonly ranges: readonly Range[]; readonly at: number }>();

  /** The record with its stack's end, where that can still be known. */
  complete(record: TraceRecord): TraceRecord {
    if (record instanceof EntryBytes && !record.hasStackEnd) record.endStackAt(this.#endOf(record.tgid, record.sp));
    return record;
  }

  #endOf(tgid: number, sp: bigint): bigint {
    const known = this.#processes.get(tgid);
    const found = endIn(known?.ranges, sp);
    if (found !== 0n || (known && performance.now() - known.at < readAgainMs)) return found;
    const ranges = readRanges(tgid);
    this.#processes.set(tgid, { ranges: ranges ?? known?.ranges ?? [], at: performance.now() });
    return endIn(ranges, sp);
  }
}

const endIn = (ranges: readonly Range[] | undefined, sp: bigint): bigint =>
  ranges?.find(({ start, end }) => sp >= start && sp < end)?.end ?? 0n;

const readRanges = (pid: number): Range[] | undefined => {
  try {
    return [...readFileSync(`/proc/${pid}/maps`, 'latin1').matchAll(/^([0-9a-f]+)-([0-9a-f]+) /gm)].map(
      ([, start, end]) => ({ start: BigInt(`0x${start}`), end: BigInt(`0x${end}`) }),
    );
  } catch {
    return undefined; // it has ended
  }
};
