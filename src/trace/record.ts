import { EXIT, HEADER, RECORD } from './bpf/records.ts';
import type { Capture } from './capture.ts';
import type { CaptureLayout } from './capture-layout.ts';
import { EntryBytes, ExitBytes, OtherBytes, readCount } from './record-bytes.ts';

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
  readonly capture: Capture;
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

/** The record at `base`; undefined for one that isn't known (a reader older than its program). The view's bytes must stay. */
export const readRecord = (view: DataView, base: number, length: number, layouts: Layouts): TraceRecord | undefined => {
  if (length < HEADER.size) return undefined;
  const fn = view.getUint32(base + HEADER.fn, true);
  switch (view.getUint32(base + HEADER.kind, true)) {
    case RECORD.enter: {
      const layout = layouts.entry(fn);
      return !layout || length < layout.size ? undefined : new EntryBytes(view, base, fn, layout);
    }
    case RECORD.exit: {
      const site = readCount(view, base + EXIT.site);
      const layout = layouts.exit(site);
      return !layout || length < layout.size ? undefined : new ExitBytes(view, base, fn, site, layout);
    }
    case RECORD.landing:
      return new OtherBytes('landing', view, base, fn);
    case RECORD.threadEnd:
      return new OtherBytes('thread-end', view, base, fn);
    case RECORD.exec:
      return new OtherBytes('exec', view, base, fn);
    default:
      return undefined;
  }
};
