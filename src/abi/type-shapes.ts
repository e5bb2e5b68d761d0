import type { RustType } from '../elf/rust-model.ts';
import { withoutArguments, withoutDefaults } from '../elf/rust-name.ts';
import { classify, typeText } from '../elf/rust-type.ts';
import type { DebugType, DebugTypes, TypeId } from '../elf/type-model.ts';
import { cShape } from './c-shapes.ts';
import { cEnumShape, enumShape, wordSize } from './enum-shapes.ts';
import { plainShapes } from './plain-shapes.ts';
import { pointerShape } from './pointer-shapes.ts';
import { isVectorName } from './rust-layout.ts';
import type { ValueShape } from './shape.ts';
import { isDamage, type Room, ShapeSite, sizeOf, type Wanted } from './shape-site.ts';
import { standardTypes, transparentEnums } from './standard-shapes.ts';
import { structShape } from './struct-shapes.ts';
import { TraitObjects } from './trait-objects.ts';
import { withheldWithin } from './withheld.ts';

export type ShapeLimits = {
  /** Pointers followed, one inside the other. */
  readonly depth: number;
  /** Shapes in one tree at most. */
  readonly nodes: number;
  /** Whether a value of that dotted name and type is withheld; null: nothing is. */
  readonly isRedacted: ((path: string, type: string) => boolean) | null;
};

/** Types inside types without a pointer between; what is deeper is damage. */
const deepest = 64;
/** Shapes kept for later questions. */
const mostKept = 1 << 15;

type Built = { readonly shape: ValueShape; readonly spent: number; readonly isShort: boolean };

/**
 * Shapes of the types in debug info. They are the same for the same type and the same limits, and are shared between
 * trees. Nothing is thrown: what can't be read becomes `cut`.
 */
export class TypeShapes {
  readonly #types: DebugTypes;
  readonly #limits: ShapeLimits;
  readonly #objects: TraitObjects;
  readonly #kept = new Map<string, Built>();

  constructor(types: DebugTypes, limits: ShapeLimits) {
    this.#types = types;
    this.#limits = limits;
    this.#objects = new TraitObjects(types);
  }

  /** The shape of the value called `path`, with dots between its parts' names. `id` null is `()`. */
  of(id: TypeId | null, path: string): ValueShape {
    const room = { left: this.#limits.nodes, isShort: false };
    return this.#build({ id, path, depth: this.#limits.depth, nest: 0 }, room);
  }

  /** The shape of the type that has its vtable at an address as linked; null where none is known. */
  concreteAt(vtable: bigint, path = ''): ValueShape | null {
    const type = this.#objects.at(vtable);
    return type === null ? null : this.of(type, path);
  }

  readonly #build = (wanted: Wanted, room: Room): ValueShape => {
    const { id, depth, path } = wanted;
    if (id === null) return { kind: 'unit', size: 0 };
    if (room.left <= 0) {
      room.isShort = true;
      return { kind: 'cut', size: this.#size(id), why: 'truncated' };
    }
    const key = `${id} ${depth}${this.#limits.isRedacted === null ? '' : ` ${path}`}`;
    const whole = this.#kept.get(key);
    // A tree that was cut for want of nodes is right only where there are as many again.
    const known = whole && whole.spent <= room.left ? whole : this.#kept.get(`${key} in ${room.left}`);
    const built = known ?? this.#made(wanted, room.left, key);
    room.left -= built.spent;
    room.isShort ||= built.isShort;
    return built.shape;
  };

  #made(wanted: Wanted, left: number, key: string): Built {
    const room = { left: left - 1, isShort: false };
    const shape = this.#shape(wanted, room);
    const built = { shape, spent: left - Math.max(0, room.left), isShort: room.isShort };
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(room.isShort ? `${key} in ${left}` : key, built);
    return built;
  }

  #size(id: TypeId): number {
    try {
      return sizeOf(this.#types.type(id));
    } catch (error) {
      if (isDamage(error)) return 0;
      throw error;
    }
  }

