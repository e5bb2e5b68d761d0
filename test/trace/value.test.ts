import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GivenShape } from '../../src/abi/given-shape.ts';
import { debugChar, debugFloat, debugString, shortestF32 } from '../../src/trace/debug-text.ts';
import { type Captured, decodeValue } from '../../src/trace/value.ts';
import { describeNeeding } from '../support/need.ts';

const int = (signed: boolean, bits: 8 | 16 | 32 | 64 | 128): GivenShape => ({ kind: 'int', signed, bits, name: '' });
const shape = (kind: Exclude<GivenShape['kind'], 'int' | 'float' | 'option'>): GivenShape => ({ kind, name: '' });
type Text = NonNullable<Captured['text']>;
const word = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string | Uint8Array, status: 'ok' | 'truncated' = 'ok', length: bigint | null = null): Text => ({
  bytes: typeof text === 'string' ? bytesOf(text) : text,
  length,
  status,
});

describe('integers', () => {
  test.each([8, 16, 32] as const)('of %i bits are numbers, whatever the upper bits of the register are', (bits) => {
    fc.assert(
      fc.property(word, (low) => {
        const memory = Buffer.alloc(8);
        memory.writeBigUInt64LE(low);
        const unsigned = memory.readUIntLE(0, bits / 8);
        const signed = memory.readIntLE(0, bits / 8);
        expect(decodeValue(int(false, bits), { pieces: [low] })).toEqual({ value: unsigned, text: String(unsigned) });
        expect(decodeValue(int(true, bits), { pieces: [low] })).toEqual({ value: signed, text: String(signed) });
      }),
    );
  });

  test('of 64 bits are strings', () => {
    fc.assert(
      fc.property(word, (low) => {
        const memory = Buffer.alloc(8);
        memory.writeBigUInt64LE(low);
        expect(decodeValue(int(false, 64), { pieces: [low] }).value).toBe(memory.readBigUInt64LE().toString());
        expect(decodeValue(int(true, 64), { pieces: [low] }).value).toBe(memory.readBigInt64LE().toString());
      }),
    );
  });

  test('of 128 bits are strings of both halves', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 127n), max: (1n << 127n) - 1n }), (value) => {
        const pieces = [value & ((1n << 64n) - 1n), (value >> 64n) & ((1n << 64n) - 1n)];
        expect(decodeValue(int(true, 128), { pieces }).value).toBe(String(value));
        expect(decodeValue(int(false, 128), { pieces }).value).toBe(String(value < 0n ? value + (1n << 128n) : value));
      }),
    );
  });
});

describe('single values', () => {
  test.each([
    [shape('bool'), 0xffff_ff00n, false, 'false'],
    [shape('bool'), 0x1234_5601n, true, 'true'],
    [shape('bool'), 0x102n, { $bytes: '02' }, '<invalid bool 0x2>'],
    [shape('char'), 0xdead_beef_0000_0061n, 'a', "'a'"],
    [shape('char'), 0x1f600n, '\u{1f600}', "'\u{1f600}'"],
    [shape('char'), 0x27n, "'", "'\\''"],
    [shape('char'), 0xd800n, { $bytes: '00d80000' }, '<invalid char 0xd800>'],
    [shape('char'), 0x110000n, { $bytes: '00001100' }, '<invalid char 0x110000>'],
    [shape('pointer'), 0n, '0x0', '0x0'],
    [shape('pointer'), -1n, '0xffffffffffffffff', '0xffffffffffffffff'],
    [shape('raw'), 0x1fn, '0x1f', '0x1f'],
    [{ kind: 'float', bits: 64, name: '' }, 0x3ff8_0000_0000_0000n, 1.5, '1.5'],
    [{ kind: 'float', bits: 64, name: '' }, 0x7ff0_0000_0000_0000n, 'inf', 'inf'],
    [{ kind: 'float', bits: 64, name: '' }, 0x7ff8_0000_0000_0000n, 'NaN', 'NaN'],
    [{ kind: 'float', bits: 32, name: '' }, 0xffff_ffff_3dcc_cccdn, 0.1, '0.1'],
    [{ kind: 'float', bits: 32, name: '' }, 0xff80_0000n, '-inf', '-inf'],
    [{ kind: 'option', some: shape('pointer'), name: '' }, 0n, { None: null }, 'None'],
    [{ kind: 'option', some: shape('pointer'), name: '' }, 16n, { Some: '0x10' }, 'Some(0x10)'],
  ] as [GivenShape, bigint, unknown, string][])('%o of %d', (of, low, value, text) => {
    expect(decodeValue(of, { pieces: [low] })).toEqual({ value, text });
  });

  test.each([
    [shape('slice'), [16n, 3n], { $items: [], $len: '3' }, '[3 at 0x10]'],
    [shape('slice'), [1n, 0n], [], '[]'],
    [shape('fat'), [16n, 32n], '0x10', '0x10'],
    [shape('unit'), [], [], '()'],
    [shape('never'), [], { $missing: 'gone' }, '<gone>'],
    [shape('str'), [1n, 0n], '', '""'],
  ] as [GivenShape, bigint[], unknown, string][])('%o of %o', (of, pieces, value, text) => {
    expect(decodeValue(of, { pieces })).toEqual({ value, text });
  });

  test('what was not captured is marked, for every shape', () => {
    const gone = { value: { $missing: 'gone' }, text: '<gone>' };
    for (const kind of ['bool', 'char', 'pointer', 'cstring', 'str', 'slice', 'fat', 'raw'] as const) {
      expect(decodeValue(shape(kind), { pieces: ['gone', 'gone'] })).toEqual(gone);
      expect(decodeValue(shape(kind), { pieces: ['unreadable', 1n] }).value).toEqual({ $missing: 'unreadable' });
      expect(decodeValue(shape(kind), { pieces: [] })).toEqual(gone);
    }
    expect(decodeValue(int(true, 128), { pieces: [1n] })).toEqual(gone);
    expect(decodeValue({ kind: 'float', bits: 64, name: '' }, { pieces: ['gone'] })).toEqual(gone);
  });
});

