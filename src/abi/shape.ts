/** Why a part isn't looked into. `depth`: it lies behind too many pointers. `truncated`: the whole has too many parts. */
export type WhyCut = 'depth' | 'truncated' | 'redacted' | 'unknown' | 'gone';

/**
 * The self-contained shape of a value: all that is needed to decode its bytes, and to know which memory behind it must be
 * read. Plans carry shapes; nothing here points back into a file. Offsets and sizes are in bytes, offsets from the
 * value's beginning; bytes are in the order of memory, the lowest first.
 *
 * A shape is a finite tree: where a type refers to itself or goes on for too long, it ends in `cut`.
 */
export type ValueShape =
  | { readonly kind: 'int'; readonly size: 1 | 2 | 4 | 8 | 16; readonly signed: boolean }
  | { readonly kind: 'float'; readonly size: 2 | 4 | 8 | 16 }
  | { readonly kind: 'bool'; readonly size: 1 }
  /** A Unicode scalar value. */
  | { readonly kind: 'char'; readonly size: 4 }
  | { readonly kind: 'unit'; readonly size: 0 }
  | { readonly kind: 'never'; readonly size: 0 }
  /** A pointer that isn't followed, shown `0x…`; what lies behind the first 8 bytes (a length, a vtable) isn't shown. */
  | { readonly kind: 'address'; readonly size: number }
  /** Always the same text, whatever the bytes: `PhantomData<u8>`, `(Weak)`, `UnsafeCell { .. }`. */
  | { readonly kind: 'fixed'; readonly size: number; readonly text: string }
  /** A type without a layout that anybody knows: a union, a vector, a declaration. Shown as its bytes. */
  | { readonly kind: 'opaque'; readonly size: number; readonly name: string }
  /** Not shown. Its bytes are not to be read from the target where it is `redacted`. */
  | { readonly kind: 'cut'; readonly size: number; readonly why: WhyCut }
  /** `name` is the last segment of the type's path, without generic arguments; empty for a tuple. Fields in source order. */
  | StructShape
  | { readonly kind: 'array'; readonly size: number; readonly element: ValueShape; readonly count: number }
  | EnumShape
  /** Every value has a name; others are invalid. Values as the source writes them. */
  | {
      readonly kind: 'c-enum';
      readonly size: 1 | 2 | 4 | 8 | 16;
      readonly signed: boolean;
      readonly variants: readonly { readonly name: string; readonly value: bigint }[];
    }
  | FollowedShape
  | StandardShape;

export type FieldShape = { readonly name: string; readonly offset: number; readonly shape: ValueShape };

/** How a struct or a variant is written: `Unit`, `Tuple(1, 2)`, `Named { a: 1 }`. */
export type Form = 'unit' | 'tuple' | 'named';

export type StructShape = {
  readonly kind: 'struct';
  readonly size: number;
  readonly name: string;
  readonly form: Form;
  readonly fields: readonly FieldShape[];
};

export type VariantShape = {
  readonly name: string;
  readonly form: Form;
  /** At offsets from the enum's beginning, in source order. */
  readonly fields: readonly FieldShape[];
  /** Values of the tag, as unsigned numbers of its size, that mean this variant; null: every value no other one has. */
  readonly values: readonly { readonly low: bigint; readonly high: bigint }[] | null;
};

export type EnumShape = {
  readonly kind: 'enum';
  readonly size: number;
  /** Null: there is one variant only. */
  readonly tag: { readonly offset: number; readonly size: 1 | 2 | 4 | 8 | 16 } | null;
  readonly variants: readonly VariantShape[];
  /** The variant's name isn't written, only its one field: `IpAddr`, `SocketAddr`. */
  readonly isTransparent?: true;
};

/**
 * Where memory behind a value begins. The 8 bytes at `data` are an address (0: there is none; a shape says what is shown
 * then); the memory begins `add` bytes behind it. `counts`: of Rc and Arc, where the counters are, from the address: two
 * words, the weak one with one more than the user's.
 */
export type Behind = {
  readonly data: number;
  readonly add: number;
  readonly counts: { readonly strong: number; readonly weak: number } | null;
};

