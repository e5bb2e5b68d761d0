import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { StructShape, ValueShape } from '../../src/abi/shape.ts';
import { decodeShape } from '../../src/trace/decode/decode.ts';
import { type Block, Snapshot } from '../../src/trace/snapshot.ts';
import { describeNeeding } from '../support/need.ts';
import { Temporary } from '../support/temporary.ts';
import { behind, bool, field, i32, option, str, tuple, u8, u32, u64, unit } from './shown-values.ts';

const source = fileURLToPath(new URL('debug/values.rs', import.meta.url));

type Line = { readonly kind: string; readonly bytes: Buffer; readonly blocks: readonly Block[]; readonly text: string };

const blockOf = (text: string): Block => {
  const [address = '', bytes = ''] = text.split(':');
  return { address: BigInt(address), bytes: Buffer.from(bytes, 'hex'), isUnreadable: false };
};

/** What the program printed: where private fields are, and values. */
const run = (): { readonly offsets: ReadonlyMap<string, readonly number[]>; readonly lines: readonly Line[] } => {
  using folder = new Temporary();
  const program = join(folder.path, 'values');
  execFileSync('rustc', ['--edition=2021', '-o', program, source], { stdio: 'ignore' });
  const output = execFileSync(program, { encoding: 'utf8', maxBuffer: 1 << 26 });
  const offsets = new Map<string, readonly number[]>();
  const lines: Line[] = [];
  for (const [kind = '', bytes = '', blocks = '', text = ''] of output.split('\n').map((line) => line.split('\t'))) {
    if (kind === 'layout') offsets.set(bytes, blocks.split(',').map(Number));
    else if (kind !== '') {
      const parts = blocks.split(';').filter((part) => part !== '');
      lines.push({ kind, bytes: Buffer.from(bytes, 'hex'), blocks: parts.map(blockOf), text });
    }
  }
  return { offsets, lines };
};

const int = (size: 1 | 2 | 4 | 8 | 16, signed: boolean): ValueShape => ({ kind: 'int', size, signed });
const range = (start: number | null, end: number | null, exhausted: number | null): ValueShape => ({
  kind: 'range',
  size: 12,
  start: start === null ? null : field('start', start, i32),
  end: end === null ? null : field('end', end, i32),
  inclusive: exhausted !== null,
  exhausted,
});

