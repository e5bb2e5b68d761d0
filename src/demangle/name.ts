import { decodeBytes } from '../base/text.ts';
import { type DemangledColumns, type DemangleOptions, demangleColumn, toColumn } from '../core/demangle.ts';

/** How a name was mangled. */
export type Scheme = 'none' | 'rust-legacy' | 'rust-v0' | 'itanium';

/** In the order of the core's numbers. */
const schemes: readonly Scheme[] = ['none', 'rust-legacy', 'rust-v0', 'itanium'];

/** A raw name and what it means. Both are text: bytes that aren't UTF-8 show as `\xNN`. */
export type DemangledName = { readonly raw: string; readonly name: string; readonly scheme: Scheme };

/** A name in its own bytes. */
export type DemangledBytes = { readonly raw: Uint8Array; readonly name: Uint8Array; readonly scheme: Scheme };

export const schemeOf = (columns: DemangledColumns, index: number): Scheme =>
  schemes[columns.schemes[index] ?? 0] ?? 'none';

/** Demangles names that the user says are names. Total: what isn't one comes back byte for byte, as `none`. */
export const demangleNames = (names: readonly Uint8Array[], options: DemangleOptions = {}): DemangledBytes[] => {
  const columns = demangleColumn(toColumn(names), { ...options, given: true });
  const { bytes, offsets } = columns.text;
  return names.map((raw, i) => ({
    raw,
    name: bytes.subarray(offsets[i], offsets[i + 1]),
    scheme: schemeOf(columns, i),
  }));
};

export const toText = ({ raw, name, scheme }: DemangledBytes): DemangledName => ({
  raw: decodeBytes(raw),
  name: decodeBytes(name),
  scheme,
});