/** Shapes for which memory behind the value is read. */
export type FollowedShape =
  /** `&T`, `Box<T>`, `Rc<T>`: shown as what they point to; null is shown as `NULL`. */
  | { readonly kind: 'pointer'; readonly size: number; readonly behind: Behind; readonly target: ValueShape }
  /** A NUL-terminated string behind one word: `*const c_char`. Null is shown as `NULL`. */
  | { readonly kind: 'c-string'; readonly size: 8 }
  /**
   * Text of the length at `length`: str, String, Path, OsString; `of` c: CStr and CString, whose length counts the NUL.
   * `bytes` are shown as text where they are UTF-8.
   */
  | {
      readonly kind: 'text';
      readonly size: number;
      readonly behind: Behind;
      readonly length: number;
      readonly of: 'utf8' | 'bytes' | 'c';
    }
  /** Elements one after the other, their number at `length`: slices, Vec. `size` is that of the value, not the memory's. */
  | {
      readonly kind: 'sequence';
      readonly size: number;
      readonly behind: Behind;
      readonly length: number;
      readonly element: ValueShape;
    }
  /** A ring buffer: VecDeque. `head`: the index of the first element; where `tail` isn't null, one behind the last and no `length`. */
  | {
      readonly kind: 'ring';
      readonly size: number;
      readonly behind: Behind;
      readonly capacity: number;
      readonly head: number;
      readonly length: number | null;
      readonly tail: number | null;
      readonly element: ValueShape;
    }
  /**
   * hashbrown's table: HashMap, HashSet. The word at `control` is the address of the control bytes, of which there are
   * that at `mask` plus one; where byte i is below 0x80, an element is (i + 1) times its size before the address. The
   * number of elements is at `items`. Of a map the element is a tuple of two.
   */
  | {
      readonly kind: 'hash-table';
      readonly size: number;
      readonly control: number;
      readonly mask: number;
      readonly items: number;
      readonly element: ValueShape;
      readonly isMap: boolean;
    }
  /**
   * BTreeMap, BTreeSet. The word at `root` is the address of the root node (0 where the map is empty), that at `height` how many
   * levels of inner nodes there are, that at `length` the number of elements. An inner node begins with a leaf node.
   */
  | {
      readonly kind: 'b-tree';
      readonly size: number;
      readonly root: number;
      readonly height: number;
      readonly length: number;
      readonly leaf: {
        readonly size: number;
        readonly keys: number;
        readonly values: number;
        /** A 16-bit number of elements in the node. */
        readonly length: number;
        readonly capacity: number;
      };
      /** Where an inner node's addresses of children are; there is one more than its elements. */
      readonly edges: number;
      readonly key: ValueShape;
      readonly value: ValueShape;
      readonly isMap: boolean;
    }
  /** LinkedList: the address of the first node, and in each that of the next, 0 at the end. */
  | {
      readonly kind: 'list';
      readonly size: number;
      readonly head: number;
      readonly length: number;
      readonly node: { readonly size: number; readonly next: number; readonly element: number };
      readonly element: ValueShape;
    }
  /**
   * A trait object: an address and a vtable (drop, size, align, methods). The concrete type is found by the vtable's
   * address as linked. With `add` null the value begins at the first multiple of its alignment behind 16 bytes (Rc, Arc).
   */
  | {
      readonly kind: 'dyn';
      readonly size: number;
      readonly data: number;
      readonly vtable: number;
      readonly add: number | null;
      readonly counts: Behind['counts'];
      readonly trait: string;
      /** Concrete types that are looked into further; others are shown as far as their own bytes tell. */
      readonly known: readonly { readonly vtable: bigint; readonly shape: ValueShape }[];
    }
  /**
   * std::io::Error of one word: the low two bits say which: 0 the address of a `SimpleMessage`, 1 that of a `Custom` plus
   * one, 2 an error number of the system in the high half, 3 a kind in the high half.
   */
  | {
      readonly kind: 'io-error';
      readonly size: 8;
      readonly kinds: Extract<ValueShape, { kind: 'c-enum' }> | null;
      readonly message: StructShape | null;
      readonly custom: StructShape | null;
    };

/** Types of the standard library that `Debug` shows in a way of their own. */
export type StandardShape =
  /** Words of seconds and 32-bit nanoseconds, at offsets. */
  | { readonly kind: 'duration'; readonly size: number; readonly seconds: number; readonly nanoseconds: number }
  | { readonly kind: 'ipv4'; readonly size: 4 }
  | { readonly kind: 'ipv6'; readonly size: 16 }
  /** An address and a 16-bit port; of IPv6 with scope and flow, 32 bits each. */
  | {
      readonly kind: 'socket-address';
      readonly size: number;
      readonly ip: { readonly offset: number; readonly shape: ValueShape };
      readonly port: number;
      readonly scope: number | null;
      readonly flow: number | null;
    }
  /** `1..5`, `1..=5`, `1..`, `..5`, `..=5`. `exhausted`: where a byte says that a RangeInclusive has been walked through. */
  | {
      readonly kind: 'range';
      readonly size: number;
      readonly start: FieldShape | null;
      readonly end: FieldShape | null;
      readonly inclusive: boolean;
      readonly exhausted: number | null;
    }
  /** Borrow state: a signed word at `borrow`, below 0 while it is borrowed mutably. */
  | { readonly kind: 'ref-cell'; readonly size: number; readonly borrow: number; readonly value: FieldShape }
  /**
   * Mutex and RwLock: a 32-bit futex at `futex` (null: another kind of lock), a byte at `poison`. Of a Mutex any value but 0
   * is locked; of an RwLock the low 30 bits all set are a writer.
   */
  | {
      readonly kind: 'lock';
      readonly size: number;
      readonly name: 'Mutex' | 'RwLock';
      readonly futex: number | null;
      readonly poison: number | null;
      readonly value: FieldShape;
    }
  /** OnceCell and OnceLock: the value where `state` (an enum's tag, or a word) says that there is one. */
  | { readonly kind: 'once'; readonly size: number; readonly name: string; readonly value: ValueShape };
