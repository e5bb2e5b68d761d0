import fc from 'fast-check';
import { type Modelled, textValue } from './modelled-values.ts';

/** What an expression should give: a value, or undefined where it can't be told. */
type Expected<T> = { readonly text: string; readonly value: T | undefined };
type Condition = Expected<boolean>;

/** A place in a value, with the text that names it; undefined: nothing of it is known. */
export type Named = { readonly text: string; readonly value: Modelled };

/** A value without the boxes around it; all that is in an unknown one is unknown too. */
export const opened = (
  value: Modelled,
  isUnknown = false,
): { readonly value: Modelled; readonly isUnknown: boolean } => {
  if (value.kind === 'unknown') return opened(value.of, true);
  return value.kind === 'box' ? opened(value.value, isUnknown) : { value, isUnknown };
};

const unknownIf = (isUnknown: boolean, of: Modelled): Modelled => (isUnknown ? { kind: 'unknown', of } : of);

/** The value, and everything that can be named in it. */
export const placesIn = (named: Named): Named[] => {
  const { value, isUnknown } = opened(named.value);
  const own = { text: named.text, value: unknownIf(isUnknown, value) };
  if (value.kind === 'struct')
    return [
      own,
      ...value.fields.flatMap((field) =>
        placesIn({ text: `${named.text}.${field.name}`, value: unknownIf(isUnknown, field.value) }),
      ),
    ];
  if (value.kind !== 'vec') return [own];
  return [
    own,
    ...[0, 1, 3].flatMap((index) => {
      const item = value.items[index] ?? ({ kind: 'unknown', of: value.other } as const);
      return placesIn({ text: `${named.text}[${index}]`, value: unknownIf(isUnknown, item) });
    }),
  ];
};

const numbers = { least: -(1n << 127n), most: (1n << 128n) - 1n };
const inRange = (value: bigint): bigint | undefined =>
  value < numbers.least || value > numbers.most ? undefined : value;

const computed: Record<string, (a: bigint, b: bigint) => bigint | undefined> = {
  '+': (a, b) => inRange(a + b),
  '-': (a, b) => inRange(a - b),
  '*': (a, b) => inRange(a * b),
  '/': (a, b) => (b === 0n ? undefined : inRange(a / b)),
  '%': (a, b) => (b === 0n ? undefined : a % b),
  '&': (a, b) => inRange(a & b),
  '|': (a, b) => inRange(a | b),
  '^': (a, b) => inRange(a ^ b),
  '<<': (a, b) => (b < 0n || b > 127n ? undefined : inRange(a * 2n ** b)),
  // Towards less, as halving is.
  '>>': (a, b) => (b < 0n || b > 127n ? undefined : (a - (((a % 2n ** b) + 2n ** b) % 2n ** b)) / 2n ** b),
};

const compared: Record<string, (order: number) => boolean> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

const orderOf = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN);

type Choose = <T>(options: readonly T[]) => T;
type Gen = fc.GeneratorValue;

/** Makes expressions about the places of a call, with what they should give. */
export class Maker {
  readonly #g: Gen;
  readonly #choose: Choose;

  constructor(g: Gen) {
    this.#g = g;
    this.#choose = (options) => g(() => fc.constantFrom(...options));
  }

  condition(places: readonly Named[], depth: number, fresh: number): Condition {
    const kind = depth <= 0 ? 'leaf' : this.#choose(['leaf', 'leaf', 'and', 'or', 'not', 'let']);
    if (kind === 'leaf') return this.#leaf(places, fresh);
    if (kind === 'let') return this.#matching(places, depth, fresh);
    const left = this.condition(places, depth - 1, fresh);
    if (kind === 'not') return { text: `!(${left.text})`, value: left.value === undefined ? undefined : !left.value };
    const right = this.condition(places, depth - 1, fresh);
    return kind === 'and' ? and(left, right) : or(left, right);
  }

