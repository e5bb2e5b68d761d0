import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { SourceFiles } from '../../src/query/source-excerpt.ts';
import { Temporary } from '../support/temporary.ts';

const text = [
  '// first',
  '',
  '/// Says it.',
  '#[inline]',
  'fn hello() {',
  '    one();',
  '\ttwo();',
  '}',
  '',
  'fn next() {}',
];

const folders: Temporary[] = [];
afterAll(() => {
  for (const folder of folders) folder[Symbol.dispose]();
});

/** A binary in `target/debug`, older or newer than its sources in `src`. */
const project = (
  content: string | Uint8Array,
  binaryTime = 2_000,
): { binary: string; source: string; folder: string } => {
  const made = new Temporary();
  folders.push(made);
  const folder = made.path;
  mkdirSync(join(folder, 'target/debug'), { recursive: true });
  mkdirSync(join(folder, 'src'));
  const binary = join(folder, 'target/debug/app');
  const source = join(folder, 'src/main.rs');
  writeFileSync(binary, '');
  writeFileSync(source, content);
  utimesSync(binary, binaryTime, binaryTime);
  utimesSync(source, 1_000, 1_000);
  return { binary, source, folder };
};

describe('a declaration', () => {
  test('with what stands above it, to its closing brace', () => {
    const { binary, source } = project(text.join('\n'));
    expect(new SourceFiles(binary).declaration(source, 5)).toEqual({
      file: source,
      path: source,
      note: null,
      from: 3,
      lines: ['/// Says it.', '#[inline]', 'fn hello() {', '    one();', '    two();', '}'],
      line: 5,
    });
    expect(new SourceFiles(binary).declaration(source, 10).lines).toEqual(['fn next() {}']);
  });

  test('a function without an end is cut', () => {
    const { binary, source } = project(['fn f() {', ...Array(500).fill('    x();')].join('\n'));
    expect(new SourceFiles(binary).declaration(source, 1).lines.length).toBe(24);
  });
});

test('a relative path is found above the binary, and said', () => {
  const { binary, source } = project(text.join('\n'));
  const found = new SourceFiles(binary).excerpt('./src/main.rs', 6, 5, 7);
  expect(found).toMatchObject({
    path: source,
    note: `read from ${source}`,
    lines: ['fn hello() {', '    one();', '    two();'],
  });
  expect(new SourceFiles(binary).line('./src/main.rs', 6)).toBe('one();');
});

test('a file of that name alone, in another folder, is not taken for it', () => {
  const { binary } = project(text.join('\n'));
  expect(new SourceFiles(binary).excerpt('/gone/lib/main.rs', 1, 1, 3)).toMatchObject({
    path: null,
    note: 'it is not at hand',
    lines: [],
  });
});

test('newer than the binary; shorter than it should be', () => {
  const { binary, source } = project(text.join('\n'), 500);
  expect(new SourceFiles(binary).declaration(source, 5).note).toBe('newer than the binary: lines may have moved');
  expect(new SourceFiles(binary).declaration(source, 50)).toMatchObject({
    note: 'it has no line 50: it is another version than was compiled',
    lines: [],
  });
});

test('nothing of it reaches a terminal raw, and long lines are cut', () => {
  const { binary, source } = project(Buffer.from(`\x1b[31mred\u202e\xff\n${'x'.repeat(100_000)}`, 'latin1'));
  const { lines } = new SourceFiles(binary).excerpt(source, 1, 1, 2);
  expect(lines[0]).toContain('\\x1b[31mred');
  expect(lines[0]).not.toContain('\x1b');
  expect(lines[1]?.length).toBe(400);
});

test('a folder, a device and a file that is too large are not read', () => {
  const { binary, source, folder } = project(Buffer.alloc((8 << 20) + 1));
  const files = new SourceFiles(binary);
  expect(files.excerpt(source, 1, 1, 1)).toMatchObject({ path: null, note: 'it is larger than 8 MiB' });
  for (const path of [folder, '/dev/zero']) expect(files.excerpt(path, 1, 1, 1).path).toBeNull();
});
