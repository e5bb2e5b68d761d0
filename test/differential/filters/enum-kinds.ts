import { type Condition, matched, one, type Place, type TestPattern } from './condition.ts';
import type { Kind, Kinds } from './kind.ts';

type Field = { readonly name: string | null; readonly kind: Kind };
type Variant = { readonly name: string; readonly form: 'unit' | 'tuple' | 'named'; readonly fields: readonly Field[] };

/** `path`: what stands before a variant's name in Rust. */
type Enum = { readonly text: string; readonly path: string; readonly variants: readonly Variant[] };

const around = ({ form }: Variant, parts: readonly string[]): string =>
  form === 'unit' ? '' : form === 'tuple' ? `(${parts.join(', ')})` : ` { ${parts.join(', ')} }`;

const named = ({ name }: Field, inner: string): string => (name === null ? inner : `${name}: ${inner}`);

const rest = (variant: Variant): string =>
  variant.form === 'unit' ? '' : variant.form === 'tuple' ? '(..)' : ' { .. }';

/** An enum by its variants. */
const enumKind = (kinds: Kinds, { text, path, variants }: Enum): Kind => {
  const { dice } = kinds;
  const isVariant = (variant: Variant, place: string): string =>
    `Some(matches!(&${place}, ${path}${variant.name}${rest(variant)}))`;

  const withBinding = (at: Place, variant: Variant): Condition => {
    const chosen = dice.below(variant.fields.length);
    const name = kinds.binding();
    const field = variant.fields[chosen]!;
    const blanks = variant.fields.map((other, index) => named(other, index === chosen ? name : '_'));
    const then = field.kind.ask({ rust: `(*${name})`, rsym: name });
    const pattern = around(variant, blanks);
    const shown = variant.form === 'named' && dice.below(2) === 0 ? ` { ${field.name}: ${name}, .. }` : pattern;
    return matched(at, { rust: `${path}${variant.name}${pattern}`, rsym: `${variant.name}${shown}` }, then);
  };

  const nested = (): TestPattern => {
    const variant = dice.pick(variants);
    const inner = variant.fields.map((field) => {
      const make = dice.below(3) === 0 ? undefined : field.kind.pattern;
      return { field, name: kinds.binding(), pattern: make?.() ?? null };
    });
    const rsym = around(
      variant,
      inner.map(({ field, pattern }) => named(field, pattern === null ? '_' : pattern.rsym)),
    );
    const binds = around(
      variant,
      inner.map(({ field, name, pattern }) => named(field, pattern === null ? '_' : name)),
    );
    const test = inner.reduceRight(
      (after, { name, pattern }) => (pattern === null ? after : `and(${pattern.rust(`(*${name})`)}, || ${after})`),
      'Some(true)',
    );
    return {
      rsym: `${variant.name}${rsym}`,
      rust: (place) =>
        `match &${place} { ${path}${variant.name}${binds} => ${test}, #[allow(unreachable_patterns)] _ => Some(false) }`,
    };
  };

  const ask = (at: Place): Condition => {
    const variant = dice.pick(variants);
    const { name, form, fields } = variant;
    const other = dice.pick(variants);
    const simple = isVariant(variant, at.rust);
    return dice.weighted<() => Condition>([
      [1, () => one(`${at.rsym}.variant == "${name}"`, simple)],
      [1, () => one(`${at.rsym}.variant != "${name}"`, `not(${simple})`)],
      [2, () => one(`${at.rsym} is ${name}${rest(variant)}`, simple)],
      [form === 'unit' ? 3 : 0, () => one(`${at.rsym} == ${path}${name}`, simple)],
      [fields.length > 0 ? 8 : 0, () => withBinding(at, variant)],
      [
        3,
        () => {
          const { rsym, rust } = nested();
          return one(`${at.rsym} is ${rsym}`, rust(at.rust));
        },
      ],
      [
        1,
        () => {
          const last = `${other.name}${rest(other)}`;
          return one(
            `${at.rsym} is ${name}${rest(variant)} | ${last}`,
            `or(${simple}, || ${isVariant(other, at.rust)})`,
          );
        },
      ],
    ])();
  };

  return {
    text,
    value: () => {
      const variant = dice.pick(variants);
      return `${path}${variant.name}${around(
        variant,
        variant.fields.map((field) => named(field, field.kind.value())),
      )}`;
    },
    ask,
    pattern: nested,
  };
};

export const dataEnum = (kinds: Kinds, depth: number): Kind => {
  const { dice } = kinds;
  const variants = Array.from({ length: 1 + dice.below(5) }, (_, index): Variant => {
    const form = dice.weighted([
      [2, 'unit'],
      [3, 'tuple'],
      [2, 'named'],
    ] as const);
    const fields = Array.from({ length: form === 'unit' ? 0 : 1 + dice.below(3) }, (_, field) => ({
      name: form === 'named' ? `f${field}` : null,
      kind: kinds.any(depth),
    }));
    return { name: `V${index}`, form, fields };
  });
  const declared = variants.map(
    (variant) =>
      `${variant.name}${around(
        variant,
        variant.fields.map((field) => named(field, field.kind.text)),
      )}`,
  );
  const text = kinds.declare('Enum', (name) => `enum ${name} { ${declared.join(', ')} }`);
  return enumKind(kinds, { text, path: `${text}::`, variants });
};

/** Variants without fields, of which some have numbers of their own. */
export const fieldless = (kinds: Kinds): Kind => {
  const { dice } = kinds;
  const variants = Array.from(
    { length: 2 + dice.below(5) },
    (_, index): Variant => ({ name: `W${index}`, form: 'unit', fields: [] }),
  );
  const repr = dice.pick(['', '#[repr(u8)] ', '#[repr(i16)] ', '#[repr(C)] ']);
  const declared = variants.map(
    ({ name }, index) => `${name}${repr === '' ? '' : ` = ${index * 7 - (repr.includes('i16') ? 20 : 0)}`}`,
  );
  const text = kinds.declare('Mode', (name) => `${repr}enum ${name} { ${declared.join(', ')} }`);
  return enumKind(kinds, { text, path: `${text}::`, variants });
};

const unit = (name: string): Variant => ({ name, form: 'unit', fields: [] });
const tuple = (name: string, kind: Kind): Variant => ({ name, form: 'tuple', fields: [{ name: null, kind }] });

const withTests = (kinds: Kinds, kind: Kind, tests: readonly string[]): Kind => ({
  ...kind,
  ask: (at) => {
    if (kinds.dice.below(4) > 0) return kind.ask(at);
    const test = kinds.dice.pick(tests);
    return one(`${at.rsym}.${test}()`, `Some(${at.rust}.${test}())`);
  },
});

export const option = (kinds: Kinds, depth: number): Kind => {
  const inner = kinds.any(depth);
  const kind = enumKind(kinds, {
    text: `Option<${inner.text}>`,
    path: '',
    variants: [unit('None'), tuple('Some', inner)],
  });
  return withTests(kinds, kind, ['is_some', 'is_none']);
};

export const result = (kinds: Kinds, depth: number): Kind => {
  const [ok, error] = [kinds.any(depth), kinds.any(depth)];
  const kind = enumKind(kinds, {
    text: `Result<${ok.text}, ${error.text}>`,
    path: '',
    variants: [tuple('Ok', ok), tuple('Err', error)],
  });
  return withTests(kinds, kind, ['is_ok', 'is_err']);
};
