import type { Dice } from '../abi/dice.ts';
import { type Condition, type NumberTerm, one, type Place, type TestPattern } from './condition.ts';
import type { Kind } from './kind.ts';

const widths = {
  i8: 8,
  u8: 8,
  i16: 16,
  u16: 16,
  i32: 32,
  u32: 32,
  i64: 64,
  u64: 64,
  isize: 64,
  usize: 64,
  i128: 128,
  u128: 128,
} as const;

type IntegerName = keyof typeof widths;
const names = Object.keys(widths) as IntegerName[];

const endsOf = (name: IntegerName): readonly [bigint, bigint] => {
  const bits = BigInt(widths[name]);
  return name.startsWith('i') ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
};

const signs = ['==', '!=', '<', '<=', '>', '>='] as const;
export const sign = (dice: Dice): string => dice.pick(signs);

/** A number as rsym has it, in one of the ways to write it. */
const written = (dice: Dice, value: bigint): string => {
  if (value < 0n) return `-${-value}`;
  return dice.weighted([
    [6, () => `${value}`],
    [2, () => `0x${value.toString(16)}`],
    [1, () => `${value}`.replace(/\B(?=(\d{3})+$)/g, '_')],
    [1, () => `0b${value.toString(2)}`],
  ])();
};

const least = -(1n << 127n);
const most = (1n << 128n) - 1n;

export const numberOf = (value: bigint): string => (value >= 1n << 127n ? `num(${value}u128)` : `num(${value}i128)`);

export const literal = (dice: Dice, value: bigint): NumberTerm => ({
  rsym: written(dice, value),
  rust: numberOf(value),
});

/** Something computed from a number; `near`: numbers that are met. */
const computed = (dice: Dice, term: NumberTerm, near: () => bigint): NumberTerm => {
  const small = (): bigint => BigInt(1 + dice.below(40));
  const plain = (name: string, operator: string, by: bigint): NumberTerm => ({
    rsym: `${term.rsym} ${operator} ${written(dice, by)}`,
    rust: `${name}(${term.rust}, ${numberOf(by)})`,
  });
  const masked = (operator: string, by: bigint): NumberTerm => ({
    rsym: `(${term.rsym} ${operator} ${written(dice, by)})`,
    rust: `bits(${term.rust}, ${numberOf(by)}, |a, b| a ${operator} b)`,
  });
  const shifted = (operator: '<<' | '>>'): NumberTerm => {
    const by = dice.pick([0, 1, 3, 8, 31, 32, 63, 64, 100]);
    return {
      rsym: `(${term.rsym} ${operator} ${by})`,
      rust: `${operator === '<<' ? 'shl' : 'shr'}(${term.rust}, ${by})`,
    };
  };
  return dice.weighted<() => NumberTerm>([
    [3, () => plain('add', '+', near())],
    [3, () => plain('sub', '-', near())],
    [2, () => plain('mul', '*', small())],
    [2, () => plain('div', '/', dice.below(12) === 0 ? 0n : small())],
    [3, () => plain('rem', '%', small())],
    [1, () => plain('rem', '%', -small())],
    [2, () => masked('&', dice.pick([1n, 2n, 0xffn, 0xf0n, 0xffff_0000n, near() < 0n ? 7n : 0x8000_0000_0000_0000n]))],
    [1, () => masked('|', small())],
    [1, () => masked('^', small())],
    [1, () => shifted('>>')],
    [1, () => shifted('<<')],
    [1, () => ({ rsym: `-${term.rsym}`, rust: `neg(${term.rust})` })],
  ])();
};

