import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const src = fileURLToPath(new URL('../src', import.meta.url));

/** A file may import its own folder and the folders on its line, and nothing else. */
const mayImport: Record<string, readonly string[]> = {
  base: [],
  core: ['base'],
  elf: ['base', 'core'],
  demangle: ['base', 'core'],
  code: ['base'],
  abi: ['base', 'elf', 'code'],
  expr: ['base', 'abi'],
  trace: ['base', 'abi', 'expr'],
  query: ['base', 'core', 'elf', 'demangle', 'code', 'abi', 'expr', 'trace'],
  report: ['base', 'query'],
  tui: ['base', 'query', 'report'],
  cli: ['base', 'query', 'report', 'tui'],
  '.': ['query'],
};

/** One file owns each danger: the package may be imported there and nowhere else. */
const owners: Record<string, RegExp> = {
  koffi: /^trace\/sys\/libc\.ts$/,
  'iced-x86': /^code\//,
  ink: /^tui\//,
  react: /^tui\//,
  commander: /^cli\//,
};

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((f) => /\.tsx?$/.test(f));
const importsOf = (file: string): string[] =>
  [
    ...readFileSync(join(src, file), 'utf8').matchAll(
      /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)\s*import\s+'([^']+)'/g,
    ),
  ].map((m) => m[1] ?? m[2] ?? m[3] ?? '');
const folderOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '.') : '.');

test('every file stays in its layer', () => {
  const breaches: string[] = [];
  let seen = 0;
  for (const file of files) {
    const folder = folderOf(file);
    const allowed = mayImport[folder];
    if (allowed === undefined) {
      breaches.push(`${file}: the folder ${folder} is not in the table`);
      continue;
    }
    for (const spec of importsOf(file)) {
      seen++;
      if (spec.startsWith('.')) {
        const target = relative(src, resolve(src, dirname(file), spec));
        const to = folderOf(target);
        if (to !== folder && !allowed.includes(to)) breaches.push(`${file} imports ${target}`);
      } else {
        const name = spec.split('/')[0] ?? '';
        const owner = owners[name];
        if (owner && !owner.test(file)) breaches.push(`${file} imports the package ${name}`);
      }
    }
  }
  expect(breaches).toEqual([]);
  expect(files.length).toBeGreaterThan(40);
  expect(seen).toBeGreaterThan(100);
});

test('only the command line ends the process, and only the core touches WebAssembly', () => {
  const breaches = files.filter((file) => {
    const text = readFileSync(join(src, file), 'utf8');
    return (
      (/process\.exit\b(?!Code)/.test(text) && file !== 'cli/main.ts') ||
      (/\bWebAssembly\b/.test(text) && !file.startsWith('core/'))
    );
  });
  expect(breaches).toEqual([]);
});