  #shape(wanted: Wanted, room: Room): ValueShape {
    const { id, path, nest } = wanted;
    const isRedacted = this.#limits.isRedacted;
    if (id === null) return { kind: 'unit', size: 0 };
    try {
      if (nest > deepest) return { kind: 'cut', size: this.#size(id), why: 'unknown' };
      if (isRedacted?.(path, typeText(this.#types, id))) return { kind: 'cut', size: this.#size(id), why: 'redacted' };
      const shared = { types: this.#types, objects: this.#objects, withholds: isRedacted, build: this.#build };
      return ofType(new ShapeSite(shared, wanted, room), this.#types.type(id));
    } catch (error) {
      if (isDamage(error)) return { kind: 'cut', size: this.#size(id), why: 'unknown' };
      throw error;
    }
  }
}

const ofType = (site: ShapeSite, type: DebugType): ValueShape => {
  const shape = type.language === 'rust' ? ofRust(site, type) : cShape(site, type);
  return shape.kind === 'opaque' && withheldWithin(site, type)
    ? { kind: 'cut', size: shape.size, why: 'redacted' }
    : shape;
};

const isStandard = /^(?:core|alloc|std|hashbrown)::/;
/** Names of structs that are more than their fields: wide pointers, those of the library, what they point to, futures. */
const mayBePointer = /^(?:&|\*|\(?dyn |alloc::(?:boxed|rc|sync)::|core::future::|.*GenFuture)/;

const ofRust = (site: ShapeSite, type: DebugType): ValueShape => {
  const size = sizeOf(type);
  const opaque: ValueShape = { kind: 'opaque', size, name: withoutDefaults(type.name) };
  if (type.kind === 'struct' || type.kind === 'union') {
    if (type.isDeclaration || isVectorName(type.name)) return opaque;
    const path = isStandard.test(type.name) ? withoutArguments(type.name).replace(/\{impl#\d+\}/g, '{impl}') : '';
    const standard = standardTypes.get(path)?.(site, type);
    if (standard != null) return standard;
    if (type.variants !== null) {
      const shape = enumShape(site, type, type.variants);
      return shape.kind === 'enum' && transparentEnums.has(path) ? { ...shape, isTransparent: true } : shape;
    }
    if (type.kind === 'struct' && !mayBePointer.test(type.name) && type.containing === null)
      return structShape(site, type);
  }
  const rust = classify(site.types, type.id);
  switch (rust.kind) {
    case 'integer':
    case 'float':
      return numberShape(rust) ?? opaque;
    case 'bool':
    case 'char':
    case 'unit':
    case 'never':
      return plainShapes[rust.kind];
    case 'pointer':
      return pointerShape(site, rust);
    case 'fn-pointer':
      return { kind: 'address', size };
    case 'tuple':
    case 'tuple-struct':
    case 'struct':
    case 'closure':
      return type.kind === 'struct' ? structShape(site, type) : opaque;
    case 'c-enum':
      return cEnumShape(site, rust);
    case 'coroutine':
      // An async function's state was in a wrapper once.
      return type.kind === 'struct' ? site.part(type.members[0]?.type ?? null) : opaque;
    case 'array':
      return arrayShape(site, rust) ?? opaque;
    case 'foreign':
      return cShape(site, type);
    default:
      return opaque;
  }
};

const numberShape = (type: Extract<RustType, { kind: 'integer' | 'float' }>): ValueShape | null => {
  const size = wordSize(type.bits / 8);
  if (size === null) return null;
  if (type.kind === 'integer') return { kind: 'int', size, signed: type.signed };
  return size === 1 ? null : { kind: 'float', size };
};

const arrayShape = (site: ShapeSite, type: Extract<RustType, { kind: 'array' }>): ValueShape | null => {
  if (type.count === null) return null;
  const count = Number(type.count);
  const element = site.part(type.element);
  const size = type.size === null ? count * element.size : Number(type.size);
  return { kind: 'array', size, element, count };
};
