import { callAt, isCall, type LogView, rowsFrom } from './log.ts';

/** A call's relatives among the events of a view, by their rows. */
export type CallKin = {
  /** The call that it was made in; null: there is none, or it isn't (or not yet) among the events. */
  readonly parent: number | null;
  /** Further out, one after the other. */
  readonly ancestors: readonly number[];
  /** Calls made in it, in the order in which they ended. */
  readonly children: readonly number[];
};

export const noKin: CallKin = { parent: null, ancestors: [], children: [] };

const mostAncestors = 100;
const mostChildren = 200;

/** Inner calls end before outer ones: parents come later in a view, children earlier. */
export const kinOf = (view: LogView, row: number): CallKin => {
  const call = callAt(view, row);
  if (call === undefined) return noKin;
  const outer: number[] = [];
  let wanted = call.parent;
  for (const [at, event] of rowsFrom(view, row + 1, 1)) {
    if (wanted === null || outer.length > mostAncestors) break;
    if (!isCall(event) || event.callId !== wanted) continue;
    outer.push(at);
    wanted = event.parent;
  }
  const children: number[] = [];
  for (const [at, event] of rowsFrom(view, row - 1, -1)) {
    if (children.length >= mostChildren) break;
    if (isCall(event) && event.parent === call.callId) children.push(at);
  }
  return { parent: outer[0] ?? null, ancestors: outer.slice(1), children: children.reverse() };
};
