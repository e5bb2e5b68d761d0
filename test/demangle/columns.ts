import { decodeBytes } from '../../src/base/text.ts';
import { type DemangledName, demangleNames, toText } from '../../src/demangle/name.ts';
import { demangleText } from '../../src/demangle/stream.ts';

export const demangleAll = (names: readonly string[], full = false): DemangledName[] =>
  demangleNames(
    names.map((name) => Buffer.from(name)),
    { full },
  ).map(toText);

export const demangleOne = (name: string, full = false): string => demangleAll([name], full)[0]!.name;

/** What the filter makes of a text that arrives in these chunks. */
export const filter = async (chunks: readonly Uint8Array[], full = false): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of demangleText(chunks, { full })) pieces.push(piece);
  return Buffer.concat(pieces);
};

export const filterText = async (text: string | Uint8Array, full = false): Promise<string> =>
  decodeBytes(await filter([Buffer.from(text)], full));
