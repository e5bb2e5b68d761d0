import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EnumShape, ValueShape } from '../../src/abi/shape.ts';
import { evaluate } from '../../src/expr/evaluate.ts';
import { parseFilter, parseGrouping } from '../../src/expr/filter.ts';
import { evaluateKey, keyId, textKeyOf } from '../../src/expr/key.ts';
import { isUndecided } from '../../src/expr/outcome.ts';
import { phaseOf, splitByPhase } from '../../src/expr/phase.ts';
import { decodeShape } from '../../src/trace/decode/decode.ts';
import { Snapshot } from '../../src/trace/snapshot.ts';
import { Bytes, type RecordedValue, recordedCall, word } from './recorded-call.ts';
import { int, mode, option, pointer, result, scope as sampleScope, sequence, text } from './sample-scope.ts';

const memory = new Bytes();
const hello = memory.add(Buffer.from('hello, world'), [{ start: 5, end: 12, why: 'truncated' }]);
const short = memory.add(Buffer.from('short\0'));
const opened = memory.add(Buffer.from('open'));
const numbers = memory.add(Uint8Array.from([...word(7n, 4), ...word(8n, 4), ...word(9n, 4)]));
const seven = memory.add(Uint8Array.from(word(7n)));

const value = (name: string, shape: ValueShape, ...parts: (number | number[])[]): RecordedValue => ({
  name,
  shape,
  bytes: Uint8Array.from(parts.flat()),
});
const lock = (futex: number): RecordedValue['bytes'] =>
  Uint8Array.from([...word(BigInt(futex), 4), ...word(0n, 4), ...word(5n, 4)]);
const lockShape = sampleScope.args.find(({ name }) => name === 'lock')?.shape ?? text;
const cellShape = sampleScope.args.find(({ name }) => name === 'cell')?.shape ?? text;
const cow: EnumShape = {
  kind: 'enum',
  size: 24,
  tag: { offset: 0, size: 8 },
  isTransparent: true,
  variants: [
    {
      name: 'Borrowed',
      form: 'tuple',
      fields: [{ name: '0', offset: 8, shape: text }],
      values: [{ low: 1n, high: 1n }],
    },
    {
      name: 'Owned',
      form: 'tuple',
      fields: [{ name: '0', offset: 8, shape: { ...text, behind: { data: 8, add: 0, counts: null }, length: 0 } }],
      values: null,
    },
  ],
};

const args: readonly RecordedValue[] = [
  value('n', int(4, true), word(-3n, 4)),
  value('b', int(1, false), 200),
  value('w', int(8, false), word((1n << 64n) - 1n)),
  value('huge', int(16, true), word(-(1n << 127n), 16)),
  value('ok', { kind: 'bool', size: 1 }, 1),
  value('odd', { kind: 'bool', size: 1 }, 2),
  value('f', { kind: 'float', size: 4 }, [...new Uint8Array(Float32Array.of(0.1).buffer)]),
  value('nan', { kind: 'float', size: 8 }, [...new Uint8Array(Float64Array.of(Number.NaN).buffer)]),
  value('half', { kind: 'float', size: 2 }, 0x66, 0x2e),
  value('long', text, word(hello), word(12n)),
  value('short', text, word(short), word(5n)),
  value('far', text, word(0x9_0000n), word(3n)),
  value('c', { kind: 'c-string', size: 8 }, word(short)),
  value('cut', { kind: 'c-string', size: 8 }, word(hello)),
  value('nul', text, word(0n), word(0n)),
  value('bad', text, word(short), word(1n << 63n)),
  value('cstr', { ...text, of: 'c' } as ValueShape, word(opened), word(5n)),
  value('words', sequence(int(4, false)), word(numbers), word(3n)),
  value('bytes', sequence(int(1, false)), word(opened), word(4n)),
  value('array', { kind: 'array', size: 4, element: int(1, false), count: 4 }, 1, 2, 3, 4),
  value('r', pointer(int(8, false)), word(seven)),
  value('opt', option(int(4, false)), word(1n), word(12n, 4)),
  value('none', option(int(4, false)), word(0n), word(12n, 4)),
  value('nonsense', option(int(4, false)), word(2n), word(12n, 4)),
  value('mode', mode, 4),
  value('invalid', mode, 3),
  value('time', { kind: 'duration', size: 16, seconds: 0, nanoseconds: 8 }, word(2n), word(5n, 4), word(0n, 4)),
  value('cow', cow, word(0n), word(4n), word(opened)),
  { name: 'free', shape: lockShape, bytes: lock(0) },
  { name: 'taken', shape: lockShape, bytes: lock(2) },
  value('cell', cellShape, word(3n), word(5n)),
  value('mutable', cellShape, word(-1n), word(5n)),
  { name: 'gone', shape: int(4, true), bytes: 'gone' },
  {
    name: 'part',
    shape: int(4, true),
    bytes: Uint8Array.from(word(0n)),
    missing: [{ start: 2, end: 3, why: 'redacted' }],
  },
  value('pid', int(4, true), word(77n, 4)),
];
const { scope, environment } = recordedCall({
  args,
  memory,
  ret: { shape: result(int(4, false), mode), bytes: Uint8Array.from([...word(9n), 1, 0, 0, 0]) },
  duration: 12_000_000n,
});

