import type { ReactElement } from 'react';
import { sanitize } from '../../base/text.ts';
import { makePalette } from '../../report/terminal-colour.ts';
import { traceText } from '../../report/trace.ts';
import { callsHeight, notesHeight } from '../layout.ts';
import { errorLines } from '../parts/error-lines.ts';
import type { Line } from '../parts/line.ts';
import { grouped } from '../parts/number.ts';
import { Row } from '../parts/row.tsx';
import { Rows } from '../parts/rows.tsx';
import type { Theme } from '../parts/theme.ts';
import { truncate } from '../parts/wrap.ts';
import type { State } from '../state.ts';
import { visibleEvents } from './events.ts';
import type { LiveState } from './state.ts';

type Props = { readonly state: State; readonly live: LiveState; readonly theme: Theme };

const plain = makePalette(false);

/** The calls as they happen, newest at the bottom. */
export const LivePane = ({ state, live, theme }: Props): ReactElement => {
  const { size } = state;
  const notes = notesHeight(size, live.notes.length);
  const height = callsHeight(state);
  const lines = live.error ? errorLines(live.error, size.columns) : callLines(live, height, size.columns);
  return (
    <>
      <Rows
        lines={live.notes.slice(0, notes).map((note) => ({
          label: '',
          text: truncate(sanitize(note), size.columns),
          tone: 'faint',
        }))}
        height={notes}
        theme={theme}
        labelWidth={0}
      />
      <Rows lines={lines} height={height} theme={theme} labelWidth={0} />
      <Row text={theme[live.held ? 'warning' : 'label'](truncate(statusText(live), size.columns))} />
      <Row text={theme.faint(truncate(state.notice ?? '', size.columns))} />
    </>
  );
};

const callLines = (live: LiveState, height: number, columns: number): Line[] => {
  const style = { palette: plain, origin: live.origin ?? 0n, threads: live.thread === null, processes: false };
  return visibleEvents(live, height).map((event) => {
    const usual = event.event === 'call' && (event.outcome === 'returned' || event.outcome === 'entered');
    return {
      label: '',
      text: truncate(sanitize(traceText(event, style).trimEnd()), columns),
      tone: usual || event.event === 'enter' ? 'plain' : event.event === 'note' ? 'faint' : 'warning',
    };
  });
};

const statusText = (live: LiveState): string => {
  const calls = `${grouped(live.calls)} call${live.calls === 1 ? '' : 's'}`;
  const started = live.pid === null ? '' : `, PID ${live.pid}`;
  const lost = live.lost === 0 ? '' : ` · ${grouped(live.lost)} LOST`;
  const held = live.held ? 'PAUSED (Space goes on) · ' : '';
  switch (live.phase) {
    case 'planning':
      return 'getting ready…';
    case 'running':
      if (live.request.waits && live.calls === 0) return `${held}waiting for a process… · ${live.probes} probes${lost}`;
      return `${held}tracing${started} · ${live.probes} probes · ${calls}${lost}`;
    case 'stopping':
      return `stopping · ${calls}`;
    case 'ended':
      return `${held}ended · ${calls} · ${grouped(live.lost)} lost`;
    case 'failed':
      return 'failed';
  }
};
