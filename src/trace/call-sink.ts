import type { EndedCall } from './correlate.ts';
import type { CallEvent, EndEvent, LostEvent } from './event.ts';
import type { LeftOut } from './left-out.ts';
import type { EnteredCall } from './thread-calls.ts';

/** What becomes of the calls of a trace, and of what is told beside them: events, or sums. */
export type CallSink<Told> = {
  /** There is nothing to be taken yet. */
  readonly isEmpty: boolean;
  /** `leftOut`: calls so far that were seen and aren't taken; null where calls aren't chosen. */
  readonly take: (leftOut: () => LeftOut | null) => Told;
  /** A call that is wanted: it began (`ended` null), where that was asked for, or is over. */
  readonly addCall: (call: EnteredCall, event: CallEvent['event'], ended: EndedCall | null) => void;
  readonly addNotes: (texts: readonly string[]) => void;
  /** Since it was told last. */
  readonly addLost: (lost: Pick<LostEvent, 'losses' | 'functions'>) => void;
  readonly addEnd: (end: Omit<EndEvent, 'event' | 'time' | 'seq'>) => void;
};
