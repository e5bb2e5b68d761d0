import type { GivenShape } from './given-shape.ts';
import { plainShapes } from './plain-shapes.ts';
import type { ValueShape } from './shape.ts';

/** A data pointer, and a length behind it. */
const atFirstWord = { data: 0, add: 0, counts: null };

/** The value's shape, as it lies in memory, of a type that a signature gives. */
export const givenValue = (given: GivenShape): ValueShape => {
  switch (given.kind) {
    case 'int':
      return { kind: 'int', signed: given.signed, size: (given.bits / 8) as 1 | 2 | 4 | 8 | 16 };
    case 'float':
      return { kind: 'float', size: given.bits === 32 ? 4 : 8 };
    case 'bool':
    case 'char':
    case 'unit':
    case 'never':
      return plainShapes[given.kind];
    case 'pointer':
    case 'raw':
      return { kind: 'address', size: 8 };
    case 'fat':
      return { kind: 'address', size: 16 };
    case 'cstring':
      return given.fat
        ? { kind: 'text', size: 16, behind: atFirstWord, length: 8, of: 'c' }
        : { kind: 'c-string', size: 8 };
    case 'str':
      return { kind: 'text', size: 16, behind: atFirstWord, length: 8, of: 'utf8' };
    case 'slice':
      return {
        kind: 'sequence',
        size: 16,
        behind: atFirstWord,
        length: 8,
        element: given.element === undefined ? { kind: 'cut', size: 0, why: 'unknown' } : givenValue(given.element),
      };
    case 'option': {
      const some = givenValue(given.some);
      return {
        kind: 'enum',
        size: some.size,
        // The address is never 0.
        tag: { offset: 0, size: 8 },
        variants: [
          { name: 'None', form: 'unit', fields: [], values: [{ low: 0n, high: 0n }] },
          { name: 'Some', form: 'tuple', fields: [{ name: '0', offset: 0, shape: some }], values: null },
        ],
      };
    }
  }
};
