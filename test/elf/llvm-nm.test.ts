import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openImage } from '../../src/elf/open.ts';
import { list } from '../../src/query/list.ts';
import { writeUniversal } from '../support/macho-writer.ts';
import { describeNeeding, testNeeding } from '../support/need.ts';
import { Temporary } from '../support/temporary.ts';

/** What an assembler makes of each format: code, data, zeros, tentative and absolute symbols, needs. */
const common = `
.globl {u}_RNvCs15kBYyAo9fc_7mycrate7example
{u}_RNvCs15kBYyAo9fc_7mycrate7example:
  nop
{u}local:
  nop
.data
.globl {u}variable
{u}variable:
  .long 7
{u}hidden:
  .long {u}needed
.comm {u}tentative, 24, 4
.globl {u}absolute
{u}absolute = 5
`;
const machO = `.section __TEXT,__text,regular,pure_instructions
${common}
.weak_definition {u}weak
.globl {u}weak
{u}weak:
  .long 1
.weak_reference {u}perhaps
  .long {u}perhaps
.section __TEXT,__const
.globl {u}constant
{u}constant:
  .long 3
.zerofill __DATA,__bss,{u}zeros,8,3
.private_extern {u}private
{u}private:
  .long 4
`;
const coff = `.text
.def {u}_RNvCs15kBYyAo9fc_7mycrate7example
.scl 2
.type 32
.endef
${common}
.section .rdata,"dr"
.globl {u}constant
{u}constant:
  .long 3
.weak {u}perhaps
  .long {u}perhaps
.bss
{u}zeros:
  .zero 8
`;

const targets = [
  ['x86_64-apple-macosx', machO, '_'],
  ['arm64-apple-macosx', machO, '_'],
  ['i386-apple-macosx', machO, '_'],
  ['armv7-apple-ios', machO, '_'],
  ['x86_64-pc-windows-msvc', coff, ''],
  ['i686-pc-windows-gnu', coff, '_'],
  ['aarch64-pc-windows-msvc', coff, ''],
] as const;

/** CPU types and subtypes of the first four. */
const processors = [
  [0x0100_0007, 3],
  [0x0100_000c, 0],
  [7, 3],
  [12, 9],
] as const;

const assemble = (folder: Temporary, triple: string, text: string, underscore: string): string => {
  const source = folder.file(`${triple}.s`, text.replaceAll('{u}', underscore));
  const object = join(folder.path, `${triple}.o`);
  execFileSync('llvm-mc', [`-triple=${triple}`, '-filetype=obj', source, '-o', object]);
  return object;
};

/** Address, letter and name of every symbol but sections' and files', which llvm-nm leaves out too. */
const ours = (path: string): string[] => {
  using image = openImage(path);
  const lines: string[] = [];
  for (const { table, rows } of list(image, { all: true }, () => undefined))
    for (const row of rows)
      lines.push(
        `${table.undefined(row) ? '-' : table.address(row).toString(16)} ${table.letter(row)} ${table.raw(row)}`,
      );
  return lines.sort();
};
const theirs = (path: string, ...options: string[]): string[] => {
  const told = execFileSync('llvm-nm', [...options, path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return [...told.matchAll(/^([0-9a-f]+|\s+) (\S) (.*)$/gm)]
    .map(([, at = '', letter, name]) => `${at.trim() === '' ? '-' : BigInt(`0x${at}`).toString(16)} ${letter} ${name}`)
    .sort();
};

describeNeeding(['llvm-mc', 'llvm-nm'], 'symbols are those of llvm-nm', () => {
  test.each(targets)('%s', (triple, text, underscore) => {
    using folder = new Temporary();
    const object = assemble(folder, triple, text, underscore);
    const expected = theirs(object);
    expect(expected.length).toBeGreaterThan(8);
    expect(ours(object)).toEqual(expected);
  });

  test('of a universal file', () => {
    using folder = new Temporary();
    const images = targets.slice(0, 4).map(([triple, text, underscore], i) => {
      const object = readFileSync(assemble(folder, triple, text, underscore));
      return [processors[i]?.[0] ?? 0, processors[i]?.[1] ?? 0, object] as const;
    });
    const universal = folder.file('universal.o', writeUniversal(images));
    expect(ours(universal)).toEqual(theirs(universal, '--arch=all'));
  });

  testNeeding(['llvm-ar'], 'of archives in the styles of both systems', () => {
    using folder = new Temporary();
    for (const [style, from, to] of [
      ['darwin', 0, 3],
      ['gnu', 4, 7],
    ] as const) {
      const objects = targets
        .slice(from, to)
        .map(([triple, text, underscore]) => assemble(folder, triple, text, underscore));
      const archive = join(folder.path, `${style}.a`);
      execFileSync('llvm-ar', [`--format=${style}`, 'rcs', archive, ...objects]);
      expect(ours(archive)).toEqual(theirs(archive));
    }
  });
});
