import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixture, fixtureRecords } from './support/fixtures.ts';
import { testNeeding } from './support/need.ts';
import { run } from './support/process.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const script = join(root, 'scripts/fixtures.js');
const keys = Object.keys(fixtureRecords);

describe('the committed files', () => {
  test('are what MANIFEST.json says', () => {
    const { status, stdout, stderr } = run(process.execPath, [script, 'check']);
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: `${keys.length} fixtures are as recorded\n`,
      stderr: '',
    });
  });

  test.each(keys)('%s unpacks to an executable without a path of the machine that built it', (key) => {
    const path = fixture(key);
    const bytes = readFileSync(path);
    expect(statSync(path).mode & 0o777).toBe(0o755);
    expect(bytes.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
    expect(bytes.length).toBe(fixtureRecords[key]?.size);
    expect(bytes.toString('latin1').match(/\/(home|root|tmp|work|Users|mnt)\/[\w.-]+/)?.[0]).toBeUndefined();
  });

  test('stay under 12 MB together', () => {
    const sizes = Object.values(fixtureRecords).map(({ gzSize }) => gzSize);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(12 * 2 ** 20);
  });

  test('an unknown name is refused with the names there are', () => {
    expect(() => fixture('hello/debug')).toThrow('hello/debug-v0');
  });
});

describe('check', () => {
  let copy = '';
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'rsym-test-'));
    cpSync(join(root, 'fixtures'), join(copy, 'fixtures'), { recursive: true });
    cpSync(script, join(copy, 'scripts/fixtures.mjs'));
  });
  afterAll(() => rmSync(copy, { recursive: true }));

  const checkAfter = (file: string, change: (bytes: Buffer) => Buffer) => {
    const path = join(copy, 'fixtures', file);
    const before = readFileSync(path);
    writeFileSync(path, change(before));
    const { status, stderr } = run(process.execPath, [join(copy, 'scripts/fixtures.mjs'), 'check', 'hello0']);
    writeFileSync(path, before);
    return { status, stderr };
  };

  test.each([
    ['hello0/main.rs', 'sources changed', (b: Buffer) => Buffer.concat([b, Buffer.from('\n')])],
    ['hello0/out/debug-v0.gz', 'compressed file differs', (b: Buffer) => b.fill(0, 20, 30)],
    [
      'hello0/variants.json',
      'commands changed',
      (b: Buffer) => Buffer.from(b.toString().replace('level=3', 'level=2')),
    ],
    ['MANIFEST.json', 'not in MANIFEST.json', () => Buffer.from('{"outputs":{}}')],
  ])('notices a change of %s', (file, said, change) => {
    const { status, stderr } = checkAfter(file, change);
    expect(stderr).toContain(said);
    expect(status).toBe(1);
  });
});

testNeeding(['rustc'], 'compiling again gives the same bytes', (context) => {
  const compiler = run('rustc', ['--version']).stdout.trim();
  const key = 'hello/debug-v0';
  const recorded = fixtureRecords[key]?.compiler;
  // Another compiler gives other bytes and proves nothing about this one.
  if (recorded !== compiler) context.skip(`needs ${recorded}; here is ${compiler}`);
  const { status, stderr } = run(process.execPath, [script, 'check', '--rebuild', key]);
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

testNeeding(
  ['rustc', 'cc'],
  'the rustc of this machine compiles every fixture to the same behaviour',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'rsym-test-'));
    try {
      const built = run(process.execPath, [script, 'build', '--into', folder], { timeout: 110_000 });
      expect(built.stdout.trim().split('\n').sort()).toEqual(keys.map((key) => join(folder, key)).sort());
      for (const [key, ...args] of [
        ['hello0/release-v0'],
        ['hello/never-legacy', '1', '2'],
        ['endings/debug-v0', 'all'],
        ['endings/release-legacy', 'all'],
        ['endings/static-v0', 'panics', '9'],
        ['endings/abort-v0', 'uncaught'],
      ] as const) {
        expect(run(join(folder, key), args)).toEqual(run(fixture(key), args));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  120_000,
);
