import type { DebugType, Member, TypeId, Variant } from './type-model.ts';

/** What every type has. `name` is for the user; sizes in bytes, null where debug info doesn't say. */
export type RustHead = {
  readonly id: TypeId;
  readonly name: string;
  readonly size: bigint | null;
  readonly align: bigint | null;
};

/** Parts in the order of their offsets: rustc puts them where it likes. */
export type Fields = readonly Member[];

export type RustScalar =
  | { readonly kind: 'integer'; readonly signed: boolean; readonly bits: number }
  | { readonly kind: 'float'; readonly bits: number }
  | { readonly kind: 'bool' | 'char' | 'unit' | 'never' };

/** What a pointer points to, and what it carries beside the address. */
export type Pointee =
  /** One word; `target` null: to what isn't told. */
  | { readonly sized: true; readonly target: TypeId | null }
  /**
   * Two words, at these members. `of`: what is behind the address. A struct's unsized part is its last; `bytes` are
   * the OS's strings, `c-string` ends with a NUL that the length counts. `target` is the struct, or the element's type.
   */
  | {
      readonly sized: false;
      readonly of: 'str' | 'slice' | 'dyn' | 'bytes' | 'c-string' | 'struct';
      readonly target: TypeId | null;
      readonly data: Member;
      /** A count of elements (of bytes for strings), or the address of a vtable. */
      readonly metadata: Member;
      readonly carries: 'length' | 'vtable';
    };

export type RustPointer = {
  readonly kind: 'pointer';
  /** `rc-weak`, `arc-weak` and `raw` may be dangling, the others never; `raw` alone may be null. */
  readonly of: 'reference' | 'raw' | 'box' | 'rc' | 'arc' | 'rc-weak' | 'arc-weak';
  readonly isMutable: boolean;
  readonly to: Pointee;
  /**
   * Rc, Arc and their Weak point to counters with the value behind them: at this offset, or, behind a `dyn` or where it
   * isn't told, at one that depends on the value's alignment (`null`). Zero for other pointers.
   */
  readonly valueOffset: bigint | null;
};

export type RustStruct =
  /** Fields named `__0`, `__1`, …. */
  | { readonly kind: 'tuple' | 'tuple-struct'; readonly fields: Fields }
  | { readonly kind: 'struct'; readonly fields: Fields }
  /** What a closure captured. */
  | { readonly kind: 'closure'; readonly fields: Fields }
  /** A vtable's layout; the slots of methods follow drop, size and align. */
  | {
      readonly kind: 'vtable';
      readonly concrete: TypeId | null;
      readonly trait: string | null;
      readonly fields: Fields;
    };

export type RustVariant = {
  readonly name: string | null;
  /** As unsigned numbers of the tag's size; null: all others, or there is no tag. */
  readonly discriminants: Variant['discriminants'];
  readonly form: 'unit' | 'tuple' | 'struct';
  /** At offsets from the enum's beginning. */
  readonly fields: Fields;
  /** False for a variant that no value can be. */
  readonly isInhabited: boolean;
  /** The struct that holds its fields; null where there is none. */
  readonly type: TypeId | null;
};

export type CoroutineState = RustVariant & {
  readonly state: 'unresumed' | 'returned' | 'panicked' | 'suspended' | 'other';
  /** Of `Suspend0` 0; null for other states. */
  readonly suspension: number | null;
  /** What it waits for when suspended: an async function's `__awaitee`. */
  readonly awaitee: Member | null;
};

export type RustEnum =
  /** No variant has fields. Values are those of the source. */
  | {
      readonly kind: 'c-enum';
      readonly base: TypeId | null;
      readonly variants: readonly { readonly name: string; readonly value: bigint }[];
    }
  /**
   * `tagged`: each variant has a tag value. `niche`: one variant has all the values that the others don't take from
   * it, and the tag is a part of that variant. `single`: there is no tag, one variant is always meant. `uninhabited`:
   * there is no value.
   */
  | {
      readonly kind: 'enum';
      readonly known: 'Option' | 'Result' | null;
      readonly layout: 'tagged' | 'niche' | 'single' | 'uninhabited';
      readonly tag: Member | null;
      readonly variants: readonly RustVariant[];
    }
  /** The state of an async function or block, or of a generator. */
  | {
      readonly kind: 'coroutine';
      readonly of: 'async-fn' | 'async-block' | 'async-closure' | 'generator' | 'async-generator';
      readonly tag: Member | null;
      readonly states: readonly CoroutineState[];
    };

export type RustOther =
  | { readonly kind: 'array'; readonly element: TypeId | null; readonly count: bigint | null }
  | { readonly kind: 'union'; readonly fields: Fields }
  /** Behind pointers only; `trait` has its bounds: `core::any::Any + core::marker::Send`. */
  | { readonly kind: 'dyn'; readonly trait: string }
  /** Address of a function; a function's own zero-sized type looks the same in debug info. */
  | { readonly kind: 'fn-pointer'; readonly parameters: readonly (TypeId | null)[]; readonly returns: TypeId | null }
  /** What a function pointer points to. */
  | { readonly kind: 'fn'; readonly parameters: readonly (TypeId | null)[]; readonly returns: TypeId | null }
  /** A type of C, C++ or another language: `type` says all there is. */
  | { readonly kind: 'foreign'; readonly type: DebugType }
  /** Nothing is known of its parts. */
  | { readonly kind: 'opaque' };

/** A type as Rust has it. */
export type RustType = RustHead & (RustScalar | RustPointer | RustStruct | RustEnum | RustOther);

/** The type of any enum, struct or union in debug info. */
export type Aggregate = Extract<DebugType, { kind: 'struct' | 'union' }>;
