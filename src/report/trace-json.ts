import type { CallEvent, Losses, ShownValue, TraceEvent } from '../query/watch.ts';
import { jsonText } from './json.ts';

const schema = 1;

/** `name` undefined is left out. */
const valueJson = (
  name: string | undefined,
  { type, value, text, evidence, note, candidates, counts }: ShownValue,
): object => ({
  ...(name === undefined ? {} : { name }),
  type,
  value,
  text,
  evidence,
  ...(note === null ? {} : { note }),
  ...(candidates === undefined ? {} : { candidates }),
  ...(counts === undefined ? {} : { counts }),
});

const named = (value: ShownValue): object => valueJson(value.name, value);
const unnamed = (value: ShownValue): object => valueJson(undefined, value);

const callJson = (call: CallEvent): object => ({
  schema,
  event: call.event,
  ts_ns: call.time.toString(),
  seq: call.seq,
  call_id: call.callId,
  parent: call.parent,
  depth: call.depth,
  pid: call.pid,
  tid: call.tid,
  comm: call.comm,
  function: call.function,
  copy: {
    kind: call.copy.kind,
    address: `0x${call.copy.address.toString(16)}`,
    caller: call.copy.caller,
    call_site: call.copy.callSite,
    ...(call.copy.name === undefined ? {} : { name: call.copy.name }),
  },
  args: call.args.map(named),
  ret: call.ret ? unnamed(call.ret) : null,
  ...(call.after === undefined ? {} : { after: call.after.map(named) }),
  outcome: call.outcome,
  duration_ns: call.duration === null ? null : call.duration.toString(),
});

const lossesJson = ({ threadEnds, ...losses }: Losses): object => ({ ...losses, thread_ends: threadEnds });

const toJson = (event: TraceEvent): object => {
  switch (event.event) {
    case 'call':
    case 'enter':
      return callJson(event);
    case 'lost':
      return {
        schema,
        event: 'lost',
        ts_ns: event.time.toString(),
        seq: event.seq,
        losses: lossesJson(event.losses),
        functions: event.functions,
      };
    case 'note':
      return { schema, event: 'note', seq: event.seq, text: event.text };
    case 'end':
      return {
        schema,
        event: 'end',
        ts_ns: event.time.toString(),
        seq: event.seq,
        calls: event.calls,
        lost: lossesJson(event.lost),
        lost_functions: event.lostFunctions,
        under_way_at_attach: event.underWayAtAttach,
        functions: event.functions,
        probes: event.probes,
        program: event.program,
      };
  }
};

/** One line of JSON for an event. */
export const traceJson = (event: TraceEvent): string => `${jsonText(toJson(event))}\n`;
