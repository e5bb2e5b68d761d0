import type { CallPlan } from '../abi/model.ts';
import type { ValueShape } from '../abi/shape.ts';
import { principalOf } from '../abi/trait-objects.ts';
import type { TypeShapes } from '../abi/type-shapes.ts';
import { vtableSides } from '../elf/rust-name.ts';
import type { DebugTypes } from '../elf/type-model.ts';

/** Concrete types that are made ready to be shown. */
const mostShapes = 2_000;

/** The shapes of all concrete types that trait objects in the plans may have, by their vtables' addresses as linked. */
export const concreteShapes = (
  plans: Iterable<CallPlan>,
  types: DebugTypes,
  shapes: TypeShapes,
): ReadonlyMap<bigint, ValueShape> => {
  const traits = new Set<string>();
  const seen = new Set<ValueShape>();
  for (const { args, ret } of plans) for (const { shape } of [...args, ret]) collect(shape, traits, seen);
  const found = new Map<bigint, ValueShape>();
  if (traits.size === 0) return found;
  for (const { address, name } of types.vtables()) {
    if (found.size >= mostShapes) break;
    const trait = vtableSides(name)?.trait;
    if (trait !== undefined && !traits.has(principalOf(trait))) continue;
    const shape = shapes.concreteAt(address);
    if (shape !== null) found.set(address, shape);
  }
  return found;
};

const collect = (shape: ValueShape, traits: Set<string>, seen: Set<ValueShape>): void => {
  if (seen.has(shape)) return;
  seen.add(shape);
  if (shape.kind === 'dyn') traits.add(principalOf(shape.trait));
  for (const part of partsOf(shape)) collect(part, traits, seen);
};

const partsOf = (shape: ValueShape): readonly ValueShape[] => {
  switch (shape.kind) {
    case 'struct':
      return shape.fields.map((field) => field.shape);
    case 'enum':
      return shape.variants.flatMap(({ fields }) => fields.map((field) => field.shape));
    case 'array':
    case 'sequence':
    case 'ring':
    case 'hash-table':
    case 'list':
      return [shape.element];
    case 'pointer':
      return [shape.target];
    case 'b-tree':
      return [shape.key, shape.value];
    case 'ref-cell':
    case 'lock':
      return [shape.value.shape];
    case 'once':
      return [shape.value];
    case 'range':
      return [shape.start, shape.end].flatMap((end) => (end === null ? [] : [end.shape]));
    case 'io-error':
      return [shape.message, shape.custom].filter((one) => one !== null);
    case 'dyn':
      return shape.known.map((one) => one.shape);
    default:
      return [];
  }
};
