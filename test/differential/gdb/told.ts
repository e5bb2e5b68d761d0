/** A place as gdb describes it: bytes `from` up to `from + size` of the value; `size` null: all of it. */
export type ToldPiece = { readonly from: number; readonly size: number | null; readonly place: ToldPlace };

export type ToldPlace =
  /** `from`: the byte of the register with which the value begins. */
  | { readonly kind: 'register'; readonly reg: string; readonly add: bigint; readonly from?: number }
  /** Each number in `followed` is added to the address that is read before it. */
  | {
      readonly kind: 'memory';
      readonly base: string | null;
      readonly offset: bigint;
      readonly followed: readonly bigint[];
    }
  /** Null: gdb doesn't print it. */
  | { readonly kind: 'constant'; readonly value: bigint | null }
  | { readonly kind: 'nowhere' }
  /** A register's value at the function's entry. */
  | { readonly kind: 'entry'; readonly reg: string }
  /** The lowest bit of what is there: how LLVM tells a bool. */
  | { readonly kind: 'bit'; readonly of: ToldPlace }
  | { readonly kind: 'computed' };

/** What `info scope` says of a variable at one address. */
export type Told = {
  /** `list`: by a list of ranges, of which one covers the address; `gap`: none does; `throughout`: at all addresses. */
  readonly by: 'list' | 'gap' | 'throughout';
  readonly pieces: readonly ToldPiece[];
};

/** What DW_OP_fbreg is relative to. */
export type FrameBase = { readonly base: string; readonly offset: bigint };

export const readTold = (text: string, at: bigint, slide: bigint, frameBase: FrameBase): Told => {
  const body = text.replace(/(?:, length \d+)?\.\s*$/, '');
  if (!body.startsWith('multi-location:')) return { by: 'throughout', pieces: readPieces(body, frameBase) };
  const here = body
    .split(/^ {2}(?:Base address 0x[0-9a-f]+ {2})?Range /m)
    .slice(1)
    .filter((part) => {
      const [, start, end] = /^(0x[0-9a-f]+)-(0x[0-9a-f]+): /.exec(part) ?? [];
      return BigInt(start!) <= at + slide && at + slide < BigInt(end!);
    });
  const [first] = here;
  return first === undefined
    ? { by: 'gap', pieces: [] }
    : { by: 'list', pieces: readPieces(first.replace(/^\S+ /, ''), frameBase) };
};

type Reading = {
  readonly pattern: RegExp;
  readonly place: (match: RegExpExecArray, frameBase: FrameBase) => ToldPlace;
};

const readings: readonly Reading[] = [
  { pattern: /a variable in \$(\w+)/y, place: ([, reg]) => ({ kind: 'register', reg: reg!, add: 0n }) },
  {
    pattern: /a variable at frame base reg \$(\w+) offset (-?\d+)\+(-?\d+)/y,
    place: ([, base, a, b]) => ({ kind: 'memory', base: base!, offset: BigInt(a!) + BigInt(b!), followed: [] }),
  },
  {
    pattern: /a variable at offset (-?\d+) from base reg \$(\w+)/y,
    place: ([, offset, base]) => ({ kind: 'memory', base: base!, offset: BigInt(offset!), followed: [] }),
  },
  {
    pattern: /static storage at address (0x[0-9a-f]+)/y,
    place: ([, address]) => ({ kind: 'memory', base: null, offset: BigInt(address!), followed: [] }),
  },
  {
    pattern: /(?:the constant|a constant with value|constant)(?: (-?\d+)(?: \(0x[0-9a-f]+\))?)?/y,
    place: ([, value]) => ({ kind: 'constant', value: value === undefined ? null : BigInt(value) }),
  },
  { pattern: /(?:an empty (?=\d+-byte)|optimized out)/y, place: () => ({ kind: 'nowhere' }) },
  {
    pattern: /a complex DWARF expression:\n((?: +\d+: DW_OP_.*\n?)+)/y,
    place: ([, listing], frameBase) => evaluated(listing!, frameBase),
  },
];

