import { rsym } from './cli.ts';
import type { PrintedPlace } from './uprobe.ts';

/** What `show --json` prints of a value, as far as tests read it. */
export type PrintedValue = {
  readonly name: string | null;
  readonly type: string | null;
  readonly mode: string | null;
  readonly places: readonly PrintedPlace[];
  readonly evidence: string;
  readonly note: string | null;
  readonly hidden?: boolean;
};

export type PrintedCopy = {
  readonly kind: 'symbol' | 'instance' | 'inlined';
  readonly name: string;
  readonly address: string;
  /** Where the arguments are read. */
  readonly at: string | null;
  readonly caller: string | null;
  readonly args: readonly PrintedValue[];
  readonly ret: PrintedValue & { readonly variable?: string; readonly address?: string };
  readonly asm?: readonly { readonly address: string; readonly text: string }[];
  readonly notes: readonly string[];
};

/** All copies of what a pattern finds; none where nothing is found. */
export const shownCopies = (path: string, pattern: string, ...options: readonly string[]): readonly PrintedCopy[] => {
  const { status, stdout, stderr } = rsym(['show', path, pattern, '--json', ...options]);
  if (status === 1) return [];
  if (status !== 0) throw new Error(`show ${path} ${pattern}: ${stderr}`);
  const { functions } = JSON.parse(stdout) as { functions: readonly { readonly copies: readonly PrintedCopy[] }[] };
  return functions.flatMap(({ copies }) => copies);
};

/** Whether rsym says that the value is at its places; else it is marked. */
export const isClaimed = ({ evidence }: PrintedValue): boolean => evidence !== 'gone' && evidence !== 'conflict';

/** `rdi`, `rsp+8`, `[rdi]`, `=03000000`; a gap is `-`. */
export const placesText = ({ places }: PrintedValue): string =>
  places
    .map(({ kind, reg, base, offset, deref, value }) => {
      if (kind === 'gone') return '-';
      if (kind === 'constant') return `=${value}`;
      if (kind === 'register') return offset === null ? reg : `${reg}+${offset}`;
      if (kind === 'stack') return `rsp+${offset}`;
      return `${deref ? '*' : ''}[${base}${Number(offset) === 0 ? '' : `+${offset}`}]`;
    })
    .join(' ');
