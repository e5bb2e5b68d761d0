import { run } from '../../support/process.ts';
import type { Copy, Place } from '../abi/answers.ts';
import type { ChosenCopy } from './chosen.ts';

/** With the offsets that are added to addresses read on the way. */
export type ShownPlace = Omit<Place, 'offset'> & {
  readonly offset: number | string | null;
  readonly followed?: readonly number[];
};
export type ShownArgument = {
  readonly name: string | null;
  readonly type: string | null;
  readonly mode: string | null;
  readonly places: readonly ShownPlace[];
  readonly evidence: string | null;
  readonly note: string | null;
  readonly hidden?: boolean;
};
export type ShownCopy = Omit<Copy, 'args'> & {
  readonly dwarf_path: string | null;
  readonly callers: readonly unknown[];
  readonly ranges: readonly { readonly start: string; readonly end: string }[];
  readonly at: string | null;
  readonly args: readonly ShownArgument[] | null;
};

const atOnce = 200;
const hex = (address: bigint): string => `0x${address.toString(16)}`;
const keyOf = (address: string, depth: number, ranges: ShownCopy['ranges']): string =>
  [address, depth, ...ranges.map(({ start, end }) => `${start}-${end}`)].join(' ');

/** What `rsym show --json` (`program`: a built cli/main.js) says of each copy; undefined where it doesn't show it. */
export const showCopies = (
  program: string,
  file: string,
  chosen: readonly ChosenCopy[],
): readonly (ShownCopy | undefined)[] => {
  const shown = new Map<string, ShownCopy>();
  for (let from = 0; from < chosen.length; from += atOnce) {
    const addresses = chosen.slice(from, from + atOnce).map(({ copy }) => hex(copy.address));
    const { status, stdout, stderr } = run(process.execPath, [program, 'show', '--json', '--all', file, ...addresses], {
      timeout: 300_000,
    });
    if (status !== 0) throw new Error(`rsym show ${file}: status ${status}\n${stderr}`);
    const answer = JSON.parse(stdout) as { functions: { copies: ShownCopy[] }[] };
    for (const copy of answer.functions.flatMap((fn) => fn.copies))
      shown.set(keyOf(copy.address, copy.callers.length, copy.ranges), copy);
  }
  return chosen.map(({ copy, depth }) =>
    shown.get(
      keyOf(
        hex(copy.address),
        depth,
        copy.ranges.map(({ start, end }) => ({ start: hex(start), end: hex(end) })),
      ),
    ),
  );
};
