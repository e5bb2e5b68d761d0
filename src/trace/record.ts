import type { Undecided } from '../expr/outcome.ts';
import { EXIT, HEADER, RECORD } from './bpf/records.ts';
import type { Capture } from './capture.ts';
import type { CaptureLayout } from './capture-layout.ts';
import { EntryBytes, ExitBytes, OtherBytes, readCount } from './record-bytes.ts';
import type { RecordMemory } from './record-memory.ts';

export type { Capture } from './capture.ts';

type Common = {
  readonly fn: number;
  readonly sequence: number;
  readonly time: bigint;
  readonly tgid: number;
  readonly tid: number;
  readonly sp: bigint;
};
export type EnterRecord = Common & {
  readonly kind: 'enter';
  /** Where the stack's mapping ends; 0n where it isn't known. */
  readonly stackEnd: bigint;
  readonly comm: string;
  /** Without the NUL. */
  readonly commBytes: Uint8Array;
  readonly capture: Capture;
  /** The program couldn't tell whether the call is wanted, and why. */
  readonly undecided: Undecided | null;
};
export type ExitRecord = Common & {
  readonly kind: 'exit';
  readonly callId: number;
  readonly site: number;
  readonly capture: Capture;
};
export type LandingRecord = Common & { readonly kind: 'landing' };
export type ThreadEndRecord = Common & { readonly kind: 'thread-end' | 'exec' };
export type TraceRecord = EnterRecord | ExitRecord | LandingRecord | ThreadEndRecord;

/** Which captures a record of a function, or of one of its exits, holds. */
export type Layouts = {
  readonly entry: (fn: number) => CaptureLayout | undefined;
  readonly exit: (site: number) => CaptureLayout | undefined;
};

/** A record as it came, which is read from its bytes. */
export type RawRecord = EntryBytes | ExitBytes | OtherBytes<'landing' | 'thread-end' | 'exec'>;

/** The record at `base`; undefined for one that isn't known (a reader older than its program). The bytes must stay. */
export const readRecord = (
  memory: RecordMemory,
  base: number,
  length: number,
  layouts: Layouts,
): RawRecord | undefined => {
  if (length < HEADER.size) return undefined;
  const { view } = memory;
  const fn = view.getUint32(base + HEADER.fn, true);
  switch (view.getUint8(base + HEADER.kind)) {
    case RECORD.enter: {
      const layout = layouts.entry(fn);
      return !layout || length < layout.size ? undefined : new EntryBytes(memory, base, fn, layout);
    }
    case RECORD.exit: {
      const site = readCount(view, base + EXIT.site);
      const layout = layouts.exit(site);
      return !layout || length < layout.size ? undefined : new ExitBytes(memory, base, fn, site, layout);
    }
    case RECORD.landing:
      return new OtherBytes('landing', memory, base, fn);
    case RECORD.threadEnd:
      return new OtherBytes('thread-end', memory, base, fn);
    case RECORD.exec:
      return new OtherBytes('exec', memory, base, fn);
    default:
      return undefined;
  }
};
