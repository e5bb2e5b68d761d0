import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBytes } from '../../src/base/text.ts';
import { demangleText, findNames } from '../../src/demangle/stream.ts';
import { filter, filterText } from './columns.ts';

const legacy = '_ZN1a1b17h0123456789abcdefE';

test.each([
  ['at 0x12: _RNvC1a1b+0x10\r\n', 'at 0x12: a::b+0x10\r\n'],
  [`"${legacy}","_Z1fv"`, '"a::b","f()"'],
  [`{"m":"x\\n${legacy}\\n_Z1fv"}`, '{"m":"x\\na::b\\nf()"}'],
  [`undefined reference to \`${legacy}'`, "undefined reference to `a::b'"],
  [`in .text.${legacy}`, 'in .text.a::b'],
  [`called ${legacy}.`, 'called a::b.'],
  ['\u001b[31m_Z1fv\u001b[0m', '\u001b[31mf()\u001b[0m'],
  ['_ZSt4cout@GLIBCXX_3.4', 'std::cout@GLIBCXX_3.4'],
  ['max_Z1iv x_Z1fv RC1a _Result _Zebra __R', 'max_Z1iv x_Z1fv RC1a _Result _Zebra __R'],
  ['_RNvC1a1b,_RNvC1a1c', 'a::b,a::c'],
  ['no names at all', 'no names at all'],
])('%j', async (text, expected) => {
  expect(await filterText(text)).toBe(expected);
});

test('other bytes pass: NUL, invalid UTF-8, a missing line end', async () => {
  const around = Buffer.from([0, 0xff, 0xfe, 0x0d, 0x0a, 0xc3, 0x28, 0x09]);
  const text = Buffer.concat([around, Buffer.from('_RNvC1a1b'), around, Buffer.from('_Z1fv')]);
  expect(await filter([text])).toEqual(Buffer.concat([around, Buffer.from('a::b'), around, Buffer.from('f()')]));
});

const word = fc.constantFrom(
  legacy,
  '_RNvC1a1b',
  '_Z1fv',
  '_ZN',
  '__R',
  '_',
  '.',
  '$',
  '\\n',
  '\u001b[1m',
  'abc',
  '_GLOBAL__I_a',
);
const text = fc
  .array(fc.oneof({ weight: 3, arbitrary: word.map((w) => Buffer.from(w)) }, fc.uint8Array({ maxLength: 3 })), {
    maxLength: 40,
  })
  .map((parts) => Buffer.concat(parts));

test('the cut into chunks makes no difference', async () => {
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(60)), async (bytes, cuts) => {
      const chunks: Uint8Array[] = [];
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        chunks.push(bytes.subarray(at, at + cut));
        at += cut;
      }
      expect(decodeBytes(await filter(chunks))).toBe(decodeBytes(await filter([bytes])));
    }),
    { numRuns: 500 },
  );
});

test('text without an underscore passes byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      const plain = Buffer.from(bytes.filter((byte) => byte !== 0x5f));
      expect((await filter([plain])).equals(plain)).toBe(true);
    }),
  );
});

test('a line comes out with its end, before more comes in', async () => {
  const seen: string[] = [];
  const input = (async function* () {
    yield Buffer.from('_RNvC1a');
    yield Buffer.from('1b\nnext');
    expect(seen.join('')).toContain('a::b\n');
    yield Buffer.from('\n');
  })();
  for await (const piece of demangleText(input)) seen.push(Buffer.from(piece).toString());
  expect(seen.join('')).toBe('a::b\nnext\n');
});

test('a word without end is not kept', async () => {
  const chunk = Buffer.alloc(1 << 16, 'x');
  let held = 0;
  let most = 0;
  let total = 0;
  const input = (function* () {
    yield Buffer.from('_');
    for (let i = 0; i < 200; i++) {
      held += chunk.length;
      most = Math.max(most, held);
      yield chunk;
    }
  })();
  for await (const piece of demangleText(input)) {
    held -= piece.length;
    total += piece.length;
  }
  expect(total).toBe(1 + 200 * chunk.length);
  expect(most).toBeLessThan(1 << 21);
});

test('little input that means much text comes in pieces', async () => {
  const big = `_RMC0T${'u'.repeat(2000)}E`;
  let most = 0;
  let total = 0;
  for await (const piece of demangleText([Buffer.from(`${big}\n`.repeat(400))])) {
    most = Math.max(most, piece.length);
    total += piece.length;
  }
  expect(total).toBeGreaterThan(3_000_000);
  expect(most).toBeLessThan(1_000_000);
});

test('names found in a text', async () => {
  const found: unknown[] = [];
  for await (const names of findNames([Buffer.from(`x ${legacy} _Z`), Buffer.from('1fv y _Z_')])) {
    found.push(...names.map(({ raw, name, scheme }) => [decodeBytes(raw), decodeBytes(name), scheme]));
  }
  expect(found).toEqual([
    [legacy, 'a::b', 'rust-legacy'],
    ['_Z1fv', 'f()', 'itanium'],
  ]);
});
