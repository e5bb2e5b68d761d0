import { rustRules } from '../../src/abi/compiler.ts';
import { RustLayouts } from '../../src/abi/rust-layout.ts';
import type { Layout, Scalar } from '../../src/abi/scalar.ts';
import type { TypeId } from '../../src/elf/type-model.ts';
import { FakeTypes } from './fake-types.ts';

const scalarText = ({ kind, size }: Scalar): string =>
  `${{ integer: 'int', float: 'float', pointer: 'ptr' }[kind]}${size}`;
/** `int4 ptr8@8`: the scalars of a value, with the second one's offset. */
export const layoutText = (layout: Layout | null): string => {
  if (layout === null) return 'unknown';
  const { representation } = layout;
  if (representation.kind === 'scalar') return scalarText(representation.scalar);
  if (representation.kind !== 'pair') return representation.kind;
  return `${scalarText(representation.first)} ${scalarText(representation.second)}@${representation.secondOffset}`;
};
export const layouts = (types: FakeTypes, version: number | null = 95, asC: TypeId[] = []): RustLayouts =>
  new RustLayouts(types, rustRules({ rustc: version }), new Set(asC));
/** How a type that is built here is treated, by rustc 1.`version`. */
export const layoutOf = (make: (types: FakeTypes) => TypeId, version: number | null = 95): string => {
  const types = new FakeTypes();
  return layoutText(layouts(types, version).of(make(types)));
};
