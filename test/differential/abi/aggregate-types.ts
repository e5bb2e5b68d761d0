import { type RustType, type Space, several } from './rust-type.ts';
import { scalar } from './scalar-types.ts';

export const structOf = (space: Space, attribute: string, fields: readonly RustType[]): RustType => {
  const copy = fields.every((field) => field.copy);
  // A packed struct's fields can't be borrowed, so what is derived must copy them.
  const derived = copy ? '#[derive(Clone, Copy)] ' : '';
  const name = space.declare('S', (own) => {
    const list = fields.map(({ text }, index) => `pub f${index}: ${text}`).join(', ');
    const marks = fields.map((_, index) => `Mark::mark(addr_of!((*at).f${index}), mask);`).join(' ');
    return `${derived}${attribute}pub struct ${own} { ${list} }\nimpl Mark for ${own} { unsafe fn mark(at: *const Self, mask: &mut Mask) { ${marks} } }`;
  });
  const value = (): string => `${name} { ${fields.map((field, index) => `f${index}: ${field.value()}`).join(', ')} }`;
  return { text: name, value, copy };
};

export const tuple = (space: Space, depth: number): RustType => {
  const { dice } = space;
  const fields = several(2 + dice.below(3), () => space.any(depth));
  return {
    text: `(${fields.map(({ text }) => text).join(', ')})`,
    value: () => `(${fields.map(({ value }) => value()).join(', ')})`,
    copy: fields.every(({ copy }) => copy),
  };
};

export const array = (space: Space, depth: number): RustType => {
  const { dice } = space;
  const element = space.any(Math.min(depth, 1));
  const length = dice.below(5);
  const value = (): string => `[${several(length, () => element.value()).join(', ')}]`;
  return { text: `[${element.text}; ${length}]`, value, copy: element.copy };
};

export const struct = (space: Space, depth: number): RustType => {
  const { dice } = space;
  const attribute = dice.weighted([
    [6, ''],
    [2, '#[repr(C)] '],
    [1, '#[repr(align(16))] '],
    [1, '#[repr(align(32))] '],
  ]);
  const fields = several(1 + dice.below(5), () => space.any(depth));
  return structOf(space, attribute, fields);
};

export const newtype = (space: Space, depth: number): RustType => {
  const { dice } = space;
  return structOf(space, dice.pick(['', '#[repr(transparent)] ', '#[repr(C)] ']), [space.any(depth)]);
};

export const packed = (space: Space): RustType => {
  const { dice } = space;
  return structOf(
    space,
    '#[repr(packed)] ',
    several(1 + dice.below(4), () => scalar(dice)),
  );
};

export const fieldless = (space: Space): RustType => {
  const { dice } = space;
  const attribute = dice.pick([
    '',
    '',
    '#[repr(C)] ',
    '#[repr(u8)] ',
    '#[repr(i16)] ',
    '#[repr(u32)] ',
    '#[repr(i64)] ',
  ]);
  const discriminants = dice.pick([['', '', ''], [' = 1', ' = 100', ''], ['', ''], [' = 0', ' = 127', ''], ['']]);
  const variants = attribute === '' && dice.below(4) === 0 ? [' = 1', ' = 300'] : discriminants;
  const name = space.declare('E', (own) => {
    const list = variants.map((discriminant, index) => `V${index}${discriminant}`).join(', ');
    // Nobody need pass or read a value that can be only one.
    const mark = variants.length > 1 ? 'whole' : 'unmarked';
    return `#[derive(Clone, Copy)] ${attribute}pub enum ${own} { ${list} }\n${mark}!(${own});`;
  });
  return { text: name, value: () => `${name}::V${dice.below(variants.length)}`, copy: true };
};

export const dataEnum = (space: Space, depth: number): RustType => {
  const { dice } = space;
  const attribute = dice.weighted([
    [8, ''],
    [1, '#[repr(C)] '],
    [1, '#[repr(u8)] '],
    [1, '#[repr(i32)] '],
  ]);
  const variants = several(1 + dice.below(4), () => several(dice.pick([0, 1, 1, 1, 2, 3]), () => space.any(depth)));
  if (variants.every((fields) => fields.length === 0)) variants.push([space.any(depth)]);
  const copy = variants.flat().every((field) => field.copy);
  const name = space.declare('D', (own) => {
    const list = variants.map((fields, index) => `V${index}(${fields.map(({ text }) => text).join(', ')})`);
    const arms = variants.map((fields, index) => {
      const names = fields.map((_, field) => `x${field}`);
      return `${own}::V${index}(${names.join(', ')}) => { ${names.map((field) => `Mark::mark(${field}, mask);`).join(' ')} }`;
    });
    const derived = copy ? '#[derive(Clone, Copy)] ' : '';
    return `${derived}${attribute}pub enum ${own} { ${list.join(', ')} }\nimpl Mark for ${own} { unsafe fn mark(at: *const Self, mask: &mut Mask) { match &*at { ${arms.join(' ')} } } }`;
  });
  const value = (): string => {
    const index = dice.below(variants.length);
    return `${name}::V${index}(${variants[index]!.map((field) => field.value()).join(', ')})`;
  };
  return { text: name, value, copy };
};
