import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { functionTypes, memberOffsets } from '../../src/trace/bpf/btf.ts';
import { testNeeding } from '../support/need.ts';

type Type =
  | { kind: 'int'; name: string }
  | { kind: 'struct' | 'union'; name: string; size: number; members: readonly Member[]; bitfields?: boolean }
  | { kind: 'other'; number: number; vlen: number; words: readonly number[] };
/** `at` in bytes, `bits` wide in a struct with bit-fields. */
type Member = { name: string; type: number; at: number; bits?: number };

/** BTF as Documentation/bpf/btf.rst describes it; types are numbered from 1. */
const writeBtf = (types: readonly Type[], headerSize = 24): Buffer => {
  const strings = [0];
  const string = (text: string): number => {
    const known = Buffer.from(strings).indexOf(`\0${text}\0`);
    if (text === '' || known >= 0) return text === '' ? 0 : known + 1;
    strings.push(...Buffer.from(text, 'latin1'), 0);
    return strings.length - text.length - 1;
  };
  const words = types.flatMap((type) => {
    if (type.kind === 'int') return [string(type.name), 1 << 24, 4, 32];
    if (type.kind === 'other') return [0, (type.number << 24) | type.vlen, 0, ...type.words];
    const flag = type.bitfields ? 0x8000_0000 : 0;
    const kind = type.kind === 'struct' ? 4 : 5;
    return [
      string(type.name),
      flag | (kind << 24) | type.members.length,
      type.size,
      ...type.members.flatMap((m) => [string(m.name), m.type, m.at * 8 + (type.bitfields ? (m.bits ?? 0) << 24 : 0)]),
    ];
  });
  const blob = Buffer.alloc(headerSize + words.length * 4 + strings.length);
  blob.writeUInt16LE(0xeb9f, 0);
  blob.writeUInt8(1, 2);
  [headerSize, 0, words.length * 4, words.length * 4, strings.length].forEach((value, i) => {
    blob.writeUInt32LE(value, 4 + i * 4);
  });
  words.forEach((word, i) => {
    blob.writeUInt32LE(word >>> 0, headerSize + i * 4);
  });
  Buffer.from(strings).copy(blob, headerSize + words.length * 4);
  return blob;
};

const int: Type = { kind: 'int', name: 'int' };
const sample: readonly Type[] = [
  int,
  {
    kind: 'struct',
    name: '',
    size: 16,
    members: [
      { name: 'deep', type: 1, at: 8 },
      { name: '', type: 3, at: 12 },
    ],
  },
  { kind: 'union', name: '', size: 4, members: [{ name: 'deeper', type: 1, at: 0 }] },
  // One of each kind, so that the walk over them is right: pointer, array, enum, forward, typedef, …
  ...[
    [2, 0, []],
    [3, 0, [1, 1, 4]],
    [6, 2, [0, 0, 0, 1]],
    [7, 0, []],
    [8, 0, []],
    [9, 0, []],
    [10, 0, []],
    [11, 0, []],
    [12, 1, []],
    [13, 2, [0, 1, 0, 1]],
    [14, 0, [0]],
    [15, 1, [1, 0, 4]],
    [16, 0, []],
    [17, 0, [0]],
    [18, 0, []],
    [19, 2, [0, 1, 2, 0, 3, 4]],
  ].map(([number, vlen, words]): Type => ({ kind: 'other', number, vlen, words }) as Type),
  {
    kind: 'struct',
    name: 'task_struct',
    size: 64,
    members: [
      { name: 'state', type: 1, at: 0 },
      { name: '', type: 2, at: 16 },
      { name: 'pid', type: 1, at: 40 },
      { name: 'named', type: 2, at: 48 },
    ],
  },
  {
    kind: 'struct',
    name: 'flagged',
    size: 16,
    bitfields: true,
    members: [
      { name: 'bit', type: 1, at: 0, bits: 1 },
      { name: 'after', type: 1, at: 8 },
    ],
  },
  { kind: 'struct', name: 'opaque', size: 0, members: [] },
  { kind: 'struct', name: 'opaque', size: 8, members: [{ name: 'x', type: 1, at: 4 }] },
];
const wanted = {
  task_struct: ['state', 'pid', 'deep', 'deeper', 'absent', 'named'],
  flagged: ['bit', 'after'],
  opaque: ['x'],
  missing: ['x'],
  int: ['x'],
} as const;

