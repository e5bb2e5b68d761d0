import type { FileOffset } from '../base/units.ts';
import { openDebugInfo } from '../elf/debug-info.ts';
import { openImage } from '../elf/open.ts';
import { planTrace } from './trace-plan.ts';
import { watchDefaults } from './watch-limits.ts';

/** Where a trace would plant the probe at the begin of a copy; `caller`: the function that it is inlined into. */
export type PlannedProbe = {
  readonly name: string;
  readonly caller: string | null;
  readonly address: bigint;
  readonly offset: FileOffset;
};

/**
 * The entry probes that a trace of these functions would plant, on any machine, with any rights.
 *
 * @throws {RsymError} if the file can't be opened, or `not-found` if a function has no code in it.
 */
export const wouldProbe = (path: string, functions: readonly string[]): PlannedProbe[] => {
  using image = openImage(path);
  using debug = openDebugInfo(image);
  const sources = { image, symbols: image.symbols(), debug };
  const request = { returns: 'safe', depth: watchDefaults.depth, isRedacted: null, after: [], pids: [] } as const;
  return planTrace(sources, { ...request, functions }).sites.map(({ name, entryAddress, entry, copy }) => ({
    name,
    caller: copy.caller,
    address: entryAddress,
    offset: entry,
  }));
};
