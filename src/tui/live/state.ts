import type { RsymError } from '../../base/errors.ts';
import type { ReturnsChoice, TraceEvent, WatchScope } from '../../query/watch.ts';

export type LiveState = {
  readonly title: string;
  readonly request: LiveRequest;
  readonly phase: 'planning' | 'running' | 'stopping' | 'ended' | 'failed';
  /** What a user should know of how it is watched. */
  readonly notes: readonly string[];
  readonly probes: number;
  /** The program that rsym started. */
  readonly pid: number | null;
  /** The newest events, at most `mostEvents`. */
  readonly events: readonly TraceEvent[];
  /** What is shown in place of `events` while the view is held still. */
  readonly held: readonly TraceEvent[] | null;
  /** Lines between the last line shown and the newest; only while held. */
  readonly behind: number;
  readonly calls: number;
  /** Calls and pieces of knowledge that did not reach us. */
  readonly lost: number;
  /** CLOCK_MONOTONIC of the first event, ns. */
  readonly origin: bigint | null;
  /** The thread of the first call; null once there is another. */
  readonly thread: number | null | undefined;
  readonly error: RsymError | null;
};

/** Older calls are forgotten: hours of tracing must not fill the memory. */
export const mostEvents = 5_000;

/** What is to be watched. */
export type LiveRequest = {
  readonly title: string;
  /** Functions, perhaps with signatures, as `rsym trace` takes them. */
  readonly specs: readonly string[];
  readonly scope: WatchScope;
  /** Absent where they are as `rsym trace` has them without an option. */
  readonly returns?: ReturnsChoice;
  readonly when?: string;
  readonly sample?: number;
  readonly children?: boolean;
  /** A process is waited for: it has not begun. */
  readonly waits?: boolean;
};

/** What a trace tells the screen while it goes on. */
export type LiveNews =
  | { readonly kind: 'planned'; readonly notes: readonly string[] }
  | { readonly kind: 'attached'; readonly probes: number; readonly pid: number | null }
  | { readonly kind: 'events'; readonly events: readonly TraceEvent[] }
  | { readonly kind: 'failed'; readonly error: RsymError }
  | { readonly kind: 'finished' };

export type LiveAsk = { readonly kind: 'begin'; readonly request: LiveRequest } | { readonly kind: 'stop' };

export const newLive = (request: LiveRequest): LiveState => ({
  title: request.title,
  request,
  phase: 'planning',
  notes: [],
  probes: 0,
  pid: null,
  events: [],
  held: null,
  behind: 0,
  calls: 0,
  lost: 0,
  origin: null,
  thread: undefined,
  error: null,
});
