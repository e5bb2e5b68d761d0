import { sanitize } from '../../base/text.ts';
import type { TraceEvent } from '../../query/watch.ts';
import { makePalette } from '../../report/terminal-colour.ts';
import { endLine } from '../../report/trace.ts';
import { TraceLines } from '../../report/trace-lines.ts';
import type { Line } from '../parts/line.ts';
import { grouped } from '../parts/number.ts';
import type { Seen } from './state.ts';

const plain = makePalette(false);

type Style = Pick<Seen, 'origin' | 'threads' | 'processes'>;

let latest: { readonly key: string; readonly lines: TraceLines } | null = null;

/** One for all rows of a frame: it owns memory that is used over and over. */
const linesFor = ({ origin, threads, processes }: Style): TraceLines => {
  const key = `${origin} ${threads} ${processes}`;
  if (latest?.key !== key)
    latest = { key, lines: new TraceLines({ palette: plain, origin: origin ?? 0n, threads, processes }) };
  return latest.lines;
};

const decoder = new TextDecoder();

/** An event as `rsym trace` shows it, on one line without its end. */
export const rowText = (event: TraceEvent, style: Style): string => {
  if (event.event === 'end') return sanitize(endLine(event, grouped));
  const lines = linesFor(style);
  lines.add(event);
  return sanitize(decoder.decode(lines.take()).trimEnd());
};

/** Calls that ended otherwise than by returning stand out. */
export const toneOf = (event: TraceEvent): Line['tone'] => {
  if (event.event === 'enter') return 'plain';
  if (event.event === 'note') return 'faint';
  if (event.event !== 'call') return 'warning';
  return event.outcome === 'returned' || event.outcome === 'entered' || event.outcome === 'tail-call'
    ? 'plain'
    : 'warning';
};
