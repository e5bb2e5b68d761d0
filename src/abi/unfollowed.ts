import type { FieldShape, ValueShape } from './shape.ts';

/** The shape of a value of which only its own bytes are believed: what is behind pointers is gone. */
export const unfollowed = (shape: ValueShape): ValueShape => {
  switch (shape.kind) {
    case 'struct':
      return { ...shape, fields: shape.fields.map(unfollowedField) };
    case 'array':
      return { ...shape, element: unfollowed(shape.element) };
    case 'enum':
      return {
        ...shape,
        variants: shape.variants.map((variant) => ({ ...variant, fields: variant.fields.map(unfollowedField) })),
      };
    case 'ref-cell':
    case 'lock':
      return { ...shape, value: unfollowedField(shape.value) };
    case 'once':
      return { ...shape, value: unfollowed(shape.value) };
    case 'range':
      return {
        ...shape,
        start: shape.start && unfollowedField(shape.start),
        end: shape.end && unfollowedField(shape.end),
      };
    case 'pointer':
    case 'c-string':
    case 'text':
    case 'sequence':
    case 'ring':
    case 'hash-table':
    case 'b-tree':
    case 'list':
    case 'dyn':
    case 'io-error':
      return { kind: 'cut', size: shape.size, why: 'gone' };
    default:
      return shape;
  }
};

const unfollowedField = (field: FieldShape): FieldShape => ({ ...field, shape: unfollowed(field.shape) });
