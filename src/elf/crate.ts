import type { Scheme } from './symbols.ts';

/** The 16 hexadecimal digits at the end of a legacy Rust name: `…17h0123456789abcdefE`. */
export const legacyHash = (raw: string): string | null => /17h([0-9a-f]{16})E/.exec(raw)?.[1] ?? null;

const primitives = new Set(
  'bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f16 f32 f64 f128 dyn impl for as mut const fn unsafe extern'.split(
    ' ',
  ),
);

/**
 * The crate in which a Rust function was written. A v0 name says it outright for inherent and trait implementations
 * too; of a legacy name the first path counts, or the trait's for an implementation on a primitive type.
 */
export const crateOf = (scheme: Scheme, raw: string, name: string): string | null => {
  if (scheme === 'rust-v0') return crateOfV0(raw) ?? firstPath(name);
  return scheme === 'rust-legacy' ? firstPath(name) : null;
};

const firstPath = (name: string): string | null => {
  for (const [, word = '', separator] of name.matchAll(/([\p{L}_][\p{L}\p{N}_]*)(::|<)?/gu)) {
    if (primitives.has(word)) continue;
    if (separator === '::') return word;
  }
  return null;
};

/**
 * Walks the outermost path of a v0 name to its crate root:
 *   C [s…_] <identifier>   the root              N <namespace> <path> …   inside a path
 *   I <path> …             generic arguments     M, X [s…_] <path> …      an implementation, by where it is written
 *   B <base-62> _          the path at an earlier position
 */
const crateOfV0 = (raw: string): string | null => {
  const start = raw.indexOf('_R') >= 0 ? raw.indexOf('_R') + 2 : raw.startsWith('R') ? 1 : -1;
  if (start < 0) return null;
  let at = start;
  // Each step moves on or jumps back; a malformed name could jump for ever.
  for (let steps = 0; steps < 1000; steps++) {
    const tag = raw[at];
    if (tag === 'N') at += 2;
    else if (tag === 'I') at += 1;
    else if (tag === 'M' || tag === 'X') at = afterDisambiguator(raw, at + 1);
    else if (tag === 'C') return identifier(raw, afterDisambiguator(raw, at + 1));
    else if (tag === 'B') {
      const target = start + base62(raw, at + 1);
      if (target >= at) return null;
      at = target;
    } else return null;
  }
  return null;
};

const afterDisambiguator = (raw: string, at: number): number => {
  if (raw[at] !== 's') return at;
  const end = raw.indexOf('_', at);
  return end < 0 ? raw.length : end + 1;
};

const identifier = (raw: string, at: number): string | null => {
  const found = /^(u?)(\d+)_?/.exec(raw.slice(at, at + 16));
  if (!found || found[1] === 'u') return null; // punycode: the demangled name has it readable
  const start = at + found[0].length;
  return raw.slice(start, start + Number(found[2])) || null;
};

/** The number a `B` is followed by: `_` is 0, `0_` is 1. */
const base62 = (raw: string, at: number): number => {
  const end = raw.indexOf('_', at);
  if (end < 0 || end - at > 8) return Number.MAX_SAFE_INTEGER;
  let value = 0;
  for (const digit of raw.slice(at, end))
    value = value * 62 + '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'.indexOf(digit);
  return end === at ? 0 : value + 1;
};
