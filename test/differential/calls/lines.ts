import { canonicalName } from './function-name.ts';

/** A line of the program: what a call was passed and returned, as `Debug` texts. */
export type PrintedCall = {
  readonly function: string;
  readonly tid: number;
  readonly args: readonly PrintedValue[];
  /** Null: the call doesn't return, or its result has no text. */
  readonly ret: PrintedValue | null;
};

export type PrintedValue = { readonly name: string; readonly text: string; readonly type: string };

/** A `call` event of `rsym trace --json`, as far as the judge reads it. */
export type TracedCall = {
  readonly function: string;
  readonly tid: number;
  readonly time: bigint;
  readonly copy: string;
  readonly outcome: string | null;
  readonly args: readonly TracedValue[];
  readonly ret: TracedValue | null;
};

export type TracedValue = {
  readonly name: string;
  readonly type: string;
  readonly value: unknown;
  readonly text: string;
  readonly evidence: string;
  readonly note: string | null;
};

type Line = {
  fn: string;
  tid: number;
  entered: number;
  args: Record<string, string>;
  types: Record<string, string>;
  ret: string | null;
  ret_type: string | null;
};

const jsonLines = <Row>(text: string): Row[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Row);

/** The program's lines in the order in which the calls began. */
export const readPrinted = (text: string): PrintedCall[] =>
  jsonLines<Line>(text)
    .filter(({ fn }) => fn !== undefined)
    .sort((a, b) => a.entered - b.entered)
    .map(({ fn, tid, args, types, ret, ret_type }) => ({
      function: canonicalName(fn),
      tid,
      args: Object.entries(args).map(([name, text]) => ({ name, text, type: types[name] ?? '' })),
      ret: ret === null ? null : { name: 'result', text: ret, type: ret_type ?? '' },
    }));

type Event = {
  event: string;
  ts_ns: string;
  seq: number;
  tid: number;
  function: string;
  copy: { kind: string };
  args: TracedValue[];
  ret: TracedValue | null;
  outcome: string | null;
  text: string;
  lost: Record<string, number>;
};

export type Trace = {
  /** In the order in which they began. */
  readonly calls: readonly TracedCall[];
  readonly notes: readonly string[];
  /** Of the last event, null where it is missing. */
  readonly lost: Readonly<Record<string, number>> | null;
};

const withNote = (value: TracedValue): TracedValue => ({ ...value, note: value.note ?? null });

const byTime = (a: TracedCall, b: TracedCall): number => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0);

export const readTrace = (text: string): Trace => {
  const events = jsonLines<Event>(text);
  const calls = events
    .filter(({ event }) => event === 'call')
    .map(
      (event): TracedCall => ({
        function: canonicalName(event.function),
        tid: event.tid,
        time: BigInt(event.ts_ns),
        copy: event.copy.kind,
        outcome: event.outcome,
        args: event.args.map(withNote),
        ret: event.ret === null ? null : withNote(event.ret),
      }),
    );
  return {
    calls: calls.sort(byTime),
    notes: events.filter(({ event }) => event === 'note').map(({ text }) => text),
    lost: events.find(({ event }) => event === 'end')?.lost ?? null,
  };
};
