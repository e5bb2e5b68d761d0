import type { ReturnsChoice } from './watch.ts';
import type { WatchScope } from './watch-scope.ts';

export type TraceChoice = {
  readonly specs: readonly string[];
  readonly scope: WatchScope;
  readonly returns?: ReturnsChoice;
  readonly when?: string;
  readonly sample?: number;
  readonly children?: boolean;
};

/** The words of the `trace` command that watches the same; options at their defaults are left out. */
export const traceWords = (file: string, choice: TraceChoice): string[] => {
  const { specs, scope, returns = 'safe', when, sample = 1, children = false } = choice;
  return [
    ...['trace', file, ...specs],
    ...(scope.kind === 'processes' ? scope.pids.flatMap((pid) => ['-p', String(pid)]) : []),
    ...(scope.kind === 'command' ? ['-c', scope.line] : []),
    ...(children ? ['--children'] : []),
    ...(when === undefined ? [] : ['--when', when]),
    ...(sample === 1 ? [] : ['--sample', String(sample)]),
    ...(returns === 'safe' ? [] : ['--returns', returns]),
    ...(scope.kind === 'run' ? ['--', ...scope.args] : []),
  ];
};