describe('offsets of members', () => {
  test.each([24, 32])('past every kind of type, in anonymous members too, with a header of %i bytes', (headerSize) => {
    expect(Object.fromEntries(memberOffsets(writeBtf(sample, headerSize), wanted))).toEqual({
      'task_struct.state': 0,
      'task_struct.deep': 24,
      'task_struct.deeper': 28,
      'task_struct.pid': 40,
      'task_struct.named': 48,
      'flagged.bit': 0,
      'flagged.after': 8,
      'opaque.x': 4,
    });
  });

  test('an anonymous struct that holds itself ends', () => {
    const members = [
      { name: '', type: 1, at: 0 },
      { name: 'x', type: 1, at: 4 },
    ];
    const blob = writeBtf([
      { kind: 'struct', name: '', size: 8, members },
      { kind: 'struct', name: 's', size: 8, members },
    ]);
    expect(memberOffsets(blob, { s: ['x'] }).get('s.x')).toBe(4);
  });

  test('anonymous structs that fan out end soon', () => {
    const members = Array.from({ length: 2000 }, () => ({ name: '', type: 1, at: 0 }));
    const blob = writeBtf([
      { kind: 'struct', name: '', size: 8, members },
      { kind: 'struct', name: 's', size: 8, members: members.slice(0, 2) },
    ]);
    expect(memberOffsets(blob, { s: ['x'] }).size).toBe(0);
  }, 5_000);

  test('of anything cut or damaged: an answer or none, never an exception', () => {
    const whole = writeBtf(sample);
    for (let length = 0; length <= whole.length; length++)
      memberOffsets(Buffer.from(whole.subarray(0, length)), wanted);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), { maxLength: 8 }),
        (edits) => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of edits) bytes[at] = value;
          const found = memberOffsets(bytes, wanted);
          for (const offset of found.values()) expect(Number.isFinite(offset)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
    expect(memberOffsets(Buffer.from('not BTF at all, but long enough'), wanted).size).toBe(0);
  });

  testNeeding(['kernel'], 'of the running kernel are those that its users rely on', () => {
    const at = memberOffsets(readFileSync('/sys/kernel/btf/vmlinux'), {
      vm_area_struct: ['vm_start', 'vm_end'],
      task_struct: ['tgid', 'pid', 'real_parent'],
      list_head: ['next', 'prev'],
    });
    // vm_start and vm_end come first since 2.6, pid stands before tgid, and a list's links are its whole.
    expect(at.get('vm_area_struct.vm_start')).toBe(0);
    expect(at.get('vm_area_struct.vm_end')).toBe(8);
    expect(at.get('task_struct.tgid')).toBe((at.get('task_struct.pid') ?? 0) + 4);
    expect((at.get('task_struct.real_parent') ?? 0) % 8).toBe(0);
    expect([at.get('list_head.next'), at.get('list_head.prev')]).toEqual([0, 8]);
  });
});

test('function types of a program read back as they were meant', () => {
  const { blob, ids } = functionTypes('main', ['first', 'second']);
  expect(ids).toEqual([5, 6, 7]);
  const [, , types = 0, strings = 0, stringLength = 0] = [8, 8, 12, 16, 20].map((at) => blob.readUInt32LE(at));
  expect(blob.length).toBe(24 + strings + stringLength);
  expect(strings).toBe(types);
  const text = (offset: number): string =>
    blob.toString('latin1', 24 + strings + offset, blob.indexOf(0, 24 + strings + offset));
  const read: unknown[] = [];
  for (let at = 24; at < 24 + types; ) {
    const info = blob.readUInt32LE(at + 4);
    const kind = (info >>> 24) & 31;
    const vlen = info & 0xffff;
    const last = blob.readUInt32LE(at + 8);
    at += 12;
    const params = Array.from({ length: kind === 13 ? vlen : 0 }, (_, i) => blob.readUInt32LE(at + i * 8 + 4));
    read.push({ kind, name: text(blob.readUInt32LE(at - 12)), vlen, last, params });
    at += kind === 1 ? 4 : params.length * 8;
  }
  const [int64, pointer, main, callback, ...functions] = read;
  expect(int64).toMatchObject({ kind: 1, last: 8 });
  expect(pointer).toMatchObject({ kind: 2, last: 0 });
  expect(main).toMatchObject({ kind: 13, last: 1, params: [2] });
  expect(callback).toMatchObject({ kind: 13, last: 1, params: [2, 2, 2] });
  expect(functions).toEqual([
    { kind: 12, name: 'main', vlen: 1, last: 3, params: [] },
    { kind: 12, name: 'first', vlen: 0, last: 4, params: [] },
    { kind: 12, name: 'second', vlen: 0, last: 4, params: [] },
  ]);
});