/** A question about a number that is met near such values. */
export const askNumber = (dice: Dice, term: NumberTerm, near: () => bigint): Condition => {
  const comparison = (left: NumberTerm, right: NumberTerm, how = sign(dice)): Condition =>
    one(`${left.rsym} ${how} ${right.rsym}`, `test(${left.rust}, "${how}", ${right.rust})`);
  return dice.weighted<() => Condition>([
    [5, () => comparison(term, literal(dice, near()))],
    [1, () => comparison(literal(dice, near()), term)],
    [2, () => matchNumber(dice, term, near)],
    [4, () => comparison(computed(dice, term, near), literal(dice, near()))],
    [2, () => comparison(computed(dice, bracketed(computed(dice, term, near)), near), literal(dice, near()))],
    [1, () => comparison(computed(dice, term, near), computed(dice, term, near))],
  ])();
};

const bracketed = ({ rust, rsym }: NumberTerm): NumberTerm => ({ rust, rsym: `(${rsym})` });

const matchNumber = (dice: Dice, term: NumberTerm, near: () => bigint): Condition => {
  const { rsym, rust } = numberPattern(dice, near);
  return one(`${term.rsym} is ${rsym}`, rust(term.rust));
};

/** `rust` is given the source of a `Known`. */
const numberPattern = (dice: Dice, near: () => bigint): TestPattern => {
  const [a, b] = [near(), near()];
  const [low, high] = a <= b ? [a, b] : [b, a];
  const within = (value: string, upper: string): string =>
    `and(test(${value}, ">=", ${numberOf(low)}), || test(${value}, "${upper}", ${numberOf(high)}))`;
  return dice.pick<() => TestPattern>([
    () => ({ rsym: plainNumber(a), rust: (value) => `test(${value}, "==", ${numberOf(a)})` }),
    () => ({ rsym: `${plainNumber(low)}..=${plainNumber(high)}`, rust: (value) => within(value, '<=') }),
    () =>
      low === high
        ? { rsym: `..=${plainNumber(low)}`, rust: (value) => `test(${value}, "<=", ${numberOf(low)})` }
        : { rsym: `${plainNumber(low)}..${plainNumber(high)}`, rust: (value) => within(value, '<') },
    () => ({ rsym: `${plainNumber(low)}..`, rust: (value) => `test(${value}, ">=", ${numberOf(low)})` }),
    () => ({
      rsym: `${plainNumber(a)} | ${plainNumber(b)}`,
      rust: (value) => `or(test(${value}, "==", ${numberOf(a)}), || test(${value}, "==", ${numberOf(b)}))`,
    }),
  ])();
};

const plainNumber = (value: bigint): string => `${value}`;

export const integer = (dice: Dice, name: IntegerName = dice.pick(names)): Kind => {
  const [low, high] = endsOf(name);
  const clamp = (value: bigint): bigint => (value < low ? low : value > high ? high : value);
  const pool = [low, low + 1n, high, high - 1n, 0n, 1n, 2n, 7n, 10n, 100n, -1n, -3n, 1000n, 1n << 31n].map(clamp);
  // Some values of this very type come again and again, so that `==` finds some.
  const own = Array.from({ length: 3 }, () => clamp(BigInt(dice.below(1 << 30)) ** BigInt(1 + dice.below(3))));
  const value = (): bigint =>
    dice.weighted<() => bigint>([
      [2, () => dice.pick(pool)],
      [2, () => dice.pick(own)],
      [2, () => clamp(BigInt(dice.below(20)) - 4n)],
    ])();
  const near = (): bigint => {
    const found =
      value() +
      BigInt(
        dice.weighted([
          [4, 0],
          [1, 1],
          [1, -1],
          [1, 256],
        ] as const),
      );
    return found < least ? least : found > most ? most : found;
  };
  const term = ({ rust, rsym }: Place): NumberTerm =>
    dice.below(10) === 0 ? { rsym: `!${rsym}`, rust: `num(!${rust})` } : { rsym, rust: `num(${rust})` };
  return {
    text: name,
    value: () => literalOf(value(), name),
    ask: (at) => askNumber(dice, term(at), near),
    pattern: () => {
      const pattern = numberPattern(dice, near);
      return { rsym: pattern.rsym, rust: (place) => pattern.rust(`num(${place})`) };
    },
    numbers: (at) => [{ rsym: at.rsym, rust: `num(${at.rust})` }],
  };
};

