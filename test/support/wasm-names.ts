/** A wasm module with one empty function for each name in its name section: a file whose names can be anything. */
export const wasmWithNames = (names: readonly (string | Uint8Array)[]): Buffer => {
  const bytes = names.map((name) => Buffer.from(name));
  const entries = bytes.map((name, i) => [...leb(i), ...leb(name.length), ...name]);
  const functionNames = [...leb(names.length), ...entries.flat()];
  return Buffer.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 0, 0]),
    ...section(3, [...leb(names.length), ...names.map(() => 0)]),
    ...section(10, [...leb(names.length), ...names.flatMap(() => [2, 0, 0x0b])]),
    ...section(0, [4, ...Buffer.from('name'), 1, ...leb(functionNames.length), ...functionNames]),
  ]);
};

const section = (id: number, content: readonly number[]): number[] => [id, ...leb(content.length), ...content];

/** Unsigned LEB128. */
const leb = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)]);