const outcomeOf = (condition: string): boolean | string => {
  const outcome = evaluate(parseFilter(condition, scope), environment);
  return isUndecided(outcome) ? outcome.undecided : outcome;
};

test.each<[string, boolean | string]>([
  // Numbers are compared as numbers.
  ['n == -3', true],
  ['n < w', true],
  ['w == u64::MAX', true],
  ['b == 200', true],
  ['b == 456', false],
  ['w > i64::MAX', true],
  ['w == -1', false],
  ['b + 100 == 300', true],
  ['w + 1 == 0', false],
  ['w + 1 == 18446744073709551616', true],
  ['huge - 1 < 0', 'overflow'],
  ['-huge > 0', true],
  ['n / 0 == 1', 'division'],
  ['n % 0 == 1', 'division'],
  ['n / 2 == -1', true],
  ['n % 2 == -1', true],
  ['1 << b == 0', 'overflow'],
  ['1 << n == 0', 'overflow'],
  ['b << 4 == 3200', true],
  ['!b == 55', true],
  ['!n == 2', true],
  ['b & !0xf == 192', true],
  ['!0 == w', true],
  ['w == !0', true],
  ['b & 0x8 != 0', true],
  ['n >> 1 == -2', true],
  ['n & 0xff == 253', true],
  // Floats.
  ['f == 0.1', true],
  ['f == 0.1f64', false],
  ['nan == nan', false],
  ['nan != 1', true],
  ['!(nan < 1)', true],
  ['half == 0.1', true],
  ['f + 0.2 == 0.3', true],
  ['f + 0.2f64 == 0.3', false],
  ['f * 2 == 0.2', true],
  ['f is 0.0..1.0', true],
  // Texts, known in part.
  ['short == "short"', true],
  ['short < "shout"', true],
  ['short > "shor"', true],
  ['short.len() == 5', true],
  ['long == "hello"', false],
  ['long.len() == 12', true],
  ['long == "hello, world"', 'truncated'],
  ['long == "jello, world"', false],
  ['long != "jello, world"', true],
  ['long.starts_with("hell")', true],
  ['long.starts_with("hello,")', 'truncated'],
  ['long.starts_with("help,")', false],
  ['long.contains("ell")', true],
  ['long.contains("wor")', 'truncated'],
  ['long.ends_with("d")', 'truncated'],
  ['long.ends_with("a much longer end")', false],
  ['long < "i"', true],
  ['long > "hello"', true],
  ['long < "hello"', false],
  ['far == "abc"', 'unreadable'],
  ['far == "ab"', false],
  ['far.is_empty()', false],
  ['nul == ""', 'null'],
  ['bad == "x"', 'invalid'],
  ['c == "short"', true],
  ['c.len() == 5', true],
  ['cut == "help"', false],
  ['cut == "hell"', false],
  ['cut == "hello"', 'truncated'],
  ['cut.len() > 3', 'truncated'],
  ['cut.starts_with("hello")', true],
  ['cstr == "open"', true],
  ['cstr.len() == 4', true],
  ['bytes == b"open"', true],
  ['bytes == "open"', true],
  ['bytes.starts_with(b"op")', true],
  ['array == b"\\x01\\x02\\x03\\x04"', true],
  ['cow == "open"', true],
  ['cow.len() == 4', true],
  ['cow is Owned(s) && s == "open"', true],
  ['comm == "worker"', true],
  ['comm.starts_with("work")', true],
  ["short.contains('o')", true],
  // Elements, references.
  ['words[2] == 9', true],
  ['w.ilog2() == 63', true],
  ['b.ilog2() == 7', true],
  ['(b - 199).ilog2() == 0', true],
  ['(b - 200).ilog2() == 0', 'overflow'],
  ['n.ilog2() == 0', 'overflow'],
  ['b.next_power_of_two() == 256', true],
  ['(b - 72).next_power_of_two() == 128', true],
  ['(b - 199).next_power_of_two() == 1', true],
  ['(b - 200).next_power_of_two() == 1', true],
  ['w.next_power_of_two() == 1 << 64', true],
  ['(w * w).next_power_of_two() == 1', 'overflow'],
  ['n.next_power_of_two() == 1', 'overflow'],
  ['words.len().next_power_of_two() == 4', true],
  ['words[b - 199] == 8', true],
  ['words[3] == 1', 'index'],
  ['words[n] == 1', 'index'],
  ['words.len() == 3', true],
  ['array[3] == 4', true],
  ['array[b - 197] == 4', true],
  ['array[b] == 4', 'index'],
  ['r == 7', true],
  ['r + 1 == 8', true],
  // Variants.
  ['opt is Some(n) && n > 10', true],
  ['opt is Some(n) && n > 12', false],
  ['none is Some(n) && n == 12', false],
  ['none == None', true],
  ['none != None', false],
  ['opt.is_some() && none.is_none()', true],
  ['nonsense.is_some()', 'invalid'],
  ['nonsense is Some(99)', false],
  ['mode == Mode::Append', true],
  ['mode is Read | Append', true],
  ['mode.variant == "Append"', true],
  ['invalid == Read', 'invalid'],
  ['invalid.variant != "Read"', 'invalid'],
  ['ret.is_err()', true],
  ['ret is Err(Mode::Write)', true],
  ['ret is Err(m) && m == Write', true],
  ['call.ret.variant == "Err"', true],
  ['opt is Some(n @ 1..=12)', true],
  ['opt is Some(..12)', false],
  ['opt is Some(&12 | 13)', true],
  ['(opt, none) is (Some(x), None) && x == 12', true],
  ['(n, b) is (x, 200) && x == n', true],
  ['n is pid && pid == -3', true],
  // Durations.
  ['duration > 10ms', true],
  ['duration is 12ms..=1s', true],
  ['duration / 1ms == 12', true],
  ['duration * 2 == 24ms', true],
  ['duration - 1s < 1s', 'overflow'],
  ['time == 2.000000005s', true],
  ['time > duration', true],
  // What somebody may be changing.
  ['free.data == 5', true],
  ['taken.data == 5', 'busy'],
  ['cell.value == 5', true],
  ['mutable.value == 5', 'busy'],
  // What isn't known.
  ['odd', 'invalid'],
  ['gone == 1', 'gone'],
  ['part == 0', 'redacted'],
  ['gone == 1 && !ok', false],
  ['!ok && gone == 1', false],
  ['gone == 1 && ok', 'gone'],
  ['gone == 1 || ok', true],
  ['ok || gone == 1', true],
  ['!(gone == 1)', 'gone'],
  ['gone == 1 || part == 0', 'gone'],
  ['(gone == 1) | ok', true],
  ['ok ^ !ok', true],
  // Names.
  ['arg.pid == 77', true],
  ['call.pid == 1', true],
  ['tid == 2', true],
  ['arg.0 == -3', true],
  ['r#n == -3', true],
])('%s: %s', (condition, expected) => {
  expect(outcomeOf(condition)).toBe(expected);
});

