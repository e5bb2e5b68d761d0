import type { DebugType, DebugTypes, Member, TypeId } from '../../src/elf/type-model.ts';

type Struct = DebugType & { kind: 'struct' | 'union' };
/** A field: its type and its offset. */
export type Field = readonly [type: TypeId, offset: number, name?: string];

/** Types by hand, as a compiler's debug info would have them: sizes and offsets in bytes are the caller's word. */
export class FakeTypes implements DebugTypes {
  readonly #types: DebugType[] = [];

  #add(make: (id: TypeId) => DebugType): TypeId {
    this.#types.push(make(this.#types.length));
    return this.#types.length - 1;
  }

  base(name: string, size: number, encoding: (DebugType & { kind: 'base' })['encoding']): TypeId {
    return this.#add((id) => ({ id, name, kind: 'base', size: BigInt(size), align: BigInt(size), encoding }));
  }

  u(bits: number): TypeId {
    return this.base(`u${bits}`, bits / 8, 'unsigned');
  }

  i(bits: number): TypeId {
    return this.base(`i${bits}`, bits / 8, 'signed');
  }

  f(bits: number): TypeId {
    return this.base(`f${bits}`, bits / 8, 'float');
  }

  pointer(target: TypeId | null, name = '&T'): TypeId {
    return this.#add((id) => ({ id, name, kind: 'pointer', of: 'pointer', target, size: 8n, align: 8n }));
  }

  array(element: TypeId, count: number | null, size: number, align = 1, isVector = false): TypeId {
    const counts = [count === null ? null : BigInt(count)];
    return this.#add((id) => ({
      id,
      name: '[T; N]',
      kind: 'array',
      element,
      counts,
      size: BigInt(size),
      align: BigInt(align),
      ...(isVector ? { isVector } : {}),
    }));
  }

  enumeration(base: TypeId, size: number): TypeId {
    const enumerators = [{ name: 'A', value: 0n }];
    const sized = { size: BigInt(size), align: BigInt(size) };
    return this.#add((id) => ({ id, name: 'app::Plain', kind: 'enumeration', base, enumerators, ...sized }));
  }

  function(): TypeId {
    return this.#add((id) => ({
      id,
      name: 'fn()',
      kind: 'function',
      parameters: [],
      returns: null,
      size: null,
      align: null,
    }));
  }

  qualifier(target: TypeId | null): TypeId {
    return this.#add((id) => ({
      id,
      name: 'const T',
      kind: 'qualifier',
      of: 'const',
      target,
      size: null,
      align: null,
    }));
  }

  unspecified(): TypeId {
    return this.#add((id) => ({ id, name: 'decltype(nullptr)', kind: 'unspecified', size: null, align: null }));
  }

  struct(
    name: string,
    size: number | null,
    align: number,
    fields: readonly Field[],
    more: Partial<Struct> = {},
  ): TypeId {
    return this.#add(
      (id) =>
        ({
          id,
          name,
          kind: 'struct',
          size: size === null ? null : BigInt(size),
          align: BigInt(align),
          members: fields.map(member),
          bases: [],
          generics: [],
          variants: null,
          containing: null,
          isDeclaration: false,
          ...more,
        }) as DebugType,
    );
  }

  tuple(size: number, align: number, ...fields: readonly Field[]): TypeId {
    return this.struct('(A, B)', size, align, fields);
  }

  union(name: string, size: number, align: number, ...types: readonly TypeId[]): TypeId {
    return this.struct(
      name,
      size,
      align,
      types.map((type) => [type, 0]),
      { kind: 'union' },
    );
  }

  /** Variants by discriminant, `null` for the one that every other tag value means. */
  enum(
    name: string,
    size: number,
    align: number,
    tag: Field | null,
    variants: readonly (readonly [discriminant: number | null, ...fields: Field[]])[],
  ): TypeId {
    const of = variants.map(([discriminant, ...fields], i) => ({
      name: `V${i}`,
      discriminants: discriminant === null ? null : [{ low: BigInt(discriminant), high: BigInt(discriminant) }],
      member: member([this.struct(`${name}::V${i}`, size, align, fields), 0]),
    }));
    return this.struct(name, size, align, [], { variants: { tag: tag === null ? null : member(tag), of } });
  }

  /** Makes a pointer, or a struct's only field, lead to another type: cycles. */
  redirect(id: TypeId, to: TypeId): void {
    const type = this.#types[id];
    if (type?.kind === 'pointer' || type?.kind === 'qualifier') this.#types[id] = { ...type, target: to };
    else if (type?.kind === 'struct') this.#types[id] = { ...type, members: [member([to, 0])] };
    else throw new Error(`type ${id} leads nowhere`);
  }

  type = (id: TypeId): DebugType => {
    const type = this.#types[id];
    if (type === undefined) throw new Error(`no type ${id}`);
    return type;
  };
  signature = (): null => null;
  find = (): TypeId[] => [];
  vtables = (): [] => [];
}

const member = ([type, offset, name]: Field): Member => ({
  name: name ?? '__0',
  type,
  offset: BigInt(offset),
  bits: null,
  isArtificial: false,
});
