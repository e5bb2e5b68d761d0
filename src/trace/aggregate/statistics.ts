import { FUNCTION_STATS, PENDING, PENDING_LOST } from '../bpf/records.ts';
import type { KernelObjects } from '../kernel-objects.ts';
import { isThreadAlive } from '../process-stat.ts';
import { forEachElement } from '../uprobe/batch.ts';
import { deleteElement } from '../uprobe/map.ts';
import type { AggregateGaps } from './model.ts';

type Statistics = {
  readonly gaps: AggregateGaps;
  readonly lost: { readonly groups: bigint; readonly pending: bigint };
};

/** What is in no group, from the kernel's counters by copy. */
export class SumStatistics {
  readonly #objects: KernelObjects;
  readonly #copies: number;
  readonly #callBytes: number;
  /** Calls that were found in the table after their threads had ended. */
  readonly #left: bigint[];

  /** `callBytes`: of the value of a call under way. */
  constructor(objects: KernelObjects, copies: number, callBytes: number) {
    this.#objects = objects;
    this.#copies = copies;
    this.#callBytes = callBytes;
    this.#left = Array.from({ length: copies }, () => 0n);
  }

  read(): Statistics {
    const column = (): bigint[] => Array.from({ length: this.#copies }, () => 0n);
    const [undecided, skipped] = [column(), column()];
    const unwound = [...this.#left];
    let [groups, pending] = [0n, 0n];
    forEachElement(this.#objects.map('functions'), { keySize: 4, valueSize: FUNCTION_STATS.size }, (key, value) => {
      const fn = key.readUInt32LE();
      const field = (at: number): bigint => value.readBigUInt64LE(at);
      undecided[fn] = field(FUNCTION_STATS.undecided);
      skipped[fn] = field(FUNCTION_STATS.skipped);
      unwound[fn] = (unwound[fn] ?? 0n) + field(FUNCTION_STATS.unwound);
      groups += field(FUNCTION_STATS.groupsFull);
      pending += field(FUNCTION_STATS.pendingFull) + field(FUNCTION_STATS.threadsFull);
    });
    return { gaps: { undecided, skipped, unwound }, lost: { groups, pending } };
  }

  /** Takes calls out of the table whose threads have ended: nothing told of their end where many were under way. */
  sweep(): void {
    const pending = this.#objects.map('pending');
    const alive = new Map<number, boolean>();
    const gone: { readonly key: Buffer; readonly isCounted: boolean }[] = [];
    forEachElement(pending, { keySize: PENDING.keySize, valueSize: this.#callBytes }, (key, value) => {
      const [tid, tgid] = [key.readUInt32LE(0), key.readUInt32LE(4)];
      const lives = alive.get(tid) ?? isThreadAlive(tgid, tid);
      alive.set(tid, lives);
      if (!lives)
        gone.push({ key: Buffer.from(key), isCounted: value.readBigUInt64LE(PENDING.flags) !== BigInt(PENDING_LOST) });
    });
    for (const { key, isCounted } of gone) {
      const fn = Number(key.readBigUInt64LE(16));
      if (deleteElement(pending, key) && isCounted) this.#left[fn] = (this.#left[fn] ?? 0n) + 1n;
    }
  }
}
