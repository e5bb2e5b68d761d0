/** Memory of the target that a probe brought along: what was read, at the moment of the hit, behind a call's values. */
export type Block = {
  readonly address: bigint;
  /** What was read; empty where the page wasn't there. */
  readonly bytes: Uint8Array;
  readonly isUnreadable: boolean;
};

/** Addresses of memory that isn't believed: it may not have been stored yet. */
export type StaleRange = { readonly start: bigint; readonly end: bigint };

/** The blocks of one record. What isn't in any of them was not asked for, or there was no room for it. */
export class Snapshot {
  readonly #blocks: readonly Block[];
  readonly #stale: readonly StaleRange[];
  /** The record was full before everything had been read. */
  readonly isFull: boolean;

  constructor(blocks: readonly Block[], isFull: boolean, stale: readonly StaleRange[] = []) {
    this.#blocks = blocks;
    this.#stale = stale;
    this.isFull = isFull;
  }

  /** Parts of the `length` bytes at an address that aren't believed. */
  staleIn(address: bigint, length: number): CapturedValue['missing'] {
    if (this.#stale.length === 0) return none;
    const end = address + BigInt(length);
    return this.#stale.flatMap((range) => {
      if (range.end <= address || range.start >= end) return [];
      const start = range.start > address ? Number(range.start - address) : 0;
      return [{ start, end: Math.min(length, Number(range.end - address)), why: 'gone' as const }];
    });
  }

  /** All bytes that are known from an address on (perhaps none); `unreadable`, or null if nobody tried to read there. */
  from(address: bigint): Uint8Array | 'unreadable' | null {
    let best: Uint8Array | null = null;
    let isUnreadable = false;
    for (const block of this.#blocks) {
      if (block.isUnreadable) {
        isUnreadable ||= block.address === address;
        continue;
      }
      const before = address === block.address ? 0 : Number(address - block.address);
      if (before < 0 || before >= block.bytes.length) continue;
      const rest = before === 0 ? block.bytes : block.bytes.subarray(before);
      if (best === null || rest.length > best.length) best = rest;
    }
    return best ?? (isUnreadable ? 'unreadable' : null);
  }

  /** Why nothing is known at an address that is in no block. */
  lackAt(address: bigint): 'unreadable' | 'truncated' | 'depth' {
    for (const block of this.#blocks) {
      const before = address - block.address;
      if (block.isUnreadable && before >= 0n && before < longestRead) return 'unreadable';
    }
    return this.isFull ? 'truncated' : 'depth';
  }
}

/** How long a read that failed may have been isn't kept: none is longer. */
const longestRead = 4_112n;

const none: CapturedValue['missing'] = [];

/** The bytes of a value itself, as its pieces brought them. */
export type CapturedValue = {
  readonly bytes: Uint8Array;
  /** Parts that didn't come; `end` is behind the last byte. */
  readonly missing: readonly {
    readonly start: number;
    readonly end: number;
    readonly why: 'gone' | 'unreadable' | 'truncated' | 'redacted';
  }[];
};
