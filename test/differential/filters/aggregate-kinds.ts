import { type Condition, one, type Place } from './condition.ts';
import type { Kind, Kinds } from './kind.ts';

type Field = { readonly name: string; readonly kind: Kind };

/** What its fields answer; `around` writes a pattern or a value of all of them. */
const aggregate = (
  kinds: Kinds,
  text: string,
  fields: readonly Field[],
  around: {
    readonly value: (parts: readonly string[]) => string;
    readonly pattern: (parts: readonly string[]) => string;
  },
): Kind => {
  const { dice } = kinds;
  const inside = ({ rust, rsym }: Place, { name }: Field): Place => ({
    rust: `${rust}.${name}`,
    rsym: `${rsym}.${name}`,
  });
  const matching = () => {
    const parts = fields.map((field) => ({
      field,
      pattern: dice.below(3) === 0 ? null : (field.kind.pattern?.() ?? null),
    }));
    return {
      rsym: around.pattern(parts.map(({ pattern }) => pattern?.rsym ?? '_')),
      rust: (place: string) =>
        parts.reduceRight(
          (after, { field, pattern }) =>
            pattern === null ? after : `and(${pattern.rust(`${place}.${field.name}`)}, || ${after})`,
          'Some(true)',
        ),
    };
  };
  return {
    text,
    value: () => around.value(fields.map(({ kind }) => kind.value())),
    ask: (at): Condition => {
      if (dice.below(4) > 0) {
        const field = dice.pick(fields);
        return field.kind.ask(inside(at, field));
      }
      const { rsym, rust } = matching();
      return one(`${at.rsym} is ${rsym}`, rust(at.rust));
    },
    pattern: matching,
    numbers: (at) => fields.flatMap((field) => field.kind.numbers?.(inside(at, field)) ?? []),
  };
};

const fieldsOf = (kinds: Kinds, depth: number, name: (index: number) => string): Field[] =>
  Array.from({ length: 1 + kinds.dice.below(4) }, (_, index) => ({ name: name(index), kind: kinds.any(depth) }));

export const struct = (kinds: Kinds, depth: number): Kind => {
  const fields = fieldsOf(kinds, depth, (index) => `m${index}`);
  const repr = kinds.dice.pick(['', '', '#[repr(C)] ']);
  const text = kinds.declare(
    'Struct',
    (name) => `${repr}struct ${name} { ${fields.map((field) => `${field.name}: ${field.kind.text}`).join(', ')} }`,
  );
  const all = (parts: readonly string[]): string =>
    `${text} { ${parts.map((part, index) => `${fields[index]?.name}: ${part}`).join(', ')} }`;
  return aggregate(kinds, text, fields, { value: all, pattern: all });
};

export const tupleStruct = (kinds: Kinds, depth: number): Kind => {
  const fields = fieldsOf(kinds, depth, String);
  const text = kinds.declare('Tuple', (name) => `struct ${name}(${fields.map(({ kind }) => kind.text).join(', ')});`);
  const all = (parts: readonly string[]): string => `${text}(${parts.join(', ')})`;
  return aggregate(kinds, text, fields, { value: all, pattern: all });
};

export const tuple = (kinds: Kinds, depth: number): Kind => {
  const fields = fieldsOf(kinds, depth, String);
  const all = (parts: readonly string[]): string => `(${parts.join(', ')}${parts.length === 1 ? ',' : ''})`;
  return aggregate(kinds, all(fields.map(({ kind }) => kind.text)), fields, { value: all, pattern: all });
};
