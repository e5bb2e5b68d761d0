import { sanitize } from '../base/text.ts';
import { hex } from '../base/units.ts';
import type { ShownCopy } from '../query/show-model.ts';

/** Where a probe on a copy would be, what it would cost, and how returns would be seen. */
export function* probeLines({ probe, kind }: ShownCopy): Generator<string> {
  const { address, offset, cost, instruction, returns, exits, reason, cheaper } = probe;
  if (cost === null) {
    if (offset !== null || instruction !== null || kind === 'inlined')
      yield `can't be probed: ${sanitize(reason ?? 'unknown')}`;
    return;
  }
  const where =
    kind === 'inlined' && address !== null ? `at ${hex(address)} (\`${instruction}\`)` : `on \`${instruction}\``;
  yield `a probe ${where} is ${cost}${returnsText(kind, returns, exits, reason)}`;
  if (cheaper !== null) yield `cheaper at ${hex(cheaper.address)} (\`${cheaper.instruction}\`): ${cheaper.cost}`;
}

/** Of an inlined copy, the line of its result says why there is none. */
const returnsText = (
  kind: ShownCopy['kind'],
  returns: ShownCopy['probe']['returns'],
  exits: number,
  reason: string | null,
): string => {
  if (kind === 'inlined') return returns === 'sites' ? '; its result is read in the caller' : '';
  if (returns !== 'sites') return `; returns not watched: ${sanitize(reason ?? 'unknown')}`;
  return `; returns watched at ${exits} ${exits === 1 ? 'exit' : 'exits'}`;
};
