import { type DemangleOptions, NameStream, TextStream } from '../core/demangle.ts';
import { type DemangledBytes, schemeOf } from './name.ts';

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The same bytes with each mangled name replaced by what it means; a line comes out as soon as its end came in. */
export async function* demangleText(input: Chunks, options: DemangleOptions = {}): AsyncGenerator<Uint8Array> {
  using stream = new TextStream(options);
  for await (const chunk of input) for (const piece of stream.push(chunk)) if (piece.length > 0) yield piece;
  const rest = stream.end();
  if (rest.length > 0) yield rest;
}

/** The mangled names in a text, in their order. */
export async function* findNames(input: Chunks, options: DemangleOptions = {}): AsyncGenerator<DemangledBytes[]> {
  using stream = new NameStream(options);
  for await (const chunk of input) for (const columns of stream.push(chunk)) yield namesOf(columns);
  yield namesOf(stream.end());
}

const namesOf = (columns: ReturnType<NameStream['end']>): DemangledBytes[] =>
  Array.from(columns.schemes, (_, i) => ({
    raw: columns.raw.bytes.subarray(columns.raw.offsets[i], columns.raw.offsets[i + 1]),
    name: columns.text.bytes.subarray(columns.text.offsets[i], columns.text.offsets[i + 1]),
    scheme: schemeOf(columns, i),
  }));
