import { expect, test } from 'vitest';
import { address } from '../../src/base/units.ts';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import { openImage } from '../../src/elf/open.ts';
import { dumped } from '../support/dwarfdump.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding, testNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { Temporary } from '../support/temporary.ts';

/** DWARF's numbers of x86-64 registers (psABI, figure 3.36). */
const registers = ['RAX', 'RDX', 'RCX', 'RBX', 'RSI', 'RDI', 'RBP', 'RSP', 'R8', 'R9', 'R10', 'R11', 'R12'];

type Row = { readonly start: bigint; readonly end: bigint; readonly rule: string | null };

/** Rows of the tables that llvm-dwarfdump works out; null where the rule is an expression. */
const rowsOf = (path: string): Row[] => {
  const rows: Row[] = [];
  for (const entry of dumped(['--eh-frame', path]).split(/\n\n(?=[0-9a-f]{8} )/)) {
    const [, end] = /FDE cie=[0-9a-f]+ pc=[0-9a-f]+\.\.\.([0-9a-f]+)/.exec(entry) ?? [];
    if (end === undefined) continue;
    const found = [...entry.matchAll(/^ {2}0x([0-9a-f]+): CFA=(\S+)/gm)].map(([, at = '', rule = '']) => {
      const [, name = '', offset] = /^(\w+)([+-]\d+):?$/.exec(rule) ?? [];
      return {
        start: BigInt(`0x${at}`),
        rule: offset === undefined ? null : `${registers.indexOf(name)} ${Number(offset)}`,
      };
    });
    const ends = [...found.slice(1).map(({ start }) => start), BigInt(`0x${end}`)];
    rows.push(...found.map((row, i) => ({ ...row, end: ends[i] ?? row.start })));
  }
  return rows;
};

const compare = (path: string, debugFile?: string): { rows: number; unknown: number } => {
  using image = openImage(path);
  using info = openDebugInfo(image, { debugFile });
  const rows = rowsOf(path).filter(({ start, end }) => start < end);
  const at = (where: bigint): string | null => {
    const found = info.frameAddress(address(where));
    return found && `${found.register} ${found.offset}`;
  };
  expect(rows.map(({ start, end }) => [start, at(start), at(end - 1n)])).toEqual(
    rows.map(({ start, rule }) => [start, rule, rule]),
  );
  const last =
    rows
      .map(({ end }) => end)
      .sort((a, b) => Number(a - b))
      .at(-1) ?? 0n;
  expect([at(0n), at(last), at((1n << 64n) - 1n)]).toEqual([null, null, null]);
  return { rows: rows.length, unknown: rows.filter(({ rule }) => rule === null).length };
};

describeNeeding(['linux', 'llvm-dwarfdump'], 'frame addresses are those of llvm-dwarfdump', () => {
  test.each(['inlined/release', 'inlined/debug', 'types/release', 'hello/full-dwarf5'])('%s', (key) => {
    expect(compare(fixture(key)).rows).toBeGreaterThan(200);
  });

  test('of the image, where its debug info is in a file that lacks them', () => {
    expect(compare(fixture('hello/linked-release'), fixture('hello/linked-release.debug')).rows).toBeGreaterThan(200);
  });

  testNeeding(['cc'], 'programs of C; what only an expression tells is unknown', () => {
    using folder = new Temporary();
    const source = folder.file(
      'frames.c',
      'int sum(int n) { int a[n + 1]; for (int i = 0; i <= n; i++) a[i] = i; return a[n / 2]; }\n' +
        '#include <stdio.h>\nint main(int argc, char **argv) { printf("%d", sum(argc)); return argv == 0; }\n',
    );
    for (const flags of ['-O2', '-O0', '-Os'].map((level) => [level, '-g', '-fno-plt', '-Wl,-z,lazy'])) {
      const program = folder.file('program', '');
      expect(run('cc', [...flags, source, '-o', program]).stderr).toBe('');
      expect(compare(program).rows).toBeGreaterThan(10);
    }
    const lazy = folder.file('program', '');
    expect(run('cc', ['-O2', '-g', '-Wl,-z,lazy', source, '-o', lazy]).stderr).toBe('');
    expect(compare(lazy).unknown).toBeGreaterThan(0);
  });
});

test('without debug info there are none', () => {
  using image = openImage(fixture('hello/never-v0'));
  using info = openDebugInfo(image, { roots: [] });
  expect(info.level).toBe('none');
  expect(info.frameAddress(address(image.entry ?? 0n))).toBe(null);
});
