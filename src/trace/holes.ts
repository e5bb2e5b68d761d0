import type { ValueShape } from '../abi/shape.ts';

export type Range = { readonly start: number; readonly end: number };

/** Elements of an array that are looked at. */
const mostParts = 4_096;

/** The parts of a value that may not be read. */
export const holesOf = (shape: ValueShape, base: number): Range[] => {
  switch (shape.kind) {
    case 'cut':
      return shape.why === 'redacted' && shape.size > 0 ? [{ start: base, end: base + shape.size }] : [];
    case 'struct':
      return shape.fields.flatMap((field) => holesOf(field.shape, base + field.offset));
    case 'enum':
      return shape.variants.flatMap(({ fields }) =>
        fields.flatMap((field) => holesOf(field.shape, base + field.offset)),
      );
    case 'array':
      return holesOf(shape.element, 0).length === 0
        ? []
        : Array.from({ length: Math.min(shape.count, mostParts) }, (_, i) =>
            holesOf(shape.element, base + i * shape.element.size),
          ).flat();
    case 'ref-cell':
    case 'lock':
      return holesOf(shape.value.shape, base + shape.value.offset);
    case 'once':
      return holesOf(shape.value, base);
    case 'range':
      return [shape.start, shape.end].flatMap((end) => (end === null ? [] : holesOf(end.shape, base + end.offset)));
    default:
      return [];
  }
};

/** What is left of `size` bytes without the holes. */
export const between = (holes: readonly Range[], size: number): Range[] => {
  const spans: Range[] = [];
  let at = 0;
  for (const { start, end } of [...holes].sort((a, b) => a.start - b.start)) {
    if (Math.min(start, size) > at) spans.push({ start: at, end: Math.min(start, size) });
    at = Math.max(at, end);
  }
  if (at < size) spans.push({ start: at, end: size });
  return spans;
};
