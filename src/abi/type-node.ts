import type { GivenShape } from './given-shape.ts';
import type { Tokens } from './tokens.ts';

/** What a pointer to the type carries beside the address. */
export type Unsized = 'str' | 'cstr' | 'slice' | 'dyn';

/** A type as written. It is a fault only to pass it by value where `shape` is null. */
export type TypeNode = {
  readonly text: string;
  readonly at: number;
  /** Its shape when passed by value; null: that needs a layout, which a signature doesn't give. */
  readonly shape: GivenShape | null;
  /** Why `shape` is null, to follow the type's name in a message. */
  readonly why: string;
  readonly unsized: Unsized | null;
  /** Of a slice: what it holds, where that can be given. */
  readonly element?: GivenShape;
  /** A pointer that is never null: `Option` of it has the same size. */
  readonly nonNull: boolean;
  /** C's `char`, of which a pointer is text. */
  readonly cChar: boolean;
  /** `char` alone: another type in C than in Rust, to be settled by the rest of the signature. */
  readonly bareChar: boolean;
};

type Traits = Partial<Pick<TypeNode, 'why' | 'unsized' | 'element' | 'nonNull' | 'cChar' | 'bareChar'>>;

const needsLayout = 'cannot be read: how it is passed depends on its layout';

/** The node of the type whose text began at `at` and has just been taken. */
export const node = (
  tokens: Tokens,
  at: number,
  shape: ((name: string) => GivenShape | null) | null,
  traits: Traits = {},
): TypeNode => {
  const text = tokens.textFrom(at);
  return {
    text,
    at,
    shape: shape?.(text) ?? null,
    why: needsLayout,
    unsized: null,
    nonNull: false,
    cChar: false,
    bareChar: false,
    ...traits,
  };
};

export const pointer = (name: string): GivenShape => ({ kind: 'pointer', name });

/** The shape of a reference, raw pointer or `Box` by what it points to. A type by any other name is taken to be sized. */
export const pointerTo = (target: TypeNode, name: string, followed: 'text' | 'none'): GivenShape => {
  switch (target.unsized) {
    case 'str':
      return { kind: 'str', name };
    case 'cstr':
      return { kind: 'cstring', fat: true, name };
    case 'slice':
      return { kind: 'slice', ...(target.element && { element: target.element }), name };
    case 'dyn':
      return { kind: 'fat', name };
    case null:
      return target.cChar && followed === 'text' ? { kind: 'cstring', name } : pointer(name);
  }
};
