import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** Expects `text` to be what test/golden/`name`.txt holds, byte for byte; UPDATE_GOLDEN=1 writes it instead. */
export const expectGolden = (name: string, text: string): void => {
  const path = fileURLToPath(new URL(`../golden/${name}.txt`, import.meta.url));
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  const refresh =
    'if the new output is right: npm run golden (or UPDATE_GOLDEN=1 npx vitest run FILE), and look at the diff';
  if (!existsSync(path)) throw new Error(`test/golden/${name}.txt is missing; ${refresh}`);
  expect(text, `differs from test/golden/${name}.txt; ${refresh}`).toBe(readFileSync(path, 'utf8'));
};
