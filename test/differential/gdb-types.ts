import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../support/process.ts';
import { Temporary } from '../support/temporary.ts';

/** `bits` from the beginning of the type; null where gdb has no place for it. */
export type GdbField = {
  readonly name: string | null;
  /** The type's name; null where it has none. */
  readonly type: string | null;
  readonly size: number;
  readonly artificial: boolean;
  readonly bits: number | null;
  readonly bitSize: number;
  readonly value?: string;
  readonly fields?: readonly GdbField[];
};

/** `text` is what `ptype /o` prints. */
export type GdbLayout =
  | { readonly error: string }
  | { readonly size: number; readonly fields: readonly GdbField[]; readonly text: string };

const script = fileURLToPath(new URL('./gdb-types.py', import.meta.url));

/** Layouts of types by name, all asked of one gdb. */
export const gdbLayouts = (file: string, names: readonly string[]): Readonly<Record<string, GdbLayout>> => {
  using folder = new Temporary();
  const layouts = join(folder.path, 'layouts.json');
  const env = { TYPE_NAMES: folder.file('names.json', JSON.stringify(names)), TYPE_LAYOUTS: layouts };
  // gdb takes an index for complete that tells of only some units.
  const unindexed = join(folder.path, 'unindexed');
  run('objcopy', ['--remove-section=.debug_names', file, unindexed]);
  run('gdb', ['-nx', '-batch', '-iex', 'set auto-load off', '-x', script, unindexed], { env, timeout: 600_000 });
  return JSON.parse(readFileSync(layouts, 'utf8'));
};

/** Total size and, for a plain struct, offset and size of each member at the first level, as `ptype /o` prints them. */
export const printedLayout = (text: string): { total: number | null; members: [offset: number, size: number][] } => {
  const total = [...text.matchAll(/total size \(bytes\):\s+(\d+) \*\//g)].at(-1)?.[1];
  // The first level is indented by four blanks behind the comment.
  const members = [...text.matchAll(/^\/\*\s+(\d+)\s+\|\s+(\d+) \*\/ {4}(?=\S)/gm)];
  return {
    total: total === undefined ? null : Number(total),
    members: members.map(([, offset, size]) => [Number(offset), Number(size)]),
  };
};
