import type { CallEvent, TraceEvent } from '../../query/watch.ts';

/**
 * Events one behind the other; `first` is the row of the first of them. Each is read from memory when it is asked for,
 * `from` is what owns that.
 */
export type LogPart = {
  readonly first: number;
  readonly from: object;
  readonly at: (index: number) => TraceEvent | undefined;
  /** The indices of those that are no calls, such as the end; ascending. */
  readonly others: () => readonly number[];
};

/**
 * A window on the events of a trace, oldest first. Rows are numbered from the beginning of the trace on (or of its filter),
 * so one keeps its number while older ones are dropped. The last part may grow behind `end`: that is no part of the view.
 */
export type LogView = {
  readonly parts: readonly LogPart[];
  /** The row behind the last. */
  readonly end: number;
  /** Events that had come, whether they are shown or not. */
  readonly total: number;
  /** Calls that had come, whether they are shown or not. */
  readonly came: number;
  /** Of these, the older ones that were there and are not any more. */
  readonly forgotten: number;
  /** Those that were too large to be kept. */
  readonly refused: number;
};

export const emptyLog: LogView = { parts: [], end: 0, total: 0, came: 0, forgotten: 0, refused: 0 };

/** Whether an event is a call, rather than a loss, a note or an end: calls alone have arguments. */
export const isCall = (event: TraceEvent): event is CallEvent => 'args' in event;

/** A view of just these events. */
export const logOf = (events: readonly TraceEvent[]): LogView => {
  const others = events.flatMap((event, index) => (isCall(event) ? [] : [index]));
  return {
    parts: [{ first: 0, from: events, at: (index) => events[index], others: () => others }],
    end: events.length,
    total: events.length,
    came: events.length - others.length,
    forgotten: 0,
    refused: 0,
  };
};

export const firstRow = (view: LogView): number => Math.min(view.end, view.parts[0]?.first ?? view.end);
export const rowCount = (view: LogView): number => view.end - firstRow(view);

/** Calls in a view above a row. */
export const callsAbove = (view: LogView, row: number): number =>
  view.parts.reduce(
    (calls, { first, others }) => calls - others().filter((index) => first + index < row).length,
    Math.max(0, row - firstRow(view)),
  );

/** Calls in a view. */
export const callCount = (view: LogView): number => callsAbove(view, view.end);

/** Undefined outside the view. */
export const eventAt = (view: LogView, row: number): TraceEvent | undefined => {
  if (row >= view.end) return undefined;
  const part = view.parts.findLast(({ first }) => first <= row);
  return part?.at(row - part.first);
};

export const callAt = (view: LogView, row: number): CallEvent | undefined => {
  const event = eventAt(view, row);
  return event !== undefined && isCall(event) ? event : undefined;
};

/** Rows of a view with their events, from one on in a direction, to its end. */
export function* rowsFrom(view: LogView, start: number, by: 1 | -1): Generator<readonly [number, TraceEvent]> {
  const first = firstRow(view);
  for (let row = start; row >= first && row < view.end; row += by) {
    const event = eventAt(view, row);
    if (event !== undefined) yield [row, event];
  }
}
