import type { RsymError } from '../../base/errors.ts';
import type { FileFacts } from '../../query/browse.ts';
import { emptyField, type Field } from '../parts/field.ts';

export const scopeKinds = ['run', 'command', 'process', 'everywhere'] as const;
export type ScopeKind = (typeof scopeKinds)[number];

export type LaunchState = {
  readonly choice: ScopeKind;
  readonly fields: Readonly<Record<ScopeKind, Field>>;
  readonly fault: RsymError | null;
};

export const newLaunch = (file: FileFacts): LaunchState => ({
  choice: file.runnable ? 'run' : 'command',
  fields: { run: emptyField, command: emptyField, process: emptyField, everywhere: emptyField },
  fault: null,
});

/** A library can't be started. */
export const choicesFor = (file: FileFacts): readonly ScopeKind[] =>
  file.runnable ? scopeKinds : scopeKinds.filter((kind) => kind !== 'run');
