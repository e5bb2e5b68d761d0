import { RsymError } from '../base/errors.ts';
import type { DebugType, DebugTypes, TypeId } from '../elf/type-model.ts';
import type { ValueShape } from './shape.ts';
import type { TraitObjects } from './trait-objects.ts';

/** Nodes that may still be spent on a part of the tree. `isShort`: something was cut for want of them. */
export type Room = { left: number; isShort: boolean };

/** What a shape is built from: a type, under a dotted name, with so many pointers left to follow. */
export type Wanted = {
  readonly id: TypeId | null;
  readonly path: string;
  readonly depth: number;
  /** Types inside types, since the last pointer. */
  readonly nest: number;
};

export type Build = (wanted: Wanted, room: Room) => ValueShape;

/** The place in a tree where a shape is being built: what may be asked there, and how its parts get theirs. */
export class ShapeSite {
  readonly types: DebugTypes;
  readonly objects: TraitObjects;
  readonly path: string;
  /** Pointers that may still be followed from here. */
  readonly depth: number;
  readonly room: Room;
  /** Whether a type is withheld wherever it is part of a value that can't be taken apart. */
  readonly withholds: ((path: string, type: string) => boolean) | null;
  readonly #nest: number;
  readonly #build: Build;

  constructor(
    shared: Pick<ShapeSite, 'types' | 'objects' | 'withholds'> & { readonly build: Build },
    wanted: Wanted,
    room: Room,
  ) {
    this.types = shared.types;
    this.objects = shared.objects;
    this.withholds = shared.withholds;
    this.path = wanted.path;
    this.depth = wanted.depth;
    this.room = room;
    this.#nest = wanted.nest;
    this.#build = shared.build;
  }

  /** Null where the DIE is damaged. */
  type(id: TypeId | null): DebugType | null {
    return id === null ? null : readable(this.types, id);
  }

  /** In bytes; 0 where it isn't known. */
  size(id: TypeId | null): number {
    return sizeOf(this.type(id));
  }

  /** The shape of a part that lies within the value. `name` goes on with the path. */
  part(id: TypeId | null, name: string | null = null): ValueShape {
    return this.#inside(id, name, this.room);
  }

  /** The shapes of several parts; none of them takes the nodes that the others need. */
  parts(wanted: readonly { readonly id: TypeId | null; readonly name: string | null }[]): ValueShape[] {
    return wanted.map(({ id, name }, index) => {
      const share = Math.ceil(this.room.left / (wanted.length - index));
      const room = { left: share, isShort: false };
      const shape = this.#inside(id, name, room);
      this.room.left -= share - room.left;
      this.room.isShort ||= room.isShort;
      return shape;
    });
  }

  /** The shapes of what a pointer leads to, each under the path of the pointer, or a name of its own within that. */
  behind(ids: readonly (TypeId | null)[], names: readonly string[] = []): ValueShape[] {
    if (this.depth <= 0) return ids.map((id) => ({ kind: 'cut', size: this.size(id), why: 'depth' }));
    const away = new ShapeSite(
      { types: this.types, objects: this.objects, withholds: this.withholds, build: this.#build },
      { id: null, path: this.path, depth: this.depth - 1, nest: -1 },
      this.room,
    );
    return away.parts(ids.map((id, index) => ({ id, name: names[index] ?? null })));
  }

  /** Takes the nodes of `count` parts that have no shape of their own; false where there are not as many. */
  takes(count: number): boolean {
    if (count > this.room.left) {
      this.room.isShort = true;
      return false;
    }
    this.room.left -= count;
    return true;
  }

  #inside(id: TypeId | null, name: string | null, room: Room): ValueShape {
    const path = name === null ? this.path : this.path === '' ? name : `${this.path}.${name}`;
    return this.#build({ id, path, depth: this.depth, nest: this.#nest + 1 }, room);
  }
}

/** What damage in debug info throws: an error about the input, or types that go round in circles. */
export const isDamage = (error: unknown): boolean =>
  error instanceof RangeError || (error instanceof RsymError && error.code === 'input');

const readable = (types: DebugTypes, id: TypeId): DebugType | null => {
  try {
    return types.type(id);
  } catch (error) {
    if (isDamage(error)) return null;
    throw error;
  }
};

export const sizeOf = (type: DebugType | null): number => {
  if (type === null) return 0;
  const size = type.size ?? (type.kind === 'pointer' ? 8n : 0n);
  return Number(size);
};
