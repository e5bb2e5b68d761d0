import { decodeBytes } from '../base/text.ts';
import { fileOffset } from '../base/units.ts';
import type { Producer } from '../elf/debug-model.ts';
import type { Image, Section } from '../elf/model.ts';
import type { Compiler, CompilerEvidence } from './info-model.ts';

// A linker makes equal entries one: more text than this is no list of compilers.
const largestComment = 1 << 20;
/** Bytes of constants that are looked through at a time; pieces overlap by more than what is looked for is long. */
const pieceSize = 4 << 20;
const overlap = 256;
/** Of a damaged file as of a real one. */
const mostConstants = 512 << 20;

/** Constants of ELF, PE and Mach-O. */
const constantSections = new Set(['.rodata', '.rdata', '__TEXT,__const', '__const', '__TEXT,__cstring', '__cstring']);

/** Every compiler that the file tells of, by the evidence: debug info, `.comment`, constants. */
export const compilersOf = (image: Image, producers: readonly Producer[]): Compiler[] => [
  ...producers.map(({ producer, language, version, count }) => ({
    name: producer === '' ? 'not said' : producer,
    evidence: 'debug-info' as const,
    count,
    language,
    dwarfVersion: version,
  })),
  ...commentsOf(image),
  ...constantsOf(image),
];

/** Strings of `.comment`: which compilers and linkers had a hand in the file. */
export const commentsOf = (image: Image): Compiler[] => {
  const texts = image.sections
    .filter(({ name, size }) => name === '.comment' && size <= largestComment)
    .flatMap((section) => decodeBytes(bytesOf(image, section, 0, Number(section.size))).split('\0'));
  return counted(
    texts.filter((text) => text !== ''),
    'comment',
  );
};

const constantsOf = (image: Image): Compiler[] => {
  const paths: string[] = [];
  const texts: string[] = [];
  for (const section of image.sections) {
    if (!constantSections.has(section.name) || section.size > mostConstants) continue;
    for (const piece of pieces(image, section)) {
      paths.push(...found(piece, '/rustc/', /^\/rustc\/([0-9a-f]{40})\//).map((commit) => `rustc, commit ${commit}`));
      texts.push(...found(piece, 'rustc version ', /^(rustc version \d+\.\d+\.\d+[ -~]{0,60})/));
    }
  }
  return [...counted(paths, 'source-path'), ...counted(texts, 'constant-text')];
};

const counted = (names: readonly string[], evidence: CompilerEvidence): Compiler[] => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, count]) => ({ name, evidence, count, language: null, dwarfVersion: null }))
    .sort((a, b) => b.count - a.count);
};

/** What begins in the first `pieceSize` bytes of a piece; what begins behind them is the next one's. */
const found = (piece: Buffer, start: string, pattern: RegExp): string[] => {
  const all: string[] = [];
  for (let at = piece.indexOf(start); at >= 0 && at < pieceSize; at = piece.indexOf(start, at + start.length)) {
    const [, name] = pattern.exec(piece.toString('latin1', at, at + overlap)) ?? [];
    if (name !== undefined) all.push(name);
  }
  return all;
};

function* pieces(image: Image, section: Section): Generator<Buffer> {
  const size = Number(section.size);
  for (let at = 0; at < size; at += pieceSize)
    yield Buffer.from(bytesOf(image, section, at, Math.min(pieceSize + overlap, size - at)));
}

/** Nothing where the file ends before. */
const bytesOf = (image: Image, { fileOffset: start, type }: Section, at: number, length: number): Uint8Array => {
  const hasNoBytes = image.format === 'elf' && type === 8;
  try {
    return hasNoBytes ? new Uint8Array() : image.readBytes(fileOffset(start + BigInt(at)), length);
  } catch {
    return new Uint8Array();
  }
};
