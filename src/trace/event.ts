import type { Evidence } from '../abi/model.ts';
import type { TextBytes } from '../base/text-bytes.ts';
import type { Environment } from '../expr/environment.ts';
import type { JsonValue } from './decode/shown.ts';
import type { LeftOut } from './left-out.ts';
import type { RecordRoom } from './record-room.ts';
import type { CopyInfo } from './site.ts';

/**
 * How a call ended.
 *
 *   returned   at a return instruction, or by the uretprobe
 *   tail-call  by a jump to another function, which returns in its place
 *   unwound    an unwinder went on in an outer frame: proof
 *   left       the frame is gone, the way is unknown (longjmp, an exit that wasn't probed or whose record was lost)
 *   exited     the thread or process ended inside
 *   running    still inside when tracing ended
 *   entered    exits aren't watched
 */
export type Outcome = 'returned' | 'tail-call' | 'unwound' | 'left' | 'exited' | 'running' | 'entered';

export type ShownValue = {
  readonly name: string;
  readonly type: string;
  readonly value: JsonValue;
  /** Rust's `Debug` form, safe for a terminal. */
  readonly text: string;
  readonly evidence: Evidence;
  /** Why a value is missing or what must be known to read it. */
  readonly note: string | null;
  /** Of a `conflict`: what it would be at each of the places that are claimed. */
  readonly candidates?: readonly { readonly evidence: Evidence; readonly value: JsonValue; readonly text: string }[];
  /** Counters of the Rc and Arc in it, by where they are (`.field[2]`; empty: the value itself). */
  readonly counts?: readonly { readonly path: string; readonly strong: string; readonly weak: string }[];
};

/** Writes what a line about a call needs, without a string or an object for each value. */
export type CallWriter = {
  /** The arguments' names: one array for all calls of a copy, and for no other's. */
  readonly names: readonly string[];
  /** From a moment (CLOCK_MONOTONIC, ns, in two halves) to the call's entry, ns. */
  nsSince(upper: number, lower: number): number;
  /** The text of an argument, to which nothing is to be added. False: nothing was written, and `args` has to be asked. */
  writeArgument(index: number, to: TextBytes): boolean;
  /** Likewise of `ret`. */
  writeResult(to: TextBytes): boolean;
};

export type CallEvent = {
  readonly event: 'call' | 'enter';
  /** CLOCK_MONOTONIC at the entry, ns. */
  readonly time: bigint;
  /** Counts this trace's events from 1; within a thread it is the order in which things happened. */
  readonly seq: number;
  readonly callId: number;
  readonly parent: number | null;
  readonly depth: number;
  readonly pid: number;
  readonly tid: number;
  readonly comm: string;
  readonly function: string;
  readonly copy: CopyInfo;
  readonly args: readonly ShownValue[];
  readonly ret: ShownValue | null;
  /** Arguments as they were when the call returned, where that was asked for. */
  readonly after?: readonly ShownValue[];
  readonly outcome: Outcome | null;
  /** ns; null where the end's time isn't known. */
  readonly duration: bigint | null;
  /** Of an event for a reader who wants texts. */
  readonly writer?: CallWriter;
  /** Of the same: what expressions see of the call, which is read when they ask. */
  readonly environment?: Environment;
  /**
   * Of the same: copies what it is read from to a room, from which an event like it can be read until that is cleared. Gives
   * its place there; null: there is no room for so much. Absent: the event itself is good for ever.
   */
  readonly keepIn?: (room: RecordRoom) => number | null;
};

/** Calls and pieces of knowledge that did not reach us, by cause. */
export type Losses = {
  /** No room in the ring when a call began: the call isn't shown. */
  readonly entries: number;
  /** No room in the ring when a call ended: its outcome is `left`. */
  readonly exits: number;
  /** No room in the table of calls under way: the call isn't shown. */
  readonly pending: number;
  /** No room in the table of threads: the call isn't shown. */
  readonly threads: number;
  /** No room when an unwinder landed: calls that it ended are `left`. */
  readonly landings: number;
  /** No room when a thread ended: calls inside it are found out late. */
  readonly threadEnds: number;
  /** No room in the table of watched processes: what such a child and its children call isn't shown. */
  readonly processes: number;
};

/** The losses that belong to one function's probes. */
export type FunctionLosses = Pick<Losses, 'entries' | 'exits' | 'pending' | 'threads'> & { readonly function: string };

export type LostEvent = {
  readonly event: 'lost';
  readonly time: bigint;
  readonly seq: number;
  /** Since the last such event. */
  readonly losses: Losses;
  readonly functions: readonly FunctionLosses[];
};

export type NoteEvent = { readonly event: 'note'; readonly seq: number; readonly text: string };

/** Both null: it runs on. */
export type ProgramEnd = { readonly pid: number; readonly status: number | null; readonly signal: string | null };

export type EndEvent = {
  readonly event: 'end';
  readonly time: bigint;
  readonly seq: number;
  readonly calls: number;
  readonly lost: Losses;
  /** The same by function; those that lost nothing are left out. */
  readonly lostFunctions: readonly FunctionLosses[];
  /** Exits seen of calls that had begun before tracing did. */
  readonly underWayAtAttach: number;
  /** Calls that were seen and not shown, where calls are chosen. */
  readonly leftOut?: LeftOut;
  readonly functions: number;
  readonly probes: number;
  readonly program: ProgramEnd | null;
};

export type TraceEvent = CallEvent | LostEvent | NoteEvent | EndEvent;
