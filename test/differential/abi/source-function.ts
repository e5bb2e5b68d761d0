/** One argument as the ABI has it; `name` is the source's, or the one rustc gives to what isn't written. */
export type SourceArgument = {
  readonly name: string;
  readonly type: string;
  /** The body has no use for it, or it can have but one value: where code is optimised, callers may leave anything in its place. */
  readonly unread?: boolean;
};

/** One function, closure body or async body of a program, and how to find it in LLVM IR. */
export type SourceFunction = {
  /** Unique in the program; the name that its printed lines carry. */
  readonly name: string;
  readonly kind: string;
  readonly abi: 'Rust' | 'C';
  /** `closure`: the body inside the function of that name. */
  readonly symbol: 'exact' | 'mangled' | 'closure';
  readonly args: readonly SourceArgument[];
  readonly ret: string;
};

/** Source text of a function, the statements that call it once, and what they call. */
export type Composed = {
  readonly source: string;
  readonly call: string;
  readonly functions: readonly SourceFunction[];
};
