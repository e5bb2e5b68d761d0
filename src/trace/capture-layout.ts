import type { ReadLimits } from './bpf/reads/planning.ts';
import type { RecordLayout } from './bpf/records.ts';
import type { CapturedValue } from './snapshot.ts';

/** Where one value's own bytes are in a record. */
export type ValueSlot = {
  readonly at: number;
  readonly size: number;
  /** Parts that never come. */
  readonly missing: CapturedValue['missing'];
  /** Parts that come unless a read failed: its result is at `resultAt`. */
  readonly read: readonly { readonly start: number; readonly end: number; readonly resultAt: number }[];
  /** Parts that are the same at every hit. */
  readonly constants: readonly { readonly start: number; readonly bytes: Uint8Array }[];
};

export type CaptureLayout = RecordLayout & {
  readonly slots: readonly ValueSlot[];
  /** By value: its slots, one for each place that is claimed for it. */
  readonly values: readonly { readonly first: number; readonly count: number }[];
  /** Where the instruction pointer is; null where nobody needs it. */
  readonly ripAt: number | null;
  /** Memory that isn't believed: where the record has the registers that it is at. */
  readonly stale: readonly StaleSlot[];
  /** Nothing in it depends on the probed address. */
  readonly isAnywhere: boolean;
  /** Of a tail call: where it says that the memory of the result is handed on, so that it may change; null: not asked. */
  readonly passedAt: number | null;
};

/** `baseAt` null: at `displacement` alone. */
export type StaleSlot = {
  readonly baseAt: number | null;
  readonly indexAt: number | null;
  readonly scale: number;
  readonly displacement: bigint;
  readonly size: number;
};

export type CaptureLimits = ReadLimits & {
  /** Bytes of a record's blocks. */
  readonly blocks: number;
};
