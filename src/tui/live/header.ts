import { sanitize } from '../../base/text.ts';
import { displayWidth } from '../../report/terminal-width.ts';
import { grouped } from '../parts/number.ts';
import type { Theme } from '../parts/theme.ts';
import { truncate } from '../parts/wrap.ts';
import { unseenNotes } from './note-lines.ts';
import { type LiveState, lostCount, type View, views } from './state.ts';
import { targetText } from './target-state.ts';

/** A part of a line; those with a higher `leaves` are left out first where there is little room. */
type Part = { readonly text: string; readonly tone: keyof Theme; readonly leaves: number };

/** The parts that fit, with a dot between them. */
const joined = (parts: readonly Part[], columns: number, theme: Theme): string => {
  let shown = parts.filter(({ text }) => text !== '');
  const width = (): number => shown.reduce((sum, { text }) => sum + displayWidth(text), 3 * (shown.length - 1));
  while (shown.length > 1 && width() > columns) {
    const first = Math.max(...shown.map(({ leaves }) => leaves));
    const at = shown.findLastIndex(({ leaves }) => leaves === first);
    shown = shown.filter((_, i) => i !== at);
  }
  return shown.map(({ text, tone }) => theme[tone](truncate(text, columns))).join(theme.faint(' · '));
};

const phaseText = ({ phase, request, awaited }: LiveState): string => {
  switch (phase) {
    case 'planning':
      return 'getting ready…';
    case 'running':
      return request.scope.kind === 'next' && awaited === null ? 'waiting for a process…' : 'tracing';
    case 'stopping':
      return 'stopping';
    case 'ended':
      return 'ended';
    case 'failed':
      return 'failed';
  }
};

const secondsText = (seconds: number): string => {
  const whole = Math.floor(seconds);
  if (whole < 60) return `${seconds.toFixed(1)}s`;
  const minutes = Math.floor(whole / 60);
  const rest = String(whole % 60).padStart(2, '0');
  return minutes < 60
    ? `${minutes}:${rest}`
    : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`;
};

const targetPart = ({ target, pid, awaited, request: { scope } }: LiveState): Part => {
  const own = pid ?? awaited;
  const pids = own !== null ? [own] : scope.kind === 'processes' ? scope.pids : [];
  const names = pids.length === 0 ? '' : `PID ${pids.slice(0, 3).join(', ')}${pids.length > 3 ? '…' : ''}`;
  const text = [names, targetText(target)].filter((word) => word !== '').join(' ');
  const isUsual = target.kind === 'running' || target.kind === 'any' || target.kind === 'unknown';
  return { text, tone: isUsual || (target.kind === 'exited' && target.status === 0) ? 'label' : 'warning', leaves: 1 };
};

/** The state of what is watched: never without what was lost. */
export const headerText = (live: LiveState, columns: number, theme: Theme): string => {
  const { seen, phase, figures, probes, seconds } = live;
  const lost = lostCount(seen);
  const hasBegun = phase !== 'planning' && phase !== 'failed';
  const parts: Part[] = [{ text: phaseText(live), tone: phase === 'failed' ? 'warning' : 'label', leaves: 0 }];
  if (hasBegun || live.pid !== null) parts.push(targetPart(live));
  if (hasBegun) {
    parts.push({ text: secondsText(seconds), tone: 'label', leaves: 4 });
    parts.push({ text: `${grouped(probes)} probe${probes === 1 ? '' : 's'}`, tone: 'label', leaves: 5 });
    parts.push({ text: `${grouped(seen.calls)} call${seen.calls === 1 ? '' : 's'}`, tone: 'label', leaves: 1 });
    if (phase === 'running') parts.push({ text: `${grouped(figures.rate)}/s`, tone: 'label', leaves: 3 });
    parts.push(
      lost === 0
        ? { text: '0 lost', tone: 'label', leaves: 2 }
        : { text: `${grouped(lost)} LOST`, tone: 'warning', leaves: 0 },
    );
  }
  return joined(parts, columns, theme);
};

const titles: Readonly<Record<View, string>> = {
  calls: 'Calls',
  counts: 'Counts',
  latency: 'Latency',
  output: 'Output',
  notes: 'Notes',
};

/** The names of the views, the open one marked; behind them what is special about what is shown. */
export const tabsText = (live: LiveState, columns: number, theme: Theme): string => {
  const { output, notes, filter, held, seen } = live;
  const noteCount = notes.length + unseenNotes(live).length;
  const counts: Partial<Record<View, number>> = {
    output: output.forgotten + output.lines.length,
    notes: noteCount,
  };
  const labels = views.map((view) => {
    const count = counts[view] ?? 0;
    return { view, text: ` ${titles[view]}${count === 0 ? '' : ` ${grouped(count)}`} ` };
  });
  // Without colour the open one is reversed, and in brackets for who can't see that.
  const tabs = labels.map(({ view, text }) =>
    view === live.view ? theme.chosen(`[${text.trim()}]`) : theme.faint(text),
  );
  const used = labels.reduce((sum, { text }) => sum + displayWidth(text), 0);
  const undecided = seen.undecided === 0 ? '' : ` (${grouped(seen.undecided)} undecided)`;
  const parts: Part[] = [
    { text: held ? 'PAUSED' : '', tone: 'warning', leaves: 0 },
    { text: filter === null ? '' : `only ${sanitize(filter)}${undecided}`, tone: 'warning', leaves: 1 },
  ];
  const room = columns - used - 1;
  if (room < 6) return used <= columns ? tabs.join('') : theme.chosen(truncate(`[${titles[live.view]}]`, columns));
  return `${tabs.join('')} ${joined(parts, room, theme)}`;
};
