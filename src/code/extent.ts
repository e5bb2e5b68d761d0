import { type Address, hex } from '../base/units.ts';
import type { CodeReader, Range } from './bytes.ts';
import { explore, runsOf } from './graph.ts';

/**
 * The code of a function whose size nobody tells, by following control from its first instruction: the run of bytes
 * that begins there, then any others. A reason where a way can't be followed to its end: then some exit could be
 * missed.
 */
export const findExtent = (
  start: Address,
  code: CodeReader,
  isFunctionStart: (at: Address) => boolean,
): readonly Range[] | string => {
  const graph = explore(start, { ranges: [], isInside: () => false, code, isFunctionStart });
  if (graph.size === 0) return 'its size is unknown and its code is not in the file';
  for (const [at, node] of graph) {
    if (node.step?.kind === 'indirect-jump') {
      return `its size is unknown and the jump at ${hex(at)} could go anywhere`;
    }
    const missing = [...node.next, ...(node.afterCall === undefined ? [] : [node.afterCall])].find(
      (target) => !graph.has(target),
    );
    if (missing !== undefined) return `its size is unknown and its code can't be followed at ${hex(missing)}`;
  }
  const runs = runsOf(graph, graph.keys());
  if (runs === undefined) return 'its size is unknown and its instructions overlap';
  const first = runs.findIndex((run) => start >= run.start && start < run.end);
  const main = runs[first];
  if (main === undefined) return 'its size is unknown';
  const before = main.start < start ? [{ start: main.start, end: start }] : [];
  return [{ start, end: main.end }, ...before, ...runs.filter((_, i) => i !== first)];
};
