import { sanitize } from '../base/text.ts';
import { hex } from '../base/units.ts';
import type { CountedCopy } from '../query/count.ts';

/** A copy of a function, wherever it was found. */
type Copy = Omit<CountedCopy, 'address'> & { readonly address: bigint };

/** Where a copy is, or what it is inlined into. */
export const copyPlaceText = ({ address, callSite }: Pick<Copy, 'address' | 'callSite'>): string =>
  sanitize(callSite === null ? `at ${hex(address)}` : `inlined at ${callSite.file}:${callSite.line}`);

export const copyPlaceJson = ({ kind, address, name, caller, callSite }: Copy): object => ({
  kind,
  address: hex(address),
  caller,
  call_site: callSite,
  ...(name === undefined ? {} : { name }),
});