describe('text', () => {
  const cstring = (text: Text | undefined, at = 16n) =>
    decodeValue(shape('cstring'), text ? { pieces: [at], text } : { pieces: [at] });

  test.each([
    ['whole', cstring(read('a"b\'\n')), 'a"b\'\n', '"a\\"b\'\\n"'],
    [
      'cut, of known length',
      decodeValue(shape('str'), { pieces: [16n, 5000n], text: read('abc', 'truncated', 5000n) }),
      { $items: 'abc', $len: '5000' },
      '"abc"… (5000 bytes)',
    ],
    ['cut, of unknown length', cstring(read('abc', 'truncated')), { $items: 'abc', $len: null }, '"abc"…'],
    [
      'cut inside a character',
      cstring(read(bytesOf('aé\u{1f600}').subarray(0, 6), 'truncated')),
      { $items: 'aé', $len: null },
      '"aé"…',
    ],
    [
      'not UTF-8',
      cstring(read(new Uint8Array([0x61, 0xff, 0x22, 0x0a, 0x1b]))),
      { $bytes: '61ff220a1b' },
      'b"a\\xff\\"\\n\\x1b"',
    ],
    [
      'not UTF-8 and cut',
      cstring(read(new Uint8Array([0xff, 0x61, 0x62, 0x63]), 'truncated')),
      { $items: { $bytes: 'ff616263' }, $len: null },
      'b"\\xffabc"…',
    ],
    ['whole, ending in half a character', cstring(read(new Uint8Array([0x61, 0xc3]))), { $bytes: '61c3' }, 'b"a\\xc3"'],
    ['empty', cstring(read('')), '', '""'],
    ['null', cstring({ bytes: new Uint8Array(), length: null, status: 'unreadable' }, 0n), null, 'NULL'],
    [
      'unreadable',
      cstring({ bytes: new Uint8Array(), length: null, status: 'unreadable' }),
      { $missing: 'unreadable' },
      '<unreadable 0x10>',
    ],
    ['not read', cstring(undefined), { $missing: 'depth' }, '<depth 0x10>'],
    [
      'in an option',
      decodeValue({ kind: 'option', some: shape('str'), name: '' }, { pieces: [16n, 1n], text: read('a') }),
      { Some: 'a' },
      'Some("a")',
    ],
    ['with a byte order mark', cstring(read('\ufeffa')), '\ufeffa', '"\\u{feff}a"'],
  ])('%s', (_, decoded, value, text) => {
    expect(decoded).toEqual({ value, text });
  });

  test('any bytes give one safe line, and the bytes can be had back from the value', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 20 }).map(bytesOf)),
        fc.boolean(),
        (bytes, cut) => {
          const { value, text } = cstring(read(bytes, cut ? 'truncated' : 'ok'));
          expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
          const inner = cut ? (value as { $items: unknown }).$items : value;
          const back =
            typeof inner === 'string' ? Buffer.from(inner) : Buffer.from((inner as { $bytes: string }).$bytes, 'hex');
          const missing = bytes.length - back.length;
          expect(back.equals(bytes.subarray(0, back.length))).toBe(true);
          expect(missing).toBeGreaterThanOrEqual(0);
          expect(missing).toBeLessThanOrEqual(cut ? 3 : 0);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describeNeeding(['rustc'], "compared with Rust's own Debug", () => {
  const source = `
    use std::io::{BufRead, Write};
    fn main() {
        let out = std::io::stdout();
        let mut out = std::io::BufWriter::new(out.lock());
        for line in std::io::stdin().lock().lines() {
            let line = line.unwrap();
            let (kind, value) = line.split_once(' ').unwrap();
            match kind {
                "c" => { let c = char::from_u32(value.parse().unwrap()).unwrap(); writeln!(out, "{:?} {:?}", c, c.to_string()) }
                "d" => writeln!(out, "{:?}", f64::from_bits(value.parse().unwrap())),
                _ => writeln!(out, "{:?}", f32::from_bits(value.parse().unwrap())),
            }.unwrap();
        }
    }`;
  const folder = mkdtempSync(join(tmpdir(), 'rsym-debug-'));
  const printed = (lines: readonly string[]): string[] => {
    const output = execFileSync(join(folder, 'debug'), {
      input: `${lines.join('\n')}\n`,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    return output.trimEnd().split('\n');
  };
  try {
    writeFileSync(join(folder, 'debug.rs'), source);
    execFileSync('rustc', ['-o', join(folder, 'debug'), join(folder, 'debug.rs')], { stdio: 'ignore' });
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }

  test('characters of all planes', () => {
    const codes = Array.from({ length: 0x110000 }, (_, code) => code).filter(
      (code) => (code < 0xd800 || code > 0xdfff) && (code < 0x3000 || code % 7 === 0),
    );
    const theirs = printed(codes.map((code) => `c ${code}`));
    const wrong: string[] = [];
    codes.forEach((code, i) => {
      const char = String.fromCodePoint(code);
      const ours = `${debugChar(char)} ${debugString(char)}`;
      if (ours === theirs[i]) return;
      // Escaped by us alone because it is invisible.
      if (/\p{Default_Ignorable_Code_Point}/u.test(char) && ours.includes('\\u{')) return;
      wrong.push(code.toString(16));
    });
    // The two know different versions of Unicode, which assign a few thousand characters more.
    expect(wrong.length).toBeLessThan(1000);
    expect(wrong.filter((code) => Number.parseInt(code, 16) < 0x800)).toEqual([]);
    expect(theirs).toHaveLength(codes.length);
  });

  /** Where two shortest forms are equally near, either may be printed: the same number in as many digits. */
  const differ = (ours: readonly string[], theirs: readonly string[]): void => {
    const wrong = ours.flatMap((one, i) => (one === theirs[i] ? [] : [[one, theirs[i] ?? '']]));
    expect(
      wrong.filter(([our = '', their = '']) => our.length !== their.length || Number(our) !== Number(their)),
    ).toEqual([]);
    expect(wrong.length).toBeLessThan(5);
    expect(theirs).toHaveLength(ours.length);
  };

  test('floats', () => {
    const bits = fc.sample(
      fc.oneof(
        word,
        fc.double().map((value) => new BigUint64Array(new Float64Array([value]).buffer)[0] ?? 0n),
      ),
      { numRuns: 3000, seed: 1 },
    );
    const doubles = [
      ...bits,
      ...[0, -0, 1e15, 1e16, 123456789012345680, 1e-4, 9.99e-5, 1e-5, 5e-324, 100, 0.1].map(
        (value) => new BigUint64Array(new Float64Array([value]).buffer)[0] ?? 0n,
      ),
    ];
    const ours = doubles.map((one) => decodeValue({ kind: 'float', bits: 64, name: '' }, { pieces: [one] }).text);
    differ(ours, printed(doubles.map((one) => `d ${one}`)));
    const singles = bits.map((one) => one & 0xffff_ffffn);
    const ourSingles = singles.map((one) => decodeValue({ kind: 'float', bits: 32, name: '' }, { pieces: [one] }).text);
    differ(ourSingles, printed(singles.map((one) => `f ${one}`)));
    expect(debugFloat(shortestF32(Math.fround(16777216)))).toBe('16777216.0');
    rmSync(folder, { recursive: true });
  });
});

test.each<[32 | 64, bigint]>([
  [32, 0x8000_0000n],
  [64, 1n << 63n],
])('-0 of %d bits keeps its sign as text; in JSON it is the number 0', (bits, word) => {
  const negative = decodeValue({ kind: 'float', bits, name: '' }, { pieces: [word] });
  expect(negative.text).toBe('-0.0');
  expect(JSON.stringify(negative.value)).toBe('0');
  expect(decodeValue({ kind: 'float', bits, name: '' }, { pieces: [0n] }).text).toBe('0.0');
});
