import { RsymError } from '../base/errors.ts';
import { address } from '../base/units.ts';
import { toFileOffset } from '../elf/address-map.ts';
import { lastSegment } from '../elf/rust-name.ts';
import type { DebugTypes, TypeId } from '../elf/type-model.ts';
import type { Relocations } from './relocations.ts';
import type { SelectSources } from './select-model.ts';

/** A vtable's first words: the drop glue, the size and the alignment of the concrete type. */
const headSize = 24;
const mostVtables = 4_096;

const glue = /^core::ptr::drop_(?:in_place|glue)(?:::)?<(.*)>$/s;

/** What `Box<dyn Error>` makes of a string: a struct of the standard library around a String. */
const errorString = 'StringError';
const stringName = 'alloc::string::String';
const errorTrait = 'core::error::Error';

/**
 * Debug info's types, with vtables that it doesn't list: those of errors made of a text by the standard library, whose own
 * debug info is often left out. A vtable begins with the address of the drop glue, whose symbol names the concrete type; it
 * counts if the size that the vtable says is that of a String.
 */
export const withDropVtables = (types: DebugTypes, sources: SelectSources, relocations: Relocations): DebugTypes => {
  let known: ReturnType<DebugTypes['vtables']> | undefined;
  return {
    type: types.type,
    signature: types.signature,
    find: types.find,
    vtables: () => {
      known ??= [...types.vtables(), ...found(types, sources, relocations)];
      return known;
    },
  };
};

const found = (
  types: DebugTypes,
  { image, symbols }: SelectSources,
  relocations: Relocations,
): { address: ReturnType<typeof address>; name: string; type: TypeId | null }[] => {
  const listed = new Set(types.vtables().map((vtable) => vtable.address as bigint));
  const drops = new Map<bigint, string>();
  for (const row of symbols.containingText(errorString, symbols.functions(), 'raw')) {
    const [, name] = glue.exec(symbols.name(row)) ?? [];
    if (name !== undefined && lastSegment(name) === errorString && !symbols.undefined(row))
      drops.set(symbols.address(row), name);
  }
  const vtables: { address: ReturnType<typeof address>; name: string; type: TypeId | null }[] = [];
  let strings: readonly TypeId[] | undefined;
  for (const { slot, address: drop } of relocations.slotsOf(new Set(drops.keys()))) {
    if (listed.has(slot) || vtables.length >= mostVtables) continue;
    const name = drops.get(drop) ?? '';
    const size = sizeIn(image, slot);
    strings ??= types.find(stringName);
    const type = strings.find((id) => types.type(id).size === size);
    if (type !== undefined)
      vtables.push({ address: address(slot), name: `<${name} as ${errorTrait}>::{vtable}`, type });
  }
  return vtables;
};

/** The second word of a vtable. */
const sizeIn = (image: SelectSources['image'], vtable: bigint): bigint | null => {
  const offset = toFileOffset(image, address(vtable));
  if (offset === undefined) return null;
  try {
    const bytes = Buffer.from(image.readBytes(offset, headSize));
    return bytes.length < headSize ? null : bytes.readBigUInt64LE(8);
  } catch (error) {
    if (error instanceof RsymError && error.code === 'input') return null;
    throw error;
  }
};
