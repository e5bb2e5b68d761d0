import { expect, test } from 'vitest';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import type { Image } from '../../src/elf/model.ts';
import { openImage } from '../../src/elf/open.ts';
import { dumpedScope, ourScope } from '../support/dumped-scope.ts';
import { dumpedDies } from '../support/dwarfdump.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding, testNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { Temporary } from '../support/temporary.ts';

const codeOf =
  ({ sections }: Image) =>
  (at: bigint): boolean =>
    at !== 0n && sections.some(({ executable, address, size }) => executable && at >= address && at < address + size);

/** Compares every copy; returns how many variables there were, and how many locations and constants. */
const compare = (path: string, debugPath = path): { variables: number; locations: number; constants: number } => {
  using image = openImage(path);
  using info = openDebugInfo(image, debugPath === path ? {} : { debugFile: debugPath });
  const dies = dumpedDies(debugPath);
  const isCode = codeOf(image);
  const counts = { variables: 0, locations: 0, constants: 0 };
  const ours: unknown[] = [];
  const theirs: unknown[] = [];
  for (let id = 0; id < info.copyCount; id++) {
    const copy = info.copy(id);
    const scope = info.scope(copy);
    ours.push({ die: copy.die, ...ourScope(scope) });
    theirs.push({ die: copy.die, ...dumpedScope(dies, copy.die, isCode) });
    counts.variables += scope.variables.length;
    for (const { constant, locations } of scope.variables) {
      counts.locations += locations.length;
      counts.constants += constant ? 1 : 0;
    }
  }
  expect(ours.length).toBe(info.copyCount);
  expect(ours).toEqual(theirs);
  return counts;
};

describeNeeding(['linux', 'llvm-dwarfdump'], 'variables of all copies are those of llvm-dwarfdump', () => {
  test.each([
    'inlined/release',
    'inlined/debug',
    'inlined/units',
    'types/release',
    'types/debug',
    'hello/full-release',
    'hello/full-dwarf5',
    'hello/full-debug',
    'hello/zdebug-release',
  ])('%s', (key) => {
    const { variables, locations } = compare(fixture(key));
    expect(variables).toBeGreaterThan(100);
    expect(locations).toBeGreaterThan(100);
  });

  test('in a separate debug file', () => {
    expect(compare(fixture('hello/linked-release'), fixture('hello/linked-release.debug')).locations).toBeGreaterThan(
      100,
    );
  });

  const source = `
    #include <stdlib.h>
    struct big { long a, b, c; };
    static __attribute__((noinline)) int partial(int a, int *b, int unused) {
      int s = a;
      for (int i = 0; i < a; i++) { int k = b[i] * 3; s += k; }
      return s;
    }
    static inline int add(int x, int y) { int t = x + y; { int u = t * 2; if (u > 5) t += abs(u); } return t; }
    int several(char **argv) { int n = 0; for (char **p = argv; *p; p++) { char *q = *p; while (*q++) n++; } return n; }
    long walk(struct big v, int n, ...) { static long calls; const int seven = 7; calls += seven; return v.a + n + calls; }
    int split(long double q, char c, __int128 w, float f) { return (int)(q + c + (int)w + f); }
    int main(int argc, char **argv) {
      int buffer[argc + 1];
      for (int i = 0; i < argc; i++) buffer[i] = i;
      int r = add(argc, 3) + partial(argc, buffer, 9);
      struct big v = { 1, 2, r };
      return add(r, argc) + walk(v, 3) + split(r, 2, r, 1) + several(argv);
    }
  `;
  testNeeding(['cc'], 'in programs of C', () => {
    using folder = new Temporary();
    const file = folder.file('variables.c', source);
    for (const flags of [
      ['-O2', '-gdwarf-5'],
      ['-O2', '-gdwarf-4'],
      ['-Os', '-gdwarf-2'],
      ['-O0', '-g'],
    ]) {
      const program = folder.file('program', '');
      const { status, stderr } = run('cc', [...flags, file, '-o', program]);
      expect(stderr).toBe('');
      expect(status).toBe(0);
      expect(compare(program).locations).toBeGreaterThan(20);
    }
  });
});

test('those of packed sections are those of plain ones', () => {
  const scopes = (key: string): unknown[] => {
    using image = openImage(fixture(key));
    using info = openDebugInfo(image);
    return Array.from({ length: info.copyCount }, (_, id) => ourScope(info.scope(info.copy(id))));
  };
  expect(scopes('hello/zstd-release')).toEqual(scopes('hello/full-release'));
  expect(scopes('hello/zlib-release')).toEqual(scopes('hello/full-release'));
});
