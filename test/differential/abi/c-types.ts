import { structOf } from './aggregate-types.ts';
import { pointer } from './pointer-types.ts';
import { type RustType, type Space, several } from './rust-type.ts';
import { scalar } from './scalar-types.ts';

const cArray = (space: Space): RustType => {
  const { dice } = space;
  const element = scalar(dice);
  const length = 1 + dice.below(4);
  const value = (): string => `[${several(length, () => element.value()).join(', ')}]`;
  return { text: `[${element.text}; ${length}]`, value, copy: true };
};

export const union = (space: Space): RustType => {
  const { dice } = space;
  const fields = several(1 + dice.below(3), () => (dice.below(4) === 0 ? cArray(space) : scalar(dice)));
  const attribute = dice.pick(['', '#[repr(C)] ']);
  const name = space.declare('U', (own) => {
    const list = fields.map(({ text }, index) => `pub f${index}: ${text}`).join(', ');
    return `#[derive(Clone, Copy)] ${attribute}pub union ${own} { ${list} }\nimpl Mark for ${own} { unsafe fn mark(at: *const Self, mask: &mut Mask) { Mark::mark(addr_of!((*at).f0), mask); } }`;
  });
  return { text: name, value: () => `${name} { f0: ${fields[0]!.value()} }`, copy: true };
};

/** References and raw pointers to what has a size: nobody hands others to C. */
const cPointer = (space: Space, depth: number): RustType => {
  for (;;) {
    const type = pointer(space, depth);
    if (/^(?:&'static (?:mut )?|\*(?:const|mut) )(?!\(?(?:str|dyn|\[)\b|\[|\()/.test(type.text)) return type;
  }
};

/** A type whose layout C knows as well. */
export const plainC = (space: Space, depth: number): RustType => {
  const { dice } = space;
  const field = (): RustType =>
    dice.weighted([
      [5, () => scalar(dice)],
      [1, () => cArray(space)],
      [1, () => plainC(space, depth - 1)],
    ])();
  if (depth <= 0) return scalar(dice);
  return dice.weighted([
    [5, () => scalar(dice)],
    [5, () => structOf(space, '#[repr(C)] ', several(1 + dice.below(4), field))],
    [1, () => structOf(space, '#[repr(transparent)] ', [plainC(space, depth - 1)])],
    [
      1,
      () =>
        structOf(
          space,
          '#[repr(C, packed)] ',
          several(1 + dice.below(4), () => scalar(dice)),
        ),
    ],
    [
      1,
      () =>
        structOf(
          space,
          '#[repr(C, align(16))] ',
          several(1 + dice.below(3), () => scalar(dice)),
        ),
    ],
    [1, () => union(space)],
    [1, () => cPointer(space, 0)],
  ])();
};