  /** `x is Variant(a, b) && …a…`, or several variants that bind the same. */
  #matching(places: readonly Named[], depth: number, fresh: number): Condition {
    const enums = places.filter(({ value }) => opened(value).value.kind === 'enum');
    if (enums.length === 0) return this.#leaf(places, fresh);
    const of = this.#choose(enums);
    const { value, isUnknown } = opened(of.value);
    if (value.kind !== 'enum') throw new Error('an enum was chosen');
    const bound = `n${fresh}`;
    const one = this.#choose(['Some', 'Both', 'either']);
    const text =
      one === 'Some'
        ? `${of.text} is Some(.., ${bound})`
        : one === 'Both'
          ? `${of.text} is My::Both(_, ${bound})`
          : `${of.text} is Both(.., ${bound}) | Some(.., ${bound})`;
    const active = value.variants[value.active];
    const isMatching = active !== undefined && active.fields.length > 0 && (one === 'either' || active.name === one);
    const test: Condition = { text, value: isUnknown ? undefined : isMatching };
    const inner = active?.fields.at(-1);
    const some = value.variants.find(({ name }) => name === 'Some')?.fields.at(-1);
    if (some === undefined) throw new Error('Some has a field');
    const what =
      isMatching && inner !== undefined ? unknownIf(isUnknown, inner) : ({ kind: 'unknown', of: some } as const);
    return and(
      test,
      this.condition([...places, ...placesIn({ text: bound, value: what })], depth - 1, fresh + 1),
      !isMatching && !isUnknown,
    );
  }

  #leaf(places: readonly Named[], fresh: number): Condition {
    const { text, value: whole } = this.#choose(places);
    const { value, isUnknown } = opened(whole);
    const known = <T>(one: T): T | undefined => (isUnknown ? undefined : one);
    switch (value.kind) {
      case 'bool':
        return { text, value: known(value.value) };
      case 'int':
        return this.#number(places, { text, value: known(value.value) });
      case 'char': {
        const other = this.#choose(['a', 'z', 'é']);
        const sign = this.#choose(Object.keys(compared));
        const order = orderOf(value.value.codePointAt(0) ?? 0, other.codePointAt(0) ?? 0);
        return { text: `(${text} ${sign} '${other}')`, value: known(compared[sign]?.(order) ?? false) };
      }
      case 'float': {
        const other = this.#choose([0.5, 1, 1e30]);
        const sign = this.#choose(Object.keys(compared));
        const literal = value.size === 4 ? Math.fround(other) : other;
        const order = orderOf(value.value, literal);
        // NaN differs from everything, and is neither less nor more.
        const holds = Number.isNaN(order) ? sign === '!=' : (compared[sign]?.(order) ?? false);
        return { text: `(${text} ${sign} ${other === 0.5 ? '0.5' : other === 1 ? '1' : '1e30'})`, value: known(holds) };
      }
      case 'time': {
        const other = this.#choose(['1ns', '1.5s', '10ms']);
        const nanoseconds = { '1ns': 1n, '1.5s': 1_500_000_000n, '10ms': 10_000_000n }[other] ?? 0n;
        const sign = this.#choose(Object.keys(compared));
        return {
          text: `(${text} ${sign} ${other})`,
          value: known(compared[sign]?.(orderOf(value.value, nanoseconds)) ?? false),
        };
      }
      case 'text':
        return this.#textTest(text, value, isUnknown);
      case 'vec':
        return this.#number(places, { text: `${text}.len()`, value: known(BigInt(value.items.length)) });
      case 'enum': {
        const name = this.#choose(['Some', 'None', 'Both']);
        const form = this.#choose(['is', 'variant', 'method']);
        const isActive = value.variants[value.active]?.name === name;
        if (form === 'method' && name !== 'Both')
          return { text: `${text}.is_${name.toLowerCase()}()`, value: known(isActive) };
        if (form === 'variant') return { text: `(${text}.variant != "${name}")`, value: known(!isActive) };
        return { text: `(${text} is ${name}${name === 'None' ? '' : '(..)'})`, value: known(isActive) };
      }
      case 'struct':
        return { text: `(${text} is Thing { .. })`, value: true };
      default:
        return { text: `(${fresh} == ${fresh})`, value: true };
    }
  }

  #textTest(text: string, { value, captured }: Extract<Modelled, { kind: 'text' }>, isUnknown: boolean): Condition {
    const other = this.#g(() => textValue);
    const [bytes, wanted] = [Buffer.from(value), Buffer.from(other)];
    const start = bytes.subarray(0, captured);
    const isWhole = captured === bytes.length;
    const literal = `"${other.replaceAll(/["\\]/g, '\\$&')}"`;
    const begins = (): boolean | undefined => {
      if (wanted.length > bytes.length) return false;
      if (!start.subarray(0, wanted.length).equals(wanted.subarray(0, Math.min(captured, wanted.length)))) return false;
      return captured >= wanted.length ? true : undefined;
    };
    const is = (): boolean | undefined => (bytes.length === wanted.length ? begins() : false);
    const negated = (one: boolean | undefined) => (one === undefined ? undefined : !one);
    const kind = this.#choose(['==', '!=', 'starts_with', 'ends_with', 'contains', 'empty']);
    const result = ((): boolean | undefined => {
      if (kind === '==') return is();
      if (kind === '!=') return negated(is());
      if (kind === 'empty') return bytes.length === 0;
      if (wanted.length === 0) return true;
      if (kind === 'starts_with') return begins();
      if (wanted.length > bytes.length) return false;
      if (kind === 'contains') return start.includes(wanted) ? true : isWhole ? false : undefined;
      // What is known of the end begins where the wanted text would.
      const end = bytes.subarray(bytes.length - wanted.length, Math.max(captured, bytes.length - wanted.length));
      return end.equals(wanted.subarray(0, end.length)) ? (isWhole ? true : undefined) : false;
    })();
    const given =
      kind === 'empty'
        ? `${text}.is_empty()`
        : kind.includes('=')
          ? `(${text} ${kind} ${literal})`
          : `${text}.${kind}(${literal})`;
    return { text: given, value: isUnknown ? undefined : result };
  }

  /** A number with others, computed and compared. */
  #number(places: readonly Named[], first: Expected<bigint>): Condition {
    let left = first;
    if (this.#choose([true, false, false])) left = this.#power(left);
    while (this.#choose([true, true, false])) {
      const right = this.#operand(places);
      const sign = this.#choose(Object.keys(computed));
      const both = left.value !== undefined && right.value !== undefined;
      left = {
        text: `(${left.text} ${sign} ${right.text})`,
        value: both ? computed[sign]?.(left.value as bigint, right.value as bigint) : undefined,
      };
    }
    const right = this.#operand(places);
    if (this.#choose([true, false, false])) {
      const isIn = left.value === undefined ? undefined : left.value >= -2n && left.value <= 3n;
      return { text: `(${left.text} is -2..=3)`, value: isIn };
    }
    const sign = this.#choose(Object.keys(compared));
    const isKnown = left.value !== undefined && right.value !== undefined;
    return {
      text: `(${left.text} ${sign} ${right.text})`,
      value: isKnown ? compared[sign]?.(orderOf(left.value, right.value)) : undefined,
    };
  }

  #power({ text, value }: Expected<bigint>): Expected<bigint> {
    const steps = (of: bigint, most: bigint): bigint => {
      let count = 0n;
      while (2n ** count < of && count <= most) count++;
      return count;
    };
    if (this.#choose([true, false])) {
      const log = value === undefined || value <= 0n ? undefined : steps(value + 1n, 200n) - 1n;
      return { text: `${text}.ilog2()`, value: log };
    }
    const power = value === undefined || value < 0n ? undefined : inRange(2n ** steps(value, 200n));
    return { text: `${text}.next_power_of_two()`, value: power };
  }

  #operand(places: readonly Named[]): Expected<bigint> {
    const ints = places.filter(({ value }) => opened(value).value.kind === 'int');
    if (ints.length > 0 && this.#choose([true, false])) {
      const { text, value: whole } = this.#choose(ints);
      const { value, isUnknown } = opened(whole);
      return { text, value: value.kind === 'int' && !isUnknown ? value.value : undefined };
    }
    const value = this.#choose([0n, 1n, 2n, 7n, 255n, -1n, 1n << 64n]);
    return { text: value < 0n ? `(${value})` : String(value), value };
  }
}

/** `isAbsent`: the right side is about what isn't there. */
const and = (left: Condition, right: Condition, isAbsent = false): Condition => ({
  text: `(${left.text} && ${right.text})`,
  value:
    isAbsent || left.value === false || right.value === false
      ? false
      : left.value === undefined || right.value === undefined
        ? undefined
        : true,
});
const or = (left: Condition, right: Condition): Condition => ({
  text: `(${left.text} || ${right.text})`,
  value:
    left.value === true || right.value === true
      ? true
      : left.value === undefined || right.value === undefined
        ? undefined
        : false,
});
