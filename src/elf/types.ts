import { RsymError } from '../base/errors.ts';
import { address } from '../base/units.ts';
import type { CoreDebug } from '../core/debug.ts';
import { type CoreMember, type CoreType, CoreTypes, type CoreUnit } from '../core/debug-types.ts';
import type { DebugFunction } from './function-model.ts';
import { lastSegment } from './rust-name.ts';
import { alignments, encodingOf, languageOf, sizeOf } from './type-layout.ts';
import type { DebugSignature, DebugType, DebugTypes, Member, TypeId, Variant } from './type-model.ts';
import { nameOf } from './type-name.ts';

/** Types kept for later questions; when there are more, they are read again. */
const mostKept = 1 << 16;
/** Bits of a tag whose own size isn't told. */
const widestTag = 128;

/** Types and signatures of debug info whose index was made or loaded. `named` makes what goes wrong an error that names the file. */
export const openTypes = (debug: CoreDebug, named: (error: RsymError) => RsymError = (error) => error): DebugTypes =>
  new OpenTypes(new CoreTypes(debug), named);

type Vtables = ReturnType<DebugTypes['vtables']>;

class OpenTypes implements DebugTypes {
  readonly #core: CoreTypes;
  readonly #named: (error: RsymError) => RsymError;
  readonly #raw = new Map<TypeId, CoreType>();
  readonly #types = new Map<TypeId, DebugType>();
  readonly #units = new Map<number, CoreUnit>();
  #vtables: Vtables | null = null;

  constructor(core: CoreTypes, named: (error: RsymError) => RsymError) {
    this.#core = core;
    this.#named = named;
  }

  readonly type = (id: TypeId): DebugType =>
    kept(this.#types, id, () => this.#asked(() => this.#complete(this.#read(id))));

  readonly signature = (fn: DebugFunction): DebugSignature | null => {
    const signature = this.#asked(() => this.#core.signature(fn.dies));
    return signature && { ...signature, generics: signature.generics.map(named) };
  };

  readonly find = (name: string): readonly TypeId[] => {
    const [, word, plain = ''] = /^(?:(struct|class|union|enum) )?(.*)$/s.exec(name.trim()) ?? [];
    const ids = plain === '' ? [] : this.#asked(() => this.#core.find(plain));
    return word === undefined ? ids : ids.filter((id) => this.#orNull(id)?.kind === kindOf[word]);
  };

  readonly vtables = (): Vtables => {
    this.#vtables ??= this.#asked(() =>
      this.#core.vtables().map((vtable) => ({ ...vtable, address: address(vtable.address) })),
    );
    return this.#vtables;
  };

  #asked<T>(ask: () => T): T {
    try {
      return ask();
    } catch (error) {
      throw error instanceof RsymError ? this.#named(error) : error;
    }
  }

  #read(id: TypeId): CoreType {
    return kept(this.#raw, id, () => this.#core.type(id));
  }

  readonly #orNull = (id: TypeId): CoreType | null => {
    try {
      return this.#read(id);
    } catch (error) {
      if (error instanceof RsymError && error.code === 'input') return null;
      throw error;
    }
  };

  readonly #unitOf = (type: CoreType): CoreUnit => kept(this.#units, type.unit, () => this.#core.unit(type.unit));

  readonly #alignOf = alignments(this.#orNull, this.#unitOf);

  #complete(raw: CoreType): DebugType {
    const language = languageOf(this.#unitOf(raw));
    const head = {
      id: raw.id,
      name: nameOf(this.#orNull, raw, language),
      language,
      size: sizeOf(this.#orNull, raw),
      align: this.#alignOf(raw),
    };
    switch (raw.kind) {
      case 'base':
        return { ...head, kind: raw.kind, encoding: encodingOf(raw, language) };
      case 'pointer':
      case 'qualifier':
        return { ...head, kind: raw.kind, of: raw.of, target: raw.target } as DebugType;
      case 'struct':
      case 'union':
        return {
          ...head,
          kind: raw.kind,
          members: raw.members.map(member),
          bases: raw.bases.map(member),
          generics: raw.generics.map(named),
          variants: raw.variants && {
            tag: raw.variants.tag && member(raw.variants.tag),
            of: this.#variants(raw.variants),
          },
          containing: raw.containing,
          isDeclaration: raw.isDeclaration,
          unplaced: raw.unplaced,
        };
      case 'enumeration':
        return { ...head, kind: raw.kind, base: raw.base, enumerators: raw.enumerators };
      case 'array':
        return { ...head, kind: raw.kind, element: raw.element, counts: raw.counts, isVector: raw.isVector };
      case 'function':
        return {
          ...head,
          kind: raw.kind,
          parameters: raw.parameters,
          returns: raw.returns,
          isVariadic: raw.isVariadic,
        };
      case 'unspecified':
        return { ...head, kind: raw.kind };
    }
  }

  /** Members of coroutines have numbers; their types have the names. */
  #variantName({ name, type }: CoreMember): string | null {
    if (type === null || name === null || !/^\d+$/.test(name)) return name;
    return lastSegment(this.#orNull(type)?.path ?? name);
  }

  /** Tag values are written with the tag's sign, or without; here they are what its bits are as an unsigned number. */
  #variants({ tag, of }: NonNullable<Extract<CoreType, { kind: 'struct' | 'union' }>['variants']>): Variant[] {
    const tagType = tag?.type == null ? null : this.#orNull(tag.type);
    const size = tagType === null ? null : sizeOf(this.#orNull, tagType);
    const bits = tag?.bits || (size === null || size > 16n ? widestTag : Number(size) * 8);
    const largest = (1n << BigInt(bits)) - 1n;
    const ranges = ({ low, high }: { low: bigint; high: bigint }): { low: bigint; high: bigint }[] => {
      const [from, to] = [BigInt.asUintN(bits, low), BigInt.asUintN(bits, high)];
      if (from <= to) return [{ low: from, high: to }];
      return [
        { low: 0n, high: to },
        { low: from, high: largest },
      ];
    };
    return of.map((variant) => ({
      name: this.#variantName(variant.member),
      discriminants: variant.discriminants?.flatMap(ranges) ?? null,
      member: member(variant.member),
    }));
  }
}

const kindOf: Readonly<Record<string, DebugType['kind']>> = {
  struct: 'struct',
  class: 'struct',
  union: 'union',
  enum: 'enumeration',
};

const kept = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  if (map.size >= mostKept) map.clear();
  map.set(key, made);
  return made;
};

const named = ({
  name,
  type,
}: {
  name: string | null;
  type: TypeId | null;
}): { name: string; type: TypeId | null } => ({
  name: name ?? '',
  type,
});

const member = ({ bits, offset, ...rest }: CoreMember): Member =>
  bits === 0 ? { ...rest, offset, bits: null } : { ...rest, offset: offset / 8n, bits: { offset, size: bits } };
