import type { Behind, EnumShape, FieldShape, Form, ValueShape } from '../../src/abi/shape.ts';

/** Memory of a process. */
export type Memory = (address: bigint, size: number) => Buffer;

const word = (bytes: Buffer, at: number, size = 8): bigint =>
  bytes.subarray(at, at + size).reduceRight((all, byte) => (all << 8n) | BigInt(byte), 0n);

const quoted = (text: string): string =>
  JSON.stringify(text).replace(/\\u([0-9a-f]{4})/g, (_, hex: string) => `\\u{${hex.replace(/^0+/, '')}}`);

const formText = (name: string, form: Form, fields: readonly string[], names: readonly string[]): string => {
  if (form === 'unit') return name;
  if (form === 'named') return `${name} { ${fields.map((field, index) => `${names[index]}: ${field}`).join(', ')} }`;
  return `${name}(${fields.join(', ')}${name === '' && fields.length === 1 ? ',' : ''})`;
};

/** What `{:?}` of Rust writes, for a value that is taken out of a living process: all of it, with no limit. */
export const shapeText = (shape: ValueShape, bytes: Buffer, memory: Memory, slide = 0n): string => {
  const at = (address: bigint, inner: ValueShape): string =>
    shapeText(inner, inner.size === 0 ? Buffer.alloc(0) : memory(address, inner.size), memory, slide);
  const part = ({ offset, shape: inner }: Omit<FieldShape, 'name'>): string =>
    shapeText(inner, bytes.subarray(offset, offset + inner.size), memory, slide);
  const begins = (behind: Behind): bigint => word(bytes, behind.data) + BigInt(behind.add);
  const items = (from: bigint, count: number, element: ValueShape): string[] =>
    Array.from({ length: count }, (_, index) => at(from + BigInt(index * element.size), element));
  const struct = (name: string, form: Form, fields: readonly FieldShape[]): string =>
    formText(
      name,
      form,
      fields.map(part),
      fields.map((field) => field.name),
    );
  const collected = (isMap: boolean, pairs: string[]): string =>
    `{${isMap ? pairs.map((pair) => pair).join(', ') : pairs.join(', ')}}`;
  switch (shape.kind) {
    case 'int':
      return `${(shape.signed ? BigInt.asIntN : BigInt.asUintN)(shape.size * 8, word(bytes, 0, shape.size))}`;
    case 'float': {
      const value = shape.size === 4 ? Number(bytes.readFloatLE(0).toPrecision(7)) : bytes.readDoubleLE(0);
      return Number.isInteger(value) ? value.toFixed(1) : `${value}`;
    }
    case 'bool':
      return `${bytes[0] === 1}`;
    case 'char':
      return `'${String.fromCodePoint(Number(word(bytes, 0, 4)))}'`;
    case 'unit':
      return '()';
    case 'never':
      return '!';
    case 'address':
      return `0x${word(bytes, 0).toString(16)}`;
    case 'fixed':
      return shape.text;
    case 'opaque':
      return `<${shape.name}>`;
    case 'cut':
      return `<${shape.why}>`;
    case 'struct':
      return struct(shape.name, shape.form, shape.fields);
    case 'array':
      return `[${Array.from({ length: shape.count }, (_, index) => part({ offset: index * shape.element.size, shape: shape.element })).join(', ')}]`;
    case 'enum': {
      const variant = variantOf(shape, bytes);
      if (variant === null) return '<invalid>';
      if (shape.isTransparent) return part(variant.fields[0]!);
      return struct(variant.name, variant.form, variant.fields);
    }
    case 'c-enum': {
      const value = word(bytes, 0, shape.size);
      const bits = shape.size * 8;
      return shape.variants.find((one) => BigInt.asUintN(bits, one.value) === value)?.name ?? '<invalid>';
    }
    case 'pointer':
      return word(bytes, shape.behind.data) === 0n ? 'NULL' : at(begins(shape.behind), shape.target);
    case 'c-string':
      return 'c-string';
    case 'text': {
      const length = Number(word(bytes, shape.length)) - (shape.of === 'c' ? 1 : 0);
      return quoted(length === 0 ? '' : memory(begins(shape.behind), length).toString('utf8'));
    }
    case 'sequence':
      return `[${items(begins(shape.behind), Number(word(bytes, shape.length)), shape.element).join(', ')}]`;
    case 'ring': {
      const [head, capacity] = [Number(word(bytes, shape.head)), Number(word(bytes, shape.capacity))];
      const length =
        shape.length === null
          ? (Number(word(bytes, shape.tail!)) - head) & (capacity - 1)
          : Number(word(bytes, shape.length));
      const { element } = shape;
      const place = (index: number): bigint =>
        begins(shape.behind) + BigInt((element.size === 0 ? 0 : (head + index) % capacity) * element.size);
      return `[${Array.from({ length }, (_, index) => at(place(index), element)).join(', ')}]`;
    }
    case 'hash-table': {
      const control = word(bytes, shape.control);
      const count = Number(word(bytes, shape.mask)) + 1;
      const states = memory(control, count);
      const full = [...states.keys()].filter((index) => states[index]! < 0x80);
      if (full.length !== Number(word(bytes, shape.items))) return '<items>';
      const { element } = shape;
      const found = full.map((index) => {
        const text = at(control - BigInt((index + 1) * element.size), element);
        return shape.isMap ? text.replace(/^\((.*)\)$/s, '$1').replace(', ', ': ') : text;
      });
      return collected(shape.isMap, found);
    }
    case 'b-tree': {
      const { leaf, key, value } = shape;
      const walk = (node: bigint, height: number): string[] => {
        const count = Number(word(memory(node + BigInt(leaf.length), 2), 0, 2));
        const found: string[] = [];
        for (let index = 0; index <= count; index++) {
          if (height > 0) {
            const child = word(memory(node + BigInt(shape.edges + index * 8), 8), 0);
            found.push(...walk(child, height - 1));
          }
          if (index === count) break;
          const name = at(node + BigInt(leaf.keys + index * key.size), key);
          found.push(shape.isMap ? `${name}: ${at(node + BigInt(leaf.values + index * value.size), value)}` : name);
        }
        return found;
      };
      const root = word(bytes, shape.root);
      const found = root === 0n ? [] : walk(root, Number(word(bytes, shape.height)));
      return found.length === Number(word(bytes, shape.length)) ? `{${found.join(', ')}}` : '<length>';
    }
    case 'list': {
      const found: string[] = [];
      for (let node = word(bytes, shape.head); node !== 0n; ) {
        found.push(at(node + BigInt(shape.node.element), shape.element));
        node = word(memory(node + BigInt(shape.node.next), 8), 0);
      }
      return found.length === Number(word(bytes, shape.length)) ? `[${found.join(', ')}]` : '<length>';
    }
    case 'dyn': {
      const vtable = word(bytes, shape.vtable);
      const known = shape.known.find((one) => one.vtable === vtable - slide);
      if (known === undefined) return `<dyn ${shape.trait}>`;
      const align = Number(word(memory(vtable + 16n, 8), 0));
      const add = shape.add ?? Math.ceil(16 / align) * align;
      return at(word(bytes, shape.data) + BigInt(add), known.shape);
    }
    case 'io-error': {
      const value = word(bytes, 0);
      const high = Number(value >> 32n);
      const kind = shape.kinds?.variants.find((one) => Number(one.value) === high)?.name ?? '?';
      if ((value & 3n) === 3n) return `Kind(${kind})`;
      if ((value & 3n) === 2n) return `Os { code: ${high} }`;
      const held = (value & 3n) === 1n ? shape.custom : shape.message;
      return held === null ? '<unknown>' : at(value & ~3n, held);
    }
    case 'duration': {
      const text = `${Number(word(bytes, shape.seconds)) + Number(word(bytes, shape.nanoseconds, 4)) / 1e9}s`;
      return text;
    }
    case 'ipv4':
      return [...bytes].join('.');
    case 'ipv6':
      return compressed(Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16)));
    case 'socket-address': {
      const ip = part(shape.ip);
      const scope = shape.scope === null ? 0n : word(bytes, shape.scope, 4);
      const host = shape.ip.shape.kind === 'ipv6' ? `[${ip}${scope === 0n ? '' : `%${scope}`}]` : ip;
      return `${host}:${word(bytes, shape.port, 2)}`;
    }
    case 'range': {
      const ends = [shape.start, shape.end].map((end) => (end === null ? '' : part(end)));
      const isDone = shape.exhausted !== null && bytes[shape.exhausted] === 1;
      return `${ends.join(shape.inclusive ? '..=' : '..')}${isDone ? ' (exhausted)' : ''}`;
    }
    case 'ref-cell': {
      const isBorrowed = BigInt.asIntN(64, word(bytes, shape.borrow)) < 0n;
      return `RefCell { value: ${isBorrowed ? '<borrowed>' : part(shape.value)} }`;
    }
    case 'lock': {
      const futex = shape.futex === null ? 0n : word(bytes, shape.futex, 4);
      const isLocked = shape.name === 'Mutex' ? futex !== 0n : (futex & 0x3fff_ffffn) === 0x3fff_ffffn;
      const poison = shape.poison === null ? '' : `, poisoned: ${bytes[shape.poison] === 1}`;
      return `${shape.name} { data: ${isLocked ? '<locked>' : part(shape.value)}${poison}, .. }`;
    }
    case 'once': {
      const text = shapeText(shape.value, bytes, memory, slide);
      return `${shape.name}${text === 'None' ? '(<uninit>)' : text.replace(/^Some/, '')}`;
    }
  }
};

const variantOf = (shape: EnumShape, bytes: Buffer): EnumShape['variants'][number] | null => {
  if (shape.tag === null) return shape.variants[0] ?? null;
  const tag = word(bytes, shape.tag.offset, shape.tag.size);
  const named = shape.variants.find(({ values }) => values?.some(({ low, high }) => low <= tag && tag <= high));
  return named ?? shape.variants.find(({ values }) => values === null) ?? null;
};

const compressed = (groups: readonly string[]): string => {
  const longest = [...groups.join(':').matchAll(/\b0(?::0)+\b/g)].sort((a, b) => b[0].length - a[0].length)[0];
  const text = groups.join(':');
  if (longest === undefined) return text;
  const [before, after] = [text.slice(0, longest.index), text.slice(longest.index + longest[0].length)];
  return `${before.replace(/:$/, '')}::${after.replace(/^:/, '')}`;
};
