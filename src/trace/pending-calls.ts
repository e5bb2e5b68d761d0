import { PENDING } from './bpf/records.ts';
import type { StaleKey } from './correlate.ts';
import type { OwnedFd } from './sys/fd.ts';
import { deleteElement, lookupElement } from './uprobe/map.ts';

/** The kernel's table of calls under way, the map `pending`. */
export class PendingCalls {
  readonly #map: OwnedFd;

  constructor(map: OwnedFd) {
    this.#map = map;
  }

  /** Drops the entry of a call that has ended. Only for threads that are gone: others may have made it anew. */
  forget(key: StaleKey): void {
    deleteElement(this.#map, keyBytes(key));
  }

  /** Whether this call is still there. */
  has(key: StaleKey, callId: number): boolean {
    const value = Buffer.alloc(PENDING.size);
    if (!lookupElement(this.#map, keyBytes(key), value)) return false;
    return value.readBigUInt64LE(PENDING.callId) === BigInt(callId);
  }
}

const keyBytes = ({ tgid, tid, sp, fn }: StaleKey): Buffer => {
  const key = Buffer.alloc(PENDING.keySize);
  key.writeBigUInt64LE((BigInt(tgid) << 32n) | BigInt(tid), 0);
  key.writeBigUInt64LE(sp, 8);
  key.writeBigUInt64LE(BigInt(fn), 16);
  return key;
};
