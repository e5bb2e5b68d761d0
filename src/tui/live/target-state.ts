import { type ProcessState, processState } from '../../query/process-state.ts';
import type { EndEvent } from '../../query/watch.ts';
import type { LiveSession } from './session.ts';
import type { LiveRequest } from './state.ts';

/** What is known of the processes that are watched. `any`: all that run the file, now and later. */
export type TargetState =
  | { readonly kind: 'unknown' | 'any' | ProcessState }
  | { readonly kind: 'exited'; readonly status: number }
  | { readonly kind: 'killed'; readonly signal: string };

/** Of several processes together, looked up now: one that runs is enough. */
const stateOf = (pids: readonly number[]): TargetState => {
  const states = new Set(pids.map(processState));
  return { kind: states.has('running') ? 'running' : states.has('stopped') ? 'stopped' : 'gone' };
};

/** How a started program ended; null: it hasn't. */
export const endOf = ({ program }: Pick<EndEvent, 'program'>): TargetState | null => {
  if (program === null) return null;
  if (program.status !== null) return { kind: 'exited', status: program.status };
  return program.signal === null ? null : { kind: 'killed', signal: program.signal };
};

/** Of what a trace is about now; `pid`: the one process that was started, or waited for. */
export const targetOf = (
  { end }: Pick<LiveSession, 'end'>,
  { scope }: LiveRequest,
  pid: number | null,
): TargetState => {
  const ended = end === null ? null : endOf(end);
  if (ended !== null) return ended;
  if (pid !== null) return stateOf([pid]);
  if (scope.kind === 'next') return { kind: 'unknown' };
  return scope.kind === 'processes' ? stateOf(scope.pids) : { kind: 'any' };
};

export const targetText = (target: TargetState): string => {
  switch (target.kind) {
    case 'exited':
      return `exited with ${target.status}`;
    case 'killed':
      return `ended by ${target.signal}`;
    case 'any':
      return 'every process';
    case 'unknown':
      return '';
    default:
      return target.kind;
  }
};