const readPieces = (text: string, frameBase: FrameBase): ToldPiece[] => {
  const pieces: ToldPiece[] = [];
  let at = 0;
  let from = 0;
  while (at < text.trimEnd().length) {
    const found = readings
      .map(({ pattern, place }) => {
        pattern.lastIndex = at;
        const match = pattern.exec(text);
        return match && { end: pattern.lastIndex, place: place(match, frameBase) };
      })
      .find((one) => one !== null);
    if (!found) throw new Error(`gdb says: ${text.slice(at)}`);
    const suffix = /\s*\[?(\d+)-byte piece\]?/y;
    suffix.lastIndex = found.end;
    const size = suffix.exec(text)?.[1];
    pieces.push({ from, size: size === undefined ? null : Number(size), place: found.place });
    from += Number(size ?? 0);
    at = size === undefined ? found.end : suffix.lastIndex;
    const separator = /, and |\s+/y;
    separator.lastIndex = at;
    if (separator.test(text)) at = separator.lastIndex;
  }
  return pieces;
};

const bitMasks =
  /((?:^ +\d+: DW_OP_(?:constu (?:255|4294967295)|lit1|constu 1)\n +\d+: DW_OP_and\n)+) +\d+: DW_OP_stack_value\n?$/m;

const shifted =
  /^ +\d+: DW_OP_breg\d+ 0 \[\$(\w+)\]\n +\d+: DW_OP_constu (\d+)\n +\d+: DW_OP_shr\n +\d+: DW_OP_stack_value\n?$/;

/** The part of DWARF's expressions of which places are made: a register, what is added to it, what is read there. */
const evaluated = (listing: string, frameBase: FrameBase): ToldPlace => {
  const masks = bitMasks.exec(listing);
  if (masks !== null && /(?:lit|constu )1\n/.test(masks[1]!)) {
    const rest = listing.slice(0, masks.index);
    const isByte = / +\d+: DW_OP_deref_size 1\n$/.exec(rest);
    return {
      kind: 'bit',
      of: evaluated(isByte === null ? `${rest} 0: DW_OP_stack_value\n` : rest.slice(0, isByte.index), frameBase),
    };
  }
  const shift = shifted.exec(listing);
  if (shift !== null) return { kind: 'register', reg: shift[1]!, add: 0n, from: Number(shift[2]) / 8 };
  const operations = [...listing.matchAll(/^ +\d+: DW_OP_(\w+)(?: (-?\d+|0x[0-9a-f]+))?(?: \[\$(\w+)\])?/gm)];
  let value: { base: string | null; offset: bigint; followed: bigint[] } | null = null;
  const computed: ToldPlace = { kind: 'computed' };
  for (const [i, [, op = '', number, reg]] of operations.entries()) {
    const add = BigInt(number ?? 0);
    if (op === 'GNU_entry_value' || op === 'entry_value') return { kind: 'entry', reg: operations[i + 1]?.[3] ?? '?' };
    const start: Start | null = value === null ? started(op, add, reg, frameBase) : null;
    if (start !== null) value = { base: start.base, offset: start.offset, followed: [] };
    else if (op === 'plus_uconst' && value !== null) {
      if (value.followed.length === 0) value.offset += add;
      else value.followed[value.followed.length - 1]! += add;
    } else if (op === 'deref' && value !== null) value.followed.push(0n);
    else if (op === 'stack_value' && i === operations.length - 1 && value !== null) return computedValue(value);
    else return computed;
  }
  return value === null ? computed : { kind: 'memory', ...value };
};

type Start = { readonly base: string | null; readonly offset: bigint };

const started = (op: string, number: bigint, reg: string | undefined, frameBase: FrameBase): Start | null => {
  if (/^breg(?:\d+|x)$/.test(op)) return { base: reg!, offset: number };
  if (op === 'fbreg') return { base: frameBase.base, offset: frameBase.offset + number };
  if (op === 'addr' || op.startsWith('const')) return { base: null, offset: number };
  return op.startsWith('lit') ? { base: null, offset: BigInt(op.slice(3)) } : null;
};

/** Of an expression whose result is the value, not its address. */
const computedValue = ({
  base,
  offset,
  followed,
}: {
  base: string | null;
  offset: bigint;
  followed: bigint[];
}): ToldPlace => {
  const last = followed.at(-1);
  if (last === undefined)
    return base === null ? { kind: 'constant', value: offset } : { kind: 'register', reg: base, add: offset };
  return last === 0n ? { kind: 'memory', base, offset, followed: followed.slice(0, -1) } : { kind: 'computed' };
};
