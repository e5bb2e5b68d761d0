import { sanitize } from '../base/text.ts';
import { address } from '../base/units.ts';
import { toFileOffset } from '../elf/address-map.ts';
import { crateOf } from '../elf/crate.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import type { Image } from '../elf/model.ts';
import type { FunctionFacts, ProbeFacts } from './browse-facts.ts';
import { schemeOf } from './function-path.ts';

/** What debug info says of a function that exists only inlined; the address is that of its first copy. */
export const inlinedFactsOf = (image: Image, debug: DebugInfo, row: number, id: number): FunctionFacts => {
  const path = debug.path(id);
  const linkage = debug.linkageName(id);
  const scheme = schemeOf(linkage);
  const [first] = debug.function(id).copies;
  const copy = first === undefined ? null : debug.copy(first);
  const at = copy?.address ?? address(0n);
  const crate = linkage === null ? null : crateOf(scheme, linkage, path);
  return {
    row,
    spec: path,
    isInlined: true,
    name: sanitize(path),
    title: sanitize(path),
    namesakes: [],
    fullName: sanitize(debug.dwarfPath(id)),
    raw: sanitize(linkage ?? path),
    address: at,
    offset: image.format === 'elf' ? (toFileOffset(image, at) ?? null) : null,
    size: copy?.size ?? 0n,
    kind: 'function',
    binding: 'local',
    section: null,
    scheme,
    crate: crate === null ? null : sanitize(crate),
    aliases: [],
  };
};

/** Its copies have no returns of their own to be watched. */
export const inlinedProbeFacts = (debug: DebugInfo, id: number): ProbeFacts => ({
  copies: debug.copyCounts(id).inlined,
  others: [],
  returns: { reason: 'it exists only inlined: its copies end inside other functions' },
  loopsToEntry: false,
  cost: null,
  implementation: null,
});