const shapesOf = (offsets: ReadonlyMap<string, readonly number[]>): Record<string, ValueShape> => {
  const at = (kind: string, i: number): number => offsets.get(kind)?.[i] ?? Number.NaN;
  const kinds = [...offsets.keys()].filter((name) => name.startsWith('kind '));
  const hash = {
    kind: 'hash-table',
    size: 32,
    control: at('hash', 0),
    mask: at('hash', 1),
    items: at('hash', 2),
  } as const;
  const socket = (kind: 'socket4' | 'socket6', ip: ValueShape): ValueShape => ({
    kind: 'socket-address',
    size: kind === 'socket4' ? 6 : 28,
    ip: { offset: at(kind, 0), shape: ip },
    port: at(kind, 1),
    scope: kind === 'socket4' ? null : at(kind, 2),
    flow: null,
  });
  const ipv4: ValueShape = { kind: 'ipv4', size: 4 };
  const ipv6: ValueShape = { kind: 'ipv6', size: 16 };
  const address = (name: string, value: bigint, shape: ValueShape) =>
    ({ name, form: 'tuple', fields: [field('0', 1, shape)], values: [{ low: value, high: value }] }) as const;
  const tagged = option(u32, 4, 0, 0n);
  const optionU32: ValueShape = {
    ...tagged,
    size: 8,
    tag: { offset: 0, size: 4 },
    variants: tagged.variants.map((variant) => ({
      ...variant,
      fields: variant.fields.map((one) => ({ ...one, offset: 4 })),
    })),
  };
  return {
    u8,
    i8: int(1, true),
    i16: int(2, true),
    u32,
    i32,
    u64,
    i64: int(8, true),
    u128: int(16, false),
    i128: int(16, true),
    f32: { kind: 'float', size: 4 },
    f64: { kind: 'float', size: 8 },
    address: { kind: 'address', size: 8 },
    box: { kind: 'pointer', size: 8, behind: behind(), target: u64 },
    'option-u32': optionU32,
    'option-option-bool': option(option(bool, 1, 0, 2n), 1, 0, 3n),
    'option-str': option(str, 16, 0, 0n),
    range: range(0, 4, null),
    'range-from': range(0, null, null),
    'range-inclusive': range(at('range-inclusive', 0), at('range-inclusive', 1), 8),
    str,
    os: { ...str, of: 'bytes' } as ValueShape,
    c: { ...str, of: 'c' } as ValueShape,
    string: { kind: 'text', size: 24, behind: behind(at('string', 0)), length: at('string', 1), of: 'utf8' },
    duration: { kind: 'duration', size: 16, seconds: at('duration', 0), nanoseconds: at('duration', 1) },
    ipv4,
    ipv6,
    ip: {
      kind: 'enum',
      size: 17,
      tag: { offset: 0, size: 1 },
      variants: [address('V4', 0n, ipv4), address('V6', 1n, ipv6)],
      isTransparent: true,
    },
    socket4: socket('socket4', ipv4),
    socket6: socket('socket6', ipv6),
    io: {
      kind: 'io-error',
      size: 8,
      message: null,
      custom: null,
      kinds: {
        kind: 'c-enum',
        size: 1,
        signed: false,
        variants: kinds.map((name) => ({ name: name.slice('kind '.length), value: BigInt(at(name, 0)) })),
      },
    },
    'ref-cell': {
      kind: 'ref-cell',
      size: 16,
      borrow: at('ref-cell', 0),
      value: field('value', at('ref-cell', 1), u64),
    },
    once: { kind: 'once', size: 8, name: 'OnceCell', value: optionU32 },
    vec: { kind: 'sequence', size: 24, behind: behind(at('vec', 0)), length: at('vec', 1), element: u32 },
    deque: {
      kind: 'ring',
      size: 32,
      behind: behind(at('deque', 0)),
      capacity: at('deque', 1),
      head: at('deque', 2),
      length: at('deque', 3),
      tail: null,
      element: u32,
    },
    'hash-set': { ...hash, element: u32, isMap: false },
    'hash-map': {
      ...hash,
      element: tuple('', 24, field('0', at('pair', 0), u32), field('1', at('pair', 1), str)) as StructShape,
      isMap: true,
    },
    list: {
      kind: 'list',
      size: 24,
      head: at('list', 0),
      length: at('list', 1),
      node: { size: at('list', 4), next: at('list', 2), element: at('list', 3) },
      element: u64,
    },
    'tree-map': {
      kind: 'b-tree',
      size: 24,
      root: at('tree', 0),
      height: at('tree', 1),
      length: at('tree', 2),
      leaf: { size: at('tree', 6), keys: at('tree', 3), values: at('tree', 4), length: at('tree', 5), capacity: 11 },
      edges: at('tree', 6),
      key: u32,
      value: u64,
      isMap: true,
    },
    unit,
  };
};

describeNeeding(['linux', 'rustc'], "decoded from a Rust program's memory", () => {
  test('every value has the text that its Debug form is', () => {
    const { offsets, lines } = run();
    const shapes = shapesOf(offsets);
    const seen = new Map<string, number>();
    const wrong: string[] = [];
    for (const { kind, bytes, blocks, text } of lines) {
      const shape = shapes[kind];
      const memory = new Snapshot(blocks, false);
      if (shape === undefined) throw new Error(`no shape for ${kind}`);
      const shown = decodeShape(shape, { bytes, missing: [] }, { memory, concrete: () => null, items: 1000 });
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      if (shown.text !== text) wrong.push(`${kind}: ${shown.text} is ${text}`);
    }
    expect(wrong).toEqual([]);
    expect(seen.size).toBeGreaterThan(30);
    expect(lines.length).toBeGreaterThan(20_000);
  }, 120_000);
});
