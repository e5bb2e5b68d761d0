import { type DemangledBytes, demangleNames } from '../demangle/name.ts';
import { demangleText, findNames } from '../demangle/stream.ts';

export type { DemangledName } from '../demangle/name.ts';
export { toText } from '../demangle/name.ts';
export { demangleText, findNames };

/** What each name means; names are bytes, or text that stands for its UTF-8. */
export const demangle = (
  names: readonly (Uint8Array | string)[],
  options: { readonly full?: boolean | undefined } = {},
): DemangledBytes[] =>
  demangleNames(
    names.map((name) => (typeof name === 'string' ? Buffer.from(name) : name)),
    options,
  );
