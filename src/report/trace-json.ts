import type { CallEvent, JsonValue, LeftOut, Losses, ShownValue, TraceEvent } from '../query/watch.ts';
import { jsonText, safeJson } from './json.ts';

const schema = 1;

// The same few names and types are written again and again.
const quotedNames = new Map<string, string>();
const mostNames = 10_000;

const quotedName = (name: string): string => {
  const known = quotedNames.get(name);
  if (known !== undefined) return known;
  if (quotedNames.size >= mostNames) quotedNames.clear();
  const quoted = JSON.stringify(name);
  quotedNames.set(name, quoted);
  return quoted;
};

/** ASCII of which JSON escapes nothing. */
const plain = /^[ !#-[\]-~]*$/;
const mostPlain = 64;

/** JSON of a value; of short plain text, which most are, without a call into the engine. */
const valueText = (value: JsonValue): string =>
  typeof value === 'string' && value.length <= mostPlain && plain.test(value) ? `"${value}"` : JSON.stringify(value);

// An event's line is put together from pieces: an object of the whole, made by spreading, takes twice as long.

/** `name` undefined is left out. */
const valueJson = (
  name: string | undefined,
  { type, value, text, evidence, note, candidates, counts }: ShownValue,
): string =>
  `{${name === undefined ? '' : `"name":${quotedName(name)},`}"type":${quotedName(type)},"value":${valueText(value)},"text":${valueText(text)},"evidence":"${evidence}"` +
  `${note === null ? '' : `,"note":${JSON.stringify(note)}`}` +
  `${candidates === undefined ? '' : `,"candidates":${JSON.stringify(candidates)}`}` +
  `${counts === undefined ? '' : `,"counts":${JSON.stringify(counts)}`}}`;

const listJson = (values: readonly ShownValue[]): string => {
  let all = '';
  for (const value of values) all += `${all === '' ? '' : ','}${valueJson(value.name, value)}`;
  return `[${all}]`;
};

const copies = new WeakMap<CallEvent['copy'], string>();

const copyJson = (copy: CallEvent['copy']): string => {
  const known = copies.get(copy);
  if (known !== undefined) return known;
  const made = JSON.stringify({
    kind: copy.kind,
    address: `0x${copy.address.toString(16)}`,
    caller: copy.caller,
    call_site: copy.callSite,
    ...(copy.name === undefined ? {} : { name: copy.name }),
  });
  copies.set(copy, made);
  return made;
};

const callJson = (call: CallEvent): string =>
  `{"schema":${schema},"event":"${call.event}","ts_ns":"${call.time}","seq":${call.seq},"call_id":${call.callId},"parent":${call.parent},"depth":${call.depth},` +
  `"pid":${call.pid},"tid":${call.tid},"comm":${quotedName(call.comm)},"function":${quotedName(call.function)},"copy":${copyJson(call.copy)},` +
  `"args":${listJson(call.args)},"ret":${call.ret ? valueJson(undefined, call.ret) : 'null'}` +
  `${call.after === undefined || call.after.length === 0 ? '' : `,"after":${listJson(call.after)}`}` +
  `,"outcome":${call.outcome === null ? 'null' : `"${call.outcome}"`},"duration_ns":${call.duration === null ? 'null' : `"${call.duration}"`}}`;

const lossesJson = ({ threadEnds, ...losses }: Losses): object => ({ ...losses, thread_ends: threadEnds });

const countsJson = ({ undecided, notSampled, overRate }: Omit<LeftOut, 'functions'>): object => ({
  undecided,
  not_sampled: notSampled,
  over_rate: overRate,
});

const leftOutJson = ({ functions, ...all }: LeftOut): object => ({
  ...countsJson(all),
  functions: functions.map(({ function: name, address, ...own }) => ({
    function: name,
    address: `0x${address.toString(16)}`,
    ...countsJson(own),
  })),
});

const toJson = (event: Exclude<TraceEvent, CallEvent>, notKept: number): object => {
  const unkept = notKept === 0 ? {} : { not_kept: notKept };
  switch (event.event) {
    case 'lost':
      return {
        schema,
        event: 'lost',
        ts_ns: event.time.toString(),
        seq: event.seq,
        losses: { ...lossesJson(event.losses), ...unkept },
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
        lost: { ...lossesJson(event.lost), ...unkept },
        lost_functions: event.lostFunctions,
        under_way_at_attach: event.underWayAtAttach,
        ...(event.leftOut === undefined ? {} : { left_out: leftOutJson(event.leftOut) }),
        functions: event.functions,
        probes: event.probes,
        program: event.program,
      };
  }
};

/** One line of JSON for an event. `notKept`: of a loss, calls that were seen and are not there any more. */
export const traceJson = (event: TraceEvent, notKept = 0): string =>
  `${'args' in event ? safeJson(callJson(event)) : jsonText(toJson(event, notKept))}\n`;