const literalOf = (value: bigint, name: IntegerName): string => (value < 0n ? `(${value}${name})` : `${value}${name}`);

/** A number that methods tell, as a length. */
export const askSmall = (dice: Dice, rsym: string, rust: string): Condition =>
  askNumber(dice, { rsym, rust: `num(${rust})` }, () => BigInt(dice.below(6)));

const floats = ['0.0', '-0.0', '0.1', '0.5', '1.0', '-1.5', '3.25', '1e10', '1e-3', '16777217.0', 'NAN', 'INFINITY'];

export const float = (dice: Dice, name: 'f32' | 'f64' = dice.pick(['f32', 'f64'])): Kind => {
  const value = (): string => {
    const text = dice.pick(floats);
    return /^[NI]/.test(text) ? `${name}::${text}` : `(${text}${name})`;
  };
  /** A literal in the language is rounded to the type of the other side, as one in Rust. */
  const known = (): string => dice.pick(floats.filter((text) => !/^[NI]/.test(text)));
  return {
    text: name,
    value,
    ask: ({ rust, rsym }) => {
      const how = sign(dice);
      const literal = known();
      return dice.weighted<() => Condition>([
        [4, () => one(`${rsym} ${how} ${literal}`, `test(Some(${rust}), "${how}", Some(${literal}${name}))`)],
        [1, () => one(`${rsym} ${how} 1`, `test(Some(${rust}), "${how}", Some(1.0${name}))`)],
        [
          2,
          () => {
            const operator = dice.pick(['+', '-', '*', '/', '%']);
            const by = known();
            return one(
              `${rsym} ${operator} ${by} ${how} ${literal}`,
              `test(Some(${rust} ${operator} ${by}${name}), "${how}", Some(${literal}${name}))`,
            );
          },
        ],
        [1, () => one(`${rsym} is 0.0..=2.5`, `Some(${rust} >= 0.0 && ${rust} <= 2.5)`)],
        [1, () => one(`${rsym} ${how} 0.1f64`, `test(Some(${rust} as f64), "${how}", Some(0.1f64))`)],
      ])();
    },
    pattern: () => ({ rsym: '..=1.0', rust: (place) => `Some(${place} <= 1.0)` }),
  };
};

export const bool = (dice: Dice): Kind => ({
  text: 'bool',
  value: () => dice.pick(['true', 'false']),
  ask: ({ rust, rsym }) =>
    dice.pick([
      one(rsym, `Some(${rust})`),
      one(`!${rsym}`, `Some(!${rust})`),
      one(`${rsym} == true`, `Some(${rust})`),
      one(`${rsym} != true`, `Some(!${rust})`),
      one(`${rsym} is false`, `Some(!${rust})`),
    ]),
  pattern: () =>
    dice.pick([
      { rsym: 'true', rust: (place: string) => `Some(${place})` },
      { rsym: 'false', rust: (place: string) => `Some(!${place})` },
    ]),
});

const chars = ['a', 'b', 'z', 'A', '0', ' ', 'é', 'ß', '漢', '🦀', '\\n', "\\'"];

export const char = (dice: Dice): Kind => {
  const letter = (): string => `'${dice.pick(chars)}'`;
  return {
    text: 'char',
    value: letter,
    ask: ({ rust, rsym }) => {
      const [how, other] = [sign(dice), letter()];
      return dice.pick([
        one(`${rsym} ${how} ${other}`, `test(Some(${rust}), "${how}", Some(${other}))`),
        one(`${rsym} is 'a'..='z'`, `Some(${rust} >= 'a' && ${rust} <= 'z')`),
        one(`${rsym} is ${other} | '🦀'`, `Some(${rust} == ${other} || ${rust} == '🦀')`),
      ]);
    },
    pattern: () => {
      const other = letter();
      return { rsym: other, rust: (place) => `Some(${place} == ${other})` };
    },
  };
};
