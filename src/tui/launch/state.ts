import type { RsymError } from '../../base/errors.ts';
import type { FileFacts } from '../../query/browse.ts';
import type { Refusal } from '../../query/doctor.ts';
import type { ListedProcess } from '../../query/process-list.ts';
import type { ReturnsChoice } from '../../query/watch.ts';
import type { LiveRequest } from '../live/state.ts';
import { emptyField, type Field, fieldOf } from '../parts/field.ts';

export const scopeKinds = ['run', 'command', 'process', 'wait', 'everywhere'] as const;
/** `wait`: for a process that has not begun. */
export type ScopeKind = (typeof scopeKinds)[number];

export const optionKinds = ['when', 'sample', 'children', 'returns'] as const;
export type OptionKind = (typeof optionKinds)[number];

/** What the cursor can be on. */
export type LaunchRow = ScopeKind | OptionKind;

/** Rows with a text. */
const fieldRows = ['run', 'command', 'process', 'when', 'sample'] as const;
export type FieldRow = (typeof fieldRows)[number];

/** What is to be traced: functions as `rsym trace` takes them. */
export type Targets = { readonly title: string; readonly specs: readonly string[] };

export type LaunchState = {
  readonly targets: Targets;
  /** Where Esc goes back to. */
  readonly over: 'list' | 'detail';
  readonly cursor: LaunchRow;
  /** Whose calls. */
  readonly choice: ScopeKind;
  readonly fields: Readonly<Record<FieldRow, Field>>;
  readonly children: boolean;
  readonly returns: ReturnsChoice;
  readonly processes: Processes;
  /** What this machine refuses; null: it isn't known yet. */
  readonly machine: Machine | null;
  /** The request whose `--when` is being checked. */
  readonly checking: LiveRequest | null;
  readonly fault: { readonly at: LaunchRow; readonly error: RsymError } | null;
};

/** Processes that have to do with the file. */
export type Processes = {
  /** null: they have not been looked for. */
  readonly all: readonly ListedProcess[] | null;
  /** They are being looked for. */
  readonly isReading: boolean;
  /** Processes whose mappings this user may not read. */
  readonly hidden: number;
  /** The chosen one of those that the filter leaves. */
  readonly cursor: number;
};

/** Why no probe can be planted, and why no program can be started; empty where it can. */
export type Machine = { readonly trace: readonly Refusal[]; readonly launch: readonly Refusal[] };

export type LaunchNews =
  | { readonly kind: 'named'; readonly targets: Targets }
  | { readonly kind: 'machine'; readonly machine: Machine }
  | {
      readonly kind: 'processes';
      readonly found: readonly ListedProcess[];
      readonly hidden: number;
      readonly isDone: boolean;
    }
  /** The request that was checked can be traced; or the error says what is wrong with it. */
  | { readonly kind: 'checked'; readonly request: LiveRequest; readonly error: RsymError | null };

export type LaunchAsk =
  /** How a trace takes these functions. */
  | { readonly kind: 'name'; readonly rows: readonly number[] }
  | { readonly kind: 'look' }
  | { readonly kind: 'list' }
  | { readonly kind: 'check'; readonly request: LiveRequest }
  /** The check is no longer wanted. */
  | { readonly kind: 'leave' };

export const noProcesses: Processes = { all: null, isReading: false, hidden: 0, cursor: 0 };

/** `pid`: a process that is chosen from the start. */
export const newLaunch = (file: FileFacts, pid: number | null = null): LaunchState => {
  const choice = pid !== null ? 'process' : file.runnable ? 'run' : 'command';
  return {
    targets: { title: '', specs: [] },
    over: 'detail',
    cursor: choice,
    choice,
    fields: {
      run: emptyField,
      command: emptyField,
      process: pid === null ? emptyField : fieldOf(String(pid)),
      when: emptyField,
      sample: emptyField,
    },
    children: false,
    returns: 'safe',
    processes: noProcesses,
    machine: null,
    checking: null,
    fault: null,
  };
};

/** A library can't be started. */
export const choicesFor = (file: FileFacts): readonly ScopeKind[] =>
  file.runnable ? scopeKinds : scopeKinds.filter((kind) => kind !== 'run');

/** The rows on the screen, in their order. */
export const rowsFor = (file: FileFacts): readonly LaunchRow[] => [...choicesFor(file), ...optionKinds];

export const isScope = (row: LaunchRow): row is ScopeKind => (scopeKinds as readonly string[]).includes(row);

export const hasField = (row: LaunchRow): row is FieldRow => (fieldRows as readonly string[]).includes(row);

const returnsChoices: readonly ReturnsChoice[] = ['safe', 'fast', 'off'];

export const nextReturns = (now: ReturnsChoice): ReturnsChoice =>
  returnsChoices[(returnsChoices.indexOf(now) + 1) % returnsChoices.length] ?? 'safe';

/** The processes that the text of the field leaves: each word is the begin of the PID, or somewhere in what is shown of it. */
export const filtered = ({ processes, fields }: LaunchState): readonly ListedProcess[] => {
  const words = fields.process.text.toLowerCase().split(/\s+/).filter(Boolean);
  const left = (processes.all ?? []).filter((one) =>
    words.every(
      (word) =>
        String(one.pid).startsWith(word) ||
        [one.comm, one.user, one.command].some((text) => text.toLowerCase().includes(word)),
    ),
  );
  // A whole PID means that process, whatever else the digits occur in; then come those that have the words side by side.
  const phrase = words.join(' ');
  const rank = ({ pid, command }: ListedProcess): number =>
    String(pid) === phrase ? 0 : command.toLowerCase().includes(phrase) ? 1 : 2;
  return [0, 1, 2].flatMap((wanted) => left.filter((one) => rank(one) === wanted));
};
