import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { expectGolden } from './golden.ts';

const name = `golden-itself-${process.pid}/sample`;
const folder = fileURLToPath(new URL(`../golden/golden-itself-${process.pid}/`, import.meta.url));

beforeAll(() => {
  vi.stubEnv('UPDATE_GOLDEN', '');
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}sample.txt`, 'kept\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

test('equal text passes, other text and a missing file fail and name the variable', () => {
  expectGolden(name, 'kept\n');
  expect(() => expectGolden(name, 'kept')).toThrow('UPDATE_GOLDEN=1');
  expect(() => expectGolden(`${name}-none`, '')).toThrow('UPDATE_GOLDEN=1');
});

test('the variable writes it', () => {
  vi.stubEnv('UPDATE_GOLDEN', '1');
  expectGolden(name, 'new\n');
  vi.stubEnv('UPDATE_GOLDEN', '');
  expectGolden(name, 'new\n');
  expect(() => expectGolden(name, 'kept\n')).toThrow();
});
