/**
 * BTF, the kernel's type format: read for offsets of kernel structures, written for programs with callbacks.
 *
 *   header (24): magic 0xeb9f, version, flags, header length, type offset and length, string offset and length
 *   type (12):   name offset | vlen:16, kind:5 at bit 24, flag at bit 31 | size or type
 */
const MAGIC = 0xeb9f;
const KIND = {
  int: 1,
  pointer: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  func: 12,
  funcProto: 13,
  enum64: 19,
} as const;

/** Bytes that follow a type's 12, by kind. */
const trailing = (kind: number, vlen: number): number => {
  switch (kind) {
    case KIND.int:
      return 4;
    case KIND.array:
      return 12;
    case KIND.struct:
    case KIND.union:
    case KIND.enum64:
    case 15: // DATASEC
      return vlen * 12;
    case KIND.enum:
    case KIND.funcProto:
      return vlen * 8;
    case 14: // VAR
    case 17: // DECL_TAG
      return 4;
    default:
      return 0;
  }
};

/**
 * Byte offsets of members of kernel structures, from the kernel's own BTF (`/sys/kernel/btf/vmlinux`). Members of
 * anonymous structs and unions count as the outer structure's. Undefined where the structure or member isn't there.
 */
export const memberOffsets = (
  btf: Buffer,
  wanted: Readonly<Record<string, readonly string[]>>,
): Map<string, number> => {
  const found = new Map<string, number>();
  if (btf.length < 24 || btf.readUInt16LE(0) !== MAGIC) return found;
  const headerSize = btf.readUInt32LE(4);
  const typesStart = headerSize + btf.readUInt32LE(8);
  const typesEnd = typesStart + btf.readUInt32LE(12);
  const strings = headerSize + btf.readUInt32LE(16);
  // The whole table is walked for each trace: aligned words are ten times as fast as the buffer's own readers.
  const types = Uint8Array.prototype.slice.call(btf, typesStart, typesEnd);
  const words = new Uint32Array(types.buffer, 0, types.length >> 2);
  const text = (offset: number): string => btf.toString('latin1', strings + offset, btf.indexOf(0, strings + offset));
  const names = new Map(
    Object.keys(wanted).map((name) => [btf.indexOf(`\0${name}\0`, strings, 'latin1') + 1 - strings, name]),
  );
  // Positions are counted in words.
  const starts: number[] = [0];
  const outer: { name: string; at: number }[] = [];
  for (let at = 0; at + 3 <= words.length; ) {
    starts.push(at);
    const info = words[at + 1] ?? 0;
    const kind = (info >>> 24) & 0x1f;
    const vlen = info & 0xffff;
    const name = kind === KIND.struct && vlen > 0 ? names.get(words[at] ?? 0) : undefined;
    if (name !== undefined) outer.push({ name, at });
    at += 3 + trailing(kind, vlen) / 4;
  }
  const visit = (struct: string, at: number, base: number, seen: Set<number>): void => {
    const info = words[at + 1] ?? 0;
    const bitfields = info >>> 31 === 1;
    for (let member = 0; member < (info & 0xffff); member++) {
      const m = at + 3 + member * 3;
      const raw = words[m + 2] ?? 0;
      const offset = base + (bitfields ? raw & 0xffffff : raw) / 8;
      const name = text(words[m] ?? 0);
      const key = `${struct}.${name}`;
      if (name !== '' && wanted[struct]?.includes(name) && !found.has(key)) found.set(key, offset);
      const inner = starts[words[m + 1] ?? 0];
      if (name === '' && inner !== undefined && !seen.has(inner)) {
        seen.add(inner);
        const kind = ((words[inner + 1] ?? 0) >>> 24) & 0x1f;
        if (kind === KIND.struct || kind === KIND.union) visit(struct, inner, offset, seen);
      }
    }
  };
  for (const { name, at } of outer) visit(name, at, 0, new Set());
  return found;
};

/** BTF for a program: one function `main` and callbacks, all `int (void *)`-like; `ids` in that order. */
export const functionTypes = (
  main: string,
  callbacks: readonly string[],
): { readonly blob: Buffer; readonly ids: readonly number[] } => {
  const strings: number[] = [0];
  const string = (text: string): number => {
    const at = strings.length;
    strings.push(...Buffer.from(text, 'latin1'), 0);
    return at;
  };
  const words: number[] = [];
  const intName = string('long');
  words.push(intName, KIND.int << 24, 8, (1 << 24) | 64); // 1: signed 64-bit integer
  words.push(0, KIND.pointer << 24, 0); // 2: void *
  words.push(0, (KIND.funcProto << 24) | 1, 1, string('ctx'), 2); // 3: long (void *)
  const [task, vma, place] = ['task', 'vma', 'place'].map(string);
  words.push(0, (KIND.funcProto << 24) | 3, 1, task ?? 0, 2, vma ?? 0, 2, place ?? 0, 2); // 4: long (void *, void *, void *)
  const ids: number[] = [];
  words.push(string(main), (KIND.func << 24) | 1, 3); // global linkage
  ids.push(5);
  for (const name of callbacks) {
    words.push(string(name), KIND.func << 24, 4); // static linkage
    ids.push(ids.length + 5);
  }
  const typeBytes = words.length * 4;
  const blob = Buffer.alloc(24 + typeBytes + strings.length);
  blob.writeUInt16LE(MAGIC, 0);
  blob.writeUInt8(1, 2);
  blob.writeUInt32LE(24, 4);
  blob.writeUInt32LE(0, 8);
  blob.writeUInt32LE(typeBytes, 12);
  blob.writeUInt32LE(typeBytes, 16);
  blob.writeUInt32LE(strings.length, 20);
  words.forEach((word, i) => {
    blob.writeUInt32LE(word >>> 0, 24 + i * 4);
  });
  Buffer.from(strings).copy(blob, 24 + typeBytes);
  return { blob, ids };
};