test('an argument that is called like a space of names', () => {
  const inner: ValueShape = {
    kind: 'struct',
    size: 4,
    name: 'A',
    form: 'named',
    fields: [{ name: 'x', offset: 0, shape: int(4, true) }],
  };
  const call = recordedCall({ args: [value('arg', inner, word(1n, 4)), value('y', int(4, true), word(2n, 4))] });
  for (const condition of ['arg.x == 1', 'arg.y == 2', 'arg.arg.x == 1', 'arg is A { x: 1 }'])
    expect(evaluate(parseFilter(condition, call.scope), call.environment)).toBe(true);
});

describe('keys', () => {
  const keyOf = (grouping: string): string => {
    const key = evaluateKey(parseGrouping(grouping, scope), environment);
    return isUndecided(key) ? key.undecided : `${key.kind} ${keyId(key)}`;
  };
  test.each([
    ['n', 'int -3'],
    ['w', 'int 18446744073709551615'],
    ['ok', 'bool true'],
    ['f', 'float 0.10000000149011612'],
    ['nan', 'float NaN'],
    ['short', 'text "short"'],
    ['long', 'truncated'],
    ['mode', 'variant "Append"'],
    ['ret.variant', 'variant "Err"'],
    ['duration / 10ms', 'int 1'],
    ['duration', 'duration 12000000'],
    ["(n, (short, 'x'))", 'tuple (-3,("short","x"))'],
    ['(n, gone)', 'gone'],
    ['invalid', 'invalid'],
    ['comm', 'text "worker"'],
    ['n > 0', 'bool false'],
  ])('%s: %s', (grouping, expected) => {
    expect(keyOf(grouping)).toBe(expected);
  });

  test.each([
    ['short', 5, '"short"'],
    ['short', 4, '"shor"…'],
    ['short', 0, '""…'],
    // What is wanted of it is known, whatever comes behind that.
    ['long', 5, '"hello"…'],
    ['long', 6, 'truncated'],
    ['cstr', 5, '"open"'],
    ['comm', 3, '"wor"…'],
  ])('%s by %i bytes: %s', (grouping, maxText, expected) => {
    const key = evaluateKey(parseGrouping(grouping, scope), environment, maxText);
    expect(isUndecided(key) ? key.undecided : keyId(key)).toBe(expected);
  });

  test('a text that is cut within a character is still text, and told apart by all its bytes', () => {
    const [a, b] = ['aé', 'aê'].map((one) => textKeyOf(Buffer.from(one).subarray(0, 3), true));
    const [c, d] = ['aé', 'aè'].map((one) => textKeyOf(Buffer.from(one).subarray(0, 2), true));
    const ids = [a, b, c, d, textKeyOf(Buffer.from('a'), false), textKeyOf(Buffer.from('a'), true)].map(
      (key) => key && keyId(key),
    );
    expect(c).toMatchObject({ text: 'a' });
    expect(c && keyId(c)).toBe(d && keyId(d));
    expect(new Set(ids).size).toBe(5);
    expect(textKeyOf(Uint8Array.of(0xff, 0xc3), true)).toMatchObject({ text: null });
  });
});

