import { splitPath } from '../base/path.ts';
import { legacyHash } from '../elf/crate.ts';
import type { Scheme } from '../elf/symbols.ts';

/** How a raw name is mangled, by its looks. */
export const schemeOf = (raw: string | null): Scheme => {
  if (raw === null) return 'none';
  if (/^_{0,2}R[A-Z0-9]/.test(raw)) return 'rust-v0';
  if (!/^_{0,4}Z/.test(raw)) return 'none';
  return legacyHash(raw) === null ? 'itanium' : 'rust-legacy';
};

/** A name in debug info has neither a version nor what ThinLTO appends to the symbols that it promotes. */
export const bareSymbol = (raw: string): string => raw.replace(/@.*$/s, '').replace(/\.llvm\.\w+$/, '');

/** The symbol of which GCC or a linker made this one: `f` of `f.isra.0`, `f.constprop.0.cold`; only DIEs of `f` tell. */
export const clonedSymbol = (raw: string): string =>
  bareSymbol(raw).replace(/(?:\.(?:isra|constprop|part|lto_priv)\.\d+|\.llvm\.\w+|\.cold(?:\.\d+)?)+$/, '');

const isArgument = (before: string | undefined): boolean => before !== undefined && /[\w:\u0080-\uffff]/.test(before);

/** The index behind the `>` that closes the `<` at `open`; `->` closes nothing. */
const afterArguments = (text: string, open: number): number => {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '<') depth++;
    else if (text[at] === '>' && text[at - 1] !== '-' && --depth === 0) return at + 1;
  }
  return text.length;
};

const withoutArguments = (text: string): string => {
  let kept = '';
  let from = 0;
  for (let at = text.indexOf('<', 1); at >= 0; at = text.indexOf('<', Math.max(from, at + 1))) {
    if (!isArgument(text[at - 1])) continue;
    kept += text.slice(from, text.startsWith('::', at - 2) && at - 2 >= from ? at - 2 : at);
    from = afterArguments(text, at);
  }
  return kept + text.slice(from);
};

/**
 * A Rust path with its generic arguments left out: what instances of one generic function share, whichever way their
 * names were mangled. `alloc::vec::Vec<T,A>::push` and `<alloc::vec::Vec<u8>>::push` are both `alloc::vec::Vec::push`.
 */
export const openPath = (path: string): string => {
  const own = path.includes('.llvm.') ? path.replace(/\.llvm\.\w+$/, '') : path;
  if (!own.includes('<')) return own;
  const open = withoutArguments(own);
  // An inherent method's type is a path; `<[T]>::len` and `<T as Trait>::f` are what they are.
  return !open.startsWith('<') ? open : open.replace(/^<([\p{L}_][\p{L}\p{N}_:]*)>/u, '$1');
};

/** `{closure#0}`, `{async_fn#0}`: bodies inside functions, as DWARF and the v0 mangling number them. */
const body = /^\{(?!impl\b)[a-z_]+#\d+\}/;

/**
 * A path whose closures and async bodies are told apart, as DWARF does: the legacy mangling calls all of them
 * `{{closure}}`, v0 calls an async body `{closure#0}`. Where the two don't fit together, the path as it is.
 */
export const numberedPath = (path: string, dwarfPath: string): string => {
  if (!path.includes('{') || !dwarfPath.includes('#')) return path;
  const segments = splitPath(path);
  const isBody = (segment: string): boolean => segment.startsWith('{{closure}}') || body.test(segment);
  const bodies = splitPath(dwarfPath).flatMap((segment) => body.exec(segment)?.[0] ?? []);
  if (segments.filter(isBody).length !== bodies.length) return path;
  let next = 0;
  return segments.map((segment) => (isBody(segment) ? bodies[next++] : segment)).join('::');
};

/** The last segment's own name: `gen` of `app::gen<u8>` and of `app::gen::<u8>`; closures without their number. */
export const lastName = (path: string): string => {
  const last = splitPath(openPath(path)).at(-1) ?? '';
  if (last.startsWith('{')) return '{}';
  return /^[^<(.@ ]+/.exec(last)?.[0] ?? last;
};

/** Whether a path's last segment has generic arguments: in DWARF, those of the function and of its implementation. */
export const hasArguments = (dwarfPath: string): boolean => dwarfPath.endsWith('>') && !/operator\S*>$/.test(dwarfPath);
