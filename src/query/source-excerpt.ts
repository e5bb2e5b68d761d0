import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { decodeBytes, sanitize } from '../base/text.ts';

/** Lines of a source file. Text is safe on a terminal. */
export type SourceExcerpt = {
  /** As debug info names it. */
  readonly file: string;
  /** Where it was read; null: it is not at hand. */
  readonly path: string | null;
  /** What a user should know of it. */
  readonly note: string | null;
  /** Number of the first line. */
  readonly from: number;
  readonly lines: readonly string[];
  /** Number of the line that is meant. */
  readonly line: number;
};

type SourceFile = { readonly path: string | null; readonly note: string | null; readonly lines: readonly string[] };

/** Larger files were not written by people. */
const mostBytes = 8 << 20;
/** Files that are kept. */
const mostFiles = 64;
const mostColumns = 400;
/** Lines of a function that are shown. */
const mostLines = 24;

/** Reads source files where they are at hand: at the path in debug info, or beside the binary. Each is read once. */
export class SourceFiles {
  readonly #binary: string;
  readonly #files = new Map<string, SourceFile>();

  constructor(binary: string) {
    this.#binary = binary;
  }

  /** The function that is declared at a line, as far as it can be told where it ends. */
  declaration(file: string, line: number): SourceExcerpt {
    const lines = this.#read(file).lines;
    const before = attributesAbove(lines, line);
    return this.excerpt(file, line, before, endOf(lines, line));
  }

  /** Some lines around one; `from` and `to` are the first and last line wanted. */
  excerpt(file: string, line: number, from: number, to: number): SourceExcerpt {
    const { path, note, lines } = this.#read(file);
    const first = Math.max(1, from);
    const shown = lines.slice(first - 1, Math.min(to, first + mostLines - 1)).map(shownLine);
    const isBeyond = path !== null && line > lines.length;
    return {
      file: sanitize(file),
      path: path === null ? null : sanitize(path),
      note: isBeyond ? `it has no line ${line}: it is another version than was compiled` : note,
      from: first,
      lines: isBeyond ? [] : shown,
      line,
    };
  }

  /** One line without its indent; null where it is not at hand. */
  line(file: string, line: number): string | null {
    const text = this.#read(file).lines[line - 1];
    return text === undefined ? null : shownLine(text).trim();
  }

  #read(file: string): SourceFile {
    const known = this.#files.get(file);
    if (known !== undefined) return known;
    if (this.#files.size >= mostFiles) this.#files.clear();
    const read = this.#find(file);
    this.#files.set(file, read);
    return read;
  }

  #find(file: string): SourceFile {
    for (const path of candidates(file, this.#binary)) {
      const read = readSource(path);
      if (read === null) continue;
      if (read === 'large') return { path: null, note: `it is larger than ${mostBytes >> 20} MiB`, lines: [] };
      const elsewhere = path === file ? null : `read from ${sanitize(path)}`;
      const changed = isNewer(read.changed, this.#binary) ? 'newer than the binary: lines may have moved' : null;
      const note = [elsewhere, changed].filter((one) => one !== null).join('; ');
      return { path, note: note === '' ? null : note, lines: read.lines };
    }
    return { path: null, note: 'it is not at hand', lines: [] };
  }
}

/** Folders above the binary's: `target/debug/app` lies two below the sources. */
const mostParents = 4;
const mostParts = 6;

/** A sole file name beside the binary may be that of another file: further up, its folder must agree. */
const candidates = (file: string, binary: string): string[] => {
  const found = isAbsolute(file) ? [file] : [];
  const parts = file.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  let folder = dirname(binary);
  for (let up = 0; up <= mostParents; up++) {
    for (let count = Math.min(mostParts, parts.length); count >= (up === 0 ? 1 : 2); count--)
      found.push(join(folder, ...parts.slice(-count)));
    const above = dirname(folder);
    if (above === folder) break;
    folder = above;
  }
  return found;
};

type Read = { readonly lines: readonly string[]; readonly changed: number };

const readSource = (path: string): Read | 'large' | null => {
  let fd: number;
  try {
    // A pipe or a device would keep whoever opens it waiting.
    if (!statSync(path).isFile()) return null;
    fd = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const { size, mtimeMs } = fstatSync(fd);
    if (size > mostBytes) return 'large';
    const bytes = Buffer.alloc(size);
    const length = readSync(fd, bytes, 0, size, 0);
    return { lines: decodeBytes(bytes.subarray(0, length)).split(/\r?\n/), changed: mtimeMs };
  } catch {
    return null;
  } finally {
    closeSync(fd);
  }
};

const isNewer = (changed: number, binary: string): boolean => {
  try {
    return changed > statSync(binary).mtimeMs;
  } catch {
    return false;
  }
};

const shownLine = (line: string): string => sanitize(line.replaceAll('\t', '    ').slice(0, mostColumns).trimEnd());

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** The first of the attributes and comments that stand directly above a line, a few at most. */
const attributesAbove = (lines: readonly string[], line: number): number => {
  let first = line;
  for (let n = line - 1; n >= Math.max(1, line - 3); n--) {
    if (!/^\s*(?:#\[|\/\/|\*)/.test(lines[n - 1] ?? '')) break;
    first = n;
  }
  return first;
};

/** Where a function seems to end: at the brace that stands as far in as its first line. */
const endOf = (lines: readonly string[], line: number): number => {
  const first = lines[line - 1] ?? '';
  if (/[;}]\s*$/.test(first)) return line;
  for (let n = line + 1; n < line + mostLines; n++) {
    const text = lines[n - 1];
    if (text === undefined) break;
    if (text.trim() !== '' && indentOf(text) <= indentOf(first) && /^\s*\}/.test(text)) return n;
  }
  return line + mostLines;
};
