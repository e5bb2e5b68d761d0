export type WasmFunction = { readonly name?: string | Uint8Array; readonly export?: string; readonly body?: number };

export const leb = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
};

const sized = (bytes: Uint8Array): Buffer => Buffer.concat([Buffer.from(leb(bytes.length)), bytes]);
const list = (items: readonly Uint8Array[]): Buffer => Buffer.concat([Buffer.from(leb(items.length)), ...items]);

export const wasmSection = (id: number, contents: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([id]), sized(contents)]);

/** A module of imported functions (`env.NAME`) and functions of its own; `body` is the number of bytes of its code. */
export const writeWasm = (imports: readonly WasmFunction[], functions: readonly WasmFunction[]): Buffer => {
  const text = (value: string | Uint8Array): Buffer => sized(Buffer.from(value));
  const all = [...imports, ...functions];
  const named = all.flatMap(({ name }, i) => (name === undefined ? [] : [Buffer.from([...leb(i), ...text(name)])]));
  const exported = all.flatMap((f, i) =>
    f.export === undefined ? [] : [Buffer.from([...text(f.export), 0, ...leb(i)])],
  );
  const imported = imports.map((f, i) => Buffer.from([...text('env'), ...text(f.export ?? `f${i}`), 0, 0]));
  const bodies = functions.map(({ body = 2 }) =>
    sized(Buffer.concat([Buffer.from([0]), Buffer.alloc(body - 2, 1), Buffer.from([0x0b])])),
  );
  return Buffer.concat([
    Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
    wasmSection(1, Buffer.from([1, 0x60, 0, 0])),
    wasmSection(2, list(imported)),
    wasmSection(3, list(functions.map(() => Buffer.from([0])))),
    wasmSection(7, list(exported.slice(imports.filter((f) => f.export !== undefined).length))),
    wasmSection(10, list(bodies)),
    ...(named.length > 0 ? [wasmSection(0, Buffer.concat([text('name'), wasmSection(1, list(named))]))] : []),
  ]);
};