test('what is known at entry is told apart from the rest', () => {
  const split = splitByPhase(parseFilter('n == -3 && duration > 1ms && (ok || ret.is_ok()) && r == 7', scope));
  expect(split.entry && phaseOf(split.entry)).toBe('entry');
  expect(split.exit && phaseOf(split.exit)).toBe('exit');
  expect(split.entry).toEqual(parseFilter('n == -3 && r == 7', scope));
  expect(split.exit).toEqual(parseFilter('duration > 1ms && (ok || ret.is_ok())', scope));
  expect(splitByPhase(parseFilter('n == 1 || ret.is_ok()', scope)).entry).toBeNull();
  expect(splitByPhase(parseFilter('words[n] == 1 && comm == "x"', scope)).exit).toBeNull();
  expect(phaseOf(parseGrouping('(n, ret.variant)', scope))).toBe('exit');
});

const range = fc.record({ low: fc.bigInt({ min: 0n, max: 255n }), high: fc.bigInt({ min: 0n, max: 255n }) });
const enums = fc.record({
  kind: fc.constant('enum' as const),
  size: fc.constant(1),
  tag: fc.option(fc.constant({ offset: 0, size: 1 as const })),
  variants: fc
    .array(fc.option(fc.array(range, { maxLength: 3 })), { minLength: 1, maxLength: 4 })
    .map((all) => all.map((values, index) => ({ name: `V${index}`, form: 'unit' as const, fields: [], values }))),
});

test('a value is the variant that it is shown as', () => {
  fc.assert(
    fc.property(enums, fc.nat(255), (shape, tag) => {
      const bytes = Uint8Array.of(tag);
      const call = recordedCall({ args: [{ name: 'e', shape, bytes }] });
      const context = { memory: new Snapshot([], false), concrete: () => null, items: 8 };
      const shown = decodeShape(shape, { bytes, missing: [] }, context).text;
      const key = evaluateKey(parseGrouping('e.variant', call.scope), call.environment);
      expect(isUndecided(key) ? key.undecided : keyId(key)).toBe(
        shown.startsWith('<invalid') ? 'invalid' : `"${shown}"`,
      );
      for (const { name } of shape.variants) {
        const outcome = evaluate(parseFilter(`e is ${name}`, call.scope), call.environment);
        expect(isUndecided(outcome) ? 'invalid' : outcome).toBe(
          shown.startsWith('<invalid') ? 'invalid' : shown === name,
        );
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a part that shares its bytes with what is withheld in another variant is not read', () => {
  const secret: ValueShape = { kind: 'cut', size: 4, why: 'redacted' };
  const variant = (name: string, tag: bigint, offset: number, shape: ValueShape) => ({
    name,
    form: 'tuple' as const,
    fields: [{ name: '0', offset, shape }],
    values: [{ low: tag, high: tag }],
  });
  const shape: EnumShape = {
    kind: 'enum',
    size: 12,
    tag: { offset: 0, size: 1 },
    variants: [
      variant('Secret', 0n, 4, secret),
      variant('Same', 1n, 4, option(int(1, false))),
      variant('Beside', 2n, 8, int(4, false)),
    ],
  };
  const call = recordedCall({ args: [value('e', shape, word(2n), word(7n, 4))] });
  expect(evaluate(parseFilter('e is Beside(7)', call.scope), call.environment)).toBe(true);
  expect(evaluate(parseFilter('e is Same(_)', call.scope), call.environment)).toBe(false);
  for (const condition of ['e is Same(Some(_))', 'e is Same(x) && x.is_some()', 'e is Secret(5)'])
    expect(() => parseFilter(condition, call.scope)).toThrow("isn't known");
});
