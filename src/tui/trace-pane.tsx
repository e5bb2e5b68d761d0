import type { ReactElement } from 'react';
import { sanitize } from '../base/text.ts';
import { makePalette } from '../report/terminal-colour.ts';
import { traceText } from '../report/trace.ts';
import { errorLines } from './error-lines.ts';
import { callsHeight, notesHeight } from './layout.ts';
import { grouped, type Line } from './lines.ts';
import { Row } from './row.tsx';
import { Rows } from './rows.tsx';
import type { State, TraceState } from './state.ts';
import type { Theme } from './theme.ts';
import { visibleEvents } from './trace-state.ts';
import { truncate } from './wrap.ts';

type Props = { readonly state: State; readonly trace: TraceState; readonly theme: Theme };

const plain = makePalette(false);

/** The calls as they happen, newest at the bottom. */
export const TracePane = ({ state, trace, theme }: Props): ReactElement => {
  const { size } = state;
  const notes = notesHeight(size, trace.notes.length);
  const height = callsHeight(state);
  const lines = trace.error ? errorLines(trace.error, size.columns) : callLines(trace, height, size.columns);
  return (
    <>
      <Rows
        lines={trace.notes.slice(0, notes).map((note) => ({
          label: '',
          text: truncate(sanitize(note), size.columns),
          tone: 'faint',
        }))}
        height={notes}
        theme={theme}
        labelWidth={0}
      />
      <Rows lines={lines} height={height} theme={theme} labelWidth={0} />
      <Row text={theme[trace.held ? 'warning' : 'label'](truncate(statusText(trace), size.columns))} />
      <Row text={theme.faint(truncate(state.notice ?? '', size.columns))} />
    </>
  );
};

const callLines = (trace: TraceState, height: number, columns: number): Line[] => {
  const style = { palette: plain, origin: trace.origin ?? 0n, threads: trace.thread === null, processes: false };
  return visibleEvents(trace, height).map((event) => {
    const usual = event.event === 'call' && (event.outcome === 'returned' || event.outcome === 'entered');
    return {
      label: '',
      text: truncate(sanitize(traceText(event, style).trimEnd()), columns),
      tone: usual || event.event === 'enter' ? 'plain' : event.event === 'note' ? 'faint' : 'warning',
    };
  });
};

const statusText = (trace: TraceState): string => {
  const calls = `${grouped(trace.calls)} call${trace.calls === 1 ? '' : 's'}`;
  const started = trace.pid === null ? '' : `, PID ${trace.pid}`;
  const lost = trace.lost === 0 ? '' : ` · ${grouped(trace.lost)} LOST`;
  const held = trace.held ? 'PAUSED (Space goes on) · ' : '';
  switch (trace.phase) {
    case 'planning':
      return 'getting ready…';
    case 'running':
      return `${held}tracing${started} · ${trace.probes} probes · ${calls}${lost}`;
    case 'stopping':
      return `stopping · ${calls}`;
    case 'ended':
      return `${held}ended · ${calls} · ${grouped(trace.lost)} lost`;
    case 'failed':
      return 'failed';
  }
};
